//! Instruments: filled in, kept, finished, compared, imported. Through the real pages.

mod packages;
mod raters;
mod sheet;

use entities::{
    AssessmentId, ChildId, ReferralId,
    event::event,
    screening::assessment,
    words::{AssessmentState, ReferralKind},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use starbridge::{
    children::{care, service::register_in},
    platform::event as trail,
    referral::{Proposal, propose_in},
};

use crate::support::{Person, TestApp, children::toddler, page::Reply, story};

/// A child of 庄市, 24 months old, whom the screener, the hospital and the doctor may see.
async fn child(app: &TestApp, name: &str) -> ChildId {
    let by = app.actor("screener").await;
    let tx = app.app.db.write(&by, "330211").await.unwrap();
    let id = register_in(&tx, &app.app, &by, &toddler(name)).await.unwrap();
    for user_name in ["rescreener", "doctor"] {
        let place = app.actor(user_name).await.organisation().unwrap();
        care::tie_in(&tx, &by, place, id).await.unwrap();
    }
    trail::record(
        &tx,
        &by,
        "child.registered",
        trail::Subject::child(id),
        serde_json::json!({}),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    id
}

/// A sheet begun through the page where the instrument is chosen.
async fn begun(person: &mut Person, child: ChildId, code: &str) -> AssessmentId {
    let page = person.open(&format!("/assessments/new?child={child}")).await.is(200);
    let reply = page
        .fill("instrument", code)
        .submit_to("/assessments", person)
        .await
        .is(303);
    id_of(&reply)
}

fn id_of(reply: &Reply) -> AssessmentId {
    let to = reply.location.clone().unwrap();
    to.rsplit('/').next().unwrap().parse().unwrap()
}

fn sheet(id: AssessmentId) -> String {
    format!("/assessments/{id}")
}

/// Answers for all items of a list.
fn all<'a>(page: Reply, items: impl IntoIterator<Item = (&'a str, &'a str)>) -> Reply {
    items
        .into_iter()
        .fold(page, |page, (item, value)| page.fill(&format!("item-{item}"), value))
}

fn numbered(count: usize, value: &str) -> Vec<(String, String)> {
    (1..=count).map(|n| (n.to_string(), value.to_owned())).collect()
}

fn of(pairs: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    pairs.iter().map(|(a, b)| (a.as_str(), b.as_str()))
}

async fn row(app: &TestApp, id: AssessmentId) -> assessment::Model {
    assessment::Entity::find_by_id(id)
        .one(&*app.app.db)
        .await
        .unwrap()
        .unwrap()
}

/// CABS filled in by one person, item 14 apart.
async fn cabs(person: &mut Person, id: AssessmentId, value: &str, last: &str) -> Reply {
    let page = person.open(&sheet(id)).await.is(200);
    let page = all(page, of(&numbered(13, value))).fill("item-14", last);
    page.submit_to(&sheet(id), person).await
}

/// What the script of a page sends every few seconds: the form as it stands.
async fn save(page: &Reply, id: AssessmentId, typed: &[(&str, &str)], person: &mut Person) -> Reply {
    let (_, mut fields) = page.prepared(&format!("{}?", sheet(id)));
    fields.extend(
        typed
            .iter()
            .map(|(item, value)| (format!("item-{item}"), (*value).to_owned())),
    );
    person.post(&format!("{}/draft", sheet(id)), &fields).await
}

#[tokio::test]
async fn a_foreign_child_has_no_assessments() {
    story(|app| async move {
        let child = child(&app, "陈八").await;
        let mut screener = app.person("screener").await;
        let id = begun(&mut screener, child, "cabs").await;
        cabs(&mut screener, id, "0", "0").await.is(303);
        let mut neighbour = app.person("neighbour").await;
        for path in [
            sheet(id),
            format!("{}/second", sheet(id)),
            format!("{}/comparison", sheet(id)),
            format!("/children/{child}/assessments"),
            format!("/assessments/new?child={child}"),
        ] {
            neighbour.get(&path).await.is(404);
        }
        let fields = [
            ("child", child.to_string()),
            ("performed_on", "2026-11-02".into()),
            ("instrument", "cabs".into()),
        ];
        let fields: Vec<_> = fields.map(|(k, v)| (k.to_owned(), v)).into();
        neighbour.post("/assessments", &fields).await.is(404);
        neighbour.post(&format!("{}/withdrawal", sheet(id)), &[]).await.is(404);
        // A federation reads outcomes, not sheets.
        app.person("federation").await.get(&sheet(id)).await.is(403);
        app.person("lead").await.get(&sheet(id)).await.is(200);
        // Every opening of a sheet is on the child's record.
        let seen = event::Entity::find()
            .filter(event::COLUMN.child_id.eq(child))
            .filter(event::COLUMN.subject_kind.eq("assessment"))
            .order_by_asc(event::COLUMN.id)
            .all(&*app.app.db)
            .await
            .unwrap();
        let actions: Vec<&str> = seen.iter().map(|e| e.action.as_str()).collect();
        assert_eq!(
            actions,
            [
                "assessment.begun",
                "child.viewed",
                "assessment.finished",
                "child.viewed"
            ]
        );
        // Written by mistake: withdrawn by its rater, once, and it stays on record.
        let page = screener.open(&sheet(id)).await.is(200);
        page.submit_to("/withdrawal", &mut screener).await.is(303);
        assert_eq!(row(&app, id).await.state, AssessmentState::Withdrawn);
        screener.open(&sheet(id)).await.is(200).says("已撤销");
    })
    .await;
}

#[tokio::test]
async fn a_finished_instrument_is_attached_to_the_rescreen() {
    story(|app| async move {
        let child = child(&app, "陈九").await;
        let by = app.actor("screener").await;
        let tx = app.app.db.write(&by, "330211").await.unwrap();
        let proposal = Proposal {
            child,
            kind: ReferralKind::Rescreen,
            to: None,
            reason: "24月龄初筛需复筛".into(),
            screen: None,
            rescreen: None,
            diagnosis: None,
            continues: None,
        };
        let referral: ReferralId = propose_in(&tx, &by, proposal).await.unwrap();
        tx.commit().await.unwrap();
        let mut screener = app.person("screener").await;
        let page = screener.open(&format!("/referrals/{referral}/sending")).await.is(200);
        page.submit_to("/sending", &mut screener).await.is(303);
        let mut rescreener = app.person("rescreener").await;
        let page = rescreener.open(&format!("/referrals/{referral}")).await.is(200);
        page.submit_to("/acceptance", &mut rescreener).await.is(303);

        let form = rescreener
            .open(&format!("/referrals/{referral}/rescreen"))
            .await
            .is(200);
        let link = format!("/assessments/new?child={child}&referral={referral}");
        assert!(form.links().contains(&link), "{:?}", form.links());
        let page = rescreener.open(&link).await.is(200).fill("instrument", "cabs");
        let id = id_of(&page.submit_to("/assessments", &mut rescreener).await.is(303));
        cabs(&mut rescreener, id, "2", "2").await.is(303);
        let result = rescreener.open(&sheet(id)).await.is(200).says("返回复筛");
        let back = format!("/referrals/{referral}/rescreen?attach={id}");
        assert!(result.links().contains(&back), "{:?}", result.links());

        // Back on the form it is ticked, whatever was kept of the form before; leaving it out is said, and asked.
        let form = rescreener.open(&back).await.is(200).says("CABS");
        let (_, fields) = form.prepared("/rescreen");
        assert!(
            fields.contains(&("assessments".to_owned(), id.to_string())),
            "{fields:?}"
        );
        let hospital = app.actor("doctor").await.organisation().unwrap();
        let filled = |form: Reply| {
            form.fill("scale_at_risk", "yes")
                .fill("development_deviates", "no")
                .fill("refer_to", hospital)
        };
        let form = filled(form).clear("assessments");
        let form = form
            .submit_to("/rescreen", &mut rescreener)
            .await
            .is(422)
            .says("没有附上");
        let form = form
            .fill("assessments", id)
            .fill("scale_at_risk", "yes")
            .fill("development_deviates", "no")
            .fill("refer_to", hospital);
        form.submit_to("/rescreen", &mut rescreener).await.is(303);
        let row = row(&app, id).await;
        assert!(row.rescreen_id.is_some());
        assert_eq!(row.referral_id, Some(referral));
        rescreener
            .post(&format!("{}/withdrawal", sheet(id)), &[])
            .await
            .is(409)
            .says("不能撤销");
    })
    .await;
}

/// A re-screen that the hospital has accepted, of a child whom screener, hospital and doctor may see.
async fn accepted(app: &TestApp, name: &str) -> (ChildId, ReferralId) {
    let child = child(app, name).await;
    let by = app.actor("screener").await;
    let tx = app.app.db.write(&by, "330211").await.unwrap();
    let proposal = Proposal {
        child,
        kind: ReferralKind::Rescreen,
        to: None,
        reason: "24月龄初筛需复筛".into(),
        screen: None,
        rescreen: None,
        diagnosis: None,
        continues: None,
    };
    let referral = propose_in(&tx, &by, proposal).await.unwrap();
    tx.commit().await.unwrap();
    app.sends("screener", referral).await;
    app.accepts("rescreener", referral).await;
    (child, referral)
}

#[tokio::test]
async fn a_scale_that_was_filled_in_for_a_rescreen_is_not_left_out_unawares() {
    story(|app| async move {
        let (child, referral) = accepted(&app, "陈十").await;
        let mut rescreener = app.person("rescreener").await;
        let path = format!("/referrals/{referral}/rescreen");
        let hospital = app.actor("doctor").await.organisation().unwrap();
        let filled = |form: Reply| {
            form.fill("scale_at_risk", "yes")
                .fill("development_deviates", "no")
                .fill("refer_to", hospital)
        };
        // A sheet that was begun in the child's file goes on for the re-screen, and is asked for while it is open.
        let id = begun(&mut rescreener, child, "cabs").await;
        let new = format!("/assessments/new?child={child}&referral={referral}");
        let page = rescreener.open(&new).await.fill("instrument", "cabs");
        assert_eq!(
            id_of(&page.submit_to("/assessments", &mut rescreener).await.is(303)),
            id
        );
        assert_eq!(row(&app, id).await.referral_id, Some(referral));
        let form = rescreener.open(&path).await.is(200).says("尚未完成");
        let (_, fields) = form.prepared("/rescreen");
        rescreener.post(&format!("{path}/draft"), &fields).await.is(204);
        let form = filled(rescreener.open(&path).await);
        form.submit_to("/rescreen", &mut rescreener)
            .await
            .is(422)
            .says("没有附上");
        // Finished meanwhile: the kept form has it ticked when it is opened again.
        cabs(&mut rescreener, id, "2", "2").await.is(303);
        let form = rescreener.open(&path).await.is(200);
        let (_, fields) = form.prepared("/rescreen");
        assert!(
            fields.contains(&("assessments".to_owned(), id.to_string())),
            "{fields:?}"
        );
        // Left out on purpose it stays out, and is nobody's any more.
        let form = filled(form).clear("assessments").fill("leave_out", "true");
        form.submit_to("/rescreen", &mut rescreener).await.is(303);
        assert_eq!(row(&app, id).await.rescreen_id, None);
    })
    .await;
}
