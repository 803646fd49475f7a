//! The sheet: names, licence, choices, parts, items, columns.

use std::collections::BTreeSet;

use super::super::answers::Value;
use super::super::definition::{Choice, Definition, Item, ItemText, Need, Part};
use super::Faults;

/// The most items a package may have; the longest instrument known has about 500.
const MOST_ITEMS: usize = 1000;
/// The heaviest an item may weigh.
const HEAVIEST: u32 = 1000;

pub(super) fn check(package: &Definition, faults: &mut Faults) {
    heading(package, faults);
    choices(package, faults);
    parts(package, faults);
    columns(package, faults);
    item_texts(package, faults);
}

fn heading(package: &Definition, faults: &mut Faults) {
    faults.ids("code", [package.code.as_str()]);
    faults.ids("version", [package.version.as_str()]);
    let lower_case = !package.code.bytes().any(|byte| byte.is_ascii_uppercase());
    faults.unless(lower_case, "code", "fault_code_upper_case", &[]);
    faults.text("name", &package.name);
    faults.text("rater", &package.rater);
    faults.text("item_label", &package.item_label);
    faults.text("licence.notice", &package.licence.notice);
    faults.unless(!package.source.trim().is_empty(), "source", "fault_source_missing", &[]);
    if let Some(age) = package.age {
        faults.unless(age.from_months <= age.to_months, "age", "fault_age_order", &[]);
    }
}

fn choices(package: &Definition, faults: &mut Faults) {
    for (kind, choices) in &package.choices {
        let place = format!("choices.{kind}");
        faults.unless(choices.len() >= 2, &place, "fault_choices_few", &[]);
        let mut keys = BTreeSet::new();
        let mut values = BTreeSet::new();
        for Choice { value, key, label, .. } in choices {
            let shown = value.to_string();
            match (key, value) {
                (Some(key), _) => {
                    faults.unless(*key <= 9, &place, "fault_key_not_digit", &[("value", &shown)]);
                    faults.unless(
                        keys.insert(*key),
                        &place,
                        "fault_key_twice",
                        &[("key", &u32::from(*key))],
                    );
                }
                (None, Value::Word(_)) => faults.add(&place, "fault_key_not_digit", &[("value", &shown)]),
                (None, Value::Number(_)) => {}
            }
            faults.unless(values.insert(value), &place, "fault_value_twice", &[("value", &shown)]);
            faults.text(&place, label);
        }
    }
}

fn parts(package: &Definition, faults: &mut Faults) {
    faults.ids("parts", package.parts.iter().map(|part| part.id.as_str()));
    faults.ids("parts.items", package.items().map(|(_, item)| item.id.as_str()));
    let number = package.items().count();
    faults.unless(
        number <= MOST_ITEMS,
        "parts.items",
        "fault_items_many",
        &[("number", &number)],
    );
    let always = package.parts.iter().any(|part| part.need == Need::Always);
    faults.unless(always, "parts", "fault_no_part_always", &[]);
    for part in &package.parts {
        let place = format!("parts.{}", part.id);
        faults.text(&place, &part.name);
        faults.unless(!part.items.is_empty(), &place, "fault_part_empty", &[]);
        let known = package.choices.contains_key(&part.choices);
        faults.unless(known, &place, "fault_choices_unknown", &[("choices", &part.choices)]);
        for item in &part.items {
            check_item(package, part, item, &format!("{place}.{}", item.id), faults);
        }
    }
    for id in &package.reverse {
        faults.unless(
            package.item(id).is_some(),
            "reverse",
            "fault_item_unknown",
            &[("item", id)],
        );
    }
}

fn check_item(package: &Definition, part: &Part, item: &Item, place: &str, faults: &mut Faults) {
    faults.unless(
        (1..=HEAVIEST).contains(&item.weight),
        place,
        "fault_weight",
        &[("most", &HEAVIEST)],
    );
    match (&part.need, &item.follows) {
        (Need::FollowUp(_), Some(first)) => {
            let known = package.item(first).is_some_and(|(part, _)| part.need == Need::Always);
            faults.unless(known, place, "fault_follows_unknown", &[("item", first)]);
        }
        (Need::FollowUp(_), None) => faults.add(place, "fault_follows_nothing", &[]),
        (Need::Always | Need::WhenStarted, Some(_)) => faults.add(place, "fault_follows_outside", &[]),
        (Need::Always | Need::WhenStarted, None) => {}
    }
    for text in [&item.label, &item.short].into_iter().flatten() {
        faults.text(place, text);
    }
}

fn columns(package: &Definition, faults: &mut Faults) {
    for column in &package.columns {
        let place = format!("columns.{}", column.from_months);
        faults.text(&place, &column.name);
        faults.unless(column.from_months <= column.to_months, &place, "fault_age_order", &[]);
        for (item, label) in &column.labels {
            faults.unless(
                package.item(item).is_some(),
                &place,
                "fault_item_unknown",
                &[("item", item)],
            );
            faults.text(&place, label);
        }
    }
    for (earlier, later) in package.columns.iter().zip(package.columns.iter().skip(1)) {
        let place = format!("columns.{}", later.from_months);
        let adjoining = later.from_months == earlier.to_months + 1;
        faults.unless(adjoining, &place, "fault_column_gap", &[("to", &earlier.to_months)]);
        let same_items = earlier.labels.keys().eq(later.labels.keys());
        faults.unless(same_items, &place, "fault_column_items", &[]);
    }
}

/// A package that ships texts ships all of them; a package that must not ship texts has none.
fn item_texts(package: &Definition, faults: &mut Faults) {
    for (part, item) in package.items() {
        let place = format!("parts.{}.{}", part.id, item.id);
        let in_columns = package
            .columns
            .iter()
            .any(|column| column.labels.contains_key(&item.id));
        let has_text = in_columns || item.label.is_some();
        match package.licence.item_text {
            ItemText::Shipped => faults.unless(has_text, &place, "fault_text_missing", &[]),
            ItemText::Neutral => faults.unless(!has_text, &place, "fault_text_forbidden", &[]),
            ItemText::Imported => {}
        }
    }
    let imported = package.licence.item_text == ItemText::Imported;
    let permitted = package
        .licence
        .permission
        .as_deref()
        .is_some_and(|words| !words.trim().is_empty());
    faults.unless(
        !imported || permitted,
        "licence.permission",
        "fault_permission_missing",
        &[],
    );
}
