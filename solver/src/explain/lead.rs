//! Why a session is led by whom it is, and who else could.

use serde::Serialize;

use super::{Difference, alternatives::Gap, size};
use crate::{
    problem::{Task, TeacherId},
    score::Hard,
    solution::{Session, Solution},
};

/// The lead of a session, and the others who are qualified for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeadReport {
    /// Who leads.
    pub teacher: TeacherId,
    /// At this level; 0 for not qualified.
    pub level: u8,
    /// This is asked for.
    pub least: u8,
    /// Who led last week.
    pub last_week: Option<TeacherId>,
    /// Other sessions of the prescription or class with the same lead.
    pub same: usize,
    /// Other sessions of the prescription or class.
    pub others: usize,
    /// Different leads that it may have.
    pub most_leads: usize,
    /// Slots of the lead's day, this session among them.
    pub day_slots: usize,
    /// Most slots of a day.
    pub day_most: usize,
    /// Slots of the lead's week, this session among them.
    pub week_slots: usize,
    /// Slots that it is to be.
    pub week_target: usize,
    /// Most slots of a week.
    pub week_most: usize,
    /// The others, the cheapest first, then those who cannot.
    pub colleagues: Vec<Colleague>,
}

/// Somebody else who is qualified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Colleague {
    /// Who.
    pub teacher: TeacherId,
    /// At this level.
    pub level: u8,
    /// What the week would cost more or less with this lead at the same time; nothing where it cannot be.
    pub cost: Option<Difference>,
    /// The rules that stand against it.
    pub rules: Vec<Hard>,
    /// Whether it is decided that somebody else leads.
    pub decided: bool,
}

pub(super) fn lead(gap: &mut Gap<'_>, solution: &Solution) -> LeadReport {
    let (problem, session, series) = (gap.problem, gap.session, gap.series);
    let teacher = &problem.teachers[session.teacher];
    let mine = |s: &&Session| s.teacher == session.teacher || s.second == Some(session.teacher);
    let slots = |s: &Session| {
        let dur = problem.series(s.task).map_or(0, |series| series.dur);
        if problem.grid.holds(s.day, s.start, dur) {
            dur
        } else {
            0
        }
    };
    let all = || solution.sessions.iter().filter(mine);
    LeadReport {
        teacher: session.teacher,
        level: teacher.qual[series.service],
        least: series.min_level.max(1),
        last_week: series.prev_teacher,
        same: gap.siblings.iter().filter(|s| s.teacher == session.teacher).count(),
        others: gap.siblings.len(),
        most_leads: series.max_teachers,
        day_slots: all().filter(|s| s.day == session.day).map(slots).sum(),
        day_most: size(teacher.max_day),
        week_slots: all().map(slots).sum(),
        week_target: size(teacher.target_week),
        week_most: size(teacher.max_week),
        colleagues: colleagues(gap),
    }
}

/// Everybody else who is qualified, tried at the time and in the room of now.
fn colleagues(gap: &mut Gap<'_>) -> Vec<Colleague> {
    let now = gap.session;
    let mut list = Vec::new();
    for teacher in gap.qualified() {
        if teacher == now.teacher {
            continue;
        }
        // A trainee watches nobody but the mentor.
        let second = match now.task {
            Task::Order(_) => None,
            Task::Group(_) => now.second.filter(|&t| t != teacher),
        };
        let tried = gap.measure(Session { teacher, second, ..now });
        let level = gap.problem.teachers[teacher].qual[gap.series.service];
        let (cost, rules, decided) = match tried {
            Ok(cost) => (Some(cost), Vec::new(), false),
            Err(against) => (None, against.rules, against.decided),
        };
        list.push(Colleague {
            teacher,
            level,
            cost,
            rules,
            decided,
        });
    }
    list.sort_by_key(|c| (c.cost.is_none(), c.cost.as_ref().map(|d| d.cost), c.teacher));
    list
}
