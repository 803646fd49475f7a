//! Agreements: texts in versions, signed by the family through its own way in and by the centre, amended, given up.

mod door;
mod signing;
mod texts;

use std::sync::Arc;

use entities::{
    AgreementId, ChildId, EnrolmentDecisionId,
    agreement::{agreement, signature},
    child::guardian,
    communication::message,
    words::Kinship,
};
use sea_orm::{EntityTrait as _, QueryFilter as _, QueryOrder as _};
use starbridge::{
    app::FEATURES,
    children::{guardians, new_child::NewGuardian, reuse::Differing},
    platform::{Actor, outbox},
};

use crate::{
    enrolment::{applies, decides, decisions, reviewed_up_to, staffed},
    support::{Person, TestApp, children::mother, page::Reply},
};

/// The mother of every child of these stories, as she is on file.
const MOTHER: (&str, &str) = ("王丽", "mother@example.org");

/// A text as it is typed.
const BODY: &str = "甲方：{机构}（{举办单位}）\n乙方：{监护人}\n# 一、服务\n- {儿童姓名}，{入园方式}，{有效期起}至{有效期止}\n费用：{费用约定}";

/// An admitted child with the decision.
async fn admitted(app: &Arc<TestApp>, name: &str) -> (ChildId, EnrolmentDecisionId) {
    staffed(app).await;
    admitted_besides(app, name).await
}

/// Another one, in a district that has everybody.
async fn admitted_besides(app: &Arc<TestApp>, name: &str) -> (ChildId, EnrolmentDecisionId) {
    let child = app.diagnosed(name).await;
    let mut intake = app.person("intake").await;
    let id = applies(&mut intake, child).await;
    reviewed_up_to(app, id, "decision").await;
    let mut head = app.person("centre-head").await;
    let place = [("valid_from", "2026-12-01"), ("valid_to", "2027-11-30")];
    decides(app, &mut head, id, "decision", "admitted", &place)
        .await
        .is(303);
    (child, decisions(app, id).await[0].id)
}

/// Intake writes a text, the head takes it into use.
async fn text_in_use(app: &Arc<TestApp>, kind: &str, title: &str, all_with_custody: bool) -> String {
    let mut intake = app.person("intake").await;
    let mut page = intake.open("/agreement-templates/new").await.is(200);
    page = page.fill("kind", kind).fill("title", title).fill("body", BODY);
    if all_with_custody {
        page = page.fill("all_with_custody", "true");
    }
    let reply = page.submit_to("/agreement-templates", &mut intake).await.is(303);
    let to = reply.location.unwrap();
    let mut head = app.person("centre-head").await;
    head.open(&to).await.submit_to("/use", &mut head).await.is(303);
    to.rsplit('/').next().unwrap().to_owned()
}

/// Intake makes an agreement from the first text.
async fn makes(app: &Arc<TestApp>, decision: EnrolmentDecisionId, text: &str) -> AgreementId {
    let mut intake = app.person("intake").await;
    let page = intake
        .open(&format!("/enrolment-decisions/{decision}/agreements/new"))
        .await
        .is(200);
    let page = page.fill("template", text).fill("fee", "每月 1,200 元");
    let reply = page.submit_to("/agreements", &mut intake).await.is(303);
    number(&reply)
}

fn number(reply: &Reply) -> AgreementId {
    let to = reply.location.clone().unwrap();
    to.rsplit('/').next().unwrap().parse().unwrap()
}

async fn row(app: &TestApp, id: AgreementId) -> agreement::Model {
    let found = agreement::Entity::find_by_id(id).one(&*app.app.db).await.unwrap();
    found.unwrap()
}

async fn signatures(app: &TestApp, id: AgreementId) -> Vec<signature::Model> {
    signature::Entity::find()
        .filter(signature::COLUMN.subject_id.eq(id.0))
        .order_by_asc(signature::COLUMN.id)
        .all(&*app.app.db)
        .await
        .unwrap()
}

/// The sweep that sends codes.
async fn codes_go_out(app: &TestApp) {
    let by = Actor::system("guardian-codes", app.app.clock.now());
    let sweep = FEATURES
        .sweeps()
        .into_iter()
        .find(|sweep| sweep.name == "guardian-codes");
    (sweep.unwrap().run)(&app.app, &by).await.unwrap();
}

/// The newest code that is on its way; none where no letter was written.
async fn code(app: &TestApp) -> Option<String> {
    let letter = message::Entity::find()
        .filter(message::COLUMN.template.eq("guardian_access.code"))
        .order_by_desc(message::COLUMN.id)
        .one(&*app.app.db)
        .await
        .unwrap()?;
    let mut params = letter.params;
    outbox::take_secret(&app.app.keys, &mut params).unwrap()
}

/// Somebody stands before the door and asks for a code.
async fn asks(app: &Arc<TestApp>, (name, address): (&str, &str)) -> (Person, Reply) {
    let mut person = app.stranger();
    let page = person.open("/my").await.is(200);
    let page = page.fill("name", name).fill("address", address);
    let reply = page.submit_to("/my?", &mut person).await;
    (person, reply)
}

/// Somebody types a code.
async fn types(person: &mut Person, code: &str) -> Reply {
    let page = person.open("/my/code").await.is(200);
    page.fill("code", code).submit_to("/my/code", person).await
}

/// A guardian who was let in by a code.
async fn let_in(app: &Arc<TestApp>, who: (&str, &str)) -> Person {
    let (mut person, reply) = asks(app, who).await;
    reply.is(303);
    codes_go_out(app).await;
    let code = code(app).await.expect("a code goes out");
    let reply = types(&mut person, &code).await.is(303);
    assert_eq!(reply.location.as_deref(), Some("/my/papers"));
    person
}

/// What a hand draws; each number has its own.
fn ink(number: i32) -> String {
    let stroke: Vec<i32> = (0..30)
        .flat_map(|n| [20 + n * 15, 60 + ((n * 7 + number) % 11) * 9, n * 16])
        .collect();
    serde_json::json!({ "w": 600, "h": 240, "s": [stroke] }).to_string()
}

/// The head of the centre signs by name.
async fn centre_signs(app: &Arc<TestApp>, id: AgreementId) -> Reply {
    let mut head = app.person("centre-head").await;
    let page = head.open(&format!("/agreements/{id}")).await.is(200);
    let page = page.fill("typed", "centre-head").fill("agreed", "true");
    page.submit_to("/centre-signature", &mut head).await
}

/// A father, who has custody, too.
async fn father(app: &TestApp, child: ChildId) -> guardian::Model {
    let by = app.actor("federation").await;
    let new = NewGuardian {
        email: Some("father@example.org".into()),
        kinship: Kinship::Father,
        ..mother("王强")
    };
    guardians::add(&app.app, &by, child, &new, false, Differing::Ask)
        .await
        .unwrap();
    let found = guardian::Entity::find()
        .filter(guardian::COLUMN.name.eq("王强"))
        .one(&*app.app.db)
        .await
        .unwrap();
    found.unwrap()
}
