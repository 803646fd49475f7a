//! Full-time or part-time: what the minutes of a timetable make (MB, zs-2022; PN1).

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::facts::{Code, Fact, Facts};

/// What has to hold for a mode, all of it: at least so many minutes or times, or a fact.
pub type Demand = BTreeMap<String, Fact>;

/// A mode, and the ways to reach it; one is enough.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ModeRule {
    /// Which mode.
    pub mode: Code,
    /// The ways.
    pub any_of: Vec<Demand>,
}

/// What one figure of a timetable lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lacking {
    /// Which figure.
    pub key: String,
    /// What is asked for.
    pub need: Fact,
    /// What there is.
    pub have: Fact,
}

impl ModeRule {
    /// Whether the timetable reaches the mode.
    pub fn reached(&self, facts: &Facts) -> bool {
        self.any_of.iter().any(|demand| lacking(demand, facts).is_empty())
    }

    /// What the way that comes nearest lacks.
    pub fn nearest(&self, facts: &Facts) -> Vec<Lacking> {
        nearest(&self.any_of, facts).unwrap_or_default()
    }
}

impl Lacking {
    /// How much is short; 1 for a fact that does not hold.
    pub fn short(&self) -> i64 {
        match (&self.need, &self.have) {
            (Fact::Number(need), Fact::Number(have)) => need.saturating_sub(*have).clamp(0, 1_000_000),
            (Fact::Number(_) | Fact::Yes(_), Fact::Number(_) | Fact::Yes(_)) => 1,
        }
    }
}

/// What the facts lack of a demand.
fn lacking(demand: &Demand, facts: &Facts) -> Vec<Lacking> {
    let open = demand.iter().filter(|(key, need)| !facts.meet(key, need));
    open.map(|(key, need)| Lacking {
        key: key.clone(),
        need: *need,
        have: facts.like(key, need),
    })
    .collect()
}

/// What the way that comes nearest lacks: fewest facts that do not hold, then fewest figures, then least of them. Nothing where
/// there are no ways; an empty list where one of them is met.
pub fn nearest(ways: &[Demand], facts: &Facts) -> Option<Vec<Lacking>> {
    let ways = ways.iter().map(|demand| lacking(demand, facts));
    ways.min_by_key(|lacking| {
        let is_fact = |one: &&Lacking| matches!(one.need, Fact::Yes(_));
        let untrue = lacking.iter().filter(is_fact).count();
        (untrue, lacking.len(), lacking.iter().map(Lacking::short).sum::<i64>())
    })
}
