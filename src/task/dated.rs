//! The dated rules of tasks: the days that a step may take, and who is told when they are over.

use super::{
    Deadlines,
    escalation::{Ladder, Rank, Rung},
};
use crate::platform::{
    Say,
    rule::{Field, Kind, Part, Rule, RuleForm, Shown, Table, Wrong},
};

impl Rule for Deadlines {
    const CODE: &'static str = "screening.deadlines";
    const FORM: RuleForm = RuleForm {
        order: 30,
        name: "rule.deadlines",
        lead: "rule.deadlines.lead",
        parts: &[Part::Fields(&[
            Field::whole("rescreen_days", "rule.rescreen_days", 1, 365)
                .hint("rule.in_days")
                .unit("rule.unit.days"),
            Field::whole("diagnosis_days", "rule.diagnosis_days", 1, 365)
                .hint("rule.in_days")
                .unit("rule.unit.days"),
            Field::whole("answer_working_days", "rule.answer_working_days", 1, 60)
                .hint("rule.in_working_days")
                .unit("rule.unit.working_days"),
            Field::whole("rehab_contact_working_days", "rule.rehab_contact_working_days", 1, 60)
                .hint("rule.in_working_days")
                .unit("rule.unit.working_days"),
            Field::whole("recheck_months", "rule.recheck_months", 1, 24)
                .hint("rule.in_months")
                .unit("rule.unit.months"),
            Field::whole("contact_attempts", "rule.contact_attempts", 1, 10)
                .hint("rule.contact_attempts.hint")
                .unit("rule.unit.times"),
        ])],
    };

    const SHIPPED: &'static str = include_str!("dated.toml");
}

impl Rule for Ladder {
    const CODE: &'static str = "screening.escalation";
    const FORM: RuleForm = RuleForm {
        order: 40,
        name: "rule.escalation",
        lead: "rule.escalation.lead",
        parts: &[Part::Table(Table {
            path: "rungs",
            caption: "rule.escalation",
            hint: "rule.escalation.hint",
            row: "rule.escalation.rung",
            columns: &[
                Field::whole("after", "rule.escalation.after", 0, 120).at("after_working_days"),
                Field::new(
                    "to",
                    "rule.escalation.to",
                    Kind::Word(
                        &[
                            (Rank::ReceiverSupervisor.as_str(), Rank::ReceiverSupervisor.key()),
                            (Rank::Federation.as_str(), Rank::Federation.key()),
                        ],
                        "rule.escalation.none",
                    ),
                ),
            ],
            shown: &[
                Shown {
                    label: "rule.escalation.after",
                    sign: "",
                    fields: &["after"],
                },
                Shown {
                    label: "rule.escalation.to",
                    sign: "",
                    fields: &["to"],
                },
            ],
            least: 4,
            spare: 0,
            by_cell: false,
        })],
    };

    const SHIPPED: &'static str = include_str!("dated.toml");

    /// It rises from rung to rung.
    fn check(&self) -> Result<(), Wrong> {
        let rises = |pair: &[Rung]| matches!(pair, [one, next] if one.after_working_days < next.after_working_days);
        if self.rungs.is_empty() {
            Err(("after", Say::new("rule.escalation.empty")))
        } else if self.rungs.windows(2).all(rises) {
            Ok(())
        } else {
            Err(("after", Say::new("rule.escalation.order")))
        }
    }
}
