//! The dated rules of places as pages show and edit them.

use entities::words::{CareService, EnrolmentMode};

use super::rules::{Asked, Hours, Means, OfferTerms, Priority, PriorityGroup, Severity, Sibling};
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

/// Whether something is asked for.
const ASKED: Kind = Kind::Word(
    &[("any", "rule.priority.any"), ("yes", "rule.priority.yes")],
    "rule.none",
);

impl Rule for Priority {
    const CODE: &'static str = "places.priority";
    const FORM: RuleForm = RuleForm {
        order: 66,
        name: "rule.priority",
        lead: "rule.priority.lead",
        parts: &[
            Part::Fields(&[Field::whole("moved_months", "rule.priority.moved_months", 0, 120)
                .hint("rule.priority.moved_months.hint")
                .unit("rule.unit.months")]),
            Part::Table(Table {
                path: "groups",
                caption: "rule.priority.groups",
                hint: "rule.priority.groups.hint",
                row: "rule.priority.group",
                columns: &[
                    Field::new("group", "rule.priority.code", Kind::Text(32)).at("code"),
                    Field::new("zh", "rule.priority.zh", Kind::Text(40)),
                    Field::new("en", "rule.priority.en", Kind::Text(80)),
                    Field::whole("from_months", "rule.priority.from_months", 0, 240),
                    Field::whole("below_months", "rule.priority.below_months", 0, 240),
                    Field::new(
                        "severity",
                        "rule.priority.severity",
                        Kind::Word(
                            &[
                                ("any", "rule.priority.any"),
                                ("severe", "rule.priority.severity.severe"),
                            ],
                            "rule.none",
                        ),
                    ),
                    Field::new(
                        "means",
                        "rule.priority.means",
                        Kind::Word(
                            &[
                                ("any", "rule.priority.any"),
                                ("subsistence", "rule.priority.means.subsistence"),
                                ("low_income", "rule.priority.means.low_income"),
                            ],
                            "rule.none",
                        ),
                    ),
                    Field::new(
                        "sibling",
                        "rule.priority.sibling",
                        Kind::Word(
                            &[
                                ("any", "rule.priority.any"),
                                ("enrolled", "rule.priority.sibling.enrolled"),
                                ("waiting", "rule.priority.sibling.waiting"),
                            ],
                            "rule.none",
                        ),
                    ),
                    Field::new("moved", "rule.priority.moved", ASKED),
                    Field::new("returned", "rule.priority.returned", ASKED),
                ],
                shown: &[
                    shown("rule.priority.zh", &["zh"]),
                    shown("rule.priority.from_months", &["from_months"]),
                    shown("rule.priority.below_months", &["below_months"]),
                    shown("rule.priority.severity", &["severity"]),
                    shown("rule.priority.means", &["means"]),
                    shown("rule.priority.sibling", &["sibling"]),
                    shown("rule.priority.moved", &["moved"]),
                    shown("rule.priority.returned", &["returned"]),
                ],
                least: 8,
                spare: 2,
                by_cell: false,
            }),
        ],
    };

    const SHIPPED: &'static str = include_str!("dated.toml");

    /// Everybody finds a group, every group has one name, and stands in one place.
    fn check(&self) -> Result<(), Wrong> {
        let plain = |code: &str| {
            let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            !code.is_empty() && code.chars().all(fits)
        };
        if self.groups.iter().any(|row| !plain(&row.code)) {
            return Err(("group", Say::new("approval.flaw.code")));
        }
        if self.groups.iter().any(|row| row.zh.is_empty() || row.en.is_empty()) {
            return Err(("group", Say::new("rule.priority.unnamed")));
        }
        let ages = |row: &PriorityGroup| row.below_months == 0 || row.from_months < row.below_months;
        if !self.groups.iter().all(ages) {
            return Err(("below_months", Say::new("rule.priority.ages")));
        }
        if !self.groups.last().is_some_and(takes_everybody) {
            return Err(("group", Say::new("rule.priority.last")));
        }
        let apart = self.groups.iter().enumerate().any(|(n, row)| {
            let mut others = self.groups.iter().skip(n).skip_while(|other| other.code == row.code);
            others.any(|other| other.code == row.code)
        });
        if apart {
            return Err(("group", Say::new("rule.priority.apart")));
        }
        let two_names = self.groups.windows(2).any(|pair| match pair {
            [one, two] => one.code == two.code && (one.zh != two.zh || one.en != two.en),
            _ => false,
        });
        if two_names {
            return Err(("group", Say::new("rule.priority.two_names")));
        }
        Ok(())
    }
}

/// A group that asks for nothing.
fn takes_everybody(row: &PriorityGroup) -> bool {
    let asks = (row.from_months, row.below_months, row.severity, row.means);
    asks == (0, 0, Severity::Any, Means::Any)
        && (row.sibling, row.moved, row.returned) == (Sibling::Any, Asked::Any, Asked::Any)
}

impl Rule for OfferTerms {
    const CODE: &'static str = "places.offer";
    const FORM: RuleForm = RuleForm {
        order: 67,
        name: "rule.offer",
        lead: "rule.offer.lead",
        parts: &[Part::Fields(&[
            Field::whole("hold_working_days", "rule.offer.hold", 1, 60)
                .hint("rule.offer.hold.hint")
                .unit("rule.unit.working_days"),
            Field::whole("remind_working_days", "rule.offer.remind", 0, 59)
                .hint("rule.offer.remind.hint")
                .unit("rule.unit.working_days"),
            Field::whole("defer_days", "rule.offer.defer", 1, 730).unit("rule.unit.days"),
            Field::whole("call_working_days", "rule.offer.call", 1, 60)
                .hint("rule.offer.call.hint")
                .unit("rule.unit.working_days"),
            Field::whole("told_waits", "rule.offer.told", 1, 50),
            Field::whole("least_waits", "rule.offer.least", 1, 50).hint("rule.offer.least.hint"),
        ])],
    };

    const SHIPPED: &'static str = include_str!("dated.toml");

    /// A reminder comes while the offer is held, and what is told is enough to be told.
    fn check(&self) -> Result<(), Wrong> {
        if self.remind_working_days >= self.hold_working_days {
            Err(("remind_working_days", Say::new("rule.offer.order")))
        } else if self.least_waits > self.told_waits {
            Err(("least_waits", Say::new("rule.offer.few")))
        } else {
            Ok(())
        }
    }
}

impl Rule for Hours {
    const CODE: &'static str = "places.hours";
    const FORM: RuleForm = RuleForm {
        order: 68,
        name: "rule.hours",
        lead: "rule.hours.lead",
        parts: &[Part::Table(Table {
            path: "rows",
            caption: "rule.hours",
            hint: "rule.hours.hint",
            row: "rule.hours.row",
            columns: &[
                Field::new(
                    "mode",
                    "application.mode",
                    Kind::Word(
                        &[
                            (EnrolmentMode::FullDay.as_str(), EnrolmentMode::FullDay.word()),
                            (EnrolmentMode::HalfDay.as_str(), EnrolmentMode::HalfDay.word()),
                            (EnrolmentMode::Hourly.as_str(), EnrolmentMode::Hourly.word()),
                        ],
                        "rule.none",
                    ),
                ),
                Field::new(
                    "service",
                    "service_capacity.service",
                    Kind::Word(
                        &[
                            (CareService::Individual.as_str(), CareService::Individual.word()),
                            (CareService::Group.as_str(), CareService::Group.word()),
                            (CareService::Lesson.as_str(), CareService::Lesson.word()),
                        ],
                        "rule.none",
                    ),
                ),
                Field::whole("minutes_per_week", "rule.hours.minutes", 1, 6000),
            ],
            shown: &[
                shown("application.mode", &["mode"]),
                shown("service_capacity.service", &["service"]),
                shown("rule.hours.minutes", &["minutes_per_week"]),
            ],
            least: 3,
            spare: 2,
            by_cell: false,
        })],
    };

    const SHIPPED: &'static str = include_str!("dated.toml");

    /// A mode has a service once.
    fn check(&self) -> Result<(), Wrong> {
        let twice = self.rows.iter().enumerate().any(|(n, row)| {
            let mut before = self.rows.iter().take(n);
            before.any(|other| (other.mode, other.service) == (row.mode, row.service))
        });
        if twice {
            Err(("service", Say::new("rule.hours.twice")))
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_in_which_somebody_finds_no_group_is_none() {
        let row = |code: &str, returned| PriorityGroup {
            code: code.to_owned(),
            zh: code.to_owned(),
            en: code.to_owned(),
            returned,
            ..PriorityGroup::default()
        };
        let rule = |groups: Vec<PriorityGroup>| Priority {
            moved_months: 12,
            groups,
        };
        assert!(
            rule(vec![row("one", Asked::Yes), row("all", Asked::Any)])
                .check()
                .is_ok()
        );
        assert!(rule(vec![]).check().is_err());
        assert!(
            rule(vec![row("all", Asked::Any), row("one", Asked::Yes)])
                .check()
                .is_err()
        );
        let apart = vec![row("one", Asked::Yes), row("two", Asked::Yes), row("one", Asked::Any)];
        assert!(rule(apart).check().is_err(), "one group stands in two places");
        let mut named = vec![row("one", Asked::Yes), row("one", Asked::Any)];
        named[1].zh = "又".to_owned();
        assert!(rule(named).check().is_err(), "one group has two names");
    }
}
