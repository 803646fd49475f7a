//! What happened to a child in the chain, newest first.

use entities::{
    ChildId, ReferralId,
    child::departure,
    screening::{contact, diagnosis, referral, referral_step, rescreen, screen},
    task::task,
    words::ScreenOutcome,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    assessment::hidden_from,
    children::age_words,
    clinic::findings::{diagnosis_outcome, rescreen_outcome},
    platform::{Actor, Result, Say, clock},
    referral::{
        history::{Told, Visits, step_entry},
        queries::yours,
    },
    task::{Entry, Names, contact_entry, queries as tasks, rules::those, sort, task_entries},
    web::Ctx,
};

/// Everything that happened to a child in the chain, newest first.
pub(crate) async fn whole_history(db: &impl ConnectionTrait, ctx: &Ctx, child: ChildId) -> Result<Vec<Entry>> {
    let all = Rows::load(db, &ctx.actor, child).await?;
    let names = all.names(db).await?;
    let hidden = hidden_from(db, &ctx.actor, [child]).await?;
    let mut entries = Vec::new();
    entries.extend(all.screens.iter().map(|row| screen_entry(ctx, &names, row)));
    entries.extend(all.rescreens.iter().map(|row| {
        let (outcome, tone) = if hidden.iter().any(|one| one.rescreen_id == Some(row.id)) {
            ("finding.withheld", "neutral")
        } else {
            (rescreen_outcome(row), if row.abnormal { "warning" } else { "success" })
        };
        Entry {
            at: row.recorded_at,
            when: row.performed_on.to_string(),
            who: names.who(ctx, Some(row.by), Some(row.organisation_id)),
            title: Say::new("chain.rescreen")
                .with_word("outcome", outcome)
                .in_words(ctx.language),
            tone,
            icon: "rescreen",
            note: String::new(),
            link: String::new(),
        }
    }));
    entries.extend(all.diagnoses.iter().map(|row| {
        let outcome = if hidden.iter().any(|one| one.diagnosis_id == Some(row.id)) {
            "finding.withheld"
        } else {
            diagnosis_outcome(row)
        };
        Entry {
            at: row.recorded_at,
            when: row.diagnosed_on.to_string(),
            who: names.who(ctx, Some(row.by), Some(row.organisation_id)),
            title: Say::new("chain.diagnosis")
                .with_word("outcome", outcome)
                .in_words(ctx.language),
            tone: "info",
            icon: "diagnosis",
            note: String::new(),
            link: String::new(),
        }
    }));
    let visits = Visits::of(db, all.referrals.iter().map(|row| row.id)).await?;
    for step in &all.steps {
        if let Some(row) = all.referrals.iter().find(|r| r.id == step.referral_id) {
            // Other organisations' referrals are told of, not opened.
            let told = if all.open.contains(&row.id) {
                Told::Among
            } else {
                Told::Outside
            };
            entries.push(step_entry(ctx, &names, &visits, (step, row), told));
        }
    }
    entries.extend(all.contacts.iter().map(|row| contact_entry(ctx, &names, row)));
    for row in &all.tasks {
        entries.extend(task_entries(ctx, &names, row));
    }
    entries.extend(all.departures.iter().map(|row| {
        Entry {
            at: row.recorded_at,
            when: clock::shown(row.recorded_at),
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
            .with_word("age", age_words(row.age_months))
            .with_word("outcome", row.outcome.word())
            .in_words(ctx.language),
        tone,
        icon,
        note: String::new(),
        link: String::new(),
    }
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
    tasks: Vec<task::Model>,
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
            .filter(yours(by))
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
            // The others are told by the moves of what they are about.
            tasks: task::Entity::find()
                .filter(task::COLUMN.child_id.eq(child))
                .filter(tasks::is_one_of(&those(|what| what.recorded)))
                .order_by_asc(task::COLUMN.id)
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
            .chain(self.tasks.iter().map(|r| r.organisation_id))
            .collect();
        let people = self
            .screens
            .iter()
            .map(|r| r.screener_id)
            .chain(self.rescreens.iter().map(|r| r.by))
            .chain(self.diagnoses.iter().map(|r| r.by))
            .chain(self.steps.iter().filter_map(|r| r.by))
            .chain(self.contacts.iter().map(|r| r.by))
            .chain(self.tasks.iter().filter_map(|r| r.ended_by))
            .chain(self.departures.iter().filter_map(|r| r.recorded_by))
            .collect();
        Names::of(db, places, people).await
    }
}
