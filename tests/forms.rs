//! The way back of a form: what was typed comes back with what is wrong, and a form that comes again counts once.

use entities::{child::consent, work::submission};
use sea_orm::{EntityTrait as _, PaginatorTrait as _, sea_query::Expr};
use starbridge::platform::submission as submissions;

use crate::support::{Person, TestApp, page::Reply, story};

async fn registered(by: &mut Person) -> i64 {
    let page = by
        .open("/children/new")
        .await
        .fill("name", "王小虎")
        .fill("sex", "male")
        .fill("birth_on", "2024-05-14")
        .fill("identity_kind", "none_yet")
        .fill("division", "330211004")
        .fill("guardian1_name", "王芳")
        .fill("guardian1_kinship", "mother")
        .fill("guardian1_phone", "13812345678");
    let reply = page.submit(by).await.is(303);
    reply.location.unwrap().rsplit('/').next().unwrap().parse().unwrap()
}

async fn consent_page(by: &mut Person, child: i64) -> Reply {
    by.open(&format!("/children/{child}/consents"))
        .await
        .fill("purpose", "sharing")
        .fill("text_version", "2026-01")
        .fill("signer", "王芳")
        .fill("kinship", "mother")
        .fill("signed_on", "2026-10-01")
}

async fn consents(app: &TestApp) -> Vec<String> {
    let rows = consent::Entity::find().all(&*app.app.db).await.unwrap();
    rows.into_iter().map(|row| row.signer).collect()
}

fn with(fields: &[(String, String)], name: &str, value: &str) -> Vec<(String, String)> {
    let others = fields.iter().filter(|(n, _)| n != name).cloned();
    others.chain([(name.to_owned(), value.to_owned())]).collect()
}

/// 422: the same page, every error at its field, every value as it was typed.
#[tokio::test]
async fn what_is_wrong_comes_back_with_what_was_typed() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let id = registered(&mut screener).await;
        let page = consent_page(&mut screener, id).await;
        let page = page.fill("signed_on", "2027-01-01").fill("text_version", "2026-07");
        let page = page.submit(&mut screener).await.is(422).says("不能晚于今天");
        for typed in ["2027-01-01", "2026-07", "王芳"] {
            assert!(page.html().contains(&format!("value=\"{typed}\"")), "{typed}");
        }
        assert!(consents(&app).await.is_empty());
        // The page that came back is a form like the first.
        page.fill("signed_on", "2026-10-01").submit(&mut screener).await.is(303);
        assert_eq!(consents(&app).await, ["王芳"]);
    })
    .await;
}

/// 409: the page was older than the record. It says so, shows what was typed, and saves nothing.
#[tokio::test]
async fn an_older_page_comes_back_with_what_was_typed() {
    story(|app| async move {
        let mut system = app.person("system").await;
        let late = system.open("/account").await.fill("display_name", "后来的名字");
        let page = system.open("/account").await.fill("display_name", "先来的名字");
        page.submit_to("/account?", &mut system).await.is(303);
        let page = late.submit_to("/account?", &mut system).await.is(409);
        assert!(page.html().contains("value=\"后来的名字\""));
        page.says("有人修改了同一条记录");
        let page = system.open("/account").await;
        assert!(page.html().contains("value=\"先来的名字\""));
    })
    .await;
}

/// 409: the rules of the trade say no, and the page says it itself.
#[tokio::test]
async fn what_is_refused_is_said_on_the_page_of_the_form() {
    story(|app| async move {
        let mut security = app.person("security").await;
        let own = app.actor("security").await.account.unwrap();
        let fields = [("reason".to_owned(), "调往外地".to_owned())];
        let page = security.post(&format!("/accounts/{own}/suspension"), &fields).await;
        page.is(409).says("本人").says("security");
        let other = app.actor("screener").await.account.unwrap();
        let path = format!("/accounts/{other}");
        let page = security.open(&path).await.fill("reason", "调往外地");
        page.submit_to("/suspension", &mut security).await.is(303);
        let page = security.post(&format!("{path}/suspension"), &fields).await;
        page.is(409).says("已经停用").says("screener");
    })
    .await;
}

/// The first led to the list of consents, whatever its events are about: so does the second, wherever it came from.
#[tokio::test]
async fn a_form_that_comes_again_leads_where_the_first_one_led() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let id = registered(&mut screener).await;
        let (target, fields) = consent_page(&mut screener, id).await.prepared("/consents?");
        let there = Some(format!("/children/{id}/consents"));
        assert_eq!(screener.post(&target, &fields).await.is(303).location, there);
        screener.comes_by("http://starbridge.test/children");
        for _ in 0..2 {
            let again = screener.post(&target, &fields).await.is(303);
            assert_eq!(again.location, there);
            screener.get(&again.location.unwrap()).await.says("已经提交过");
        }
        assert_eq!(consents(&app).await.len(), 1);
        // Where it led is written with its token, once, and the next program knows it.
        assert!(submissions::settle(&app.app).await.unwrap() >= 2);
        assert_eq!(submissions::settle(&app.app).await.unwrap(), 0);
        let rows = submission::Entity::find().all(&*app.app.db).await.unwrap();
        let row = rows
            .iter()
            .find(|row| target.contains(row.token.get(..32).unwrap()))
            .unwrap();
        assert_eq!(row.led_to, there);
        assert_eq!(screener.post(&target, &fields).await.is(303).location, there);
    })
    .await;
}

/// A page that went back in the browser: what it is sent with now is neither saved nor lost.
#[tokio::test]
async fn a_form_that_comes_again_with_other_content_is_told_apart() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let id = registered(&mut screener).await;
        let (target, fields) = consent_page(&mut screener, id).await.prepared("/consents?");
        screener.post(&target, &fields).await.is(303);
        let other = with(&fields, "signer", "王大明");
        let rows = submission::Entity::find().count(&*app.app.db).await.unwrap();
        let page = screener.post(&target, &other).await.is(409).says("内容不同");
        assert_eq!(consents(&app).await, ["王芳"]);
        assert!(page.links().contains(&format!("/children/{id}/consents")));
        assert!(page.html().contains("王大明"));
        assert_eq!(submission::Entity::find().count(&*app.app.db).await.unwrap(), rows);
        // What would be refused anyhow is told apart all the same: it comes back as it was typed.
        let wrong = with(&fields, "signed_on", "2020-01-01");
        screener.post(&target, &wrong).await.is(409).says("内容不同");
        // The first page is still the first page.
        screener.post(&target, &fields).await.is(303);
        // Meant besides, it counts as another one.
        page.submit(&mut screener).await.is(303);
        assert_eq!(consents(&app).await, ["王芳", "王大明"]);
        // The forms of a page share its token, and each counts by itself.
        let elsewhere = target.replace("/consents?", "/guardians?");
        screener.post(&elsewhere, &fields).await.is(422).omits("内容不同");
    })
    .await;
}

/// Nobody calls content another that only its way has changed, or of which nothing was kept.
#[tokio::test]
async fn what_cannot_be_told_apart_is_the_same_form() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let id = registered(&mut screener).await;
        let (target, fields) = consent_page(&mut screener, id).await.prepared("/consents?");
        // Two lines as browsers send them, and as a page that was brought back does.
        let first = with(&fields, "besides", "one\r\ntwo");
        screener.post(&target, &first).await.is(303);
        screener
            .post(&target, &with(&fields, "besides", "one\ntwo"))
            .await
            .is(303);
        screener
            .post(&target, &with(&fields, "besides", "one two"))
            .await
            .is(409);
        let forget =
            submission::Entity::update_many().col_expr(submission::Column::Content, Expr::value(None::<String>));
        forget.exec(app.app.db.writer()).await.unwrap();
        screener.post(&target, &with(&fields, "besides", "three")).await.is(303);
        assert_eq!(consents(&app).await, ["王芳"]);
    })
    .await;
}

/// Of the content a digest is kept, which says nothing without the key.
#[tokio::test]
async fn of_a_content_only_a_keyed_digest_is_kept() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let id = registered(&mut screener).await;
        for signer in ["王芳", "王大明"] {
            let page = consent_page(&mut screener, id).await.fill("signer", signer);
            page.submit_to("/consents?", &mut screener).await.is(303);
        }
        let rows = submission::Entity::find().all(&*app.app.db).await.unwrap();
        let digests: Vec<String> = rows.into_iter().filter_map(|row| row.content).collect();
        assert!(digests.len() >= 3);
        for (n, digest) in digests.iter().enumerate() {
            assert!(digest.len() == 32 && digest.chars().all(|c| c.is_ascii_hexdigit()));
            assert!(!digests.iter().skip(n + 1).any(|other| other == digest));
        }
    })
    .await;
}
