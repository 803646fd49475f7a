//! The referral page.

use askama::Template;
use chrono::NaiveDate;
use entities::{
    ReferralId,
    child::child,
    screening::referral,
    words::{ReferralKind, ReferralState},
};

use super::{
    asks::{self, Ask, Kind},
    forms::MoveForm,
    rules::Move,
    slip::Slip,
    states,
};
use crate::{
    children::Calls,
    platform::{Errors, Say, clock},
    task::{Entry, Late},
    web::{
        Choice, Finding, filters,
        paper::{self, Printed as _},
    },
};

/// The icon of what a referral asks for.
pub fn kind_icon(kind: ReferralKind) -> &'static str {
    match kind {
        ReferralKind::Rescreen => "rescreen",
        ReferralKind::Diagnosis => "diagnosis",
        ReferralKind::Intake => "rehabilitation",
    }
}

/// Whose turn it is, in names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurnView {
    /// Who has to act.
    pub place: String,
    /// It is the reader's own organisation.
    pub ours: bool,
    /// By when.
    pub due_on: NaiveDate,
    /// How late it is.
    pub late: Late,
    /// The same in words.
    pub say: Say,
}

/// The referral page.
#[derive(Template)]
#[template(path = "referral/show.html")]
pub struct ReferralPage {
    /// The referral.
    pub referral: referral::Model,
    /// The child.
    pub child: child::Model,
    /// Age in words.
    pub age: String,
    /// Name of the sending organisation.
    pub from: String,
    /// Name of the receiving organisation.
    pub to: String,
    /// Who sent it.
    pub sender: String,
    /// Who took it on; empty while nobody did.
    pub owner: String,
    /// Whose turn it is.
    pub turn: Option<TurnView>,
    /// Years whose calendar nobody entered.
    pub warnings: Vec<Say>,
    /// What led to it and what came of it.
    pub findings: Vec<Finding>,
    /// Everything that happened, newest first.
    pub history: Vec<Entry>,
    /// The referral that this one continues, and the one that continues it.
    pub continues: Option<ReferralId>,
    /// See `continues`.
    pub continued_by: Option<ReferralId>,
    /// Moves that the reader may make now.
    pub moves: Vec<Move>,
    /// The reader may document an attempt.
    pub may_contact: bool,
    /// Whom to call, for those who may: also when it has ended, because its result is told to the family.
    pub calls: Option<Calls>,
    /// The reader may begin it again.
    pub may_renew: bool,
    /// Failed attempts so far, and how many make a child lost.
    pub attempts: (u32, u32),
    /// Rungs of the ladder that silence about it has climbed.
    pub rungs: i32,
    /// What was typed.
    pub form: MoveForm,
    /// What is wrong.
    pub errors: Errors,
    /// Other possible receivers.
    pub others: Vec<Choice>,
    /// Ways of trying a family.
    pub methods: Vec<Choice>,
    /// What can come of it.
    pub results: Vec<Choice>,
}

impl ReferralPage {
    /// The reader is not told what was found, nor the reason that rests on it.
    fn withholds(&self) -> bool {
        self.findings.iter().any(|one| one.withheld)
    }

    fn can(&self, what: Move) -> bool {
        self.moves.contains(&what)
    }

    fn look(&self) -> (&'static str, &'static str) {
        states::of(self.referral.state).meaning.look
    }

    /// The forms that the reader may send now.
    fn asks(&self) -> impl Iterator<Item = &'static Ask> {
        asks::ALL.iter().filter(|ask| match ask.what {
            Some(Move::Complete) => self.can(Move::Complete) && self.result_page().is_none(),
            Some(what) => self.can(what),
            None => self.may_contact,
        })
    }

    /// A form that was sent, and comes back, stands open.
    fn open(&self, ask: &Ask) -> bool {
        let prefilled = ["method", "attempted_on", "attempted_time"];
        ask.rows.iter().flat_map(|row| row.iter()).any(|field| {
            let typed = !prefilled.contains(&field.name) && !self.form.typed(field.name).is_empty();
            typed || !self.errors.get(field.name).is_empty()
        })
    }

    /// The page asks about the appointment that was typed, or asked before.
    fn asks_again(&self, ask: &Ask) -> bool {
        ask.what == Some(Move::Appoint) && !self.form.appointment_asked.is_empty()
    }

    fn options(&self, field: &str) -> &[Choice] {
        match field {
            "method" => &self.methods,
            "result" => &self.results,
            "forward_to" => &self.others,
            _ => &[],
        }
    }

    /// Why a form cannot be sent, although the move is allowed.
    fn lacks(&self, ask: &Ask) -> Option<&'static str> {
        (ask.what == Some(Move::Forward) && self.others.is_empty()).then_some("referral.forward.nobody")
    }

    /// The slip of what was sent.
    fn slip(&self) -> Option<String> {
        let sent = self.referral.state != ReferralState::Proposed;
        sent.then(|| paper::address(Slip::NAME, "", [self.referral.id]))
    }

    fn appointment(&self) -> String {
        self.referral.appointment_at.map(clock::shown).unwrap_or_default()
    }

    /// The page that records the result, for referrals that a finding completes.
    fn result_page(&self) -> Option<String> {
        let id = self.referral.id;
        match self.referral.kind {
            ReferralKind::Rescreen => Some(format!("/referrals/{id}/rescreen")),
            ReferralKind::Diagnosis => Some(format!("/referrals/{id}/diagnosis")),
            ReferralKind::Intake => None,
        }
    }
}
