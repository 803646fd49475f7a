//! Results that are corrected or taken back: replaced, never overwritten, with what hangs on them.

use entities::{
    ChildId, ReferralId,
    communication::message,
    screening::{diagnosis, referral, rescreen},
    words::{Delivery, ReferralKind, ReferralState, Stage},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};

use super::{messages, stage};
use crate::support::{Person, TestApp, story};

async fn of_kind(app: &TestApp, child: ChildId, kind: ReferralKind) -> referral::Model {
    referral::Entity::find()
        .filter(referral::COLUMN.child_id.eq(child))
        .filter(referral::COLUMN.kind.eq(kind))
        .order_by_desc(referral::COLUMN.id)
        .one(&*app.app.db)
        .await
        .unwrap()
        .unwrap()
}

async fn diagnoses(app: &TestApp, child: ChildId) -> Vec<diagnosis::Model> {
    diagnosis::Entity::find()
        .filter(diagnosis::COLUMN.child_id.eq(child))
        .order_by_asc(diagnosis::COLUMN.id)
        .all(&*app.app.db)
        .await
        .unwrap()
}

/// Take a result back, and say why.
async fn withdraws(person: &mut Person, id: ReferralId, name: &str) -> u16 {
    let path = format!("/referrals/{id}/{name}/withdrawal");
    let page = person.open(&path).await.is(200).fill("why", "记错了儿童");
    page.submit_to(&path, person).await.status
}

#[tokio::test]
async fn a_corrected_diagnosis_takes_what_hangs_on_it_along() {
    story(|app| async move {
        let child = app.diagnosed("王小明").await;
        let asked = of_kind(&app, child, ReferralKind::Diagnosis).await;
        let intake = of_kind(&app, child, ReferralKind::Intake).await;
        assert_eq!(intake.state, ReferralState::Sent);
        let mut doctor = app.person("doctor").await;
        let path = format!("/referrals/{}/diagnosis/correction", asked.id);
        assert!(
            doctor
                .open(&format!("/referrals/{}", asked.id))
                .await
                .links()
                .contains(&path)
        );

        // Only the doctor's name: the conclusion stands, and the centre's referral rests on the new record.
        let form = doctor.open(&path).await.is(200).fill("doctor", "孔医生");
        form.submit_to(&path, &mut doctor).await.is(422).says("原因");
        let form = doctor
            .open(&path)
            .await
            .fill("doctor", "孔医生")
            .fill("why", "医师姓名有误");
        let preview = form.submit_to(&path, &mut doctor).await.is(303).location.unwrap();
        let page = doctor.open(&preview).await.is(200).says("孔医生").says("继续进行");
        page.submit(&mut doctor).await.is(303);
        let rows = diagnoses(&app, child).await;
        assert_eq!(rows.len(), 2);
        assert!(rows[0].withdrawn_at.is_some() && rows[1].withdrawn_at.is_none());
        assert_eq!(
            (rows[0].doctor.as_str() == "孔医生", rows[1].doctor.as_str()),
            (false, "孔医生")
        );
        assert_eq!(app.referral(intake.id).await.diagnosis_id, Some(rows[1].id));
        assert_eq!(stage(&app, child).await, Stage::Diagnosed);

        // Another conclusion: nothing calls for the centre any more.
        let form = doctor.open(&path).await.is(200).clear("codes").fill("codes", "F80.1");
        let form = form.fill("why", "复核后更正");
        let preview = form.submit_to(&path, &mut doctor).await.is(303).location.unwrap();
        doctor
            .open(&preview)
            .await
            .says("收回")
            .submit(&mut doctor)
            .await
            .is(303);
        assert_eq!(app.referral(intake.id).await.state, ReferralState::Recalled);
        assert_eq!(stage(&app, child).await, Stage::OtherFinding);
        assert_eq!(
            diagnoses(&app, child)
                .await
                .iter()
                .filter(|d| d.withdrawn_at.is_none())
                .count(),
            1
        );
        doctor
            .open(&format!("/referrals/{}", asked.id))
            .await
            .says("复核后更正");
    })
    .await;
}

#[tokio::test]
async fn a_withdrawn_diagnosis_leaves_the_referral_to_be_completed_anew() {
    story(|app| async move {
        let child = app.diagnosed("王小明").await;
        let asked = of_kind(&app, child, ReferralKind::Diagnosis).await;
        let intake = of_kind(&app, child, ReferralKind::Intake).await;
        let mut doctor = app.person("doctor").await;
        // Somebody else's result is not there to be taken back.
        let path = format!("/referrals/{}/diagnosis/withdrawal", asked.id);
        app.person("rescreener").await.get(&path).await.is(403);
        assert_eq!(withdraws(&mut doctor, asked.id, "diagnosis").await, 303);
        assert_eq!(app.referral(asked.id).await.state, ReferralState::Accepted);
        assert_eq!(app.referral(intake.id).await.state, ReferralState::Recalled);
        assert_eq!(stage(&app, child).await, Stage::AwaitingDiagnosis);
        doctor.get(&path).await.is(404);
        app.diagnoses("doctor", asked.id, &["F84.0"]).await;
        assert_eq!(stage(&app, child).await, Stage::Diagnosed);
        let rows = diagnoses(&app, child).await;
        assert_eq!(
            (rows.len(), rows.iter().filter(|d| d.withdrawn_at.is_none()).count()),
            (2, 1)
        );
        // Of a birth date that is corrected only the one is told that stands.
        let mut screener = app.person("screener").await;
        let page = screener.open(&format!("/children/{child}/edit")).await;
        let page = page.fill("birth_on", "2024-02-03").submit(&mut screener).await.is(422);
        assert_eq!(page.text().matches("的诊断按原来的月龄作出").count(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_the_centre_has_taken_on_is_not_called_back() {
    story(|app| async move {
        let child = app.diagnosed("王小明").await;
        let asked = of_kind(&app, child, ReferralKind::Diagnosis).await;
        let intake = of_kind(&app, child, ReferralKind::Intake).await;
        app.accepts("intake", intake.id).await;
        let mut doctor = app.person("doctor").await;
        assert_eq!(withdraws(&mut doctor, asked.id, "diagnosis").await, 409);
        let path = format!("/referrals/{}/diagnosis/correction", asked.id);
        let form = doctor
            .open(&path)
            .await
            .clear("codes")
            .fill("codes", "F80.1")
            .fill("why", "更正");
        form.submit_to(&path, &mut doctor).await.is(409).says("已接收");
        assert_eq!(diagnoses(&app, child).await.len(), 1);
        // What changes nothing for the centre can be put right.
        let form = doctor
            .open(&path)
            .await
            .fill("doctor", "孔医生")
            .fill("why", "姓名有误");
        let preview = form.submit_to(&path, &mut doctor).await.is(303).location.unwrap();
        doctor.open(&preview).await.submit(&mut doctor).await.is(303);
        assert_eq!(app.referral(intake.id).await.state, ReferralState::Accepted);
        assert_eq!(diagnoses(&app, child).await.len(), 2);
    })
    .await;
}

/// Who was told what still holds is not told again.
#[tokio::test]
async fn a_correction_that_changes_nothing_for_the_family_sends_no_second_letter() {
    story(|app| async move {
        let (child, _) = app.rescreened("王小明").await;
        let asked = of_kind(&app, child, ReferralKind::Rescreen).await;
        // What was to be said has been sent.
        let sent = message::Entity::update_many().col_expr(message::Column::State, Expr::value(Delivery::Sent));
        sent.exec(app.app.db.writer()).await.unwrap();
        let told = messages(&app, child).await;
        assert!(!told.is_empty());
        let mut rescreener = app.person("rescreener").await;
        let path = format!("/referrals/{}/rescreen/correction", asked.id);
        let form = rescreener.open(&path).await.is(200);
        let form = form.fill("note", "补记一句").fill("why", "补记");
        let preview = form.submit_to(&path, &mut rescreener).await.is(303).location.unwrap();
        rescreener.open(&preview).await.submit(&mut rescreener).await.is(303);
        let rows = rescreen::Entity::find().all(&*app.app.db).await.unwrap();
        assert_eq!(rows.len(), 2, "it was corrected");
        assert_eq!(messages(&app, child).await, told);
    })
    .await;
}

#[tokio::test]
async fn a_rescreen_is_corrected_and_withdrawn_the_same_way() {
    story(|app| async move {
        let (child, next) = app.rescreened("王小明").await;
        let asked = of_kind(&app, child, ReferralKind::Rescreen).await;
        let mut rescreener = app.person("rescreener").await;
        let path = format!("/referrals/{}/rescreen/correction", asked.id);
        let form = rescreener.open(&path).await.is(200).clear("findings");
        let form = form.fill("scale_at_risk", "no").fill("why", "看错了量表");
        let preview = form.submit_to(&path, &mut rescreener).await.is(303).location.unwrap();
        let page = rescreener.open(&preview).await.is(200).says("收回").says("未见异常");
        page.submit(&mut rescreener).await.is(303);
        assert_eq!(app.referral(next).await.state, ReferralState::Recalled);
        assert_eq!(stage(&app, child).await, Stage::Recheck);
        // And abnormal after all: another referral.
        let form = rescreener
            .open(&path)
            .await
            .fill("scale_at_risk", "yes")
            .fill("why", "再次核对");
        let hospital = app.actor("doctor").await.organisation().unwrap();
        let form = form.fill("refer_to", hospital);
        let preview = form.submit_to(&path, &mut rescreener).await.is(303).location.unwrap();
        rescreener.open(&preview).await.submit(&mut rescreener).await.is(303);
        assert_eq!(stage(&app, child).await, Stage::DiagnosisProposed);
        let again = of_kind(&app, child, ReferralKind::Diagnosis).await;
        assert!(again.id != next && again.state == ReferralState::Proposed);
        assert_eq!(withdraws(&mut rescreener, asked.id, "rescreen").await, 303);
        assert_eq!(app.referral(again.id).await.state, ReferralState::Recalled);
        assert_eq!(app.referral(asked.id).await.state, ReferralState::Accepted);
        assert_eq!(stage(&app, child).await, Stage::AwaitingRescreen);
        let rows = rescreen::Entity::find().all(&*app.app.db).await.unwrap();
        assert_eq!(rows.len(), 3);
        assert!(rows.iter().all(|row| row.withdrawn_at.is_some()));
    })
    .await;
}
