//! The dated rule of appointments: when they are given, and how many in an hour.

use super::appointments::Hours;
use crate::platform::{
    Say,
    rule::{Field, Kind, Part, Rule, RuleForm, Wrong},
};

impl Rule for Hours {
    const CODE: &'static str = "screening.appointments";
    const FORM: RuleForm = RuleForm {
        order: 35,
        name: "rule.appointments",
        lead: "rule.appointments.lead",
        parts: &[Part::Fields(&[
            Field::new("opens", "rule.appointments.opens", Kind::Text(5)).hint("rule.appointments.time"),
            Field::new("closes", "rule.appointments.closes", Kind::Text(5)).hint("rule.appointments.time"),
            Field::whole("rescreen_per_hour", "rule.appointments.rescreen", 0, 200)
                .hint("rule.appointments.most")
                .unit("rule.unit.children"),
            Field::whole("diagnosis_per_hour", "rule.appointments.diagnosis", 0, 200)
                .hint("rule.appointments.most")
                .unit("rule.unit.children"),
            Field::whole("intake_per_hour", "rule.appointments.intake", 0, 200)
                .hint("rule.appointments.most")
                .unit("rule.unit.children"),
        ])],
    };

    const SHIPPED: &'static str = include_str!("dated.toml");

    /// Times of day, the one before the other.
    fn check(&self) -> Result<(), Wrong> {
        match self.times() {
            Some(_) => Ok(()),
            None => Err(("opens", Say::new("rule.appointments.wrong"))),
        }
    }
}
