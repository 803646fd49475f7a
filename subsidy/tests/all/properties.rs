//! What always holds.

use proptest::prelude::*;
use serde_json::{Value, json};
use subsidy::{
    Bp, Fen, Month,
    correction::correction,
    facts::Code,
    person::{self, When},
    rules::Funder,
    settle::{Case, settle},
    split::split,
    words,
};

use super::{published, rules};

/// Rule sets with every way of cutting.
fn any_rules() -> impl Strategy<Value = Value> {
    let caps = (0..5_000_i64, 0..40_000_i64, 0..200_000_i64);
    let attendance = prop_oneof![
        Just(json!({"kind": "none"})),
        Just(json!({"kind": "prorata"})),
        Just(json!({"kind": "tiers", "tiers": [{"min_days": 8, "bp": 10000}, {"min_days": 3, "bp": 4000}]})),
    ];
    let split = prop_oneof![Just("in_order"), Just("by_days")];
    let starts = prop_oneof![Just("01-01"), Just("09-01"), Just("07-15")];
    (caps, attendance, split, starts, 0..=10_000_u32, 1..=12_u32, any::<bool>()).prop_map(
        |((day, month, year), attendance, split, start, share, months, within)| {
            json!({
                "year_start": start, "share_bp": share, "months_per_year": months, "month_split": split, "attendance": attendance,
                "age": {"bands": [{"id": "a", "from": 0, "below": 6}, {"id": "b", "from": 6, "below": 7, "economy": "poor", "proof": ["card"],
                    "certificate": "deferral", "residence": [{"hukou": true}, {"permit_months": 12}]}]},
                "grants": [{"when": {"economy": "poor"}, "month_fen": month, "year_fen": year, "lifetime_months": 14},
                    {"day_fen": day, "month_fen": month, "year_fen": year}],
                "meal": {"day_fen": 30, "max_days": 9, "months_per_year": 9, "within_year": within},
            })
        },
    )
}

fn any_statement() -> impl Strategy<Value = Value> {
    let place = prop_oneof![Just("A"), Just("B"), Just("C")];
    ((1..=24_u32), place, 0..60_000_i64, 0..20_000_i64, 0..=12_u32, 1..=12_u32).prop_map(|(month, at, gross, insurance, days, plan)| {
        let month = format!("{}-{:02}", 2026 + (month - 1) / 12, (month - 1) % 12 + 1);
        json!({"month": month, "institution": at, "gross_fen": gross, "insurance_fen": insurance, "days": days, "plan_days": plan})
    })
}

fn any_child() -> impl Strategy<Value = Value> {
    let facts = (any::<bool>(), any::<bool>(), any::<bool>(), 0..24_i64);
    ((2018..2026_i32), 1..=12_u32, 1..=28_u32, facts).prop_map(|(year, month, day, (poor, card, deferred, permit))| {
        json!({"birth": format!("{year}-{month:02}-{day:02}"), "economy": if poor { "poor" } else { "ordinary" },
            "proof": if card { json!(["card"]) } else { json!([]) }, "certificates": if deferred { json!(["deferral"]) } else { json!([]) },
            "residence": {"permit_months": permit}})
    })
}

fn any_case() -> impl Strategy<Value = Value> {
    let statements = proptest::collection::vec(any_statement(), 0..30);
    (any_child(), statements, 0..50_000_i64).prop_map(
        |(child, statements, paid)| json!({"child": child, "statements": statements, "opening": {"paid_fen": paid}}),
    )
}

/// Amounts with many zeros, which is where words are difficult.
fn any_amount() -> impl Strategy<Value = i64> {
    let digits = proptest::collection::vec(prop_oneof![3 => Just(0_i64), 1 => 0..10_i64], 14);
    (digits, any::<bool>()).prop_map(|(digits, negative)| {
        let fen = digits.into_iter().fold(0, |sum, digit| sum * 10 + digit);
        if negative { -fen } else { fen }
    })
}

proptest! {
    #[test]
    fn parts_add_up_and_nothing_is_negative(params in any_rules(), case in any_case()) {
        let rules = rules(params);
        let case = Case::read(&case).unwrap();
        let got = settle(&rules, &case).unwrap();
        prop_assert_eq!(got.lines.len(), case.statements.len());
        for line in &got.lines {
            prop_assert_eq!(line.subsidy.plus(line.parent).unwrap(), line.self_paid);
            prop_assert!(line.subsidy >= Fen::ZERO && line.parent >= Fen::ZERO && line.meal >= Fen::ZERO);
            prop_assert!(line.refusal.is_none() || (line.subsidy == Fen::ZERO && line.meal == Fen::ZERO));
            prop_assert!(line.refusal.is_none() || line.cut.is_none());
            prop_assert_eq!(line.said(&rules).is_some(), line.refusal.is_some() || line.cut.is_some());
        }
        // No month gets more than its cap, no year more than its own, opening included.
        for year in &got.years {
            let opened = case.opening.paid_fen;
            if let Some(cap) = year.cap.filter(|_| rules.params.meal.as_ref().unwrap().within_year) {
                let paid = Fen::sum(got.lines.iter().filter(|line| line.year == year.start).flat_map(|line| [line.subsidy, line.meal])).unwrap();
                prop_assert!(paid <= cap, "{} of {}", paid, cap);
                prop_assert!(year.paid <= cap.max(opened));
            }
            prop_assert!(year.months <= 12);
        }
        let cap = rules.params.grants[0].month_fen.unwrap();
        let months: std::collections::BTreeSet<Month> = got.lines.iter().map(|line| line.month).collect();
        for month in months {
            let paid = Fen::sum(got.lines.iter().filter(|line| line.month == month).map(|line| line.subsidy)).unwrap();
            prop_assert!(paid <= cap, "{} of {}", paid, cap);
        }
    }

    #[test]
    fn a_higher_cap_never_gives_less(params in any_rules(), statement in any_statement(), child in any_child(), more in 0..100_000_i64, which in 0..3_usize) {
        let paid = |params: Value| {
            let case = Case::read(&json!({"child": child, "statements": [statement]})).unwrap();
            settle(&rules(params), &case).unwrap().lines[0].subsidy
        };
        let mut higher = params.clone();
        for row in higher["grants"].as_array_mut().unwrap() {
            let key = ["day_fen", "month_fen", "year_fen"][which];
            if let Some(cap) = row.get(key).and_then(Value::as_i64) {
                row[key] = json!(cap + more);
            }
        }
        prop_assert!(paid(higher) >= paid(params));
    }

    #[test]
    fn a_correction_is_what_takes_one_settlement_to_the_other(params in any_rules(), before in any_case(), after in any_case()) {
        let rules = rules(params);
        let before = settle(&rules, &Case::read(&before).unwrap()).unwrap();
        let after = settle(&rules, &Case::read(&after).unwrap()).unwrap();
        let same = correction(&before, &before).unwrap();
        prop_assert!(same.rows.is_empty() && same.postings.is_empty() && same.net_fen == Fen::ZERO);
        let found = correction(&before, &after).unwrap();
        prop_assert_eq!(before.subsidy().unwrap().plus(found.net_fen).unwrap(), after.subsidy().unwrap());
        let posted = Fen::sum(found.postings.iter().filter(|p| p.item == subsidy::correction::Item::Subsidy).map(|p| p.diff_fen)).unwrap();
        prop_assert_eq!(posted, found.net_fen);
        let back = correction(&after, &before).unwrap();
        prop_assert_eq!(back.net_fen.plus(found.net_fen).unwrap(), Fen::ZERO);
        prop_assert!(found.rows.iter().all(|row| row.diff_fen != Fen::ZERO));
    }

    #[test]
    fn the_person_is_judged_as_its_month_is_settled(params in any_rules(), child in any_child(), month in 1..=24_u32) {
        let rules = rules(params);
        let text = format!("{}-{:02}", 2026 + (month - 1) / 12, (month - 1) % 12 + 1);
        let case = Case::read(&json!({"child": child, "statements": [{"month": text, "gross_fen": 10_000, "days": 9, "plan_days": 9}]})).unwrap();
        let month = Month::parse(&text).unwrap();
        let person = case.child.at(month);
        let judgement = person::judge(&rules.params, person, When::month(&rules.params, person, month).unwrap());
        let line = settle(&rules, &case).unwrap().lines.remove(0);
        let tests = ["age", "certificate", "residence", "proof", "economy"];
        let refused = line.refusal.filter(|reason| tests.contains(&reason.code()));
        prop_assert_eq!(refused.as_ref(), judgement.refusal());
    }

    #[test]
    fn the_last_month_of_a_band_is_the_last_that_is_judged_so(year in 2015..2024_i32, month in 1..=12_u32, day in 1..=31_u32,
        id in prop_oneof![Just("zj-2018"), Just("fj-1500"), Just("own-dayafter"), Just("own-leap-feb28"), Just("zs-2022")]) {
        let rules = published(id);
        let birth = subsidy::calendar::day(&format!("{year}-{month:02}-{day:02}"));
        prop_assume!(birth.is_some());
        let person = subsidy::facts::Person::born(birth.unwrap(), "autism");
        let now = Month::parse("2026-03").unwrap();
        let band = |month: Month| {
            let when = When::month(&rules.params, &person, month).unwrap();
            person::judge(&rules.params, &person, when).band.map(|band| band.id.clone())
        };
        match person::leaving(&rules.params, &person, now).unwrap() {
            None => prop_assert_eq!(band(now), None),
            Some(leaving) => {
                prop_assert_eq!(band(leaving.last_month), band(now));
                prop_assert_ne!(band(leaving.last_month.plus(1)), band(now));
                prop_assert_eq!(band(leaving.last_month.plus(1)), leaving.next.map(|band| band.id.clone()));
            }
        }
    }

    #[test]
    fn funders_bear_the_whole_amount(amount in -1_000_000..1_000_000_i64, shares in proptest::collection::vec(0..5_000_u32, 1..4)) {
        let funders: Vec<Funder> = shares.iter().enumerate()
            .map(|(number, share)| Funder { id: Code::new(number.to_string()), bp: Bp::new(*share) }).collect();
        let parts = split(Fen::new(amount), &funders).unwrap();
        prop_assert_eq!(Fen::sum(parts.iter().map(|part| part.fen)).unwrap(), Fen::new(amount));
        prop_assert!(parts.iter().all(|part| part.fen.get().signum() * amount.signum() >= 0));
    }

    #[test]
    fn words_lead_back_to_their_amount(fen in any_amount()) {
        let in_words = words::amount(Fen::new(fen)).unwrap();
        prop_assert!(!in_words.printed.contains("零零") && !in_words.printed.contains("零万") && !in_words.printed.contains("零亿"));
        for form in in_words.also.iter().chain([&in_words.printed]) {
            prop_assert_eq!(words::read(form), Some(Fen::new(fen)), "{}", form);
            let other = form.replace('元', "圆").replace('整', "正");
            prop_assert_eq!(words::read(&other), Some(Fen::new(fen)));
        }
        prop_assert!(!in_words.also.contains(&in_words.printed));
    }

    #[test]
    fn words_of_one_amount_are_of_no_other(a in any_amount(), b in any_amount()) {
        prop_assume!(a != b);
        let (a, b) = (words::amount(Fen::new(a)).unwrap(), words::amount(Fen::new(b)).unwrap());
        prop_assert!(a.printed != b.printed && !a.also.contains(&b.printed) && !b.also.contains(&a.printed));
    }
}
