//! What happened to a child in the chain, newest first.

use std::collections::BTreeMap;

use entities::{
    AccountId, ChildId, OrganisationId, ReferralId,
    child::departure,
    screening::{contact, diagnosis, follow_up, referral, referral_step, rescreen, screen},
    words::{ContactResult, ScreenOutcome},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{
    super::{
        queries,
        service::local,
        views::{Entry, state_look},
    },
    findings::{diagnosis_outcome, rescreen_outcome},
};
use crate::{
    account,
    platform::{Actor, Result, Say},
    web::Ctx,
};

/// What entries are made of, with names looked up once.
struct Names {
    places: BTreeMap<OrganisationId, String>,
    people: BTreeMap<AccountId, String>,
}

impl Names {
    async fn of(db: &impl ConnectionTrait, places: Vec<OrganisationId>, people: Vec<AccountId>) -> Result<Self> {
        Ok(Self {
            places: queries::places(db, places).await?,
            people: account::queries::names(db, people).await?,
        })
    }

    fn who(&self, ctx: &Ctx, person: Option<AccountId>, place: Option<OrganisationId>) -> String {
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

/// What happened to one follow-up task, newest first.
pub async fn history_of_task(db: &impl ConnectionTrait, ctx: &Ctx, row: &follow_up::Model) -> Result<Vec<Entry>> {
    let contacts = queries::follow_up_contacts(db, row.id).await?;
    let places = contacts.iter().map(|c| c.organisation_id).chain([row.organisation_id]);
    let people = contacts.iter().map(|c| c.by).chain(row.closed_by);
    let names = Names::of(db, places.collect(), people.collect()).await?;
    let mut entries = task_entries(ctx, &names, row);
    entries.extend(contacts.iter().map(|c| contact_entry(ctx, &names, c)));
    sort(&mut entries);
    Ok(entries)
}

fn sort(entries: &mut [Entry]) {
    // Stable, so that steps of one instant keep their order before it is turned.
    entries.sort_by_key(|entry| entry.at);
    entries.reverse();
}

fn step_entry(ctx: &Ctx, names: &Names, step: &referral_step::Model, row: &referral::Model, linked: bool) -> Entry {
    let (tone, icon) = state_look(step.to_state);
    let state = ctx.say(step.to_state.word());
    Entry {
        at: step.at,
        when: local(step.at),
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

fn contact_entry(ctx: &Ctx, names: &Names, row: &contact::Model) -> Entry {
    let reached = row.result == ContactResult::Reached;
    Entry {
        at: row.attempted_at,
        when: local(row.attempted_at),
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

/// Everything that happened to a child in the chain, newest first.
pub async fn whole_history(db: &impl ConnectionTrait, ctx: &Ctx, child: ChildId) -> Result<Vec<Entry>> {
    let all = Rows::load(db, &ctx.actor, child).await?;
    let names = all.names(db).await?;
    let mut entries = Vec::new();
    entries.extend(all.screens.iter().map(|row| screen_entry(ctx, &names, row)));
    entries.extend(all.rescreens.iter().map(|row| Entry {
        at: row.recorded_at,
        when: row.performed_on.to_string(),
        who: names.who(ctx, Some(row.by), Some(row.organisation_id)),
        title: format!("{} · {}", ctx.say("rescreen.title"), ctx.say(rescreen_outcome(row))),
        tone: if row.abnormal { "warning" } else { "success" },
        icon: "rescreen",
        note: String::new(),
        link: String::new(),
    }));
    entries.extend(all.diagnoses.iter().map(|row| Entry {
        at: row.recorded_at,
        when: row.diagnosed_on.to_string(),
        who: names.who(ctx, Some(row.by), Some(row.organisation_id)),
        title: format!("{} · {}", ctx.say("diagnosis.title"), ctx.say(diagnosis_outcome(row))),
        tone: "info",
        icon: "diagnosis",
        note: String::new(),
        link: String::new(),
    }));
    for step in &all.steps {
        if let Some(row) = all.referrals.iter().find(|r| r.id == step.referral_id) {
            let mut entry = step_entry(ctx, &names, step, row, true);
            // Other organisations' referrals are told of, not opened.
            if !all.open.contains(&row.id) {
                entry.link.clear();
                entry.note.clear();
            }
            entries.push(entry);
        }
    }
    entries.extend(all.contacts.iter().map(|row| contact_entry(ctx, &names, row)));
    for row in &all.follow_ups {
        entries.extend(task_entries(ctx, &names, row));
    }
    entries.extend(all.departures.iter().map(|row| {
        Entry {
            at: row.recorded_at,
            when: local(row.recorded_at),
            who: names.who(ctx, row.recorded_by, None),
            title: Say::new(if row.undone_at.is_some() {
                "chain.left_undone"
            } else {
                "chain.left"
            })
            .with_word("reason", row.reason.word())
            .with("day", row.left_on)
            .in_words(ctx.language),
            tone: "neutral",
            icon: "cancelled",
            note: row.note.clone().unwrap_or_default(),
            link: String::new(),
        }
    }));
    sort(&mut entries);
    Ok(entries)
}

fn screen_entry(ctx: &Ctx, names: &Names, row: &screen::Model) -> Entry {
    let (tone, icon) = match row.outcome {
        ScreenOutcome::Normal => ("success", "done"),
        ScreenOutcome::Abnormal => ("warning", "screening"),
        ScreenOutcome::Refused
        | ScreenOutcome::Unreachable
        | ScreenOutcome::Elsewhere
        | ScreenOutcome::Moved
        | ScreenOutcome::Died => ("neutral", "screening"),
    };
    Entry {
        at: row.recorded_at,
        when: row.performed_on.to_string(),
        who: names.who(ctx, Some(row.screener_id), Some(row.organisation_id)),
        title: Say::new("chain.screen")
            .with("months", row.age_months)
            .with_word("outcome", row.outcome.word())
            .in_words(ctx.language),
        tone,
        icon,
        note: String::new(),
        link: String::new(),
    }
}

fn task_entries(ctx: &Ctx, names: &Names, row: &follow_up::Model) -> Vec<Entry> {
    let kind = row.kind.word();
    let opened = Entry {
        at: row.opened_at,
        when: local(row.opened_at),
        who: names.who(ctx, None, Some(row.organisation_id)),
        title: Say::new("chain.task.opened")
            .with_word("kind", kind)
            .with("day", row.due_on)
            .in_words(ctx.language),
        tone: "info",
        icon: "due",
        note: String::new(),
        link: String::new(),
    };
    let closed = row.closed_at.map(|at| Entry {
        at,
        when: local(at),
        who: names.who(ctx, row.closed_by, Some(row.organisation_id)),
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

/// Everything about one child.
struct Rows {
    screens: Vec<screen::Model>,
    rescreens: Vec<rescreen::Model>,
    diagnoses: Vec<diagnosis::Model>,
    referrals: Vec<referral::Model>,
    open: Vec<ReferralId>,
    steps: Vec<referral_step::Model>,
    contacts: Vec<contact::Model>,
    follow_ups: Vec<follow_up::Model>,
    departures: Vec<departure::Model>,
}

impl Rows {
    async fn load(db: &impl ConnectionTrait, by: &Actor, child: ChildId) -> Result<Self> {
        let referrals = referral::Entity::find()
            .filter(referral::COLUMN.child_id.eq(child))
            .order_by_asc(referral::COLUMN.id)
            .all(db)
            .await?;
        let open = referral::Entity::find()
            .filter(referral::COLUMN.child_id.eq(child))
            .filter(queries::yours(by))
            .select_only()
            .column(referral::Column::Id)
            .into_tuple()
            .all(db)
            .await?;
        Ok(Self {
            screens: screen::Entity::find()
                .filter(screen::COLUMN.child_id.eq(child))
                .filter(screen::COLUMN.withdrawn_at.is_null())
                .order_by_asc(screen::COLUMN.id)
                .all(db)
                .await?,
            rescreens: rescreen::Entity::find()
                .filter(rescreen::COLUMN.child_id.eq(child))
                .filter(rescreen::COLUMN.withdrawn_at.is_null())
                .order_by_asc(rescreen::COLUMN.id)
                .all(db)
                .await?,
            diagnoses: diagnosis::Entity::find()
                .filter(diagnosis::COLUMN.child_id.eq(child))
                .filter(diagnosis::COLUMN.withdrawn_at.is_null())
                .order_by_asc(diagnosis::COLUMN.id)
                .all(db)
                .await?,
            open,
            steps: referral_step::Entity::find()
                .filter(referral_step::COLUMN.referral_id.is_in(referrals.iter().map(|r| r.id)))
                .order_by_asc(referral_step::COLUMN.id)
                .all(db)
                .await?,
            referrals,
            contacts: contact::Entity::find()
                .filter(contact::COLUMN.child_id.eq(child))
                .order_by_asc(contact::COLUMN.id)
                .all(db)
                .await?,
            follow_ups: follow_up::Entity::find()
                .filter(follow_up::COLUMN.child_id.eq(child))
                .order_by_asc(follow_up::COLUMN.id)
                .all(db)
                .await?,
            departures: departure::Entity::find()
                .filter(departure::COLUMN.child_id.eq(child))
                .order_by_asc(departure::COLUMN.id)
                .all(db)
                .await?,
        })
    }

    async fn names(&self, db: &impl ConnectionTrait) -> Result<Names> {
        let places = self
            .screens
            .iter()
            .map(|r| r.organisation_id)
            .chain(self.rescreens.iter().map(|r| r.organisation_id))
            .chain(self.diagnoses.iter().map(|r| r.organisation_id))
            .chain(self.steps.iter().filter_map(|r| r.organisation_id))
            .chain(self.contacts.iter().map(|r| r.organisation_id))
            .chain(self.follow_ups.iter().map(|r| r.organisation_id))
            .collect();
        let people = self
            .screens
            .iter()
            .map(|r| r.screener_id)
            .chain(self.rescreens.iter().map(|r| r.by))
            .chain(self.diagnoses.iter().map(|r| r.by))
            .chain(self.steps.iter().filter_map(|r| r.by))
            .chain(self.contacts.iter().map(|r| r.by))
            .chain(self.follow_ups.iter().filter_map(|r| r.closed_by))
            .chain(self.departures.iter().filter_map(|r| r.recorded_by))
            .collect();
        Names::of(db, places, people).await
    }
}
