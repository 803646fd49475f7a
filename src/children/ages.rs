//! An age in words.

use chrono::NaiveDate;
use entities::{age::Age, words::Language};

use crate::platform::Say;

/// An age as people say it: days in the first month, months below two years, then years and months.
pub fn age_on(birth_on: NaiveDate, day: NaiveDate) -> Say {
    let Some(age) = Age::between(birth_on, day) else {
        return "ui.none".into();
    };
    if age.months == 0 {
        Say::new("age.days").with("days", age.days)
    } else if age.months < 24 {
        Say::new("age.months").with("months", age.months)
    } else if age.months_of_year() == 0 {
        Say::new("age.years").with("years", age.years())
    } else {
        Say::new("age.years_months")
            .with("years", age.years())
            .with("months", age.months_of_year())
    }
}

/// An age in years and months, as the pages of the chain say it.
pub fn age_in_words(language: Language, birth_on: NaiveDate, on: NaiveDate) -> String {
    let Some(age) = Age::between(birth_on, on) else {
        return "—".to_owned();
    };
    Say::new(if age.years() == 0 {
        "referral.age.months"
    } else {
        "referral.age"
    })
    .with("years", age.years())
    .with("months", age.months_of_year())
    .in_words(language)
}
