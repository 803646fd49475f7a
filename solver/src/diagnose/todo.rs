//! What a timetable misses, what stands against it as things are, and what would help most.

use serde::Serialize;

use super::{
    Demand,
    frame::{Frame, index},
    look::Looker,
    trial::{Placed, Trial},
};
use crate::{
    problem::{Day, GroupId, Mask, Slot, TeacherId},
    solution::Solution,
};

/// Something missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// What.
    pub lack: Lack,
    /// What stands against it in this timetable.
    pub against: Vec<Against>,
    /// What would help, most helpful first.
    pub helps: Vec<Help>,
}

/// What is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Lack {
    /// Sessions of an order or group.
    Sessions {
        /// Which.
        demand: Demand,
        /// So many.
        missing: usize,
        /// Of so many.
        wanted: usize,
    },
    /// A place in a class.
    Place {
        /// By its number.
        demand: Demand,
    },
    /// Members of a class.
    Members {
        /// Which.
        group: GroupId,
        /// So many.
        missing: usize,
    },
    /// Slots to be watched.
    Watching {
        /// By whom.
        trainee: TeacherId,
        /// Whose sessions.
        mentor: TeacherId,
        /// So many.
        missing: usize,
        /// Of so many.
        wanted: usize,
    },
}

/// What stands against a session as things are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Against {
    /// Nobody may lead it.
    Nobody,
    /// The family's hours are taken by the child's other sessions, or used up by the limits of a day.
    FamilyFull,
    /// The hours that are left of the family's, by day.
    FamilyLeft(Vec<Mask>),
    /// Another lead is one too many: the other sessions are with these.
    Bound(Vec<TeacherId>),
    /// They do not work then.
    Away(Vec<TeacherId>),
    /// Their week is full.
    WeekFull(Vec<TeacherId>),
    /// They have other sessions then, or have reached the limits of the day.
    Busy(Vec<TeacherId>),
    /// They could, but there is no room then.
    NoRoom(Vec<TeacherId>),
    /// One teacher could give only some of what is missing.
    TooFew(TeacherId, usize),
    /// Assistants are missing when a lead is there.
    NoAssistant,
    /// No class takes the child.
    NoClass,
    /// The classes that take the child are full.
    ClassesFull(Vec<GroupId>),
    /// These have a place left, but meet when the child has other sessions or cannot come.
    ClassesClash(Vec<GroupId>),
    /// The members of the class are never free together.
    MembersApart(usize),
    /// The two are seldom free together.
    Apart(TeacherId, TeacherId),
}

impl Against {
    /// The teachers that it is about.
    pub fn teachers(&self) -> &[TeacherId] {
        match self {
            Self::Bound(t) | Self::Away(t) | Self::WeekFull(t) | Self::Busy(t) | Self::NoRoom(t) => t,
            Self::Nobody
            | Self::FamilyFull
            | Self::FamilyLeft(_)
            | Self::TooFew(..)
            | Self::NoAssistant
            | Self::NoClass
            | Self::ClassesFull(_)
            | Self::ClassesClash(_)
            | Self::MembersApart(_)
            | Self::Apart(..) => &[],
        }
    }
}

/// What would help.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Help {
    /// The child comes in these half-days as well (a day and a slot of each); the teacher is free then.
    Come {
        /// Who could lead.
        teacher: TeacherId,
        /// When: from the first to the last slot that is of use.
        when: Vec<(Day, Slot, Slot)>,
        /// Sessions it makes possible.
        sessions: usize,
    },
    /// More slots of the week for a teacher.
    Hours {
        /// Who.
        teacher: TeacherId,
        /// So many slots.
        slots: usize,
        /// Sessions it makes possible.
        sessions: usize,
    },
    /// One more room of the type.
    Room {
        /// Who could lead.
        teacher: TeacherId,
        /// Sessions it makes possible.
        sessions: usize,
    },
    /// Somebody at the site who is free then, but not qualified at the level that is asked for.
    Qualify {
        /// Who.
        teacher: TeacherId,
        /// Sessions it makes possible.
        sessions: usize,
    },
}

impl Help {
    /// Sessions it makes possible.
    pub fn sessions(&self) -> usize {
        match *self {
            Self::Come { sessions, .. }
            | Self::Hours { sessions, .. }
            | Self::Room { sessions, .. }
            | Self::Qualify { sessions, .. } => sessions,
        }
    }
}

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
    let mut items: Vec<Item> = lacks.into_iter().map(|lack| item(&trial, best, lack)).collect();
    items.sort_by_key(|item| std::cmp::Reverse(item.helps.first().map_or(0, Help::sessions)));
    items
}

fn item(trial: &Trial<'_, '_>, best: &Solution, lack: Lack) -> Item {
    let mut item = Item {
        lack,
        against: Vec::new(),
        helps: Vec::new(),
    };
    match lack {
        Lack::Sessions { demand, missing, .. } => {
            if let Some(at) = trial.frame.line_of(demand) {
                let group = trial.line(at).group.and_then(|g| best.members.get(g));
                let looker = Looker {
                    trial,
                    at,
                    missing,
                    members: group.map_or(&[], Vec::as_slice),
                };
                looker.look(&mut item);
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
