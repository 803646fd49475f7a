//! The words of notices and messages, made when they are read or sent.

use std::collections::{BTreeMap, BTreeSet};

use entities::{ChildId, OrganisationId, child::child, mask, words::Language};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect as _};
use serde_json::Value;

use crate::{
    access::scope,
    organisations,
    platform::{Actor, Result, words},
};

/// Parameters that hold the id of an organisation.
pub const ORGANISATIONS: &[&str] = &["organisation", "from", "to", "site", "hospital", "centre"];

/// Names that texts need, looked up for many texts at once.
#[derive(Clone, Debug, Default)]
pub struct Names {
    organisations: BTreeMap<OrganisationId, String>,
    children: BTreeMap<ChildId, String>,
}

impl Names {
    /// Names for some texts: organisations, and children, as much of each name as `by` may see. Whoever was told of a
    /// child that has moved out of sight still knows which one is meant.
    pub async fn find<'a>(
        db: &impl ConnectionTrait,
        by: &Actor,
        texts: impl Iterator<Item = (&'a Value, Option<ChildId>)>,
    ) -> Result<Self> {
        let mut places = BTreeSet::new();
        let mut children = BTreeSet::new();
        for (params, child) in texts {
            places.extend(
                ORGANISATIONS
                    .iter()
                    .filter_map(|name| params.get(name)?.as_i64().map(OrganisationId)),
            );
            children.extend(child);
        }
        let organisations = organisations::queries::names(db, places).await?;
        let all = || child::Entity::find().filter(child::COLUMN.id.is_in(children.iter().copied()));
        let visible: BTreeSet<ChildId> = all()
            .filter(scope::visible(by))
            .select_only()
            .column(child::Column::Id)
            .into_tuple()
            .all(db)
            .await?
            .into_iter()
            .collect();
        let children = all()
            .all(db)
            .await?
            .into_iter()
            .map(|row| {
                let name = if visible.contains(&row.id) {
                    row.name
                } else {
                    mask::name(&row.name)
                };
                (row.id, name)
            })
            .collect();
        Ok(Self {
            organisations,
            children,
        })
    }
}

/// A text before its words: which one, with what.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    /// The template's name, e.g. `referral.overdue`.
    pub template: &'a str,
    /// Its parameters.
    pub params: &'a Value,
    /// The child it is about.
    pub child: Option<ChildId>,
}

impl Text<'_> {
    /// The words of `key` in a language; none when there is no such text, or something that it needs is missing.
    pub fn words(self, language: Language, key: &str, names: &Names, more: &[(&str, &str)]) -> Option<String> {
        let pattern = words::raw(language, key);
        if pattern == key {
            return None;
        }
        let mut text = pattern.into_owned();
        for (name, value) in self.params.as_object().into_iter().flatten() {
            text = text.replace(&format!("%{{{name}}}"), &self.value(language, name, value, names));
        }
        if let Some(child) = self.child.and_then(|id| names.children.get(&id)) {
            text = text.replace("%{child}", child);
        }
        for (name, value) in more {
            text = text.replace(&format!("%{{{name}}}"), value);
        }
        let text = without_unknown(&text);
        (!text.contains("%{")).then_some(text)
    }

    /// The words of a notice: what came due today has a sentence of its own, and one about no single child says so.
    pub fn notice(self, language: Language, names: &Names) -> Option<String> {
        let key = format!("notice.{}", self.template);
        let due_today = self.params.get("days").and_then(Value::as_i64) == Some(0);
        let somebody = words::raw(language, "inbox.a_child");
        let more = [("child", somebody.as_ref())];
        let same_day = due_today
            .then(|| self.words(language, &format!("notice.{}.same_day", self.template), names, &more))
            .flatten();
        same_day.or_else(|| self.words(language, &key, names, &more))
    }

    fn value(self, language: Language, name: &str, value: &Value, names: &Names) -> String {
        match value {
            Value::String(word) => self.word(language, name, word),
            Value::Number(id) if ORGANISATIONS.contains(&name) => id
                .as_i64()
                .and_then(|id| names.organisations.get(&OrganisationId(id)).cloned())
                .unwrap_or_default(),
            Value::Null => String::new(),
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
        }
    }

    fn word(self, language: Language, name: &str, word: &str) -> String {
        let noun = self.template.split('.').next().unwrap_or_default();
        [format!("word.{name}.{word}"), format!("word.{noun}_{name}.{word}")]
            .iter()
            .map(|key| (key, words::raw(language, key)))
            .find(|(key, text)| text != *key)
            .map_or_else(|| word.to_owned(), |(_, text)| text.into_owned())
    }
}

/// What stands in double brackets is said only where everything in it is known: letters that were written before a text
/// asked for more are still sent.
fn without_unknown(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("[[") {
        let (part, after) = after.split_once("]]").unwrap_or((after, ""));
        out.push_str(before);
        if !part.contains("%{") {
            out.push_str(part);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn words_of_vocabularies_are_translated_and_missing_ones_are_noticed() {
        let params = json!({ "kind": "rescreen", "due_on": "2026-11-30", "to": 4 });
        let text = Text {
            template: "referral.overdue",
            params: &params,
            child: None,
        };
        let names = Names {
            organisations: BTreeMap::from([(OrganisationId(4), "区妇幼保健院".to_owned())]),
            children: BTreeMap::new(),
        };
        let value = |name: &str| text.value(Language::Chinese, name, &params[name], &names);
        assert_eq!(
            value("kind"),
            words::raw(Language::Chinese, "word.referral_kind.rescreen")
        );
        assert_eq!(
            (value("due_on"), value("to")),
            ("2026-11-30".to_owned(), "区妇幼保健院".to_owned())
        );
        assert_eq!(text.words(Language::Chinese, "no.such.text", &names, &[]), None);
        let needs = text.words(Language::English, "delivery.test", &names, &[]);
        assert_eq!(needs, None, "the word is missing");
        let whole = text.words(Language::English, "delivery.test", &names, &[("word", "yes")]);
        assert_eq!(whole.as_deref(), Some("This is a test: yes"));
    }

    #[test]
    fn what_is_not_known_is_left_out_where_a_text_can_do_without() {
        for (text, said) in [
            ("来[[，请在 %{due_on} 前]]。", "来。"),
            ("来[[，请在 2026-12-04 前]]。", "来，请在 2026-12-04 前。"),
            ("%{child}[[来]]", "%{child}来"),
        ] {
            assert_eq!(without_unknown(text), said);
        }
    }

    #[test]
    fn a_notice_about_nobody_and_one_due_today_have_words() {
        let names = Names::default();
        let notice = |days: i64| {
            let params = json!({ "task": "screen", "days": days, "due_on": "2026-11-30" });
            let text = Text {
                template: "task.overdue",
                params: &params,
                child: None,
            };
            text.notice(Language::Chinese, &names).unwrap()
        };
        assert!(notice(0).contains("已到期（2026-11-30）"), "{}", notice(0));
        assert!(notice(3).contains("已逾期 3 个工作日"), "{}", notice(3));
        assert!(notice(3).starts_with("一名儿童"), "{}", notice(3));
    }
}
