//! What the family is given in writing after an initial screen (初筛结果告知书).

use std::collections::BTreeMap;

use entities::{
    ChildId, OrganisationId, ScreenId,
    organisation::organisation,
    screening::{planned_check, referral, screen},
    words::{CheckState, ReferralKind, ScreenOutcome},
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder};

use super::check::age_words;
use crate::{
    access::Can,
    children::on_paper,
    notifications::FamilyNotice,
    platform::{App, Error, Result, Say, event::Subject},
    referral::{family_steps, is_open, queries::places_of},
    web::{
        Ctx,
        paper::{Asked, Paper, Printed, Records, day},
    },
};

/// Notices of initial screens.
pub struct ScreenNotice;

impl Printed for ScreenNotice {
    type Id = ScreenId;
    const NAME: &'static str = "screen-notice";
    const CODE: &'static str = "GC";
    const CAN: Can = Can::ViewChildren;
    const LIST: (&'static str, &'static str) = ("/children", "nav.children");

    async fn papers(app: &App, ctx: &Ctx, asked: &Asked, ids: &[ScreenId]) -> Result<Vec<Paper>> {
        let db = &*app.db;
        let own = ctx.actor.organisation()?;
        // Whoever did it tells it.
        let rows: BTreeMap<ScreenId, screen::Model> = screen::Entity::find()
            .filter(screen::COLUMN.id.is_in(ids.iter().copied()))
            .filter(screen::COLUMN.organisation_id.eq(own))
            .all(db)
            .await?
            .into_iter()
            .map(|row| (row.id, row))
            .collect();
        let children: Vec<ChildId> = rows.values().map(|row| row.child_id).collect();
        let children = on_paper(app, ctx, &children, asked.full_phones()).await?;
        let follows = Following::load(app, ctx, &rows).await?;
        let place = organisation::Entity::find_by_id(own).one(db).await?;
        let place = place.ok_or(Error::NotFound)?;
        let mut papers = Vec::with_capacity(ids.len());
        for id in ids {
            let row = rows.get(id).ok_or(Error::NotFound)?;
            let child = children.get(&row.child_id).ok_or(Error::NotFound)?;
            let say = |key: &'static str| {
                Say::new(key)
                    .with("day", day(ctx.language, row.performed_on))
                    .with("place", &place.name)
                    .with("child", &child.child.name)
                    .with_word("age", age_words(row.age_months))
            };
            let (meaning, next) = match row.outcome {
                ScreenOutcome::Abnormal => ("screen_notice.abnormal", follows.after(ctx, row)),
                ScreenOutcome::Normal => ("screen_notice.normal", vec![follows.next_check(ctx, row)]),
                ScreenOutcome::Refused
                | ScreenOutcome::Unreachable
                | ScreenOutcome::Elsewhere
                | ScreenOutcome::Moved
                | ScreenOutcome::Died => return Err(Error::refused("screen_notice.not_seen")),
            };
            let notice = FamilyNotice {
                kind: Self::NAME,
                code: Self::CODE,
                row: (row.id.0, row.version, format!("/children/{}/screens", row.child_id)),
                subject: Subject::of_child("screen", row.id.0, row.child_id),
                child,
                place: &place,
                mark: follows
                    .records
                    .mark(ctx.language, (row.child_id, row.id.0), row.withdrawn_at),
                told: vec![say("screen_notice.done"), say(meaning)],
                next,
                advised: false,
            };
            papers.push(notice.paper(ctx));
        }
        Ok(papers)
    }
}

/// What followed from some screens.
struct Following {
    referrals: Vec<referral::Model>,
    places: BTreeMap<OrganisationId, organisation::Model>,
    checks: Vec<planned_check::Model>,
    /// Others of the same children.
    records: Records,
}

impl Following {
    async fn load(app: &App, ctx: &Ctx, rows: &BTreeMap<ScreenId, screen::Model>) -> Result<Self> {
        let db = &*app.db;
        let children: Vec<ChildId> = rows.values().map(|row| row.child_id).collect();
        let referrals = referral::Entity::find()
            .filter(referral::COLUMN.screen_id.is_in(rows.keys().copied()))
            .filter(referral::COLUMN.kind.eq(ReferralKind::Rescreen))
            .order_by_asc(referral::COLUMN.id)
            .all(db)
            .await?;
        let checks = planned_check::Entity::find()
            .filter(planned_check::COLUMN.child_id.is_in(children.iter().copied()))
            .filter(planned_check::COLUMN.state.eq(CheckState::Pending))
            .filter(planned_check::COLUMN.closes_on.gte(ctx.actor.today()))
            .order_by_asc(planned_check::COLUMN.age_months)
            .all(db)
            .await?;
        let withdrawn = rows.values().filter_map(|row| row.withdrawn_at);
        let replaced = Condition::all()
            .add(screen::COLUMN.child_id.is_in(children))
            .add(screen::COLUMN.recorded_at.is_in(withdrawn));
        let recorded = screen::Entity::find().filter(replaced).all(db).await?;
        Ok(Self {
            places: places_of(db, referrals.iter().map(|row| row.to_organisation_id)).await?,
            referrals,
            checks,
            records: recorded
                .into_iter()
                .map(|row| (row.child_id, row.recorded_at, row.id.0))
                .collect(),
        })
    }

    /// After an abnormal screen: to whom, and by when.
    fn after(&self, ctx: &Ctx, row: &screen::Model) -> Vec<Say> {
        let open = |one: &&referral::Model| one.screen_id == Some(row.id) && is_open(one.state);
        let Some(next) = self.referrals.iter().rev().find(open) else {
            return vec!["screen_notice.then.looking".into()];
        };
        let Some(to) = self.places.get(&next.to_organisation_id) else {
            return vec!["screen_notice.then.looking".into()];
        };
        family_steps(ctx, next, to)
    }

    /// After a normal one: the next check of the child.
    fn next_check(&self, ctx: &Ctx, row: &screen::Model) -> Say {
        let later = |one: &&planned_check::Model| one.child_id == row.child_id && one.age_months > row.age_months;
        match self.checks.iter().find(later) {
            Some(check) => Say::new("screen_notice.then.next")
                .with_word("age", age_words(check.age_months))
                .with("from", day(ctx.language, check.opens_on))
                .with("until", day(ctx.language, check.closes_on)),
            None => "screen_notice.then.last".into(),
        }
    }
}
