//! What is taken of files that strangers send.

use serde::{Deserialize, Serialize};

/// How much is taken. The features that ask for files go by the dated rule `uploads`, which holds these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Megabytes of a file.
    pub megabytes: u32,
    /// Files that are sent at once.
    pub files: u32,
    /// Longest side of a picture, in pixels.
    pub side: u32,
    /// Millions of pixels of a picture.
    pub megapixels: u32,
    /// Pages of a PDF.
    pub pages: u32,
}

impl Limits {
    /// No rule allows more, so a route can say how long its bodies may be.
    pub const MEGABYTES: u32 = 50;
    /// The same for the number of files.
    pub const FILES: u32 = 20;
    /// Bytes of as many files as that, each as large.
    pub const LONGEST: usize = 20 * 50 * 1024 * 1024;

    /// Bytes of a file.
    pub fn bytes(&self) -> u64 {
        u64::from(self.megabytes) << 20
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_form_holds_all_that_a_rule_may_allow() {
        let bytes = u64::from(Limits::MEGABYTES) * u64::from(Limits::FILES) * 1024 * 1024;
        assert_eq!(u64::try_from(Limits::LONGEST).unwrap(), bytes);
    }
}
