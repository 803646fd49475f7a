//! A receiver has opened: it was entered, reopened, its coverage changed, or the child moved. The referrals that waited for
//! it are proposed, in the name of whoever found the child; the centre is asked at once.
//!
//! A sweep and not a part of entering an organisation, which knows nothing of children. It also finds children who stand
//! still although nobody's task was opened, and tasks whose child lives elsewhere now.

use std::{collections::BTreeMap, time::Duration};

use entities::{
    ChildId, OrganisationId,
    child::child,
    screening::{follow_up, pathway},
    words::{FollowUpKind, FollowUpState, ReferralKind, Role, Stage},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait},
};
use serde_json::json;

use super::{
    missing, projection,
    search::{self, Around},
    standing::{Lack, Rows, lacking, open_search},
};
use crate::{
    notifications::telling::{self, News},
    platform::{
        Actor, App, Result, Say, Tx,
        sweep::{Outcome, Sweep},
    },
    referral::{Proposal, propose_for_in, receivers, service::send_intake_in},
};

/// Soon after somebody entered a hospital.
pub const SWEEP: Sweep = Sweep {
    name: "find-receivers",
    every: Duration::from_secs(20),
    run: |app, by| Box::pin(run(app, by)),
};

/// Stages in which a referral of a kind is called for.
const CALLS: [(Stage, ReferralKind); 3] = [
    (Stage::RescreenProposed, ReferralKind::Rescreen),
    (Stage::DiagnosisProposed, ReferralKind::Diagnosis),
    (Stage::Diagnosed, ReferralKind::Intake),
];
/// Children read at once.
const AT_ONCE: u64 = 500;

/// Propose what has a receiver by now, and put right what nobody would do.
pub async fn run(app: &App, by: &Actor) -> Result<Outcome> {
    let mut around = Around::default();
    let (mut begun, mut reviewed) = (0, 0);
    for (child, kind, division, turn) in searching(&*app.db).await? {
        if around.can_take(&*app.db, kind, &division).await? || around.federation(&*app.db, &division).await? != turn {
            match look(app, by, child).await? {
                Looked::Begun => begun += 1,
                Looked::Reviewed => reviewed += 1,
                Looked::Nothing => {}
            }
        }
    }
    let mut after = ChildId(0);
    loop {
        let waiting = standing_still(&*app.db, after).await?;
        let Some((last, ..)) = waiting.last() else { break };
        after = *last;
        for (child, kind, division) in waiting {
            if !around.can_take(&*app.db, kind, &division).await?
                && around.federation(&*app.db, &division).await?.is_some()
                && look(app, by, child).await? == Looked::Reviewed
            {
                reviewed += 1;
            }
        }
    }
    Ok(match (begun, reviewed) {
        (0, 0) => Outcome::new(),
        _ => format!("proposed {begun}, tasks {reviewed}"),
    })
}

/// Children of open searches: what for, where they live, whose task it is.
async fn searching(db: &impl ConnectionTrait) -> Result<Vec<(ChildId, ReferralKind, String, Option<OrganisationId>)>> {
    let tasks = follow_up::Entity::find()
        .filter(follow_up::COLUMN.state.eq(FollowUpState::Open))
        .filter(follow_up::COLUMN.kind.eq(FollowUpKind::FindReceiver))
        .order_by_asc(follow_up::COLUMN.id)
        .all(db)
        .await?;
    let mut found = Vec::with_capacity(tasks.len());
    for part in tasks.chunks(1000) {
        let homes: Vec<(ChildId, String)> = child::Entity::find()
            .select_only()
            .columns([child::Column::Id, child::Column::Division])
            .filter(child::COLUMN.id.is_in(part.iter().map(|task| task.child_id)))
            .into_tuple()
            .all(db)
            .await?;
        let homes: BTreeMap<ChildId, String> = homes.into_iter().collect();
        for task in part {
            let kind = match (task.diagnosis_id, task.rescreen_id) {
                (Some(_), _) => ReferralKind::Intake,
                (None, Some(_)) => ReferralKind::Diagnosis,
                (None, None) => ReferralKind::Rescreen,
            };
            if let Some(division) = homes.get(&task.child_id) {
                found.push((task.child_id, kind, division.clone(), Some(task.organisation_id)));
            }
        }
    }
    Ok(found)
}

/// Children who wait for a referral that nobody began, without an open search.
async fn standing_still(db: &impl ConnectionTrait, after: ChildId) -> Result<Vec<(ChildId, ReferralKind, String)>> {
    let searched = follow_up::Entity::find()
        .select_only()
        .column(follow_up::Column::ChildId)
        .filter(follow_up::COLUMN.state.eq(FollowUpState::Open))
        .filter(follow_up::COLUMN.kind.eq(FollowUpKind::FindReceiver))
        .into_query();
    let called_for = |stage: Stage| CALLS.iter().find(|(s, _)| *s == stage).map(|(_, kind)| *kind);
    let rows: Vec<(ChildId, Stage, String)> = pathway::Entity::find()
        .join(
            JoinType::InnerJoin,
            pathway::Entity::belongs_to(child::Entity)
                .from(pathway::Column::ChildId)
                .to(child::Column::Id)
                .into(),
        )
        .select_only()
        .column(pathway::Column::ChildId)
        .column(pathway::Column::Stage)
        .column(child::Column::Division)
        .filter(pathway::COLUMN.stage.is_in(CALLS.map(|(stage, _)| stage)))
        .filter(pathway::COLUMN.referral_id.is_null())
        .filter(pathway::COLUMN.child_id.gt(after))
        .filter(Expr::col((pathway::Entity, pathway::Column::ChildId)).not_in_subquery(searched))
        .order_by_asc(pathway::COLUMN.child_id)
        .limit(AT_ONCE)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|(child, stage, division)| Some((child, called_for(stage)?, division)))
        .collect())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Looked {
    /// A referral was proposed.
    Begun,
    /// The task was opened, handed over or ended.
    Reviewed,
    /// All was as it should be.
    Nothing,
}

/// One child, as its rows are now.
async fn look(app: &App, by: &Actor, id: ChildId) -> Result<Looked> {
    let Some(seen) = child::Entity::find_by_id(id).one(&*app.db).await? else {
        return Ok(Looked::Nothing);
    };
    let tx = app.db.write(by, &seen.district).await?;
    let Some(file) = child::Entity::find_by_id(id).one(&*tx).await? else {
        return Ok(Looked::Nothing);
    };
    if file.merged_into.is_some() {
        return Ok(Looked::Nothing);
    }
    let rows = projection::load(&*tx, &file).await?;
    if let (Some(task), Some(lack)) = (open_search(&rows), lacking(&rows))
        && let Some(place) = receivers(&*tx, lack.kind, &file.division).await?.first()
    {
        begin_in(&tx, by, &file, &rows, &lack, place.id).await?;
        search::end_in(&tx, by, task, FollowUpState::Done).await?;
        tx.commit().await?;
        return Ok(Looked::Begun);
    }
    if !search::review_in(&tx, by, &file, &rows, &mut Around::default()).await? {
        return Ok(Looked::Nothing);
    }
    tx.commit().await?;
    Ok(Looked::Reviewed)
}

/// Propose the referral in the finder's name; an intake needs nobody's confirmation.
async fn begin_in(
    tx: &Tx,
    by: &Actor,
    file: &child::Model,
    rows: &Rows,
    lack: &Lack,
    to: OrganisationId,
) -> Result<()> {
    let proposal = match lack.kind {
        ReferralKind::Rescreen | ReferralKind::Diagnosis => {
            let found = missing::found(rows, lack.kind)?;
            Proposal {
                child: file.id,
                kind: lack.kind,
                to: Some(to),
                reason: found.reason,
                screen: found.screen,
                rescreen: found.rescreen,
                diagnosis: None,
                continues: None,
            }
        }
        ReferralKind::Intake => Proposal {
            child: file.id,
            kind: lack.kind,
            to: Some(to),
            reason: Say::new("diagnosis.intake_reason").in_words(entities::words::Language::Chinese),
            screen: None,
            rescreen: None,
            diagnosis: lack.diagnosis,
            continues: None,
        },
    };
    let id = propose_for_in(tx, by, (lack.place, lack.person), proposal).await?;
    if lack.kind == ReferralKind::Intake {
        return send_intake_in(tx, by, id).await;
    }
    let role = match lack.kind {
        ReferralKind::Diagnosis => Role::Rescreener,
        ReferralKind::Rescreen | ReferralKind::Intake => Role::Screener,
    };
    let news = News {
        template: "referral.receiver_found",
        params: json!({ "kind": lack.kind, "to": to }),
        link: format!("/referrals/{id}/sending"),
        child: Some(file.id),
        cause: format!("referral/{id}"),
    };
    telling::tell_sender(tx, by, lack.person, lack.place, &[role, Role::Supervisor], &news).await
}
