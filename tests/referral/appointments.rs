//! Appointments that are asked about before they are saved: late, on a day off, at night, in a full hour.

use chrono::NaiveDate;
use entities::{communication::message, configuration::parameter, event::event, words::ReferralState};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use serde_json::json;

use super::{row, sent};
use crate::support::story;

#[tokio::test]
async fn a_doubtful_appointment_is_asked_about_and_saved_with_a_reason() {
    story(|app| async move {
        let (child, id) = sent(&app, "王小明").await;
        let mut hospital = app.person("rescreener").await;
        let form = async |who: &mut crate::support::Person| {
            let page = who.open(&format!("/referrals/{id}")).await.is(200);
            assert!(!page.html().contains("appointment_anyway"), "nothing is asked yet");
            page.fill("appointment_on", "2026-12-06")
                .fill("appointment_time", "19:30")
                .fill("appointment_note", "请带病历本")
                .submit_to("/appointment", who)
                .await
                .is(422)
        };
        // A Sunday evening, after the month that a re-screen may take: all of it is said, with its figures.
        let asked = form(&mut hospital)
            .await
            .says("截止 2026-12-02，晚 2 个工作日")
            .says("2026-12-06 是星期日")
            .says("19:30 不在预约时段 07:30–18:00 之内");
        assert_eq!(row(&app, id).await.state, ReferralState::Sent, "nothing was saved");
        for typed in ["2026-12-06", "19:30", "请带病历本"] {
            assert!(asked.html().contains(typed), "{typed} is lost");
        }
        // Sent once more as it is: asked once more. Ticked without a reason: the reason is missing.
        let asked = asked
            .submit_to("/appointment", &mut hospital)
            .await
            .is(422)
            .says("星期日");
        let asked = asked
            .fill("appointment_anyway", "true")
            .submit_to("/appointment", &mut hospital)
            .await
            .is(422);
        assert!(asked.html().contains("appointment_why-error"));
        // Another time is another question, whatever was ticked.
        let asked = asked
            .fill("appointment_on", "2026-12-05")
            .fill("appointment_why", "家长只有周末有空")
            .submit_to("/appointment", &mut hospital)
            .await
            .is(422)
            .says("2026-12-05 是星期六");
        assert!(asked.html().contains("家长只有周末有空"));
        let page = asked.fill("appointment_anyway", "true");
        page.submit_to("/appointment", &mut hospital).await.is(303);
        assert_eq!(row(&app, id).await.state, ReferralState::Appointed);
        hospital
            .open(&format!("/referrals/{id}"))
            .await
            .says("2026-12-05 19:30")
            .says("家长只有周末有空");
        let told = event::Entity::find()
            .filter(event::COLUMN.action.eq("referral.appointed"))
            .one(&*app.app.db)
            .await
            .unwrap()
            .unwrap()
            .details;
        assert_eq!(told["doubts"], json!(["late", "day_off", "closed"]));
        assert_eq!(told["why"], "家长只有周末有空");
        // The family reads what is meant for it.
        let letter = message::Entity::find()
            .filter(message::COLUMN.child_id.eq(child))
            .order_by_desc(message::COLUMN.id)
            .one(&*app.app.db)
            .await
            .unwrap()
            .unwrap();
        let letter = letter.params.to_string();
        assert!(
            letter.contains("请带病历本") && !letter.contains("周末有空"),
            "{letter}"
        );

        // Moving it is asked about just the same; a good time is not.
        let page = hospital.open(&format!("/referrals/{id}")).await;
        let page = page
            .fill("appointment_on", "2026-11-08")
            .fill("appointment_time", "09:00");
        let page = page
            .submit_to("/appointment", &mut hospital)
            .await
            .is(422)
            .says("星期日");
        let page = page.fill("appointment_on", "2026-11-09");
        page.submit_to("/appointment", &mut hospital).await.is(303);
    })
    .await;
}

#[tokio::test]
async fn an_hour_is_full_when_the_rule_of_the_place_says_so() {
    story(|app| async move {
        let (_, first) = sent(&app, "王小明").await;
        let (_, second) = sent(&app, "李小红").await;
        let mut hospital = app.person("rescreener").await;
        let at = async |who: &mut crate::support::Person, id, time: &str, status| {
            let page = who.open(&format!("/referrals/{id}")).await;
            let page = page.fill("appointment_on", "2026-11-09").fill("appointment_time", time);
            page.submit_to("/appointment", who).await.is(status)
        };
        // Nobody set a limit: nothing is ever full.
        at(&mut hospital, first, "09:15", 303).await;
        at(&mut hospital, second, "09:45", 303).await;
        let rule = parameter::ActiveModel {
            code: Set("screening.appointments".into()),
            division: Set("330211".into()),
            valid_from: Set(NaiveDate::from_ymd_opt(2026, 11, 1).unwrap()),
            valid_to: Set(None),
            value: Set(json!({
                "opens": "08:00", "closes": "17:00",
                "rescreen_per_hour": 1, "diagnosis_per_hour": 0, "intake_per_hour": 0,
            })),
            source: Set("本区安排".into()),
            version: Set(1),
            ..Default::default()
        };
        parameter::Entity::insert(rule).exec(app.app.db.writer()).await.unwrap();
        at(&mut hospital, second, "09:30", 422)
            .await
            .says("09:00 起的一小时已约 1 人，上限 1 人");
        // Its own place in the hour does not count against it; another hour is free; the hours are the district's.
        at(&mut hospital, second, "10:00", 303).await;
        at(&mut hospital, second, "10:30", 303).await;
        at(&mut hospital, first, "10:45", 422).await.says("上限 1 人");
        at(&mut hospital, first, "07:45", 422).await.says("08:00–17:00");
    })
    .await;
}

#[tokio::test]
async fn the_hour_of_one_organisation_is_set_on_the_page_of_the_rule() {
    story(|app| async move {
        let (_, first) = sent(&app, "王小明").await;
        let (_, second) = sent(&app, "李小红").await;
        let mut system = app.person("system").await;
        let form = "/parameters/screening.appointments/new";
        let page = system
            .open(form)
            .await
            .says("区妇幼保健院")
            .says("区孤独症儿童康复中心");
        // The hospital of the city is the city's to speak of.
        let page = page.omits("市妇女儿童医院");
        let (action, mut fields) = page.prepared("/parameters/screening.appointments?");
        let hospital = row(&app, first).await.to_organisation_id.to_string();
        let set = |fields: &mut Vec<(String, String)>, name: &str, nth: usize, value: &str| {
            let cell = fields.iter_mut().filter(|(n, _)| n == name).nth(nth).unwrap();
            cell.1 = value.to_owned();
        };
        set(&mut fields, "source", 0, "本区安排");
        set(&mut fields, "valid_from", 0, "2026-11-02");
        // Half a row, an organisation of another area, one organisation twice.
        set(&mut fields, "place", 0, &hospital);
        system.post(&action, &fields).await.is(422).says("0 至 200");
        set(&mut fields, "per_hour", 0, "1");
        set(&mut fields, "place", 1, "999");
        set(&mut fields, "per_hour", 1, "4");
        system.post(&action, &fields).await.is(422);
        set(&mut fields, "place", 1, &hospital);
        system.post(&action, &fields).await.is(422).says("同一机构只能填写一行");
        set(&mut fields, "place", 1, "");
        set(&mut fields, "per_hour", 1, "");
        system.post(&action, &fields).await.is(303);
        system
            .open("/parameters/screening.appointments")
            .await
            .says("每小时人数上限")
            .says("区妇幼保健院");

        let mut rescreener = app.person("rescreener").await;
        let at = async |who: &mut crate::support::Person, id, time: &str, status| {
            let page = who.open(&format!("/referrals/{id}")).await;
            let page = page.fill("appointment_on", "2026-11-09").fill("appointment_time", time);
            page.submit_to("/appointment", who).await.is(status)
        };
        at(&mut rescreener, first, "上午9点一刻", 422).await;
        at(&mut rescreener, first, "上午9点15分", 303).await;
        at(&mut rescreener, second, "930", 422)
            .await
            .says("09:00 起的一小时已约 1 人，上限 1 人");
        at(&mut rescreener, second, "1030", 303).await;
        // The same time once more moves nothing, and tells nobody.
        let told = message::Entity::find().all(&*app.app.db).await.unwrap().len();
        at(&mut rescreener, second, "10:30", 422).await.says("已经约在这个时间");
        assert_eq!(message::Entity::find().all(&*app.app.db).await.unwrap().len(), told);
    })
    .await;
}
