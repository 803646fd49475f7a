//! Whoever has to call a family finds the number there, and writes the call down beside it.

use entities::{
    ChildId,
    screening::contact,
    task::task,
    words::{ContactMethod, ContactResult, TaskState, What},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{browser, events, led, reachable};
use crate::support::{TestApp, story};

const NUMBER: &str = "13812345678";

async fn contacts(app: &TestApp, child: ChildId) -> Vec<contact::Model> {
    contact::Entity::find()
        .filter(contact::COLUMN.child_id.eq(child))
        .order_by_asc(contact::COLUMN.id)
        .all(&*app.app.db)
        .await
        .unwrap()
}

#[tokio::test]
async fn the_number_stands_wherever_somebody_has_to_call() {
    story(|app| async move {
        // A screen was abnormal: the family is told before the referral is sent.
        let child = app.file("screener", &reachable("王小明")).await;
        let today = app.actor("screener").await.today();
        let id = app.screen("screener", child, today, &[1]).await.referral.unwrap();
        let mut screener = browser(&app, "screener").await;
        let mut shown = 0;
        for page in [
            format!("/referrals/{id}/sending"),
            format!("/referrals/{id}"),
            format!("/children/{child}/chain"),
            format!("/children/{child}/messages"),
            format!("/children/{child}"),
        ] {
            let masked = screener.open(&page).await.is(200).says("138****5678").omits(NUMBER);
            assert!(!masked.html().contains("tel:"), "{page}");
            let at = led(&masked.submit_to("/phone", &mut screener).await);
            assert!(at.starts_with(&format!("{page}#phone-")), "{at}");
            shown += 1;
            let page = screener.open(&at).await.is(200).says(NUMBER).says("复制");
            assert!(page.html().contains(&format!("href=\"tel:{NUMBER}\"")));
            assert_eq!(events(&app, child, "child.unmasked").await, shown);
            app.app.clock.advance(chrono::TimeDelta::minutes(2));
        }
        // Who calls for nobody is offered nothing.
        let mut doctor = browser(&app, "doctor").await;
        doctor.open(&format!("/referrals/{id}")).await.is(404);
    })
    .await;
}

#[tokio::test]
async fn a_call_is_written_down_beside_the_number_and_one_stays_there() {
    story(|app| async move {
        let child = app.file("screener", &reachable("王小明")).await;
        let today = app.actor("screener").await.today();
        let id = app.screen("screener", child, today, &[1]).await.referral.unwrap();
        let mut screener = browser(&app, "screener").await;
        for (nth, (page, result, expected)) in [
            (format!("/referrals/{id}/sending"), "reached", ContactResult::Reached),
            (format!("/referrals/{id}"), "not_reached", ContactResult::NotReached),
            (
                format!("/children/{child}/chain"),
                "wrong_number",
                ContactResult::WrongNumber,
            ),
        ]
        .into_iter()
        .enumerate()
        {
            app.app.clock.advance(chrono::TimeDelta::minutes(3));
            let open = screener
                .open(&page)
                .await
                .says("已告知")
                .says("未接通")
                .says("号码错误");
            let source = open.html();
            let form = source.split("<form").find(|form| form.contains("at_once")).unwrap();
            let action = form.split("action=\"").nth(1).unwrap().split('"').next().unwrap();
            let said = form
                .split("contact_note\" value=\"")
                .nth(1)
                .unwrap()
                .split('"')
                .next()
                .unwrap();
            let fields = [
                ("method", "phone"),
                ("at_once", "true"),
                ("contact_note", said),
                ("result", result),
            ];
            let fields: Vec<_> = fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
            let at = led(&screener.post(action, &fields).await);
            assert_eq!(at, format!("{page}#phones"));
            screener.open(&at).await.says("联系记录已保存");
            let rows = contacts(&app, child).await;
            assert_eq!(rows.len(), nth + 1, "{page}");
            let last = rows.last().unwrap();
            assert_eq!((last.method, last.result), (ContactMethod::Phone, expected));
            assert_eq!(last.attempted_at, app.app.clock.now());
            assert_eq!(last.note.as_deref(), Some("通话对象：王丽（母亲）"));
        }
    })
    .await;
}

#[tokio::test]
async fn a_task_with_the_family_has_the_number_in_its_list_and_on_its_page() {
    story(|app| async move {
        let child = app.file("screener", &reachable("王小明")).await;
        let today = app.actor("screener").await.today();
        let id = app.screen("screener", child, today, &[1]).await.referral.unwrap();
        app.sends("screener", id).await;
        app.accepts("rescreener", id).await;
        app.rescreens("rescreener", id, false).await;
        let found = task::Entity::find()
            .filter(task::COLUMN.child_id.eq(child))
            .filter(task::COLUMN.what.eq(What::Recheck))
            .filter(task::COLUMN.state.eq(TaskState::Open))
            .one(&*app.app.db)
            .await
            .unwrap();
        let task = found.unwrap().id;
        let mut screener = browser(&app, "screener").await;
        let list = screener
            .open("/tasks?what=recheck")
            .await
            .says("138****5678")
            .omits("记录联系");
        let at = led(&list.submit_to("/phone", &mut screener).await);
        assert!(at.starts_with("/tasks?what=recheck#phone-"), "{at}");
        let list = screener.open(&at).await.says(NUMBER).says("记录联系");
        let record = format!("/tasks/{task}#phones");
        assert!(list.links().contains(&record), "{:?}", list.links());
        let page = screener.open(&record).await.says(NUMBER).says("已告知");
        let at = led(&page.submit_to("/contacts", &mut screener).await);
        // The form says nothing of what came of it without one of its buttons.
        screener.open(&at).await.is(422);
        assert_eq!(contacts(&app, child).await.len(), 0);
        // Who has no such task finds no number in their list.
        browser(&app, "rescreener")
            .await
            .open("/tasks?state=all")
            .await
            .omits("138****");
    })
    .await;
}

/// A script asks for the number in place: the page with what is typed stays.
#[tokio::test]
async fn a_script_gets_the_number_alone() {
    story(|app| async move {
        let child = app.file("screener", &reachable("王小明")).await;
        let mut screener = browser(&app, "screener").await;
        let page = screener.open(&format!("/children/{child}")).await;
        let (action, _) = page.prepared("/phone");
        let part = screener.asks_in_place(&action).await.is(200);
        let source = part.html();
        assert!(source.contains(NUMBER) && source.contains("data-focus") && !source.contains("<html"));
        assert_eq!(events(&app, child, "child.unmasked").await, 1);
        // And a reload shows it, as if it had been asked for by the form.
        screener.open(&format!("/children/{child}")).await.says(NUMBER);
    })
    .await;
}
