//! The version of a record: whoever changes one says which they saw.

use super::{Error, Result};

/// The version of a record that a page showed. What a browser sends instead of a number is the version of nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version(Option<i32>);

impl Version {
    /// As a page sent it.
    pub fn typed(text: &str) -> Self {
        Self(text.trim().parse().ok())
    }

    /// The same, from a page that need not send one.
    pub fn sent(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self::typed(text))
    }

    /// The record is still as the page showed it.
    ///
    /// # Errors
    /// [`Error::Stale`] when somebody changed it meanwhile.
    pub fn is_still(self, row: i32) -> Result<()> {
        if self.is(row) { Ok(()) } else { Err(Error::stale()) }
    }

    /// The same as a question, for whoever has more to say about it.
    pub fn is(self, row: i32) -> bool {
        self.0 == Some(row)
    }
}

impl From<i32> for Version {
    fn from(row: i32) -> Self {
        Self(Some(row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_version_that_was_seen_may_be_changed() {
        assert!(Version::typed(" 3 ").is_still(3).is_ok());
        assert!(Version::from(3).is(3));
        for other in ["2", "4", "", "x", "3.0"] {
            let stale = Version::typed(other).is_still(3);
            assert!(matches!(stale, Err(Error::Stale(_))), "{other:?}");
        }
    }
}
