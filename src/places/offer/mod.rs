//! Offers of places (录取通知): one for an application that waits, held until an instant and free again by itself.
//!
//! ```text
//! Open ─answered─> Accepted (decision and class), Kept, Left, Deferred
//!   ├─ the instant passes ─> Expired ─ a second time: somebody calls ─> stays on the list, or leaves it
//!   └─> Withdrawn (the centre), Cancelled (the child left, the application ended)
//! ```

pub mod answering;
pub mod forms;
pub mod list;
pub mod making;
pub mod queries;
pub mod routes;
pub mod service;
pub mod states;
pub mod sweep;
pub mod views;

pub use self::list::Offers;
