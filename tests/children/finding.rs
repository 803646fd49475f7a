//! Finding a child by whatever somebody has at hand.

use entities::{
    ChildId,
    child::{child, child_term},
    work::counter,
};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use starbridge::{children::terms, platform::sweep};

use super::{form, id_of, register};
use crate::support::{Person, story};

/// Whom a term finds, by name.
async fn finds(who: &mut Person, term: &str, names: &[&str], not: &[&str]) {
    let fields = [
        ("to".to_owned(), "/children".to_owned()),
        ("q".to_owned(), term.to_owned()),
    ];
    let address = who.post("/find", &fields).await.is(303).location.unwrap();
    let mut page = who.open(&address).await.is(200);
    for name in names {
        page = page.says(name);
    }
    for name in not {
        page = page.omits(name);
    }
}

#[tokio::test]
async fn a_child_is_found_by_every_reading_of_its_name() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        for name in ["王乐", "仇重阳", "单晟", "陈朝"] {
            register(&mut screener, name).await;
        }
        for (name, terms) in [
            ("王乐", &["wangle", "wangyue", "wang yue", "wy", "wl", "乐"][..]),
            (
                "仇重阳",
                &["qiuchongyang", "chou zhong yang", "Qiu Chongyang", "qzy", "czy"],
            ),
            ("单晟", &["shansheng", "dancheng", "shan cheng", "dan sheng", "ds"]),
            ("陈朝", &["chenchao", "chen zhao", "cz", "cc"]),
        ] {
            for term in terms {
                finds(&mut screener, term, &[name], &[]).await;
            }
        }
        finds(&mut screener, "wangyue", &[], &["陈朝", "单晟", "仇重阳"]).await;
    })
    .await;
}

#[tokio::test]
async fn a_child_is_found_by_numbers_days_and_family() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let page = form(&mut screener, "周小满").await;
        let page = page.fill("birth_on", "2023-05-04").fill("guardian1_name", "钱文静");
        let id = id_of(&page.fill("guardian1_phone", "13900001111").submit(&mut screener).await);
        register(&mut screener, "李大龙").await;
        for term in [
            "2023-05-04",
            "2023年5月4日",
            "2023.5.4",
            "20230504",
            "２０２３/５/４",
            "钱文静",
            "钱文",
            "13900001111",
            "139 0000 1111",
            "00001",
            "0001",
            "2026-00001",
            "周小",
        ] {
            finds(&mut screener, term, &["周小满"], &["李大龙"]).await;
            // One alone is opened.
            let fields = [
                ("to".to_owned(), "/search".to_owned()),
                ("q".to_owned(), term.to_owned()),
            ];
            let found = screener.post("/find", &fields);
            let address = found.await.is(303).location.unwrap();
            let opened = screener.get(&address).await.is(303);
            assert_eq!(opened.location, Some(format!("/children/{id}")), "{term}");
        }
        finds(&mut screener, "00002", &["李大龙"], &["周小满"]).await;
        // Not the beginning of every number, and no part of a phone.
        finds(&mut screener, "33", &[], &["周小满", "李大龙"]).await;
        finds(&mut screener, "1390000", &[], &["周小满"]).await;
        finds(&mut screener, "330211", &["周小满", "李大龙"], &[]).await;
        // Several are a list.
        let page = screener.get("/search?q=330211").await.is(200);
        page.says("周小满").says("李大龙");

        // Suggested while it is typed; nothing of another street or district.
        let typed = |term: &str| {
            vec![
                ("q".to_owned(), term.to_owned()),
                ("to".to_owned(), "/search".to_owned()),
            ]
        };
        let part = screener.post("/search/suggestions", &typed("周")).await.is(200);
        part.says("周小满").says("2023-05-04").omits("李大龙");
        screener.post("/search/suggestions", &typed("z")).await.omits("周小满");
        screener
            .post("/search/suggestions", &typed("没有"))
            .await
            .says("没有找到");
        for who in ["elsewhere", "neighbour"] {
            let mut other = app.person(who).await;
            let row = child::Entity::find_by_id(ChildId(id))
                .one(&*app.app.db)
                .await
                .unwrap()
                .unwrap();
            assert_eq!(row.name, "周小满");
            for term in ["周小满", "钱文静", "13900001111", "2023-05-04", "00001"] {
                let part = other.post("/search/suggestions", &typed(term)).await.is(200);
                part.omits("周小满");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn files_of_a_version_before_are_found_by_more() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let id = ChildId(register(&mut screener, "王乐").await);
        let into = ChildId(register(&mut screener, "赵一").await);
        let gone = ChildId(register(&mut screener, "陈朝").await);
        // As it stood before: no other reading, no number from its end; one file was merged into another.
        child_term::Entity::delete_many()
            .filter(child_term::COLUMN.term.ne("wangle"))
            .exec(app.app.db.writer())
            .await
            .unwrap();
        let merged = child::ActiveModel {
            id: Set(gone),
            merged_into: Set(Some(into)),
            ..Default::default()
        };
        merged.update(app.app.db.writer()).await.unwrap();
        finds(&mut screener, "wangyue", &[], &["王乐"]).await;
        app.app.clock.advance(chrono::TimeDelta::minutes(11));
        let told = sweep::run_once(&app.app, &terms::SWEEP).await.unwrap().unwrap();
        assert_eq!(told, "files=2");
        let mut screener = app.person("screener").await;
        for (term, name) in [
            ("wangyue", "王乐"),
            ("00001", "王乐"),
            ("赵一", "赵一"),
            ("chenzhao", "赵一"),
        ] {
            finds(&mut screener, term, &[name], &[]).await;
        }
        let of = |child: ChildId| {
            let all = child_term::Entity::find().filter(child_term::COLUMN.child_id.eq(child));
            all.count(&*app.app.db)
        };
        assert_eq!(of(gone).await.unwrap(), 0);
        let before = of(id).await.unwrap();
        // Once is enough.
        app.app.clock.advance(chrono::TimeDelta::minutes(11));
        assert_eq!(sweep::run_once(&app.app, &terms::SWEEP).await.unwrap().unwrap(), "");
        assert_eq!(of(id).await.unwrap(), before);
        let mark = counter::Entity::find_by_id("children.terms.2".to_owned());
        assert_eq!(mark.one(&*app.app.db).await.unwrap().unwrap().value, i64::MAX);
    })
    .await;
}
