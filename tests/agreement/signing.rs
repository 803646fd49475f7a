//! Made, signed, amended, given up; two at once, and what is no signature.

use entities::{
    communication::message,
    words::{AgreementState, DepartureReason, IdentityCheck, SignatureLevel, SignatureMethod, What},
};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _, QueryFilter as _};

use super::{
    MOTHER, admitted, admitted_besides, centre_signs, father, ink, let_in, makes, number, row, signatures, text_in_use,
};
use crate::{
    enrolment::open_tasks,
    support::{Person, page::Reply, story},
};

async fn signs(person: &mut Person, id: entities::AgreementId, ink: &str) -> Reply {
    let page = person.open(&format!("/my/agreements/{id}")).await.is(200);
    page.fill("ink", ink)
        .fill("agreed", "true")
        .submit_to("/signature", person)
        .await
}

#[tokio::test]
async fn a_family_and_its_centre_sign() {
    story(|app| async move {
        let (child, decision) = admitted(&app, "王小明").await;
        let text = text_in_use(&app, "service", "康复服务协议", false).await;
        let id = makes(&app, decision, &text).await;
        let made = row(&app, id).await;
        assert!(made.number.starts_with("330211-XY-2026-"));
        assert_eq!(made.due_on, "2026-11-30".parse().unwrap(), "before the first day");
        assert_eq!(open_tasks(&app, child, What::SignAgreement).await.len(), 1);
        assert_eq!(open_tasks(&app, child, What::CollectSignature).await.len(), 1);
        let told = message::Entity::find()
            .filter(message::COLUMN.template.eq("agreement.waiting"))
            .one(&*app.app.db)
            .await
            .unwrap();
        assert!(told.is_some(), "the mother hears that something waits");

        let mut mother = let_in(&app, MOTHER).await;
        let page = mother.open("/my/papers").await.says("康复服务协议").says("王小明");
        let page_of = page
            .links()
            .into_iter()
            .find(|link| link.contains("/my/agreements/"))
            .unwrap();
        let page = mother.open(&page_of).await.is(200);
        let page = page
            .says("王小明，")
            .says("每月 1,200 元")
            .says("关于签署方式")
            .says(&made.content_hash);
        // What is no signature comes back with what is wrong.
        let page = page.submit_to("/signature", &mut mother).await.is(422);
        let page = page.says("请确认已阅读并同意");
        let dot = r#"{"w":600,"h":240,"s":[[300,120,0]]}"#;
        let page = page.fill("ink", dot).fill("agreed", "true");
        let page = page.submit_to("/signature", &mut mother).await.is(422).says("笔迹过少");
        let page = page.fill("ink", "").fill("typed", "王莉");
        let page = page
            .submit_to("/signature", &mut mother)
            .await
            .is(422)
            .says("姓名不一致");
        assert!(signatures(&app, id).await.is_empty());
        let page = page.fill("typed", "").fill("ink", ink(1)).fill("agreed", "true");
        page.submit_to("/signature", &mut mother).await.is(303);
        mother
            .open(&page_of)
            .await
            .says("手写笔迹")
            .says("登记邮箱验证码")
            .omits("王莉");
        let given = signatures(&app, id).await.remove(0);
        assert_eq!(
            (given.method, given.identity, given.level),
            (
                SignatureMethod::Strokes,
                IdentityCheck::MailCode,
                SignatureLevel::Verified
            )
        );
        assert_eq!(
            (given.content_hash, given.content_id),
            (made.content_hash.clone(), made.content_id)
        );
        assert!(open_tasks(&app, child, What::CollectSignature).await.is_empty());
        assert_eq!(row(&app, id).await.state, AgreementState::Waiting);
        let copy = message::Entity::find()
            .filter(message::COLUMN.template.eq("agreement.copy"))
            .one(&*app.app.db)
            .await
            .unwrap();
        assert!(
            copy.is_some_and(|copy| copy.child_id.is_none()),
            "the copy is there, in neutral words"
        );
        // Once.
        let again = [
            ("hash", made.content_hash.as_str()),
            ("typed", "王丽"),
            ("agreed", "true"),
        ];
        let again = again.map(|(k, v)| (k.to_owned(), v.to_owned()));
        mother
            .post(&format!("/my/agreements/{id}/signature"), &again)
            .await
            .is(409)
            .says("已经签署过");

        centre_signs(&app, id).await.is(303);
        assert_eq!(row(&app, id).await.state, AgreementState::Signed);
        assert!(open_tasks(&app, child, What::SignAgreement).await.is_empty());
        let mut intake = app.person("intake").await;
        let paper = intake.open(&format!("/papers/agreement?pick={id}")).await.is(200);
        let paper = paper
            .says("康复服务协议")
            .says(&made.number)
            .says("签名级别：有身份核验")
            .says(&made.content_hash);
        assert!(
            paper.html().contains("<path d=\"M"),
            "what was drawn stands on the paper"
        );
        assert!(!paper.html().contains("paper-mark"), "it holds");
        mother.open("/my/papers").await.says("暂无待签署的文书").says("已签署");
    })
    .await;
}

#[tokio::test]
async fn what_was_changed_behind_the_program_shows() {
    story(|app| async move {
        let (_, decision) = admitted(&app, "王小明").await;
        let text = text_in_use(&app, "service", "服务协议", false).await;
        let id = makes(&app, decision, &text).await;
        let mut mother = let_in(&app, MOTHER).await;
        signs(&mut mother, id, &ink(1)).await.is(303);
        let mut intake = app.person("intake").await;
        intake.open(&format!("/agreements/{id}")).await.omits("不一致");
        let mut given = signatures(&app, id).await.remove(0).into_active_model();
        given.level = Set(SignatureLevel::Reliable);
        given.update(app.app.db.writer()).await.unwrap();
        intake
            .open(&format!("/agreements/{id}"))
            .await
            .says("内容或签名与签署时不一致");
        // The content itself: nobody signs it any more.
        let frozen = entities::kept::frozen_content::Entity::find_by_id(row(&app, id).await.content_id)
            .one(&*app.app.db)
            .await
            .unwrap()
            .unwrap();
        let mut frozen = frozen.into_active_model();
        frozen.content = Set(serde_json::json!({
            "number": "x", "title": "x", "on": "2026-11-10", "child": "x", "file_no": "x", "decision": "x",
            "amends": null, "lines": [], "clause": [], "signers": [],
        }));
        frozen.update(app.app.db.writer()).await.unwrap();
        let hash = row(&app, id).await.content_hash;
        let fields = [("hash", hash.as_str()), ("typed", "centre-head"), ("agreed", "true")];
        let fields = fields.map(|(k, v)| (k.to_owned(), v.to_owned()));
        let mut head = app.person("centre-head").await;
        head.post(&format!("/agreements/{id}/centre-signature"), &fields)
            .await
            .is(409)
            .says("不一致");
    })
    .await;
}

#[tokio::test]
async fn signing_while_somebody_amends() {
    story(|app| async move {
        let (_, decision) = admitted(&app, "王小明").await;
        let text = text_in_use(&app, "service", "服务协议", false).await;
        let id = makes(&app, decision, &text).await;
        // The mother reads the first one, and meanwhile it is amended.
        let mut mother = let_in(&app, MOTHER).await;
        let page = mother.open(&format!("/my/agreements/{id}")).await;
        let page = page.fill("ink", ink(1)).fill("agreed", "true");
        let mut intake = app.person("intake").await;
        let amending = format!("/enrolment-decisions/{decision}/agreements/new?amends={id}");
        let form = intake.open(&amending).await.is(200).says("本协议将替代");
        let form = form.fill("template", &text).fill("fee", "每月 900 元");
        let second = number(&form.submit_to("/agreements", &mut intake).await.is(303));
        page.submit_to("/signature", &mut mother)
            .await
            .is(409)
            .says("协议已被修订");
        assert!(signatures(&app, id).await.is_empty());
        assert_eq!(row(&app, id).await.state, AgreementState::Replaced);
        // With the hash of the old one nobody signs the new one.
        let old = row(&app, id).await.content_hash;
        let fields = [("hash", old.as_str()), ("typed", "王丽"), ("agreed", "true")];
        let fields = fields.map(|(k, v)| (k.to_owned(), v.to_owned()));
        mother
            .post(&format!("/my/agreements/{second}/signature"), &fields)
            .await
            .is(409)
            .says("协议已被修订");
        mother.open("/my/papers").await.says("服务协议");
        signs(&mut mother, second, &ink(2)).await.is(303);
        centre_signs(&app, second).await.is(303);

        // One that holds goes on until everybody has signed the next.
        let form = intake
            .open(&format!(
                "/enrolment-decisions/{decision}/agreements/new?amends={second}"
            ))
            .await;
        let third = number(
            &form
                .fill("template", &text)
                .submit_to("/agreements", &mut intake)
                .await
                .is(303),
        );
        assert_eq!(row(&app, second).await.state, AgreementState::Signed);
        centre_signs(&app, third).await.is(303);
        assert_eq!(row(&app, second).await.state, AgreementState::Signed);
        signs(&mut mother, third, &ink(3)).await.is(303);
        assert_eq!(row(&app, second).await.state, AgreementState::Replaced);
        assert_eq!(row(&app, third).await.state, AgreementState::Signed);
        intake
            .open(&format!("/agreements/{second}"))
            .await
            .says("已由新协议替代")
            .says(&row(&app, third).await.number);
        intake
            .open(&format!("/agreements/{third}"))
            .await
            .says("本协议替代编号为");
        // What is over is not amended.
        let form = intake.open(&amending).await.fill("template", &text);
        form.submit_to("/agreements", &mut intake).await.is(409).says("已替代");
    })
    .await;
}

#[tokio::test]
async fn two_guardians_sign_at_once() {
    story(|app| async move {
        let (child, decision) = admitted(&app, "王小明").await;
        father(&app, child).await;
        let text = text_in_use(&app, "safety", "安全协议", true).await;
        // The text asks for both.
        let mut intake = app.person("intake").await;
        let page = intake
            .open(&format!("/enrolment-decisions/{decision}/agreements/new"))
            .await;
        let one = page.clear("guardians").fill("template", &text);
        let page = one.submit_to("/agreements", &mut intake).await.is(422);
        page.says("请选择签署的监护人");
        let id = makes(&app, decision, &text).await;
        let mut mother = let_in(&app, MOTHER).await;
        let mut father = let_in(&app, ("王强", "father@example.org")).await;
        let (ours, theirs) = (ink(1), ink(2));
        let (one, two, centre) = tokio::join!(
            signs(&mut mother, id, &ours),
            signs(&mut father, id, &theirs),
            centre_signs(&app, id)
        );
        assert_eq!((one.status, two.status, centre.status), (303, 303, 303));
        let given = signatures(&app, id).await;
        assert_eq!(given.len(), 3);
        let row = row(&app, id).await;
        assert_eq!((row.state, row.version), (AgreementState::Signed, 4));
        assert!(open_tasks(&app, child, What::CollectSignature).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn one_hand_sends_the_same_signature_from_two_pages() {
    story(|app| async move {
        let (_, decision) = admitted(&app, "王小明").await;
        let text = text_in_use(&app, "service", "服务协议", false).await;
        let id = makes(&app, decision, &text).await;
        let mut mother = let_in(&app, MOTHER).await;
        let mut twin = mother.clone();
        let (ours, theirs) = (ink(1), ink(2));
        let (one, two) = tokio::join!(signs(&mut mother, id, &ours), signs(&mut twin, id, &theirs));
        let mut answers = [one.status, two.status];
        answers.sort_unstable();
        assert_eq!(answers, [303, 409]);
        assert_eq!(signatures(&app, id).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn several_are_signed_by_one_act_each_by_itself() {
    story(|app| async move {
        let (_, decision) = admitted(&app, "王小明").await;
        let service = text_in_use(&app, "service", "服务协议", false).await;
        let safety = text_in_use(&app, "safety", "安全协议", false).await;
        let ids = [
            makes(&app, decision, &service).await,
            makes(&app, decision, &safety).await,
        ];
        let mut mother = let_in(&app, MOTHER).await;
        let page = mother.open("/my/papers").await;
        assert!(page.links().contains(&"/my/signing".to_owned()));
        let page = mother
            .open("/my/signing")
            .await
            .is(200)
            .says("服务协议")
            .says("安全协议");
        let page = page.fill("ink", ink(1)).fill("agreed", "true");
        let mut page = page
            .submit_to("/my/signing", &mut mother)
            .await
            .is(422)
            .says("请勾选要签署的文书");
        for id in ids {
            page = page.fill("pick", format!("{id}:{}", row(&app, id).await.content_hash));
        }
        // One of them was amended meanwhile: none is signed.
        let mut intake = app.person("intake").await;
        let form = intake
            .open(&format!(
                "/enrolment-decisions/{decision}/agreements/new?amends={}",
                ids[1]
            ))
            .await;
        let third = number(
            &form
                .fill("template", &safety)
                .submit_to("/agreements", &mut intake)
                .await
                .is(303),
        );
        let page = page.fill("ink", ink(1)).fill("agreed", "true");
        page.submit_to("/my/signing", &mut mother)
            .await
            .is(409)
            .says("协议已被修订");
        assert!(signatures(&app, ids[0]).await.is_empty());
        let mut page = mother.open("/my/signing").await;
        for id in [ids[0], third] {
            page = page.fill("pick", format!("{id}:{}", row(&app, id).await.content_hash));
        }
        let page = page.fill("ink", ink(1)).fill("agreed", "true");
        page.submit_to("/my/signing", &mut mother).await.is(303);
        let (one, two) = (
            signatures(&app, ids[0]).await.remove(0),
            signatures(&app, third).await.remove(0),
        );
        assert_ne!(one.content_hash, two.content_hash, "each over its own content");
        assert_eq!(one.ink_hash, two.ink_hash);

        // The same strokes at another time are nobody's hand.
        app.app.clock.advance(chrono::TimeDelta::minutes(1));
        let (_, decision) = admitted_besides(&app, "王小红").await;
        let other = makes(&app, decision, &service).await;
        let mut mother = let_in(&app, MOTHER).await;
        signs(&mut mother, other, &ink(1)).await.is(422).says("完全相同");
        signs(&mut mother, other, &ink(2)).await.is(303);
    })
    .await;
}

#[tokio::test]
async fn signed_at_the_counter_and_on_paper() {
    story(|app| async move {
        let (child, decision) = admitted(&app, "王小明").await;
        father(&app, child).await;
        let text = text_in_use(&app, "service", "服务协议", true).await;
        let id = makes(&app, decision, &text).await;
        let mut intake = app.person("intake").await;
        let path = format!("/agreements/{id}");
        let page = intake.open(&path).await.is(200);
        let page = page.submit_to("/guardian-signature", &mut intake).await.is(422);
        let guardians: Vec<String> = page
            .html()
            .split("name=\"guardian\" value=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap().to_owned())
            .collect();
        assert_eq!(guardians.len(), 2);
        let page = page
            .fill("guardian", &guardians[0])
            .fill("document", "identity_card")
            .fill("ink", ink(1))
            .fill("agreed", "true");
        page.submit_to("/guardian-signature", &mut intake).await.is(303);
        // On paper, and nobody looked at a document.
        let (to, mut fields) = intake
            .open(&path)
            .await
            .fill("guardian", &guardians[1])
            .prepared("/guardian-signature");
        fields.push(("method".to_owned(), "on_paper".to_owned()));
        intake.post(&to, &fields).await.is(303);
        let given = signatures(&app, id).await;
        assert_eq!(
            given.iter().map(|one| (one.method, one.level)).collect::<Vec<_>>(),
            [
                (SignatureMethod::Strokes, SignatureLevel::Verified),
                (SignatureMethod::OnPaper, SignatureLevel::Plain)
            ]
        );
        intake
            .open(&path)
            .await
            .says("纸质签名")
            .says("未核验")
            .says("签名级别：一般");
        // Intake does not sign for the centre.
        intake.post(&format!("{path}/centre-signature"), &[]).await.is(403);
    })
    .await;
}

#[tokio::test]
async fn what_waits_is_given_up_and_what_holds_is_not() {
    story(|app| async move {
        let (child, decision) = admitted(&app, "王小明").await;
        let text = text_in_use(&app, "service", "服务协议", false).await;
        let first = makes(&app, decision, &text).await;
        let mut intake = app.person("intake").await;
        let page = intake.open(&format!("/agreements/{first}")).await;
        let page = page.submit_to("/withdrawal", &mut intake).await.is(422);
        page.fill("reason", "家长要求修改")
            .submit_to("/withdrawal", &mut intake)
            .await
            .is(303);
        assert_eq!(row(&app, first).await.state, AgreementState::Withdrawn);
        assert!(open_tasks(&app, child, What::SignAgreement).await.is_empty());
        let second = makes(&app, decision, &text).await;
        let third = makes(&app, decision, &text).await;
        let mut mother = let_in(&app, MOTHER).await;
        signs(&mut mother, second, &ink(1)).await.is(303);
        centre_signs(&app, second).await.is(303);
        let version = [
            ("version".to_owned(), "3".to_owned()),
            ("reason".to_owned(), "x".to_owned()),
        ];
        intake
            .post(&format!("/agreements/{second}/withdrawal"), &version)
            .await
            .is(409);
        // The child leaves: what waits is over, and comes back when that is undone.
        let on = app.actor("federation").await.today();
        app.leaves("federation", child, DepartureReason::MovedAway, on).await;
        assert_eq!(row(&app, third).await.state, AgreementState::Withdrawn);
        assert_eq!(row(&app, second).await.state, AgreementState::Signed);
        let mut federation = app.person("federation").await;
        let page = federation.open(&format!("/children/{child}/departures")).await;
        page.says("撤回待签署的协议")
            .submit_to("/undoing", &mut federation)
            .await
            .is(303);
        assert_eq!(row(&app, third).await.state, AgreementState::Waiting);
    })
    .await;
}
