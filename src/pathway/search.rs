//! A child whom nobody can take: no open organisation covers the place for what a finding calls for. From that moment it is
//! the task of the district's federation, which has a place found and entered; the task ends by itself when the child is
//! on its way, or when nothing is called for any more.
//!
//! [`review_in`] is part of the projection, and so of every transaction that touches a child. When a receiver opens, a
//! sweep proposes the referral in the finder's name.

use std::collections::BTreeMap;

use entities::{
    OrganisationId,
    child::child,
    screening::follow_up,
    words::{FollowUpKind, FollowUpState, OrganisationKind, ReferralKind, Role},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait};
use serde_json::json;

use super::standing::{Lack, Rows, lacking, open_search};
use crate::{
    notifications::telling::{self, News},
    organisations,
    platform::{
        Actor, Result, Tx,
        event::{self, Subject},
    },
    referral::{due_dates, receivers},
};

/// Who is there for children of a place, looked up once: many children live in few places.
#[derive(Debug, Default)]
pub struct Around {
    taken: BTreeMap<(ReferralKind, String), bool>,
    federations: BTreeMap<String, Option<OrganisationId>>,
}

impl Around {
    /// Some open organisation can take a child from there.
    pub async fn can_take(&mut self, db: &impl ConnectionTrait, kind: ReferralKind, division: &str) -> Result<bool> {
        let key = (kind, division.to_owned());
        if let Some(known) = self.taken.get(&key) {
            return Ok(*known);
        }
        let any = !receivers(db, kind, division).await?.is_empty();
        self.taken.insert(key, any);
        Ok(any)
    }

    /// The nearest federation above a place: the district's, or the city's where the district has none.
    pub async fn federation(&mut self, db: &impl ConnectionTrait, division: &str) -> Result<Option<OrganisationId>> {
        if let Some(known) = self.federations.get(division) {
            return Ok(*known);
        }
        let found = organisations::queries::covering(db, OrganisationKind::Federation, division).await?;
        let first = found.first().map(|place| place.id);
        self.federations.insert(division.to_owned(), first);
        Ok(first)
    }
}

/// Open, hand over or end the federation's task, as the rows of the child ask for. True when something was written.
pub async fn review_in(tx: &Tx, by: &Actor, file: &child::Model, rows: &Rows, around: &mut Around) -> Result<bool> {
    let open = open_search(rows);
    let Some(lack) = lacking(rows) else {
        return match open {
            Some(task) => end_in(tx, by, task, FollowUpState::Cancelled).await.map(|()| true),
            None => Ok(false),
        };
    };
    if around.can_take(&**tx, lack.kind, &file.division).await? {
        // Whoever found it begins the referral; where it was searched for, the sweep does.
        return Ok(false);
    }
    let Some(federation) = around.federation(&**tx, &file.division).await? else {
        return Ok(false);
    };
    if open.is_some_and(|task| task.organisation_id == federation && is_about(task, &lack)) {
        return Ok(false);
    }
    if let Some(task) = open {
        end_in(tx, by, task, FollowUpState::Cancelled).await?;
    }
    open_in(tx, by, file, &lack, federation).await?;
    Ok(true)
}

/// The task was opened for this very finding.
fn is_about(task: &follow_up::Model, lack: &Lack) -> bool {
    (task.rescreen_id, task.diagnosis_id) == (lack.rescreen, lack.diagnosis)
}

async fn open_in(tx: &Tx, by: &Actor, file: &child::Model, lack: &Lack, federation: OrganisationId) -> Result<()> {
    let (due_on, _) = due_dates(&**tx, lack.kind, &file.division, by.today()).await?;
    let row = follow_up::ActiveModel {
        id: sea_orm::ActiveValue::NotSet,
        child_id: Set(file.id),
        kind: Set(FollowUpKind::FindReceiver),
        state: Set(FollowUpState::Open),
        organisation_id: Set(federation),
        opened_at: Set(by.now),
        due_on: Set(due_on),
        rescreen_id: Set(lack.rescreen),
        diagnosis_id: Set(lack.diagnosis),
        escalation: Set(0),
        closed_at: Set(None),
        closed_by: Set(None),
        note: Set(None),
        version: Set(1),
    };
    let id = row.insert(&**tx).await?.id;
    let subject = Subject::of_child("follow_up", id.0, file.id);
    let details = json!({ "kind": FollowUpKind::FindReceiver, "referral": lack.kind, "due_on": due_on, "organisation": federation });
    event::record(tx, by, "follow_up.opened", subject, details).await?;
    let news = News {
        template: match lack.kind {
            ReferralKind::Rescreen | ReferralKind::Diagnosis => "referral.no_receiver",
            ReferralKind::Intake => "diagnosis.no_centre",
        },
        params: json!({ "kind": lack.kind, "due_on": due_on }),
        link: format!("/follow-ups/{id}"),
        child: Some(file.id),
        cause: format!("follow_up/{id}"),
    };
    telling::tell_roles(tx, by, federation, &[Role::FederationOfficer], &news).await?;
    Ok(())
}

/// End the task: done when the referral was begun, cancelled when nothing is called for any more.
pub async fn end_in(tx: &Tx, by: &Actor, task: &follow_up::Model, state: FollowUpState) -> Result<()> {
    let change = follow_up::ActiveModel {
        id: Set(task.id),
        state: Set(state),
        closed_at: Set(Some(by.now)),
        closed_by: Set(by.account),
        version: Set(task.version + 1),
        ..Default::default()
    };
    change.update(&**tx).await?;
    let action = if state == FollowUpState::Done {
        "follow_up.done"
    } else {
        "follow_up.cancelled"
    };
    let subject = Subject::of_child("follow_up", task.id.0, task.child_id);
    event::record(tx, by, action, subject, json!({ "kind": task.kind })).await
}
