//! The dated rules of enrolment as pages show and edit them.

use entities::words::Issuer;

use super::rules::{Admission, Deferral, Health, Materials, Terms};
use crate::platform::{
    Say,
    rule::{Field, Kind, Part, Rule, RuleForm, Shown, Table, Wrong},
};

/// A column that is shown as it is.
const fn shown(label: &'static str, fields: &'static [&'static str]) -> Shown {
    Shown {
        label,
        sign: "",
        fields,
    }
}

impl Rule for Admission {
    const CODE: &'static str = "enrolment.admission";
    const FORM: RuleForm = RuleForm {
        order: 60,
        name: "rule.admission",
        lead: "rule.admission.lead",
        parts: &[
            Part::Fields(&[
                Field::new(
                    "reference",
                    "rule.admission.reference",
                    Kind::Word(
                        &[
                            ("application", "rule.admission.reference.application"),
                            ("wanted_start", "rule.admission.reference.wanted_start"),
                            ("year_start", "rule.admission.reference.year_start"),
                            ("school_year", "rule.admission.reference.school_year"),
                        ],
                        "",
                    ),
                ),
                Field::new(
                    "leap",
                    "rule.admission.leap",
                    Kind::Word(
                        &[
                            ("mar1", "rule.admission.leap.mar1"),
                            ("feb28", "rule.admission.leap.feb28"),
                        ],
                        "",
                    ),
                ),
                Field::whole("permit_months", "rule.admission.permit_months", 0, 120)
                    .hint("rule.admission.permit_months.hint")
                    .unit("rule.unit.months"),
            ]),
            Part::Table(Table {
                path: "bands",
                caption: "rule.admission.bands",
                hint: "rule.admission.bands.hint",
                row: "rule.admission.band",
                columns: &[
                    Field::new("band", "rule.admission.band.id", Kind::Text(20)).at("id"),
                    Field::whole("band_from", "rule.admission.band.from", 0, 18).at("from"),
                    Field::whole("band_below", "rule.admission.band.below", 1, 19).at("below"),
                    Field::new(
                        "band_certificate",
                        "rule.admission.band.certificate",
                        Kind::Word(
                            &[
                                ("none", "rule.admission.certificate.none"),
                                ("deferral", "rule.admission.certificate.deferral"),
                            ],
                            "rule.none",
                        ),
                    )
                    .at("certificate"),
                    Field::new(
                        "band_proof",
                        "rule.admission.band.proof",
                        Kind::Word(
                            &[
                                ("either", "rule.admission.proof.either"),
                                ("card", "rule.admission.proof.card"),
                            ],
                            "rule.none",
                        ),
                    )
                    .at("proof"),
                ],
                shown: &[
                    shown("rule.admission.band.id", &["band"]),
                    shown("rule.admission.band.from", &["band_from"]),
                    shown("rule.admission.band.below", &["band_below"]),
                    shown("rule.admission.band.certificate", &["band_certificate"]),
                    shown("rule.admission.band.proof", &["band_proof"]),
                ],
                least: 3,
                spare: 1,
                by_cell: false,
            }),
            Part::Table(Table {
                path: "windows",
                caption: "rule.admission.windows",
                hint: "rule.admission.windows.hint",
                row: "rule.admission.window",
                columns: &[
                    Field::new("window_from", "rule.admission.window.from", Kind::Day("rule.none")).at("from"),
                    Field::new("window_to", "rule.admission.window.to", Kind::Day("rule.none")).at("to"),
                ],
                shown: &[
                    shown("rule.admission.window.from", &["window_from"]),
                    shown("rule.admission.window.to", &["window_to"]),
                ],
                least: 2,
                spare: 1,
                by_cell: false,
            }),
        ],
    };

    const SHIPPED: &'static str = include_str!("dated.toml");

    /// Bands that can be, and times that have two ends in their order.
    fn check(&self) -> Result<(), Wrong> {
        if self.bands.is_empty() {
            return Err(("band", Say::new("rule.admission.empty")));
        }
        if self.bands.iter().any(|band| band.from >= band.below) {
            return Err(("band", Say::new("rule.admission.wrong")));
        }
        let can_be = |window: &super::rules::Window| window.from.zip(window.to).is_some_and(|(from, to)| from <= to);
        if self.windows.iter().all(can_be) {
            Ok(())
        } else {
            Err(("window_from", Say::new("rule.admission.window.wrong")))
        }
    }
}

impl Rule for Materials {
    const CODE: &'static str = "enrolment.materials";
    const FORM: RuleForm = RuleForm {
        order: 61,
        name: "rule.materials",
        lead: "rule.materials.lead",
        parts: &[Part::Table(Table {
            path: "rows",
            caption: "rule.materials",
            hint: "rule.materials.hint",
            row: "rule.materials.row",
            columns: &[
                Field::new("material", "rule.materials.code", Kind::Text(32)).at("code"),
                Field::new("zh", "rule.materials.zh", Kind::Text(40)),
                Field::new("en", "rule.materials.en", Kind::Text(80)),
                Field::new(
                    "mode",
                    "rule.materials.mode",
                    Kind::Word(
                        &[
                            ("any", "rule.materials.mode.any"),
                            ("full_day", "word.enrolment_mode.full_day"),
                            ("half_day", "word.enrolment_mode.half_day"),
                            ("hourly", "word.enrolment_mode.hourly"),
                        ],
                        "rule.none",
                    ),
                ),
                Field::whole("from_months", "rule.materials.from_months", 0, 240),
                Field::whole("below_months", "rule.materials.below_months", 0, 240),
                Field::new(
                    "need",
                    "rule.materials.need",
                    Kind::Word(
                        &[("must", "rule.materials.need.must"), ("may", "rule.materials.need.may")],
                        "rule.none",
                    ),
                ),
                Field::whole("valid_months", "rule.materials.valid_months", 0, 120),
            ],
            shown: &[
                shown("rule.materials.zh", &["zh"]),
                shown("rule.materials.mode", &["mode"]),
                shown("rule.materials.from_months", &["from_months"]),
                shown("rule.materials.below_months", &["below_months"]),
                shown("rule.materials.need", &["need"]),
                shown("rule.materials.valid_months", &["valid_months"]),
            ],
            least: 4,
            spare: 3,
            by_cell: false,
        })],
    };

    const SHIPPED: &'static str = include_str!("dated.toml");

    /// Codes are plain, and every paper has a name.
    fn check(&self) -> Result<(), Wrong> {
        let plain = |code: &str| {
            let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            !code.is_empty() && code.chars().all(fits)
        };
        if self.rows.is_empty() {
            Err(("material", Say::new("rule.materials.empty")))
        } else if self.rows.iter().any(|row| !plain(&row.code)) {
            Err(("material", Say::new("approval.flaw.code")))
        } else if self.rows.iter().any(|row| row.zh.is_empty() || row.en.is_empty()) {
            Err(("material", Say::new("rule.materials.unnamed")))
        } else {
            Ok(())
        }
    }
}

impl Rule for Deferral {
    const CODE: &'static str = "enrolment.deferral";
    const FORM: RuleForm = RuleForm {
        order: 62,
        name: "rule.deferral",
        lead: "rule.deferral.lead",
        parts: &[
            Part::Fields(&[
                Field::whole("longest_months", "rule.deferral.longest", 1, 36).unit("rule.unit.months"),
                Field::whole("first_days", "rule.deferral.first", 1, 365)
                    .hint("rule.deferral.first.hint")
                    .unit("rule.unit.days"),
                Field::whole("second_days", "rule.deferral.second", 0, 365)
                    .hint("rule.deferral.second.hint")
                    .unit("rule.unit.days"),
            ]),
            Part::Table(Table {
                path: "issuers",
                caption: "rule.deferral.issuers",
                hint: "rule.deferral.issuers.hint",
                row: "rule.deferral.issuer",
                columns: &[Field::new(
                    "issuer",
                    "rule.deferral.issuer",
                    Kind::Word(
                        &[
                            (Issuer::EducationBureau.as_str(), Issuer::EducationBureau.word()),
                            (Issuer::Township.as_str(), Issuer::Township.word()),
                            (Issuer::Hospital.as_str(), Issuer::Hospital.word()),
                            (Issuer::ExpertCommittee.as_str(), Issuer::ExpertCommittee.word()),
                            (Issuer::Federation.as_str(), Issuer::Federation.word()),
                            (Issuer::Other.as_str(), Issuer::Other.word()),
                        ],
                        "rule.none",
                    ),
                )],
                shown: &[shown("rule.deferral.issuer", &["issuer"])],
                least: 3,
                spare: 1,
                by_cell: false,
            }),
        ],
    };

    const SHIPPED: &'static str = include_str!("dated.toml");

    /// The second reminder comes after the first.
    fn check(&self) -> Result<(), Wrong> {
        if self.second_days < self.first_days {
            Ok(())
        } else {
            Err(("second_days", Say::new("rule.deferral.order")))
        }
    }
}

impl Rule for Health {
    const CODE: &'static str = "enrolment.health";
    const FORM: RuleForm = RuleForm {
        order: 63,
        name: "rule.health",
        lead: "rule.health.lead",
        parts: &[Part::Fields(&[
            Field::whole("vaccination_days", "rule.health.vaccination", 1, 365)
                .hint("rule.health.vaccination.hint")
                .unit("rule.unit.days"),
            Field::whole("catch_up_month", "rule.health.catch_up_month", 1, 12).hint("rule.health.catch_up.hint"),
            Field::whole("catch_up_day", "rule.health.catch_up_day", 1, 31),
            Field::whole("absence_months", "rule.health.absence", 1, 24)
                .hint("rule.health.absence.hint")
                .unit("rule.unit.months"),
        ])],
    };

    const SHIPPED: &'static str = include_str!("dated.toml");

    /// A day that every year has.
    fn check(&self) -> Result<(), Wrong> {
        match chrono::NaiveDate::from_ymd_opt(2027, self.catch_up_month, self.catch_up_day) {
            Some(_) => Ok(()),
            None => Err(("catch_up_day", Say::new("form.date"))),
        }
    }
}

impl Rule for Terms {
    const CODE: &'static str = "enrolment.terms";
    const FORM: RuleForm = RuleForm {
        order: 64,
        name: "rule.enrolment_terms",
        lead: "rule.enrolment_terms.lead",
        parts: &[Part::Fields(&[
            Field::whole("approval_months", "rule.enrolment_terms.approval", 1, 60)
                .hint("rule.enrolment_terms.approval.hint")
                .unit("rule.unit.months"),
            Field::whole("trial_days", "rule.enrolment_terms.trial", 1, 180).unit("rule.unit.days"),
            Field::whole("conclude_days", "rule.enrolment_terms.conclude", 0, 60)
                .hint("rule.enrolment_terms.conclude.hint")
                .unit("rule.unit.days"),
            Field::whole("complete_working_days", "rule.enrolment_terms.complete", 1, 120)
                .unit("rule.unit.working_days"),
            Field::whole("deliver_working_days", "rule.enrolment_terms.deliver", 1, 60).unit("rule.unit.working_days"),
            Field::whole("appeal_days", "rule.enrolment_terms.appeal", 0, 365)
                .hint("rule.enrolment_terms.appeal.hint")
                .unit("rule.unit.days"),
        ])],
    };

    const SHIPPED: &'static str = include_str!("dated.toml");
}
