//! Pairs of files that look alike: found, kept, put off, found again.

use chrono::TimeDelta;
use entities::{
    ChildId,
    child::{child, duplicate, guardianship, merge},
    words::{DuplicateState, Kinship, Language, Sex},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    EntityTrait, IntoActiveModel as _, PaginatorTrait,
};
use serde_json::json;
use starbridge::{
    children::duplicates::{Looked, basis_of, look_at_in},
    platform::Actor,
};

use super::{Born, born, events, pairs, register, sweep_duplicates};
use crate::support::{people::Person, story};

#[tokio::test]
async fn the_sweep_finds_pairs_once_and_twins_never() {
    story(|app| async move {
        let first = register(&app, "screener", born("王小雨")).await;
        let second = register(&app, "screener", born("王小雨")).await;
        let heard = register(&app, "screener", born("王晓雨")).await;
        // Twins: one day, one mother, other names; and a homophone of another sex.
        register(&app, "screener", born("王小雪")).await;
        let twin = Born {
            sex: Sex::Female,
            ..born("王晓宇")
        };
        register(&app, "screener", twin).await;
        assert_eq!(sweep_duplicates(&app).await, "found=3");
        let found = pairs(&app).await;
        let ids: Vec<_> = found
            .iter()
            .map(|p| (p.first_id, p.second_id, p.reasons.clone()))
            .collect();
        assert_eq!(
            ids,
            [
                (first, second, json!(["name_birth"])),
                (first, heard, json!(["sound_birth_phone"])),
                (second, heard, json!(["sound_birth_phone"])),
            ]
        );
        assert_eq!(sweep_duplicates(&app).await, "");
        assert_eq!(events(&app, first, "duplicate.found").await, 2);

        let mut federation = app.person("federation").await;
        federation.open("/").await.says("疑似重复档案");
        let page = federation.open("/duplicates").await.is(200);
        page.says("330211-2026-00001").says("王晓雨").omits("王小雪");
        let page = federation.open(&format!("/duplicates/{}", found[1].id)).await.is(200);
        page.says("王晓雨").says("相同").says("不同").says("姓名同音");
        assert_eq!(events(&app, heard, "child.viewed").await, 1);
    })
    .await;
}

#[tokio::test]
async fn opening_and_correcting_a_file_finds_pairs_and_lets_them_go() {
    story(|app| async move {
        let first = register(&app, "screener", born("王小雨")).await;
        let other = register(&app, "screener", born("李安")).await;
        let mut screener = app.person("screener").await;
        let rename = async |who: &mut Person, id: ChildId, name: &str| {
            let page = who.open(&format!("/children/{id}/edit")).await.is(200);
            page.fill("name", name)
                .submit_to(&format!("/children/{id}"), who)
                .await
                .is(303);
        };
        rename(&mut screener, other, "王小雨").await;
        let found = pairs(&app).await;
        assert_eq!((found[0].first_id, found[0].second_id), (first, other));
        assert_eq!(found[0].state, DuplicateState::Open);
        rename(&mut screener, other, "李安").await;
        assert_eq!(pairs(&app).await[0].state, DuplicateState::KeptBoth);
        rename(&mut screener, other, "王晓雨").await;
        let again = pairs(&app).await;
        assert_eq!(again.len(), 1);
        assert_eq!(again[0].state, DuplicateState::Open);
        assert_eq!(again[0].reasons, json!(["sound_birth_phone"]));
    })
    .await;
}

#[tokio::test]
async fn kept_both_is_not_asked_again_unless_the_data_change() {
    story(|app| async move {
        let first = register(&app, "screener", born("王小雨")).await;
        let second = register(&app, "screener", born("王小雨")).await;
        sweep_duplicates(&app).await;
        let pair = pairs(&app).await.remove(0);
        let path = format!("/duplicates/{}", pair.id);
        let mut federation = app.person("federation").await;

        let page = federation.open(&path).await.is(200);
        page.submit_to("/keeping", &mut federation)
            .await
            .is(422)
            .says("请填写此项");
        let page = federation.open(&path).await;
        page.fill("until_on", "2026-11-01")
            .submit_to("/postponement", &mut federation)
            .await
            .is(422)
            .says("一年以内");

        let page = federation.open(&path).await;
        page.fill("until_on", "2026-11-10")
            .submit_to("/postponement", &mut federation)
            .await
            .is(303);
        federation.open("/duplicates").await.says("没有需要核对的档案");
        federation.open("/duplicates?view=later").await.says("2026-11-10");
        federation.open("/").await.says("疑似重复档案0");
        app.app.clock.advance(TimeDelta::days(8));
        let mut federation = app.person("federation").await;
        federation.open("/duplicates").await.says("王小雨");
        federation.open("/").await.says("疑似重复档案1");

        let page = federation.open(&path).await;
        page.fill("reason", "堂兄弟，分别见过本人")
            .submit_to("/keeping", &mut federation)
            .await
            .is(303);
        assert_eq!(events(&app, first, "duplicate.kept_both").await, 1);
        assert_eq!(events(&app, second, "duplicate.kept_both").await, 1);
        assert_eq!(sweep_duplicates(&app).await, "");
        federation.open("/duplicates").await.says("没有需要核对的档案");
        federation.open("/duplicates?view=kept_both").await.says("王小雨");
        federation.open(&path).await.says("堂兄弟，分别见过本人");

        // A guardian with another phone is new to the comparison.
        let mut row: guardianship::ActiveModel = Default::default();
        let uncle = entities::child::guardian::ActiveModel {
            name: Set("王强".into()),
            phone_index: Set(Some("other".into())),
            language: Set(Language::Chinese),
            version: Set(1),
            created_at: Set(app.app.clock.now()),
            ..Default::default()
        };
        let uncle = uncle.insert(app.app.db.writer()).await.unwrap();
        row.child_id = Set(second);
        row.guardian_id = Set(uncle.id);
        row.kinship = Set(Kinship::OtherRelative);
        row.has_custody = Set(false);
        row.may_be_contacted = Set(true);
        row.is_first = Set(false);
        row.insert(app.app.db.writer()).await.unwrap();
        assert_eq!(sweep_duplicates(&app).await, "reopened=1");
        federation.open("/duplicates").await.says("王小雨");
    })
    .await;
}

#[tokio::test]
async fn a_pair_is_looked_at_from_either_side_and_not_when_one_is_merged() {
    story(|app| async move {
        let first = register(&app, "screener", born("王小雨")).await;
        let second = register(&app, "screener", born("王小雨")).await;
        let third = register(&app, "screener", born("王小雨")).await;
        let by = Actor::system("test", app.app.clock.now());
        let look = async |one: ChildId, other: ChildId| {
            let tx = app.app.db.write(&by, "330211").await.unwrap();
            let looked = look_at_in(&tx, &by, one, other).await.unwrap();
            tx.commit_quietly().await.unwrap();
            looked
        };
        // The bare mark: a real merge would decide about the pairs, too.
        let merged = |into: Option<ChildId>| child::ActiveModel {
            id: Set(third),
            merged_into: Set(into),
            ..Default::default()
        };
        merged(Some(first)).update(app.app.db.writer()).await.unwrap();
        assert_eq!(look(second, third).await, Looked::Same);
        assert_eq!(look(third, second).await, Looked::Same);
        assert!(pairs(&app).await.is_empty());
        merged(None).update(app.app.db.writer()).await.unwrap();
        assert_eq!(look(second, first).await, Looked::Found);
        assert_eq!(look(first, second).await, Looked::Same);
        let found = pairs(&app).await;
        assert_eq!((found[0].first_id, found[0].second_id), (first, second));
    })
    .await;
}

#[tokio::test]
async fn what_is_written_of_a_pair_follows_what_is_compared() {
    story(|app| async move {
        let db = app.app.db.writer();
        let first = register(&app, "screener", born("王小雨")).await;
        let second = register(&app, "screener", born("王小雨")).await;
        let other = register(&app, "screener", born("李安")).await;
        sweep_duplicates(&app).await;
        let by = Actor::system("test", app.app.clock.now());
        let look = async |one: ChildId, other: ChildId| {
            let tx = app.app.db.write(&by, "330211").await.unwrap();
            let looked = look_at_in(&tx, &by, one, other).await.unwrap();
            tx.commit_quietly().await.unwrap();
            looked
        };
        let found = pairs(&app).await.remove(0);
        let now = basis_of(db, &found).await.unwrap();
        assert_eq!(found.basis, now);
        // Reasons and hash of an older program.
        for (reasons, basis) in [
            (json!(["older"]), now.clone()),
            (found.reasons.clone(), None),
            (found.reasons.clone(), Some("older".to_owned())),
        ] {
            let mut row = found.clone().into_active_model();
            row.reasons = Set(reasons);
            row.basis = Set(basis);
            row.reset_all().update(db).await.unwrap();
            assert_eq!(look(first, second).await, Looked::Same);
            assert_eq!(pairs(&app).await, std::slice::from_ref(&found));
        }
        // A pair that waits and is not alike is let go, even where the same was compared.
        let mut unlike = duplicate::Model {
            second_id: other,
            basis: None,
            ..found.clone()
        };
        unlike.basis = basis_of(db, &unlike).await.unwrap();
        let mut row = unlike.into_active_model();
        row.id = NotSet;
        row.insert(db).await.unwrap();
        assert_eq!(look(first, other).await, Looked::Cleared);
        let let_go = pairs(&app).await.remove(1);
        assert_eq!((let_go.state, let_go.version), (DuplicateState::KeptBoth, 2));
    })
    .await;
}

#[tokio::test]
async fn the_sweep_lets_go_what_waits_and_leaves_alone_what_was_decided() {
    story(|app| async move {
        let db = app.app.db.writer();
        let first = register(&app, "screener", born("王小雨")).await;
        register(&app, "screener", born("王小雨")).await;
        register(&app, "screener", born("王小雨")).await;
        assert_eq!(sweep_duplicates(&app).await, "found=3");
        let mut kept = pairs(&app).await.remove(0).into_active_model();
        kept.state = Set(DuplicateState::KeptBoth);
        let kept = kept.update(db).await.unwrap();
        // Written without looking around, as an older program did.
        let renamed = child::ActiveModel {
            id: Set(first),
            name: Set("李安".into()),
            name_sound: Set("lian".into()),
            ..Default::default()
        };
        renamed.update(db).await.unwrap();
        assert_eq!(sweep_duplicates(&app).await, "cleared=1");
        let after = pairs(&app).await;
        assert_eq!(after[0], kept, "nobody is asked again by what was compared then");
        let states: Vec<_> = after.iter().map(|pair| pair.state).collect();
        let kept_both = DuplicateState::KeptBoth;
        assert_eq!(states, [kept_both, kept_both, DuplicateState::Open]);
        assert_eq!(sweep_duplicates(&app).await, "");
    })
    .await;
}

#[tokio::test]
async fn a_pair_over_two_organisations_is_the_federations() {
    story(|app| async move {
        let first = register(&app, "screener", born("王小雨")).await;
        register(&app, "screener", born("王小雨")).await;
        register(&app, "rescreener", born("王小雨")).await;
        sweep_duplicates(&app).await;
        let all = pairs(&app).await;
        assert_eq!(all.len(), 3);
        let (own, mixed) = (all[0].id, all[1].id);
        assert_eq!(all[1].first_id, first);
        let mut lead = app.person("lead").await;
        lead.open(&format!("/duplicates/{own}")).await.is(200);
        let mut federation = app.person("federation").await;
        let page = federation.open(&format!("/duplicates/{mixed}")).await.is(200);
        let (target, fields) = page.prepared("/merge");
        for who in ["lead", "rescreen-lead", "elsewhere"] {
            let mut person = app.person(who).await;
            person.get(&format!("/duplicates/{mixed}")).await.is(404);
            person.post(&target, &fields).await.is(404);
        }
        app.person("screener").await.get("/duplicates").await.is(403);
        assert_eq!(merge::Entity::find().count(&*app.app.db).await.unwrap(), 0);
    })
    .await;
}
