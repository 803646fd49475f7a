//! The tasks of the chain as rows: what is wanted for each child is compared with what is open, in the transaction that
//! touched the child; whoever has to act for the first time is told.

use std::collections::BTreeMap;

use entities::{
    ChildId,
    child::child,
    screening::referral,
    task::task,
    words::{ReferralKind, Role, TaskState, What},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;

use super::{
    around::Places,
    rows::{Around, Lack, Rows},
    standing::{ending, lacking, wanted},
};
use crate::{
    children::care,
    notifications::telling::{self, News},
    platform::{Actor, Result, Tx},
    task::{
        queries,
        rules::{Plan, Wanted, those},
        service::{self, About, Job},
    },
};

/// Open, change and end the tasks of some children as their rows ask for; the rows know the tasks that are open then.
pub(super) async fn settle(
    tx: &Tx,
    by: &Actor,
    files: &[child::Model],
    all: &mut BTreeMap<ChildId, Rows>,
    places: &mut Places,
) -> Result<BTreeMap<ChildId, Around>> {
    let today = by.today();
    let mut around = BTreeMap::new();
    let mut asked: Vec<(&child::Model, Vec<Wanted>)> = Vec::with_capacity(files.len());
    for file in files {
        let Some(rows) = all.get(&file.id) else { continue };
        let here = places.around(&**tx, rows, &file.division, today).await?;
        asked.push((file, wanted(rows, &here, today)));
        around.insert(file.id, here);
    }
    let mut jobs = Vec::new();
    for (file, wanted) in &asked {
        let Some(rows) = all.get(&file.id) else { continue };
        let plan = Plan::of(&rows.tasks, wanted, |task| ending(rows, task));
        if plan.is_empty() {
            continue;
        }
        let terms = if plan.begins_a_term() {
            Some(places.terms(&**tx, &file.division, today).await?)
        } else {
            None
        };
        let about = About {
            district: &file.district,
            child: Some(file.id),
        };
        jobs.push((file.id, Job { about, plan, terms }));
    }
    let (changed, jobs): (Vec<ChildId>, Vec<Job<'_>>) = jobs.into_iter().unzip();
    let written = service::carry_out_in(tx, by, &jobs).await?;
    place_in(tx, files, all).await?;
    for task in written.opened.iter().chain(&written.handed_over) {
        if let Some(rows) = task.child_id.and_then(|id| all.get(&id)) {
            begin(tx, by, rows, task).await?;
        }
    }
    for (child, tasks) in tasks_of(&**tx, changed).await? {
        all.entry(child).or_default().tasks = tasks;
    }
    Ok(around)
}

/// The tasks of some children, in every state.
pub(super) async fn tasks_of(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = ChildId>,
) -> Result<BTreeMap<ChildId, Vec<task::Model>>> {
    let mut found: BTreeMap<ChildId, Vec<task::Model>> = BTreeMap::new();
    let tasks = task::Entity::find()
        .filter(task::COLUMN.child_id.is_in(ids))
        .filter(queries::is_one_of(&those(|what| what.of_chain)))
        .order_by_asc(task::COLUMN.id);
    for row in tasks.all(db).await? {
        if let Some(child) = row.child_id {
            found.entry(child).or_default().push(row);
        }
    }
    Ok(found)
}

/// Open tasks stand under the district where the child lives.
async fn place_in(tx: &Tx, files: &[child::Model], all: &BTreeMap<ChildId, Rows>) -> Result<()> {
    for file in files {
        let tasks = all.get(&file.id).map_or(&[][..], |rows| &rows.tasks);
        let elsewhere = |task: &task::Model| task.state == TaskState::Open && task.district != file.district;
        if tasks.iter().any(elsewhere) {
            service::place_in(tx, file.id, &file.district).await?;
        }
    }
    Ok(())
}

/// A file that was merged into another has no tasks of its own any more.
pub(super) async fn end_of_merged(tx: &Tx, by: &Actor, merged: &[child::Model]) -> Result<()> {
    let open = task::Entity::find()
        .filter(queries::is_open())
        .filter(queries::is_one_of(&those(|what| what.of_chain)))
        .filter(task::COLUMN.child_id.is_in(merged.iter().map(|file| file.id)))
        .all(&**tx)
        .await?;
    for task in open {
        service::end_in(tx, by, &task, TaskState::Cancelled, None).await?;
    }
    Ok(())
}

/// A task that is somebody's for the first time: its organisation may open the file, and hears of it where nobody else
/// tells it.
async fn begin(tx: &Tx, by: &Actor, rows: &Rows, task: &task::Model) -> Result<()> {
    let Some(child) = task.child_id else { return Ok(()) };
    match task.what {
        What::Recheck => care::tie_in(tx, by, task.organisation_id, child).await,
        What::RehabilitationContact => {
            care::tie_in(tx, by, task.organisation_id, child).await?;
            if task.role == Role::IntakeWorker {
                tell_centre(tx, by, rows, task, child).await?;
            }
            Ok(())
        }
        What::FindReceiver => match lacking(rows) {
            Some(lack) => tell_federation(tx, by, &lack, task, child).await,
            None => Ok(()),
        },
        What::ConfirmReferral
        | What::AnswerReferral
        | What::DoRescreen
        | What::DoDiagnosis
        | What::TakeIn
        | What::FindAnotherWay
        | What::Refer
        | What::Screen
        | What::ReadResult
        | What::DecideDuplicate
        | What::StaffPlace
        | What::ReviewApplication
        | What::CompleteApplication
        | What::DeliverDecision
        | What::ConcludeTrial
        | What::RenewCertificate
        | What::CheckVaccination
        | What::SignAgreement
        | What::CollectSignature => Ok(()),
    }
}

async fn tell_centre(tx: &Tx, by: &Actor, rows: &Rows, task: &task::Model, child: ChildId) -> Result<()> {
    let intake: Option<&referral::Model> = rows.current(ReferralKind::Intake);
    let word = News {
        template: "follow_up.rehabilitation_contact",
        params: json!({ "due_on": task.due_on, "referral": intake.map(|r| r.id) }),
        link: service::page(task.id),
        child: Some(child),
        cause: format!("task/{}/{}", task.id, task.organisation_id),
    };
    telling::tell_roles(tx, by, task.organisation_id, &[Role::IntakeWorker], &word).await?;
    Ok(())
}

async fn tell_federation(tx: &Tx, by: &Actor, lack: &Lack, task: &task::Model, child: ChildId) -> Result<()> {
    let word = News {
        template: match lack {
            Lack::Rescreen(..) | Lack::Diagnosis(..) => "referral.no_receiver",
            Lack::Intake(..) => "diagnosis.no_centre",
        },
        params: json!({ "kind": lack.kind(), "due_on": task.due_on }),
        link: service::page(task.id),
        child: Some(child),
        cause: format!("task/{}/{}", task.id, task.organisation_id),
    };
    telling::tell_roles(tx, by, task.organisation_id, &[Role::FederationOfficer], &word).await?;
    Ok(())
}
