//! The published rules and the edges around them.

use super::*;

#[test]
fn the_printed_object_has_exactly_the_agreed_fields_in_order() {
    let line = score_command("abc", &all(1..=57, "no").to_string(), None, None).expect("scores");
    let fields = [
        "instrument",
        "version",
        "complete",
        "missing",
        "total",
        "subscales",
        "positive",
        "band",
        "cutoffs",
    ];
    let places: Vec<_> = fields
        .iter()
        .map(|field| line.find(&format!("\"{field}\":")).expect(field))
        .collect();
    assert!(places.is_sorted());
    let object = printed("abc", &all(1..=57, "no"), None, None);
    let keys: Vec<_> = object.as_object().expect("object").keys().cloned().collect();
    assert_eq!(keys.len(), fields.len() + 1, "{keys:?}");
    assert_eq!(object["subscales"], json!({ "S": 0, "R": 0, "B": 0, "L": 0, "C": 0 }));
    assert_eq!(object["total"], json!(0));
}

#[test]
fn an_unfinished_sheet_has_neither_positive_nor_band() {
    let object = printed("abc", &all(1..=56, "yes"), None, None);
    assert_eq!(object["complete"], json!(false));
    assert_eq!(object["missing"], json!(["57"]));
    assert_eq!((&object["positive"], &object["band"]), (&Json::Null, &Json::Null));
    let nothing = printed("cars", &json!({}), None, None);
    assert_eq!(nothing["missing"].as_array().map(Vec::len), Some(15));
}

/// Many published programs reverse 11, 18 and 20, which belong to the older 23-item version.
#[test]
fn m_chat_r_reverses_items_2_5_and_12_and_no_others() {
    for item in 1..=20_u32 {
        let reversed = [2, 5, 12].contains(&item);
        let typical = with(all(1..=20, "yes"), json!({ "2": "no", "5": "no", "12": "no" }));
        let answer = if reversed { "yes" } else { "no" };
        let object = printed(
            "m-chat-r",
            &with(typical, json!({ item.to_string(): answer })),
            Some(20),
            None,
        );
        assert_eq!(object["total"], json!(1), "item {item}");
    }
}

#[test]
fn m_chat_r_f_asks_again_only_about_items_that_scored() {
    let medium = all(1..=20, "yes");
    let open = printed("m-chat-r-f", &medium, Some(20), None);
    assert_eq!(open["missing"], json!(["f2", "f5", "f12"]));
    assert_eq!(open["band"], json!("follow_up_needed"));
    assert_eq!(open["follow_up_needed"], json!(true));
    assert_eq!((&open["complete"], &open["positive"]), (&json!(false), &Json::Null));

    let failed = printed(
        "m-chat-r-f",
        &with(medium, json!({ "f2": "fail", "f5": "fail", "f12": "pass" })),
        Some(20),
        None,
    );
    assert_eq!(
        (&failed["band"], &failed["positive"]),
        (&json!("positive"), &json!(true))
    );
    assert!(failed.get("follow_up_needed").is_none());
}

#[test]
fn a_high_m_chat_r_is_positive_whatever_the_follow_up_says() {
    let answers = with(all(1..=20, "no"), json!({ "f1": "pass", "f3": "pass" }));
    let object = printed("m-chat-r-f", &answers, Some(20), None);
    assert_eq!((&object["positive"], &object["missing"]), (&json!(true), &json!([])));
    assert!(
        object["explanation"]
            .as_str()
            .expect("text")
            .contains("未计入：第1项随访、第3项随访")
    );
}

#[test]
fn each_abc_weight_counts_in_one_factor() {
    let mut sums: BTreeMap<String, u64> = BTreeMap::new();
    for item in 1..=57_u32 {
        let object = printed(
            "abc",
            &with(all(1..=57, "no"), json!({ item.to_string(): "yes" })),
            None,
            None,
        );
        let total = object["total"].as_u64().expect("whole");
        let factors = object["subscales"].as_object().expect("object");
        let scoring: Vec<_> = factors.iter().filter(|(_, points)| **points != json!(0)).collect();
        assert_eq!(scoring.len(), 1, "item {item}");
        assert_eq!(scoring[0].1.as_u64(), Some(total), "item {item}");
        *sums.entry(scoring[0].0.clone()).or_default() += total;
    }
    let maxima = [("B", 38), ("C", 25), ("L", 31), ("R", 38), ("S", 26)];
    assert_eq!(sums, maxima.map(|(factor, sum)| (factor.to_owned(), sum)).into());
    assert_eq!(sums.values().sum::<u64>(), 158);
}

#[test]
fn cut_off_sets_are_chosen_by_name_and_named_in_the_result() {
    // Items 1, 3, 11, 12, 16, 19, 22 and 24 weigh 4 each, item 2 weighs 2: 34.
    let ids = ["1", "3", "11", "12", "16", "19", "22", "24", "2"];
    let changes: Map<String, Json> = ids.iter().map(|id| ((*id).to_owned(), json!("yes"))).collect();
    let answers = with(all(1..=57, "no"), Json::Object(changes));
    let usual = printed("abc", &answers, None, None);
    assert_eq!(
        (&usual["total"], &usual["cutoffs"], &usual["band"]),
        (&json!(34), &json!("nhc2010"), &json!("suspected"))
    );
    let teaching = printed("abc", &answers, None, Some("teaching-53-68"));
    assert_eq!(
        (&teaching["cutoffs"], &teaching["band"]),
        (&json!("teaching-53-68"), &json!("none"))
    );
    let unknown = score_command("abc", "{}", None, Some("nhc2011")).expect_err("unknown");
    assert!(
        unknown.contains("nhc2011") && unknown.contains("nhc2010, teaching-53-68"),
        "{unknown}"
    );
}

#[test]
fn cars_takes_half_steps_and_prints_them_as_numbers() {
    let object = printed("cars", &with(all(1..=15, 2), json!({ "1": 1.5, "2": 2.0 })), None, None);
    assert_eq!((&object["total"], &object["band"]), (&json!(29.5), &json!("none")));
    assert!(refusal("cars", r#"{"1": 1.25}"#).contains("1.25"));
    assert!(refusal("cars", r#"{"1": "2"}"#).contains("cannot be answered"));
}

#[test]
fn atec_has_neither_positive_nor_band_even_when_complete() {
    let mut answers = Map::new();
    for (part, items) in [("I", 14), ("II", 20), ("III", 18), ("IV", 25)] {
        answers.extend((1..=items).map(|item| (format!("{part}{item}"), json!(2))));
    }
    let object = printed("atec", &Json::Object(answers), None, None);
    assert_eq!(object["complete"], json!(true));
    assert_eq!(object["subscales"], json!({ "I": 28, "II": 40, "III": 36, "IV": 50 }));
    assert_eq!(
        (&object["positive"], &object["band"], &object["cutoffs"]),
        (&Json::Null, &Json::Null, &Json::Null)
    );
}

#[test]
fn wscmbd_has_four_signs_in_own_words_at_each_of_the_eleven_ages() {
    let wscmbd = package("wscmbd");
    let ages: Vec<u32> = wscmbd.columns.iter().map(|column| column.from_months).collect();
    assert_eq!(ages, [3, 6, 8, 12, 18, 24, 30, 36, 48, 60, 72]);
    let texts: Vec<&Text> = wscmbd
        .columns
        .iter()
        .flat_map(|column| column.labels.values())
        .collect();
    assert_eq!(texts.len(), 44);
    for (age, column) in [(3, 3), (5, 3), (7, 6), (17, 12), (18, 18), (35, 30), (47, 36), (83, 72)] {
        let found = wscmbd.column(Some(age)).expect("in range").expect("has columns");
        assert_eq!(found.from_months, column, "{age} months");
    }
    assert!(refusal("wscmbd", "{}").contains("age in months"));
}

#[test]
fn nothing_said_about_a_screened_child_names_a_diagnosis() {
    let answers = json!({ "1": "no", "2": "no", "3": "yes", "4": "no", "regression": "yes" });
    let line = printed("wscmbd", &answers, Some(18), None)["explanation"].to_string();
    assert!(
        line.contains("需复筛") && line.contains("与人没有目光对视") && line.contains("国卫办妇幼发〔2022〕12号"),
        "{line}"
    );
    for code in ["wscmbd", "m-chat-r", "m-chat-r-f", "chat-23", "abc", "cars", "cabs"] {
        for set in &package(code).cutoffs {
            for band in &set.bands {
                let words = format!("{:?} {:?} {:?}", band.label, band.advice, set.name).to_lowercase();
                let diagnosis = ["孤独症", "自闭症", "autis"].iter().any(|word| words.contains(word));
                assert!(!diagnosis, "{code} {words}");
            }
        }
    }
}

#[test]
fn the_explanation_names_items_cut_off_set_and_rule_in_both_languages() {
    let answers = Answers::from_json(&all(1..=20, "yes").to_string()).expect("reads");
    let outcome = package("m-chat-r")
        .score(
            &answers,
            &Options {
                age_months: Some(40),
                cutoffs: None,
            },
        )
        .expect("scores");
    let (zh, en) = (&outcome.explanation.zh, &outcome.explanation.en);
    for part in [
        "计分条目：第2项、第5项、第12项。",
        "M-CHAT-R 官方计分，2014-01",
        "风险项数在 3 至 7 之间",
        "中风险",
        "不是诊断",
        "月龄 40 不在",
    ] {
        assert!(zh.contains(part), "{part} not in {zh}");
    }
    for part in [
        "Items that scored: item 2, item 5, item 12.",
        "2014-01",
        "items at risk is from 3 to 7",
        "medium risk",
        "40 months",
    ] {
        assert!(en.contains(part), "{part} not in {en}");
    }
    assert_eq!(
        outcome.warnings.len(),
        1,
        "outside the age window is a warning, not an error"
    );
}

#[test]
fn a_result_keeps_what_it_rests_on_and_survives_storage() {
    let answers = Answers::from_json(&with(all(1..=15, 2), json!({ "4": 3.5 })).to_string()).expect("reads");
    let outcome = package("cars").score(&answers, &Options::default()).expect("scores");
    let fourth = outcome.item_scores.get(3).expect("fifteen scores");
    assert_eq!(
        (fourth.item.as_str(), fourth.points),
        ("4", Points::parse("3.5").expect("decimal"))
    );
    let stored = serde_json::to_string(&outcome).expect("stores");
    assert_eq!(serde_json::from_str::<Outcome>(&stored).expect("reads back"), outcome);
}
