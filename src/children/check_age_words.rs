//! A check age as people say it.

use crate::platform::Say;

/// A check age as rows and rules hold it.
pub trait Months {
    /// In months.
    fn count(&self) -> i64;
}

impl Months for i32 {
    fn count(&self) -> i64 {
        i64::from(*self)
    }
}

impl Months for i64 {
    fn count(&self) -> i64 {
        *self
    }
}

impl Months for u8 {
    fn count(&self) -> i64 {
        i64::from(*self)
    }
}

impl Months for u32 {
    fn count(&self) -> i64 {
        i64::from(*self)
    }
}

impl<M: Months> Months for &M {
    fn count(&self) -> i64 {
        (**self).count()
    }
}

/// A check age in words: months up to three years, years from four on, as the norm names them.
pub fn age_words(months: impl Months) -> Say {
    let months = months.count();
    if months >= 48 && months % 12 == 0 {
        Say::new("check.age.years").with("n", months / 12)
    } else {
        Say::new("check.age.months").with("n", months)
    }
}
