use super::*;
use crate::enrolment::rules::{AgeBand, MayIssue, Window};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn admission() -> Dated<Admission> {
    let band = |id: &str, from, below, certificate| AgeBand {
        id: id.to_owned(),
        from,
        below,
        certificate,
        proof: Proof::Either,
    };
    Dated {
        valid_from: day("2020-01-01"),
        source: "示例".to_owned(),
        value: Admission {
            bands: vec![band("0-6", 0, 7, Asked::None), band("7", 7, 8, Asked::Deferral)],
            ..Admission::default()
        },
    }
}

fn deferral() -> Deferral {
    Deferral {
        longest_months: 12,
        first_days: 60,
        second_days: 20,
        issuers: vec![MayIssue {
            issuer: Issuer::EducationBureau,
        }],
    }
}

fn applicant() -> Applicant {
    Applicant {
        birth: day("2022-05-10"),
        applied_on: day("2026-11-02"),
        wanted_from: day("2026-12-01"),
        household_here: true,
        permit: None,
        card: None,
        diagnosed_on: Some(day("2026-10-20")),
        deferrals: Vec::new(),
        elsewhere: None,
        overrides: Vec::new(),
    }
}

fn judged(applicant: &Applicant) -> Judged {
    judge(&admission(), &deferral(), applicant)
}

fn unmet(applicant: &Applicant) -> Vec<&'static str> {
    let judged = judged(applicant);
    let failing = judged.lines.iter().filter(|line| !line.passes());
    failing.map(|line| line.test.as_str()).collect()
}

fn said(applicant: &Applicant, test: Test) -> String {
    let judged = judged(applicant);
    let line = judged.lines.iter().find(|line| line.test == test).unwrap();
    line.said.in_words(Language::Chinese)
}

#[test]
fn a_child_of_the_district_with_a_diagnosis_may_come() {
    let one = applicant();
    assert!(judged(&one).passes());
    assert_eq!(judged(&one).lines.len(), 6);
    let age = said(&one, Test::Age);
    for figure in ["2022-05-10", "2026-11-02", "4", "2020-01-01"] {
        assert!(age.contains(figure), "{age} names {figure}");
    }
}

#[test]
fn at_seven_a_certificate_is_needed_of_whoever_may_issue_it_and_not_too_long() {
    let seven = Applicant {
        birth: day("2019-11-02"),
        ..applicant()
    };
    assert_eq!(unmet(&seven), ["certificate"]);
    let with = |from: &str, to: &str, issuer| Applicant {
        deferrals: vec![Certificate {
            from: Some(day(from)),
            to: Some(day(to)),
            issuer: Some(issuer),
        }],
        ..seven.clone()
    };
    let good = with("2026-09-01", "2027-08-31", Issuer::EducationBureau);
    assert!(unmet(&good).is_empty());
    assert_eq!(
        unmet(&with("2026-09-01", "2027-08-31", Issuer::Hospital)),
        ["certificate"]
    );
    let long = with("2026-09-01", "2027-09-01", Issuer::EducationBureau);
    assert_eq!(unmet(&long), ["certificate"], "a year and a day");
    let over = with("2025-09-01", "2026-08-31", Issuer::EducationBureau);
    assert_eq!(unmet(&over), ["certificate"]);
    assert!(said(&over, Test::Certificate).contains("2026年8月31日"));
    let eight = Applicant {
        birth: day("2018-11-02"),
        ..good
    };
    assert_eq!(unmet(&eight), ["age"], "nothing else is asked where there is no band");
}

#[test]
fn the_twenty_ninth_of_february_lies_where_the_rule_says() {
    let born = Applicant {
        birth: day("2020-02-29"),
        applied_on: day("2027-02-28"),
        ..applicant()
    };
    assert!(unmet(&born).is_empty(), "six until 1 March");
    let mut rule = admission();
    rule.value.leap = Leap::Feb28;
    let judged = judge(&rule, &deferral(), &born);
    assert_eq!(judged.age, Some(7));
    assert!(!judged.passes());
}

#[test]
fn the_day_that_counts_is_the_rules() {
    let born = Applicant {
        birth: day("2019-11-15"),
        ..applicant()
    };
    for (reference, on, age) in [
        (Reference::Application, "2026-11-02", 6),
        (Reference::WantedStart, "2026-12-01", 7),
        (Reference::YearStart, "2026-01-01", 6),
        (Reference::SchoolYear, "2026-08-31", 6),
    ] {
        let mut rule = admission();
        rule.value.reference = reference;
        let judged = judge(&rule, &deferral(), &born);
        assert_eq!((judged.day, judged.age), (day(on), Some(age)), "{reference:?}");
    }
}

#[test]
fn another_household_needs_a_permit() {
    let other = Applicant {
        household_here: false,
        ..applicant()
    };
    assert_eq!(unmet(&other), ["residence"]);
    let permit = |from: &str, to: &str| Applicant {
        permit: Some((Some(day(from)), Some(day(to)))),
        ..other.clone()
    };
    assert!(unmet(&permit("2026-06-02", "2027-06-01")).is_empty());
    assert_eq!(
        unmet(&permit("2025-06-02", "2026-06-01")),
        ["residence"],
        "it has run out"
    );
    let mut rule = admission();
    rule.value.permit_months = 6;
    assert!(!judge(&rule, &deferral(), &permit("2026-06-02", "2027-06-01")).passes());
    assert!(judge(&rule, &deferral(), &permit("2026-05-02", "2027-05-01")).passes());
}

#[test]
fn a_proof_a_window_and_a_place_elsewhere() {
    let none = Applicant {
        diagnosed_on: None,
        ..applicant()
    };
    assert_eq!(unmet(&none), ["proof"]);
    let card = Applicant {
        card: Some(Some(day("2026-11-01"))),
        ..none
    };
    assert_eq!(unmet(&card), ["proof"], "the card has run out");
    let elsewhere = Applicant {
        elsewhere: Some(Elsewhere {
            centre: "另一家中心".to_owned(),
            number: "330211-LQ-000001".to_owned(),
            to: Some(day("2027-06-30")),
        }),
        ..applicant()
    };
    assert_eq!(unmet(&elsewhere), ["transfer"]);
    assert!(said(&elsewhere, Test::Transfer).contains("330211-LQ-000001"));
    let mut rule = admission();
    rule.value.windows = vec![Window {
        from: Some(day("2026-06-01")),
        to: Some(day("2026-06-20")),
    }];
    let judged = judge(&rule, &deferral(), &applicant());
    let failing: Vec<_> = judged.lines.iter().filter(|line| !line.passes()).collect();
    assert_eq!(failing[0].test, Test::Window);
}

#[test]
fn somebody_may_answer_for_what_does_not_hold_and_for_nothing_else() {
    let other = Applicant {
        household_here: false,
        overrides: vec![
            (Test::Residence, "随迁子女，居住证办理中".to_owned()),
            (Test::Age, "没有必要".to_owned()),
        ],
        ..applicant()
    };
    let judged = judged(&other);
    assert!(judged.passes());
    let because: Vec<_> = judged.lines.iter().map(|line| line.because.as_deref()).collect();
    assert_eq!(
        because,
        [None, None, None, Some("随迁子女，居住证办理中"), None, None],
        "what holds needs nobody's answer"
    );
}
