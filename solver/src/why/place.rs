//! One session put down at one place and nothing else moved: what stands against it, and with whom it is possible.

use std::ops::ControlFlow;

use serde::Serialize;

use super::{
    board::Board,
    fact::{Fact, Role},
    pins::{Sketch, met, pins_of},
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
    let pins = Pins::new(board, task);
    let before = Before::new(board, wish.moving);
    if let Some(i) = wish.moving {
        board.take(i);
    }
    let after = Looker {
        cost,
        pins,
        before,
        task,
        wish,
    };
    after.everybody(board, &mut look);
    after.rooms(board, &mut look);
    after.leads(board, &mut look);
    if let (Some(i), Some(old)) = (wish.moving, after.before.old) {
        board.put(i, old);
    }
    look.spots.sort_unstable();
    look
}

/// The pins of the order, and how many are met now.
struct Pins<'p> {
    pins: Vec<&'p Pin>,
    met: usize,
}

impl<'p> Pins<'p> {
    fn new(board: &Board<'p>, task: Task) -> Self {
        let pins = pins_of(board.problem, task);
        let sessions: Vec<Sketch> = sketches(board, task);
        Self {
            met: met(&pins, &sessions),
            pins,
        }
    }

    /// Whether as many are met with one session more, some of which may be open.
    fn hold(&self, board: &Board<'_>, task: Task, sketch: Sketch) -> bool {
        if self.pins.is_empty() {
            return true;
        }
        let mut sessions = sketches(board, task);
        sessions.push(sketch);
        met(&self.pins, &sessions) >= self.met
    }

    /// A pin that the session met where it was, for the sentence.
    fn of(&self, old: Option<Session>, differs: impl Fn(&Pin) -> bool) -> Option<&'p Pin> {
        let had = |p: &&&Pin| old.is_some_and(|s| Sketch::from(s).may_be(p));
        let fits = |p: &&&Pin| differs(p);
        let found = self.pins.iter().filter(had).find(fits);
        found
            .or_else(|| self.pins.iter().find(fits))
            .or_else(|| self.pins.first())
            .copied()
    }
}

fn sketches(board: &Board<'_>, task: Task) -> Vec<Sketch> {
    board.of_task(task).iter().map(|&i| board.sessions[i].into()).collect()
}

/// What was so before the session was taken up.
struct Before {
    old: Option<Session>,
    /// The trainee who watches it and their hours owed.
    watcher: Option<(TeacherId, usize)>,
    /// Ways for which the adults of the session have no time already.
    ways: usize,
}

impl Before {
    fn new(board: &Board<'_>, moving: Option<usize>) -> Self {
        let old = moving.map(|i| board.sessions[i]);
        let trains = |t: &TeacherId| board.problem.teachers[*t].trainee.is_some();
        let watcher = old.and_then(|s| s.second).filter(trains);
        Self {
            old,
            watcher: watcher.map(|t| (t, board.unwatched(t))),
            ways: ways(board, old).len(),
        }
    }
}

/// Ways without time on the day of a session, of its adults.
fn ways(board: &Board<'_>, session: Option<Session>) -> Vec<Fact> {
    let Some(s) = session.filter(|s| s.day < board.problem.grid.days) else {
        return Vec::new();
    };
    let second = s.second.filter(|&t| t != s.teacher);
    std::iter::once(s.teacher)
        .chain(second)
        .flat_map(|t| board.missing_ways(t, s.day))
        .collect()
}

struct Looker<'a, 'p> {
    cost: i64,
    pins: Pins<'p>,
    before: Before,
    task: Task,
    wish: &'a Wish,
}

impl Looker<'_, '_> {
    fn sketch(&self, teacher: Option<TeacherId>, room: Option<RoomId>) -> Sketch {
        Sketch {
            day: self.wish.day,
            start: self.wish.start,
            teacher,
            second: None,
            room,
        }
    }

    /// The child, the order's own sessions, and what is decided.
    fn everybody(&self, board: &Board<'_>, look: &mut Look) {
        let &Wish { order, day, start, .. } = self.wish;
        let dur = board.series(self.task).dur;
        let mut tell = all(&mut look.facts);
        for &child in board.kids(self.task) {
            let _ = board.child(child, day, start, dur, &mut tell);
        }
        let _ = board.siblings(self.task, day, start, &mut tell);
        if !self.pins.hold(board, self.task, self.sketch(None, None)) {
            let elsewhere = |p: &Pin| p.day.is_some_and(|d| d != day) || p.start.is_some_and(|u| u != start);
            if let Some(pin) = self.pins.of(self.before.old, elsewhere) {
                let _ = tell(Fact::Pinned {
                    order,
                    decided: pin.into(),
                });
            }
        }
    }

    /// Rooms of the type, and what is in them.
    fn rooms(&self, board: &Board<'_>, look: &mut Look) {
        let &Wish { order, day, start, .. } = self.wish;
        let series = board.series(self.task);
        if board.pool(self.task).is_empty() {
            look.facts.push(Fact::NoRoomOfKind {
                site: board.site(self.task),
                service: series.service,
            });
            return;
        }
        let rooms = board.taken_rooms(self.task, day, start);
        if !rooms.is_empty() {
            look.facts.push(Fact::RoomsTaken {
                day,
                start,
                dur: series.dur,
                rooms,
            });
            return;
        }
        let decided = |room| self.pins.hold(board, self.task, self.sketch(None, Some(room)));
        let pinned = look.facts.iter().any(|f| matches!(f, Fact::Pinned { .. }));
        if !pinned && !board.free_rooms(self.task, day, start).any(decided) {
            let with_room = |p: &Pin| p.room.is_some();
            if let Some(pin) = self.pins.of(self.before.old, with_room) {
                look.facts.push(Fact::Pinned {
                    order,
                    decided: pin.into(),
                });
            }
        }
    }

    fn leads(&self, board: &mut Board<'_>, look: &mut Look) {
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
            let spots = self.lead(board, teacher, &mut lead.facts, look.facts.is_empty());
            look.spots.extend(spots);
            look.leads.push(lead);
        }
    }

    /// What stands against a lead, and where the session could be put down with them, if anywhere.
    fn lead(
        &self,
        board: &mut Board<'_>,
        lead: TeacherId,
        facts: &mut Vec<Fact>,
        open: bool,
    ) -> Option<(i64, Session)> {
        let &Wish { day, start, .. } = self.wish;
        let _ = board.lead(lead, self.task, &mut all(facts));
        let _ = board.adult(lead, Role::Lead, self.task, day, start, &mut all(facts));
        let seconds = self.seconds(board, lead, facts);
        if facts.is_empty() && !self.pins.hold(board, self.task, self.sketch(Some(lead), None)) {
            self.pinned(lead, facts);
        }
        if !facts.is_empty() || !open {
            return None;
        }
        let wished = self.before.old.map_or(0, |s| s.room);
        let mut best: Option<(i64, Session)> = None;
        let mut ways_lost = Vec::new();
        for second in seconds {
            let spot = Session {
                task: self.task,
                day,
                start,
                teacher: lead,
                second,
                room: wished,
            };
            let decided = |room: &RoomId| self.pins.hold(board, self.task, Session { room: *room, ..spot }.into());
            let known = |room: RoomId| board.of_task(self.task).iter().any(|&i| board.sessions[i].room == room);
            let rooms = board.free_rooms(self.task, day, start).filter(decided);
            let Some(room) = rooms.min_by_key(|&room| (!known(room), room != wished, room)) else {
                continue;
            };
            let spot = Session { room, ..spot };
            match self.try_out(board, spot) {
                Ok(cost) if best.is_none_or(|b| (cost, spot) < b) => best = Some((cost, spot)),
                Ok(_) => {}
                Err(lost) => ways_lost = lost,
            }
        }
        if best.is_none() {
            if ways_lost.is_empty() {
                self.pinned(lead, facts);
            }
            facts.extend(ways_lost);
        }
        best
    }

    /// It is decided otherwise who leads, or who watches.
    fn pinned(&self, lead: TeacherId, facts: &mut Vec<Fact>) {
        let other = |p: &Pin| p.teacher.is_some_and(|t| t != lead);
        if let Some(pin) = self.pins.of(self.before.old, other) {
            facts.push(Fact::LeadPinned {
                teacher: lead,
                decided: pin.into(),
            });
        }
    }

    /// Who may be there beside a lead: nobody, the trainee who watched, or both; what stands against it if the trainee
    /// must be there and cannot.
    fn seconds(&self, board: &Board<'_>, lead: TeacherId, facts: &mut Vec<Fact>) -> Vec<Option<TeacherId>> {
        let &Wish { day, start, .. } = self.wish;
        let Some((trainee, owed)) = self.before.watcher else {
            return vec![None];
        };
        let least = board.problem.teachers[trainee].trainee.as_ref();
        let alone = Sketch {
            second: Some(None),
            ..self.sketch(None, None)
        };
        let open = self.sketch(None, None);
        let decided = self.pins.hold(board, self.task, open) && !self.pins.hold(board, self.task, alone);
        let needed = board.unwatched(trainee) > owed || decided;
        if least.is_none_or(|t| t.mentor != lead) {
            if needed {
                let (slots, least) = (
                    board.watched[trainee],
                    least.map_or(0, |t| super::board::size(t.shadow_min)),
                );
                facts.push(Fact::NotMentor {
                    teacher: lead,
                    trainee,
                    slots,
                    least,
                });
            }
            return vec![None];
        }
        let mut against = Vec::new();
        let _ = board.adult(trainee, Role::Watching, self.task, day, start, &mut all(&mut against));
        match (needed, against.is_empty()) {
            (false, true) => vec![Some(trainee), None],
            (false, false) => vec![None],
            (true, true) => vec![Some(trainee)],
            (true, false) => {
                facts.extend(against);
                Vec::new()
            }
        }
    }

    /// What a spot adds to the cost; the ways that it leaves without time, if any.
    fn try_out(&self, board: &mut Board<'_>, spot: Session) -> Result<i64, Vec<Fact>> {
        let (i, added) = match self.wish.moving {
            Some(i) => (i, false),
            None => (board.add(spot), true),
        };
        if !added {
            board.put(i, spot);
        }
        let cost = board.cost - self.cost;
        let lost = ways(board, self.before.old);
        board.take(i);
        if added {
            board.drop_last();
        }
        if lost.len() > self.before.ways {
            Err(lost)
        } else {
            Ok(cost)
        }
    }
}
