//! Previews, questions and errors.

use chrono::TimeDelta;
use entities::{ChildId, child::child, screening::screen, words::ScreenOutcome};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{browser, led, reachable};
use crate::support::{Person, TestApp, page::Reply, story};

const SIGNS: [&str; 5] = ["sign1", "sign2", "sign3", "sign4", "regression"];

/// Every sign answered, one of them with yes.
fn answered(page: Reply, present: &str) -> Reply {
    SIGNS.into_iter().fold(page, |page, sign| {
        page.fill(sign, if sign == present { "yes" } else { "no" })
    })
}

/// The form as it stands, and whether it says yes to a sign.
fn says_yes(page: &Reply, sign: &str) -> bool {
    let (_, fields) = page.prepared("/screens");
    fields.contains(&(sign.to_owned(), "yes".to_owned()))
}

async fn screens(app: &TestApp, child: ChildId) -> Vec<screen::Model> {
    screen::Entity::find()
        .filter(screen::COLUMN.child_id.eq(child))
        .order_by_asc(screen::COLUMN.id)
        .all(&*app.app.db)
        .await
        .unwrap()
}

/// A form of registration that is like a child on file.
async fn registration(who: &mut Person, name: &str) -> Reply {
    crate::children::form(who, name).await
}

#[tokio::test]
async fn a_preview_has_an_address_and_the_form_behind_it_shows_what_was_typed() {
    story(|app| async move {
        let child = app.child("王小明").await;
        let mut screener = browser(&app, "screener").await;
        let form = format!("/children/{child}/screens/new");
        // A new screen; then its correction.
        for (at, present) in [(form.clone(), "sign1"), (String::new(), "sign2")] {
            let at = if at.is_empty() {
                let old = screens(&app, child).await.pop().unwrap().id;
                format!("/children/{child}/screens/{old}/correction")
            } else {
                at
            };
            let page = screener.open(&at).await.is(200);
            let preview = led(&answered(page, present).submit_to("/screens", &mut screener).await);
            assert!(preview.starts_with(&format!("{at}?answer=")), "{preview}");
            let before = screens(&app, child).await.len();
            for _ in 0..2 {
                screener.get(&preview).await.is(200).says("保存前请核对");
            }
            // Back.
            let back = screener.get(&at).await.is(200).says("已恢复您上次填写");
            assert!(says_yes(&back, present));
            let fresh = screener.get(&format!("{at}?fresh=true")).await.is(200);
            assert!(!fresh.text().contains("已恢复您上次填写"));
            // Forward, to the form by the page's own button, and on.
            let again = screener.get(&preview).await;
            let (target, mut fields) = again.prepared("/screens");
            fields.push(("again".to_owned(), "true".to_owned()));
            let typed = led(&screener.post(&target, &fields).await);
            assert!(says_yes(&screener.get(&typed).await.is(200), present));
            assert_eq!(screens(&app, child).await.len(), before, "nothing is recorded yet");
            let saved = screener.get(&preview).await.submit_to("/screens", &mut screener).await;
            assert!(!led(&saved).contains("answer="));
            assert_eq!(screens(&app, child).await.len(), before + 1);
            // Back once more, and the same again: it counts once.
            let twice = screener.get(&preview).await.is(200);
            led(&twice.submit_to("/screens", &mut screener).await);
            assert_eq!(screens(&app, child).await.len(), before + 1);
            assert!(!screener.get(&form).await.text().contains("已恢复您上次填写"));
        }
    })
    .await;
}

#[tokio::test]
async fn two_windows_do_not_mix() {
    story(|app| async move {
        let mut screener = browser(&app, "screener").await;
        // Of a screen.
        let child = app.child("王小明").await;
        let form = format!("/children/{child}/screens/new");
        let one = answered(screener.open(&form).await, "sign1");
        let other = answered(screener.open(&form).await, "none");
        let one = led(&one.submit_to("/screens", &mut screener).await);
        let other = led(&other.submit_to("/screens", &mut screener).await);
        assert_ne!(one, other);
        screener.get(&other).await.says("未见异常");
        let page = screener.get(&one).await.is(200);
        page.submit_to("/screens", &mut screener).await.is(303);
        assert_eq!(screens(&app, child).await[0].outcome, ScreenOutcome::Abnormal);
        // Of a registration that is like two children.
        for name in ["王小虎", "王小兰"] {
            app.file("screener", &reachable(name)).await;
        }
        let mut asked = Vec::new();
        for name in ["王小虎", "王小兰"] {
            let page = registration(&mut screener, name).await.fill("birth_on", "2024-10-20");
            asked.push((name, led(&page.submit_to("/children?", &mut screener).await)));
        }
        for (name, at) in asked {
            let page = screener.get(&at).await.is(409);
            assert!(page.html().contains(&format!("value=\"{name}\"")), "{name}");
        }
        // Of a diagnosis: what one window shows is not what the other one sent.
        let (_, id) = app.rescreened("王小雨").await;
        app.accepts("doctor", id).await;
        let mut doctor = browser(&app, "doctor").await;
        let path = format!("/referrals/{id}/diagnosis");
        let page = doctor.open(&path).await;
        let first = page.fill("doctor", "孔医生").fill("codes", "F84.0");
        let first = first.fill("conclusion", "结合病史与观察作出");
        let preview = led(&first.submit_to("/diagnosis?", &mut doctor).await);
        let first = doctor.get(&preview).await.is(200).says("孔医生");
        let page = doctor.open(&path).await.fill("doctor", "秦医生");
        led(&page.submit_to("/diagnosis?", &mut doctor).await);
        let stale = led(&first.submit_to("/preview", &mut doctor).await);
        doctor.get(&stale).await.is(409).says("在另一个窗口改过");
        doctor.get(&preview).await.is(200).says("秦医生");
    })
    .await;
}

#[tokio::test]
async fn a_question_before_something_is_done_has_an_address_and_the_file_opens_beside_it() {
    story(|app| async move {
        let known = app.file("screener", &reachable("王小虎")).await;
        let mut screener = browser(&app, "screener").await;
        // A child like one on file.
        let page = registration(&mut screener, "王小虎")
            .await
            .fill("birth_on", "2024-10-20");
        let asked = led(&page.submit_to("/children?", &mut screener).await);
        assert!(asked.starts_with("/children/new?answer="), "{asked}");
        let page = screener.get(&asked).await.is(409).says("在新窗口打开");
        let beside = format!("<a href=\"/children/{known}\" target=\"_blank\" rel=\"noopener\">");
        assert!(page.html().contains(&beside), "{}", page.html());
        // The file is looked at in this window all the same, and Back brings the question with what was typed.
        screener.open(&format!("/children/{known}")).await.says("王小虎");
        let page = screener.get(&asked).await.is(409);
        assert!(page.html().contains("value=\"王小虎\""));
        // One step further back stands the form, as it was sent.
        let back = screener.get("/children/new").await.is(200);
        assert!(back.html().contains("value=\"王小虎\"") && back.html().contains("13812345678"));
        let done = page
            .fill("confirmed", "true")
            .submit_to("/children?", &mut screener)
            .await;
        assert!(!led(&done).contains("answer="));

        // What was judged by a birth date, and by a place.
        let child = app.file("screener", &reachable("王小燕")).await;
        app.screen("screener", child, "2026-10-25".parse().unwrap(), &[]).await;
        let form = format!("/children/{child}/edit");
        let page = screener.open(&form).await.fill("birth_on", "2025-04-20");
        let asked = led(&page.submit_to(&format!("/children/{child}?"), &mut screener).await);
        assert!(asked.starts_with(&format!("{form}?answer=")), "{asked}");
        screener.get(&asked).await.is(422).says("勾选确认后再保存");
        let back = screener.get(&form).await.is(200).says("已恢复您上次填写");
        assert!(back.html().contains("2025-04-20"));
        let fresh = screener.get(&format!("{form}?fresh=true")).await;
        assert!(!fresh.html().contains("2025-04-20"));
        // While it is typed it is kept, too; what was read of its effects is not.
        let typing = screener.open(&form).await.fill("address", "示例路九号");
        let (_, typed) = typing.prepared(&format!("/children/{child}?"));
        screener.post(&format!("{form}/draft"), &typed).await.is(204);
        let back = screener.open(&form).await.says("已恢复您上次填写");
        assert!(back.html().contains("示例路九号"));
        app.person("neighbour")
            .await
            .post(&format!("{form}/draft"), &typed)
            .await
            .is(404);
        let page = screener.get(&asked).await.fill("confirmed", "true");
        led(&page.submit_to(&format!("/children/{child}?"), &mut screener).await);
        let db = &*app.app.db;
        let born = child::Entity::find_by_id(child)
            .one(db)
            .await
            .unwrap()
            .unwrap()
            .birth_on;
        assert_eq!(born.to_string(), "2025-04-20");
        assert!(!screener.get(&form).await.text().contains("已恢复您上次填写"));
    })
    .await;
}

#[tokio::test]
async fn errors_have_an_address_too_and_nothing_typed_is_lost() {
    story(|app| async move {
        let (_, id) = app.proposed("王小明").await;
        let mut screener = browser(&app, "screener").await;
        let page = registration(&mut screener, "王小虎")
            .await
            .fill("guardian1_phone", "123");
        let registering = led(&page.submit_to("/children?", &mut screener).await);
        let page = screener.open(&format!("/referrals/{id}")).await;
        let page = page.fill("result", "reached").fill("attempted_on", "2026-13-01");
        let page = page.fill("contact_note", "约好下周");
        let calling = led(&page.submit_to("/contacts", &mut screener).await);
        let roster = screener
            .upload("/imports", &[], ("file", "空.csv", b"".as_slice()))
            .await;
        let roster = led(&roster);
        let page = screener.open("/account").await.fill("email", "no address");
        let account = led(&page.submit_to("/account?", &mut screener).await);
        for (at, begins, words, kept) in [
            (&registering, "/children/new?answer=", "手机号", "王小虎"),
            (&calling, "/referrals/", "日期不正确", "约好下周"),
            (&roster, "/", "请", ""),
            (&account, "/account?answer=", "邮箱", "no address"),
        ] {
            assert!(at.starts_with(begins) && at.contains("answer="), "{at}");
            for _ in 0..2 {
                let page = screener.get(at).await.is(422).says(words);
                assert!(page.html().contains(kept), "{at}");
            }
        }
        // An error on an error: one address, and the form's own beneath it.
        let page = screener.get(&registering).await.fill("guardian1_phone", "456");
        let again = led(&page.submit_to("/children?", &mut screener).await);
        assert_eq!(again.matches("answer=").count(), 1, "{again}");
        // Who asks for no page has the answer itself.
        let mut script = app.person("screener").await;
        let page = registration(&mut script, "王小虎").await.fill("guardian1_phone", "123");
        page.submit_to("/children?", &mut script).await.is(422);
    })
    .await;
}

#[tokio::test]
async fn a_kept_page_is_ones_own_and_goes_at_the_end_of_the_day() {
    story(|app| async move {
        let mut screener = browser(&app, "screener").await;
        let page = registration(&mut screener, "王小虎")
            .await
            .fill("guardian1_phone", "123");
        let at = led(&page.submit_to("/children?", &mut screener).await);
        // A colleague who is sent the address, a stranger, somebody who may not register.
        let mut lead = browser(&app, "lead").await;
        let reply = lead.get(&at).await;
        assert_eq!(led(&reply), "/children/new");
        assert!(!lead.open(&at).await.html().contains("王小虎"));
        let mut stranger = app.stranger();
        assert!(led(&stranger.get(&at).await).starts_with("/sign-in"));
        let mut doctor = browser(&app, "doctor").await;
        doctor.open(&at).await.is(403);
        // What stands in no draft leads to the page itself, and says so.
        let unknown = format!("/children/new?answer={}", "0".repeat(32));
        screener.open(&unknown).await.is(200).says("不再保留");
        // Twelve hours, to the moment.
        let moment = TimeDelta::milliseconds(1);
        app.app.clock.advance(TimeDelta::hours(12) - moment);
        let mut screener = browser(&app, "screener").await;
        assert!(screener.open(&at).await.is(422).html().contains("王小虎"));
        app.app.clock.advance(moment);
        let mut screener = browser(&app, "screener").await;
        screener.open(&at).await.is(200).says("不再保留");
    })
    .await;
}
