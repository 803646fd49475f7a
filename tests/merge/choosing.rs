//! What of which file stays, and what stops a merge.

use entities::{
    child::{child_term, merge},
    words::{DuplicateState, Sex},
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use starbridge::access::scope;

use super::{Born, born, day, events, file, merge_of, pair_of, pairs, register};
use crate::support::{
    dice::Dice,
    dump::{dump, same},
    life::live_through,
    people::Person,
    story,
};

#[tokio::test]
async fn a_merge_is_chosen_shown_forwards_counts_once_and_is_undone() {
    story(|app| async move {
        let numbered = Born {
            number: "330211202405140012",
            ..born("王晓雨")
        };
        let first = register(&app, "screener", born("王小雨")).await;
        let second = register(&app, "screener", numbered).await;
        let mut dice = Dice(5);
        live_through(&app, first, &mut dice).await;
        live_through(&app, second, &mut dice).await;
        let pair = pair_of(&app, first, second).await;
        let mut federation = app.person("federation").await;
        let residents = async |who: &mut Person| {
            let page = who.open("/reports/screening?month=2026-10").await.is(200);
            page.text()
        };
        let counted_twice = residents(&mut federation).await;
        // A report that was submitted stays as it was.
        let frozen = federation
            .open("/reports/screening?month=2026-10")
            .await
            .submit_to("frozen", &mut federation)
            .await
            .is(303)
            .location
            .unwrap();
        // The first look also says that it is frozen now.
        federation.open(&frozen).await.is(200);
        let submitted = federation.open(&frozen).await.is(200).text();
        let before = dump(&app).await;

        let path = format!("/duplicates/{}", pair.id);
        let page = federation.open(&path).await.is(200);
        let page = page
            .fill("survivor", "second")
            .fill("name", "first")
            .fill("identity", "second");
        let reply = page.submit_to("/merge", &mut federation).await.is(303);
        let merge = merge_of(&reply);
        let kept = file(&app, second).await;
        assert_eq!(kept.name, "王小雨");
        assert!(kept.identity_index.is_some());
        for child in [first, second] {
            assert_eq!(events(&app, child, "merge.done").await, 1);
        }
        let page = federation.open(&format!("/merges/{merge}")).await.is(200);
        page.says("初筛")
            .says("归入保留的档案")
            .says("姓名：王晓雨 → 王小雨")
            .says("330211-2026-00001");

        // The number that was merged leads on, in the address and in the search.
        let reply = federation.get(&format!("/children/{first}")).await.is(303);
        assert_eq!(reply.location, Some(format!("/children/{second}")));
        for term in ["330211-2026-00001", "330211-2026-00002", "晓雨", "小雨"] {
            let reply = federation.get(&format!("/search?q={term}")).await.is(303);
            assert_eq!(reply.location, Some(format!("/children/{second}")), "{term}");
        }
        let terms = child_term::Entity::find().filter(child_term::COLUMN.child_id.eq(first));
        assert_eq!(terms.count(&*app.app.db).await.unwrap(), 0);
        federation.open("/duplicates").await.says("没有需要核对的档案");
        federation.open("/duplicates?view=merged").await.says("王小雨");

        assert_ne!(residents(&mut federation).await, counted_twice);
        let page = federation.open(&frozen).await.is(200);
        let now = page.text();
        assert_eq!(now, submitted);

        let page = federation.open(&format!("/merges/{merge}")).await;
        page.submit_to("/undoing", &mut federation).await.is(303);
        federation.open(&format!("/merges/{merge}")).await.says("已撤销");
        let after = dump(&app).await;
        // Frozen reports were there before; the inbox and the like do not change.
        same(&before, &after);
        assert_eq!(pairs(&app).await[0].state, DuplicateState::Open);
        federation.open(&format!("/children/{first}")).await.says("王小雨");
        assert_eq!(residents(&mut federation).await, counted_twice);
        let page = federation.open(&format!("/merges/{merge}")).await;
        assert!(!page.html().contains("/undoing"));
    })
    .await;
}

/// Its number still leads to the file that is kept; in lists and counts it stands no more.
#[tokio::test]
async fn a_file_that_was_merged_stands_in_no_list() {
    story(|app| async move {
        let stays = app.child("王小雨").await;
        let goes = app.child("王晓雨").await;
        let numbers = [file(&app, stays).await.file_no, file(&app, goes).await.file_no];
        let listed = async || {
            let page = app.person("federation").await.open("/children").await.is(200);
            let by = app.actor("federation").await;
            let seen = scope::children(&by).count(&*app.app.db).await.unwrap();
            (
                numbers.each_ref().map(|number| page.text().contains(number.as_str())),
                seen,
            )
        };
        assert_eq!(listed().await, ([true, true], 2));
        app.merges(stays, goes).await;
        assert_eq!(listed().await, ([true, false], 1));
    })
    .await;
}

/// The file with a number is proposed to stay, else the older one.
#[tokio::test]
async fn which_file_is_proposed_to_stay() {
    story(|app| async move {
        let number = "330211202405140012";
        let mut federation = app.person("federation").await;
        for (names, numbers, stays) in [
            (["王小雨", "王晓雨"], ["", ""], "first"),
            (["李大明", "李达明"], [number, ""], "first"),
            (["陈书文", "陈舒文"], ["", "330211202405140039"], "second"),
        ] {
            let born = |n: usize| Born {
                number: numbers[n],
                ..born(names[n])
            };
            let first = register(&app, "screener", born(0)).await;
            let second = register(&app, "screener", born(1)).await;
            let pair = pair_of(&app, first, second).await;
            let page = federation.open(&format!("/duplicates/{}", pair.id)).await.is(200);
            // What only one of them says is not called different.
            let cells = page.cells();
            assert_eq!(
                cells.iter().any(|cell| cell.contains("只有一份填写")),
                numbers[0] != numbers[1],
                "{names:?}: {cells:?}"
            );
            let (_, fields) = page.prepared("/merge");
            let proposed = fields.iter().find(|(name, _)| name == "survivor").unwrap();
            assert_eq!(proposed.1, stays, "{names:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn two_people_decide_one_pair_at_once() {
    story(|app| async move {
        let first = register(&app, "screener", born("王小雨")).await;
        let second = register(&app, "screener", born("王小雨")).await;
        let pair = pair_of(&app, first, second).await;
        let path = format!("/duplicates/{}", pair.id);
        let mut one = app.person("federation").await;
        let mut other = app.person("lead").await;
        let mine = one.open(&path).await.is(200);
        let theirs = other.open(&path).await.is(200).fill("reason", "两人");
        let (merged, kept) = tokio::join!(
            mine.submit_to("/merge", &mut one),
            theirs.submit_to("/keeping", &mut other)
        );
        let mut statuses = [merged.status, kept.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 409], "{} / {}", merged.text(), kept.text());
        let merges = merge::Entity::find().count(&*app.app.db).await.unwrap();
        let state = pairs(&app).await[0].state;
        assert_eq!(
            (merges, state),
            if merged.status == 303 {
                (1, DuplicateState::Merged)
            } else {
                (0, DuplicateState::KeptBoth)
            }
        );
    })
    .await;
}

#[tokio::test]
async fn stale_files_contradictions_and_departures_stop_a_merge() {
    story(|app| async move {
        let boy = Born {
            number: "330211202405140012",
            ..born("王小雨")
        };
        let first = register(&app, "screener", boy).await;
        let girl = Born {
            sex: Sex::Female,
            ..born("王小雨")
        };
        let second = register(&app, "screener", girl).await;
        let pair = pair_of(&app, first, second).await;
        let path = format!("/duplicates/{}", pair.id);
        let mut federation = app.person("federation").await;
        let before = dump(&app).await;

        let page = federation.open(&path).await;
        let page = page.fill("identity", "first").fill("sex", "second");
        page.submit_to("/merge", &mut federation).await.is(422);
        same(&before, &dump(&app).await);

        let page = federation.open(&path).await;
        let mut screener = app.person("screener").await;
        let edit = screener.open(&format!("/children/{second}/edit")).await;
        edit.fill("kindergarten", "庄市中心幼儿园")
            .submit_to(&format!("/children/{second}"), &mut screener)
            .await
            .is(303);
        let stale = page.submit_to("/merge", &mut federation).await.is(409);
        stale.says("被他人修改").says("庄市中心幼儿园");

        let by = app.actor("screener").await;
        let left = starbridge::children::departure::service::NewDeparture {
            reason: entities::words::DepartureReason::MovedAway,
            left_on: day("2026-10-30"),
            note: None,
        };
        starbridge::children::departure::service::depart(&app.app, &by, second, &left)
            .await
            .unwrap();
        let page = federation.open(&path).await;
        page.submit_to("/merge", &mut federation)
            .await
            .is(409)
            .says("已退出筛查管理");
        assert_eq!(merge::Entity::find().count(&*app.app.db).await.unwrap(), 0);
    })
    .await;
}
