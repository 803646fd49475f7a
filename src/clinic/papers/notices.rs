//! What a family is given in writing after a re-screen and after a diagnosis. What was concluded the doctor says; the paper
//! names no condition.

use std::collections::BTreeMap;

use entities::{
    DiagnosisId, OrganisationId, RescreenId,
    organisation::organisation,
    screening::{diagnosis, referral, rescreen},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{READS, later_diagnoses, later_rescreens, referrals_of};
use crate::{
    access::Can,
    children::on_paper,
    clinic::takeback::{Found, is_alive},
    notifications::FamilyNotice,
    platform::{App, Error, Result, Say, event::Subject},
    referral::{family_steps, queries::places_of},
    web::{
        Ctx,
        paper::{Asked, Paper, Printed, day},
    },
};

/// Notices of re-screens.
pub(crate) struct RescreenNotice;

/// Notices of diagnoses.
pub(crate) struct DiagnosisNotice;

impl Printed for RescreenNotice {
    type Id = RescreenId;
    const NAME: &'static str = "rescreen-notice";
    const CODE: &'static str = "GF";
    const CAN: Can = READS;
    const LIST: (&'static str, &'static str) = ("/rescreens", "rescreens.title");

    async fn papers(app: &App, ctx: &Ctx, asked: &Asked, ids: &[RescreenId]) -> Result<Vec<Paper>> {
        let db = &*app.db;
        // Whoever recorded it tells it.
        let rows = rescreen::Entity::find()
            .filter(rescreen::COLUMN.id.is_in(ids.iter().copied()))
            .filter(rescreen::COLUMN.organisation_id.eq(ctx.actor.organisation()?))
            .all(db)
            .await?;
        let asked_by = referrals_of(db, rows.iter().filter_map(|row| row.referral_id)).await?;
        let senders: Vec<_> = asked_by.iter().map(|row| row.from_organisation_id).collect();
        let found = rows.iter().map(|row| Found::Rescreen(row.id)).collect();
        let after = After::load(app, ctx, found, senders).await?;
        let records = later_rescreens(db, &rows).await?;
        let children: Vec<_> = rows.iter().map(|row| row.child_id).collect();
        let children = on_paper(app, ctx, &children, asked.full_phones()).await?;
        let mut papers = Vec::with_capacity(ids.len());
        for id in ids {
            let row = rows.iter().find(|row| row.id == *id).ok_or(Error::NotFound)?;
            let child = children.get(&row.child_id).ok_or(Error::NotFound)?;
            let sender = asked_by.iter().find(|one| Some(one.id) == row.referral_id);
            let sender = sender.and_then(|one| after.places.get(&one.from_organisation_id));
            let (meaning, next) = if row.abnormal {
                let steps = after.steps(ctx, Found::Rescreen(row.id));
                ("rescreen_notice.abnormal", steps.unwrap_or_else(looking))
            } else {
                (
                    "rescreen_notice.clear",
                    vec![again(ctx, row, sender.map_or(after.here.name.as_str(), |s| &s.name))],
                )
            };
            let done = Say::new("rescreen_notice.done")
                .with("day", day(ctx.language, row.performed_on))
                .with("place", &after.here.name)
                .with("child", &child.child.name);
            papers.push(
                FamilyNotice {
                    kind: Self::NAME,
                    code: Self::CODE,
                    row: (row.id.0, row.version, origin(row.referral_id)),
                    subject: Subject::of_child("rescreen", row.id.0, row.child_id),
                    child,
                    place: &after.here,
                    mark: records.mark(ctx.language, (row.child_id, row.id.0), row.withdrawn_at),
                    told: vec![done, meaning.into()],
                    next,
                    advised: false,
                }
                .paper(ctx),
            );
        }
        Ok(papers)
    }
}

impl Printed for DiagnosisNotice {
    type Id = DiagnosisId;
    const NAME: &'static str = "diagnosis-notice";
    const CODE: &'static str = "GZ";
    const CAN: Can = READS;
    const LIST: (&'static str, &'static str) = ("/diagnoses", "diagnoses.title");

    async fn papers(app: &App, ctx: &Ctx, asked: &Asked, ids: &[DiagnosisId]) -> Result<Vec<Paper>> {
        let db = &*app.db;
        let rows = diagnosis::Entity::find()
            .filter(diagnosis::COLUMN.id.is_in(ids.iter().copied()))
            .filter(diagnosis::COLUMN.organisation_id.eq(ctx.actor.organisation()?))
            .all(db)
            .await?;
        let found = rows.iter().map(|row| Found::Diagnosis(row.id)).collect();
        let after = After::load(app, ctx, found, Vec::new()).await?;
        let records = later_diagnoses(db, &rows).await?;
        let children: Vec<_> = rows.iter().map(|row| row.child_id).collect();
        let children = on_paper(app, ctx, &children, asked.full_phones()).await?;
        let mut papers = Vec::with_capacity(ids.len());
        for id in ids {
            let row = rows.iter().find(|row| row.id == *id).ok_or(Error::NotFound)?;
            let child = children.get(&row.child_id).ok_or(Error::NotFound)?;
            let next = match (row.autism, after.steps(ctx, Found::Diagnosis(row.id))) {
                (true, Some(steps)) => steps,
                (true, None) => vec!["diagnosis_notice.then.support".into()],
                (false, _) => vec!["diagnosis_notice.then.advice".into()],
            };
            let done = Say::new("diagnosis_notice.done")
                .with("day", day(ctx.language, row.diagnosed_on))
                .with("place", &after.here.name)
                .with("doctor", &row.doctor)
                .with("child", &child.child.name);
            papers.push(
                FamilyNotice {
                    kind: Self::NAME,
                    code: Self::CODE,
                    row: (row.id.0, row.version, origin(row.referral_id)),
                    subject: Subject::of_child("diagnosis", row.id.0, row.child_id),
                    child,
                    place: &after.here,
                    mark: records.mark(ctx.language, (row.child_id, row.id.0), row.withdrawn_at),
                    told: vec![done, "diagnosis_notice.spoken".into()],
                    next,
                    advised: true,
                }
                .paper(ctx),
            );
        }
        Ok(papers)
    }
}

/// What follows from some findings, and who tells them.
struct After {
    here: organisation::Model,
    referrals: Vec<referral::Model>,
    places: BTreeMap<OrganisationId, organisation::Model>,
}

impl After {
    async fn load(app: &App, ctx: &Ctx, found: Vec<Found>, others: Vec<OrganisationId>) -> Result<Self> {
        let db = &*app.db;
        let mut referrals = Vec::new();
        if let Some(column) = found.first().map(|one| one.column()) {
            referrals = referral::Entity::find()
                .filter(column.is_in(found.iter().map(|one| one.id())))
                .order_by_asc(referral::COLUMN.id)
                .all(db)
                .await?;
        }
        let here = ctx.actor.organisation()?;
        let to = referrals.iter().map(|row| row.to_organisation_id);
        let mentioned: Vec<_> = to.chain(others).chain([here]).collect();
        let places = places_of(db, mentioned).await?;
        Ok(Self {
            here: places.get(&here).cloned().ok_or(Error::NotFound)?,
            places,
            referrals,
        })
    }

    /// Where the family goes because of a finding; nothing while nobody was asked.
    fn steps(&self, ctx: &Ctx, found: Found) -> Option<Vec<Say>> {
        let alive = |row: &&referral::Model| found.is_reason_of(row) && is_alive(row);
        let next = self.referrals.iter().rev().find(alive)?;
        let to = self.places.get(&next.to_organisation_id)?;
        Some(family_steps(ctx, next, to))
    }
}

fn looking() -> Vec<Say> {
    vec!["rescreen_notice.then.looking".into()]
}

/// To be seen again, where nothing was found.
fn again(ctx: &Ctx, row: &rescreen::Model, place: &str) -> Say {
    match row.recheck_on {
        Some(on) => Say::new("rescreen_notice.then.again")
            .with("day", day(ctx.language, on))
            .with("place", place),
        None => "diagnosis_notice.then.advice".into(),
    }
}

/// Where it is read.
fn origin(asked_by: Option<entities::ReferralId>) -> String {
    asked_by.map_or_else(|| "/referrals".to_owned(), crate::referral::service::page)
}
