//! The page of a child's way through the chain.

use askama::Template;
use chrono::NaiveDate;
use entities::{child::child, screening::pathway, words::Stage};

use crate::{
    children::Calls,
    platform::{Errors, Say},
    task::Entry,
    web::filters,
};

/// One link of the chain as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    /// `done`, `current`, `late`, `todo`, `skipped`.
    pub state: &'static str,
    /// Name.
    pub text: String,
    /// Day or reason; may be empty.
    pub note: String,
}

/// Where a child stands, and what happened.
#[derive(Template)]
#[template(path = "pathway/chain.html")]
pub(crate) struct ChainPage {
    /// Whom to call, for those who may.
    pub calls: Option<Calls>,
    /// The child.
    pub child: child::Model,
    /// Where the child stands; none for a file that was merged away.
    pub pathway: Option<pathway::Model>,
    /// Whose turn it is; empty when nobody's.
    pub turn: String,
    /// How the due day lies, in words.
    pub due: Option<Say>,
    /// Why it is late, in words; empty when it is not.
    pub why_late: Vec<Say>,
    /// The referral that is waited for, if the reader may open it.
    pub referral: Option<entities::ReferralId>,
    /// The reader's organisation still has to begin the referral that the finding calls for.
    pub missing: bool,
    /// Years whose calendar nobody entered.
    pub warnings: Vec<Say>,
    /// The links of the chain.
    pub links: Vec<Link>,
    /// Everything that happened, newest first.
    pub history: Vec<Entry>,
    /// Overdue.
    pub overdue: bool,
    /// Why the referral cannot begin.
    pub errors: Errors,
}

/// Where a stage lies on the chain: index of the link that is current.
pub(crate) fn position(stage: Stage) -> usize {
    match stage {
        Stage::Watching | Stage::Left | Stage::Lost => 0,
        Stage::RescreenProposed | Stage::AwaitingRescreen | Stage::Recheck => 1,
        Stage::DiagnosisProposed | Stage::AwaitingDiagnosis | Stage::OtherFinding => 2,
        Stage::Diagnosed | Stage::InIntake => 3,
    }
}

/// Dates on which the links were done, as far as they were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Done {
    /// Last initial screen.
    pub screened: Option<NaiveDate>,
    /// Last re-screen.
    pub rescreened: Option<NaiveDate>,
    /// Last diagnosis.
    pub diagnosed: Option<NaiveDate>,
    /// The centre took over.
    pub taken_over: Option<NaiveDate>,
}

/// The four links with their states. A link before the current one that was never done was skipped.
pub(crate) fn links(
    stage: Option<Stage>,
    overdue: bool,
    done: Done,
    name: impl Fn(&'static str) -> String,
) -> Vec<Link> {
    let here = stage.map_or(0, position);
    let ended = matches!(
        stage,
        None | Some(Stage::OtherFinding | Stage::Left | Stage::Lost | Stage::InIntake)
    );
    let parts = [
        ("chain.link.screen", done.screened),
        ("chain.link.rescreen", done.rescreened),
        ("chain.link.diagnosis", done.diagnosed),
        ("chain.link.intake", done.taken_over),
    ];
    parts
        .into_iter()
        .enumerate()
        .map(|(index, (key, day))| {
            let finished = day.is_some() && (index != here || ended);
            let state = if finished {
                "done"
            } else if index == here && !ended {
                if overdue { "late" } else { "current" }
            } else if index < here {
                "skipped"
            } else {
                "todo"
            };
            Link {
                state,
                text: name(key),
                note: day.map(|d| d.to_string()).unwrap_or_default(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states(stage: Stage, overdue: bool, done: Done) -> Vec<&'static str> {
        links(Some(stage), overdue, done, str::to_owned)
            .into_iter()
            .map(|l| l.state)
            .collect()
    }

    fn day(n: u32) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(2026, 11, n)
    }

    #[test]
    fn the_chain_shows_where_a_child_stands() {
        let screened = Done {
            screened: day(1),
            ..Done::default()
        };
        assert_eq!(
            states(Stage::Watching, false, Done::default()),
            ["current", "todo", "todo", "todo"]
        );
        assert_eq!(
            states(Stage::AwaitingRescreen, false, screened),
            ["done", "current", "todo", "todo"]
        );
        assert_eq!(
            states(Stage::AwaitingRescreen, true, screened),
            ["done", "late", "todo", "todo"]
        );
        let all = Done {
            screened: day(1),
            rescreened: None,
            diagnosed: day(5),
            taken_over: None,
        };
        assert_eq!(
            states(Stage::Diagnosed, false, all),
            ["done", "skipped", "done", "current"]
        );
        assert_eq!(
            states(Stage::OtherFinding, false, all),
            ["done", "skipped", "done", "todo"]
        );
    }
}
