//! Packages: what an entry screen and an importing administrator rely on.

use super::*;

#[test]
fn all_built_in_packages_are_sound() {
    let registry = Registry::built_in().unwrap_or_else(|error| panic!("{error}"));
    let codes: Vec<&str> = registry.current().map(|package| package.code.as_str()).collect();
    let shipped = [
        "wscmbd",
        "m-chat-r",
        "m-chat-r-f",
        "chat-23",
        "abc",
        "cars",
        "cabs",
        "atec",
        "development",
    ];
    assert_eq!(codes, shipped);
}

#[test]
fn an_entry_screen_finds_what_it_needs() {
    for package in Registry::built_in().expect("sound").current() {
        assert!(!package.licence.notice.zh.is_empty());
        for (part, item) in package.items() {
            let label = package.label(item, package.columns.first());
            assert!(
                !label.zh.contains('{') && !label.zh.is_empty(),
                "{} {}",
                package.code,
                item.id
            );
            assert!(
                package
                    .choices_of(part)
                    .iter()
                    .all(|choice| !choice.typed().is_empty() && !choice.label.en.is_empty())
            );
        }
    }
    let answers = Answers::from_json(&all(1..=20, "yes").to_string()).expect("reads");
    let needed = package("m-chat-r-f").needed(&answers).expect("valid");
    assert_eq!(
        needed.iter().skip(20).map(|item| item.id.as_str()).collect::<Vec<_>>(),
        ["f2", "f5", "f12"]
    );
    assert_eq!(package("m-chat-r-f").label(needed[20], None).zh, "第2项随访");
}

#[test]
fn a_score_is_its_own_key() {
    let typed = |code: &str| -> Vec<(String, String)> {
        let package = package(code);
        let (part, _) = package.items().next().expect("items");
        let choices = package.choices_of(part).iter();
        choices
            .map(|choice| (choice.typed(), choice.value.to_string()))
            .collect()
    };
    let own = |scores: &[&str]| -> Vec<(String, String)> {
        scores
            .iter()
            .map(|score| ((*score).to_owned(), (*score).to_owned()))
            .collect()
    };
    assert_eq!(typed("cars"), own(&["1", "1.5", "2", "2.5", "3", "3.5", "4"]));
    assert_eq!(typed("cabs"), own(&["0", "1", "2"]));
    assert_eq!(typed("atec"), own(&["0", "1", "2"]));
    // Words have the keys of their package.
    assert_eq!(typed("abc")[0], ("1".to_owned(), "yes".to_owned()));
    for package in Registry::built_in().expect("sound").current() {
        for choice in package.parts.iter().flat_map(|part| package.choices_of(part)) {
            if let Value::Number(score) = choice.value {
                assert_eq!(choice.typed(), score.to_string(), "{}", package.code);
            }
        }
    }
}

#[test]
fn two_raters_are_compared_item_by_item() {
    let first = Answers::from_json(r#"{"1": 1, "2": 2, "3": 3}"#).expect("reads");
    let second = Answers::from_json(r#"{"1": 1, "2": 2.5, "4": 1}"#).expect("reads");
    let agreement = package("cars").compare(&first, &second).expect("valid");
    assert_eq!((agreement.compared, agreement.alike), (2, 1));
    let items: Vec<&str> = agreement
        .differences
        .iter()
        .map(|difference| difference.item.as_str())
        .collect();
    assert_eq!(items, ["2", "3", "4"]);
}

#[test]
fn licensed_texts_replace_the_neutral_labels_and_change_no_score() {
    let lines: String = (1..=14)
        .map(|item| format!("{item} = {{ zh = \"文字{item}\", en = \"words {item}\" }}\n"))
        .collect();
    let head = "instrument = \"cabs\"\nversion = \"1969.1\"\npermission = \"letter of 2026-01-05\"\n[items]\n";
    let mut registry = Registry::built_in().expect("sound").clone();
    registry
        .import_texts(&ItemTexts::parse(&format!("{head}{lines}")).expect("reads"))
        .expect("imports");
    let cabs = registry.get("cabs").expect("there");
    let (_, seventh) = cabs.item("7").expect("there");
    assert_eq!(cabs.label(seventh, None).zh, "文字7");
    assert_eq!(cabs.licence.item_text, ItemText::Imported);
    let answers = Answers::from_json(&all(1..=14, 2).to_string()).expect("reads");
    let outcome = cabs.score(&answers, &Options::default()).expect("scores");
    assert_eq!(
        outcome,
        package("cabs").score(&answers, &Options::default()).expect("scores")
    );

    let partial = ItemTexts::parse(&format!("{head}1 = {{ zh = \"一\", en = \"one\" }}")).expect("reads");
    assert!(
        registry
            .import_texts(&partial)
            .expect_err("whole or not at all")
            .to_string()
            .contains("item 2 is missing")
    );
    let other = ItemTexts::parse(&head.replace("1969.1", "9")).expect("reads");
    assert!(
        registry
            .import_texts(&other)
            .expect_err("no such version")
            .to_string()
            .contains("in version 9")
    );
}

#[test]
fn a_version_keeps_its_meaning() {
    let mut registry = Registry::built_in().expect("sound").clone();
    let toml = include_str!("../data/cabs.toml");
    registry
        .add(Package::parse(toml).expect("sound"))
        .expect("the same again is nothing new");
    let changed = toml.replace("家长", "照护人");
    assert!(registry.add(Package::parse(&changed).expect("sound")).is_err());
    let newer = changed.replace("1969.1", "1969.2");
    registry
        .add(Package::parse(&newer).expect("sound"))
        .expect("a new version");
    assert_eq!(
        registry.get("cabs").map(|package| package.version.as_str()),
        Some("1969.2")
    );
    assert!(
        registry.version("cabs", "1969.1").is_some(),
        "old results stay readable"
    );
    assert_eq!(registry.current().filter(|package| package.code == "cabs").count(), 1);
}

/// Every fault an importing administrator can make is found, named and placed: `faults.toml` says what to break in a
/// sound package and what must be answered.
#[test]
fn a_faulty_package_is_rejected_with_the_place_and_the_reason() {
    #[derive(serde::Deserialize)]
    struct Fault {
        package: String,
        right: String,
        wrong: String,
        error: String,
    }
    let mut faults: BTreeMap<String, Vec<Fault>> = toml::from_str(include_str!("faults.toml")).expect("reads");
    for fault in faults.remove("faults").expect("faults") {
        let sound = match fault.package.as_str() {
            "abc" => include_str!("../data/abc.toml"),
            "cabs" => include_str!("../data/cabs.toml"),
            "m-chat-r-f" => include_str!("../data/m-chat-r-f.toml"),
            "wscmbd" => include_str!("../data/wscmbd.toml"),
            other => panic!("{other}"),
        };
        assert!(sound.contains(&fault.right), "the case is out of date: {}", fault.right);
        let broken = sound.replacen(&fault.right, &fault.wrong, 1);
        let error = Package::parse(&broken).expect_err(&fault.error).to_string();
        assert!(error.contains(&fault.error), "expected {}, got {error}", fault.error);
    }
    let error = Package::parse("code = \"x\"\nversion = \n").expect_err("no TOML");
    assert_eq!(error.problems[0].place, "2:11", "{error}");
    assert!(Package::parse(&"#".repeat(2 * Package::MAX_BYTES)).is_err());
    let nested = format!("name = {}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(
        Package::parse(&nested).is_err(),
        "deep nesting is an error, not a crash"
    );
}
