//! Values of a rule set that make no sense, each with its place.

use super::{AttendanceKind, Params, age::OLDEST};
use crate::{error::Error, money::Fen};

impl Params {
    /// Everything that makes no sense, in the order of the rule.
    pub fn faults(&self) -> Vec<Error> {
        let mut faults = Vec::new();
        self.check_counts(&mut faults);
        self.check_ages(&mut faults);
        self.check_amounts(&mut faults);
        self.check_attendance(&mut faults);
        faults
    }

    fn check_counts(&self, faults: &mut Vec<Error>) {
        let counts = [
            ("months_per_year", self.months_per_year),
            (
                "meal: months_per_year",
                self.meal.as_ref().and_then(|meal| meal.months_per_year),
            ),
            (
                "allowance: months_per_year",
                self.allowance.as_ref().and_then(|allowance| allowance.months_per_year),
            ),
        ];
        for (place, count) in counts {
            if count.is_some_and(|count| count > 12) {
                faults.push(Error::new("more_than_a_year", &[("number", &count.unwrap_or_default())]).at(place));
            }
        }
        if self.min_months.is_some_and(|months| months > 1200) {
            faults.push(
                Error::new("too_many_months", &[("number", &self.min_months.unwrap_or_default())]).at("min_months"),
            );
        }
        let before_last = self.funders.iter().rev().skip(1);
        let shared = before_last.filter_map(|funder| funder.bp).map(crate::money::Bp::get);
        let shared = shared.fold(0, u32::saturating_add);
        if shared > 10_000 {
            faults.push(Error::new("shares_over_all", &[("sum", &shared)]).at("funders"));
        }
    }

    fn check_ages(&self, faults: &mut Vec<Error>) {
        let Some(age) = &self.age else { return };
        for (number, band) in age.bands.iter().enumerate() {
            let place = format!("age: band {}", number + 1);
            if band.below <= band.from {
                let values: [(&str, &dyn crate::text::Spoken); 2] = [("from", &band.from), ("below", &band.below)];
                faults.push(Error::new("empty_band", &values).at(&place));
            }
            if band.below > OLDEST {
                faults.push(Error::new("no_age", &[("age", &band.below)]).at(&place));
            }
        }
    }

    fn check_amounts(&self, faults: &mut Vec<Error>) {
        let mut amounts: Vec<(String, Fen)> = Vec::new();
        for (number, grant) in self.grants.iter().enumerate() {
            let taper = grant.year_by_age;
            let caps = [
                ("day_fen", grant.day_fen),
                ("month_fen", grant.month_fen),
                ("year_fen", grant.year_fen),
                ("year_by_age: base_fen", taper.map(|taper| taper.base_fen)),
                ("year_by_age: less_fen", taper.map(|taper| taper.less_fen)),
            ];
            for (key, cap) in caps {
                amounts.extend(cap.map(|cap| (format!("grants: row {}: {key}", number + 1), cap)));
            }
            if let Some(count) = grant.months_per_year.filter(|count| *count > 12) {
                let place = format!("grants: row {}: months_per_year", number + 1);
                faults.push(Error::new("more_than_a_year", &[("number", &count)]).at(place));
            }
        }
        amounts.extend(
            self.meal
                .as_ref()
                .map(|meal| ("meal: day_fen".to_owned(), meal.day_fen)),
        );
        amounts.extend(
            self.allowance
                .as_ref()
                .map(|allowance| ("allowance: month_fen".to_owned(), allowance.month_fen)),
        );
        amounts.extend(self.award.as_ref().map(|award| ("award: fen".to_owned(), award.fen)));
        let negative = amounts.into_iter().filter(|(_, amount)| *amount < Fen::ZERO);
        faults.extend(negative.map(|(place, amount)| Error::new("negative", &[("amount", &amount.get())]).at(place)));
    }

    fn check_attendance(&self, faults: &mut Vec<Error>) {
        match self.attendance.kind {
            AttendanceKind::None | AttendanceKind::Prorata => {}
            AttendanceKind::Tiers => {
                if self.attendance.tiers.is_empty() {
                    faults.push(Error::new("no_steps", &[]).at("attendance"));
                }
                if self.attendance.tiers.iter().any(|step| step.min_days > 31) {
                    faults.push(Error::new("more_than_a_month", &[]).at("attendance"));
                }
            }
        }
    }
}
