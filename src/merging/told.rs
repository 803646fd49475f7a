//! Effects in words.

use std::collections::BTreeMap;

use entities::{
    ChildId,
    child::child,
    words::{CheckState, FollowUpState, IdentityKind, Language, ReferralState, Sex},
};
use serde_json::Value;

use super::{
    effects::{Effect, Kind},
    undoing::{Later, Why},
};
use crate::platform::{Say, words};

/// Columns whose value a page must not quote: sealed, or a hash of what is sealed.
const SECRET: &[&str] = &["identity_no", "identity_index", "disability_card_no", "name_sound"];

/// One effect as a page tells it.
#[derive(Clone, Debug)]
pub struct Told {
    /// Locale key of the table.
    pub table: &'static str,
    /// Number of the row; empty where rows are not numbered.
    pub number: String,
    /// What happened.
    pub what: Say,
    /// Columns that changed, each in one sentence.
    pub changes: Vec<Say>,
}

/// The locale key of a table.
pub fn table_key(table: &str) -> &'static str {
    match table {
        "child" => "merge.table.child",
        "child_term" => "merge.table.child_term",
        "guardianship" => "merge.table.guardianship",
        "consent" => "merge.table.consent",
        "residence" => "merge.table.residence",
        "departure" => "merge.table.departure",
        "care" => "merge.table.care",
        "planned_check" => "merge.table.planned_check",
        "screen" => "merge.table.screen",
        "referral" => "merge.table.referral",
        "referral_step" => "merge.table.referral_step",
        "rescreen" => "merge.table.rescreen",
        "diagnosis" => "merge.table.diagnosis",
        "assessment" => "merge.table.assessment",
        "follow_up" => "merge.table.follow_up",
        "contact" => "merge.table.contact",
        "message" => "merge.table.message",
        "notice" => "merge.table.notice",
        _ => "merge.table.parked_row",
    }
}

/// Effects in the order of their tables. Search terms are many and say nothing one by one: they are counted.
pub fn told(language: Language, effects: &[Effect], files: &BTreeMap<ChildId, child::Model>) -> Vec<Told> {
    let mut told = Vec::new();
    for effect in effects.iter().filter(|effect| effect.table != "child_term") {
        told.push(Told {
            table: table_key(&effect.table),
            number: number(effect, files),
            what: Say::new(match effect.kind() {
                Kind::Moved => "merge.effect.moved",
                Kind::Changed => "merge.effect.changed",
                Kind::Added => "merge.effect.added",
                Kind::Removed => "merge.effect.removed",
            }),
            changes: changes(language, effect, files),
        });
    }
    let terms = effects.iter().filter(|effect| effect.table == "child_term").count();
    if terms > 0 {
        told.push(Told {
            table: table_key("child_term"),
            number: terms.to_string(),
            what: Say::new("merge.effect.terms"),
            changes: Vec::new(),
        });
    }
    told
}

/// Files are named by their file number, other rows by their own.
fn number(effect: &Effect, files: &BTreeMap<ChildId, child::Model>) -> String {
    let Some(id) = effect.id() else { return String::new() };
    if effect.table == "child"
        && let Some(file) = files.get(&ChildId(id))
    {
        return file.file_no.clone();
    }
    id.to_string()
}

fn changes(language: Language, effect: &Effect, files: &BTreeMap<ChildId, child::Model>) -> Vec<Say> {
    effect
        .changes()
        .into_iter()
        .filter(|(column, ..)| !SECRET.contains(column))
        .map(|(column, old, new)| {
            let shown = |value: &Value| shown(language, effect, column, value, files);
            Say::new("merge.change")
                .with_word("column", Say::new(column_key(column)))
                .with("old", shown(old))
                .with("new", shown(new))
        })
        .collect()
}

fn column_key(column: &str) -> &'static str {
    match column {
        "child_id" => "merge.column.child_id",
        "merged_into" => "merge.column.merged_into",
        "name" => "child.name",
        "sex" => "child.sex",
        "birth_on" => "child.birth_on",
        "gestational_weeks" => "child.gestational_weeks",
        "identity_kind" => "child.identity_kind",
        "identity_mask" => "child.identity_no",
        "ethnicity" => "child.ethnicity",
        "household_division" => "child.household_division",
        "division" | "street" | "district" => "child.division",
        "address" => "child.address",
        "kindergarten" => "child.kindergarten",
        "disability_card_mask" => "child.disability_card_no",
        "disability_card_expires_on" => "child.disability_card_expires_on",
        "state" => "merge.column.state",
        "screen_id" => "merge.column.screen_id",
        "planned_check_id" => "merge.column.planned_check_id",
        "from_on" => "merge.column.from_on",
        "until_on" => "merge.column.until_on",
        "is_first" => "merge.column.is_first",
        "ended_at" => "merge.column.ended_at",
        "closed_at" => "merge.column.closed_at",
        "closed_by" => "merge.column.closed_by",
        "opens_on" => "merge.column.opens_on",
        "due_on" => "merge.column.due_on",
        "closes_on" => "merge.column.closes_on",
        "corrected" => "merge.column.corrected",
        _ => "merge.column.other",
    }
}

fn shown(
    language: Language,
    effect: &Effect,
    column: &str,
    value: &Value,
    files: &BTreeMap<ChildId, child::Model>,
) -> String {
    if matches!(column, "child_id" | "merged_into")
        && let Some(file) = value.as_i64().and_then(|id| files.get(&ChildId(id)))
    {
        return file.file_no.clone();
    }
    let word = |key: Option<&'static str>| key.map(|key| words::raw(language, key).into_owned());
    let text = match (value, column, effect.table.as_str()) {
        (Value::Null, ..) => word(Some("ui.none")),
        (Value::Bool(yes), ..) => word(Some(if *yes { "merge.yes" } else { "merge.no" })),
        (Value::String(text), "sex", _) => word(text.parse().ok().map(Sex::word)),
        (Value::String(text), "identity_kind", _) => word(text.parse().ok().map(IdentityKind::word)),
        (Value::String(text), "state", "referral") => word(text.parse().ok().map(ReferralState::word)),
        (Value::String(text), "state", "planned_check") => word(text.parse().ok().map(CheckState::word)),
        (Value::String(text), "state", "follow_up") => word(text.parse().ok().map(FollowUpState::word)),
        (Value::String(text), "ended_at" | "closed_at", _) => text.get(..10).map(str::to_owned),
        _ => None,
    };
    text.unwrap_or_else(|| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    })
}

/// What stands in the way of undoing.
pub fn in_the_way(later: &[Later]) -> Vec<Say> {
    later
        .iter()
        .map(|one| {
            let key = match one.why {
                Why::Changed => "merge.later.changed",
                Why::RestsOn => "merge.later.rests_on",
                Why::Left => "merge.later.left",
            };
            Say::new(key)
                .with_word("table", table_key(&one.table))
                .with("id", one.id.map(|id| id.to_string()).unwrap_or_default())
        })
        .collect()
}
