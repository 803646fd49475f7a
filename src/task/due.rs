//! How late something is, in working days.

use chrono::NaiveDate;

use crate::platform::{Calendar, Say};

/// How late something is, in working days, with the years whose calendar nobody entered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Late {
    /// Working days since the due day; 0 on the day itself and on the days off right after it.
    pub working_days: u32,
    /// It is past the due day.
    pub overdue: bool,
    /// Years that were counted by weekends only.
    pub years_missing: Vec<i32>,
}

/// How late something due on a day is today.
pub fn late(calendar: &Calendar, due_on: NaiveDate, today: NaiveDate) -> Late {
    let (working_days, mut years_missing) = calendar.working_days_between(due_on, today);
    for day in [due_on, today] {
        years_missing.extend(calendar.is_working_day(day).warning.map(|missing| missing.0));
    }
    years_missing.sort_unstable();
    years_missing.dedup();
    Late {
        working_days,
        overdue: due_on < today,
        years_missing,
    }
}

impl Late {
    /// "3 working days late", "due today", "due on".
    pub fn say(&self, due_on: NaiveDate, today: NaiveDate) -> Say {
        if self.overdue && self.working_days == 0 {
            Say::new("referral.late.rest_days")
        } else if self.overdue {
            Say::new("referral.late").with("days", self.working_days)
        } else if due_on == today {
            Say::new("referral.due_today")
        } else {
            Say::new("referral.due_in").with("days", (due_on - today).num_days())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::calendar::CalendarYear;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn lateness_is_counted_in_working_days() {
        let calendar = Calendar::new(CalendarYear::shipped().unwrap());
        // National Day 2026: 1-7 October off.
        let over_holidays = late(&calendar, day("2026-09-30"), day("2026-10-08"));
        assert_eq!((over_holidays.working_days, over_holidays.overdue), (1, true));
        let same_day = late(&calendar, day("2026-11-05"), day("2026-11-05"));
        assert_eq!((same_day.working_days, same_day.overdue), (0, false));
        let unknown = late(&calendar, day("2031-01-06"), day("2031-01-08"));
        assert_eq!(unknown.years_missing, [2031]);
    }
}
