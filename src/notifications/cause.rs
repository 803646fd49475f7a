//! What a message is about, as its key says it: one message for one cause and one receiver.

use entities::communication::message;

/// What the message is about: the middle of `channel:template:cause:receiver`.
pub(super) fn cause(row: &message::Model) -> &str {
    let key = same_cause(row);
    key.splitn(3, ':').nth(2).unwrap_or_default()
}

/// The part of the key that messages to several receivers about one cause share.
pub(super) fn same_cause(row: &message::Model) -> &str {
    row.dedupe_key.rsplit_once(':').map_or("", |(key, _)| key)
}
