//! A result is read by somebody who is there.

use entities::{
    AccountId,
    communication::notice,
    task::task,
    words::{TaskState, What},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use starbridge::{
    platform::{
        event::{self, Subject},
        sweep,
    },
    referral::left_behind::SWEEP,
};

use super::{post, sent};
use crate::support::{Person, TestApp, story};

/// Who has to read it, and in whose inbox it is.
async fn readers(app: &TestApp) -> (Vec<AccountId>, Vec<AccountId>) {
    let open = task::Entity::find()
        .filter(task::COLUMN.what.eq(What::ReadResult))
        .filter(task::COLUMN.state.eq(TaskState::Open));
    let open = open.all(&*app.app.db).await.unwrap();
    let unread = notice::Entity::find()
        .filter(notice::COLUMN.template.eq("referral.declined"))
        .filter(notice::COLUMN.read_at.is_null());
    let unread = unread.all(&*app.app.db).await.unwrap();
    (
        open.into_iter().filter_map(|task| task.owner_id).collect(),
        unread.into_iter().map(|notice| notice.account_id).collect(),
    )
}

async fn account(app: &TestApp, name: &str) -> AccountId {
    app.actor(name).await.account.unwrap()
}

async fn suspend(security: &mut Person, account: AccountId) {
    let page = security.open(&format!("/accounts/{account}")).await;
    let page = page.fill("reason", "离职");
    page.submit_to("/suspension", security).await.is(303);
}

#[tokio::test]
async fn what_came_back_to_somebody_who_left_is_read_by_a_colleague() {
    story(|app| async move {
        let (child, id) = sent(&app, "王小明").await;
        let (screener, lead) = (account(&app, "screener").await, account(&app, "lead").await);
        let mut rescreener = app.person("rescreener").await;
        let why = [("decline_reason", "设备检修")];
        post(&mut rescreener, id, "decline", &why).await.is(303);
        assert_eq!(readers(&app).await, (vec![screener], vec![screener]));
        // As long as the sender is there, nothing is handed over.
        let done = sweep::run_once(&app.app, &SWEEP).await.unwrap();
        assert_eq!(done.unwrap(), "");
        assert_eq!(readers(&app).await, (vec![screener], vec![screener]));

        // While nobody is there, it waits.
        let mut security = app.person("security").await;
        suspend(&mut security, screener).await;
        suspend(&mut security, lead).await;
        sweep::run_once(&app.app, &SWEEP).await.unwrap();
        assert_eq!(readers(&app).await.1, [screener]);
        // Something else happens to the child: the task is nobody's by then, and it was not done.
        let by = app.actor("rescreener").await;
        let tx = app.app.db.write(&by, "330211").await.unwrap();
        event::record(&tx, &by, "child.viewed", Subject::child(child), json!({}))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let asked = task::Entity::find().filter(task::COLUMN.what.eq(What::ReadResult));
        let asked = asked.all(&*app.app.db).await.unwrap();
        assert_eq!(
            asked.iter().map(|task| task.state).collect::<Vec<_>>(),
            [TaskState::Cancelled]
        );

        let page = security.open(&format!("/accounts/{lead}")).await;
        page.submit_to("/reinstatement", &mut security).await.is(303);
        let done = sweep::run_once(&app.app, &SWEEP).await.unwrap();
        assert_eq!(done.unwrap(), "results=1");
        assert_eq!(readers(&app).await, (vec![lead], vec![lead]));
        let mut lead = app.person("lead").await;
        let inbox = lead.open("/inbox").await.is(200);
        assert!(inbox.text().contains("退回"), "{}", inbox.text());
        assert_eq!(sweep::run_once(&app.app, &SWEEP).await.unwrap().unwrap(), "");
    })
    .await;
}
