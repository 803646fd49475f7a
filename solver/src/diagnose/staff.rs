//! Hours of teachers against what only they can give: leading, assisting, watching.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Demand, Fault,
    fault::{FewToWatch, Part as Does, TeacherHours, WatchBound, Wish},
    frame::{Frame, Line, number},
    shortage::{self, Ask, Part, Shortage, Supply},
};
use crate::problem::{Mask, TeacherId, limits};

/// The teachers and what they have.
struct Staff<'f, 'p> {
    frame: &'f Frame<'p>,
    /// One teacher each, for those who watch.
    alone: Vec<[TeacherId; 1]>,
    /// Durations of what a teacher may do, bit by bit.
    durs: Vec<u32>,
}

/// What is asked, and of whom.
struct Asked {
    demand: Demand,
    does: Does,
}

impl Supply for Staff<'_, '_> {
    fn members(&self, crew: usize) -> &[usize] {
        match crew.checked_sub(self.frame.crews()) {
            Some(alone) => &self.alone[alone],
            None => self.frame.crew(crew),
        }
    }

    fn free(&self, who: usize, day: usize) -> Mask {
        self.frame.problem.teachers[who].avail[day]
    }

    fn at_once(&self, _: usize) -> u32 {
        1
    }

    fn day(&self, who: usize, day: usize) -> u32 {
        let t = &self.frame.problem.teachers[who];
        self.frame.most(t.avail[day], self.durs[who], t.max_run, t.max_day)
    }

    fn week(&self, who: usize) -> u32 {
        let days = 0..self.frame.problem.grid.days;
        let sum: u32 = days.map(|d| self.day(who, d)).sum();
        sum.min(self.frame.problem.teachers[who].max_week)
    }
}

/// Teachers' hours that are too few: in the week, or in the slots in which children can come.
pub(super) fn faults(frame: &Frame<'_>, bad: &BTreeSet<Demand>) -> Vec<Fault> {
    let mut staff = Staff {
        frame,
        alone: (0..frame.problem.teachers.len()).map(|t| [t]).collect(),
        durs: vec![0; frame.problem.teachers.len()],
    };
    for line in frame.lines.iter().filter(|l| l.series.sessions > 0) {
        let crews = [Some(line.leads), line.assistants].into_iter().flatten();
        for &t in crews.flat_map(|crew| frame.crew(crew)) {
            staff.durs[t] |= 1 << line.series.dur;
        }
    }
    let (mut asked, mut asks) = (Vec::new(), Vec::new());
    for line in frame
        .lines
        .iter()
        .filter(|l| l.series.sessions > 0 && !bad.contains(&l.demand))
    {
        for (does, crew) in [(Does::Lead, Some(line.leads)), (Does::Assist, line.assistants)] {
            let Some(crew) = crew else { continue };
            asked.push(Asked {
                demand: line.demand,
                does,
            });
            asks.push(of_line(frame, line, crew));
        }
    }
    watching(&mut staff, bad, &mut asked, &mut asks);
    let mut found = Vec::new();
    let mut left: Vec<usize> = (0..asks.len()).collect();
    for timed in [false, true] {
        let some: Vec<&Ask> = left.iter().map(|&i| &asks[i]).collect();
        let shortages = if timed {
            shortage::by_slot(&some, &staff)
        } else {
            shortage::by_week(&some, &staff)
        };
        let mut told = BTreeSet::new();
        for short in shortages {
            let short = Shortage {
                asks: short.asks.into_iter().map(|i| left[i]).collect(),
                ..short
            };
            told.extend(short.asks.iter().copied());
            found.push(fault(&staff, &asked, &asks, &short, timed));
        }
        left.retain(|i| !told.contains(i));
    }
    found
}

/// What a line asks of a crew, half-day by half-day.
pub(super) fn of_line(frame: &Frame<'_>, line: &Line<'_>, crew: usize) -> Ask {
    Ask {
        slots: number(line.series.sessions * line.series.dur),
        crew,
        parts: parts(frame, line, |d| line.open[d]),
    }
}

/// The slots in which sessions of a line can be: one in a half-day, or one a day.
pub(super) fn parts(frame: &Frame<'_>, line: &Line<'_>, starts: impl Fn(usize) -> Mask) -> Vec<Part> {
    let dur = line.series.dur;
    let once = frame.per_day(line) == 1;
    let mut parts = Vec::new();
    for day in 0..frame.problem.grid.days {
        let open = starts(day);
        let blocks = if once { &[Mask::MAX][..] } else { &frame.blocks };
        for block in blocks {
            let slots = Frame::spread(open & block, dur);
            if slots != 0 {
                parts.push(Part {
                    most: number(dur),
                    day,
                    slots,
                });
            }
        }
    }
    parts
}

/// Everybody who must watch asks it of himself.
fn watching(staff: &mut Staff<'_, '_>, bad: &BTreeSet<Demand>, asked: &mut Vec<Asked>, asks: &mut Vec<Ask>) {
    let p = staff.frame.problem;
    for (t, teacher) in p.teachers.iter().enumerate() {
        let Some(trainee) = teacher.trainee.as_ref().filter(|w| w.shadow_min > 0) else {
            continue;
        };
        staff.durs[t] |= staff.durs[trainee.mentor];
        if bad.contains(&Demand::Watching(t)) {
            continue;
        }
        let mentor = &p.teachers[trainee.mentor];
        asked.push(Asked {
            demand: Demand::Watching(t),
            does: Does::Watch,
        });
        asks.push(Ask {
            slots: trainee.shadow_min,
            crew: staff.frame.crews() + t,
            parts: (0..p.grid.days)
                .map(|day| Part {
                    most: number(limits::SLOTS),
                    day,
                    slots: teacher.avail[day] & mentor.avail[day],
                })
                .collect(),
        });
    }
}

fn fault(staff: &Staff<'_, '_>, asked: &[Asked], asks: &[Ask], short: &Shortage, timed: bool) -> Fault {
    let frame = staff.frame;
    let mut wishes = BTreeMap::<(Does, Option<usize>, Option<usize>, u8), (usize, u32)>::new();
    let mut demands = BTreeSet::new();
    let mut teachers = BTreeSet::new();
    let mut window = vec![0; frame.problem.grid.days];
    for &i in &short.asks {
        let Asked { demand, does } = asked[i];
        let line = frame.line_of(demand).map(|at| &frame.lines[at]);
        let key = match (line, does) {
            (Some(l), Does::Lead) => (does, Some(l.series.service), Some(l.site), l.series.min_level.max(1)),
            (Some(l), _) => (does, Some(l.series.service), Some(l.site), 0),
            (None, _) => (does, None, None, 0),
        };
        let wish = wishes.entry(key).or_default();
        wish.0 += line.map_or(1, |l| l.series.sessions);
        wish.1 += asks[i].slots;
        demands.insert(demand);
        teachers.extend(staff.members(asks[i].crew).iter().copied());
        for part in asks[i].parts.iter().filter(|_| timed) {
            window[part.day] |= part.slots;
        }
    }
    if !timed {
        window.clear();
    }
    let wish = |((part, service, site, level), (sessions, slots))| Wish {
        part,
        service,
        site,
        level,
        sessions,
        slots,
    };
    Fault::TeacherHours(TeacherHours {
        wishes: wishes.into_iter().map(wish).collect(),
        demands: demands.into_iter().collect(),
        wanted: short.wanted,
        available: short.available,
        teachers: teachers.into_iter().collect(),
        window,
    })
}

/// Trainees who cannot watch enough, by themselves or with the others of their mentor.
pub(super) fn to_watch(frame: &Frame<'_>) -> Vec<FewToWatch> {
    let p = frame.problem;
    let mut of_mentor = BTreeMap::<TeacherId, Vec<TeacherId>>::new();
    for (t, teacher) in p.teachers.iter().enumerate() {
        if let Some(trainee) = teacher.trainee.as_ref().filter(|w| w.shadow_min > 0) {
            of_mentor.entry(trainee.mentor).or_default().push(t);
        }
    }
    let mut found = Vec::new();
    for (mentor, trainees) in of_mentor {
        let single = trainees.iter().filter_map(|&t| few(frame, mentor, &[t]));
        let before = found.len();
        found.extend(single);
        if found.len() == before && trainees.len() > 1 {
            found.extend(few(frame, mentor, &trainees));
        }
    }
    found
}

/// Whether trainees of one mentor have too little to watch; one watches a session.
fn few(frame: &Frame<'_>, mentor: TeacherId, trainees: &[TeacherId]) -> Option<FewToWatch> {
    let p = frame.problem;
    let m = &p.teachers[mentor];
    let owed = |&t: &TeacherId| p.teachers[t].trainee.as_ref().map_or(0, |w| w.shadow_min);
    let wanted = trainees.iter().map(owed).sum();
    let (mut sessions, mut durs) = (0, 0);
    for line in frame.lines.iter().filter(|l| l.child.is_some()) {
        if !frame.crew(line.leads).contains(&mentor) {
            continue;
        }
        let shown = |&t: &TeacherId| {
            let excluded = line.child.is_some_and(|c| p.children[c].exclude.contains(&t));
            let both =
                |d| frame.starts_in(p.teachers[t].avail[d], line.series.dur) & frame.lead_starts(line, mentor, d);
            p.teachers[t].sites.contains(&line.site) && !excluded && (0..p.grid.days).any(|d| both(d) != 0)
        };
        if trainees.iter().any(shown) {
            sessions += number(line.series.sessions * line.series.dur);
            durs |= 1 << line.series.dur;
        }
    }
    let hours = |d: usize| {
        let avail = trainees.iter().fold(0, |a, &t| a | p.teachers[t].avail[d]);
        let max_run = trainees.iter().map(|&t| p.teachers[t].max_run).max().unwrap_or(0);
        let max_day: u32 = trainees.iter().map(|&t| p.teachers[t].max_day).sum();
        let run = if trainees.len() == 1 {
            max_run.min(m.max_run)
        } else {
            m.max_run
        };
        frame.most(m.avail[d] & avail, durs, run, m.max_day.min(max_day))
    };
    let week: u32 = trainees.iter().map(|&t| p.teachers[t].max_week).sum();
    let hours = (0..p.grid.days).map(hours).sum::<u32>().min(m.max_week).min(week);
    let available = hours.min(sessions);
    (available < wanted).then(|| FewToWatch {
        trainees: trainees.to_vec(),
        mentor,
        wanted,
        available,
        bound: if hours < sessions {
            WatchBound::Hours
        } else {
            WatchBound::Sessions
        },
    })
}
