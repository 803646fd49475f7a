//! What changed since a report was frozen.

use std::collections::{BTreeMap, BTreeSet};

use entities::ChildId;
use sea_orm::ConnectionTrait;

use super::service::Content;
use crate::{
    platform::Result,
    reports::screening::{figures, request::Span},
};

/// What changed of one number since it was frozen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    /// Which table.
    pub span: Span,
    /// What is counted.
    pub indicator: String,
    /// In which row.
    pub row: String,
    /// Then.
    pub then: usize,
    /// Now.
    pub now: usize,
    /// Children who count now and did not then.
    pub came: Vec<ChildId>,
    /// Children who counted then and do not now.
    pub went: Vec<ChildId>,
}

/// Compares a frozen report with the same report counted now.
pub(super) async fn changes(db: &impl ConnectionTrait, frozen: &Content) -> Result<Vec<Change>> {
    let request = &frozen.figures.request;
    let mut changes = Vec::new();
    let nobody = Vec::new();
    let nothing = BTreeMap::new();
    for (span, then) in &frozen.lists {
        let now = figures::lists(db, request, *span).await?;
        let indicators = then.keys().chain(now.keys()).collect::<BTreeSet<_>>();
        for indicator in indicators {
            let rows = (
                then.get(indicator).unwrap_or(&nothing),
                now.get(indicator).unwrap_or(&nothing),
            );
            for row in rows.0.keys().chain(rows.1.keys()).collect::<BTreeSet<_>>() {
                let (was, is) = (rows.0.get(row).unwrap_or(&nobody), rows.1.get(row).unwrap_or(&nobody));
                let came = beyond(is, was);
                let went = beyond(was, is);
                if !came.is_empty() || !went.is_empty() {
                    changes.push(Change {
                        span: *span,
                        indicator: indicator.clone(),
                        row: row.clone(),
                        then: was.len(),
                        now: is.len(),
                        came,
                        went,
                    });
                }
            }
        }
    }
    Ok(changes)
}

/// Those of one list that are more often in it than in the other: a visit more counts as well as a child more.
fn beyond(of: &[ChildId], other: &[ChildId]) -> Vec<ChildId> {
    let mut left: BTreeMap<ChildId, usize> = BTreeMap::new();
    for child in other {
        *left.entry(*child).or_default() += 1;
    }
    let mut more = Vec::new();
    for child in of {
        match left.get_mut(child) {
            Some(times) if *times > 0 => *times -= 1,
            _ => more.push(*child),
        }
    }
    more
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_visit_is_a_difference() {
        let ids = |list: &[i64]| list.iter().copied().map(ChildId).collect::<Vec<_>>();
        assert_eq!(beyond(&ids(&[1, 2, 2, 3]), &ids(&[2, 1])), ids(&[2, 3]));
        assert_eq!(beyond(&ids(&[1]), &ids(&[1, 1])), ids(&[]));
    }
}
