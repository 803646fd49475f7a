//! One order or group that misses sessions: who and what stands against it now, and what would help.

use super::{
    fault::PinFault,
    frame::{Frame, Line, index, number, span},
    item::{Against, Help, Item},
    pinned::single,
    trial::Trial,
};
use crate::problem::{ChildId, Day, Mask, Pin, TeacherId};

/// A look at one line that misses sessions.
pub(super) struct Looker<'a, 'f, 'p> {
    pub(super) trial: &'a Trial<'f, 'p>,
    pub(super) at: usize,
    pub(super) missing: usize,
    /// Of the class.
    pub(super) members: &'a [ChildId],
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

    /// Starts at which everybody could come, by day.
    fn open(&self, rooms: bool) -> Vec<Mask> {
        self.days()
            .map(|d| self.members_can(self.trial.starts(self.at, d, rooms), d))
            .collect()
    }

    /// What stands against a decision, and what might help.
    pub(super) fn decided(&self, pin: usize, item: &mut Item) -> Vec<Help> {
        let frame = self.trial.frame;
        let because = single(frame, &frame.problem.pins[pin]);
        item.against.push(Against::Decided { pin, because });
        let Pin {
            day, start, teacher, ..
        } = frame.problem.pins[pin];
        let mut helps = Vec::new();
        if let (Some(day), Some(from)) = (day, start) {
            let to = from + self.line().series.dur - 1;
            let come = |teacher| Help::Come {
                teacher,
                when: vec![(day, from, to)],
                sessions: 1,
            };
            let work = |teacher| Help::Work {
                teacher,
                day,
                from,
                to,
                sessions: 1,
            };
            match because {
                Some(PinFault::ChildAway(_)) => {
                    let at = |t: &&TeacherId| frame.hours(**t, day, self.line().series.dur) & span(from, 1) != 0;
                    let lead = teacher.or_else(|| frame.crew(self.line().leads).iter().find(at).copied());
                    helps.extend(lead.map(come));
                }
                Some(PinFault::TeacherAway(t)) => helps.push(work(t)),
                Some(PinFault::NobodyThen) => helps.extend(frame.crew(self.line().leads).iter().copied().map(work)),
                Some(
                    PinFault::Outside
                    | PinFault::AcrossBreak
                    | PinFault::Lead(_)
                    | PinFault::Second(_)
                    | PinFault::Room
                    | PinFault::FewCome
                    | PinFault::NoTime
                    | PinFault::TeacherTwice(_)
                    | PinFault::ChildTwice(_)
                    | PinFault::RoomTwice
                    | PinFault::Day
                    | PinFault::Leads(_)
                    | PinFault::TooMany(_),
                )
                | None => {}
            }
        }
        if let Some(PinFault::Lead(teacher)) = because {
            helps.push(Help::Qualify { teacher, sessions: 1 });
        }
        helps.push(Help::Unpin { pin, sessions: 1 });
        helps
    }

    /// What stands against it, and what might help.
    pub(super) fn look(&self, item: &mut Item) -> Vec<Help> {
        let (trial, line) = (self.trial, self.line());
        let frame = trial.frame;
        let qualified = frame.crew(line.leads);
        let (free, with_room) = (self.open(false), self.open(true));
        if qualified.is_empty() {
            item.against.push(Against::Nobody);
            return Vec::new();
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
        self.helps(&leads, &free, &with_room)
    }

    /// Those of some starts at which every member of the class can come.
    fn members_can(&self, starts: Mask, day: Day) -> Mask {
        let dur = self.line().series.dur;
        let members = self.members.iter();
        members.fold(starts, |all, &child| self.trial.child_starts(child, day, all, dur))
    }

    /// Who could lead most of it, were they qualified.
    pub(super) fn qualify(&self) -> Option<Help> {
        let with_room = self.open(true);
        let (line, p) = (self.line(), self.trial.frame.problem);
        let crew = self.trial.frame.crew(line.leads);
        let excluded = |t: &TeacherId| line.child.is_some_and(|c| p.children[c].exclude.contains(t));
        let at_site = (0..p.teachers.len()).filter(|t| p.teachers[*t].sites.contains(&line.site));
        let others = at_site.filter(|t| !crew.contains(t) && !excluded(t) && p.teachers[*t].trainee.is_none());
        let offer = |t: TeacherId| {
            let can: Vec<Mask> = self.lead_starts(t).iter().zip(&with_room).map(|(a, b)| a & b).collect();
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
        let kinds = [
            Against::Away(away),
            Against::WeekFull(full),
            Against::Busy(busy),
            Against::NoRoom(roomless),
        ];
        item.against
            .extend(kinds.into_iter().filter(|kind| !kind.teachers().is_empty()));
        if unassisted {
            item.against.push(Against::NoAssistant);
        }
        if let Some((t, sessions)) = some {
            item.against.push(Against::TooFew(t, sessions));
        }
    }

    /// What would make sessions possible, each by itself, as far as hours tell.
    fn helps(&self, leads: &[TeacherId], free: &[Mask], with_room: &[Mask]) -> Vec<Help> {
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
        helps
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
                    let last = index(starts.ilog2()) + dur - 1;
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
