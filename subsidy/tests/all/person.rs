//! The tests of the person, asked by themselves as enrolment asks them, and with settlement's answer beside.

use chrono::NaiveDate;
use serde_json::{Value, json};
use subsidy::{
    Language, Month, RuleSet, calendar,
    facts::{Code, History, Person},
    person::{self, Test, Verdict, When},
    reason::{Reason, WindowKind},
    settle::Case,
};

use super::{published, rules, told};

fn day(text: &str) -> NaiveDate {
    calendar::day(text).unwrap()
}

fn month(text: &str) -> Month {
    Month::parse(text).unwrap()
}

fn child(facts: Value) -> Person {
    let case = Case::read(&json!({"child": facts})).unwrap();
    case.child.at(month("2026-01")).clone()
}

/// Every test's verdict by its code: met, unmet or overridden.
fn verdicts(rules: &RuleSet, person: &Person, when: When) -> Vec<(&'static str, &'static str)> {
    let judgement = person::judge(&rules.params, person, when);
    let word = |verdict: &Verdict| match verdict {
        Verdict::Met => "met",
        Verdict::Unmet(_) => "unmet",
        Verdict::Overridden { .. } => "overridden",
    };
    judgement
        .verdicts
        .iter()
        .map(|(test, verdict)| (test.code(), word(verdict)))
        .collect()
}

/// The one reason, in both languages: plain words, figures, what would change it.
fn said(rules: &RuleSet, person: &Person, when: When) -> (&'static str, String, String, String) {
    let judgement = person::judge(&rules.params, person, when);
    let reason = judgement.refusal().unwrap();
    let said = rules.why(reason);
    for text in [&said.plain, &said.figures, &said.change] {
        for language in [Language::Zh, Language::En] {
            let text = text.get(language);
            assert!(!text.is_empty() && !text.contains(['{', '}']), "{text}");
        }
    }
    (reason.code(), said.plain.zh, said.figures.zh, said.change.zh)
}

#[test]
fn age_is_refused_with_both_days_and_says_when_it_fits() {
    let rules = published("zs-2022");
    let person = child(json!({"birth": "2015-11-10", "certificates": ["deferral"]}));
    let november = When::month(&rules.params, &person, month("2022-11")).unwrap();
    let (code, plain, figures, change) = said(&rules, &person, november);
    assert_eq!((code, plain.as_str()), ("age", "孩子的年龄不在规定的范围里。"));
    assert!(
        figures.contains("2015年11月10日出生，2022年10月31日满 6 周岁"),
        "{figures}"
    );
    assert!(figures.contains("满 7 周岁、不满 18 周岁"), "{figures}");
    assert_eq!(change, "2022年11月10日起达到年龄，此后的月份可以结算。");
    let december = When::month(&rules.params, &person, month("2022-12")).unwrap();
    assert!(
        verdicts(&rules, &person, december)
            .iter()
            .all(|(_, verdict)| *verdict == "met")
    );
}

#[test]
fn a_missing_certificate_is_named_and_one_out_of_date_with_its_days() {
    let rules = published("zj-2018");
    let person = child(json!({"birth": "2019-05-15"}));
    let june = When::month(&rules.params, &person, month("2026-06")).unwrap();
    let (code, _, figures, change) = said(&rules, &person, june);
    assert_eq!(code, "certificate");
    assert!(figures.contains("满 7 周岁须有缓学证明；没有收到"), "{figures}");
    assert!(change.contains("缓学证明"), "{change}");
    let paper = json!({"kind": "deferral", "from": "2026-09", "to": "2027-08"});
    let late = child(json!({"birth": "2019-05-15", "certificates": [paper]}));
    assert!(
        said(&rules, &late, june)
            .2
            .contains("有效期为2026年9月1日至2027年8月31日")
    );
    assert_eq!(
        verdicts(
            &rules,
            &late,
            When::month(&rules.params, &late, month("2026-09")).unwrap()
        )[1]
        .1,
        "met"
    );
}

#[test]
fn a_certificate_by_whom_and_for_how_long_is_what_the_rule_says() {
    let certificate = json!({"kind": "deferral", "issuers": ["county", "township"], "longest_months": 12});
    let rules = rules(json!({"age": {"bands": [{"id": "7", "from": 7, "below": 8, "certificate": certificate}]}}));
    let judged = |paper: Value| {
        let person = child(json!({"birth": "2019-05-15", "certificates": [paper]}));
        person::judge(&rules.params, &person, When::day(day("2026-10-01")))
            .refusal()
            .map(|reason| rules.why(reason).figures.zh)
    };
    let with =
        |issuer: &str, to: &str| judged(json!({"kind": "deferral", "issuer": issuer, "from": "2026-09-01", "to": to}));
    assert_eq!(with("county", "2027-08-31"), None);
    assert!(with("hospital", "2027-08-31").unwrap().contains("不是规定的部门出具的"));
    assert!(with("township", "2027-09-01").unwrap().contains("超过 12 个月"));
    assert!(judged(json!("deferral")).is_some());
}

#[test]
fn residence_names_the_ways_and_what_the_nearest_lacks() {
    let rules = published("sd-2026");
    let person = child(json!({"birth": "2021-03-10", "proof": ["diagnosis"],
        "residence": {"permit": true, "permit_months": 20, "tax_months": 11}}));
    let march = When::month(&rules.params, &person, month("2026-03")).unwrap();
    let (code, _, figures, _) = said(&rules, &person, march);
    assert_eq!(code, "residence");
    assert!(figures.contains("连续持居住证月数不少于 36"), "{figures}");
    assert!(
        figures.ends_with("最接近的一项：纳税月数要求 12，现有 11，差 1。"),
        "{figures}"
    );
    assert_eq!(verdicts(&rules, &person, march)[2], ("residence", "unmet"));
    let enough = child(json!({"birth": "2021-03-10", "proof": ["card"], "residence": {"permit_months": 36}}));
    assert_eq!(verdicts(&rules, &enough, march)[2], ("residence", "met"));
}

#[test]
fn proof_says_what_is_there_and_economy_what_is_asked() {
    let rules = published("sz-2017");
    let person = child(json!({"birth": "2015-07-20", "proof": ["suspected"]}));
    let august = When::month(&rules.params, &person, month("2019-08")).unwrap();
    let (code, _, figures, change) = said(&rules, &person, august);
    assert_eq!(code, "proof");
    assert!(figures.contains("须有残疾人证；现有：疑似残疾证明"), "{figures}");
    assert!(change.contains("残疾人证"), "{change}");
    let expired = json!([{"kind": "card", "to": "2019-07-31"}]);
    let expired = child(json!({"birth": "2015-07-20", "proof": expired}));
    assert!(said(&rules, &expired, august).2.contains("2019年7月31日止"));

    let rules = published("fj-1500");
    let person = child(json!({"birth": "2019-01-01"}));
    let march = When::month(&rules.params, &person, month("2026-03")).unwrap();
    let (code, plain, figures, _) = said(&rules, &person, march);
    assert_eq!((code, plain.as_str()), ("economy", "这个年龄段只补助有困难的家庭。"));
    assert!(figures.contains("只限困难家庭；登记为普通家庭"), "{figures}");
}

/// Enrolment asks about a day: by the rule's own day for the age, or on the day itself.
#[test]
fn a_day_is_asked_by_the_rule_or_as_it_is() {
    let rules = published("fj-1500");
    let person = child(json!({"birth": "2019-03-10"}));
    let by_rule = When::by_rule(&rules.params, &person, day("2026-06-15")).unwrap();
    assert_eq!(by_rule.age_day, day("2026-01-01"));
    assert!(person::judge(&rules.params, &person, by_rule).refusal().is_none());
    let plain = person::judge(&rules.params, &person, When::day(day("2026-06-15")));
    assert_eq!(plain.refusal().map(Reason::code), Some("economy"));
}

#[test]
fn each_test_can_be_asked_alone() {
    let rules = published("sd-2026");
    let age = rules.params.age.as_ref().unwrap();
    let band = &age.bands[0];
    let person = child(json!({"birth": "2021-03-10"}));
    let when = When::day(day("2026-03-01"));
    assert_eq!(person::age(age, &person, when), Verdict::Met);
    assert_eq!(person::certificate(band, 4, &person, when), Verdict::Met);
    assert_eq!(
        person::residence(&band.residence, &person, when)
            .refusal()
            .unwrap()
            .code(),
        "residence"
    );
    assert_eq!(person::proof(band, &person, when).refusal().unwrap().code(), "proof");
    assert_eq!(person::economy(band, &person, when), Verdict::Met);
}

#[test]
fn before_the_birth_nobody_fits_and_a_leap_day_is_explained() {
    let rules = published("own-leap-feb28");
    let person = child(json!({"birth": "2020-02-29"}));
    let before = When::day(day("2020-02-28"));
    let (_, _, figures, change) = said(&rules, &person, before);
    assert!(
        figures.contains("尚未出生") && change.contains("2020年2月29日起达到年龄"),
        "{figures} {change}"
    );
    let february = When::month(&rules.params, &person, month("2027-02")).unwrap();
    let (_, _, figures, change) = said(&rules, &person, february);
    assert!(figures.contains("2月29日生日在平年按2月28日算"), "{figures}");
    assert!(change.contains("2027年2月28日起已超过年龄"), "{change}");
}

#[test]
fn when_a_child_leaves_its_band_is_known_before() {
    let leaves = |id: &str, birth: &str, from: &str| {
        let rules = published(id);
        let person = child(json!({"birth": birth}));
        let leaving = person::leaving(&rules.params, &person, month(from)).unwrap();
        leaving.map(|leaving| {
            (
                leaving.last_month.to_string(),
                leaving.turns_on.unwrap().to_string(),
                leaving.next.is_some(),
            )
        })
    };
    let as_told = |last: &str, on: &str, next: bool| Some((last.to_owned(), on.to_owned(), next));
    assert_eq!(
        leaves("zj-2018", "2019-05-15", "2026-01"),
        as_told("2026-05", "2026-05-15", true)
    );
    assert_eq!(
        leaves("zj-2018", "2019-05-01", "2026-01"),
        as_told("2026-04", "2026-05-01", true)
    );
    assert_eq!(
        leaves("own-dayafter", "2019-06-01", "2026-01"),
        as_told("2026-06", "2026-06-02", false)
    );
    assert_eq!(
        leaves("own-leap-mar1", "2020-02-29", "2027-01"),
        as_told("2027-02", "2027-03-01", false)
    );
    assert_eq!(
        leaves("own-leap-feb28", "2020-02-29", "2027-01"),
        as_told("2027-01", "2027-02-28", false)
    );
    assert_eq!(
        leaves("fj-1500", "2019-03-10", "2026-02"),
        as_told("2026-12", "2026-03-10", true)
    );
    assert_eq!(leaves("zj-2018", "2010-05-15", "2026-01"), None);
}

#[test]
fn papers_carry_on_from_one_to_the_next() {
    let papers = json!([
        {"kind": "deferral", "from": "2026-09-01", "to": "2027-08-31"},
        {"kind": "deferral", "from": "2025-09-01", "to": "2026-08-31"},
        {"kind": "deferral", "from": "2028-01-01", "to": "2028-08-31"},
        {"kind": "other"},
    ]);
    let person = child(json!({"birth": "2019-05-15", "certificates": papers}));
    let until =
        |kind: &str, on: &str| person::certificate_until(&person, &Code::new(kind), day(on)).map(|day| day.to_string());
    assert_eq!(until("deferral", "2026-01-01").as_deref(), Some("2027-08-31"));
    assert_eq!(until("deferral", "2027-10-01"), None);
    assert_eq!(until("other", "2027-10-01"), None);
}

#[test]
fn times_for_applying_and_coming_over_say_when_the_next_begins() {
    let rules = rules(
        json!({"application": [{"from": "2026-06-01", "to": "2026-06-20"}, {"from": "2027-06-01", "to": "2027-06-20"}]}),
    );
    let windows = &rules.params.application;
    assert_eq!(
        person::window(WindowKind::Application, windows, day("2026-06-20")),
        Verdict::Met
    );
    let late = person::window(WindowKind::Application, windows, day("2026-06-21"));
    let said = rules.why(late.refusal().unwrap());
    assert!(
        said.figures.zh.contains("2026年6月21日不在申请时间内"),
        "{}",
        said.figures.zh
    );
    assert_eq!(said.change.zh, "下次自2027年6月1日开始。");
    assert_eq!(
        person::window(WindowKind::Transfer, &rules.params.transfer, day("2026-01-01")),
        Verdict::Met
    );
    assert!(
        person::window(WindowKind::Transfer, windows, day("2030-01-01"))
            .refusal()
            .is_some()
    );
}

/// Who answers for a test in enrolment carries it through settlement, as long as the override runs.
#[test]
fn an_override_holds_in_its_time_and_keeps_its_reason() {
    let rules = published("zj-2018");
    let over = json!([{"test": "certificate", "reason": "区教育局已受理", "from": "2026-06", "to": "2026-06"}]);
    let person = child(json!({"birth": "2019-05-15", "overrides": over}));
    let june = When::month(&rules.params, &person, month("2026-06")).unwrap();
    let judgement = person::judge(&rules.params, &person, june);
    assert_eq!(judgement.overridden().collect::<Vec<_>>(), [Test::Certificate]);
    assert!(matches!(&judgement.verdicts[1].1, Verdict::Overridden { because, .. } if because == "区教育局已受理"));
    let statements = json!([{"month": "2026-06", "gross_fen": 240_000}, {"month": "2026-07", "gross_fen": 240_000}]);
    let case =
        Case::read(&json!({"child": {"birth": "2019-05-15", "overrides": over}, "statements": statements})).unwrap();
    let settlement = subsidy::settle::settle(&rules, &case).unwrap();
    assert_eq!(told(&settlement), [(240_000, ""), (0, "certificate")]);
    assert_eq!(settlement.lines[0].overridden, [Test::Certificate]);
}

#[test]
fn an_override_of_the_age_counts_in_the_band_it_names_or_the_nearest() {
    let rules = published("own-funds");
    let judged = |band: Value| {
        let over = json!([{"test": "age", "reason": "因病休学", "band": band}]);
        let person = child(json!({"birth": "2000-05-15", "overrides": over}));
        let judgement = person::judge(&rules.params, &person, When::day(day("2026-06-01")));
        (judgement.band.unwrap().id.to_string(), judgement.refusal().is_none())
    };
    assert_eq!(judged(json!("0-6")), ("0-6".to_owned(), true));
    assert_eq!(judged(Value::Null), ("7-17".to_owned(), true));
}

#[test]
fn a_history_knows_what_a_child_was_in_each_month() {
    let poor = child(json!({"birth": "2021-03-10", "economy": "poor"}));
    let ordinary = child(json!({"birth": "2021-03-10"}));
    let history = History::new(ordinary.clone()).and_from(month("2026-07"), poor.clone());
    assert_eq!(history.at(month("2026-06")), &ordinary);
    assert_eq!(history.at(month("2026-07")), &poor);
}
