//! A merge taken apart again, row by row.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use entities::{
    ChildId, DuplicateId,
    child::{consent, residence},
    communication::{message, notice},
    screening::{assessment, contact, diagnosis, pathway, planned_check, referral, rescreen, screen},
    task::task,
    words::{CheckState, ContactMethod, ContactResult, Role, TaskState},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use starbridge::{
    merging::{
        fields::Field,
        service::{self, Side, Union},
        undoing::{self, Undone},
    },
    referral::service::decline as declines,
};

use super::{Born, born, file, merge_of, pair_of, register};
use crate::support::{
    TestApp,
    dice::Dice,
    dump::{dump, same},
    life::live_through,
    story,
};

async fn rows_of(app: &TestApp, id: ChildId) -> BTreeMap<&'static str, u64> {
    let db = &*app.app.db;
    let mut rows = BTreeMap::new();
    macro_rules! count {
        ($($module:ident),+) => {$(
            let n = $module::Entity::find().filter($module::Column::ChildId.eq(id)).count(db).await.unwrap();
            rows.insert(stringify!($module), n);
        )+};
    }
    count!(
        screen, referral, rescreen, diagnosis, assessment, contact, consent, message, notice
    );
    rows
}

#[tokio::test]
async fn merging_then_undoing_changes_nothing() {
    for seed in 0..8u64 {
        story(|app| async move {
            let mut dice = Dice(seed * 7919 + 1);
            let other_mother = if dice.below(2) == 0 { "王芳" } else { "李静" };
            let first = register(&app, "screener", born("王小雨")).await;
            let second = Born {
                division: dice.pick(&["330211004", "330211003"]),
                mother: other_mother,
                number: dice.pick(&["", "330211202405140012"]),
                ..born("王小雨")
            };
            let second = register(&app, "screener", second).await;
            live_through(&app, first, &mut dice).await;
            live_through(&app, second, &mut dice).await;
            let pair = pair_of(&app, first, second).await;
            let by = app.actor("federation").await;
            let from_second = Field::ALL.iter().copied().filter(|_| dice.below(2) == 0).collect();
            let survivor = if dice.below(2) == 0 { Side::First } else { Side::Second };
            let (stays, goes) = match survivor {
                Side::First => (first, second),
                Side::Second => (second, first),
            };
            let before = dump(&app).await;
            let counted: Vec<_> = [rows_of(&app, stays).await, rows_of(&app, goes).await].into();
            let how = Union {
                version: pair.version.into(),
                files: (
                    file(&app, first).await.version.into(),
                    file(&app, second).await.version.into(),
                ),
                survivor,
                from_second,
            };
            let merge = service::merge(&app.app, &by, pair.id, &how).await.unwrap();
            // Nothing is left behind and nothing is lost.
            let together = rows_of(&app, stays).await;
            for (table, n) in rows_of(&app, goes).await {
                assert_eq!(n, 0, "seed {seed}: {table}");
                assert_eq!(
                    together[table],
                    counted[0][table] + counted[1][table],
                    "seed {seed}: {table}"
                );
            }
            assert_eq!(file(&app, goes).await.merged_into, Some(stays));
            let open = async |id: ChildId| {
                residence::Entity::find()
                    .filter(residence::COLUMN.child_id.eq(id))
                    .filter(residence::COLUMN.until_on.is_null())
                    .all(&*app.app.db)
                    .await
                    .unwrap()
            };
            let home = open(stays).await;
            assert_eq!(home.len(), 1, "seed {seed}");
            assert_eq!(home[0].division, file(&app, stays).await.division, "seed {seed}");
            let waiting = planned_check::Entity::find()
                .filter(planned_check::COLUMN.child_id.eq(goes))
                .filter(planned_check::COLUMN.state.ne(CheckState::Cancelled));
            assert_eq!(waiting.count(&*app.app.db).await.unwrap(), 0, "seed {seed}");
            let gone = pathway::Entity::find_by_id(goes).one(&*app.app.db).await.unwrap();
            assert_eq!(gone, None, "seed {seed}");

            assert_ne!(before, dump(&app).await);
            assert_eq!(undoing::undo(&app.app, &by, merge).await.unwrap(), Undone::Done);
            same(&before, &dump(&app).await);
        })
        .await;
    }
}

/// What is to be done for a child that lives in another district is that district's again.
#[tokio::test]
async fn tasks_go_back_to_the_district_of_their_child() {
    story(|app| async move {
        let stays = app.child("王小雨").await;
        let (goes, referral) = app.sent("王晓雨").await;
        // What came back is to be read, besides what moves the child on.
        let by = app.actor("rescreener").await;
        declines(&app.app, &by, referral, None, "设备检修".to_owned())
            .await
            .unwrap();
        app.moves_to_the_next_district(goes).await;
        let city = app.actor("city-system").await.organisation().unwrap();
        app.hires("city", Role::FederationOfficer, city).await;
        let districts = async |id: ChildId| {
            let open = task::Entity::find()
                .filter(task::COLUMN.child_id.eq(id))
                .filter(task::COLUMN.state.eq(TaskState::Open));
            let open = open.all(&*app.app.db).await.unwrap();
            open.into_iter().map(|one| one.district).collect::<BTreeSet<_>>()
        };
        assert_eq!(districts(goes).await, ["330206".to_owned()].into());
        let merge = app.merges_by("city", stays, goes).await;
        assert_eq!(districts(stays).await, ["330211".to_owned()].into());
        let by = app.actor("city").await;
        assert_eq!(undoing::undo(&app.app, &by, merge).await.unwrap(), Undone::Done);
        assert_eq!(districts(goes).await, ["330206".to_owned()].into());
        assert_eq!(districts(stays).await, ["330211".to_owned()].into());
    })
    .await;
}

#[tokio::test]
async fn what_rests_on_a_merge_keeps_it_from_being_undone() {
    story(|app| async move {
        let first = register(&app, "screener", born("王小雨")).await;
        let second = register(&app, "screener", born("王小雨")).await;
        let mut dice = Dice(3);
        while referral::Entity::find()
            .filter(referral::COLUMN.child_id.eq(second))
            .count(&*app.app.db)
            .await
            .unwrap()
            == 0
        {
            live_through_referrals(&app, second, &mut dice).await;
        }
        let pair = pair_of(&app, first, second).await;
        let mut federation = app.person("federation").await;
        let page = federation.open(&format!("/duplicates/{}", pair.id)).await;
        let merge = merge_of(
            &page
                .fill("survivor", "first")
                .submit_to("/merge", &mut federation)
                .await,
        );
        let moved = referral::Entity::find()
            .filter(referral::COLUMN.child_id.eq(first))
            .one(&*app.app.db)
            .await
            .unwrap()
            .unwrap();
        let by = app.actor("rescreener").await;
        // A bare row: what chance made of the referral may be closed to calls.
        let call = contact::ActiveModel {
            child_id: Set(first),
            referral_id: Set(Some(moved.id)),
            method: Set(ContactMethod::Phone),
            result: Set(ContactResult::Reached),
            attempted_at: Set(by.now),
            by: Set(by.account.unwrap()),
            organisation_id: Set(by.organisation().unwrap()),
            ..Default::default()
        };
        let call = call.insert(app.app.db.writer()).await.unwrap();
        let before = dump(&app).await;
        let path = format!("/merges/{merge}");
        let page = federation.open(&path).await;
        let reply = page.submit_to("/undoing", &mut federation).await.is(409);
        reply.says("不能撤销").says(&format!("联系记录 {}", call.id));
        same(&before, &dump(&app).await);
        contact::Entity::delete_by_id(call.id)
            .exec(app.app.db.writer())
            .await
            .unwrap();

        // Merged on: first the later merge, then this one.
        let third = register(&app, "screener", born("王小雨")).await;
        let next = pair_of(&app, first, third).await;
        let page = federation.open(&format!("/duplicates/{}", next.id)).await;
        let later = merge_of(
            &page
                .fill("survivor", "second")
                .submit_to("/merge", &mut federation)
                .await,
        );
        assert_eq!(
            file(&app, second).await.merged_into,
            Some(third),
            "one step leads there"
        );
        let reply = federation.get(&format!("/children/{second}")).await.is(303);
        assert_eq!(reply.location, Some(format!("/children/{third}")));
        let page = federation.open(&path).await;
        page.submit_to("/undoing", &mut federation)
            .await
            .is(409)
            .says("合并后又有修改");
        for one in [later, merge] {
            let page = federation.open(&format!("/merges/{one}")).await;
            page.submit_to("/undoing", &mut federation).await.is(303);
        }
        for id in [first, second, third] {
            assert_eq!(file(&app, id).await.merged_into, None);
        }
        let _: DuplicateId = next.id;
    })
    .await;
}

async fn live_through_referrals(app: &Arc<TestApp>, id: ChildId, dice: &mut Dice) {
    live_through(app, id, dice).await;
}
