//! Rows that change hands when two files become one.

use entities::ChildId;
use futures_util::future::BoxFuture;

use crate::platform::Result;

/// Something that a feature does in the caller's transaction.
pub type Doing<'a> = BoxFuture<'a, Result<()>>;

/// Two files of one child become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handover {
    /// Its file is closed.
    pub from: ChildId,
    /// Everything is here afterwards.
    pub to: ChildId,
    /// Of two places where the child lives now, that of the file that goes stands.
    pub takes_home: bool,
}
