//! A citizen has one number: a second file under it takes a second person.

use entities::{
    child::{child, duplicate, number_claim},
    words::{DuplicateState, ProposalState},
};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::json;

use super::{count_children, events, form, id_of, register};
use crate::support::{Person, TestApp, page::Reply, story};

const GIRL: &str = "330211202108010027";

async fn with_number(by: &mut Person, name: &str) -> Reply {
    form(by, name)
        .await
        .fill("birth_on", "2021-08-01")
        .fill("sex", "female")
        .fill("identity_kind", "citizen_id")
        .fill("identity_no", GIRL)
}

async fn claim(app: &TestApp) -> number_claim::Model {
    number_claim::Entity::find().one(&*app.app.db).await.unwrap().unwrap()
}

#[tokio::test]
async fn the_same_citizen_number_is_refused_whatever_is_ticked() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let holder = id_of(&with_number(&mut screener, "陈一诺").await.submit(&mut screener).await);
        let mut neighbour = app.person("neighbour").await;
        let page = with_number(&mut neighbour, "陈诺").await;
        // Another site's child: enough to ask there, no more. No tick helps.
        let page = page.submit(&mut neighbour).await.is(409);
        let page = page
            .says("证件号码相同")
            .says("陈*诺")
            .omits("陈一诺")
            .says("不能再次登记");
        let (target, mut fields) = page.prepared("");
        fields.push(("confirmed".to_owned(), "true".to_owned()));
        neighbour.post(&target, &fields).await.is(409).says("不能再次登记");
        let (_, fields) = with_number(&mut neighbour, "陈诺").await.prepared("");
        let part = neighbour.post("/children/similar", &fields).await.is(200);
        part.says("身份证号相同").omits("仍要登记");
        assert_eq!(count_children(&app).await, 1);
        assert!(duplicate::Entity::find().one(&*app.app.db).await.unwrap().is_none());

        // Neither is a file corrected to it.
        let other = register(&mut screener, "王小虎").await;
        let page = screener.open(&format!("/children/{other}/edit")).await;
        let page = page
            .fill("identity_kind", "citizen_id")
            .fill("identity_no", GIRL)
            .fill("birth_on", "2021-08-01")
            .fill("sex", "female");
        let page = page.submit_to(&format!("/children/{other}"), &mut screener).await;
        page.is(422).says("不能再次登记");
        // A file that keeps its own number is corrected like any other.
        let page = screener.open(&format!("/children/{holder}/edit")).await;
        let page = page.fill("identity_no", GIRL).fill("address", "庄市大道1号");
        page.submit_to(&format!("/children/{holder}"), &mut screener)
            .await
            .is(303);
    })
    .await;
}

#[tokio::test]
async fn a_second_person_decides_whether_two_children_share_a_number() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let holder = id_of(&with_number(&mut screener, "陈一诺").await.submit(&mut screener).await);
        let page = with_number(&mut screener, "陈诺").await.submit(&mut screener).await;
        let page = page.is(409).fill("claim_reason", "两本出生证明均已核对，号码重复");
        let reply = page.submit(&mut screener).await.is(303);
        let path = reply.location.unwrap();
        screener
            .open(&path)
            .await
            .is(200)
            .says("陈诺")
            .says("号码重复")
            .omits("同意建档");
        screener.open("/number-claims").await.says("陈诺").says("待确认");
        assert_eq!(count_children(&app).await, 1);
        let row = claim(&app).await;
        assert!(!String::from_utf8_lossy(&row.fields.0).contains("陈诺"));
        // Whoever asked does not decide, nor does another site see it.
        let approval = format!("{path}/approval");
        screener.post(&approval, &[]).await.is(403);
        let mut neighbour = app.person("neighbour").await;
        neighbour.open(&path).await.is(404);

        // First in the queue of duplicates.
        let mut federation = app.person("federation").await;
        let page = federation.open("/duplicates").await.is(200);
        page.says("待核实的同号登记申请").says("陈诺").says("号码重复");
        let page = federation.open(&path).await.is(200).says("陈一诺").says("同意建档");
        page.submit_to("/approval", &mut federation).await.is(303);
        assert_eq!(claim(&app).await.state, ProposalState::Done);
        let files = child::Entity::find().all(&*app.app.db).await.unwrap();
        assert_eq!(files.len(), 2);
        assert_eq!(files[0].identity_index, files[1].identity_index);
        assert_eq!(files[1].created_by, files[0].created_by, "it is the site's that asked");
        let pair = duplicate::Entity::find().one(&*app.app.db).await.unwrap().unwrap();
        assert_eq!(
            (pair.state, &pair.reasons),
            (DuplicateState::Open, &json!(["identity"]))
        );
        assert_eq!(events(&app, holder, "number_claim.approved").await, 1);
        screener.open(&path).await.says("陈诺").says("已办理");
        // Once is enough.
        let mut lead = app.person("lead").await;
        lead.open(&path).await.is(200).omits("同意建档");
        lead.post(&approval, &[]).await.is(409);
        assert_eq!(count_children(&app).await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_claim_is_refused_with_a_reason_or_withdrawn() {
    story(|app| async move {
        let mut lead = app.person("lead").await;
        with_number(&mut lead, "陈一诺").await.submit(&mut lead).await.is(303);
        let ask = async |who: &mut Person| {
            let page = with_number(who, "陈诺").await.submit(who).await.is(409);
            let page = page.fill("claim_reason", "同号").submit(who).await.is(303);
            page.location.unwrap()
        };
        // A supervisor's own claim is somebody else's to decide.
        let path = ask(&mut lead).await;
        lead.open(&path).await.says("待另一人核实").omits("同意建档");
        lead.post(&format!("{path}/approval"), &[])
            .await
            .is(409)
            .says("须由另一人决定");
        let mut federation = app.person("federation").await;
        let page = federation.open(&path).await;
        let page = page.submit_to("/refusal", &mut federation).await.is(422);
        let page = page
            .fill("note", "号码抄错，请核对")
            .submit_to("/refusal", &mut federation)
            .await;
        page.is(303);
        lead.open(&path).await.says("号码抄错，请核对").says("已拒绝");
        let path = ask(&mut lead).await;
        let page = lead.open(&path).await;
        page.submit_to("/withdrawal", &mut lead).await.is(303);
        federation.open(&path).await.says("已撤回").omits("同意建档");
        federation.open("/duplicates").await.omits("同号登记申请");
        assert_eq!(count_children(&app).await, 1);
        assert_eq!(number_claim::Entity::find().count(&*app.app.db).await.unwrap(), 2);
    })
    .await;
}
