//! One session put down at one place and nothing else moved: what stands against it, and with whom it is possible.

use std::ops::ControlFlow;

use serde::Serialize;

use super::{
    board::{Board, size},
    fact::{Fact, Role},
    pins::{Pins, Sketch},
};
use crate::{
    problem::{Day, OrderId, Pin, RoomId, Slot, Task, TeacherId},
    solution::Session,
};

/// What stands against one lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lead {
    /// Who is qualified for the service, at whatever level.
    pub teacher: TeacherId,
    /// Whether the prescription has this lead now.
    pub present: bool,
    /// Everything that stands against it; empty if this lead could take the session there.
    pub facts: Vec<Fact>,
}

impl Lead {
    /// Whether moving or handing over other sessions can make way.
    pub fn can_be_mended(&self) -> bool {
        self.facts.iter().all(Fact::can_be_mended)
    }
}

/// What one look at one place has found.
pub(super) struct Look {
    /// The session that would come there; nothing for one that has no place yet.
    pub(super) moving: Option<usize>,
    /// What holds whoever leads.
    pub(super) facts: Vec<Fact>,
    pub(super) leads: Vec<Lead>,
    /// Where it could be put down at once, with what that adds to the cost; the cheapest first.
    pub(super) spots: Vec<(i64, Session)>,
}

/// A session of an order and the place it is to have.
pub(super) struct Wish {
    pub(super) order: OrderId,
    pub(super) day: Day,
    pub(super) start: Slot,
    pub(super) moving: Option<usize>,
}

/// Collect every fact.
fn all(facts: &mut Vec<Fact>) -> impl FnMut(Fact) -> ControlFlow<()> {
    |fact| {
        facts.push(fact);
        ControlFlow::Continue(())
    }
}

/// Look at a place; the board is afterwards as it was.
pub(super) fn look(board: &mut Board<'_>, wish: &Wish) -> Look {
    let task = Task::Order(wish.order);
    let mut look = Look {
        moving: wish.moving,
        facts: Vec::new(),
        leads: Vec::new(),
        spots: Vec::new(),
    };
    if let Some(fact) = board.shape(wish.day, wish.start, board.series(task).dur) {
        look.facts.push(fact);
        return look;
    }
    let cost = board.cost;
    let before = Before::new(board, wish.moving);
    if let Some(i) = wish.moving {
        board.take(i);
    }
    let looker = Looker {
        cost,
        pins: Pins::new(board, task),
        before,
        task,
        wish,
    };
    looker.everybody(board, &mut look);
    let timely = looker.rooms(board, &mut look);
    looker.leads(board, &mut look, timely);
    if let (Some(i), Some(old)) = (wish.moving, looker.before.old) {
        board.put(i, old);
    }
    look.spots.sort_unstable();
    look
}

/// What was so before the session was taken up.
struct Before {
    old: Option<Session>,
    /// The trainee who watches it and the slots that they were short of.
    watcher: Option<(TeacherId, usize)>,
    /// Ways for which the adults of the session have no time already.
    ways: Vec<Fact>,
}

impl Before {
    fn new(board: &Board<'_>, moving: Option<usize>) -> Self {
        let old = moving.map(|i| board.sessions[i]);
        let trains = |t: &TeacherId| board.problem.teachers[*t].trainee.is_some();
        let watcher = old.and_then(|s| s.second).filter(trains);
        Self {
            old,
            watcher: watcher.map(|t| (t, board.unwatched(t))),
            ways: old.map_or_else(Vec::new, |s| ways(board, &s)),
        }
    }
}

/// Ways without time on the day of a session, of its adults.
fn ways(board: &Board<'_>, s: &Session) -> Vec<Fact> {
    if s.day >= board.problem.grid.days {
        return Vec::new();
    }
    let second = s.second.filter(|&t| t != s.teacher);
    let staff = std::iter::once(s.teacher).chain(second);
    staff.flat_map(|t| board.missing_ways(t, s.day)).collect()
}

/// Looks at one place for one session, which has been taken up.
struct Looker<'a, 'p> {
    cost: i64,
    pins: Pins<'p>,
    before: Before,
    task: Task,
    wish: &'a Wish,
}

impl Looker<'_, '_> {
    /// The session at its time, with everything else open.
    fn open(&self) -> Sketch {
        Sketch {
            day: Some(self.wish.day),
            start: Some(self.wish.start),
            ..Sketch::default()
        }
    }

    /// The child, the order's own sessions, and what is decided.
    fn everybody(&self, board: &Board<'_>, look: &mut Look) {
        let &Wish { day, start, .. } = self.wish;
        let dur = board.series(self.task).dur;
        let mut tell = all(&mut look.facts);
        for &child in board.kids(self.task) {
            let _ = board.child(child, day, start, dur, &mut tell);
        }
        let _ = board.siblings(self.task, day, start, &mut tell);
    }

    /// Whether the time is decided otherwise; and which rooms that leaves, and what is in them.
    fn rooms(&self, board: &Board<'_>, look: &mut Look) -> bool {
        let &Wish { day, start, .. } = self.wish;
        let series = board.series(self.task);
        let timely = self.pins.hold(board, self.open());
        if !timely {
            self.pinned(look, |p| {
                p.day.is_some_and(|d| d != day) || p.start.is_some_and(|u| u != start)
            });
        }
        let mut rooms = board.pool(self.task).to_vec();
        if rooms.is_empty() {
            look.facts.push(Fact::NoRoomOfKind {
                site: board.site(self.task),
                service: series.service,
            });
            return timely;
        }
        if timely {
            let room = |r: RoomId| Sketch {
                room: Some(r),
                ..self.open()
            };
            rooms.retain(|&r| self.pins.hold(board, room(r)));
            if rooms.is_empty() {
                self.pinned(look, |p| p.room.is_some());
            }
        }
        let rooms = board.taken(&rooms, day, start, series.dur);
        if !rooms.is_empty() {
            look.facts.push(Fact::RoomsTaken {
                day,
                start,
                dur: series.dur,
                rooms,
            });
        }
        timely
    }

    fn pinned(&self, look: &mut Look, differs: impl Fn(&Pin) -> bool) {
        let pin = self.pins.of(self.before.old, differs);
        look.facts.extend(pin.cloned().map(|pin| Fact::Pinned { pin }));
    }

    fn leads(&self, board: &mut Board<'_>, look: &mut Look, timely: bool) {
        let service = board.series(self.task).service;
        let teachers = &board.problem.teachers;
        let qualified: Vec<TeacherId> = (0..teachers.len()).filter(|&t| teachers[t].qual[service] > 0).collect();
        if qualified.is_empty() {
            look.facts.push(Fact::NobodyQualified { service });
        }
        for teacher in qualified {
            let siblings = board.of_task(self.task);
            let led = siblings.iter().any(|&i| board.sessions[i].teacher == teacher);
            let mut lead = Lead {
                teacher,
                present: led || self.before.old.is_some_and(|s| s.teacher == teacher),
                facts: Vec::new(),
            };
            let spot = self.lead(board, &mut lead, timely);
            look.spots.extend(spot.filter(|_| look.facts.is_empty()));
            look.leads.push(lead);
        }
    }

    /// What stands against a lead, and where the session could be put down with them, if anywhere.
    fn lead(&self, board: &mut Board<'_>, lead: &mut Lead, timely: bool) -> Option<(i64, Session)> {
        let &Wish { day, start, .. } = self.wish;
        let (teacher, facts) = (lead.teacher, &mut lead.facts);
        let _ = board.lead(teacher, self.task, &mut all(facts));
        let _ = board.adult(teacher, Role::Lead, self.task, day, start, &mut all(facts));
        let led = Sketch {
            teacher: Some(teacher),
            ..self.open()
        };
        if timely && !self.pins.hold(board, led) {
            facts.extend(self.lead_pinned(teacher));
        }
        let seconds = self.seconds(board, teacher, timely, facts);
        let mut best: Option<(i64, Session)> = None;
        let mut ways: Option<Vec<Fact>> = None;
        for second in seconds {
            let spot = Session {
                task: self.task,
                day,
                start,
                teacher,
                second,
                room: self.before.old.map_or(0, |s| s.room),
            };
            let decided = |room| !timely || self.pins.hold(board, Session { room, ..spot }.into());
            let room = board.best_room(&spot, spot.room, decided);
            let spot = Session {
                room: room.unwrap_or(spot.room),
                ..spot
            };
            let (cost, lost) = self.try_out(board, spot);
            if room.is_some() && lost.is_empty() && best.is_none_or(|b| (cost, spot) < b) {
                best = Some((cost, spot));
            }
            if ways.as_ref().is_none_or(|known| lost.len() < known.len()) {
                ways = Some(lost);
            }
        }
        facts.extend(ways.into_iter().flatten());
        best.filter(|_| facts.is_empty())
    }

    /// It is decided otherwise who leads, or who watches.
    fn lead_pinned(&self, teacher: TeacherId) -> Option<Fact> {
        let other = |p: &Pin| p.teacher.is_some_and(|t| t != teacher) || p.second.is_some();
        let pin = self.pins.of(self.before.old, other)?.clone();
        Some(Fact::LeadPinned { teacher, pin })
    }

    /// Who may be there beside a lead: nobody, the trainee who watched, or both; what stands against it if the trainee
    /// must be there and cannot.
    fn seconds(
        &self,
        board: &Board<'_>,
        lead: TeacherId,
        timely: bool,
        facts: &mut Vec<Fact>,
    ) -> Vec<Option<TeacherId>> {
        let &Wish { day, start, .. } = self.wish;
        let watcher = self.before.watcher;
        let Some((trainee, short)) = watcher else {
            return vec![None];
        };
        let alone = Sketch {
            second: Some(None),
            ..self.open()
        };
        let decided = timely && !self.pins.hold(board, alone);
        let needed = decided || board.unwatched(trainee) > short;
        let training = board.problem.teachers[trainee].trainee.as_ref();
        let mut against = Vec::new();
        match training {
            Some(t) if t.mentor == lead => {
                let _ = board.adult(trainee, Role::Watching, self.task, day, start, &mut all(&mut against));
            }
            _ => against.push(Fact::NotMentor {
                teacher: lead,
                trainee,
                slots: board.watched[trainee],
                least: training.map_or(0, |t| size(t.shadow_min)),
            }),
        }
        match (needed, against.is_empty()) {
            (false, true) => vec![Some(trainee), None],
            (false, false) => vec![None],
            (true, true) => vec![Some(trainee)],
            (true, false) => {
                facts.append(&mut against);
                if decided && !facts.iter().any(|f| matches!(f, Fact::LeadPinned { .. })) {
                    facts.extend(self.lead_pinned(lead));
                }
                Vec::new()
            }
        }
    }

    /// What a spot adds to the cost, and the ways between other sessions that are left without time.
    fn try_out(&self, board: &mut Board<'_>, spot: Session) -> (i64, Vec<Fact>) {
        let i = match self.wish.moving {
            Some(i) => {
                board.put(i, spot);
                i
            }
            None => board.add(spot),
        };
        let cost = board.cost - self.cost;
        let now = self.before.old.map_or_else(Vec::new, |old| ways(board, &old));
        board.take(i);
        if self.wish.moving.is_none() {
            board.drop_last();
        }
        let new = |f: &Fact| matches!(f, Fact::WayWithout { before, after, .. } if *before != spot && *after != spot);
        let lost = now.into_iter().filter(|f| new(f) && !self.before.ways.contains(f));
        (cost, lost.collect())
    }
}
