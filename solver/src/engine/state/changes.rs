//! What differs from the timetable that families know (repair only).

use super::{
    super::model::{Model, Spot},
    State,
};

impl State {
    /// The changes of a task against what was published, counted again.
    pub(super) fn rechange(&mut self, m: &Model<'_>, x: usize) {
        let Some(w) = m.change else { return };
        let (now, moved) = self.change_of(m, x, usize::MAX, Spot::OUT);
        self.change += now - self.task_change[x];
        self.task_change[x] = now;
        if moved == self.moved[x] {
            return;
        }
        self.moved[x] = moved;
        for i in 0..self.kids(m, x).len() {
            let c = self.kids(m, x)[i] as usize;
            let before = self.moved_tasks[c];
            self.moved_tasks[c] = if moved { before + 1 } else { before - 1 };
            if before == 0 {
                self.families += 1;
                self.change += w.family_moved;
            } else if self.moved_tasks[c] == 0 {
                self.families -= 1;
                self.change -= w.family_moved;
            }
        }
    }

    /// What a task's changes against what was published cost, without the families; and whether any session is
    /// elsewhere. One session of the task may be looked at as if it had another spot.
    pub(super) fn change_of(&self, m: &Model<'_>, x: usize, changed: usize, spot: Spot) -> (i64, bool) {
        let published = &m.tasks[x].published;
        let Some(w) = m.change else { return (0, false) };
        let (mut cost, mut at_home, mut set) = (0, 0, 0);
        for sid in m.sessions(x) {
            let a = if sid == changed { spot } else { self.spots[sid] };
            if !a.is_set() {
                continue;
            }
            set += 1;
            if let Some(b) = published.iter().find(|b| b.day == a.day && b.start == a.start) {
                at_home += 1;
                cost += w.teacher_changed * i64::from(a.teacher != b.teacher)
                    + w.room_changed * i64::from(a.room != b.room);
            }
        }
        (cost, at_home != published.len() || set != published.len())
    }
}
