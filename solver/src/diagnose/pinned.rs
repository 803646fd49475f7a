//! What is decided already, where it breaks a rule or contradicts itself; and which of it can be kept.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    Demand, Fault,
    fault::{PinFault, WrongPins},
    frame::{Frame, Line, index, span},
    space::need,
};
use crate::problem::{ChildId, Day, Mask, Pin, RoomId, TeacherId};

/// Ways that are tried to keep most of the pins that contradict each other.
const TRIED: usize = 20_000;

/// Pins that cannot all be kept.
pub(super) fn faults(frame: &Frame<'_>) -> Vec<Fault> {
    let pins = &frame.problem.pins;
    let fault = |of: Vec<usize>, because| {
        let mut demands: Vec<Demand> = of.iter().map(|&i| line_of(frame, i).demand).collect();
        demands.dedup();
        Fault::WrongPins(WrongPins {
            pins: of,
            demands,
            because,
        })
    };
    let alone: Vec<Option<PinFault>> = pins.iter().map(|pin| single(frame, pin)).collect();
    let able: BTreeSet<usize> = able(&alone);
    let single = alone
        .iter()
        .enumerate()
        .filter_map(|(i, because)| Some((i, (*because)?)));
    let mut found: Vec<Fault> = single.map(|(i, because)| fault(vec![i], because)).collect();
    let pairs = meetings(frame, &able);
    found.extend(pairs.into_iter().map(|((i, j), because)| fault(vec![i, j], because)));
    for line in frame.lines.iter().filter(|l| !l.pins.is_empty()) {
        let mut own: Vec<usize> = line.pins.iter().copied().filter(|i| able.contains(i)).collect();
        while let Some((set, because)) = least(frame, line, &own) {
            let last = set.last().copied();
            own.retain(|&i| Some(i) != last);
            found.push(fault(set, because));
        }
    }
    found
}

/// Some of the pins of a line that break something together, none of them without need.
fn least(frame: &Frame<'_>, line: &Line<'_>, pins: &[usize]) -> Option<(Vec<usize>, PinFault)> {
    let mut because = together(frame, line, pins)?;
    let mut set = pins.to_vec();
    for &i in pins {
        let rest: Vec<usize> = set.iter().copied().filter(|&j| j != i).collect();
        if let Some(still) = together(frame, line, &rest) {
            (set, because) = (rest, still);
        }
    }
    Some((set, because))
}

/// Which pins can be kept: as many as can be, those that come first where it makes no difference.
pub(super) fn kept(frame: &Frame<'_>) -> Vec<bool> {
    let pins = &frame.problem.pins;
    let alone: Vec<Option<PinFault>> = pins.iter().map(|pin| single(frame, pin)).collect();
    let able = able(&alone);
    let mut kept = vec![false; pins.len()];
    for &i in &able {
        kept[i] = true;
    }
    let mut meets: HashMap<usize, Vec<usize>> = HashMap::new();
    for (i, j) in meetings(frame, &able).into_keys() {
        meets.entry(i).or_default().push(j);
        meets.entry(j).or_default().push(i);
    }
    // What hangs together: pins that meet, and those of one order or class that are too much together.
    let mut beside: HashMap<usize, Vec<usize>> = meets.clone();
    for line in frame.lines.iter().filter(|l| !l.pins.is_empty()) {
        let own: Vec<usize> = line.pins.iter().copied().filter(|&i| kept[i]).collect();
        let crowded = together(frame, line, &own).is_some();
        if crowded || own.iter().any(|i| meets.contains_key(i)) {
            for &i in &own {
                beside
                    .entry(i)
                    .or_default()
                    .extend(own.iter().copied().filter(|&j| j != i));
            }
        }
    }
    let mut seen = BTreeSet::new();
    let mut contradicted: Vec<usize> = beside.keys().copied().collect();
    contradicted.sort_unstable();
    for first in contradicted {
        if !seen.insert(first) {
            continue;
        }
        let mut part = vec![first];
        let mut at = 0;
        while let Some(&i) = part.get(at) {
            at += 1;
            for &j in beside.get(&i).map_or(&[][..], Vec::as_slice) {
                if seen.insert(j) {
                    part.push(j);
                }
            }
        }
        part.sort_unstable();
        let mut choice = Choice {
            frame,
            meets: &meets,
            part: &part,
            chosen: Vec::new(),
            best: Vec::new(),
            left: TRIED,
        };
        choice.search(0);
        let best = choice.best;
        for &i in &part {
            kept[i] = best.contains(&i);
        }
    }
    kept
}

fn able(alone: &[Option<PinFault>]) -> BTreeSet<usize> {
    (0..alone.len()).filter(|&i| alone[i].is_none()).collect()
}

/// Most pins of a part that can be kept together.
struct Choice<'a, 'p> {
    frame: &'a Frame<'p>,
    meets: &'a HashMap<usize, Vec<usize>>,
    part: &'a [usize],
    chosen: Vec<usize>,
    best: Vec<usize>,
    left: usize,
}

impl Choice<'_, '_> {
    fn search(&mut self, at: usize) {
        let Some(&pin) = self.part.get(at) else {
            if self.chosen.len() > self.best.len() {
                self.best.clone_from(&self.chosen);
            }
            return;
        };
        if self.chosen.len() + self.part.len() - at <= self.best.len() {
            return;
        }
        // When the ways are used up, the first that fits is taken.
        let tired = self.left == 0;
        self.left = self.left.saturating_sub(1);
        let fits = self.fits(pin);
        if fits {
            self.chosen.push(pin);
            self.search(at + 1);
            self.chosen.pop();
        }
        if !fits || !tired {
            self.search(at + 1);
        }
    }

    fn fits(&self, pin: usize) -> bool {
        let meets = self.meets.get(&pin);
        if meets.is_some_and(|others| others.iter().any(|other| self.chosen.contains(other))) {
            return false;
        }
        let task = self.frame.problem.pins[pin].task;
        let chosen = self.chosen.iter().copied();
        let mut own: Vec<usize> = chosen.filter(|&i| self.frame.problem.pins[i].task == task).collect();
        own.push(pin);
        together(self.frame, line_of(self.frame, pin), &own).is_none()
    }
}

fn line_of<'f, 'p>(frame: &'f Frame<'p>, pin: usize) -> &'f Line<'p> {
    &frame.lines[frame.at(frame.problem.pins[pin].task)]
}

/// Whom or what two pins cannot have at once.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum One {
    Teacher(TeacherId),
    Child(ChildId),
    Room(RoomId),
}

/// Pins of different orders and classes, each possible by itself, that put somebody or something in two places at once.
fn meetings(frame: &Frame<'_>, able: &BTreeSet<usize>) -> BTreeMap<(usize, usize), PinFault> {
    let mut of = BTreeMap::<(One, Day), Vec<(usize, Mask)>>::new();
    for &i in able {
        let pin = &frame.problem.pins[i];
        let (Some(day), Some(start)) = (pin.day, pin.start) else {
            continue;
        };
        let line = line_of(frame, i);
        let staff = [pin.teacher, pin.second].into_iter().flatten().map(One::Teacher);
        let who = staff.chain(line.child.map(One::Child)).chain(pin.room.map(One::Room));
        for one in who {
            of.entry((one, day))
                .or_default()
                .push((i, span(start, line.series.dur)));
        }
    }
    let mut found = BTreeMap::new();
    for ((one, _), all) in &of {
        for (k, &(i, at)) in all.iter().enumerate() {
            let others = all.iter().skip(k + 1).filter(|(_, other)| at & other != 0);
            for &(j, _) in others.filter(|(j, _)| frame.problem.pins[*j].task != frame.problem.pins[i].task) {
                let because = match *one {
                    One::Teacher(t) => PinFault::TeacherTwice(t),
                    One::Child(c) => PinFault::ChildTwice(c),
                    One::Room(_) => PinFault::RoomTwice,
                };
                found.entry((i, j)).or_insert(because);
            }
        }
    }
    found
}

/// The rooms that a pin leaves a line.
fn room_fits(frame: &Frame<'_>, line: &Line<'_>, room: RoomId) -> bool {
    let rooms = line.pool.map(|q| &frame.pools[q].rooms);
    rooms.is_some_and(|r| r.contains(&room)) && index(frame.problem.rooms[room].capacity) >= need(frame, line)
}

/// Whether somebody may be second beside a lead.
pub(super) fn may_second(frame: &Frame<'_>, line: &Line<'_>, lead: Option<TeacherId>, second: TeacherId) -> bool {
    let t = &frame.problem.teachers[second];
    let excluded = line
        .child
        .is_some_and(|c| frame.problem.children[c].exclude.contains(&second));
    if !t.sites.contains(&line.site) || excluded || lead == Some(second) {
        return false;
    }
    match (line.group, line.assistants) {
        (None, _) => t.trainee.as_ref().is_some_and(|w| {
            let mentor = w.mentor;
            lead.map_or_else(|| frame.crew(line.leads).contains(&mentor), |lead| lead == mentor)
        }),
        (Some(_), Some(crew)) => frame.crew(crew).contains(&second),
        // Who need not be there may be, with the right to assist.
        (Some(_), None) => t.assist[line.series.service],
    }
}

/// What one pin breaks.
pub(super) fn single(frame: &Frame<'_>, pin: &Pin) -> Option<PinFault> {
    let (grid, line) = (&frame.problem.grid, &frame.lines[frame.at(pin.task)]);
    let dur = line.series.dur;
    if pin.day.is_some_and(|d| d >= grid.days) || pin.start.is_some_and(|u| u >= grid.slots) {
        return Some(PinFault::Outside);
    }
    if pin
        .start
        .is_some_and(|u| frame.starts_in(Mask::MAX, dur) & span(u, 1) == 0)
    {
        return Some(PinFault::AcrossBreak);
    }
    if let Some(t) = pin.teacher.filter(|t| !frame.crew(line.leads).contains(t)) {
        return Some(PinFault::Lead(t));
    }
    if let Some(t) = pin.second.filter(|&t| !may_second(frame, line, pin.teacher, t)) {
        return Some(PinFault::Second(t));
    }
    if pin.room.is_some_and(|r| !room_fits(frame, line, r)) {
        return Some(PinFault::Room);
    }
    let at = pin.start.map_or(Mask::MAX, |u| span(u, 1));
    let days = || (0..grid.days).filter(|&d| pin.day.is_none_or(|p| p == d));
    let ever = |starts: &dyn Fn(Day) -> Mask| days().any(|d| starts(d) & at != 0);
    if line.group.is_some() && !ever(&|d| line.open[d]) {
        return Some(PinFault::FewCome);
    }
    let (children, teachers) = (&frame.problem.children, &frame.problem.teachers);
    if let Some(c) = line
        .child
        .filter(|&c| !ever(&|d| frame.starts_in(children[c].avail[d], dur)))
    {
        return Some(PinFault::ChildAway(c));
    }
    let mut staff = [pin.teacher, pin.second].into_iter().flatten();
    if let Some(t) = staff.find(|&t| !ever(&|d| frame.starts_in(teachers[t].avail[d], dur))) {
        return Some(PinFault::TeacherAway(t));
    }
    let leads = pin
        .teacher
        .as_ref()
        .map_or(frame.crew(line.leads), std::slice::from_ref);
    let held = |t: TeacherId, d: Day| match pin.second {
        Some(s) if may_second(frame, line, Some(t), s) => frame.hours(t, d, dur) & frame.hours(s, d, dur),
        Some(_) => 0,
        None => frame.lead_starts(line, t, d),
    };
    if leads.iter().any(|&t| ever(&|d| line.open[d] & held(t, d))) {
        return None;
    }
    let works = leads.iter().any(|&t| ever(&|d| line.open[d] & frame.hours(t, d, dur)));
    Some(if works || pin.teacher.is_some() {
        PinFault::NoTime
    } else {
        PinFault::NobodyThen
    })
}

/// What some pins of one order or class break together.
fn together(frame: &Frame<'_>, line: &Line<'_>, pins: &[usize]) -> Option<PinFault> {
    let pins = || pins.iter().map(|&i| &frame.problem.pins[i]);
    if pins().count() > line.series.sessions {
        return Some(PinFault::TooMany(line.series.sessions));
    }
    let leads: BTreeSet<TeacherId> = pins().filter_map(|p| p.teacher).collect();
    if leads.len() > line.series.max_teachers {
        return Some(PinFault::Leads(leads.len()));
    }
    let mut on_day = BTreeMap::<Day, usize>::new();
    let mut in_half = BTreeMap::<(Day, usize), usize>::new();
    for pin in pins() {
        let Some(day) = pin.day else { continue };
        *on_day.entry(day).or_default() += 1;
        if let Some(half) = pin.start.and_then(|u| frame.problem.grid.block(u)) {
            *in_half.entry((day, half)).or_default() += 1;
        }
    }
    let crowded = on_day.values().any(|n| *n > frame.per_day(line)) || in_half.values().any(|n| *n > 1);
    crowded.then_some(PinFault::Day)
}
