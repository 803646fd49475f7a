//! What a sweep is called, and what it did, in the reader's words.

use entities::words::Language;

use super::queries::is_failure;
use crate::platform::{Say, words};

/// What sweeps count, and the words of it. A sweep says `name=3, other=0`; the log and the command line keep that.
const COUNTS: &[(&str, &str)] = &[
    ("children", "sweep.count.children"),
    ("opened", "sweep.count.opened"),
    ("closed", "sweep.count.closed"),
    ("proposed", "sweep.count.proposed"),
    ("tasks", "sweep.count.tasks"),
    ("given_up", "sweep.count.given_up"),
    ("checks", "sweep.count.checks"),
    ("found", "sweep.count.found"),
    ("reopened", "sweep.count.reopened"),
    ("cleared", "sweep.count.cleared"),
    ("changes", "sweep.count.changes"),
    ("files", "sweep.count.files"),
    ("days", "sweep.count.days"),
    ("events", "sweep.count.events"),
    ("sent", "sweep.count.sent"),
    ("not_sent", "sweep.count.not_sent"),
    ("sessions", "sweep.count.sessions"),
    ("submissions", "sweep.count.submissions"),
    ("drafts", "sweep.count.drafts"),
    ("districts", "sweep.count.districts"),
    ("results", "sweep.count.results"),
    ("reminded", "sweep.count.reminded"),
    ("taken_up", "sweep.count.taken_up"),
];

/// The name of a sweep.
pub(super) fn name(sweep: &str) -> Say {
    Say::from(format!("sweep.{sweep}"))
}

/// The outcome of a run in words. What went wrong is in the log, where those read who can mend it.
pub(super) fn outcome(language: Language, outcome: &str) -> String {
    if outcome.is_empty() {
        return String::new();
    }
    if is_failure(outcome) {
        return words::raw(language, "operations.sweep.error").into_owned();
    }
    let counted: Option<Vec<String>> = outcome.split(", ").map(|part| count(language, part)).collect();
    counted.map_or_else(
        || words::raw(language, "operations.sweep.well_done").into_owned(),
        |parts| words::joined(language, parts),
    )
}

fn count(language: Language, part: &str) -> Option<String> {
    let (name, number) = part.split_once('=')?;
    let (_, key) = COUNTS.iter().find(|(known, _)| *known == name)?;
    Some(Say::new(*key).with("n", number).in_words(language))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_told_in_words() {
        for (text, said) in [
            ("", ""),
            ("children=3, opened=2, closed=1", "儿童 3、新到期 2、已截止 1"),
            ("error: no such table: child", "出错，原因见服务器日志"),
            ("an older way of saying it", "已运行"),
        ] {
            assert_eq!(outcome(Language::Chinese, text), said);
        }
    }
}
