//! A receiver has opened: it was entered, reopened, its coverage changed, or the child moved. The referrals that waited for
//! it are proposed, in the name of whoever found the child; the centre is asked at once.
//!
//! A sweep and not a part of entering an organisation, which knows nothing of children. It also finds children whom nobody
//! can take any more because a place closed, and those who stand still although nobody has a task.

use std::{collections::BTreeMap, time::Duration};

use entities::{
    ChildId, OrganisationId,
    child::child,
    screening::pathway,
    task::task,
    words::{ReferralKind, Role, Stage, What},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query},
};
use serde_json::json;

use super::{
    around::Places,
    missing, projection,
    rows::{Lack, Rows},
    standing::{ending, lacking, wanted},
};
use crate::{
    notifications::telling::{self, News},
    platform::{
        Actor, App, Result, Say, Tx,
        sweep::{Failures, Outcome, Sweep},
    },
    referral::{Proposal, propose_for_in, receivers, service::send_intake_in, states},
    task::{queries as tasks, rules::Plan},
};

/// Soon after somebody entered a hospital.
pub const SWEEP: Sweep = Sweep {
    name: "find-receivers",
    every: Duration::from_secs(20),
    run: |app, by| Box::pin(run(app, by)),
};

/// Stages in which somebody has to move the child on.
const WAITING: [Stage; 6] = [
    Stage::RescreenProposed,
    Stage::AwaitingRescreen,
    Stage::Recheck,
    Stage::DiagnosisProposed,
    Stage::AwaitingDiagnosis,
    Stage::Diagnosed,
];
/// Children read at once.
const AT_ONCE: u64 = 500;

/// Propose what has a receiver by now, and put right what nobody would do.
pub async fn run(app: &App, by: &Actor) -> Result<Outcome> {
    let mut places = Places::default();
    let (mut begun, mut reviewed) = (0, 0);
    let mut failures = Failures::default();
    for one in called_for(&*app.db).await? {
        let can_take = places.can_take(&*app.db, one.kind, &one.division).await?;
        let federation = places.federation(&*app.db, &one.division).await?;
        let due = if one.searched {
            can_take || federation != Some(one.organisation)
        } else {
            // A hospital refers by hand what it found; to the centre nobody has to.
            (can_take && one.kind == ReferralKind::Intake) || (!can_take && federation.is_some())
        };
        if due {
            match failures.note(look(app, by, one.child, &mut places).await) {
                Some(Looked::Begun) => begun += 1,
                Some(Looked::Reviewed) => reviewed += 1,
                Some(Looked::Nothing) | None => {}
            }
        }
    }
    let mut after = ChildId(0);
    loop {
        let waiting = standing_still(&*app.db, after).await?;
        let Some(last) = waiting.last() else { break };
        after = *last;
        for child in waiting {
            if failures.note(look(app, by, child, &mut places).await) == Some(Looked::Reviewed) {
                reviewed += 1;
            }
        }
    }
    failures.or(match (begun, reviewed) {
        (0, 0) => Outcome::new(),
        _ => format!("proposed={begun}, tasks={reviewed}"),
    })
}

/// A referral that somebody is to begin, or to find a receiver for.
struct Called {
    child: ChildId,
    /// The federation looks for who can take the child.
    searched: bool,
    kind: ReferralKind,
    division: String,
    organisation: OrganisationId,
}

/// Those of all children.
async fn called_for(db: &impl ConnectionTrait) -> Result<Vec<Called>> {
    let open = task::Entity::find()
        .filter(tasks::is_open())
        .filter(tasks::is_one_of(&[What::FindReceiver, What::Refer]))
        .order_by_asc(task::COLUMN.id)
        .all(db)
        .await?;
    let mut found = Vec::with_capacity(open.len());
    for part in open.chunks(1000) {
        let homes: Vec<(ChildId, String)> = child::Entity::find()
            .select_only()
            .columns([child::Column::Id, child::Column::Division])
            .filter(child::COLUMN.id.is_in(part.iter().filter_map(|task| task.child_id)))
            .into_tuple()
            .all(db)
            .await?;
        let homes: BTreeMap<ChildId, String> = homes.into_iter().collect();
        for task in part {
            let home = task.child_id.and_then(|id| Some((id, homes.get(&id)?.clone())));
            if let (Some(kind), Some((child, division))) = (states::called_for_by(task.focus), home) {
                found.push(Called {
                    child,
                    searched: task.what == What::FindReceiver,
                    kind,
                    division,
                    organisation: task.organisation_id,
                });
            }
        }
    }
    Ok(found)
}

/// Children who wait for something that is nobody's task.
async fn standing_still(db: &impl ConnectionTrait, after: ChildId) -> Result<Vec<ChildId>> {
    let led = Query::select()
        .expr(Expr::cust("1"))
        .from(task::Entity)
        .cond_where(tasks::is_open().add(task::COLUMN.leads.eq(true)))
        .and_where(Expr::col((task::Entity, task::Column::ChildId)).equals((pathway::Entity, pathway::Column::ChildId)))
        .to_owned();
    Ok(pathway::Entity::find()
        .join(
            JoinType::InnerJoin,
            pathway::Entity::belongs_to(child::Entity)
                .from(pathway::Column::ChildId)
                .to(child::Column::Id)
                .into(),
        )
        .select_only()
        .column(pathway::Column::ChildId)
        .filter(pathway::COLUMN.stage.is_in(WAITING))
        .filter(child::COLUMN.merged_into.is_null())
        .filter(pathway::COLUMN.child_id.gt(after))
        .filter(Expr::exists(led).not())
        .order_by_asc(pathway::COLUMN.child_id)
        .limit(AT_ONCE)
        .into_tuple()
        .all(db)
        .await?)
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
async fn look(app: &App, by: &Actor, id: ChildId, places: &mut Places) -> Result<Looked> {
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
    let by_itself = |lack: &Lack| matches!(lack, Lack::Intake(..)) || rows.open_search().is_some();
    if let Some(lack) = lacking(&rows).filter(by_itself)
        && let Some(place) = receivers(&*tx, lack.kind(), &file.division).await?.first()
    {
        begin_in(&tx, by, &file, &rows, &lack, place.id).await?;
        tx.commit().await?;
        return Ok(Looked::Begun);
    }
    let around = places.around(&*tx, &rows, &file.division, by.today()).await?;
    let wanted = wanted(&rows, &around, by.today());
    if Plan::of(&rows.tasks, &wanted, |task| ending(&rows, task)).is_empty() {
        return Ok(Looked::Nothing);
    }
    tx.touches(id);
    tx.commit_quietly().await?;
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
    let (kind, finder) = (lack.kind(), lack.finder());
    let proposal = match lack {
        Lack::Rescreen(..) | Lack::Diagnosis(..) => missing::proposal(rows, file.id, kind, Some(to))?,
        Lack::Intake(diagnosis, _) => Proposal {
            child: file.id,
            kind,
            to: Some(to),
            reason: Say::new("diagnosis.intake_reason").in_words(entities::words::Language::Chinese),
            screen: None,
            rescreen: None,
            diagnosis: Some(*diagnosis),
            continues: None,
        },
    };
    let id = propose_for_in(tx, by, (finder.place, finder.person), proposal).await?;
    if matches!(lack, Lack::Intake(..)) {
        return send_intake_in(tx, by, id).await;
    }
    let role = states::sender_role(kind);
    let news = News {
        template: "referral.receiver_found",
        params: json!({ "kind": kind, "to": to }),
        link: format!("/referrals/{id}/sending"),
        child: Some(file.id),
        cause: format!("referral/{id}"),
    };
    telling::tell_sender(tx, by, finder.person, finder.place, &[role, Role::Supervisor], &news).await?;
    Ok(())
}
