//! What happened to a task, newest first, and the pieces that every history of the chain is made of.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use entities::{
    AccountId, OrganisationId,
    screening::contact,
    task::task,
    words::{ContactResult, TaskState},
};
use sea_orm::ConnectionTrait;

use super::queries;
use crate::{
    account, organisations,
    platform::{Result, Say, clock},
    web::Ctx,
};

/// One entry of a history: a move, an attempt, a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// For the order.
    pub at: DateTime<Utc>,
    /// Finished text.
    pub when: String,
    /// Who and where.
    pub who: String,
    /// What.
    pub title: String,
    /// Tone.
    pub tone: &'static str,
    /// Icon.
    pub icon: &'static str,
    /// Note, reason; empty when there is none.
    pub note: String,
    /// A page about it; empty when there is none.
    pub link: String,
}

/// What entries are made of, with names looked up once.
#[derive(Debug)]
pub struct Names {
    places: BTreeMap<OrganisationId, String>,
    people: BTreeMap<AccountId, String>,
}

impl Names {
    /// Looked up once for all entries.
    pub async fn of(db: &impl ConnectionTrait, places: Vec<OrganisationId>, people: Vec<AccountId>) -> Result<Self> {
        Ok(Self {
            places: organisations::queries::names(db, places).await?,
            people: account::queries::names(db, people).await?,
        })
    }

    /// Who, and from where; or that it happened by itself.
    pub fn who(&self, ctx: &Ctx, person: Option<AccountId>, place: Option<OrganisationId>) -> String {
        let place = place.and_then(|id| self.places.get(&id));
        let person = person.and_then(|id| self.people.get(&id));
        match (person, place) {
            (Some(person), Some(place)) => format!("{person} · {place}"),
            (Some(one), None) | (None, Some(one)) => one.clone(),
            (None, None) => ctx.say("referral.by_itself"),
        }
    }
}

/// What happened to one task, newest first.
pub(super) async fn history_of(db: &impl ConnectionTrait, ctx: &Ctx, row: &task::Model) -> Result<Vec<Entry>> {
    let contacts = queries::contacts(db, row.id).await?;
    let places = contacts.iter().map(|c| c.organisation_id).chain([row.organisation_id]);
    let people = contacts.iter().map(|c| c.by).chain(row.ended_by);
    let names = Names::of(db, places.collect(), people.collect()).await?;
    let mut entries = task_entries(ctx, &names, row);
    entries.extend(contacts.iter().map(|c| contact_entry(ctx, &names, c)));
    sort(&mut entries);
    Ok(entries)
}

/// Newest first.
pub fn sort(entries: &mut [Entry]) {
    // Stable, so that steps of one instant keep their order before it is turned.
    entries.sort_by_key(|entry| entry.at);
    entries.reverse();
}

/// An attempt to reach the family.
pub fn contact_entry(ctx: &Ctx, names: &Names, row: &contact::Model) -> Entry {
    let reached = row.result == ContactResult::Reached;
    Entry {
        at: row.attempted_at,
        when: clock::shown(row.attempted_at),
        who: names.who(ctx, Some(row.by), Some(row.organisation_id)),
        title: Say::new("contact.entry")
            .with_word("method", row.method.word())
            .with_word("result", row.result.word())
            .in_words(ctx.language),
        tone: if reached { "success" } else { "warning" },
        icon: "contact",
        note: row.note.clone().unwrap_or_default(),
        link: String::new(),
    }
}

/// A task that was opened, and closed if it was.
pub fn task_entries(ctx: &Ctx, names: &Names, row: &task::Model) -> Vec<Entry> {
    let kind = row.what.word();
    let opened = Entry {
        at: row.since,
        when: clock::shown(row.since),
        who: names.who(ctx, None, Some(row.organisation_id)),
        title: Say::new("chain.task.opened")
            .with_word("kind", kind)
            .with("day", row.due_on.map_or_else(String::new, |day| day.to_string()))
            .in_words(ctx.language),
        tone: "info",
        icon: "due",
        note: String::new(),
        link: String::new(),
    };
    let closed = row.ended_at.map(|at| Entry {
        at,
        when: clock::shown(at),
        who: names.who(ctx, row.ended_by, Some(row.organisation_id)),
        title: Say::new(ended(row.state))
            .with_word("kind", kind)
            .in_words(ctx.language),
        tone: "neutral",
        icon: "done",
        note: row.note.clone().unwrap_or_default(),
        link: String::new(),
    });
    std::iter::once(opened).chain(closed).collect()
}

/// The verb of a task's end.
const fn ended(state: TaskState) -> &'static str {
    match state {
        TaskState::Open | TaskState::Done => "chain.task.ended.done",
        TaskState::Settled => "chain.task.ended.settled",
        TaskState::Lost => "chain.task.ended.lost",
        TaskState::Cancelled => "chain.task.ended.cancelled",
    }
}
