//! Forms that were submitted: the same one counts once, and leads where the first one led.
//!
//! The token of a form is saved with what it did, in one transaction. Where it led is known only afterwards: it waits here,
//! and is written with that of others a few seconds later, so that no form costs a second write. What is lost when a
//! program is killed in between is the address alone; events still tell what the form did.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};
use entities::work::submission;
use sea_orm::{
    ActiveValue::Set,
    ConnectionTrait, EntityTrait, QueryFilter,
    sea_query::{CaseStatement, Expr},
};

use super::{Actor, App, Error, Result, crypto::fingerprint, text};

/// What the digests of contents are made for.
const PURPOSE: &str = "submission";
/// Addresses that wait at most; of more, the oldest are forgotten.
const WAITING: usize = 10_000;
/// Addresses that one statement writes.
const AT_ONCE: usize = 200;

/// A form on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// The token that its page carried; the events of what it does name it.
    pub token: String,
    /// Where it was sent: the forms of a page share a token, and each counts once.
    pub path: String,
    /// Keyed digest of what was sent; none when it was not read as a form.
    pub content: Option<String>,
}

impl Submission {
    /// What its row is found by.
    fn key(&self) -> String {
        let path = fingerprint(self.path.as_bytes());
        format!("{}{}", self.token, text::cut(&path, 8))
    }

    /// The same as a row, written with what the form does.
    pub(super) async fn save_in(&self, db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<()> {
        let row = submission::ActiveModel {
            token: Set(self.key()),
            at: Set(now),
            content: Set(self.content.clone()),
            led_to: Set(None),
        };
        let saved = submission::Entity::insert(row).exec_without_returning(db).await;
        saved.map(|_| ()).map_err(|e| {
            if Error::is_duplicate(&e) {
                Error::Repeated(self.token.clone())
            } else {
                e.into()
            }
        })
    }
}

/// The first submission of a form, as it looks to one that comes again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct First {
    /// Where it led, if that is known.
    pub led_to: Option<String>,
    /// It was sent with other content than the one that comes now.
    pub other_content: bool,
}

/// The first submission of this form, when it did something.
pub async fn first(app: &App, again: &Submission) -> Result<Option<First>> {
    let waiting = app.led().waiting().get(&again.key()).cloned();
    let row = submission::Entity::find_by_id(again.key()).one(&*app.db).await?;
    let Some(row) = row else { return Ok(None) };
    // Where one of the two was not read as a form, nobody can tell them apart.
    let other_content = again.content.is_some() && row.content.is_some() && again.content != row.content;
    Ok(Some(First {
        led_to: waiting.or(row.led_to),
        other_content,
    }))
}

/// The digest of what somebody sent: tells contents apart, and says nothing about them.
pub fn digest(app: &App, by: &Actor, fields: &[(String, String)]) -> Result<String> {
    let account = by.account.map_or(0, |id| id.0);
    let mut content = form_urlencoded::Serializer::new(format!("{account} "));
    for (name, value) in fields {
        // A page that brings a form back writes the ends of its lines in its own way.
        content.append_pair(name, &value.replace("\r\n", "\n"));
    }
    Ok(app.keys.index(PURPOSE, &content.finish())?)
}

/// Where forms led that were submitted just now.
#[derive(Default)]
pub struct Led(Mutex<BTreeMap<String, String>>);

impl fmt::Debug for Led {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Led({})", self.waiting().len())
    }
}

impl Led {
    /// This form led there.
    pub fn note(&self, form: &Submission, to: &str) {
        let mut waiting = self.waiting();
        if waiting.len() >= WAITING {
            // Tokens begin with the time at which they were made.
            waiting.pop_first();
        }
        waiting.insert(form.key(), to.to_owned());
    }

    fn waiting(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Write where forms led that were submitted since the last time. Says how many.
pub async fn settle(app: &App) -> Result<usize> {
    let due: Vec<(String, String)> = app.led().waiting().clone().into_iter().collect();
    for some in due.chunks(AT_ONCE) {
        let mut to = CaseStatement::new();
        for (token, address) in some {
            to = to.case(submission::COLUMN.token.eq(token.as_str()), Expr::val(address.as_str()));
        }
        submission::Entity::update_many()
            .col_expr(submission::Column::LedTo, to.into())
            .filter(
                submission::COLUMN
                    .token
                    .is_in(some.iter().map(|(token, _)| token.clone())),
            )
            .exec(app.db.alone())
            .await?;
        let mut waiting = app.led().waiting();
        for (token, _) in some {
            waiting.remove(token);
        }
    }
    Ok(due.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_many_wait_the_newest_are_known() {
        let led = Led::default();
        let form = |n: usize| Submission {
            token: format!("{n:032}"),
            path: "/children".to_owned(),
            content: None,
        };
        for n in 0..=WAITING {
            led.note(&form(n), "/children/7");
        }
        assert_eq!(led.waiting().len(), WAITING);
        assert!(!led.waiting().contains_key(&form(0).key()));
        assert!(led.waiting().contains_key(&form(WAITING).key()));
    }
}
