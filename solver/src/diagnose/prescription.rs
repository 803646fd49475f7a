//! A prescription or a class by itself: whether anybody, any room and enough times are there for it.

use super::{
    Fault,
    fault::{AllExcluded, FewSessions, FewStarts, NoAssistant, NoCommonTime, NoRoom, NobodyQualified, TooLong},
    frame::{Frame, Halves, Line, index},
};
use crate::problem::TeacherId;

/// What is wrong with each line by itself; nothing for most.
pub(super) fn faults(frame: &Frame<'_>) -> Vec<Option<Fault>> {
    frame.lines.iter().map(|line| fault(frame, line)).collect()
}

fn fault(frame: &Frame<'_>, line: &Line<'_>) -> Option<Fault> {
    if line.series.sessions == 0 {
        return None;
    }
    nobody(frame, line)
        .or_else(|| no_room(frame, line))
        .or_else(|| no_assistant(frame, line))
        .or_else(|| too_long(frame, line).map(Fault::TooLong))
        .or_else(|| few_starts(frame, line).map(Fault::FewStarts))
        .or_else(|| few_sessions(frame, line).map(|few| told(line, few)))
}

/// Most sessions of a line that can be, whatever else is held. A class that cannot get members enough may still be held
/// for those it gets.
pub(super) fn possible(frame: &Frame<'_>, line: &Line<'_>) -> usize {
    let wanted = line.series.sessions;
    let staffed = !frame.crew(line.leads).is_empty() && no_assistant(frame, line).is_none();
    if !staffed || line.pool.is_none() || too_long(frame, line).is_some() {
        return 0;
    }
    if let Some(g) = line.group {
        let nobody = frame.candidates[g].is_empty() && frame.problem.groups[g].min_size > 0;
        return if nobody { 0 } else { wanted };
    }
    let starts = few_starts(frame, line).map_or(wanted, |f| f.possible);
    starts.min(few_sessions(frame, line).map_or(wanted, |few| few.possible))
}

fn nobody(frame: &Frame<'_>, line: &Line<'_>) -> Option<Fault> {
    if !frame.crew(line.leads).is_empty() {
        return None;
    }
    let qualified = frame.crew(line.qualified);
    if let (Some(child), false) = (line.child, qualified.is_empty()) {
        return Some(Fault::AllExcluded(AllExcluded {
            demand: line.demand,
            child,
            teachers: qualified.to_vec(),
        }));
    }
    let (service, level) = (line.series.service, line.series.min_level.max(1));
    let teachers = || frame.problem.teachers.iter().enumerate();
    let ids = |(id, _)| id;
    Some(Fault::NobodyQualified(NobodyQualified {
        demand: line.demand,
        service,
        site: line.site,
        level,
        elsewhere: teachers().filter(|(_, t)| t.qual[service] >= level).map(ids).collect(),
        lower: teachers()
            .filter(|(_, t)| t.sites.contains(&line.site) && t.qual[service] > 0)
            .map(ids)
            .collect(),
    }))
}

fn no_room(frame: &Frame<'_>, line: &Line<'_>) -> Option<Fault> {
    let p = frame.problem;
    let least = line.group.map_or(0, |g| p.groups[g].min_size);
    let small = match line.pool.map(|q| frame.pools[q].largest) {
        Some(largest) if index(largest) >= least => return None,
        largest => largest.map(|largest| (least, largest)),
    };
    let service = line.series.service;
    Some(Fault::NoRoom(NoRoom {
        demand: line.demand,
        service,
        site: line.site,
        room_type: p.room_types[p.services[service].room_kind].clone(),
        small,
    }))
}

fn no_assistant(frame: &Frame<'_>, line: &Line<'_>) -> Option<Fault> {
    let (Some(group), Some(assistants)) = (line.group, line.assistants) else {
        return None;
    };
    let both = match (frame.crew(assistants), frame.crew(line.leads)) {
        ([], _) => None,
        ([one], [lead]) if one == lead => Some(*one),
        _ => return None,
    };
    Some(Fault::NoAssistant(NoAssistant {
        group,
        site: line.site,
        both,
    }))
}

fn too_long(frame: &Frame<'_>, line: &Line<'_>) -> Option<TooLong> {
    let blocks = frame.problem.grid.blocks.iter();
    let longest = blocks.map(|(from, to)| to - from).max().unwrap_or(0);
    (line.series.dur > longest).then_some(TooLong {
        demand: line.demand,
        dur: line.series.dur,
        longest,
    })
}

fn few_starts(frame: &Frame<'_>, line: &Line<'_>) -> Option<FewStarts> {
    // A class without enough children is another fault.
    if line
        .group
        .is_some_and(|g| frame.candidates[g].len() < frame.problem.groups[g].min_size)
    {
        return None;
    }
    let open = line.open.iter().enumerate().map(|(d, &m)| frame.halves(d, m));
    let possible = frame.sessions_in(line, open.fold(0, |a, b| a | b));
    (possible < line.series.sessions).then_some(FewStarts {
        demand: line.demand,
        wanted: line.series.sessions,
        dur: line.series.dur,
        possible,
        per_day: line.series.max_per_day,
    })
}

/// A teacher, the half-days in which a session could be theirs, and how many sessions that makes.
struct Offer {
    teacher: TeacherId,
    halves: Halves,
    sessions: usize,
}

/// Less than is wanted by as few teachers as are allowed; nothing at all is told as having no time in common.
fn few_sessions(frame: &Frame<'_>, line: &Line<'_>) -> Option<FewSessions> {
    if line.open.iter().all(|m| *m == 0) {
        return None;
    }
    let wanted = line.series.sessions;
    let mut offers = Vec::new();
    for &teacher in frame.crew(line.leads) {
        let days = 0..frame.problem.grid.days;
        let halves = days.map(|d| frame.halves(d, frame.lead_starts(line, teacher, d)));
        let halves = halves.fold(0, |a, b| a | b);
        let t = &frame.problem.teachers[teacher];
        let sessions = frame
            .sessions_in(line, halves)
            .min(index(t.max_week) / line.series.dur)
            .min(index(t.max_day) / line.series.dur * frame.problem.grid.days);
        if sessions >= wanted {
            return None;
        }
        offers.push(Offer {
            teacher,
            halves,
            sessions,
        });
    }
    let (best, possible) = together(frame, line, &offers)?;
    Some(FewSessions {
        demand: line.demand,
        wanted,
        max_teachers: line.series.max_teachers,
        teachers: frame.crew(line.leads).to_vec(),
        best,
        possible,
    })
}

fn told(line: &Line<'_>, few: FewSessions) -> Fault {
    if few.possible > 0 {
        return Fault::FewSessions(few);
    }
    Fault::NoCommonTime(NoCommonTime {
        demand: line.demand,
        teachers: few.teachers,
        dur: line.series.dur,
    })
}

/// Who can lead most with as few teachers as are allowed, and how much; nothing if that is enough.
fn together(frame: &Frame<'_>, line: &Line<'_>, offers: &[Offer]) -> Option<(Vec<TeacherId>, usize)> {
    let wanted = line.series.sessions;
    let sum = |of: &[&Offer]| {
        let halves = of.iter().fold(0, |a, o| a | o.halves);
        let sessions: usize = of.iter().map(|o| o.sessions).sum();
        frame.sessions_in(line, halves).min(sessions)
    };
    let all: Vec<&Offer> = offers.iter().collect();
    let everybody = sum(&all);
    let mut best = (Vec::new(), 0);
    let mut try_it = |of: &[&Offer]| {
        let possible = sum(of);
        if possible > best.1 {
            best = (of.iter().map(|o| o.teacher).collect(), possible);
        }
        possible >= wanted
    };
    let alone = |try_it: &mut dyn FnMut(&[&Offer]) -> bool| offers.iter().any(|o| try_it(&[o]));
    let enough = match line.series.max_teachers {
        0 | 1 => alone(&mut try_it),
        2 if everybody >= wanted => {
            alone(&mut try_it)
                || (offers.iter().enumerate()).any(|(i, a)| offers.iter().skip(i + 1).any(|b| try_it(&[a, b])))
        }
        _ => try_it(&all),
    };
    if enough {
        return None;
    }
    Some(best)
}
