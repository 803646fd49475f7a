//! The dated rules of children's files: check ages, and the opening day of a district.

use entities::words::AgeUsed;

use super::{
    check_ages::{CheckAgeRules, CheckAgeRulesError},
    opening::{self, OpeningDay},
    replanning,
};
use crate::platform::{
    Say,
    rule::{Field, Follows, Kind, Part, Rule, RuleForm, Shown, Table, Wrong},
};

impl Rule for OpeningDay {
    const CODE: &'static str = "screening.opening_day";
    const FORM: RuleForm = RuleForm {
        order: 10,
        name: "rule.opening_day",
        lead: "rule.opening_day.lead",
        parts: &[Part::Fields(&[Field::new(
            "opens_on",
            "rule.opens_on",
            Kind::Day("rule.opens_on.none"),
        )
        .hint("rule.opens_on.hint")])],
    };
    const AT_ONCE: bool = true;
    const FOLLOWS: Option<Follows> = Some(|app, by| {
        Box::pin(async move {
            opening::settle(app, by, by.coverage()).await?;
            Ok(())
        })
    });

    const SHIPPED: &'static str = include_str!("dated.toml");
}

impl Rule for CheckAgeRules {
    const CODE: &'static str = "screening.check_ages";
    const FORM: RuleForm = RuleForm {
        order: 20,
        name: "rule.check_ages",
        lead: "rule.check_ages.lead",
        parts: &[
            Part::Fields(&[
                Field::new("edition", "rule.edition", Kind::Text(40))
                    .at("version")
                    .hint("rule.edition.hint"),
                Field::whole("preterm_below_weeks", "rule.preterm_below_weeks", 28, 40)
                    .at("preterm/preterm_below_weeks")
                    .hint("rule.in_weeks")
                    .unit("rule.unit.weeks"),
                Field::whole("term_weeks", "rule.term_weeks", 37, 45)
                    .at("preterm/term_weeks")
                    .hint("rule.in_weeks")
                    .unit("rule.unit.weeks"),
                Field::whole("until_months", "rule.until_months", 0, 60)
                    .at("preterm/until_months")
                    .hint("rule.in_months")
                    .unit("rule.unit.months"),
                Field::new(
                    "limit_by",
                    "rule.limit_by",
                    Kind::Word(
                        &[
                            (AgeUsed::Chronological.as_str(), AgeUsed::Chronological.word()),
                            (AgeUsed::Corrected.as_str(), AgeUsed::Corrected.word()),
                        ],
                        "",
                    ),
                )
                .at("preterm/limit_by")
                .hint("rule.limit_by.hint"),
                Field::whole("ends_at_months", "rule.ends_at_months", 12, 216)
                    .hint("rule.in_months")
                    .unit("rule.unit.months"),
            ]),
            Part::Table(Table {
                path: "ages",
                caption: "rule.check_ages",
                hint: "rule.check_ages.hint",
                row: "rule.age.row",
                columns: &[
                    Field::whole("months", "rule.age.months", 1, 215),
                    Field::whole("opens_months", "rule.age.opens_months", 0, 215)
                        .at("opens/months")
                        .unit("rule.unit.months"),
                    Field::whole("opens_days", "rule.age.opens_days", 0, 27)
                        .at("opens/days")
                        .unit("rule.unit.days"),
                    Field::whole("on_time_months", "rule.age.on_time_months", 0, 24)
                        .at("on_time/months")
                        .unit("rule.unit.months"),
                    Field::whole("on_time_days", "rule.age.on_time_days", 0, 27)
                        .at("on_time/days")
                        .unit("rule.unit.days"),
                ],
                shown: &[
                    Shown {
                        label: "rule.age.months",
                        sign: "",
                        fields: &["months"],
                    },
                    Shown {
                        label: "rule.age.opens",
                        sign: "",
                        fields: &["opens_months", "opens_days"],
                    },
                    Shown {
                        label: "rule.age.on_time",
                        sign: "± ",
                        fields: &["on_time_months", "on_time_days"],
                    },
                ],
                least: 0,
                spare: 1,
                by_cell: true,
            }),
        ],
    };

    const SOURCE: Option<&'static str> = Some("source");

    /// Windows follow the rule that is in force: one clock for the windows and for the day of a visit.
    const FOLLOWS: Option<Follows> = Some(|app, by| {
        Box::pin(async move {
            replanning::follow_the_clock(app, by, by.coverage()).await?;
            Ok(())
        })
    });

    /// The ages are the norm's; it names no windows and no days, so these are our settings, to be replaced by local plans.
    const SHIPPED: &'static str = include_str!("dated.toml");

    fn check(&self) -> Result<(), Wrong> {
        Self::check(self).map_err(|error| ("months", told(&error)))
    }
}

/// The error of the ages with the check it is about.
fn told(error: &CheckAgeRulesError) -> Say {
    match error {
        CheckAgeRulesError::Window(months) => Say::new("rule.check_ages.window").with("months", months),
        CheckAgeRulesError::Format(_)
        | CheckAgeRulesError::Empty
        | CheckAgeRulesError::Days(_)
        | CheckAgeRulesError::End
        | CheckAgeRulesError::Term => Say::new(error.key()),
    }
}
