//! Where looking has found no way: what is in the way is put out, and the engine sets it anew.

use std::collections::BTreeSet;

use super::{
    Repair,
    board::Board,
    fact::Fact,
    place::{Lead, Look, Wish},
    verify::{Referee, distinct},
};
use crate::{
    engine::{self, Limits, Options},
    problem::{Pin, RoomId, Task},
    solution::{ChangeWeights, Event, Session, Solution},
};

/// Leads for whom the engine is asked, at most.
const ASKED: usize = 4;
/// Families first: nobody is moved to make the week cheaper.
const WEIGHTS: ChangeWeights = ChangeWeights {
    cancelled: 10_000,
    family_moved: 300,
    teacher_changed: 5,
    room_changed: 1,
};

impl Referee<'_> {
    /// Ways by the leads who have least against them.
    pub(super) fn by_force(&self, looks: &[&Look], wish: &Wish, moves: u64) -> Vec<Repair> {
        let task = Task::Order(wish.order);
        let Some(look) = looks.first() else { return Vec::new() };
        if self.problem.pins.iter().any(|p| p.task == task) {
            return Vec::new();
        }
        let mut able: Vec<&Lead> = look.leads.iter().filter(|l| l.can_be_mended()).collect();
        able.sort_by_key(|l| (!l.present, l.facts.len(), l.teacher));
        let forced = able.into_iter().take(ASKED).filter_map(|lead| {
            let mut there = Session {
                task,
                day: wish.day,
                start: wish.start,
                teacher: lead.teacher,
                second: None,
                room: RoomId::MAX,
            };
            let baseline = self.cleared(look, lead, &mut there)?;
            self.forced(there, baseline, moves)
        });
        distinct(forced)
    }

    /// The timetable with the session there, without what is in its way or where it cannot be.
    fn cleared(&self, look: &Look, lead: &Lead, there: &mut Session) -> Option<Solution> {
        let facts = look.facts.iter().chain(&lead.facts);
        let in_the_way: BTreeSet<Session> = facts.filter_map(in_the_way).collect();
        let mut baseline = self.solution.clone();
        let board = Board::new(self.problem, self.solution);
        let can_be = |s: &Session| {
            let dur = board.series(s.task).dur;
            board.lies_within(s.day, s.start, dur) && board.pool(s.task).contains(&s.room)
        };
        let sessions = self.solution.sessions.iter().enumerate();
        let stays = |&(i, s): &(usize, &Session)| {
            let led_otherwise = s.task == there.task && s.teacher != lead.teacher;
            Some(i) != look.moving && !in_the_way.contains(s) && !led_otherwise && can_be(s)
        };
        baseline.sessions = sessions.filter(stays).map(|(_, s)| *s).collect();
        there.room = Board::new(self.problem, &baseline).best_room(there, RoomId::MAX, |_| true)?;
        baseline.sessions.push(*there);
        Some(baseline)
    }

    fn forced(&self, there: Session, baseline: Solution, moves: u64) -> Option<Repair> {
        let mut problem = self.problem.clone();
        problem.pins.push(Pin {
            task: there.task,
            day: Some(there.day),
            start: Some(there.start),
            teacher: Some(there.teacher),
            second: None,
            room: None,
        });
        let event = Event {
            baseline,
            absent: Vec::new(),
            now: (0, 0),
            weights: WEIGHTS,
        };
        let limits = Limits {
            max_families_moved: None,
            strict: true,
        };
        let options = Options {
            iterations: Some(moves),
            ..Options::default()
        };
        let made = engine::repair(&problem, &event, &limits, &options).solution;
        let same = |s: &Session| (s.task, s.day, s.start) == (there.task, there.day, there.start);
        if !made.sessions.iter().any(same) {
            return None;
        }
        self.repair(made, same)
    }
}

/// The session that a fact names.
fn in_the_way(fact: &Fact) -> Option<Session> {
    match fact {
        Fact::ChildBusy { other, .. }
        | Fact::HalfDayTaken { other, .. }
        | Fact::TeacherBusy { other, .. }
        | Fact::NoTimeForWay { other, .. } => Some(*other),
        Fact::RoomsTaken { rooms, .. } => rooms.first().map(|taken| taken.by),
        Fact::NoSuchTime { .. }
        | Fact::OverBreak { .. }
        | Fact::AfterClosing { .. }
        | Fact::NothingPrescribed { .. }
        | Fact::ChildAway { .. }
        | Fact::ChildDayFull { .. }
        | Fact::ChildRunLong { .. }
        | Fact::DayTaken { .. }
        | Fact::NoRoomOfKind { .. }
        | Fact::Pinned { .. }
        | Fact::NobodyQualified { .. }
        | Fact::LevelLow { .. }
        | Fact::NotAtSite { .. }
        | Fact::Excluded { .. }
        | Fact::TeacherAway { .. }
        | Fact::TeacherDayFull { .. }
        | Fact::TeacherWeekFull { .. }
        | Fact::TeacherRunLong { .. }
        | Fact::TooManyLeads { .. }
        | Fact::LeadPinned { .. }
        | Fact::NotMentor { .. }
        | Fact::WayWithout { .. } => None,
    }
}
