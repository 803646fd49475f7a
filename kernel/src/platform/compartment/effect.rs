//! What became of rows: each with what it was and what it became, as the difference of two pictures.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The columns of a row by name.
pub type Row = serde_json::Map<String, Value>;

/// Rows by table and key, the key as a JSON list.
pub type Picture = BTreeMap<(&'static str, String), Row>;

/// The column that only counts changes: it rises when a row changes and rises again when that is taken back.
pub(super) const VERSION: &str = "version";

/// One row that was changed, added or taken away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// Its table.
    pub table: String,
    /// Its key, as a JSON list.
    pub key: String,
    /// The columns that changed, as they were; all of them when the row went; none when it came.
    pub was: Option<Row>,
    /// The same as they became; none when the row went.
    pub now: Option<Row>,
}

/// What happened to the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It belongs to another child now, and nothing else about it changed.
    Moved,
    /// Something else about it changed.
    Changed,
    /// It is new.
    Added,
    /// It is gone.
    Removed,
}

/// Which columns of a changed row are kept besides those that changed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Besides {
    /// Some, by which the row is called.
    These(&'static [&'static str]),
    /// All: a later change to any of them counts.
    All,
}

impl Effect {
    /// What happened.
    pub fn kind(&self) -> Kind {
        match (&self.was, &self.now) {
            (None, _) => Kind::Added,
            (_, None) => Kind::Removed,
            (Some(was), Some(now)) => {
                let other = now
                    .iter()
                    .any(|(column, value)| column != "child_id" && was.get(column) != Some(value));
                if other { Kind::Changed } else { Kind::Moved }
            }
        }
    }

    /// The row's number, for tables that number their rows.
    pub fn id(&self) -> Option<i64> {
        match serde_json::from_str::<Vec<Value>>(&self.key).ok()?.as_slice() {
            [id] => id.as_i64(),
            _ => None,
        }
    }

    /// What a column was.
    pub fn was(&self, column: &str) -> Option<&Value> {
        self.was.as_ref()?.get(column)
    }

    /// A word of a closed vocabulary that a column was.
    pub fn was_word<W: std::str::FromStr>(&self, column: &str) -> Option<W> {
        self.was(column)?.as_str()?.parse().ok()
    }

    /// The columns that changed, with both values.
    pub fn changes(&self) -> Vec<(&str, &Value, &Value)> {
        let (Some(was), Some(now)) = (&self.was, &self.now) else {
            return Vec::new();
        };
        was.iter()
            .filter_map(|(column, old)| {
                let new = now.get(column)?;
                (old != new).then_some((column.as_str(), old, new))
            })
            .collect()
    }

    /// It belongs to another child now, whatever else changed; or it is new.
    pub fn came(&self) -> bool {
        match self.kind() {
            Kind::Moved | Kind::Added => true,
            Kind::Changed => self.changes().iter().any(|(column, ..)| *column == "child_id"),
            Kind::Removed => false,
        }
    }

    /// Whether the row is still as it was left.
    pub fn holds(&self, present: Option<&Row>) -> bool {
        match (&self.now, present) {
            (None, None) => true,
            (Some(now), Some(present)) => now
                .iter()
                .all(|(column, value)| column == VERSION || present.get(column) == Some(value)),
            (None, Some(_)) | (Some(_), None) => false,
        }
    }

    /// The row in an event: its table and number, what it is called by, and the state that it was in. No other content.
    pub fn brief(&self) -> Value {
        let (was, now) = (self.was.iter().flatten(), self.now.as_ref());
        let told = was.filter(|(column, value)| now.is_some_and(|now| now.get(*column) == Some(*value)));
        let mut brief: Row = told.map(|(column, value)| (column.clone(), value.clone())).collect();
        brief.insert("table".to_owned(), json!(self.table));
        brief.insert("id".to_owned(), json!(self.id()));
        if let Some(state) = self.was("state") {
            brief.insert("was".to_owned(), state.clone());
        }
        Value::Object(brief)
    }
}

/// The difference between two pictures. Versions only count, so they are no effect.
pub(super) fn between(before: &Picture, after: &Picture, besides: impl Fn(&str) -> Besides) -> Vec<Effect> {
    let mut effects = Vec::new();
    for ((table, key), was) in before {
        let effect = |was: Option<Row>, now: Option<Row>| Effect {
            table: (*table).to_owned(),
            key: key.clone(),
            was,
            now,
        };
        let Some(now) = after.get(&(*table, key.clone())) else {
            effects.push(effect(Some(was.clone()), None));
            continue;
        };
        let changed = |column: &String| column != VERSION && was.get(column) != now.get(column);
        if !was.keys().any(changed) {
            continue;
        }
        let kept = |column: &String| match besides(table) {
            Besides::All => true,
            Besides::These(names) => names.contains(&column.as_str()) || changed(column),
        };
        let part = |row: &Row| -> Row {
            row.iter()
                .filter(|(column, _)| kept(column))
                .map(|(column, value)| (column.clone(), value.clone()))
                .collect()
        };
        effects.push(effect(Some(part(was)), Some(part(now))));
    }
    for ((table, key), now) in after {
        if !before.contains_key(&(*table, key.clone())) {
            effects.push(Effect {
                table: (*table).to_owned(),
                key: key.clone(),
                was: None,
                now: Some(now.clone()),
            });
        }
    }
    effects
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(rows: &[(&'static str, i64, Value)]) -> Picture {
        rows.iter()
            .map(|(table, id, row)| {
                let row = row.as_object().unwrap().clone();
                ((*table, format!("[{id}]")), row)
            })
            .collect()
    }

    #[test]
    fn rows_move_change_come_and_go() {
        let before = picture(&[
            ("screen", 1, json!({ "child_id": 2, "note": "a" })),
            ("screen", 2, json!({ "child_id": 1, "note": "b" })),
            ("referral", 1, json!({ "child_id": 1, "state": "sent", "version": 1 })),
            ("care", 9, json!({ "child_id": 2 })),
        ]);
        let after = picture(&[
            ("screen", 1, json!({ "child_id": 1, "note": "a" })),
            ("screen", 2, json!({ "child_id": 1, "note": "b" })),
            (
                "referral",
                1,
                json!({ "child_id": 1, "state": "cancelled", "version": 2 }),
            ),
            ("consent", 4, json!({ "child_id": 1 })),
        ]);
        let effects = between(&before, &after, |_| Besides::These(&[]));
        let told: Vec<_> = effects.iter().map(|e| (e.table.as_str(), e.id(), e.kind())).collect();
        assert_eq!(
            told,
            [
                ("care", Some(9), Kind::Removed),
                ("referral", Some(1), Kind::Changed),
                ("screen", Some(1), Kind::Moved),
                ("consent", Some(4), Kind::Added),
            ]
        );
        assert_eq!(effects[1].changes(), [("state", &json!("sent"), &json!("cancelled"))]);
        assert_eq!(
            effects[1].brief(),
            json!({ "table": "referral", "id": 1, "was": "sent" })
        );
        for effect in &effects {
            let row = |picture: &Picture| {
                let found = picture
                    .iter()
                    .find(|((table, key), _)| *table == effect.table && *key == effect.key);
                found.map(|(_, row)| row.clone())
            };
            assert!(effect.holds(row(&after).as_ref()), "{effect:?}");
            assert!(!effect.holds(row(&before).as_ref()), "{effect:?}");
        }
    }

    #[test]
    fn what_a_row_is_called_by_is_kept_and_is_no_change() {
        let before = picture(&[(
            "planned_check",
            1,
            json!({ "state": "pending", "age_months": 24, "street": "a" }),
        )]);
        let after = picture(&[(
            "planned_check",
            1,
            json!({ "state": "cancelled", "age_months": 24, "street": "a" }),
        )]);
        let effects = between(&before, &after, |_| Besides::These(&["age_months"]));
        assert_eq!(
            serde_json::to_value(&effects[0].was).unwrap(),
            json!({ "state": "pending", "age_months": 24 })
        );
        assert_eq!(
            effects[0].changes(),
            [("state", &json!("pending"), &json!("cancelled"))]
        );
        assert_eq!(
            effects[0].brief(),
            json!({ "table": "planned_check", "id": 1, "age_months": 24, "was": "pending" })
        );
        let whole = between(&before, &after, |_| Besides::All);
        assert_eq!(whole[0].was("street"), Some(&json!("a")));
        let mut moved = after.clone();
        moved
            .get_mut(&("planned_check", "[1]".to_owned()))
            .unwrap()
            .insert("street".to_owned(), json!("b"));
        let present = moved.values().next();
        assert!(effects[0].holds(present) && !whole[0].holds(present));
    }
}
