//! What was used: of each settlement year, and of the child's life.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::{
    calendar::Month,
    facts::{Code, Opening, Used},
    money::Fen,
};

/// Months that count, each once whatever institutions served it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Months {
    /// Of which only the number is known.
    before: u32,
    known: BTreeSet<Month>,
}

impl Months {
    fn opened(used: &Used) -> Self {
        match used {
            Used::Count(before) => Self {
                before: *before,
                known: BTreeSet::new(),
            },
            Used::Months(months) => Self {
                before: 0,
                known: months.iter().copied().collect(),
            },
        }
    }

    pub(super) fn add(&mut self, month: Month) {
        self.known.insert(month);
    }

    pub(super) fn count(&self) -> u32 {
        u32::try_from(self.known.len())
            .unwrap_or(u32::MAX)
            .saturating_add(self.before)
    }

    /// A further month would be one too many.
    pub(super) fn full_for(&self, month: Month, allowed: Option<u32>) -> Option<(u32, u32)> {
        let allowed = allowed?;
        let used = self.count();
        (!self.known.contains(&month) && used >= allowed).then_some((used, allowed))
    }
}

/// What was used of one settlement year.
#[derive(Clone, Debug, Default)]
pub(super) struct Year {
    pub(super) paid: Fen,
    pub(super) cap: Option<Fen>,
    pub(super) months_allowed: Option<u32>,
    pub(super) months: Months,
    pub(super) meal_months: Months,
    pub(super) allowance_months: Months,
    pub(super) categories: BTreeSet<Code>,
}

/// What was used of one settlement year, for whoever looks (wallet).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearUse {
    /// Its first day.
    pub start: NaiveDate,
    /// Paid, opening included.
    pub paid: Fen,
    /// The cap of the last line that was paid or cut.
    pub cap: Option<Fen>,
    /// Months paid, opening included.
    pub months: u32,
    /// Months allowed.
    pub months_allowed: Option<u32>,
    /// Categories paid.
    pub categories: Vec<Code>,
}

/// What was used of all years, and of a life.
#[derive(Clone, Debug, Default)]
pub(super) struct Use {
    years: BTreeMap<NaiveDate, Year>,
    /// Months paid under rows that limit the months of a life.
    pub(super) life: Months,
}

impl Use {
    /// The opening belongs to the settlement year of the first statement.
    pub(super) fn opened(opening: &Opening, first: Option<NaiveDate>) -> Self {
        let mut used = Self {
            years: BTreeMap::new(),
            life: Months::opened(&opening.months),
        };
        used.life.before = used.life.before.saturating_add(opening.lifetime_months);
        if let Some(first) = first {
            let year = Year {
                paid: opening.paid_fen,
                months: Months::opened(&opening.months),
                meal_months: Months::opened(&opening.meal_months),
                allowance_months: Months::opened(&opening.allowance_months),
                categories: opening.categories.0.iter().cloned().collect(),
                ..Year::default()
            };
            used.years.insert(first, year);
        }
        used
    }

    pub(super) fn year(&mut self, start: NaiveDate) -> &mut Year {
        self.years.entry(start).or_default()
    }

    pub(super) fn years(self) -> Vec<YearUse> {
        let years = self.years.into_iter();
        years
            .map(|(start, year)| YearUse {
                start,
                paid: year.paid,
                cap: year.cap,
                months: year.months.count(),
                months_allowed: year.months_allowed,
                categories: year.categories.into_iter().collect(),
            })
            .collect()
    }
}
