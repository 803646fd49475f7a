//! The dated rule of appointments: when they are given, and how many in an hour.

use entities::words::OrganisationKind;

use super::appointments::Hours;
use crate::platform::{
    Say,
    rule::{Field, Kind, Part, Rule, RuleForm, Shown, Table, Wrong},
};

impl Rule for Hours {
    const CODE: &'static str = "screening.appointments";
    const FORM: RuleForm = RuleForm {
        order: 35,
        name: "rule.appointments",
        lead: "rule.appointments.lead",
        parts: &[
            Part::Fields(&[
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
            ]),
            Part::Table(Table {
                path: "places",
                caption: "rule.appointments.places",
                hint: "rule.appointments.places.hint",
                row: "rule.appointments.place.row",
                columns: &[
                    Field::new(
                        "place",
                        "rule.appointments.place",
                        Kind::Place(
                            &[
                                OrganisationKind::RescreenHospital,
                                OrganisationKind::DiagnosingHospital,
                                OrganisationKind::RehabilitationCentre,
                            ],
                            "rule.appointments.place.none",
                        ),
                    )
                    .at("organisation"),
                    Field::whole("per_hour", "rule.appointments.per_hour", 0, 200),
                ],
                shown: &[
                    Shown {
                        label: "rule.appointments.place",
                        sign: "",
                        fields: &["place"],
                    },
                    Shown {
                        label: "rule.appointments.per_hour",
                        sign: "",
                        fields: &["per_hour"],
                    },
                ],
                least: 2,
                spare: 1,
                by_cell: true,
            }),
        ],
    };

    const SHIPPED: &'static str = include_str!("dated.toml");

    /// Times of day, the one before the other; every organisation once.
    fn check(&self) -> Result<(), Wrong> {
        if self.times().is_none() {
            return Err(("opens", Say::new("rule.appointments.wrong")));
        }
        let mut named: Vec<_> = self.places.iter().map(|place| place.organisation).collect();
        named.sort_unstable();
        if named.windows(2).any(|pair| pair.first() == pair.last()) {
            return Err(("place", Say::new("rule.appointments.twice")));
        }
        Ok(())
    }
}
