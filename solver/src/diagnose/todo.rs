//! What a timetable misses, what stands against it as things are, and what would help most.

use super::{
    Demand,
    frame::{Frame, index},
    item::{Against, Help, Item, Lack},
    look::Looker,
    trial::{Placed, Trial},
    tried::Tried,
};
use crate::{problem::GroupId, solution::Solution};

fn sessions_of(frame: &Frame<'_>, best: &Solution) -> Vec<usize> {
    let mut held = vec![0; frame.lines.len()];
    for s in &best.sessions {
        held[frame.at(s.task)] += 1;
    }
    held
}

/// Everything that a timetable misses.
fn lacks(frame: &Frame<'_>, best: &Solution) -> Vec<Lack> {
    let p = frame.problem;
    let held = sessions_of(frame, best);
    let mut lacks = Vec::new();
    for (line, held) in frame.lines.iter().zip(held) {
        let wanted = line.series.sessions;
        if held < wanted {
            lacks.push(Lack::Sessions {
                demand: line.demand,
                missing: wanted - held,
                wanted,
            });
        }
    }
    let members = |g: usize| best.members.get(g).map_or(&[][..], Vec::as_slice);
    for (i, place) in p.places.iter().enumerate() {
        let of_service = |g: &usize| p.groups[*g].series.service == place.service;
        let in_one = (0..p.groups.len())
            .filter(of_service)
            .any(|g| members(g).contains(&place.child));
        if !in_one {
            lacks.push(Lack::Place {
                demand: Demand::Place(i),
            });
        }
    }
    for (g, group) in p.groups.iter().enumerate() {
        let missing = group.min_size.saturating_sub(members(g).len());
        if missing > 0 {
            lacks.push(Lack::Members { group: g, missing });
        }
    }
    let mut watched = vec![0; p.teachers.len()];
    for s in &best.sessions {
        let line = &frame.lines[frame.at(s.task)];
        if let (Some(t), Some(_)) = (s.second, line.child) {
            watched[t] += line.series.dur;
        }
    }
    for (t, teacher) in p.teachers.iter().enumerate() {
        let Some(trainee) = &teacher.trainee else { continue };
        let wanted = index(trainee.shadow_min);
        if watched[t] < wanted {
            lacks.push(Lack::Watching {
                trainee: t,
                mentor: trainee.mentor,
                missing: wanted - watched[t],
                wanted,
            });
        }
    }
    lacks
}

/// The demands that a timetable does not meet.
pub(super) fn missing(frame: &Frame<'_>, best: &Solution) -> Vec<Demand> {
    let demand = |lack: Lack| match lack {
        Lack::Sessions { demand, .. } | Lack::Place { demand } => demand,
        Lack::Members { group, .. } => Demand::Group(group),
        Lack::Watching { trainee, .. } => Demand::Watching(trainee),
    };
    let mut demands: Vec<Demand> = lacks(frame, best).into_iter().map(demand).collect();
    demands.dedup();
    demands
}

/// What is to be done, the most easily helped first.
pub(super) fn items(frame: &Frame<'_>, best: &Solution) -> Vec<Item> {
    let lacks = lacks(frame, best);
    if lacks.is_empty() {
        return Vec::new();
    }
    let mut trial = Trial::new(frame, true);
    for s in &best.sessions {
        trial.put(Placed {
            line: frame.at(s.task),
            day: s.day,
            start: s.start,
            lead: Some(s.teacher),
            second: s.second,
            pin: None,
        });
    }
    for (g, members) in best.members.iter().enumerate() {
        for &child in members {
            trial.join(child, trial.group_line(g));
        }
    }
    let tried = Tried::new(frame.problem, best);
    let mut items: Vec<Item> = lacks.into_iter().map(|lack| item(&trial, &tried, lack)).collect();
    items.sort_by_key(|item| std::cmp::Reverse(item.helps.first().map_or(0, Help::sessions)));
    items
}

fn item(trial: &Trial<'_, '_>, tried: &Tried<'_>, lack: Lack) -> Item {
    let best = tried.best;
    let mut item = Item {
        lack,
        against: Vec::new(),
        helps: Vec::new(),
    };
    match lack {
        Lack::Sessions { demand, missing, .. } => {
            if let Some(at) = trial.frame.line_of(demand) {
                let group = trial.line(at).group.and_then(|g| best.members.get(g));
                let unkept = tried.unkept(trial.line(at));
                let looker = Looker {
                    trial,
                    at,
                    missing: missing.saturating_sub(unkept.len()),
                    members: group.map_or(&[], Vec::as_slice),
                };
                let mut helps = Vec::new();
                for &pin in unkept.iter().take(missing) {
                    helps.extend(looker.decided(pin, &mut item));
                }
                if looker.missing > 0 {
                    helps.extend(looker.look(&mut item));
                }
                item.helps = tried.useful(lack, helps);
                if item.helps.is_empty() && looker.missing > 0 {
                    item.helps = tried.useful(lack, looker.qualify().into_iter().collect());
                }
            }
        }
        Lack::Place {
            demand: Demand::Place(i),
        } => {
            let full = |g: &usize| best.members.get(*g).map_or(0, Vec::len) >= super::classes::seats(trial.frame, *g);
            let (full, open): (Vec<GroupId>, Vec<GroupId>) = trial.frame.groups_of[i].iter().partition(|g| full(g));
            if full.is_empty() && open.is_empty() {
                item.against.push(Against::NoClass);
            }
            if !full.is_empty() {
                item.against.push(Against::ClassesFull(full));
            }
            if !open.is_empty() {
                item.against.push(Against::ClassesClash(open));
            }
        }
        Lack::Watching { trainee, mentor, .. } => item.against.push(Against::Apart(trainee, mentor)),
        Lack::Place { .. } | Lack::Members { .. } => {}
    }
    item
}
