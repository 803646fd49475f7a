//! Another place for a session that was put out: when, with whom, and at what price.

use std::rc::Rc;

use super::{Job, Search, first};
use crate::{
    problem::{Day, Mask, Task, TeacherId},
    solution::Session,
    why::{
        board::span,
        fact::{Fact, Role},
    },
};

/// Places that are tried for a session, the best first, by how many more may be put out.
const TRIED: [usize; 4] = [8, 6, 5, 4];

impl Search<'_, '_> {
    /// Another place for a session that was put out.
    pub(super) fn find(&mut self, job: Job, left: usize) {
        let Job { i, lead, still } = job;
        let was = self.was[i];
        let leads = match lead {
            Some(lead) => Rc::from([lead]),
            None => self.leads(was.task),
        };
        let mut free = Vec::new();
        let mut taken = Vec::new();
        for &lead in leads.iter() {
            for day in 0..self.board.problem.grid.days {
                let (given, open) = self.masks(was.task, lead, day);
                for start in 0..self.board.problem.grid.slots {
                    let at = span(start, self.board.dur(i));
                    let same = (day, start) == (was.day, was.start);
                    if given & at != at || (still && !same) {
                        continue;
                    }
                    let spot = Session {
                        day,
                        start,
                        teacher: lead,
                        ..was
                    };
                    match self.price(i, spot, open & at == at) {
                        Some(found) => free.push(found),
                        // Somebody else in the way: by the same lead, or at the same time.
                        None if left > 0 && (same || lead == was.teacher) => taken.push(spot),
                        None => {}
                    }
                    if self.tired() {
                        return;
                    }
                }
            }
        }
        free.sort_unstable();
        for &(_, _, spot) in free.iter().take(TRIED.get(left).copied().unwrap_or(4)) {
            self.put(i, spot, left);
        }
        if lead.is_none() {
            // All sessions of the order by another lead, at their times.
            for &other in leads.iter().filter(|&&t| t != was.teacher) {
                let spot = Session {
                    teacher: other,
                    second: None,
                    ..was
                };
                let mut fact = None;
                let _ = self.board.place(&spot, &mut first(&mut fact));
                if matches!(fact, Some(Fact::TooManyLeads { .. })) {
                    self.hand_over(i, spot, 0);
                }
            }
        }
        for spot in taken {
            for second in self.seconds(&spot, i) {
                self.place(i, Session { second, ..spot }, left);
            }
        }
    }

    /// What a free place costs: families more, the week, and the spot with its room and second.
    fn price(&mut self, i: usize, spot: Session, open: bool) -> Option<(usize, i64, Session)> {
        self.steps += 1;
        if !open {
            return None;
        }
        let was = self.was[i];
        let mut best: Option<(usize, i64, Session)> = None;
        for second in self.seconds(&spot, i) {
            let spot = Session { second, ..spot };
            if !self.board.fits(&spot) {
                continue;
            }
            let Some(room) = self.room(i, &spot) else { continue };
            let spot = Session { room, ..spot };
            if spot == was {
                continue;
            }
            self.board.put(i, spot);
            let cost = self.board.cost;
            self.board.take(i);
            let families = if (spot.day, spot.start) == (was.day, was.start) {
                0
            } else {
                let kids = self.board.kids(spot.task).iter();
                kids.filter(|c| !self.moved.contains_key(c)).count()
            };
            if best.is_none_or(|b| (families, cost, spot) < b) {
                best = Some((families, cost, spot));
            }
        }
        best
    }

    /// When everybody of a task is there by what is given, and when they are free as well.
    fn masks(&self, task: Task, lead: TeacherId, day: Day) -> (Mask, Mask) {
        let board = &self.board;
        let mut given = board.problem.teachers[lead].avail[day];
        let mut used = board.used(board.of_teacher(lead, day));
        for &child in board.kids(task) {
            given &= board.problem.children[child].avail[day];
            used |= board.used(board.of_child(child, day));
        }
        (given, given & !used)
    }

    /// Who may be with a lead: the trainee who watched or nobody; for a class its assistant, or all who could assist.
    pub(super) fn seconds(&self, spot: &Session, i: usize) -> Vec<Option<TeacherId>> {
        let (board, was) = (&self.board, self.was[i]);
        let service = board.series(spot.task).service;
        match spot.task {
            Task::Order(_) => {
                let mentor = |t: TeacherId| board.problem.teachers[t].trainee.as_ref().map(|t| t.mentor);
                let watcher = was.second.filter(|&t| mentor(t) == Some(spot.teacher));
                watcher.map(Some).into_iter().chain([None]).collect()
            }
            Task::Group(_) if board.problem.services[service].assistant => {
                let able = |&t: &TeacherId| board.problem.teachers[t].assist[service] && t != spot.teacher;
                let adult = |&t: &TeacherId| {
                    let mut fact = None;
                    let _ = board.adult(
                        t,
                        Role::Assisting,
                        spot.task,
                        spot.day,
                        spot.start,
                        &mut first(&mut fact),
                    );
                    fact.is_none()
                };
                let others = (0..board.problem.teachers.len()).filter(|t| Some(*t) != was.second);
                let all = was.second.into_iter().chain(others);
                all.filter(able).filter(adult).take(3).map(Some).collect()
            }
            Task::Group(_) => vec![None],
        }
    }

    /// Who may lead a task by what is given.
    fn leads(&mut self, task: Task) -> Rc<[TeacherId]> {
        if let Some(leads) = self.leads.get(&task) {
            return Rc::clone(leads);
        }
        let (board, problem) = (&self.board, self.board.problem);
        let (series, site) = (board.series(task), board.site(task));
        let excluded = |t: &TeacherId| {
            let mut kids = board.kids(task).iter();
            kids.any(|&c| problem.children[c].exclude.contains(t))
        };
        let able = |&t: &TeacherId| {
            let teacher = &problem.teachers[t];
            let level = teacher.qual[series.service];
            level >= series.min_level.max(1) && teacher.sites.contains(&site) && !excluded(&t)
        };
        let leads: Rc<[TeacherId]> = (0..problem.teachers.len()).filter(able).collect();
        self.leads.insert(task, Rc::clone(&leads));
        leads
    }
}
