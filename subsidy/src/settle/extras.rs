//! What comes beside the subsidy: meals, a living allowance, an award to the institution (vectors, *extras*).

use super::{Line, Run, terms::Terms};
use crate::{error::Error, facts::Statement, money::Fen};

impl Run<'_> {
    /// After the training, in this order.
    pub(super) fn extras(&mut self, statement: &Statement, terms: &Terms<'_>, line: &mut Line) -> Result<(), Error> {
        line.meal = self.meal(statement, terms, line)?;
        line.allowance = self.allowance(statement, terms, line)?;
        line.award = self.award(statement);
        Ok(())
    }

    /// What is left of the year's amount, where something comes out of it.
    fn within(&mut self, amount: Fen, within_year: bool, terms: &Terms<'_>, line: &Line) -> Result<Fen, Error> {
        let year = self.used.year(line.year);
        if !within_year {
            return Ok(amount);
        }
        let left = match terms.year_cap {
            Some(cap) => cap.less(year.paid)?.min(amount),
            None => amount,
        };
        year.paid = year.paid.plus(left)?;
        Ok(left)
    }

    fn meal(&mut self, statement: &Statement, terms: &Terms<'_>, line: &Line) -> Result<Fen, Error> {
        let Some(rule) = &self.params.meal else {
            return Ok(Fen::ZERO);
        };
        let full = self
            .used
            .year(line.year)
            .meal_months
            .full_for(line.month, rule.months_per_year);
        if full.is_some() {
            return Ok(Fen::ZERO);
        }
        let had = self.month(line.month).meal_days;
        let most = rule.max_days.map_or(u32::MAX, |most| most.saturating_sub(had));
        let days = statement.days.unwrap_or_default().min(most);
        let meal = self.within(rule.day_fen.times(days)?, rule.within_year, terms, line)?;
        if meal > Fen::ZERO {
            self.used.year(line.year).meal_months.add(line.month);
        }
        let month = self.months.entry(line.month).or_default();
        month.meal_days = month.meal_days.saturating_add(days);
        Ok(meal)
    }

    fn allowance(&mut self, statement: &Statement, terms: &Terms<'_>, line: &Line) -> Result<Fen, Error> {
        let Some(rule) = &self.params.allowance else {
            return Ok(Fen::ZERO);
        };
        let full = self
            .used
            .year(line.year)
            .allowance_months
            .full_for(line.month, rule.months_per_year);
        let (days, plan) = (
            statement.days.unwrap_or_default(),
            statement.plan_days.unwrap_or_default(),
        );
        if full.is_some() || days == 0 || plan == 0 {
            return Ok(Fen::ZERO);
        }
        let had = self.month(line.month).allowance_days;
        let until = |days: u32| rule.month_fen.of(days.min(plan), plan);
        let own = until(had.saturating_add(days))?.less(until(had)?)?;
        let allowance = self.within(own, rule.within_year, terms, line)?;
        if allowance > Fen::ZERO {
            self.used.year(line.year).allowance_months.add(line.month);
        }
        let month = self.months.entry(line.month).or_default();
        month.allowance_days = month.allowance_days.saturating_add(days);
        Ok(allowance)
    }

    fn award(&self, statement: &Statement) -> Fen {
        let Some(rule) = &self.params.award else {
            return Fen::ZERO;
        };
        let owner = rule.owner.0.is_empty() || rule.owner.hold(statement.owner.as_ref());
        if owner && (statement.whole_month || rule.part_month) {
            rule.fen
        } else {
            Fen::ZERO
        }
    }
}
