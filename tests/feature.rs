//! What features bring is there once, and is right by its own rules.

use std::collections::BTreeSet;

use entities::words::Language;
use serde_json::Value;
use starbridge::{
    app::FEATURES,
    platform::{rule::Part, words},
};

fn once<T: Ord + std::fmt::Debug>(what: &str, all: impl IntoIterator<Item = T>) {
    let mut seen = BTreeSet::new();
    for one in all {
        let told = format!("{one:?}");
        assert!(seen.insert(one), "{what} {told} twice");
    }
    assert!(!seen.is_empty(), "no {what}");
}

#[test]
fn nothing_is_brought_twice() {
    once("feature", FEATURES.0.iter().map(|feature| feature.name));
    for feature in FEATURES.0 {
        let folder = format!("src/{}", feature.name);
        assert!(std::path::Path::new(&folder).is_dir(), "{folder} is no feature");
    }
    once("sweep", FEATURES.sweeps().iter().map(|sweep| sweep.name));
    once(
        "projection",
        FEATURES.projections().iter().map(|projection| projection.name),
    );
    once("entry", FEATURES.navigation().iter().map(|entry| entry.href));
    once(
        "place of an entry",
        FEATURES.navigation().iter().map(|entry| entry.order),
    );
    once("rule", FEATURES.rules().iter().map(|rule| rule.code));
    once("section", FEATURES.child_file().iter().map(|section| section.tab));
    once(
        "place of a section",
        FEATURES.child_file().iter().map(|section| section.order),
    );
    once("line of the first week", FEATURES.set_up().iter().map(|step| step.name));
    once(
        "place of a line of the first week",
        FEATURES.set_up().iter().map(|step| step.order),
    );
    once("place of a piece", FEATURES.panels().iter().map(|panel| panel.order));
    once("place of a rule", FEATURES.rules().iter().map(|rule| rule.form.order));
    let tiles = FEATURES.tiles();
    once(
        "place of numbers",
        tiles.iter().map(|tiles| (tiles.group.key, tiles.order)),
    );
}

#[test]
fn a_heading_of_the_home_page_has_one_place() {
    let mut places = std::collections::BTreeMap::new();
    for tiles in FEATURES.tiles() {
        let place = places.entry(tiles.group.key).or_insert(tiles.group.order);
        assert_eq!(*place, tiles.group.order, "{}", tiles.group.key);
    }
}

#[test]
fn what_a_rule_ships_is_right_by_its_own_check() {
    for rule in FEATURES.rules() {
        let starts = (rule.shipped)().unwrap();
        let (source, shipped) = (starts.source.as_str(), starts.value);
        assert!(!source.is_empty(), "{}", rule.code);
        let named = shipped.get("source").and_then(Value::as_str).unwrap_or(source);
        let made = (rule.made)(shipped.clone(), named).unwrap();
        assert_eq!(made.unwrap(), shipped, "{}", rule.code);
        // Every field of its form lies where it says, or holds nothing.
        for part in rule.form.parts {
            if let Part::Table(table) = part {
                let rows = shipped.pointer(&format!("/{}", table.path)).and_then(Value::as_array);
                let rows = rows.unwrap_or_else(|| panic!("{} has no rows at {}", rule.code, table.path));
                for column in table.columns {
                    assert!(
                        rows.iter().all(|row| column.of(row).is_some()),
                        "{}: {}",
                        rule.code,
                        column.path
                    );
                }
            }
        }
    }
}

#[test]
fn words_that_are_put_together_are_there() {
    for step in FEATURES.set_up() {
        for key in [step.key(), step.about()] {
            for language in [Language::Chinese, Language::English] {
                assert_ne!(words::raw(language, &key), key, "{key} has no words");
            }
        }
    }
}
