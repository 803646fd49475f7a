//! The week as a whole: what is missing, what is broken, and who makes what of the cost.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    centre::{CentreReport, centres},
    pins, size, visits,
};
use crate::{
    problem::{ChildId, Day, Pin, Problem, ServiceId, Task, TeacherId},
    score::{Example, Hard, Share, Soft, Whose, score, shares},
    solution::{Session, Solution},
};

/// What there is to say about a week.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WeekReport {
    /// The problem it is a timetable of.
    pub instance: String,
    /// Whether it can be published: complete, no rule broken, every decision kept.
    pub feasible: bool,
    /// Sessions that are prescribed.
    pub prescribed: usize,
    /// Sessions that the timetable has.
    pub held: usize,
    /// What is not in the timetable.
    pub missing: Vec<Missing>,
    /// Children without a place in a class that they need.
    pub unplaced: Vec<Unplaced>,
    /// The rules that are broken.
    pub broken: Vec<Broken>,
    /// Decisions that the timetable does not keep.
    pub unkept: Vec<Pin>,
    /// What the week costs.
    pub cost: i64,
    /// By term, the dearest first.
    pub terms: Vec<TermReport>,
    /// Slots of all teachers' weeks, by the most that they may have; to a thousandth.
    pub utilisation: f64,
    /// Everybody's week, the fullest first.
    pub teachers: Vec<TeacherReport>,
    /// By centre; those who work for more than one are apart.
    pub centres: Vec<CentreReport>,
}

/// Sessions of a prescription or class that have no time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// Of what.
    #[serde(flatten)]
    pub task: Task,
    /// How many.
    pub sessions: usize,
    /// Of how many.
    pub prescribed: usize,
}

/// A child who is in no class of a service, or in too few.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Unplaced {
    /// Who.
    pub child: ChildId,
    /// Of which service.
    pub service: ServiceId,
    /// How many places are missing.
    pub places: usize,
}

/// A rule that is broken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// Which.
    pub rule: Hard,
    /// How often, or by how much.
    pub times: usize,
    /// Where; not all, if there are many.
    pub examples: Vec<Example>,
}

/// A term of the cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TermReport {
    /// Which.
    pub term: Soft,
    /// How much of it there is.
    pub units: usize,
    /// What a unit costs.
    pub weight: i64,
    /// What it costs together.
    pub cost: i64,
    /// Of the cost of the week, in thousandths.
    pub permille: i64,
    /// Whose it is: first who has most of it, for trips most that need not be.
    pub contributors: Vec<Contributor>,
}

/// A person, prescription or class with units of a term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contributor {
    /// Who or what.
    pub whose: Whose,
    /// How much.
    pub units: usize,
    /// What it costs.
    pub cost: i64,
    /// On which days, where the term is about days.
    pub days: Vec<DayUnits>,
    /// The sessions, where the term is about a prescription or class.
    pub lessons: Vec<Lesson>,
    /// Fewer than these cannot be, where that can be told: the trips of a family.
    pub least: Option<usize>,
}

impl Contributor {
    /// Units that need not be, as far as can be told.
    pub fn spare(&self) -> usize {
        self.units.saturating_sub(self.least.unwrap_or(0))
    }
}

/// Units of one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DayUnits {
    /// Which.
    pub day: Day,
    /// How many.
    pub units: usize,
}

/// A session with its number in the timetable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Lesson {
    /// Its place in the list of sessions, from 0.
    pub number: usize,
    /// The session.
    #[serde(flatten)]
    pub session: Session,
}

/// A teacher's week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TeacherReport {
    /// Who.
    pub teacher: TeacherId,
    /// Sessions led.
    pub leads: usize,
    /// Classes assisted and sessions watched.
    pub seconds: usize,
    /// Slots of both.
    pub slots: usize,
    /// Slots that it is to be.
    pub target: usize,
    /// Slots that it may be at most.
    pub most: usize,
    /// Slots of waiting between sessions.
    pub idle: usize,
}

/// Look at a whole week.
pub fn week(problem: &Problem, solution: &Solution) -> WeekReport {
    let score = score(problem, solution);
    let shares = shares(problem, solution);
    let missing = missing(problem, solution);
    let unplaced = unplaced(problem, solution);
    let unkept = pins::broken(problem, solution);
    let cost = score.soft_cost();
    let lessons = lessons(solution);
    let mut terms: Vec<TermReport> = Soft::ALL
        .into_iter()
        .map(|term| {
            let mut contributors = contributors(&shares[&term], term.weight(&problem.weights), &lessons);
            if term == Soft::ChildVisit {
                let fewest = visits::fewest(problem, solution);
                for c in &mut contributors {
                    c.least = fewest.get(&c.whose).copied();
                }
                contributors.sort_by_key(|c| std::cmp::Reverse((c.spare(), c.units)));
            }
            TermReport {
                term,
                units: score.soft.get(&term).copied().unwrap_or(0),
                weight: term.weight(&problem.weights),
                cost: score.weighted(term),
                permille: permille(score.weighted(term), cost),
                contributors,
            }
        })
        .collect();
    terms.sort_by_key(|t| (-t.cost, t.term));
    let idle = &shares[&Soft::TeacherIdle];
    WeekReport {
        instance: problem.name.clone(),
        feasible: score.feasible() && unkept.is_empty(),
        prescribed: problem
            .tasks()
            .filter_map(|t| problem.series(t))
            .map(|s| s.sessions)
            .sum(),
        held: solution.sessions.len(),
        broken: score
            .hard
            .iter()
            .map(|(&rule, &times)| Broken {
                rule,
                times,
                examples: score.examples.get(&rule).cloned().unwrap_or_default(),
            })
            .collect(),
        unkept,
        cost,
        utilisation: score.teacher_utilisation,
        teachers: teachers(problem, solution, idle),
        centres: centres(problem, solution, &missing, &unplaced, &shares),
        terms,
        missing,
        unplaced,
    }
}

/// Sessions by prescription and class, each with its number.
fn lessons(solution: &Solution) -> BTreeMap<Task, Vec<Lesson>> {
    let mut lessons: BTreeMap<Task, Vec<Lesson>> = BTreeMap::new();
    for (number, &session) in solution.sessions.iter().enumerate() {
        lessons
            .entry(session.task)
            .or_default()
            .push(Lesson { number, session });
    }
    for list in lessons.values_mut() {
        list.sort_by_key(|l| (l.session.day, l.session.start));
    }
    lessons
}

/// What a timetable holds too few sessions of.
pub fn missing(problem: &Problem, solution: &Solution) -> Vec<Missing> {
    let mut held: BTreeMap<Task, usize> = BTreeMap::new();
    for s in &solution.sessions {
        *held.entry(s.task).or_default() += 1;
    }
    let of = |task| {
        let prescribed = problem.series(task).map_or(0, |s| s.sessions);
        let sessions = prescribed.saturating_sub(held.get(&task).copied().unwrap_or(0));
        Missing {
            task,
            sessions,
            prescribed,
        }
    };
    problem.tasks().map(of).filter(|m| m.sessions > 0).collect()
}

fn unplaced(problem: &Problem, solution: &Solution) -> Vec<Unplaced> {
    let mut open: BTreeMap<(ChildId, ServiceId), usize> = BTreeMap::new();
    for place in &problem.places {
        *open.entry((place.child, place.service)).or_default() += 1;
    }
    for (group, members) in problem.groups.iter().zip(&solution.members) {
        for &child in members {
            if let Some(places) = open.get_mut(&(child, group.series.service)) {
                *places = places.saturating_sub(1);
            }
        }
    }
    open.into_iter()
        .filter(|&(_, places)| places > 0)
        .map(|((child, service), places)| Unplaced { child, service, places })
        .collect()
}

fn contributors(shares: &[Share], weight: i64, lessons: &BTreeMap<Task, Vec<Lesson>>) -> Vec<Contributor> {
    let mut by_whose: BTreeMap<Whose, Vec<DayUnits>> = BTreeMap::new();
    let mut units: BTreeMap<Whose, usize> = BTreeMap::new();
    for share in shares {
        *units.entry(share.whose).or_default() += share.units;
        let days = by_whose.entry(share.whose).or_default();
        days.extend(share.day.map(|day| DayUnits {
            day,
            units: share.units,
        }));
    }
    let mut list: Vec<Contributor> = by_whose
        .into_iter()
        .map(|(whose, days)| {
            let units = units.get(&whose).copied().unwrap_or(0);
            let task = match whose {
                Whose::Order(id) => Some(Task::Order(id)),
                Whose::Group(id) => Some(Task::Group(id)),
                Whose::Child(_) | Whose::Teacher(_) => None,
            };
            Contributor {
                whose,
                units,
                cost: i64::try_from(units).unwrap_or(i64::MAX).saturating_mul(weight),
                days,
                lessons: task.and_then(|t| lessons.get(&t)).cloned().unwrap_or_default(),
                least: None,
            }
        })
        .collect();
    list.sort_by_key(|c| (usize::MAX - c.units, c.whose));
    list
}

fn teachers(problem: &Problem, solution: &Solution, idle: &[Share]) -> Vec<TeacherReport> {
    let mut list: Vec<TeacherReport> = problem
        .teachers
        .iter()
        .enumerate()
        .map(|(teacher, t)| TeacherReport {
            teacher,
            leads: 0,
            seconds: 0,
            slots: 0,
            target: size(t.target_week),
            most: size(t.max_week),
            idle: 0,
        })
        .collect();
    for s in &solution.sessions {
        let dur = problem.series(s.task).map_or(0, |series| series.dur);
        if !problem.grid.holds(s.day, s.start, dur) {
            continue;
        }
        list[s.teacher].leads += 1;
        list[s.teacher].slots += dur;
        if let Some(second) = s.second.filter(|&t| t != s.teacher) {
            list[second].seconds += 1;
            list[second].slots += dur;
        }
    }
    for share in idle {
        if let Whose::Teacher(t) = share.whose {
            list[t].idle += share.units;
        }
    }
    // By share of the most, without fractions: a/b > c/d as a*d > c*b.
    list.sort_by(|a, b| {
        let (left, right) = (a.slots * b.most.max(1), b.slots * a.most.max(1));
        right.cmp(&left).then(a.teacher.cmp(&b.teacher))
    });
    list
}

/// A part of the whole in thousandths, rounded.
fn permille(part: i64, whole: i64) -> i64 {
    if whole == 0 {
        return 0;
    }
    (part.saturating_mul(1000) + whole / 2) / whole
}
