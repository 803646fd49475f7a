//! What a centre will cost, and what the subsidy will bring (MG, 测算运行经费).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    calendar::Month,
    error::Error,
    facts::Code,
    money::{Bp, Fen, rounded},
    settle::Settlement,
};

/// Children who are expected alike.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Group {
    /// How many.
    pub heads: u32,
    /// For how many months.
    pub months: u32,
    /// The fee of a month.
    pub fee_fen: Fen,
    /// How much of it comes about, by attendance.
    pub attend_bp: Option<Bp>,
    /// How much of that is subsidised.
    pub share_bp: Option<Bp>,
    /// The cap of a month.
    pub month_fen: Option<Fen>,
    /// The cap of a year.
    pub year_fen: Option<Fen>,
    /// How many months are paid at most.
    pub months_cap: Option<u32>,
}

/// Posts of a kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Staff {
    /// Which.
    pub post: Code,
    /// How many.
    pub posts: u32,
    /// What one costs a year: pay, social insurance, housing fund.
    pub year_fen: Fen,
}

/// Running costs that do not depend on heads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Running {
    /// For what.
    pub item: Code,
    /// How much a year.
    pub fen: Fen,
}

/// A case beside the expected one: fewer or more heads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Scenario {
    /// What it is called.
    pub id: Code,
    /// Heads in basis points of the expected.
    pub heads_bp: u32,
}

/// A year of a centre.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Budget {
    /// Average heads of the year.
    pub heads: u32,
    /// Who is expected.
    pub groups: Vec<Group>,
    /// Posts.
    pub staff: Vec<Staff>,
    /// Running costs of a head.
    pub per_head_running_fen: Fen,
    /// Running costs of the house.
    pub running: Vec<Running>,
    /// What else comes in.
    pub other_income_fen: Fen,
    /// Cases beside the expected one.
    pub scenarios: Vec<Scenario>,
}

/// What a year comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Forecast {
    /// The subsidy.
    pub subsidy_fen: Fen,
    /// The posts.
    pub staff_fen: Fen,
    /// Everything.
    pub cost_fen: Fen,
    /// Cost less subsidy and other income.
    pub gap_fen: Fen,
    /// Cost of a head; nothing without heads.
    pub per_head_fen: Option<Fen>,
    /// From how many heads on nothing is missing, if these children stand for the others; nothing where a head costs more than
    /// it brings.
    pub break_even_heads: Option<i64>,
    /// The other cases.
    pub scenarios: Vec<ScenarioForecast>,
}

/// What a year comes to in another case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScenarioForecast {
    /// Which.
    pub id: Code,
    /// Heads.
    pub heads: u32,
    /// The subsidy.
    pub subsidy_fen: Fen,
    /// Everything.
    pub cost_fen: Fen,
    /// Cost less subsidy and other income.
    pub gap_fen: Fen,
}

impl Group {
    /// What one child brings: Σ min(fee × attendance × share, cap of the month), within the caps of months and year (MG).
    fn of_a_child(&self) -> Result<Fen, Error> {
        let paid = self
            .fee_fen
            .share(self.attend_bp.unwrap_or(Bp::ALL))?
            .share(self.share_bp.unwrap_or(Bp::ALL))?;
        let month = self.month_fen.map_or(paid, |cap| cap.min(paid));
        let months = self.months_cap.map_or(self.months, |cap| cap.min(self.months));
        let year = month.times(months)?;
        Ok(self.year_fen.map_or(year, |cap| cap.min(year)))
    }
}

impl Budget {
    /// What the year comes to.
    pub fn forecast(&self) -> Result<Forecast, Error> {
        let (subsidy, staff, cost) = (self.subsidy()?, self.staff()?, self.cost()?);
        let scenarios: Result<Vec<ScenarioForecast>, Error> =
            self.scenarios.iter().map(|scenario| self.in_case(scenario)).collect();
        Ok(Forecast {
            subsidy_fen: subsidy,
            staff_fen: staff,
            cost_fen: cost,
            gap_fen: self.gap()?,
            per_head_fen: (self.heads > 0).then(|| cost.of(1, self.heads)).transpose()?,
            break_even_heads: self.break_even()?,
            scenarios: scenarios?,
        })
    }

    fn subsidy(&self) -> Result<Fen, Error> {
        let groups = self.groups.iter().map(|group| group.of_a_child()?.times(group.heads));
        Fen::sum(groups.collect::<Result<Vec<Fen>, Error>>()?)
    }

    fn staff(&self) -> Result<Fen, Error> {
        let posts = self.staff.iter().map(|staff| staff.year_fen.times(staff.posts));
        Fen::sum(posts.collect::<Result<Vec<Fen>, Error>>()?)
    }

    /// What does not depend on heads.
    fn fixed(&self) -> Result<Fen, Error> {
        self.staff()?
            .plus(Fen::sum(self.running.iter().map(|running| running.fen))?)
    }

    fn cost(&self) -> Result<Fen, Error> {
        self.fixed()?.plus(self.per_head_running_fen.times(self.heads)?)
    }

    fn gap(&self) -> Result<Fen, Error> {
        self.cost()?.minus(self.subsidy()?)?.minus(self.other_income_fen)
    }

    fn in_case(&self, scenario: &Scenario) -> Result<ScenarioForecast, Error> {
        let scaled = |heads: u32| {
            let heads = rounded(i128::from(heads) * i128::from(scenario.heads_bp), 10_000);
            heads
                .and_then(|heads| u32::try_from(heads).ok())
                .ok_or_else(Error::too_large)
        };
        let mut other = self.clone();
        other.heads = scaled(self.heads)?;
        for group in &mut other.groups {
            group.heads = scaled(group.heads)?;
        }
        Ok(ScenarioForecast {
            id: scenario.id.clone(),
            heads: other.heads,
            subsidy_fen: other.subsidy()?,
            cost_fen: other.cost()?,
            gap_fen: other.gap()?,
        })
    }

    /// The least heads with which nothing is missing.
    fn break_even(&self) -> Result<Option<i64>, Error> {
        let all: u64 = self.groups.iter().map(|group| u64::from(group.heads)).sum();
        let all = i128::from(all);
        let fixed = i128::from(self.fixed()?.minus(self.other_income_fen)?.get());
        let brings = i128::from(self.subsidy()?.get()) - i128::from(self.per_head_running_fen.get()) * all;
        if fixed <= 0 {
            return Ok(Some(0));
        }
        if all == 0 || brings <= 0 {
            return Ok(None);
        }
        let needed = (fixed * all + brings - 1) / brings;
        Ok(i64::try_from(needed).ok())
    }
}

/// When the subsidy of settled months arrives, by budget: so many months after the month it is for (MG, *month of cash*).
pub fn cash<'a>(
    settlements: impl IntoIterator<Item = &'a Settlement>,
    lag_months: u32,
) -> Result<BTreeMap<(Option<Code>, Month), Fen>, Error> {
    let mut cash: BTreeMap<(Option<Code>, Month), Fen> = BTreeMap::new();
    for line in settlements.into_iter().flat_map(|settlement| &settlement.lines) {
        let sum = cash
            .entry((line.fund.clone(), line.month.plus(lag_months.min(1200))))
            .or_default();
        *sum = Fen::sum([*sum, line.subsidy, line.meal, line.allowance])?;
    }
    Ok(cash)
}
