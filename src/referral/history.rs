//! What happened to a referral or a task, newest first.

use std::collections::BTreeMap;

use entities::{
    AccountId, OrganisationId,
    screening::{contact, referral, referral_step},
    task::task,
    words::ContactResult,
};
use sea_orm::ConnectionTrait;

use super::{queries, states, views::Entry};
use crate::{
    account,
    platform::{Result, Say, clock},
    web::Ctx,
};

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
            places: queries::places(db, places).await?,
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

/// What happened to one referral: moves and attempts, newest first.
pub async fn history_of(db: &impl ConnectionTrait, ctx: &Ctx, row: &referral::Model) -> Result<Vec<Entry>> {
    let steps = queries::steps(db, row.id).await?;
    let contacts = queries::contacts(db, row.id).await?;
    let names = Names::of(
        db,
        steps
            .iter()
            .filter_map(|s| s.organisation_id)
            .chain(contacts.iter().map(|c| c.organisation_id))
            .collect(),
        steps
            .iter()
            .filter_map(|s| s.by)
            .chain(contacts.iter().map(|c| c.by))
            .collect(),
    )
    .await?;
    let mut entries: Vec<Entry> = steps
        .iter()
        .map(|step| step_entry(ctx, &names, step, row, false))
        .collect();
    entries.extend(contacts.iter().map(|c| contact_entry(ctx, &names, c)));
    sort(&mut entries);
    Ok(entries)
}

/// What happened to one task, newest first.
pub async fn history_of_task(db: &impl ConnectionTrait, ctx: &Ctx, row: &task::Model) -> Result<Vec<Entry>> {
    let contacts = queries::task_contacts(db, row.id).await?;
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

/// A move; `linked` when it stands among those of other referrals.
pub fn step_entry(ctx: &Ctx, names: &Names, step: &referral_step::Model, row: &referral::Model, linked: bool) -> Entry {
    let (tone, icon) = states::of(step.to_state).meaning.look;
    let state = ctx.say(step.to_state.word());
    Entry {
        at: step.at,
        when: clock::shown(step.at),
        who: names.who(ctx, step.by, step.organisation_id),
        title: if linked {
            Say::new("chain.referral")
                .with_word("kind", row.kind.word())
                .with("state", state)
                .in_words(ctx.language)
        } else {
            state
        },
        tone,
        icon,
        note: step.note.clone().unwrap_or_default(),
        link: if linked {
            format!("/referrals/{}", row.id)
        } else {
            String::new()
        },
    }
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
        title: Say::new("chain.task.closed")
            .with_word("kind", kind)
            .with_word("state", row.state.word())
            .in_words(ctx.language),
        tone: "neutral",
        icon: "done",
        note: row.note.clone().unwrap_or_default(),
        link: String::new(),
    });
    std::iter::once(opened).chain(closed).collect()
}
