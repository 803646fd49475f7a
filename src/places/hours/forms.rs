//! What is typed about hours.

use chrono::NaiveDate;
use entities::words::CareService;
use serde::Deserialize;

use crate::platform::{Check, Errors, Say};

/// Most hours of a service in a week: a hundred people, all day.
const MOST: i32 = 4000;

/// Hours of a service from a day on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct HoursForm {
    /// The service.
    pub service: String,
    /// Hours in a week.
    pub hours: String,
    /// From which day on.
    pub valid_from: String,
}

impl HoursForm {
    /// The service, its minutes in a week, and the first day.
    pub fn input(&self) -> Result<(CareService, i32, NaiveDate), Errors> {
        let mut check = Check::default();
        let service = check.word::<CareService>("service", &self.service);
        let hours = check.parse::<i32>("hours", &self.hours);
        if hours.is_some_and(|hours| !(0..=MOST).contains(&hours)) {
            check.wrong("hours", Say::new("service_capacity.range").with("most", MOST));
        }
        let from = check.date("valid_from", &self.valid_from);
        let whole = service.zip(hours).zip(from);
        check.done(whole.map(|((service, hours), from)| (service, hours.saturating_mul(60), from)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_whole_and_can_be() {
        let form = |hours: &str| HoursForm {
            service: "individual".to_owned(),
            hours: hours.to_owned(),
            valid_from: "2026-12-01".to_owned(),
        };
        assert_eq!(form("40").input().unwrap().1, 2400);
        assert_eq!(form("0").input().unwrap().1, 0, "a service may end");
        assert!(form("-1").input().is_err() && form("4001").input().is_err() && form("").input().is_err());
    }
}
