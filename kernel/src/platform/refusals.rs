//! Refusals in the audit trail, which nobody can prune: the first of a minute is an event at once; those that follow it
//! from the same address or account are counted, and become one more event when the minute is over or the program stops.
//! So nobody who is refused makes the trail grow by more than two rows a minute, and nothing goes uncounted.

use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use entities::event::event;
use serde_json::{Value, json};

use super::{
    actor::Actor,
    event::{Subject, row},
    remote,
};

/// How long refusals are counted before they are written.
const MINUTE: TimeDelta = TimeDelta::seconds(60);
/// Counts kept for addresses, and as many for accounts; beyond, all count as one.
const KEPT: usize = 256;
/// Different details that a count remembers.
const EXAMPLES: usize = 5;

/// Whose refusals are counted together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Whose {
    Account(i64),
    Address(String),
    /// More than can be told apart.
    Many {
        signed_in: bool,
    },
}

impl Whose {
    fn of(by: &Actor) -> Self {
        match by.account {
            Some(account) => Self::Account(account.0),
            None => Self::Address(remote::block(&by.remote)),
        }
    }

    fn signed_in(&self) -> bool {
        matches!(self, Self::Account(_) | Self::Many { signed_in: true })
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Kind {
    whose: Whose,
    action: String,
    why: String,
}

/// What was counted since the event at the beginning of the minute.
#[derive(Clone, Debug)]
struct Minute {
    since: DateTime<Utc>,
    count: u64,
    by: Actor,
    subject: Subject,
    examples: Vec<Value>,
}

impl Minute {
    /// Over, or never to be over because the clock was set back.
    fn is_over(&self, now: DateTime<Utc>) -> bool {
        now < self.since || now - self.since >= MINUTE
    }

    fn add(&mut self, by: &Actor, subject: Subject, details: Value) {
        if self.count == 0 {
            self.by = by.clone();
            self.subject = subject;
        } else if self.subject != subject {
            self.subject = Subject::none();
        }
        self.count += 1;
        if self.examples.len() < EXAMPLES && !self.examples.contains(&details) {
            self.examples.push(details);
        }
    }

    fn row(&self, kind: &Kind, now: DateTime<Utc>) -> event::ActiveModel {
        let mut details = json!({
            "count": self.count,
            "since": self.since.to_rfc3339_opts(SecondsFormat::Secs, true),
            "examples": self.examples,
        });
        if let (Some(members), false) = (details.as_object_mut(), kind.why.is_empty()) {
            members.insert("why".to_owned(), json!(kind.why));
        }
        let mut by = Actor { now, ..self.by.clone() };
        if matches!(kind.whose, Whose::Many { .. }) {
            by = Actor {
                cause: by.cause,
                ..Actor::system(&by.name, now)
            };
        }
        row(&by, &kind.action, self.subject, details, true)
    }
}

/// The counts of the present minute.
#[derive(Default)]
pub struct Refusals(Mutex<HashMap<Kind, Minute>>);

impl fmt::Debug for Refusals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Refusals({})", self.counts().len())
    }
}

/// Rows to be written, and what to do when that fails.
#[derive(Debug, Default)]
pub(super) struct Due {
    pub(super) rows: Vec<event::ActiveModel>,
    taken: Vec<(Kind, Minute)>,
}

impl Refusals {
    /// Count one more; the rows that are to be written now.
    pub(super) fn add(&self, by: &Actor, action: &str, subject: Subject, details: &Value) -> Due {
        let why = details.get("why").and_then(Value::as_str).unwrap_or_default();
        let mut kind = Kind {
            whose: Whose::of(by),
            action: action.to_owned(),
            why: why.to_owned(),
        };
        let mut counts = self.counts();
        if !counts.contains_key(&kind) {
            let signed_in = kind.whose.signed_in();
            let alike = counts
                .keys()
                .filter(|known| known.whose.signed_in() == signed_in)
                .count();
            if alike >= KEPT {
                kind.whose = Whose::Many { signed_in };
            }
        }
        let mut due = Due::default();
        if let Some(minute) = counts.get_mut(&kind) {
            if !minute.is_over(by.now) {
                minute.add(by, subject, details.clone());
                return due;
            }
            due.take(kind.clone(), minute.clone(), by.now);
        }
        let minute = Minute {
            since: by.now,
            count: 0,
            by: by.clone(),
            subject,
            examples: Vec::new(),
        };
        // The first one counts on, too, when it cannot be written.
        let uncounted = Minute {
            count: 1,
            examples: vec![details.clone()],
            ..minute.clone()
        };
        due.taken.push((kind.clone(), uncounted));
        counts.insert(kind, minute);
        due.rows.push(row(by, action, subject, details.clone(), true));
        due
    }

    /// What has to be written: minutes that are over, or all of them.
    pub(super) fn due(&self, now: DateTime<Utc>, all: bool) -> Due {
        let mut counts = self.counts();
        let mut due = Due::default();
        counts.retain(|kind, minute| {
            let stays = !all && !minute.is_over(now);
            if !stays {
                due.take(kind.clone(), minute.clone(), now);
            }
            stays
        });
        due
    }

    /// It could not be written: count on.
    pub(super) fn put_back(&self, due: Due) {
        let mut counts = self.counts();
        for (kind, minute) in due.taken {
            counts
                .entry(kind)
                .and_modify(|present| {
                    present.count += minute.count;
                    present.since = present.since.min(minute.since);
                })
                .or_insert(minute);
        }
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<Kind, Minute>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Due {
    fn take(&mut self, kind: Kind, minute: Minute, now: DateTime<Utc>) {
        if minute.count > 0 {
            self.rows.push(minute.row(&kind, now));
            self.taken.push((kind, minute));
        }
    }
}

#[cfg(test)]
mod tests {
    use entities::AccountId;
    use sea_orm::ActiveValue;

    use super::*;

    fn from(address: &str, seconds: i64) -> Actor {
        Actor {
            remote: address.to_owned(),
            ..Actor::system("anonymous", DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds))
        }
    }

    fn refuse(refusals: &Refusals, by: &Actor) -> usize {
        let details = json!({ "why": "too_many", "path": by.cause });
        refusals
            .add(by, "account.sign_in_failed", Subject::none(), &details)
            .rows
            .len()
    }

    fn counted(due: &Due) -> Vec<u64> {
        let count = |row: &event::ActiveModel| match &row.details {
            ActiveValue::Set(details) => details["count"].as_u64().unwrap_or(1),
            _ => 0,
        };
        due.rows.iter().map(count).collect()
    }

    #[test]
    fn the_first_of_a_minute_is_written_and_the_others_are_one_row() {
        let refusals = Refusals::default();
        assert_eq!(refuse(&refusals, &from("203.0.113.7", 0)), 1);
        for second in 1..60 {
            assert_eq!(refuse(&refusals, &from("203.0.113.7", second)), 0);
        }
        assert_eq!(refuse(&refusals, &from("203.0.113.8", 1)), 1, "somebody else");
        assert!(refusals.due(from("", 59).now, false).rows.is_empty());
        let due = refusals.due(from("", 60).now, false);
        assert_eq!(counted(&due), [59]);
        assert!(refusals.due(from("", 200).now, true).rows.is_empty(), "written once");
    }

    #[test]
    fn a_new_minute_writes_the_old_one() {
        let refusals = Refusals::default();
        for _ in 0..4 {
            refuse(&refusals, &from("203.0.113.7", 0));
        }
        let by = from("203.0.113.7", 61);
        let due = refusals.add(
            &by,
            "account.sign_in_failed",
            Subject::none(),
            &json!({ "why": "too_many" }),
        );
        assert_eq!(counted(&due), [3, 1]);
    }

    #[test]
    fn stopping_writes_everything_and_what_could_not_be_written_counts_on() {
        let refusals = Refusals::default();
        for _ in 0..4 {
            refuse(&refusals, &from("203.0.113.7", 0));
        }
        let due = refusals.due(from("", 1).now, true);
        assert_eq!(counted(&due), [3]);
        refusals.put_back(due);
        refuse(&refusals, &from("203.0.113.7", 2));
        assert_eq!(counted(&refusals.due(from("", 3).now, true)), [4]);
    }

    #[test]
    fn the_first_counts_on_too_when_it_could_not_be_written() {
        let refusals = Refusals::default();
        let details = json!({ "why": "too_many" });
        let by = from("203.0.113.7", 0);
        let due = refusals.add(&by, "account.sign_in_failed", Subject::none(), &details);
        assert_eq!(counted(&due), [1]);
        refusals.put_back(due);
        refuse(&refusals, &by);
        assert_eq!(counted(&refusals.due(from("", 60).now, false)), [2]);
    }

    #[test]
    fn a_count_names_what_all_of_it_was_about() {
        let told = |subjects: &[Subject]| {
            let (refusals, by) = (Refusals::default(), from("203.0.113.7", 0));
            for subject in subjects {
                refusals.add(&by, "access.refused", *subject, &json!({}));
            }
            let due = refusals.due(from("", 60).now, false);
            let row = due.rows.first().unwrap();
            (row.subject_kind.clone().unwrap(), row.subject_id.clone().unwrap())
        };
        let (one, other) = (Subject::new("referral", 1), Subject::new("referral", 2));
        // The first is an event of its own.
        assert_eq!(told(&[other, one, one]), ("referral".to_owned(), 1));
        assert_eq!(told(&[one, one, other]), (String::new(), 0));
    }

    #[test]
    fn a_clock_that_is_set_back_holds_nothing_up() {
        let refusals = Refusals::default();
        for _ in 0..3 {
            refuse(&refusals, &from("203.0.113.7", 86_400));
        }
        assert_eq!(counted(&refusals.due(from("", 10).now, false)), [2]);
    }

    #[test]
    fn however_many_addresses_come_little_is_kept() {
        let refusals = Refusals::default();
        let mut rows = 0;
        for n in 0..100_000_u32 {
            let address = std::net::Ipv4Addr::from_bits(n).to_string();
            rows += refuse(&refusals, &from(&address, 0));
        }
        assert_eq!(rows, KEPT + 1);
        assert_eq!(refusals.counts().len(), KEPT + 1);
        // Those who are signed in have room of their own.
        let somebody = Actor {
            account: Some(AccountId(7)),
            ..from("203.0.113.7", 0)
        };
        assert_eq!(refuse(&refusals, &somebody), 1);
        let due = refusals.due(from("", 60).now, false);
        assert_eq!(
            counted(&due).iter().sum::<u64>(),
            100_000 - u64::try_from(KEPT).unwrap() - 1
        );
        let only = due.rows.first().unwrap();
        assert_eq!(only.remote, ActiveValue::Set(String::new()), "no single address");
    }
}
