//! From a diagnosed child to a decision: entered at the counter, reviewed by several organisations, decided, read.

mod chain;
mod decisions;
mod review;
mod way;

use std::sync::Arc;

use entities::{
    ApplicationId, ChildId,
    enrolment::{application, application_step, enrolment_decision},
    task::task,
    words::{Role, TaskState, What},
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};

use crate::support::{Person, TestApp, page::Reply};

/// Everybody else whom the chain that is shipped needs.
const REVIEWERS: &[(&str, Role, &str)] = &[
    ("intake-two", Role::IntakeWorker, "intake"),
    ("centre-head", Role::Supervisor, "intake"),
    ("federation-two", Role::FederationOfficer, "federation"),
    ("federation-head", Role::Supervisor, "federation"),
];

/// The district has everybody.
pub(crate) async fn staffed(app: &TestApp) {
    for (name, role, colleague) in REVIEWERS {
        let place = app.actor(colleague).await.workplace.unwrap().id;
        app.hires(name, *role, place).await;
    }
}

/// The papers that a child of four needs for full days, as the form sends them.
fn with_papers(page: Reply) -> Reply {
    let mut page = page;
    for code in [
        "application_form",
        "household_book",
        "guardian_id",
        "diagnosis",
        "photo",
        "physical_exam",
    ] {
        page = page.fill(&format!("m-{code}-state"), "received");
    }
    page.fill("m-physical_exam-issued_on", "2026-10-20")
}

/// Intake enters an application for a child and submits it.
pub(crate) async fn applies(intake: &mut Person, child: ChildId) -> ApplicationId {
    let page = intake
        .open(&format!("/children/{child}/applications/new"))
        .await
        .is(200);
    let page = with_papers(page)
        .fill("wanted_from", "2026-12-01")
        .fill("then", "submit");
    let reply = page.submit_to("/applications", intake).await.is(303);
    let to = reply.location.unwrap();
    to.rsplit('/').next().unwrap().parse().unwrap()
}

async fn row(app: &TestApp, id: ApplicationId) -> application::Model {
    let found = application::Entity::find_by_id(id).one(&*app.app.db).await.unwrap();
    found.unwrap()
}

/// The steps that wait, by code.
async fn waiting(app: &TestApp, id: ApplicationId) -> Vec<application_step::Model> {
    application_step::Entity::find()
        .filter(application_step::COLUMN.application_id.eq(id))
        .filter(application_step::COLUMN.ended_at.is_null())
        .order_by_asc(application_step::COLUMN.id)
        .all(&*app.app.db)
        .await
        .unwrap()
}

async fn codes(app: &TestApp, id: ApplicationId) -> Vec<String> {
    waiting(app, id).await.into_iter().map(|step| step.code).collect()
}

pub(crate) async fn decisions(app: &TestApp, id: ApplicationId) -> Vec<enrolment_decision::Model> {
    enrolment_decision::Entity::find()
        .filter(enrolment_decision::COLUMN.application_id.eq(id))
        .order_by_asc(enrolment_decision::COLUMN.id)
        .all(&*app.app.db)
        .await
        .unwrap()
}

/// The open tasks of a child that are of a kind.
pub(crate) async fn open_tasks(app: &TestApp, child: ChildId, what: What) -> Vec<task::Model> {
    task::Entity::find()
        .filter(task::COLUMN.child_id.eq(child))
        .filter(task::COLUMN.what.eq(what))
        .filter(task::COLUMN.state.eq(TaskState::Open))
        .order_by_asc(task::COLUMN.id)
        .all(&*app.app.db)
        .await
        .unwrap()
}

/// The page of the step of a name that waits.
async fn step_page(app: &TestApp, id: ApplicationId, code: &str) -> String {
    let steps = waiting(app, id).await;
    let step = steps.into_iter().find(|step| step.code == code);
    format!("/application-steps/{}", step.expect("it waits").id)
}

/// Somebody decides a step by its page.
pub(crate) async fn decides(
    app: &TestApp,
    who: &mut Person,
    id: ApplicationId,
    code: &str,
    outcome: &str,
    fields: &[(&str, &str)],
) -> Reply {
    let mut page = who
        .open(&step_page(app, id, code).await)
        .await
        .is(200)
        .fill("outcome", outcome);
    for (name, value) in fields {
        page = page.fill(name, value);
    }
    page.submit_to("/decision", who).await
}

/// What the assessor fills in.
const ASSESSED: &[(&str, &str)] = &[
    ("f-assessed_on", "2026-11-02"),
    ("f-interview", "与家长访谈，观察一小时"),
    ("f-advice", "full_day"),
];
/// What is filled in when the list was published.
const PUBLISHED: &[(&str, &str)] = &[("f-place", "中心公告栏和区政府网站"), ("f-published_on", "2026-11-02")];

/// Everybody approves up to a step, which waits then.
pub(crate) async fn reviewed_up_to(app: &Arc<TestApp>, id: ApplicationId, last: &str) {
    let steps: &[(&str, &str, &[(&str, &str)])] = &[
        ("intake-two", "materials", &[]),
        ("assessor", "assessment", ASSESSED),
        ("federation", "federation", &[]),
        ("federation-head", "joint_federation", &[]),
        ("education", "joint_education", &[]),
        ("federation-two", "publicity", PUBLISHED),
    ];
    for (who, code, fields) in steps {
        if *code == last {
            return;
        }
        if *code == "publicity" {
            app.app.clock.advance(chrono::TimeDelta::days(8));
        }
        let mut who = app.person(who).await;
        decides(app, &mut who, id, code, "approved", fields).await.is(303);
    }
}
