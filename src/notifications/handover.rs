//! What came of giving a message to whoever carries it.

/// What came of handing a message over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handover {
    /// The server answers for it now.
    Done,
    /// Certainly not delivered, and trying again makes sense.
    Later(String),
    /// Certainly not delivered; the server will never take it.
    Never(String),
    /// The server itself cannot be reached: no other message will do better now.
    Unreachable(String),
    /// It may have been delivered or not. It is not sent again.
    Unknown,
}
