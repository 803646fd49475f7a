//! What the page of a referral asks for before something is done: forms that open in place, as data. The page draws them
//! in this order, and the names of the fields are those of [`MoveForm`](super::forms::MoveForm).

use super::rules::Move;

/// A form that opens in place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ask {
    /// The move that it makes; none for an attempt to reach the family, which moves nothing.
    pub(super) what: Option<Move>,
    /// The last part of its address.
    pub(super) noun: &'static str,
    /// What opens it.
    pub(super) title: &'static str,
    /// Icon of the same.
    pub(super) icon: &'static str,
    /// `danger`, `primary`, or quiet.
    pub(super) tone: &'static str,
    /// A sentence above the fields; empty when there is none.
    pub(super) hint: &'static str,
    /// What sends it.
    pub(super) submit: &'static str,
    /// Its fields, row by row.
    pub(super) rows: &'static [&'static [Field]],
}

/// A field of such a form.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    /// Its name.
    pub(super) name: &'static str,
    /// Its label.
    pub(super) label: &'static str,
    /// What a clerk enters.
    pub(super) kind: Kind,
    /// It may not stay empty.
    pub(super) required: bool,
    /// A sentence below it; empty when there is none.
    pub(super) hint: &'static str,
}

/// What a clerk enters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text of so many lines.
    Note(usize),
    /// A day.
    Day,
    /// A time of day.
    Time,
    /// One of many.
    Choice,
    /// One of a few.
    Ways,
}

const fn field(name: &'static str, label: &'static str, kind: Kind) -> Field {
    Field {
        name,
        label,
        kind,
        required: true,
        hint: "",
    }
}

const fn optional(name: &'static str, label: &'static str, lines: usize, hint: &'static str) -> Field {
    Field {
        required: false,
        hint,
        ..field(name, label, Kind::Note(lines))
    }
}

/// Every form of the page that asks for something.
pub(super) const ALL: [Ask; 8] = [
    Ask {
        what: Some(Move::Complete),
        noun: "completion",
        title: "referral.complete",
        icon: "done",
        tone: "primary",
        hint: "",
        submit: "referral.complete",
        rows: &[&[optional(
            "completion_note",
            "referral.completion_note",
            3,
            "referral.completion_hint",
        )]],
    },
    Ask {
        what: Some(Move::Appoint),
        noun: "appointment",
        title: "referral.appoint",
        icon: "calendar",
        tone: "",
        hint: "referral.appoint.hint",
        submit: "referral.appoint.submit",
        rows: &[
            &[
                field("appointment_on", "referral.appointment_on", Kind::Day),
                field("appointment_time", "referral.appointment_time", Kind::Time),
            ],
            &[optional("appointment_note", "referral.appointment_note", 2, "")],
        ],
    },
    Ask {
        what: Some(Move::NoShow),
        noun: "no-show",
        title: "referral.no_show",
        icon: "danger",
        tone: "",
        hint: "",
        submit: "referral.no_show.submit",
        rows: &[&[optional("no_show_note", "referral.note", 2, "")]],
    },
    Ask {
        what: None,
        noun: "contacts",
        title: "contact.new",
        icon: "contact",
        tone: "",
        hint: "contact.count",
        submit: "contact.submit",
        rows: &[
            &[field("method", "contact.method", Kind::Ways)],
            &[field("result", "contact.result", Kind::Ways)],
            &[
                field("attempted_on", "contact.on", Kind::Day),
                field("attempted_time", "contact.at", Kind::Time),
            ],
            &[optional("contact_note", "contact.note", 2, "")],
        ],
    },
    Ask {
        what: Some(Move::Forward),
        noun: "forwarding",
        title: "referral.forward",
        icon: "referral",
        tone: "",
        hint: "",
        submit: "referral.forward.submit",
        rows: &[
            &[field("forward_to", "referral.forward_to", Kind::Choice)],
            &[field("forward_reason", "referral.reason", Kind::Note(2))],
        ],
    },
    Ask {
        what: Some(Move::Decline),
        noun: "decline",
        title: "referral.decline",
        icon: "declined",
        tone: "danger",
        hint: "referral.decline.hint",
        submit: "referral.decline.submit",
        rows: &[&[field("decline_reason", "referral.reason", Kind::Note(2))]],
    },
    Ask {
        what: Some(Move::Recall),
        noun: "recall",
        title: "referral.recall",
        icon: "recall",
        tone: "danger",
        hint: "",
        submit: "referral.recall.submit",
        rows: &[&[field("recall_reason", "referral.reason", Kind::Note(2))]],
    },
    Ask {
        what: Some(Move::Lose),
        noun: "loss",
        title: "referral.lose",
        icon: "lost",
        tone: "danger",
        hint: "referral.lose.hint",
        submit: "referral.lose.submit",
        rows: &[&[optional("loss_note", "referral.note", 2, "")]],
    },
];

#[cfg(test)]
mod tests {
    use super::{super::forms::MoveForm, ALL};

    #[test]
    fn every_field_is_one_of_the_form() {
        for field in ALL.iter().flat_map(|ask| ask.rows.iter()).flat_map(|row| row.iter()) {
            let sent = format!("{}=x", field.name);
            let form: MoveForm = serde_urlencoded::from_str(&sent).unwrap();
            assert_eq!(form.typed(field.name), "x", "{}", field.name);
        }
    }
}
