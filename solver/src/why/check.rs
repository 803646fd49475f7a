//! The rules for one session at a place, on a board from which it has been taken up.

use std::ops::ControlFlow;

use super::{
    board::{Board, size, span},
    fact::{Fact, Role, Taken},
};
use crate::{
    problem::{ChildId, Day, RoomId, Slot, Task, TeacherId},
    solution::Session,
};

/// Told of each fact; may say that it has heard enough.
pub(crate) type Tell<'t> = &'t mut dyn FnMut(Fact) -> ControlFlow<()>;

impl Board<'_> {
    /// Outside the grid, over lunch, past closing.
    pub(crate) fn shape(&self, day: Day, start: Slot, dur: usize) -> Option<Fact> {
        let grid = &self.problem.grid;
        let Some(block) = self.block(start).filter(|_| day < grid.days) else {
            return Some(Fact::NoSuchTime { day, start });
        };
        let &(_, end) = grid.blocks.get(block)?;
        if start + dur <= end {
            return None;
        }
        Some(if block + 1 < grid.blocks.len() {
            Fact::OverBreak { day, start, dur, end }
        } else {
            Fact::AfterClosing { day, start, dur, end }
        })
    }

    /// What a child's day says to one session more.
    pub(crate) fn child(&self, child: ChildId, day: Day, start: Slot, dur: usize, tell: Tell<'_>) -> ControlFlow<()> {
        let limits = &self.problem.children[child];
        let at = span(start, dur);
        if limits.avail[day] & at != at {
            tell(Fact::ChildAway { child, day, start, dur })?;
        }
        let mine = self.of_child(child, day);
        for i in self.meeting(mine, start, dur) {
            tell(Fact::ChildBusy {
                child,
                other: self.sessions[i],
            })?;
        }
        let (slots, most) = (self.slots(mine), size(limits.max_day));
        if slots + dur > most {
            tell(Fact::ChildDayFull {
                child,
                day,
                slots,
                dur,
                most,
            })?;
        }
        let (from, run) = self.run(self.used(mine) | at, start);
        let most = size(limits.max_run);
        if run > most {
            tell(Fact::ChildRunLong {
                child,
                day,
                from,
                run,
                dur,
                most,
            })?;
        }
        ControlFlow::Continue(())
    }

    /// What the other sessions of an order or group say.
    pub(crate) fn siblings(&self, task: Task, day: Day, start: Slot, tell: Tell<'_>) -> ControlFlow<()> {
        let series = self.series(task);
        let today = || {
            self.of_task(task)
                .iter()
                .copied()
                .filter(|&i| self.sessions[i].day == day)
        };
        let (sessions, most) = (today().count(), series.max_per_day);
        if sessions + 1 > most {
            tell(Fact::DayTaken {
                task,
                day,
                sessions,
                most,
            })?;
        }
        // Where there is one a day, the half-day adds nothing.
        if most != 1 {
            let half = self.block(start);
            for i in today().filter(|&i| self.block(self.sessions[i].start) == half) {
                tell(Fact::HalfDayTaken {
                    task,
                    other: self.sessions[i],
                })?;
            }
        }
        ControlFlow::Continue(())
    }

    /// Whether a room holds the members of a class.
    fn holds(&self, room: RoomId, task: Task) -> bool {
        match task {
            Task::Order(_) => true,
            Task::Group(g) => size(self.problem.rooms[room].capacity) >= self.members[g].len(),
        }
    }

    /// Rooms that are free for a task then.
    fn free_rooms(&self, task: Task, day: Day, start: Slot) -> impl Iterator<Item = RoomId> {
        let dur = self.series(task).dur;
        self.pool(task)
            .iter()
            .copied()
            .filter(move |&r| self.holds(r, task) && self.meeting(self.of_room(r, day), start, dur).next().is_none())
    }

    /// The free room that suits best among those allowed: one that the task has already, then the wished one, then the
    /// first.
    pub(crate) fn best_room(&self, spot: &Session, wish: RoomId, allowed: impl Fn(RoomId) -> bool) -> Option<RoomId> {
        let known = |room: RoomId| self.of_task(spot.task).iter().any(|&i| self.sessions[i].room == room);
        self.free_rooms(spot.task, spot.day, spot.start)
            .filter(|&room| allowed(room))
            .min_by_key(|&room| (!known(room), room != wish, room))
    }

    /// What is held in some rooms then; empty if one of them is free.
    pub(crate) fn taken(&self, rooms: &[RoomId], day: Day, start: Slot, dur: usize) -> Vec<Taken> {
        let mut taken = Vec::with_capacity(rooms.len());
        for &room in rooms {
            match self.meeting(self.of_room(room, day), start, dur).min() {
                Some(i) => taken.push(Taken {
                    room,
                    by: self.sessions[i],
                }),
                None => return Vec::new(),
            }
        }
        taken
    }

    /// What an adult's day and week say to one session more.
    pub(crate) fn adult(
        &self,
        teacher: TeacherId,
        role: Role,
        task: Task,
        day: Day,
        start: Slot,
        tell: Tell<'_>,
    ) -> ControlFlow<()> {
        let limits = &self.problem.teachers[teacher];
        let (dur, site) = (self.series(task).dur, self.site(task));
        let works_here = limits.sites.contains(&site);
        if !works_here {
            tell(Fact::NotAtSite { teacher, role, site })?;
        }
        for &child in self.kids(task) {
            if self.problem.children[child].exclude.contains(&teacher) {
                tell(Fact::Excluded { teacher, role, child })?;
            }
        }
        let at = span(start, dur);
        if limits.avail[day] & at != at {
            tell(Fact::TeacherAway {
                teacher,
                role,
                day,
                start,
                dur,
            })?;
        }
        let mine = self.of_teacher(teacher, day);
        for i in self.meeting(mine, start, dur) {
            tell(Fact::TeacherBusy {
                teacher,
                role,
                other: self.sessions[i],
            })?;
        }
        let (slots, most) = (self.slots(mine), size(limits.max_day));
        if slots + dur > most {
            tell(Fact::TeacherDayFull {
                teacher,
                role,
                day,
                slots,
                dur,
                most,
            })?;
        }
        let (slots, most) = (self.load[teacher], size(limits.max_week));
        if slots + dur > most {
            tell(Fact::TeacherWeekFull {
                teacher,
                role,
                slots,
                dur,
                most,
            })?;
        }
        let (from, run) = self.run(self.used(mine) | at, start);
        let most = size(limits.max_run);
        if run > most {
            tell(Fact::TeacherRunLong {
                teacher,
                role,
                day,
                from,
                run,
                dur,
                most,
            })?;
        }
        if works_here {
            self.ways(teacher, role, task, day, start, tell)?;
        }
        ControlFlow::Continue(())
    }

    /// The way from the session before and to the next one.
    fn ways(
        &self,
        teacher: TeacherId,
        role: Role,
        task: Task,
        day: Day,
        start: Slot,
        tell: Tell<'_>,
    ) -> ControlFlow<()> {
        let end = start + self.series(task).dur;
        let mine = self.of_teacher(teacher, day);
        let (from, to) = (
            |i: usize| self.sessions[i].start,
            |i: usize| self.sessions[i].start + self.dur(i),
        );
        let before = mine.iter().copied().filter(|&i| to(i) <= start).max_by_key(|&i| to(i));
        let after = mine
            .iter()
            .copied()
            .filter(|&i| from(i) >= end)
            .min_by_key(|&i| from(i));
        let here = self.site(task);
        for (other, gap) in [
            before.map(|i| (i, self.minutes(to(i), start))),
            after.map(|i| (i, self.minutes(end, from(i)))),
        ]
        .into_iter()
        .flatten()
        {
            let there = self.site(self.sessions[other].task);
            let way = if to(other) <= start {
                self.problem.travel[there][here]
            } else {
                self.problem.travel[here][there]
            };
            if there != here && gap < way {
                tell(Fact::NoTimeForWay {
                    teacher,
                    role,
                    other: self.sessions[other],
                    minutes: gap,
                    way,
                })?;
            }
        }
        ControlFlow::Continue(())
    }

    /// Minutes from the end of the slot before `end` to the beginning of `start`.
    fn minutes(&self, end: Slot, start: Slot) -> u32 {
        let grid = &self.problem.grid;
        grid.starts[start].saturating_sub(grid.starts[end - 1] + grid.slot_minutes)
    }

    /// Two sessions of a teacher's day, one after the other, without time for the way between them.
    pub(crate) fn missing_ways(&self, teacher: TeacherId, day: Day) -> Vec<Fact> {
        let mut mine = self.of_teacher(teacher, day).to_vec();
        mine.sort_by_key(|&i| (self.sessions[i].start, self.dur(i), self.site(self.sessions[i].task)));
        let mut found = Vec::new();
        for pair in mine.windows(2) {
            let &[a, b] = pair else { continue };
            let (from, to) = (self.site(self.sessions[a].task), self.site(self.sessions[b].task));
            let end = self.sessions[a].start + self.dur(a);
            let way = self.problem.travel[from][to];
            let meet = self.sessions[b].start < end;
            let minutes = if meet {
                0
            } else {
                self.minutes(end, self.sessions[b].start)
            };
            if from != to && (meet || minutes < way) {
                let (before, after) = (self.sessions[a], self.sessions[b]);
                found.push(Fact::WayWithout {
                    teacher,
                    before,
                    after,
                    minutes,
                    way,
                });
            }
        }
        found
    }

    /// Whether a teacher may lead a task by what is given, and what its other sessions say.
    pub(crate) fn lead(&self, teacher: TeacherId, task: Task, tell: Tell<'_>) -> ControlFlow<()> {
        let series = self.series(task);
        let (level, least) = (
            self.problem.teachers[teacher].qual[series.service],
            series.min_level.max(1),
        );
        if level < least {
            tell(Fact::LevelLow {
                teacher,
                service: series.service,
                level,
                least,
            })?;
        }
        let led = |&i: &usize| self.sessions[i].teacher == teacher;
        if self.of_task(task).iter().all(led) {
            return ControlFlow::Continue(());
        }
        let mut leads: Vec<TeacherId> = self.of_task(task).iter().map(|&i| self.sessions[i].teacher).collect();
        leads.sort_unstable();
        leads.dedup();
        let more = usize::from(!leads.contains(&teacher));
        if leads.len() + more > series.max_teachers {
            tell(Fact::TooManyLeads {
                task,
                teacher,
                leads,
                most: series.max_teachers,
            })?;
        }
        ControlFlow::Continue(())
    }

    /// Everything about a session at a place but its room; the session must have been taken up.
    pub(crate) fn place(&self, spot: &Session, tell: Tell<'_>) -> ControlFlow<()> {
        let &Session {
            task,
            day,
            start,
            teacher,
            second,
            ..
        } = spot;
        let dur = self.series(task).dur;
        if let Some(fact) = self.shape(day, start, dur) {
            tell(fact)?;
            return ControlFlow::Continue(());
        }
        self.siblings(task, day, start, tell)?;
        for &child in self.kids(task) {
            self.child(child, day, start, dur, tell)?;
        }
        self.lead(teacher, task, tell)?;
        self.adult(teacher, Role::Lead, task, day, start, tell)?;
        if let Some(second) = second {
            let role = match task {
                Task::Order(_) => Role::Watching,
                Task::Group(_) => Role::Assisting,
            };
            self.adult(second, role, task, day, start, tell)?;
        }
        ControlFlow::Continue(())
    }

    /// Whether a session may be put down there, a room apart.
    pub(crate) fn fits(&self, spot: &Session) -> bool {
        self.place(spot, &mut |_| ControlFlow::Break(())).is_continue()
    }

    /// The run of used slots of a half-day around a slot: where it begins, and how long it is.
    fn run(&self, used: u16, slot: Slot) -> (Slot, usize) {
        let Some(&(first, end)) = self.block(slot).and_then(|b| self.problem.grid.blocks.get(b)) else {
            return (slot, 0);
        };
        let busy = |u: Slot| used & span(u, 1) != 0;
        let from = (first..slot).rev().take_while(|&u| busy(u)).last().unwrap_or(slot);
        let to = (slot..end).take_while(|&u| busy(u)).last().map_or(slot, |u| u + 1);
        (from, to - from)
    }
}
