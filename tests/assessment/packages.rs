//! Instruments as packages: vectors, licensed texts.

use std::fmt::Write as _;

use entities::screening::instrument;
use sea_orm::{EntityTrait, PaginatorTrait};

use super::{all, begun, child, row, sheet};
use crate::support::{Person, page::Reply, story};

/// A small package of our own: three questions, each yes worth a point.
fn package(version: &str, expected: u32) -> String {
    let mut text = format!(
        "code = \"sleep\"\nversion = \"{version}\"\nname = {{ zh = \"睡眠问卷\", en = \"Sleep questionnaire\" }}\n\
         rater = {{ zh = \"家长\", en = \"parent\" }}\nbetter = \"lower\"\nsource = \"Written for a test\"\n\
         item_label = {{ zh = \"第{{id}}项\", en = \"item {{id}}\" }}\n"
    );
    text.push_str(
        "[licence]\nstatus = \"own\"\nitem_text = \"neutral\"\nnotice = { zh = \"自拟\", en = \"our own\" }\n",
    );
    text.push_str("[age]\nfrom_months = 12\nto_months = 48\n[choices]\nyes_no = [\n");
    text.push_str("{ value = \"yes\", key = 1, points = 1, label = { zh = \"是\", en = \"yes\" } },\n");
    text.push_str("{ value = \"no\", key = 0, points = 0, label = { zh = \"否\", en = \"no\" } } ]\n");
    text.push_str("[[parts]]\nid = \"main\"\nname = { zh = \"问题\", en = \"Questions\" }\nchoices = \"yes_no\"\n");
    text.push_str("items = [\"1\", \"2\", \"3\"]\n[total]\nparts = [\"main\"]\nfrom = 0\nto = 3\n");
    text.push_str("[[vectors]]\nname = \"all yes\"\nfill = { main = \"yes\" }\n");
    writeln!(text, "expect = {{ total = {expected} }}").unwrap();
    text.push_str("[[vectors]]\nname = \"one open\"\nfill = { main = \"yes\" }\nwithout = [\"2\"]\n");
    text.push_str("expect = { missing = [\"2\"] }\n");
    text
}

async fn import(person: &mut Person, text: &str) -> Reply {
    let note = [("licence_note", "本中心自用")];
    person
        .upload("/instruments?once=", &note, ("file", "package.toml", text.as_bytes()))
        .await
}

#[tokio::test]
async fn a_package_is_imported_only_when_its_vectors_come_out() {
    story(|app| async move {
        let child = child(&app, "陈十").await;
        let mut system = app.person("city-system").await;
        system
            .open("/instruments")
            .await
            .is(200)
            .says("系统自带")
            .says("M-CHAT-R/F")
            .says("条目文字须经许可");
        let shipped = system.open("/instruments/cars/1988.1").await.is(200);
        shipped.says("大于 36 为重度").says("测试例").says("通过").says("WPS");

        // A vector that fails, a file that is no TOML, one that is not text, and an empty one: told, and nothing is kept.
        let wrong = import(&mut system, &package("1", 2)).await.is(422);
        wrong.says("all yes").says("total 应为 2，实得 3");
        import(&mut system, "code = ")
            .await
            .is(422)
            .says("1:")
            .says("文件无法解析");
        import(&mut system, &package("1", 3).replace("to = 3\n", "to = 9\n"))
            .await
            .is(422)
            .says("声明却是");
        import(&mut system, "").await.is(422).says("必填");
        let bytes = system
            .upload("/instruments?once=", &[], ("file", "p.toml", &[0xFF, 0xFE, 0x00]))
            .await;
        bytes.is(422).says("不是 UTF-8 文本");
        let checklist = include_str!("../../instruments/src/data/wscmbd.toml");
        import(&mut system, checklist).await.is(422).says("不能导入");
        assert_eq!(instrument::Entity::find().count(&*app.app.db).await.unwrap(), 0);

        let done = import(&mut system, &package("1", 3)).await.is(303);
        assert_eq!(done.location.as_deref(), Some("/instruments/sleep/1"));
        system
            .open("/instruments/sleep/1")
            .await
            .is(200)
            .says("本中心自用")
            .says("system（测试）")
            .says("all yes");
        import(&mut system, &package("1", 3)).await.is(303);
        assert_eq!(
            instrument::Entity::find().count(&*app.app.db).await.unwrap(),
            1,
            "known already"
        );
        let changed = package("1", 3).replace("睡眠问卷", "睡眠问卷二");
        import(&mut system, &changed).await.is(422).says("版本号也要改");

        // Offered at once, by the same engine; a sheet stays with the version it was begun with.
        let mut rescreener = app.person("rescreener").await;
        let id = begun(&mut rescreener, child, "sleep").await;
        import(&mut system, &package("2", 3)).await.is(303);
        let page = rescreener.open(&sheet(id)).await.is(200);
        let page = all(page, [("1", "yes"), ("2", "no"), ("3", "yes")]);
        page.submit_to(&sheet(id), &mut rescreener).await.is(303);
        let row = row(&app, id).await;
        assert_eq!(
            (row.instrument_version.as_str(), &row.result["total"]),
            ("1", &serde_json::json!(2))
        );

        // Taken back: not offered any more, the result stays.
        for version in ["1", "2"] {
            let page = system.open(&format!("/instruments/sleep/{version}")).await.is(200);
            page.submit_to("/retirement", &mut system).await.is(303);
        }
        let page = rescreener
            .open(&format!("/assessments/new?child={child}"))
            .await
            .is(200);
        page.omits("睡眠问卷");
        rescreener.open(&sheet(id)).await.is(200).says("睡眠问卷");
        // Nobody else imports.
        import(&mut rescreener, &package("3", 3)).await.is(403);
        assert!(
            starbridge::assessment::instruments::service::verify(&app.app.db)
                .await
                .unwrap()
                .is_empty()
        );
    })
    .await;
}

#[tokio::test]
async fn licensed_texts_take_the_place_of_neutral_names() {
    story(|app| async move {
        let child = child(&app, "林一").await;
        let mut system = app.person("city-system").await;
        let mut texts =
            "instrument = \"cabs\"\nversion = \"1969.1\"\npermission = \"示例许可 2026-1\"\n[items]\n".to_owned();
        for n in 1..=13 {
            writeln!(texts, "{n} = {{ zh = \"示例条目{n}\", en = \"sample item {n}\" }}").unwrap();
        }
        import(&mut system, &texts).await.is(422).says("缺条目 14 的文字");
        texts.push_str("14 = { zh = \"示例条目14\", en = \"sample item 14\" }\n");
        import(&mut system, &texts).await.is(303);
        system
            .open("/instruments/cabs/1969.1")
            .await
            .is(200)
            .says("示例许可 2026-1")
            .says("示例条目14");
        let mut rescreener = app.person("rescreener").await;
        let id = begun(&mut rescreener, child, "cabs").await;
        rescreener
            .open(&sheet(id))
            .await
            .is(200)
            .says("示例条目7")
            .omits("只显示条目编号");
        let page = system.open("/instruments/cabs/1969.1").await.is(200);
        page.submit_to("/retirement", &mut system).await.is(303);
        rescreener.open(&sheet(id)).await.is(200).omits("示例条目7");
    })
    .await;
}
