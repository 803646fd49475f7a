//! What a file belongs to.

use entities::{ChildId, OrganisationId, child::child};

use crate::platform::{Actor, Result, event::Subject};

/// The kind of an owner that is the child's file itself.
pub(super) const CHILD: &str = "child";

/// What a file belongs to. Whoever makes one has found the row through its scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    pub(super) kind: &'static str,
    pub(super) id: Option<i64>,
    pub(super) child: Option<ChildId>,
    pub(super) place: OrganisationId,
    pub(super) district: String,
}

impl Owner {
    /// A child's file; what is added belongs to the actor's organisation.
    pub fn child(by: &Actor, child: &child::Model) -> Result<Self> {
        Ok(Self {
            kind: CHILD,
            id: None,
            child: Some(child.id),
            place: by.organisation()?,
            district: child.district.clone(),
        })
    }

    /// A row of another table: `Owner::row("application", 7, place, "330211")`. `place` is the organisation that the files
    /// belong to (a family has none), `district` the one whose writes wait for each other.
    pub fn row(kind: &'static str, id: i64, place: OrganisationId, district: impl Into<String>) -> Self {
        Self {
            kind,
            id: Some(id),
            child: None,
            place,
            district: district.into(),
        }
    }

    /// It is about this child: its file shows what belongs to the row as well, and its events name it.
    #[must_use]
    pub fn about(mut self, child: ChildId) -> Self {
        self.child = Some(child);
        self
    }

    /// Whom it is about, where that is known.
    pub fn whose(&self) -> Option<ChildId> {
        self.child
    }
}

/// What events say of a file that belongs to something.
pub(super) fn subject(id: entities::AttachmentId, child: Option<ChildId>) -> Subject {
    match child {
        Some(child) => Subject::of_child("attachment", id.0, child),
        None => Subject::new("attachment", id.0),
    }
}
