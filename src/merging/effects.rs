//! What a merge changed: every row, with what it was and what it became.

use serde::{Deserialize, Serialize};

use super::rows::{Picture, Row, VERSION};

/// Tables whose rows are compared as a whole when a merge is undone: a later change to any column counts.
const WHOLE: &[&str] = &["residence"];

/// One row that a merge changed, added or took away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// Its table.
    pub table: String,
    /// Its key, as a JSON list.
    pub key: String,
    /// The columns that changed, as they were; all of them when the row went; none when it came.
    pub was: Option<Row>,
    /// The same as they are now; none when the row went.
    pub now: Option<Row>,
}

/// What happened to the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It belongs to the other file now, and nothing else about it changed.
    Moved,
    /// Something else about it changed.
    Changed,
    /// It is new.
    Added,
    /// It is gone.
    Removed,
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
        match serde_json::from_str::<Vec<serde_json::Value>>(&self.key)
            .ok()?
            .as_slice()
        {
            [id] => id.as_i64(),
            _ => None,
        }
    }

    /// The columns that changed, with both values.
    pub fn changes(&self) -> Vec<(&str, &serde_json::Value, &serde_json::Value)> {
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

    /// Whether the row is still as the merge left it.
    pub fn holds(&self, present: Option<&Row>) -> bool {
        match (&self.now, present) {
            (None, None) => true,
            (Some(now), Some(present)) => now
                .iter()
                .all(|(column, value)| column == VERSION || present.get(column) == Some(value)),
            (None, Some(_)) | (Some(_), None) => false,
        }
    }
}

/// The difference between two pictures. Versions only count, so they are no effect.
pub fn between(before: &Picture, after: &Picture) -> Vec<Effect> {
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
        let whole = WHOLE.contains(table);
        let part = |row: &Row| -> Row {
            row.iter()
                .filter(|(column, _)| whole || changed(column))
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
    use serde_json::json;

    fn picture(rows: &[(&'static str, i64, serde_json::Value)]) -> Picture {
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
        let effects = between(&before, &after);
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
        for effect in &effects {
            let key = (
                super::super::rows::TABLES
                    .iter()
                    .find(|t| **t == effect.table)
                    .copied()
                    .unwrap(),
                effect.key.clone(),
            );
            assert!(effect.holds(after.get(&key)), "{effect:?}");
            assert!(!effect.holds(before.get(&key)), "{effect:?}");
        }
    }
}
