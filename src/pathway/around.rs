//! Who is there for the children of a place: looked up once for many children, since they live in few places.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entities::{
    OrganisationId,
    words::{OrganisationKind, ReferralKind},
};
use sea_orm::ConnectionTrait;

use super::{
    rows::{Around, Rows},
    standing::lacking,
};
use crate::{
    organisations,
    platform::Result,
    referral::{due_dates, receivers},
    task::rules::Terms,
};

/// What was looked up.
#[derive(Debug, Default)]
pub(super) struct Places {
    taken: BTreeMap<(ReferralKind, String), bool>,
    nearest: BTreeMap<(OrganisationKind, String), Option<OrganisationId>>,
    terms: BTreeMap<String, Terms>,
}

impl Places {
    /// What a child's rows ask about the place where it lives.
    pub(super) async fn around(
        &mut self,
        db: &impl ConnectionTrait,
        rows: &Rows,
        division: &str,
        today: NaiveDate,
    ) -> Result<Around> {
        let mut around = Around::default();
        if let Some(lack) = lacking(rows) {
            around.can_take = self.can_take(db, lack.kind(), division).await?;
            around.federation = self.federation(db, division).await?;
        }
        let window = |open: &super::rows::Pending| (open.opens_on..=open.closes_on).contains(&today);
        if rows.left_on.is_none() && rows.pending.iter().any(window) {
            around.site = self.site(db, division).await?;
        }
        Ok(around)
    }

    /// Some open organisation can take a child from there.
    pub(super) async fn can_take(
        &mut self,
        db: &impl ConnectionTrait,
        kind: ReferralKind,
        division: &str,
    ) -> Result<bool> {
        let key = (kind, division.to_owned());
        if let Some(known) = self.taken.get(&key) {
            return Ok(*known);
        }
        let any = !receivers(db, kind, division).await?.is_empty();
        self.taken.insert(key, any);
        Ok(any)
    }

    /// The nearest federation above a place: the district's, or the city's where the district has none.
    pub(super) async fn federation(
        &mut self,
        db: &impl ConnectionTrait,
        division: &str,
    ) -> Result<Option<OrganisationId>> {
        self.nearest(db, OrganisationKind::Federation, division).await
    }

    /// The nearest site that screens.
    pub(super) async fn site(&mut self, db: &impl ConnectionTrait, division: &str) -> Result<Option<OrganisationId>> {
        self.nearest(db, OrganisationKind::ScreeningSite, division).await
    }

    async fn nearest(
        &mut self,
        db: &impl ConnectionTrait,
        kind: OrganisationKind,
        division: &str,
    ) -> Result<Option<OrganisationId>> {
        let key = (kind, division.to_owned());
        if let Some(known) = self.nearest.get(&key) {
            return Ok(*known);
        }
        let found = organisations::queries::covering(db, kind, division).await?;
        let first = found.first().map(|place| place.id);
        self.nearest.insert(key, first);
        Ok(first)
    }

    /// The days on which terms end there that begin today.
    pub(super) async fn terms(&mut self, db: &impl ConnectionTrait, division: &str, today: NaiveDate) -> Result<Terms> {
        if let Some(known) = self.terms.get(division) {
            return Ok(*known);
        }
        let (answer, contact) = due_dates(db, ReferralKind::Intake, division, today).await?;
        let terms = Terms { answer, contact };
        self.terms.insert(division.to_owned(), terms);
        Ok(terms)
    }
}
