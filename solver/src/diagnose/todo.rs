//! What a timetable misses, what stands against it as things are, and what would help most.

use serde::Serialize;

use super::{
    Demand,
    frame::{Frame, Line, index, number},
    trial::{Placed, Trial},
};
use crate::{
    problem::{ChildId, Day, GroupId, Mask, Slot, TeacherId},
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

/// Ways to help that are told of one item, at most.
const HELPS: usize = 2;

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

/// A look at one line that misses sessions.
struct Looker<'a, 'f, 'p> {
    trial: &'a Trial<'f, 'p>,
    at: usize,
    missing: usize,
    /// Of the class.
    members: &'a [ChildId],
}

impl Looker<'_, '_, '_> {
    fn days(&self) -> std::ops::Range<Day> {
        0..self.trial.frame.problem.grid.days
    }

    fn line(&self) -> &Line<'_> {
        self.trial.line(self.at)
    }

    /// Sessions that some starts of the week make.
    fn sessions(&self, starts: &[Mask]) -> usize {
        let frame = self.trial.frame;
        let halves = starts
            .iter()
            .enumerate()
            .fold(0, |all, (d, m)| all | frame.halves(d, *m));
        frame.sessions_in(self.line(), halves).min(self.missing)
    }

    fn lead_starts(&self, lead: TeacherId) -> Vec<Mask> {
        let line = self.line();
        self.days()
            .map(|d| self.trial.teacher_starts(lead, line.site, d, line.series.dur))
            .collect()
    }

    fn assisted(&self, lead: TeacherId) -> Vec<Mask> {
        let Some(crew) = self.line().assistants else {
            return vec![Mask::MAX; self.days().len()];
        };
        let crew = self.trial.frame.crew(crew).iter().filter(|a| **a != lead);
        crew.fold(vec![0; self.days().len()], |mut all, &a| {
            for (mask, more) in all.iter_mut().zip(self.lead_starts(a)) {
                *mask |= more;
            }
            all
        })
    }

    fn look(&self, item: &mut Item) {
        let (trial, line) = (self.trial, self.line());
        let frame = trial.frame;
        let qualified = frame.crew(line.leads);
        let free: Vec<Mask> = self
            .days()
            .map(|d| self.members_can(trial.starts(self.at, d, false), d))
            .collect();
        let with_room: Vec<Mask> = self
            .days()
            .map(|d| self.members_can(trial.starts(self.at, d, true), d))
            .collect();
        if qualified.is_empty() {
            item.against.push(Against::Nobody);
            item.helps.extend(self.qualify(&with_room));
            return;
        }
        let mut bound: Vec<TeacherId> = trial
            .placed
            .iter()
            .filter(|s| s.line == self.at)
            .filter_map(|s| s.lead)
            .collect();
        bound.sort_unstable();
        bound.dedup();
        let leads = if bound.len() >= line.series.max_teachers {
            bound.clone()
        } else {
            qualified.to_vec()
        };
        if self.sessions(&free) < self.missing && line.child.is_some() {
            item.against.push(if self.sessions(&free) == 0 {
                Against::FamilyFull
            } else {
                Against::FamilyLeft(free.iter().map(|m| Frame::spread(*m, line.series.dur)).collect())
            });
        }
        if line.group.is_some() && self.sessions(&free) < self.missing {
            item.against.push(Against::MembersApart(self.members.len()));
        }
        if !bound.is_empty() && bound.len() >= line.series.max_teachers && qualified.len() > bound.len() {
            item.against.push(Against::Bound(bound));
        }
        if self.sessions(&free) > 0 {
            self.staff(&leads, &free, &with_room, item);
        }
        self.helps(&leads, &free, &with_room, item);
        if item.helps.is_empty() {
            item.helps.extend(self.qualify(&with_room));
        }
    }

    /// Those of some starts at which every member of the class can come.
    fn members_can(&self, starts: Mask, day: Day) -> Mask {
        let dur = self.line().series.dur;
        let members = self.members.iter();
        members.fold(starts, |all, &child| self.trial.child_starts(child, day, all, dur))
    }

    /// Who could lead most of it, were they qualified.
    fn qualify(&self, with_room: &[Mask]) -> Option<Help> {
        let (line, p) = (self.line(), self.trial.frame.problem);
        let crew = self.trial.frame.crew(line.leads);
        let excluded = |t: &TeacherId| line.child.is_some_and(|c| p.children[c].exclude.contains(t));
        let at_site = (0..p.teachers.len()).filter(|t| p.teachers[*t].sites.contains(&line.site));
        let others = at_site.filter(|t| !crew.contains(t) && !excluded(t) && p.teachers[*t].trainee.is_none());
        let offer = |t: TeacherId| {
            let can: Vec<Mask> = self.lead_starts(t).iter().zip(with_room).map(|(a, b)| a & b).collect();
            let sessions = self
                .sessions(&can)
                .min(index(self.trial.week_left(t)) / line.series.dur);
            (sessions, self.trial.week_left(t), t)
        };
        let (sessions, _, teacher) = others
            .map(offer)
            .max_by_key(|&(n, left, t)| (n, left, std::cmp::Reverse(t)))?;
        (sessions > 0).then_some(Help::Qualify { teacher, sessions })
    }

    /// What stands against each lead, put together.
    fn staff(&self, leads: &[TeacherId], free: &[Mask], with_room: &[Mask], item: &mut Item) {
        let (line, frame) = (self.line(), self.trial.frame);
        let dur = line.series.dur;
        let meet = |a: &[Mask], b: &[Mask]| a.iter().zip(b).map(|(a, b)| a & b).collect::<Vec<Mask>>();
        let (mut away, mut full, mut busy, mut roomless) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut unassisted, mut some) = (false, None);
        for &t in leads {
            let hours: Vec<Mask> = self.days().map(|d| frame.hours(t, d, dur)).collect();
            let now = self.lead_starts(t);
            let assisted = meet(&now, &self.assisted(t));
            let can = meet(&assisted, with_room);
            let sessions = self.sessions(&can).min(index(self.trial.week_left(t)) / dur);
            if self.sessions(&meet(&hours, free)) == 0 {
                away.push(t);
            } else if self.trial.week_left(t) < number(dur) {
                full.push(t);
            } else if self.sessions(&meet(&now, free)) == 0 {
                busy.push(t);
            } else if self.sessions(&meet(&assisted, free)) == 0 {
                unassisted = true;
            } else if sessions == 0 {
                roomless.push(t);
            } else if some.is_none_or(|(_, most)| most < sessions) {
                some = Some((t, sessions));
            }
        }
        for (teachers, against) in [
            (away, Against::Away as fn(Vec<TeacherId>) -> Against),
            (full, Against::WeekFull),
            (busy, Against::Busy),
            (roomless, Against::NoRoom),
        ] {
            if !teachers.is_empty() {
                item.against.push(against(teachers));
            }
        }
        if unassisted {
            item.against.push(Against::NoAssistant);
        }
        if let Some((t, sessions)) = some {
            item.against.push(Against::TooFew(t, sessions));
        }
    }

    /// What would make sessions possible, each by itself.
    fn helps(&self, leads: &[TeacherId], free: &[Mask], with_room: &[Mask], item: &mut Item) {
        let (line, trial) = (self.line(), self.trial);
        let dur = line.series.dur;
        let mut helps: Vec<Help> = Vec::new();
        let best = |helps: &mut Vec<Help>, help: Option<Help>| {
            helps.extend(help.filter(|h| h.sessions() > 0));
        };
        for &t in leads {
            let now: Vec<Mask> = self
                .lead_starts(t)
                .iter()
                .zip(self.assisted(t))
                .map(|(a, b)| a & b)
                .collect();
            let meet = |with: &[Mask]| now.iter().zip(with).map(|(a, b)| a & b).collect::<Vec<Mask>>();
            let before = self.sessions(&meet(with_room));
            if line.child.is_some() {
                best(&mut helps, self.come(t, &now, before));
            }
            let roomy = self.sessions(&meet(free));
            best(
                &mut helps,
                Some(Help::Room {
                    teacher: t,
                    sessions: roomy.saturating_sub(before),
                }),
            );
            if trial.week_left(t) < number(dur * self.missing) {
                let unbound: Vec<Mask> = self
                    .days()
                    .map(|d| trial.teacher_starts_any(t, line.site, d, dur) & with_room[d])
                    .collect();
                let sessions = self.sessions(&unbound);
                let more = (sessions * dur).saturating_sub(index(trial.week_left(t)));
                if sessions > before.min(index(trial.week_left(t)) / dur) {
                    best(
                        &mut helps,
                        Some(Help::Hours {
                            teacher: t,
                            slots: more,
                            sessions,
                        }),
                    );
                }
            }
        }
        helps.sort_by_key(|h| std::cmp::Reverse(h.sessions()));
        // One of a kind is enough.
        let mut kinds = Vec::new();
        helps.retain(|h| {
            let kind = std::mem::discriminant(h);
            let new = !kinds.contains(&kind);
            kinds.push(kind);
            new
        });
        helps.truncate(HELPS);
        item.helps = helps;
    }

    /// Half-days outside the family's hours in which a lead and a room are free: as many as are missing.
    fn come(&self, teacher: TeacherId, now: &[Mask], before: usize) -> Option<Help> {
        let (frame, line) = (self.trial.frame, self.line());
        let dur = line.series.dur;
        let mut when = Vec::new();
        for (day, lead) in now.iter().enumerate() {
            if when.len() + before >= self.missing {
                break;
            }
            let rooms = self.trial.room_starts(self.at, day);
            for block in &frame.blocks {
                // Only half-days with no hours of the family at all: a longer stay is another question.
                let child = line.child?;
                let starts = lead & rooms & block;
                let home =
                    frame.problem.children[child].avail[day] & block == 0 && self.trial.child_used_on(child, day) == 0;
                if home && starts != 0 {
                    let first = index(starts.trailing_zeros());
                    let last = index(15 - starts.leading_zeros()) + dur - 1;
                    when.push((day, first, last));
                    break;
                }
            }
        }
        when.truncate(self.missing.saturating_sub(before));
        let sessions = when.len();
        (sessions > 0).then_some(Help::Come {
            teacher,
            when,
            sessions,
        })
    }
}
