//! Why something is refused or cut, in words: for the family, for the clerk with rule, date and figures, and what would
//! change it (MC, *words for a refusal or cut*; ML, plain language).

use chrono::NaiveDate;

use crate::{
    calendar::{Days, Leap, Turn},
    facts::{Code, Fact, Span},
    money::Fen,
    reason::{Cut, PaperFault, Reason, WindowKind},
    rules::{Lacking, RuleSet, Way},
    text::{Spoken, Text, known, say},
};

/// A refusal or a cut in words.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Said {
    /// For the family.
    pub plain: Text,
    /// For the clerk: the rule with its date, and the figures.
    pub figures: Text,
    /// What would change it.
    pub change: Text,
}

impl RuleSet {
    /// What the rule is called in sentences, with the day on which it came into force.
    pub fn named(&self) -> Text {
        match self.in_force.from {
            Some(from) => say("rule_dated", &[("rule", &self.title), ("from", &from)]),
            None => say("rule", &[("rule", &self.title)]),
        }
    }

    /// Why something is refused.
    pub fn why(&self, reason: &Reason) -> Said {
        let (figures, change) = self.figures(reason);
        Said {
            plain: plain(reason.code()),
            figures: say("by_rule", &[("rule", &self.named()), ("figures", &figures)]),
            change,
        }
    }

    /// Why an amount is cut.
    pub fn why_cut(&self, cut: &Cut) -> Said {
        let (figures, change) = cut_figures(cut);
        Said {
            plain: plain(cut.code()),
            figures: say("by_rule", &[("rule", &self.named()), ("figures", &figures)]),
            change,
        }
    }

    fn figures(&self, reason: &Reason) -> (Text, Text) {
        match reason {
            Reason::Approval { month, windows } => {
                let spans = listed(windows.iter().map(span), "or");
                let values: [(&str, &dyn Spoken); 2] = [("month", month), ("spans", &spans)];
                (say("why_approval", &values), say("change_approval", &values))
            }
            Reason::Consent => (say("why_consent", &[]), say("change_consent", &[])),
            Reason::Place => (say("why_place", &[]), say("change_place", &[])),
            Reason::Age { .. } => age(reason),
            Reason::Certificate { age, needed, fault } => {
                let names = self.any_of(needed);
                let values: [(&str, &dyn Spoken); 3] =
                    [("age", age), ("needed", &names), ("fault", &self.fault(fault))];
                (say("why_certificate", &values), say("change_paper", &values))
            }
            Reason::Residence { ways, lacking } => self.residence(ways, lacking),
            Reason::Proof { needed, held, fault } => {
                let (names, held) = (self.any_of(&needed.0), self.held(held));
                let values: [(&str, &dyn Spoken); 3] =
                    [("needed", &names), ("held", &held), ("fault", &self.fault(fault))];
                let why = match fault {
                    PaperFault::Missing => say("why_proof_missing", &values),
                    PaperFault::OutOfDate(..) | PaperFault::Issuer(_) | PaperFault::TooLong(..) => {
                        say("why_proof", &values)
                    }
                };
                (why, say("change_paper", &values))
            }
            Reason::Economy { needed, have } => {
                let (names, have) = (self.any_of(&needed.0), self.any_of(&have.0));
                let values: [(&str, &dyn Spoken); 2] = [("needed", &names), ("have", &have)];
                (say("why_economy", &values), say("change_economy", &values))
            }
            Reason::Category { used, category, year } => {
                let (used, category) = (self.any_of(used), self.name(category.as_str()));
                let values: [(&str, &dyn Spoken); 3] = [("used", &used), ("category", &category), ("year", year)];
                (say("why_category", &values), say("change_category", &values))
            }
            Reason::Intensity { modes } => {
                let modes = modes.iter().map(|(mode, lacking)| {
                    let lacking = self.lacking(lacking);
                    say(
                        "mode_lacks",
                        &[("mode", &self.name(mode.as_str())), ("lacking", &lacking)],
                    )
                });
                (
                    say("why_intensity", &[("modes", &listed(modes, "semicolon"))]),
                    say("change_intensity", &[]),
                )
            }
            Reason::NoRate { facts } => {
                let facts = facts.iter().map(|(kind, code)| {
                    say(
                        "fact_is",
                        &[("fact", &self.name(kind)), ("is", &self.name(code.as_str()))],
                    )
                });
                (
                    say("why_no_rate", &[("facts", &listed(facts, "list"))]),
                    say("change_no_rate", &[]),
                )
            }
            Reason::Attendance { days, plan, needed } => attendance(*days, *plan, *needed),
            Reason::Months { used, allowed, year } => {
                let values: [(&str, &dyn Spoken); 3] = [("used", used), ("allowed", allowed), ("year", year)];
                (
                    say("why_months", &values),
                    say("change_months", &[("next", &year_after(*year))]),
                )
            }
            Reason::Lifetime { used, allowed } => {
                let values: [(&str, &dyn Spoken); 2] = [("used", used), ("allowed", allowed)];
                (say("why_lifetime", &values), say("change_lifetime", &[]))
            }
            Reason::Nothing {
                gross,
                insurance,
                others,
            } => {
                let values: [(&str, &dyn Spoken); 3] = [("gross", gross), ("insurance", insurance), ("others", others)];
                (say("why_nothing", &values), say("change_nothing", &[]))
            }
            Reason::Window { .. } => window(reason),
        }
    }

    fn any_of(&self, codes: &[Code]) -> Text {
        Text::join(&self.names_of(codes), "or")
    }

    fn held(&self, codes: &[Code]) -> Text {
        if codes.is_empty() {
            return say("none_held", &[]);
        }
        Text::join(&self.names_of(codes), "list")
    }

    fn fault(&self, fault: &PaperFault) -> Text {
        match fault {
            PaperFault::Missing => say("paper_missing", &[]),
            PaperFault::OutOfDate(kind, days) => say(
                "paper_out_of_date",
                &[("paper", &self.name(kind.as_str())), ("days", &period(days))],
            ),
            PaperFault::Issuer(kind) => say("paper_issuer", &[("paper", &self.name(kind.as_str()))]),
            PaperFault::TooLong(kind, months) => say(
                "paper_too_long",
                &[("paper", &self.name(kind.as_str())), ("months", months)],
            ),
        }
    }

    fn residence(&self, ways: &[Way], lacking: &[Lacking]) -> (Text, Text) {
        let ways = ways.iter().map(|way| {
            let needs = way.iter().map(|(key, need)| self.need(key, need));
            listed(needs, "and")
        });
        let values: [(&str, &dyn Spoken); 2] = [
            ("ways", &listed(ways, "semicolon")),
            ("lacking", &self.lacking(lacking)),
        ];
        (say("why_residence", &values), say("change_residence", &values))
    }

    fn need(&self, key: &str, need: &Fact) -> Text {
        let name = self.name(key);
        match need {
            Fact::Yes(true) => name,
            Fact::Yes(false) => say("need_not", &[("name", &name)]),
            Fact::Number(number) => say("need_number", &[("name", &name), ("number", number)]),
        }
    }

    fn lacking(&self, lacking: &[Lacking]) -> Text {
        let each = lacking.iter().map(|one| match (one.need, one.have) {
            (Fact::Number(need), Fact::Number(have)) => {
                let short = need.saturating_sub(have);
                let name = self.name(&one.key);
                say(
                    "short",
                    &[("name", &name), ("need", &need), ("have", &have), ("short", &short)],
                )
            }
            (Fact::Yes(_) | Fact::Number(_), Fact::Yes(_) | Fact::Number(_)) => {
                say("not_so", &[("need", &self.need(&one.key, &one.need))])
            }
        });
        listed(each, "list")
    }
}

/// What the family reads (MC).
fn plain(code: &str) -> Text {
    known(&format!("plain_{code}"))
        .cloned()
        .unwrap_or_else(|| Text::same(code))
}

fn listed(texts: impl IntoIterator<Item = Text>, separator: &str) -> Text {
    Text::join(&texts.into_iter().collect::<Vec<_>>(), separator)
}

fn span(span: &Span) -> Text {
    period(&Days {
        from: span.from.map(crate::calendar::Month::first),
        to: span.to.map(crate::calendar::Month::last),
    })
}

fn period(days: &Days) -> Text {
    match (days.from, days.to) {
        (Some(from), Some(to)) => say("from_to", &[("from", &from), ("to", &to)]),
        (Some(from), None) => say("from_on", &[("from", &from)]),
        (None, Some(to)) => say("until", &[("to", &to)]),
        (None, None) => say("always", &[]),
    }
}

fn age(reason: &Reason) -> (Text, Text) {
    let Reason::Age {
        birth,
        day,
        age,
        count,
        limits,
        fits_on,
        left_on,
    } = reason
    else {
        return Default::default();
    };
    let bands = listed(
        limits
            .iter()
            .map(|(from, below)| say("age_band", &[("from", from), ("below", below)])),
        "or",
    );
    let turn = match count.turn {
        Turn::OnBirthday => say("turn_on_birthday", &[]),
        Turn::DayAfter => say("turn_day_after", &[]),
    };
    let is_leap_day = birth.format("%m-%d").to_string() == "02-29";
    let how = match count.leap {
        _ if !is_leap_day => turn,
        Leap::Mar1 => Text::join(&[turn, say("leap_mar1", &[])], "list"),
        Leap::Feb28 => Text::join(&[turn, say("leap_feb28", &[])], "list"),
    };
    let years = age.map_or_else(|| say("not_born", &[]), |age| say("years_old", &[("age", &age)]));
    let values: [(&str, &dyn Spoken); 5] = [
        ("birth", birth),
        ("day", day),
        ("years", &years),
        ("bands", &bands),
        ("how", &how),
    ];
    let change = match (fits_on, left_on) {
        (Some(on), _) => say("change_age_young", &[("on", on)]),
        (None, Some(on)) => say("change_age_old", &[("on", on)]),
        (None, None) => say("change_age", &[]),
    };
    (say("why_age", &values), change)
}

fn attendance(days: u32, plan: Option<u32>, needed: u32) -> (Text, Text) {
    let missing = needed.saturating_sub(days);
    let values: [(&str, &dyn Spoken); 3] = [("days", &days), ("needed", &needed), ("missing", &missing)];
    let why = match plan {
        None => say("why_attendance", &values),
        Some(plan) => say("why_attendance_of", &[("days", &days), ("plan", &plan)]),
    };
    (why, say("change_attendance", &values))
}

fn year_after(year: NaiveDate) -> NaiveDate {
    crate::calendar::months_later(year, 12).unwrap_or(year)
}

fn window(reason: &Reason) -> (Text, Text) {
    let Reason::Window {
        kind,
        day,
        windows,
        next,
    } = reason
    else {
        return Default::default();
    };
    let times = listed(windows.iter().map(period), "or");
    let values: [(&str, &dyn Spoken); 2] = [("day", day), ("times", &times)];
    let why = match kind {
        WindowKind::Application => say("why_application", &values),
        WindowKind::Transfer => say("why_transfer", &values),
    };
    let change = match next {
        Some(next) => say("change_window", &[("next", next)]),
        None => say("change_window_over", &[]),
    };
    (why, change)
}

fn cut_figures(cut: &Cut) -> (Text, Text) {
    match cut {
        Cut::Day { rate, days, cap } => {
            let values: [(&str, &dyn Spoken); 3] = [("rate", rate), ("days", days), ("cap", cap)];
            (say("why_day", &values), say("change_day", &values))
        }
        Cut::Month {
            whole,
            part,
            step,
            paid,
        } => {
            let left = part.less(*paid).unwrap_or(Fen::ZERO);
            let mut why = say("why_month", &[("whole", whole), ("paid", paid), ("left", &left)]);
            if let Some(step) = step {
                why = why.then(&say("why_month_step", &[("step", step), ("part", part)]));
            } else if part != whole {
                why = why.then(&say("why_month_part", &[("part", part)]));
            }
            (why, say("change_month", &[]))
        }
        Cut::Year { cap, paid, year } => {
            let left = cap.less(*paid).unwrap_or(Fen::ZERO);
            let values: [(&str, &dyn Spoken); 4] = [("cap", cap), ("paid", paid), ("left", &left), ("year", year)];
            (
                say("why_year", &values),
                say("change_year", &[("next", &year_after(*year))]),
            )
        }
    }
}
