//! What every page reads and hardly anybody writes: names of streets, the working calendar.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use super::error::Result;

/// What another process writes is noticed after this time at the latest; what this one writes, at once.
const FRESH: Duration = Duration::from_secs(5);
/// More keys than a province has districts are not kept.
const KEPT: usize = 1000;

/// Values by type and key. One lives until anything is committed in this process, and never long.
#[derive(Default)]
pub(super) struct Memo {
    commits: AtomicU64,
    values: Mutex<HashMap<(TypeId, String), Kept>>,
}

struct Kept {
    value: Arc<dyn Any + Send + Sync>,
    commits: u64,
    until: Instant,
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long a value has been kept is no time of the trade"
)]
impl Memo {
    /// Something was committed.
    pub(super) fn outdate(&self) {
        self.commits.fetch_add(1, Ordering::Release);
    }

    /// The value of a key, read when it is not known.
    pub(super) async fn get<T: Send + Sync + 'static>(
        &self,
        key: &str,
        read: impl Future<Output = Result<T>>,
    ) -> Result<Arc<T>> {
        // Before reading: what is committed meanwhile makes the value old at once.
        let commits = self.commits.load(Ordering::Acquire);
        let place = (TypeId::of::<T>(), key.to_owned());
        if let Some(value) = self.known(&place, commits) {
            return Ok(value);
        }
        let value = Arc::new(read.await?);
        let kept = Kept {
            value: value.clone(),
            commits,
            until: Instant::now() + FRESH,
        };
        let mut values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        if values.len() >= KEPT {
            values.clear();
        }
        values.insert(place, kept);
        Ok(value)
    }

    fn known<T: Send + Sync + 'static>(&self, place: &(TypeId, String), commits: u64) -> Option<Arc<T>> {
        let values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = values.get(place)?;
        let fresh = kept.commits == commits && Instant::now() < kept.until;
        fresh.then(|| kept.value.clone().downcast().ok()).flatten()
    }
}

impl fmt::Debug for Memo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Memo")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(memo: &Memo, value: u32) -> u32 {
        *memo.get("key", async { Ok(value) }).await.unwrap_or_default()
    }

    #[tokio::test]
    async fn a_value_lives_until_the_next_commit() {
        let memo = Memo::default();
        assert_eq!(read(&memo, 1).await, 1);
        assert_eq!(read(&memo, 2).await, 1);
        memo.outdate();
        assert_eq!(read(&memo, 3).await, 3);
    }

    #[tokio::test]
    async fn what_was_read_before_a_commit_is_not_kept() {
        let memo = Memo::default();
        let during = memo.get("key", async {
            memo.outdate();
            Ok(1_u32)
        });
        assert_eq!(*during.await.unwrap_or_default(), 1);
        assert_eq!(read(&memo, 2).await, 2);
    }
}
