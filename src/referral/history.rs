//! What happened to a referral, newest first.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use entities::{
    ReferralId,
    event::event,
    screening::{referral, referral_step},
    words::{ReferralKind, ReferralState},
};
use sea_orm::{ConnectionTrait, EntityTrait as _, QueryFilter as _};

use super::{queries, states};
use crate::{
    platform::{Result, Say, clock},
    task::{Entry, Names, contact_entry, sort},
    web::Ctx,
};

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
    let visits = Visits::of(db, [row.id]).await?;
    let mut entries: Vec<Entry> = steps
        .iter()
        .map(|step| step_entry(ctx, &names, &visits, (step, row), Told::Itself))
        .collect();
    entries.extend(contacts.iter().map(|c| contact_entry(ctx, &names, c)));
    sort(&mut entries);
    Ok(entries)
}

/// Where a move is told, and how much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// On the page of its referral.
    Itself,
    /// Among those of other referrals, with a link to its own.
    Among,
    /// Among others, to somebody who does not take part in it: without its reason.
    Outside,
}

/// A move, as the verb that was done, what for and when.
pub fn step_entry(
    ctx: &Ctx,
    names: &Names,
    visits: &Visits,
    (step, row): (&referral_step::Model, &referral::Model),
    told: Told,
) -> Entry {
    let (tone, icon) = states::of(step.to_state).meaning.look;
    let mut what = done(step, row, visits);
    let because = step.note.clone().filter(|_| told != Told::Outside).unwrap_or_default();
    // Why belongs to the verb; what the family was told at an appointment is a note of its own.
    let is_reason = !because.is_empty() && step.to_state != ReferralState::Appointed;
    if is_reason {
        what = Say::new("step.because").with_word("what", what).with("why", &because);
    }
    if told != Told::Itself {
        what = Say::new("chain.referral")
            .with_word("kind", row.kind.word())
            .with_word("what", what);
    }
    Entry {
        at: step.at,
        when: clock::shown(step.at),
        who: names.who(ctx, step.by, step.organisation_id),
        title: what.in_words(ctx.language),
        tone,
        icon,
        note: if is_reason { String::new() } else { because },
        link: if told == Told::Among {
            format!("/referrals/{}", row.id)
        } else {
            String::new()
        },
    }
}

/// The verb of a move.
fn done(step: &referral_step::Model, row: &referral::Model, visits: &Visits) -> Say {
    use ReferralState::{
        Accepted, Appointed, Cancelled, Completed, Declined, Forwarded, Lost, NoShow, Proposed, Recalled, Sent,
    };
    match (step.from_state, step.to_state) {
        (Some(Cancelled), back) => Say::new("step.restored").with_word("state", back.word()),
        (_, Proposed) => "step.proposed".into(),
        (_, Sent) => "step.sent".into(),
        (Some(Completed), Accepted) => "step.accepted.again".into(),
        (_, Accepted) => "step.accepted".into(),
        (from, Appointed) => match visits.set_at(step, row) {
            None => "step.appointed".into(),
            Some(at) if matches!(from, Some(Appointed | NoShow)) => Say::new("step.appointed.moved").with("at", at),
            Some(at) => Say::new("step.appointed.at").with("at", at),
        },
        (_, NoShow) => "step.no_show".into(),
        (_, Completed) if row.kind == ReferralKind::Intake => "step.completed.intake".into(),
        (_, Completed) => "step.completed".into(),
        (_, Declined) => "step.declined".into(),
        (_, Recalled) => "step.recalled".into(),
        (_, Forwarded) => "step.forwarded".into(),
        (_, Lost) => "step.lost".into(),
        (_, Cancelled) => "step.cancelled".into(),
    }
}

/// For when appointments were made. The row keeps the last one; the others are in the events of the moves.
#[derive(Debug, Default)]
pub struct Visits(BTreeMap<(i64, DateTime<Utc>), DateTime<Utc>>);

impl Visits {
    /// Of some referrals.
    pub async fn of(db: &impl ConnectionTrait, referrals: impl IntoIterator<Item = ReferralId>) -> Result<Self> {
        let ids: Vec<i64> = referrals.into_iter().map(|id| id.0).collect();
        let events = event::Entity::find()
            .filter(event::COLUMN.subject_kind.eq("referral"))
            .filter(event::COLUMN.subject_id.is_in(ids))
            .filter(event::COLUMN.action.eq("referral.appointed"))
            .all(db)
            .await?;
        let visit = |row: event::Model| {
            let at = row.details.get("at")?.as_str()?.parse().ok()?;
            Some(((row.subject_id, row.at), at))
        };
        Ok(Self(events.into_iter().filter_map(visit).collect()))
    }

    /// For when the appointment was made at this step, as clocks show it.
    fn set_at(&self, step: &referral_step::Model, row: &referral::Model) -> Option<String> {
        let told = self.0.get(&(row.id.0, step.at)).copied();
        let last = row
            .appointment_at
            .filter(|_| self.0.keys().all(|(id, _)| *id != row.id.0));
        told.or(last).map(clock::shown)
    }
}
