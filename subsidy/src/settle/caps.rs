//! What a statement wants, cut by the caps of day, month and year, in that order (vectors, *settle*).

use super::{Run, Share, terms::Terms};
use crate::{
    error::Error,
    facts::Statement,
    money::Fen,
    reason::Cut,
    rules::{AttendanceKind, MonthSplit},
};

impl Run<'_> {
    /// The subsidy, and the last cap that made it smaller.
    pub(super) fn capped(
        &mut self,
        statement: &Statement,
        terms: &Terms<'_>,
        self_paid: Fen,
    ) -> Result<(Fen, Option<Cut>), Error> {
        let mut amount = self_paid.share(terms.share)?;
        let mut last = None;
        let mut cut = |left: Fen, why: Cut| {
            if left < amount {
                amount = left;
                last = Some(why);
            }
        };
        if let Some(rate) = terms.grant.day_fen {
            let days = statement.days.unwrap_or_default();
            let cap = rate.times(days)?;
            cut(cap, Cut::Day { rate, days, cap });
        }
        let month = self.month(statement.month);
        if let Some(whole) = terms.grant.month_fen {
            let share = self.share(statement, terms, whole)?;
            let stepped = share.step.map_or(Ok(whole), |step| whole.share(step))?;
            let left = stepped.less(month.paid)?;
            let (left, part) = match share.part {
                // Its own part is what a line can get; the month's cap still holds for all.
                Some(part) if part < left => (part, part.plus(month.paid)?),
                Some(_) | None => (left, stepped),
            };
            let (step, paid) = (share.step, month.paid);
            cut(
                left,
                Cut::Month {
                    whole,
                    part,
                    step,
                    paid,
                },
            );
        }
        if let Some(cap) = terms.year_cap {
            let start = self.params.year_start.of(statement.month);
            let paid = self.used.year(start).paid;
            cut(cap.less(paid)?, Cut::Year { cap, paid, year: start });
        }
        Ok((amount, last))
    }

    /// What of the month's cap is this line's: by steps, and by days as the difference of two rounded running totals, so that
    /// parts never add up to more than the whole (vectors, *fields*).
    fn share(&self, statement: &Statement, terms: &Terms<'_>, whole: Fen) -> Result<Share, Error> {
        let month = self.month(statement.month);
        let days = statement.days.unwrap_or_default();
        let step = terms.step;
        let stepped = step.map_or(Ok(whole), |step| whole.share(step))?;
        let between = |of: Fen, all: u32| {
            let until = |days: u32| of.of(days.min(all), all);
            until(month.days.saturating_add(days))?.minus(until(month.days)?)
        };
        let part = match (self.params.attendance.kind, self.params.month_split) {
            (AttendanceKind::Prorata, MonthSplit::InOrder | MonthSplit::ByDays) => {
                Some(between(whole, statement.plan_days.unwrap_or_default())?)
            }
            (AttendanceKind::None | AttendanceKind::Tiers, MonthSplit::ByDays) if month.all_days > 0 => {
                Some(between(stepped, month.all_days)?)
            }
            (AttendanceKind::None | AttendanceKind::Tiers, MonthSplit::ByDays | MonthSplit::InOrder) => None,
        };
        Ok(Share { part, step })
    }
}
