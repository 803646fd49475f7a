//! The details of an event in the reader's words: names of fields, words of vocabularies, permissions.

use entities::words::{Language, all_words};
use serde_json::Value;

use crate::{
    access::Can,
    platform::{Say, words},
};

/// Everything that an event tells besides, field by field.
pub(super) fn in_words(language: Language, noun: &str, details: &Value) -> String {
    let members = details.as_object().into_iter().flatten();
    let shown: Vec<String> = members
        .map(|(name, value)| member(language, noun, name, value))
        .collect();
    shown.join(&words::raw(language, "reports.semicolon"))
}

fn member(language: Language, noun: &str, name: &str, value: &Value) -> String {
    match (name, value) {
        ("needs", Value::String(can)) => {
            if let Some(can) = Can::named(can) {
                let say = Say::new("detail.needs").with_word("permission", can.word());
                return say.in_words(language);
            }
        }
        ("second_factor", Value::Bool(false)) => return words::raw(language, "detail.one_factor").into_owned(),
        _ => {}
    }
    let key = format!("event.detail.{name}");
    let said_of = words::raw(language, &key);
    let label = if said_of == key { name } else { said_of.as_ref() };
    let say = Say::new("detail.pair").with("value", said(language, noun, name, value));
    say.with("name", label).in_words(language)
}

fn said(language: Language, noun: &str, name: &str, value: &Value) -> String {
    match value {
        Value::Null => words::raw(language, "ui.none").into_owned(),
        Value::Bool(true) => words::raw(language, "detail.yes").into_owned(),
        Value::Bool(false) => words::raw(language, "detail.no").into_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => word(language, noun, name, text),
        Value::Array(values) => words::joined(language, values.iter().map(|one| said(language, noun, name, one))),
        Value::Object(_) => format!("（{}）", in_words(language, noun, value)),
    }
}

/// Fields that hold words of more than one vocabulary. Any other holds what people or machines call something, even where a
/// vocabulary has the same word.
const LOOSE: &[&str] = &[
    "a", "after", "because", "before", "from", "kind", "method", "mode", "outcome", "reason", "result", "state", "to",
    "wa", "why", "wish",
];

/// A word of a vocabulary: the one that the field or the subject names, else the only one that has such a word.
fn word(language: Language, noun: &str, name: &str, text: &str) -> String {
    let singular = name.trim_end_matches("_before").trim_end_matches('s');
    let named = [
        format!("word.{noun}_{name}.{text}"),
        format!("word.{name}.{text}"),
        format!("word.{singular}.{text}"),
        format!("view.page.{text}"),
        format!("sweep.{text}"),
        format!("paper.title.{text}"),
    ];
    let known = named.iter().map(|key| (key, words::raw(language, key)));
    if let Some((_, said)) = known.into_iter().find(|(key, said)| said != *key) {
        return said.into_owned();
    }
    if !LOOSE.contains(&singular) {
        return text.to_owned();
    }
    let ending = format!(".{text}");
    let mut all = all_words().into_iter().filter(|key| key.ends_with(&ending));
    match (all.next(), all.next()) {
        (Some(only), None) => words::raw(language, only).into_owned(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn details_are_words() {
        for (noun, details, said) in [
            (
                "access",
                json!({ "needs": "ViewChildren", "path": "/children" }),
                "需要“查看儿童档案”权限；页面地址：/children",
            ),
            ("account", json!({ "second_factor": false }), "未用双重验证"),
            ("account", json!({ "second_factor": true }), "已用双重验证：是"),
            (
                "account",
                json!({ "roles": ["screener", "supervisor"] }),
                "角色：初筛人员、机构负责人",
            ),
            (
                "referral",
                json!({ "due_on": "2026-11-30", "was": "declined" }),
                "期限：2026-11-30；原状态：已退回",
            ),
            (
                "account",
                json!({ "account": "screener", "place": "elsewhere" }),
                "账户：screener；地点：陌生的地方",
            ),
            ("roster", json!({ "rows": 3, "shared": null }), "行数：3；共享：—"),
        ] {
            assert_eq!(in_words(Language::Chinese, noun, &details), said);
        }
    }

    #[test]
    fn every_permission_is_found_by_its_name() {
        for can in Can::ALL {
            assert_eq!(Can::named(&format!("{can:?}")), Some(*can));
            assert_ne!(words::raw(Language::Chinese, can.word()), can.word());
        }
    }
}
