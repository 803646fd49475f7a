//! Whether a record that was withdrawn has another in its place.

use chrono::{DateTime, Utc};
use entities::{ChildId, words::Language};

use super::Mark;

/// Records of children by the moment in which they were made. A correction is made in the moment in which the old record
/// is withdrawn, and behind it.
#[derive(Clone, Debug, Default)]
pub struct Records(Vec<(ChildId, DateTime<Utc>, i64)>);

impl FromIterator<(ChildId, DateTime<Utc>, i64)> for Records {
    fn from_iter<I: IntoIterator<Item = (ChildId, DateTime<Utc>, i64)>>(made: I) -> Self {
        Self(made.into_iter().collect())
    }
}

impl Records {
    /// What is written across the paper of a record; nothing while it holds.
    pub fn mark(
        &self,
        language: Language,
        (child, id): (ChildId, i64),
        withdrawn_at: Option<DateTime<Utc>>,
    ) -> Option<Mark> {
        let at = withdrawn_at?;
        let takes_its_place = |one: &(ChildId, DateTime<Utc>, i64)| one.0 == child && one.1 == at && one.2 > id;
        Some(if self.0.iter().any(takes_its_place) {
            Mark::new(language, "paper.mark.corrected", "paper.mark.corrected.told")
        } else {
            Mark::new(language, "paper.mark.withdrawn", "paper.mark.withdrawn.told")
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_record_of_the_same_moment_takes_its_place() {
        let (at, child) = (DateTime::UNIX_EPOCH, ChildId(7));
        let later = at + TimeDelta::seconds(1);
        let key = |made: &[(ChildId, DateTime<Utc>, i64)], withdrawn| {
            let records: Records = made.iter().copied().collect();
            let mark = records.mark(Language::Chinese, (child, 1), withdrawn);
            mark.map(|mark| mark.key)
        };
        let own = (child, at, 1);
        assert_eq!(key(&[own], None), None);
        assert_eq!(key(&[own], Some(at)), Some("paper.mark.withdrawn"));
        assert_eq!(key(&[own, (child, later, 2)], Some(at)), Some("paper.mark.withdrawn"));
        assert_eq!(key(&[own, (ChildId(8), at, 2)], Some(at)), Some("paper.mark.withdrawn"));
        assert_eq!(
            key(&[own, (child, later, 2)], Some(later)),
            Some("paper.mark.corrected")
        );
    }
}
