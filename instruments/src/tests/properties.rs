//! What must hold for any sheet and any text.

use proptest::prelude::*;

use super::*;

/// Any sheet of any instrument: an instrument and, per item, one of its choices or none.
fn any_sheet() -> impl Strategy<Value = (&'static Package, Vec<(String, Value)>)> {
    let packages: Vec<&'static Package> = Registry::built_in().expect("sound").current().collect();
    proptest::sample::select(packages).prop_flat_map(|package| {
        let answered = prop_oneof![Just(1.0), Just(0.97), Just(0.5)];
        let items = package.items().count();
        (
            answered,
            prop::collection::vec((0.0..1.0_f64, any::<prop::sample::Index>()), items),
        )
            .prop_map(move |(share, draws)| {
                let drawn = package.items().zip(draws).filter(|(_, (chance, _))| *chance < share);
                let sheet = drawn.map(|((part, item), (_, index))| {
                    (item.id.clone(), index.get(package.choices_of(part)).value.clone())
                });
                (package, sheet.collect())
            })
    })
}

fn score(package: &Package, sheet: &[(String, Value)]) -> Outcome {
    let answers: Answers = sheet.iter().cloned().collect();
    package
        .score(
            &answers,
            &Options {
                age_months: Some(24),
                cutoffs: None,
            },
        )
        .expect("a valid sheet")
}

proptest! {
    #[test]
    fn totals_and_subscales_stay_within_their_range((package, sheet) in any_sheet()) {
        let outcome = score(package, &sheet);
        prop_assert!(outcome.total <= package.total.to);
        if outcome.complete {
            prop_assert!(outcome.total >= package.total.from);
        }
        for subscale in &outcome.subscales {
            let declared = package.subscales.iter().find(|other| other.id == subscale.id).expect("declared");
            prop_assert!(subscale.points <= declared.to);
        }
    }

    #[test]
    fn a_result_is_decided_exactly_when_the_sheet_is_complete((package, sheet) in any_sheet()) {
        let outcome = score(package, &sheet);
        prop_assert_eq!(outcome.complete, outcome.missing.is_empty());
        prop_assert_eq!(outcome.positive.is_some(), outcome.complete && !package.cutoffs.is_empty());
        prop_assert_eq!(outcome.band.is_some(), outcome.positive.is_some() || outcome.follow_up_needed);
        let unfilled = [&outcome.explanation.zh, &outcome.explanation.en].iter().any(|text| text.contains('{'));
        prop_assert!(!unfilled, "{:?}", outcome.explanation);
    }

    #[test]
    fn the_order_of_the_answers_does_not_matter((package, sheet) in any_sheet(), turn in any::<usize>()) {
        let mut other = sheet.clone();
        other.rotate_left(turn % sheet.len().max(1));
        other.reverse();
        let json = |sheet: &[(String, Value)]| {
            let fields: Vec<String> = sheet
                .iter()
                .map(|(item, value)| format!("{:?}:{}", item, serde_json::to_string(value).expect("writes")))
                .collect();
            format!("{{{}}}", fields.join(","))
        };
        let run = |sheet: &[(String, Value)]| score_command(&package.code, &json(sheet), Some(24), None);
        prop_assert_eq!(run(&sheet), run(&other));
    }

    #[test]
    fn answering_a_missing_item_never_undoes_completeness((package, sheet) in any_sheet(), pick in any::<prop::sample::Index>()) {
        let before = score(package, &sheet);
        if let Some(item) = before.missing.first() {
            let (part, _) = package.item(item).expect("known");
            let mut more = sheet.clone();
            more.push((item.clone(), pick.get(package.choices_of(part)).value.clone()));
            let after = score(package, &more);
            prop_assert!(!after.missing.contains(item));
            prop_assert!(!before.complete);
        } else {
            prop_assert!(before.complete);
        }
    }

    #[test]
    fn nothing_that_is_handed_in_makes_it_panic(code in "[a-z0-9-]{1,8}|abc|cars|wscmbd|m-chat-r-f", text in any_text(), age in any::<Option<u32>>()) {
        if let Err(line) = score_command(&code, &text, age, None) {
            prop_assert!(!line.chars().any(char::is_control), "{:?}", line);
        }
    }

    #[test]
    fn no_text_makes_the_package_reader_panic(cut in 0..3000_usize, noise in ".{0,40}") {
        let toml: String = include_str!("../data/cabs.toml").chars().take(cut).collect();
        let result = Package::parse(&(toml + &noise));
        prop_assert!(result.is_err());
    }
}

/// JSON of any shape, and text that is none.
fn any_text() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        "yes|no|never|pass|.{0,12}".prop_map(Json::from),
    ];
    let key = "[0-9]{1,2}|f[0-9]|b[1-4]|.{0,6}";
    let json = leaf.prop_recursive(3, 40, 12, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::btree_map(key, inner, 0..12).prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    });
    prop_oneof![4 => json.prop_map(|json| json.to_string()), 1 => ".{0,80}"]
}
