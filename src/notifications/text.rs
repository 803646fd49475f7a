//! The words of notices and messages, made when they are read or sent.

use std::collections::{BTreeMap, BTreeSet};

use entities::{ChildId, OrganisationId, child::child, words::Language};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
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
    children: BTreeMap<ChildId, (String, String)>,
}

impl Names {
    /// Names for some texts: children that `by` may see, and organisations.
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
        let children = child::Entity::find()
            .filter(scope::visible(by))
            .filter(child::COLUMN.id.is_in(children))
            .all(db)
            .await?
            .into_iter()
            .map(|row| (row.id, (row.name, row.file_no)))
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
        if let Some((child, file_no)) = self.child.and_then(|id| names.children.get(&id)) {
            text = text.replace("%{child}", child).replace("%{file_no}", file_no);
        }
        for (name, value) in more {
            text = text.replace(&format!("%{{{name}}}"), value);
        }
        (!text.contains("%{")).then_some(text)
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
}
