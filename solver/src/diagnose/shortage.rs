//! Wishes against hours: which wishes together want more of teachers or rooms than these have.

use std::collections::HashMap;

use crate::{flow::Flow, problem::Mask};

/// Slots wanted of somebody out of a crew.
pub(super) struct Ask {
    /// So many.
    pub(super) slots: u32,
    /// Who can give them.
    pub(super) crew: usize,
    /// When: at most so many of these slots of a day.
    pub(super) parts: Vec<Part>,
}

/// Slots of a day of which at most `most` are taken.
pub(super) struct Part {
    pub(super) most: u32,
    pub(super) day: usize,
    pub(super) slots: Mask,
}

/// Those who give hours, and how many they have.
pub(super) trait Supply {
    /// Who is in a crew.
    fn members(&self, crew: usize) -> &[usize];
    /// When somebody can give hours.
    fn free(&self, who: usize, day: usize) -> Mask;
    /// So many hours at once: the rooms of a type count as one.
    fn at_once(&self, who: usize) -> u32;
    /// Most slots of a day.
    fn day(&self, who: usize, day: usize) -> u32;
    /// Most slots of the week.
    fn week(&self, who: usize) -> u32;
}

/// Wishes that are too many together.
pub(super) struct Shortage {
    /// Which.
    pub(super) asks: Vec<usize>,
    /// Slots they want.
    pub(super) wanted: u32,
    /// Slots there are for them.
    pub(super) available: u32,
}

const SOURCE: usize = 0;
const SINK: usize = 1;
const ANY: u32 = u32::MAX / 4;

/// By the hours of the week, whenever they are.
pub(super) fn by_week(asks: &[&Ask], supply: &dyn Supply) -> Vec<Shortage> {
    let mut net = Net::new();
    let mut crews = HashMap::new();
    let mut people = HashMap::new();
    for ask in asks {
        let node = net.ask(ask);
        let crew = *crews.entry(ask.crew).or_insert_with(|| {
            let crew = net.flow.node();
            for &who in supply.members(ask.crew) {
                let person = *people.entry(who).or_insert_with(|| {
                    let person = net.flow.node();
                    net.flow.arc(person, SINK, supply.week(who));
                    person
                });
                net.flow.arc(crew, person, ANY);
            }
            crew
        });
        net.flow.arc(node, crew, ANY);
    }
    net.shortages(asks)
}

/// By the slots in which they can be.
pub(super) fn by_slot(asks: &[&Ask], supply: &dyn Supply) -> Vec<Shortage> {
    slot_net(asks, supply).shortages(asks)
}

/// Whether there are hours enough, slot by slot.
pub(super) fn enough(asks: &[&Ask], supply: &dyn Supply) -> bool {
    let wanted: u32 = asks.iter().map(|a| a.slots).sum();
    slot_net(asks, supply).flow.run(SOURCE, SINK) == wanted
}

fn slot_net(asks: &[&Ask], supply: &dyn Supply) -> Net {
    let mut net = Net::new();
    let mut cells = HashMap::new();
    let mut people = HashMap::new();
    let mut days = HashMap::new();
    let mut slots = HashMap::new();
    for ask in asks {
        let node = net.ask(ask);
        for part in &ask.parts {
            let half = net.flow.node();
            net.flow.arc(node, half, part.most);
            for u in super::frame::bits(part.slots) {
                let cell = *cells.entry((ask.crew, part.day, u)).or_insert_with(|| {
                    let cell = net.flow.node();
                    for &who in supply.members(ask.crew) {
                        if supply.free(who, part.day) >> u & 1 == 0 {
                            continue;
                        }
                        let slot = *slots.entry((who, part.day, u)).or_insert_with(|| {
                            let day = *days.entry((who, part.day)).or_insert_with(|| {
                                let week = *people.entry(who).or_insert_with(|| {
                                    let week = net.flow.node();
                                    net.flow.arc(week, SINK, supply.week(who));
                                    week
                                });
                                let day = net.flow.node();
                                net.flow.arc(day, week, supply.day(who, part.day));
                                day
                            });
                            let slot = net.flow.node();
                            net.flow.arc(slot, day, supply.at_once(who));
                            slot
                        });
                        net.flow.arc(cell, slot, ANY);
                    }
                    cell
                });
                // A session takes a slot once.
                net.flow.arc(half, cell, 1);
            }
        }
    }
    net
}

struct Net {
    flow: Flow,
    /// Node of every ask, and its arc from the source.
    asks: Vec<(usize, usize)>,
}

impl Net {
    fn new() -> Self {
        let mut flow = Flow::default();
        flow.node();
        flow.node();
        Self { flow, asks: Vec::new() }
    }

    fn ask(&mut self, ask: &Ask) -> usize {
        let node = self.flow.node();
        let arc = self.flow.arc(SOURCE, node, ask.slots);
        self.asks.push((node, arc));
        node
    }

    fn shortages(mut self, asks: &[&Ask]) -> Vec<Shortage> {
        let wanted: u32 = asks.iter().map(|a| a.slots).sum();
        if self.flow.run(SOURCE, SINK) == wanted {
            return Vec::new();
        }
        let part = self.flow.cut(SOURCE);
        let mut found: Vec<(usize, Shortage)> = Vec::new();
        for (i, &(node, arc)) in self.asks.iter().enumerate() {
            let Some(of) = part[node] else { continue };
            let at = found.iter().position(|(p, _)| *p == of).unwrap_or_else(|| {
                let none = Shortage {
                    asks: Vec::new(),
                    wanted: 0,
                    available: 0,
                };
                found.push((of, none));
                found.len() - 1
            });
            let shortage = &mut found[at].1;
            shortage.asks.push(i);
            shortage.wanted += asks[i].slots;
            shortage.available += asks[i].slots - self.flow.rest(arc);
        }
        found.into_iter().map(|(_, shortage)| shortage).collect()
    }
}
