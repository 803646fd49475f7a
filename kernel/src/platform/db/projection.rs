//! What is derived: a child's place in the chain from its screens and referrals, tomorrow its completeness from its papers.
//!
//! The feature that derives something registers how. The write transaction notes whom it touched ([`Tx::touches`];
//! an event about a child's file does it by itself), and [`Tx::commit`] brings everything derived from them up to date
//! before it commits: once, in the order of the features, for all of them together. So nobody calls for it and nobody
//! can forget to, and what cannot be derived fails the write that it would have made untrue.

use std::{collections::BTreeSet, pin::Pin};

use entities::{ChildId, OrganisationId};

use super::Tx;
use crate::platform::{actor::Actor, error::Result};

/// Whom a transaction has touched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    children: BTreeSet<ChildId>,
    places: BTreeSet<OrganisationId>,
}

impl Touched {
    /// Children, in the order of their ids: something about them was written.
    pub fn children(&self) -> Vec<ChildId> {
        self.children.iter().copied().collect()
    }

    /// Organisations: who works there, what they cover or whether they are open has changed.
    pub fn places(&self) -> Vec<OrganisationId> {
        self.places.iter().copied().collect()
    }

    /// Nobody.
    pub fn is_empty(&self) -> bool {
        self.children.is_empty() && self.places.is_empty()
    }

    pub(super) fn add_children(&mut self, ids: impl IntoIterator<Item = ChildId>) {
        self.children.extend(ids);
    }

    pub(super) fn add_place(&mut self, id: OrganisationId) {
        self.places.insert(id);
    }

    /// Everybody here is there, too.
    pub(super) fn is_within(&self, all: &Self) -> bool {
        self.children.is_subset(&all.children) && self.places.is_subset(&all.places)
    }
}

/// The answer of a projection, in the making.
pub type Running<'a> = Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// Something derived.
#[derive(Clone, Copy, Debug)]
pub struct Projection {
    /// What it is called in the log.
    pub name: &'static str,
    /// Bring it up to date for everybody touched, in the transaction that touched them. It may be thousands at once, so
    /// it asks few questions; and it writes about nobody else.
    pub run: for<'a> fn(&'a Tx, &'a Actor, &'a Touched) -> Running<'a>,
}
