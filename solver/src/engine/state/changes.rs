//! What differs from the timetable that families know (repair only).

use super::{
    super::model::{Model, Spot},
    State,
};

/// How a task stands to what was published of it.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Away {
    /// What its changes cost, without the families.
    pub cost: i64,
    /// Some session is at another time, or not held.
    pub moved: bool,
    /// Some session is at another time.
    pub elsewhere: bool,
}

impl State {
    /// The changes of a task against what was published, counted again.
    pub(super) fn rechange(&mut self, m: &Model<'_>, x: usize) {
        let Some(w) = m.change else { return };
        let (now, was) = (self.change_of(m, x, usize::MAX, Spot::OUT), self.away[x]);
        self.change += now.cost - was.cost;
        self.away[x] = now;
        if (now.moved, now.elsewhere) == (was.moved, was.elsewhere) {
            return;
        }
        for i in 0..self.kids(m, x).len() {
            let c = self.kids(m, x)[i] as usize;
            let families = step(&mut self.moved_tasks[c], was.moved, now.moved);
            self.families += families;
            self.change += w.family_moved * i64::from(families);
            self.relocated += step(&mut self.relocated_tasks[c], was.elsewhere, now.elsewhere);
        }
    }

    /// How a task stands to what was published. One session may be looked at as if it had another spot.
    pub(super) fn change_of(&self, m: &Model<'_>, x: usize, changed: usize, spot: Spot) -> Away {
        let published = &m.tasks[x].published;
        let Some(w) = m.change else { return Away::default() };
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
        Away {
            cost,
            moved: at_home != published.len() || set != published.len(),
            elsewhere: set != at_home,
        }
    }
}

/// Count a task of a family; whether the family counts with it (1), no longer (-1) or as before (0).
pub(super) fn step(tasks: &mut u16, was: bool, now: bool) -> i32 {
    let before = *tasks > 0;
    *tasks = *tasks + u16::from(now) - u16::from(was);
    i32::from(*tasks > 0) - i32::from(before)
}
