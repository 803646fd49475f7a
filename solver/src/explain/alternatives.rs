//! Where else one session could be while everything else stays, each place measured by the referee.

use serde::Serialize;

use super::{Difference, pins};
use crate::{
    problem::{ChildId, Day, Mask, Pin, Problem, RoomId, Series, SiteId, Slot, Task, TeacherId},
    score::{Hard, Score, score},
    solution::{Session, Solution},
};

/// A place where the session could be, and what the week would cost more or less with it there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Alternative {
    /// The session as it would be.
    #[serde(flatten)]
    pub session: Session,
    /// More or less than where it is.
    #[serde(flatten)]
    pub cost: Difference,
}

/// Times of the week other than that of the session, each a part of those before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Times {
    /// At which a session so long can begin.
    pub all: usize,
    /// At which the children can come, are free, and have no session of this kind in the same half-day.
    pub family: usize,
    /// At which somebody who may lead it (and assist, for a class) and a room are free as well.
    pub staffed: usize,
    /// At which every rule holds as well.
    pub possible: usize,
}

/// What stands against a session at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Against {
    /// Rules that it would break.
    pub(super) rules: Vec<Hard>,
    /// Whether it is decided to be elsewhere.
    pub(super) decided: bool,
}

/// A timetable, one session of it, and the week without that session.
pub(super) struct Gap<'p> {
    pub(super) problem: &'p Problem,
    pub(super) session: Session,
    pub(super) series: &'p Series,
    pub(super) site: SiteId,
    pub(super) kids: Vec<ChildId>,
    /// The week as it is, and without the session.
    pub(super) before: Score,
    pub(super) without: Score,
    /// The other sessions of the prescription or class.
    pub(super) siblings: Vec<Session>,
    /// Every session but this one.
    others: Vec<Session>,
    pins: Vec<&'p Pin>,
    pins_kept: usize,
    /// The timetable in which places are tried, and where the session stands in it.
    tried: Solution,
    number: usize,
    /// Slots of each teacher and day that the other sessions take.
    busy: Vec<Mask>,
}

impl<'p> Gap<'p> {
    /// Nothing for a session that does not exist.
    pub(super) fn new(problem: &'p Problem, solution: &Solution, number: usize) -> Option<Self> {
        let session = *solution.sessions.get(number)?;
        let series = problem.series(session.task)?;
        let mut others = solution.sessions.clone();
        others.remove(number);
        let siblings: Vec<Session> = others.iter().filter(|s| s.task == session.task).copied().collect();
        let pins = pins::of(problem, session.task);
        let mut gap = Self {
            problem,
            session,
            series,
            site: problem.site(session.task)?,
            kids: kids(problem, solution, session.task).to_vec(),
            before: score(problem, solution),
            without: score(
                problem,
                &Solution {
                    sessions: others.clone(),
                    members: solution.members.clone(),
                },
            ),
            siblings,
            pins,
            pins_kept: 0,
            tried: solution.clone(),
            number,
            busy: vec![0; problem.teachers.len() * problem.grid.days],
            others,
        };
        gap.pins_kept = gap.keeps(session);
        for s in &gap.others {
            let dur = problem.series(s.task).map_or(0, |series| series.dur);
            if problem.grid.holds(s.day, s.start, dur) {
                for teacher in std::iter::once(s.teacher).chain(s.second) {
                    gap.busy[teacher * problem.grid.days + s.day] |= span(s.start, dur);
                }
            }
        }
        Some(gap)
    }

    /// The pin that needs this very session, if one does.
    pub(super) fn pin(&self) -> Option<&'p Pin> {
        let without = pins::kept(&self.pins, &self.siblings);
        let needed = without.iter().filter(|kept| **kept).count() < self.pins_kept;
        let mine = |pin: &&&Pin| pins::agrees(pin, &self.session);
        self.pins.iter().find(|pin| needed && mine(pin)).copied()
    }

    /// The referee's word on the session at a place: what it would cost, or what stands against it.
    pub(super) fn measure(&mut self, session: Session) -> Result<Difference, Against> {
        let decided = self.keeps(session) < self.pins_kept;
        self.tried.sessions[self.number] = session;
        let after = score(self.problem, &self.tried);
        // Not worse than now, nor than without the session: it neither breaks a rule nor leaves one broken.
        let count = |score: &Score, rule| score.hard.get(&rule).copied().unwrap_or(0);
        let most = |rule| count(&self.before, rule).min(count(&self.without, rule));
        let broken = after.hard.iter().filter(|&(&rule, &times)| times > most(rule));
        let rules: Vec<Hard> = broken.map(|(&rule, _)| rule).collect();
        if rules.is_empty() && !decided {
            Ok(Difference::between(&self.before, &after))
        } else {
            Err(Against { rules, decided })
        }
    }

    /// Every place but the present one, the cheapest first: each time, lead and second with the room that costs least.
    pub(super) fn alternatives(&mut self) -> (Vec<Alternative>, Times) {
        let (grid, dur) = (&self.problem.grid, self.series.dur);
        let starts = (0..grid.days).flat_map(|day| (0..grid.slots).map(move |start| (day, start)));
        let leads = self.leads();
        let (mut found, mut times) = (Vec::new(), Times::default());
        for (day, start) in starts.filter(|&(day, start)| grid.holds(day, start, dur)) {
            let family = self.family_can(day, start);
            let (mut staff, mut rooms) = (Vec::new(), Vec::new());
            if family {
                let seconds = |&lead: &TeacherId| {
                    let seconds = self.seconds(lead, day, start).into_iter();
                    seconds.map(move |second| (lead, second))
                };
                staff = leads.iter().flat_map(seconds).collect();
                rooms = self.rooms(day, start);
            }
            let before = found.len();
            for &(teacher, second) in &staff {
                found.extend(self.cheapest(day, start, teacher, second, &rooms));
            }
            if (day, start) != (self.session.day, self.session.start) {
                times.all += 1;
                times.family += usize::from(family);
                times.staffed += usize::from(!staff.is_empty() && !rooms.is_empty());
                times.possible += usize::from(found.len() > before);
            }
        }
        let now = self.session;
        let changes = |s: &Session| {
            [
                (s.day, s.start) != (now.day, now.start),
                s.teacher != now.teacher,
                s.second != now.second,
                s.room != now.room,
            ]
        };
        found.sort_by_key(|a: &Alternative| (a.cost.cost, changes(&a.session), a.session));
        (found, times)
    }

    /// With the first room, in the order of their cost, that keeps what is decided.
    fn cheapest(
        &mut self,
        day: Day,
        start: Slot,
        teacher: TeacherId,
        second: Option<TeacherId>,
        rooms: &[RoomId],
    ) -> Option<Alternative> {
        let at = |&room: &RoomId| Session {
            task: self.session.task,
            day,
            start,
            teacher,
            second,
            room,
        };
        let session = rooms
            .iter()
            .map(at)
            .find(|&s| s != self.session && self.keeps(s) >= self.pins_kept)?;
        let cost = self.measure(session).ok()?;
        Some(Alternative { session, cost })
    }

    /// Pins of the task that are kept with the session at a place.
    fn keeps(&self, session: Session) -> usize {
        if self.pins.is_empty() {
            return 0;
        }
        let mut all = self.siblings.clone();
        all.push(session);
        pins::kept(&self.pins, &all).iter().filter(|kept| **kept).count()
    }

    // What follows leaves out only what the referee would refuse.

    /// Whether the session lies in a half-day that has no other of its kind, and every child can come and is free.
    fn family_can(&self, day: Day, start: Slot) -> bool {
        let (grid, dur) = (&self.problem.grid, self.series.dur);
        if !grid.holds(day, start, dur) {
            return false;
        }
        let block = grid.block(start);
        if self
            .siblings
            .iter()
            .any(|s| s.day == day && grid.block(s.start) == block)
        {
            return false;
        }
        let at = span(start, dur);
        if self
            .kids
            .iter()
            .any(|&c| self.problem.children[c].avail[day] & at != at)
        {
            return false;
        }
        let theirs = |s: &Session| {
            kids(self.problem, &self.tried, s.task)
                .iter()
                .any(|c| self.kids.contains(c))
        };
        !self.meeting(day, start).any(theirs)
    }

    /// The other sessions that are held while this one would be.
    fn meeting(&self, day: Day, start: Slot) -> impl Iterator<Item = &Session> {
        let at = span(start, self.series.dur);
        let dur = |s: &Session| self.problem.series(s.task).map_or(0, |series| series.dur);
        self.others
            .iter()
            .filter(move |s| s.day == day && span(s.start, dur(s)) & at != 0)
    }

    /// Who may lead it at all.
    pub(super) fn qualified(&self) -> Vec<TeacherId> {
        let least = self.series.min_level.max(1);
        let may = |t: &TeacherId| {
            let teacher = &self.problem.teachers[*t];
            teacher.qual[self.series.service] >= least && self.welcome(*t)
        };
        (0..self.problem.teachers.len()).filter(may).collect()
    }

    /// Those of them who would not be one lead too many.
    fn leads(&self) -> Vec<TeacherId> {
        let mut known: Vec<TeacherId> = self.siblings.iter().map(|s| s.teacher).collect();
        known.sort_unstable();
        known.dedup();
        let room = known.len() < self.series.max_teachers;
        let mut leads = self.qualified();
        leads.retain(|t| room || known.contains(t));
        leads
    }

    /// Beside a lead who is free: nobody or the trainee of now; for a class everybody who may assist it.
    fn seconds(&self, lead: TeacherId, day: Day, start: Slot) -> Vec<Option<TeacherId>> {
        let now = self.session.second;
        if !self.free(lead, day, start) {
            return Vec::new();
        }
        match self.session.task {
            Task::Order(_) => {
                let mentor = |t: TeacherId| self.problem.teachers[t].trainee.as_ref().map(|t| t.mentor);
                let same = now.filter(|&t| mentor(t) == Some(lead) && self.free(t, day, start));
                let mut seconds = vec![None];
                seconds.extend(same.map(Some));
                seconds
            }
            Task::Group(_) if !self.problem.services[self.series.service].assistant && now.is_none() => vec![None],
            Task::Group(_) => {
                let may = |t: &TeacherId| {
                    *t != lead
                        && self.problem.teachers[*t].assist[self.series.service]
                        && self.welcome(*t)
                        && self.free(*t, day, start)
                };
                (0..self.problem.teachers.len()).filter(may).map(Some).collect()
            }
        }
    }

    /// Whether somebody works at the site and no family rules them out.
    fn welcome(&self, t: TeacherId) -> bool {
        self.problem.teachers[t].sites.contains(&self.site)
            && !self.kids.iter().any(|&c| self.problem.children[c].exclude.contains(&t))
    }

    /// Whether somebody works then and is in no other session.
    fn free(&self, t: TeacherId, day: Day, start: Slot) -> bool {
        let at = span(start, self.series.dur);
        let avail = self.problem.teachers[t].avail[day];
        avail & at == at && self.busy[t * self.problem.grid.days + day] & at == 0
    }

    /// The free rooms: those that the other sessions use first, then the one of now.
    fn rooms(&self, day: Day, start: Slot) -> Vec<RoomId> {
        let kind = self.problem.services[self.series.service].room_kind;
        let class = matches!(self.session.task, Task::Group(_));
        let taken: Vec<RoomId> = self.meeting(day, start).map(|s| s.room).collect();
        let fit = |r: &RoomId| {
            let room = &self.problem.rooms[*r];
            let large = !class || super::size(room.capacity) >= self.kids.len();
            room.site == self.site && room.kind == kind && large && !taken.contains(r)
        };
        let mut rooms: Vec<RoomId> = (0..self.problem.rooms.len()).filter(fit).collect();
        rooms.sort_by_key(|r| {
            let known = self.siblings.iter().any(|s| s.room == *r);
            (!known, *r != self.session.room, *r)
        });
        rooms
    }
}

/// The child of an order, the members of a group.
fn kids<'a>(problem: &'a Problem, solution: &'a Solution, task: Task) -> &'a [ChildId] {
    match task {
        Task::Order(id) => std::slice::from_ref(&problem.orders[id].child),
        Task::Group(id) => &solution.members[id],
    }
}

/// Slots `start..start + dur`.
fn span(start: Slot, dur: usize) -> Mask {
    (start..start.saturating_add(dur))
        .take_while(|&u| u < crate::problem::limits::SLOTS)
        .fold(0, |mask, u| mask | 1 << u)
}
