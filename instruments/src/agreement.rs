//! Two raters, one child: where do they agree?

use super::answers::{Answers, InputError, Value};
use super::package::Package;

/// The comparison of two sheets of the same instrument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// Items that both answered.
    pub compared: usize,
    /// Items that both answered alike.
    pub alike: usize,
    /// Items with different answers, or answered by one of them only, in the order of the sheet.
    pub differences: Vec<Difference>,
}

/// One item on which two raters differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Id of the item.
    pub item: String,
    /// Answer of the first rater.
    pub first: Option<Value>,
    /// Answer of the second rater.
    pub second: Option<Value>,
}

impl Package {
    /// Compares the sheets of two raters. Both must be readable by this package.
    pub fn compare(&self, first: &Answers, second: &Answers) -> Result<Agreement, InputError> {
        self.needed(first)?;
        self.needed(second)?;
        let mut agreement = Agreement {
            compared: 0,
            alike: 0,
            differences: Vec::new(),
        };
        for (_, item) in self.items() {
            let (a, b) = (first.get(&item.id), second.get(&item.id));
            agreement.compared += usize::from(a.is_some() && b.is_some());
            agreement.alike += usize::from(a.is_some() && a == b);
            if a != b {
                let difference = Difference {
                    item: item.id.clone(),
                    first: a.cloned(),
                    second: b.cloned(),
                };
                agreement.differences.push(difference);
            }
        }
        Ok(agreement)
    }
}
