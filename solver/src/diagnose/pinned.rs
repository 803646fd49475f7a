//! What is decided already, where it breaks a rule or contradicts itself.

use std::collections::BTreeMap;

use super::{
    Demand, Fault,
    fault::{PinFault, WrongPins},
    frame::{Frame, Line, bits, index, span},
    space::need,
};
use crate::problem::{Day, Mask, Pin, RoomId, TeacherId};

/// Pins that cannot all be kept.
pub(super) fn faults(frame: &Frame<'_>) -> Vec<Fault> {
    let pins = &frame.problem.pins;
    let mut found = Vec::new();
    let mut fault = |frame: &Frame<'_>, of: &[usize], because| {
        let mut demands: Vec<Demand> = of.iter().map(|&i| frame.lines[frame.at(pins[i].task)].demand).collect();
        demands.dedup();
        found.push(Fault::WrongPins(WrongPins {
            pins: of.to_vec(),
            demands,
            because,
        }));
    };
    let mut timed = BTreeMap::<Day, Vec<(usize, Mask)>>::new();
    for (i, pin) in pins.iter().enumerate() {
        let line = &frame.lines[frame.at(pin.task)];
        if let Some(because) = single(frame, line, pin) {
            fault(frame, &[i], because);
        } else if let (Some(day), Some(start)) = (pin.day, pin.start) {
            timed.entry(day).or_default().push((i, span(start, line.series.dur)));
        }
    }
    for of_day in timed.values() {
        for (k, &(i, at)) in of_day.iter().enumerate() {
            for &(j, _) in of_day.iter().skip(k + 1).filter(|(_, other)| at & other != 0) {
                if let Some(because) = both(frame, &pins[i], &pins[j]) {
                    fault(frame, &[i, j], because);
                }
            }
        }
    }
    for line in frame.lines.iter().filter(|l| l.pins.len() > 1) {
        if let Some(because) = of_line(frame, line) {
            fault(frame, &line.pins, because);
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
fn single(frame: &Frame<'_>, line: &Line<'_>, pin: &Pin) -> Option<PinFault> {
    if let Some(t) = pin.teacher.filter(|t| !frame.crew(line.leads).contains(t)) {
        return Some(PinFault::Lead(t));
    }
    if let Some(t) = pin.second.filter(|&t| !may_second(frame, line, pin.teacher, t)) {
        return Some(PinFault::Second(t));
    }
    if pin.room.is_some_and(|r| !room_fits(frame, line, r)) {
        return Some(PinFault::Room);
    }
    let dur = line.series.dur;
    let open = |day: Day| {
        let mut open = line.open[day];
        if let Some(start) = pin.start {
            open &= span(start, 1);
        }
        for t in [pin.teacher, pin.second].into_iter().flatten() {
            open &= frame.hours(t, day, dur);
        }
        open
    };
    let somewhere =
        (0..frame.problem.grid.days).any(|d| pin.day.is_none_or(|p| p == d) && bits(open(d)).next().is_some());
    (!somewhere).then_some(PinFault::NoTime)
}

/// What two pins at overlapping times break.
fn both(frame: &Frame<'_>, a: &Pin, b: &Pin) -> Option<PinFault> {
    let people = |pin: &Pin| [pin.teacher, pin.second].into_iter().flatten().collect::<Vec<_>>();
    let twice = people(a).into_iter().find(|t| people(b).contains(t));
    if let Some(t) = twice {
        return Some(PinFault::TeacherTwice(t));
    }
    let child = |pin: &Pin| frame.lines[frame.at(pin.task)].child;
    if let Some(c) = child(a).filter(|c| child(b) == Some(*c)) {
        return Some(PinFault::ChildTwice(c));
    }
    (a.room.is_some() && a.room == b.room).then_some(PinFault::RoomTwice)
}

/// What the pins of one line break together.
fn of_line(frame: &Frame<'_>, line: &Line<'_>) -> Option<PinFault> {
    let pins = || line.pins.iter().map(|&i| &frame.problem.pins[i]);
    let mut leads: Vec<TeacherId> = pins().filter_map(|p| p.teacher).collect();
    leads.sort_unstable();
    leads.dedup();
    if leads.len() > line.series.max_teachers {
        return Some(PinFault::Leads(leads.len()));
    }
    let mut on_day = BTreeMap::<Day, usize>::new();
    let mut in_half = BTreeMap::<(Day, usize), usize>::new();
    for pin in pins() {
        let Some(day) = pin.day else { continue };
        *on_day.entry(day).or_default() += 1;
        if let Some(half) = pin
            .start
            .and_then(|u| frame.blocks.iter().position(|b| b >> u & 1 == 1))
        {
            *in_half.entry((day, half)).or_default() += 1;
        }
    }
    let crowded = on_day.values().any(|n| *n > frame.per_day(line)) || in_half.values().any(|n| *n > 1);
    crowded.then_some(PinFault::Day)
}
