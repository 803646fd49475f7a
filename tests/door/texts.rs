//! Texts, codes and numbers on the pages.

use entities::child::guardian;
use sea_orm::EntityTrait as _;

use crate::{
    children::{child, form, id_of},
    support::story,
};

#[tokio::test]
async fn letters_that_look_alike_are_one_and_are_found() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        for (at, (typed, kept, terms)) in (0..).zip([
            ("\u{f9e1}庚一", "李庚一", vec!["李庚", "lgy", "\u{f9e1}庚一"]),
            ("王⼩⽂", "王小文", vec!["小文", "wxw", "⽂"]),
            (
                "Zoë Smith",
                "Zoë Smith",
                vec!["zoe", "Zoë", "smith", "zoe smith", "ZOE"],
            ),
            ("Jose\u{301} Mun\u{303}oz", "José Muñoz", vec!["jose", "munoz", "muñoz"]),
            ("Анна Иванова", "Анна Иванова", vec!["анна", "иванова"]),
        ]) {
            let page = form(&mut screener, typed)
                .await
                .fill("guardian1_name", ["赵芳", "钱芳", "孙芳", "李芳", "周芳"][at])
                .fill("guardian1_phone", format!("1391234567{at}"));
            let id = id_of(&page.submit(&mut screener).await);
            assert_eq!(child(&app, id).await.name, kept, "{typed}");
            for term in terms {
                let asked = serde_urlencoded::to_string([("q", term)]).unwrap();
                screener.open(&format!("/children?{asked}")).await.says(kept);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_message_names_the_character_and_its_place() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        for (typed, words) in [
            ("王★明", "第 2 个字“★”（U+2605）"),
            ("王小明！", "第 4 个字“！”（U+FF01）"),
            ("\u{e000}小明", "（U+E000）"),
            ("王\0明", "第 2 个字不能使用"),
        ] {
            form(&mut screener, typed)
                .await
                .submit(&mut screener)
                .await
                .is(422)
                .says(words);
        }
    })
    .await;
}

#[tokio::test]
async fn what_nobody_sees_and_full_width_signs_spoil_no_number() {
    story(|app| async move {
        let mut screener = app.person("screener").await;
        let page = form(&mut screener, "王小虎")
            .await
            .fill("guardian1_phone", "\u{202d}１３８ １２３４ 5678\u{202c}")
            .fill("guardian1_email", "ｗａｎｇ＠example.com\u{200b}")
            .fill("identity_kind", "citizen_id")
            .fill("birth_on", "2020-02-29")
            .fill("identity_no", "\u{feff}３３０２１１ 20200229 001６\u{ad}")
            .fill("gestational_weeks", "３２＋３")
            .fill("disability_card_expires_on", "２０２７年１月１日");
        let id = id_of(&page.submit(&mut screener).await);
        let kept = child(&app, id).await;
        assert_eq!(kept.gestational_weeks, Some(32));
        let page = screener.open(&format!("/children/{id}")).await;
        page.says("3302**********0016").says("138****5678");
        let people = guardian::Entity::find().all(&*app.app.db).await.unwrap();
        assert!(
            people
                .iter()
                .any(|one| one.email.as_deref() == Some("wang@example.com"))
        );
        // File numbers and user names as well.
        let number = kept.file_no.replace('-', "－");
        let asked = serde_urlencoded::to_string([("q", number)]).unwrap();
        screener.open(&format!("/children?{asked}")).await.says("王小虎");
    })
    .await;
}
