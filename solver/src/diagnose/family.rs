//! All sessions of a child against the family's hours.

use super::{
    Demand, Fault,
    conflict::shrink,
    exact::{Answer, hold_alone},
    fault::{ChildHours, ChildWindow},
    frame::{Frame, number},
};
use crate::problem::ChildId;

/// Steps for one child.
const STEPS: u64 = 20_000;

/// Children who are to have more than their families' hours hold; every way is tried without what cannot be by itself.
pub(super) fn faults(frame: &Frame<'_>, sure: &Frame<'_>, single: &[Option<Fault>]) -> Vec<Fault> {
    let children = 0..frame.problem.children.len();
    children
        .filter_map(|child| hours(frame, child).or_else(|| window(sure, single, child)))
        .collect()
}

fn hours(frame: &Frame<'_>, child: ChildId) -> Option<Fault> {
    let p = frame.problem;
    let slots = |line: usize| number(frame.lines[line].series.sessions * frame.lines[line].series.dur);
    let (mut wanted, mut durs) = (0, 0);
    let mut demands = Vec::new();
    for &o in frame.orders_of[child]
        .iter()
        .filter(|o| frame.lines[**o].series.sessions > 0)
    {
        wanted += slots(o);
        durs |= 1 << frame.lines[o].series.dur;
        demands.push(Demand::Order(o));
    }
    for &i in &frame.places_of[child] {
        // Whichever class it will be: the shortest.
        let groups = || frame.groups_of[i].iter().map(|&g| p.orders.len() + g);
        let Some(least) = groups().map(slots).min() else {
            continue;
        };
        wanted += least;
        durs |= groups().fold(0, |durs, g| durs | 1 << frame.lines[g].series.dur);
        demands.push(Demand::Place(i));
    }
    let c = &p.children[child];
    let available: u32 = c.avail.iter().map(|m| frame.most(*m, durs, c.max_run, c.max_day)).sum();
    (wanted > available).then_some(Fault::ChildHours(ChildHours {
        child,
        demands,
        wanted,
        available,
    }))
}

/// Every way tried for those orders of a child with which nothing else is wrong.
fn window(frame: &Frame<'_>, single: &[Option<Fault>], child: ChildId) -> Option<Fault> {
    let orders = frame.orders_of[child].iter().copied();
    let demands: Vec<Demand> = orders.filter(|&o| single[o].is_none()).map(Demand::Order).collect();
    if demands.len() < 2 {
        return None;
    }
    if hold_alone(frame, &demands, &mut STEPS.clone()) != Answer::Fails {
        return None;
    }
    let (demands, _) = shrink(&demands, |some| hold_alone(frame, some, &mut STEPS.clone()));
    let lines = demands
        .iter()
        .filter_map(|d| frame.line_of(*d))
        .map(|at| frame.lines[at].series);
    Some(Fault::ChildWindow(ChildWindow {
        child,
        wanted: lines.map(|s| number(s.sessions * s.dur)).sum(),
        demands,
    }))
}
