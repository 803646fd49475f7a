//! Who had a part in a run or a window, while units come and go.

use std::collections::{BTreeMap, BTreeSet};

/// Names, each as often as units have it.
#[derive(Debug, Default)]
pub(crate) struct Crowd<'r>(BTreeMap<&'r str, usize>);

impl<'r> Crowd<'r> {
    pub(crate) fn join(&mut self, names: &BTreeSet<&'r str>) {
        for name in names {
            *self.0.entry(name).or_default() += 1;
        }
    }

    pub(crate) fn leave(&mut self, names: &BTreeSet<&'r str>) {
        for name in names {
            if let Some(times) = self.0.get_mut(name) {
                *times = times.saturating_sub(1);
                if *times == 0 {
                    self.0.remove(name);
                }
            }
        }
    }

    pub(crate) fn number(&self) -> u64 {
        u64::try_from(self.0.len()).unwrap_or(u64::MAX)
    }
}
