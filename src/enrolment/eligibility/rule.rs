//! The dated rule as the subsidy's tests of the person read it. Pure.

use chrono::{Datelike as _, NaiveDate};
use entities::words::{Issuer, Language};
use subsidy::{
    Text,
    calendar::{Days, Leap as Leaps},
    facts::{Code, Codes, Fact, Facts, Paper, Person},
    person::{self, Verdict, When},
    reason::{Reason, WindowKind},
    rules::{AgeRule, Band, CertificateRule, Params, RuleSet, Way},
};

use super::{
    Test,
    judged::{Judged, Line, Told},
};
use crate::{
    enrolment::rules::{Admission, Asked, DEFERRAL, Deferral, Leap, Proof, Reference, age_months},
    platform::{Say, parameter::Dated},
};

/// A certificate that school is deferred.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// From when.
    pub from: Option<NaiveDate>,
    /// Until when.
    pub to: Option<NaiveDate>,
    /// Who issued it.
    pub issuer: Option<Issuer>,
}

/// A place that the child has elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// Where.
    pub centre: String,
    /// The number of its decision.
    pub number: String,
    /// Until when.
    pub to: Option<NaiveDate>,
}

/// What is known of a child that applies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applicant {
    /// The day of birth.
    pub birth: NaiveDate,
    /// The day of the application: of its first submission, today before that.
    pub applied_on: NaiveDate,
    /// The day on which it is to begin.
    pub wanted_from: NaiveDate,
    /// The household is registered in the district.
    pub household_here: bool,
    /// A residence permit: from when, until when.
    pub permit: Option<(Option<NaiveDate>, Option<NaiveDate>)>,
    /// A disability card: until when.
    pub card: Option<Option<NaiveDate>>,
    /// The day of the diagnosis of autism.
    pub diagnosed_on: Option<NaiveDate>,
    /// Certificates that school is deferred.
    pub deferrals: Vec<Certificate>,
    /// A place elsewhere that lasts beyond the day on which it is to begin.
    pub elsewhere: Option<Elsewhere>,
    /// Tests that somebody answers for, and why.
    pub overrides: Vec<(Test, String)>,
}

/// The day whose age counts.
pub fn reference_day(rule: &Admission, applied_on: NaiveDate, wanted_from: NaiveDate) -> NaiveDate {
    let in_year = |month, day| NaiveDate::from_ymd_opt(applied_on.year(), month, day).unwrap_or(applied_on);
    match rule.reference {
        Reference::Application => applied_on,
        Reference::WantedStart => wanted_from,
        Reference::YearStart => in_year(1, 1),
        Reference::SchoolYear => in_year(8, 31),
    }
}

const HOUSEHOLD: &str = "hukou";
const PERMIT: &str = "permit";
const PERMIT_MONTHS: &str = "permit_months";
const DIAGNOSIS: &str = "diagnosis";
const CARD: &str = "card";

/// What the tests come to.
pub fn judge(rule: &Dated<Admission>, deferral: &Deferral, applicant: &Applicant) -> Judged {
    let day = reference_day(&rule.value, applicant.applied_on, applicant.wanted_from);
    let set = rule_set(rule, deferral);
    let person = person_of(applicant);
    let when = When {
        age_day: day,
        from: applicant.applied_on,
        to: applicant.applied_on,
    };
    let judgement = person::judge(&set.params, &person, when);
    let window = person::window(WindowKind::Application, &set.params.application, applicant.applied_on);
    let mut verdicts = vec![(Test::Window, window)];
    verdicts.extend(judgement.verdicts.iter().filter_map(|(test, verdict)| {
        let ours = match test {
            person::Test::Age => Test::Age,
            person::Test::Certificate => Test::Certificate,
            person::Test::Residence => Test::Residence,
            person::Test::Proof => Test::Proof,
            // The situation of a family says whose turn it is, never whether a child may come.
            person::Test::Economy => return None,
        };
        Some((ours, verdict.clone()))
    }));
    let about = About {
        applicant,
        day,
        age: judgement.age,
        band: judgement.band,
        rule,
    };
    let mut lines: Vec<Line> = verdicts
        .into_iter()
        .map(|(test, verdict)| line(&set, &about, test, &verdict))
        .collect();
    lines.push(transfer(&about));
    for one in &mut lines {
        let answered = applicant.overrides.iter().find(|(test, _)| *test == one.test);
        one.because = answered.filter(|_| !one.met).map(|(_, why)| why.clone());
    }
    Judged {
        day,
        age: judgement.age,
        lines,
    }
}

/// What a sentence about a test that holds is made of.
struct About<'a> {
    applicant: &'a Applicant,
    day: NaiveDate,
    age: Option<u32>,
    band: Option<&'a Band>,
    rule: &'a Dated<Admission>,
}

fn line(set: &RuleSet, told: &About<'_>, test: Test, verdict: &Verdict) -> Line {
    match verdict {
        Verdict::Met => Line {
            test,
            met: true,
            because: None,
            said: Told::Say(met(told, test)),
            change: None,
        },
        Verdict::Unmet(reason) | Verdict::Overridden { unmet: reason, .. } => unmet(set, test, reason),
    }
}

fn unmet(set: &RuleSet, test: Test, reason: &Reason) -> Line {
    let said = set.why(reason);
    Line {
        test,
        met: false,
        because: None,
        said: Told::Text(said.figures),
        change: Some(Told::Text(said.change)),
    }
}

/// The sentence of a test that holds.
fn met(told: &About<'_>, test: Test) -> Say {
    let applicant = told.applicant;
    let dated = |key: &'static str| Say::new(key).with("rule_from", told.rule.valid_from);
    match test {
        Test::Window => dated(if told.rule.value.windows.is_empty() {
            "eligibility.met.window.always"
        } else {
            "eligibility.met.window"
        })
        .with("day", applicant.applied_on),
        Test::Age => dated("eligibility.met.age")
            .with("birth", applicant.birth)
            .with("day", told.day)
            .with("age", told.age.unwrap_or_default())
            .with("from", told.band.map_or(0, |band| band.from))
            .with("below", told.band.map_or(0, |band| band.below)),
        Test::Certificate => match told.band.filter(|band| !band.certificate.is_empty()) {
            None => dated("eligibility.met.certificate.none").with("age", told.age.unwrap_or_default()),
            Some(_) => {
                let until = applicant.deferrals.iter().filter_map(|one| one.to).max();
                dated("eligibility.met.certificate").with("until", until.map_or(String::new(), |day| day.to_string()))
            }
        },
        Test::Residence => dated(if applicant.household_here {
            "eligibility.met.residence.household"
        } else {
            "eligibility.met.residence.permit"
        })
        .with("months", permit_months(applicant)),
        Test::Proof => match (applicant.card, applicant.diagnosed_on) {
            (Some(until), _) => {
                dated("eligibility.met.proof.card").with("until", until.map_or(String::new(), |day| day.to_string()))
            }
            (None, on) => {
                dated("eligibility.met.proof.diagnosis").with("on", on.map_or(String::new(), |day| day.to_string()))
            }
        },
        Test::Transfer => Say::new("eligibility.met.transfer").with("day", applicant.wanted_from),
    }
}

/// A child that has a place elsewhere comes over: the one ends before the other begins.
fn transfer(told: &About<'_>) -> Line {
    let applicant = told.applicant;
    let Some(elsewhere) = &applicant.elsewhere else {
        return Line {
            test: Test::Transfer,
            met: true,
            because: None,
            said: Told::Say(met(told, Test::Transfer)),
            change: None,
        };
    };
    let say = |key: &'static str| {
        let say = Say::new(key)
            .with("centre", &elsewhere.centre)
            .with("number", &elsewhere.number)
            .with("day", applicant.wanted_from);
        Told::Say(match elsewhere.to {
            Some(to) => say.with("until", to),
            None => say.with("until", "—"),
        })
    };
    Line {
        test: Test::Transfer,
        met: false,
        because: None,
        said: say("eligibility.transfer.elsewhere"),
        change: Some(say("eligibility.transfer.change")),
    }
}

fn permit_months(applicant: &Applicant) -> u32 {
    let from = applicant.permit.and_then(|(from, _)| from);
    from.and_then(|from| age_months(from, applicant.applied_on))
        .unwrap_or_default()
}

fn person_of(applicant: &Applicant) -> Person {
    let days = |from, to| Days { from, to };
    let paper = |kind: &str, valid| Paper {
        kind: Code::new(kind),
        valid,
        issuer: None,
    };
    let mut person = Person::born(applicant.birth, "autism");
    person.applied_on = Some(applicant.applied_on);
    person
        .proof
        .extend(applicant.diagnosed_on.map(|on| paper(DIAGNOSIS, days(Some(on), None))));
    person
        .proof
        .extend(applicant.card.map(|until| paper(CARD, days(None, until))));
    person.certificates = applicant
        .deferrals
        .iter()
        .map(|one| Paper {
            issuer: one.issuer.map(|issuer| Code::new(issuer.as_str())),
            ..paper(DEFERRAL, days(one.from, one.to))
        })
        .collect();
    let valid = applicant
        .permit
        .is_some_and(|(from, to)| days(from, to).hold(applicant.applied_on));
    let months = if valid { permit_months(applicant) } else { 0 };
    person.residence = Facts(
        [
            (HOUSEHOLD.to_owned(), Fact::Yes(applicant.household_here)),
            (PERMIT.to_owned(), Fact::Yes(valid)),
            (PERMIT_MONTHS.to_owned(), Fact::Number(months.into())),
        ]
        .into(),
    );
    person
}

fn rule_set(rule: &Dated<Admission>, deferral: &Deferral) -> RuleSet {
    let permit: Way = if rule.value.permit_months == 0 {
        [(PERMIT.to_owned(), Fact::Yes(true))].into()
    } else {
        [(PERMIT_MONTHS.to_owned(), Fact::Number(rule.value.permit_months.into()))].into()
    };
    let household: Way = [(HOUSEHOLD.to_owned(), Fact::Yes(true))].into();
    let certificate = CertificateRule {
        kind: Code::new(DEFERRAL),
        issuers: Codes(
            deferral
                .issuers
                .iter()
                .map(|one| Code::new(one.issuer.as_str()))
                .collect(),
        ),
        longest_months: (deferral.longest_months > 0).then_some(deferral.longest_months),
    };
    let bands = rule
        .value
        .bands
        .iter()
        .map(|band| Band {
            id: Code::new(band.id.as_str()),
            from: band.from,
            below: band.below,
            certificate: match band.certificate {
                Asked::None => Vec::new(),
                Asked::Deferral => vec![certificate.clone()],
            },
            residence: vec![household.clone(), permit.clone()],
            proof: Codes(match band.proof {
                Proof::Either => vec![Code::new(CARD), Code::new(DIAGNOSIS)],
                Proof::Card => vec![Code::new(CARD)],
            }),
            ..Band::default()
        })
        .collect();
    let title = |language| Say::new("rule.admission").in_words(language);
    RuleSet {
        title: Text {
            zh: title(Language::Chinese),
            en: title(Language::English),
        },
        in_force: Days {
            from: Some(rule.valid_from),
            to: None,
        },
        params: Params {
            age: Some(AgeRule {
                leap: match rule.value.leap {
                    Leap::Mar1 => Leaps::Mar1,
                    Leap::Feb28 => Leaps::Feb28,
                },
                bands,
                ..AgeRule::default()
            }),
            application: rule
                .value
                .windows
                .iter()
                .map(|window| Days {
                    from: window.from,
                    to: window.to,
                })
                .collect(),
            ..Params::default()
        },
        ..RuleSet::default()
    }
}

#[cfg(test)]
#[path = "rule_tests.rs"]
mod tests;
