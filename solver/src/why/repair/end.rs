//! The end of a way: everybody has a place, and trainees and teachers on their way between sites get along with it.

use super::{Search, first};
use crate::{
    problem::{Task, TeacherId},
    solution::Session,
    why::fact::Role,
};

impl Search<'_, '_> {
    /// Trainees who have lost an hour watch another; then the way is complete, unless a teacher is left without the time
    /// to get from one place to another.
    pub(super) fn watch(&mut self) {
        let short = (0..self.owed.len()).find(|&t| self.board.unwatched(t) > self.owed[t]);
        let Some(trainee) = short else {
            if self.placed.iter().all(|&i| self.no_way_lost(&self.was[i])) {
                self.record();
            }
            return;
        };
        let Some(mentor) = self.board.problem.teachers[trainee].trainee.as_ref().map(|t| t.mentor) else {
            return;
        };
        let mut best: Option<(i64, usize)> = None;
        for day in 0..self.board.problem.grid.days {
            for j in self.board.of_teacher(mentor, day).to_vec() {
                let spot = self.board.sessions[j];
                let open = matches!(spot.task, Task::Order(_)) && spot.teacher == mentor && spot.second.is_none();
                if !open || !self.movable(j) || !self.may_watch(trainee, &spot) {
                    continue;
                }
                self.steps += 1;
                self.board.take(j);
                self.board.put(
                    j,
                    Session {
                        second: Some(trainee),
                        ..spot
                    },
                );
                let cost = self.board.cost;
                self.board.take(j);
                self.board.put(j, spot);
                if best.is_none_or(|b| (cost, j) < b) {
                    best = Some((cost, j));
                }
            }
        }
        let Some((_, j)) = best else { return };
        let spot = self.board.take(j);
        self.board.put(
            j,
            Session {
                second: Some(trainee),
                ..spot
            },
        );
        self.locked[j] = true;
        self.placed.push(j);
        self.watch();
        self.placed.pop();
        self.locked[j] = false;
        self.board.take(j);
        self.board.put(j, spot);
    }

    /// Whether the adults of a session that has gone still get from one site to the other in time.
    fn no_way_lost(&self, was: &Session) -> bool {
        let days = self.board.problem.grid.days;
        let in_time = |t: TeacherId| self.board.missing_ways(t, was.day).len() <= self.late[t * days + was.day];
        was.day >= days || (in_time(was.teacher) && was.second.is_none_or(in_time))
    }

    fn may_watch(&self, trainee: TeacherId, spot: &Session) -> bool {
        let mut fact = None;
        let mut tell = first(&mut fact);
        let free = self
            .board
            .adult(trainee, Role::Watching, spot.task, spot.day, spot.start, &mut tell);
        free.is_continue()
    }
}
