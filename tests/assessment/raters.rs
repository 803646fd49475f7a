//! Two raters, blind to each other.

use chrono::TimeDelta;

use super::{accepted, begun, cabs, child, id_of, row, sheet};
use crate::support::story;

#[tokio::test]
async fn a_second_rater_works_blind_and_the_two_are_compared() {
    story(|app| async move {
        let child = child(&app, "陈六").await;
        let mut rescreener = app.person("rescreener").await;
        let first = begun(&mut rescreener, child, "cabs").await;
        cabs(&mut rescreener, first, "1", "1").await.is(303);
        rescreener
            .get(&format!("{}/second", sheet(first)))
            .await
            .is(409)
            .says("另一人");

        let mut doctor = app.person("doctor").await;
        // Whoever may still rate it is told nothing of it by the way; whoever may not is.
        let list = doctor.open(&format!("/children/{child}/assessments")).await.is(200);
        list.says("打开后可见").omits("未达标准").omits("需进一步评估");
        let lead = app
            .person("lead")
            .await
            .open(&format!("/children/{child}/assessments"))
            .await;
        lead.is(200).omits("打开后可见");
        let page = doctor.open(&format!("{}/second", sheet(first))).await.is(200);
        let page = page.says("独立评定").omits("总分").omits("偶尔");
        let second = id_of(&page.submit(&mut doctor).await.is(303));
        // While the second sheet is open, the first is hidden from its rater, and from nobody else.
        let refused = doctor.get(&sheet(first)).await.is(303);
        assert_eq!(refused.location.as_deref(), Some(sheet(second).as_str()));
        let list = doctor.open(&format!("/children/{child}/assessments")).await.is(200);
        assert!(!list.links().contains(&sheet(first)));
        list.omits("需进一步评估").omits("未达标准");
        rescreener.open(&sheet(first)).await.is(200).says("总分 14");
        rescreener
            .get(&format!("{}/comparison", sheet(first)))
            .await
            .is(409)
            .says("都完成");
        // The place is taken.
        app.person("screener")
            .await
            .open(&format!("{}/second", sheet(first)))
            .await
            .submit(&mut app.person("screener").await)
            .await
            .is(409);

        app.app.clock.advance(TimeDelta::minutes(5));
        cabs(&mut doctor, second, "1", "2").await.is(303);
        let both = doctor.open(&format!("{}/comparison", sheet(second))).await.is(200);
        let both = both
            .says("13 / 14")
            .says("(93%)")
            .says("事先没有看过第一份")
            .says("2 经常（几乎每天）");
        assert_eq!(
            both.text().matches("不同").count(),
            3,
            "the number of items, the total and one item"
        );
        let row = row(&app, second).await;
        assert_eq!((row.rater, row.round), (2, Some(first)));
        // The first cannot be withdrawn from under the second.
        rescreener
            .post(&format!("{}/withdrawal", sheet(first)), &[])
            .await
            .is(409);
    })
    .await;
}

#[tokio::test]
async fn a_second_rater_who_looked_before_is_not_called_blind() {
    story(|app| async move {
        let child = child(&app, "陈七").await;
        let mut rescreener = app.person("rescreener").await;
        let first = begun(&mut rescreener, child, "cabs").await;
        cabs(&mut rescreener, first, "1", "1").await.is(303);
        let mut doctor = app.person("doctor").await;
        doctor.open(&sheet(first)).await.is(200);
        app.app.clock.advance(TimeDelta::minutes(5));
        let page = doctor.open(&format!("{}/second", sheet(first))).await.is(200);
        let second = id_of(&page.submit(&mut doctor).await.is(303));
        cabs(&mut doctor, second, "1", "1").await.is(303);
        let both = doctor.open(&format!("{}/comparison", sheet(first))).await.is(200);
        both.says("14 / 14").says("事先看过第一份");
    })
    .await;
}

#[tokio::test]
async fn a_second_rater_is_told_nothing_that_rests_on_the_first() {
    story(|app| async move {
        let (child, referral) = accepted(&app, "陈五").await;
        let mut rescreener = app.person("rescreener").await;
        let new = format!("/assessments/new?child={child}&referral={referral}");
        let page = rescreener.open(&new).await.fill("instrument", "cabs");
        let first = id_of(&page.submit_to("/assessments", &mut rescreener).await.is(303));
        cabs(&mut rescreener, first, "2", "2").await.is(303);
        let mut doctor = app.person("doctor").await;
        let page = doctor.open(&format!("{}/second", sheet(first))).await.is(200);
        let second = id_of(&page.submit(&mut doctor).await.is(303));
        let done = app.rescreens_by("rescreener", referral, true, vec![first]).await;
        let next = done.proposed.unwrap();
        app.sends("rescreener", next).await;

        // The page of the referral, its reason, the chain: nothing of the total, the criteria, the outcome.
        let paths = [
            format!("/referrals/{next}"),
            format!("/children/{child}/chain"),
            format!("/children/{child}/assessments"),
        ];
        for path in &paths {
            let page = doctor.open(path).await.is(200);
            page.says("完成后")
                .omits("28")
                .omits("异常")
                .omits("提示风险")
                .omits("需进一步评估");
        }
        // To everybody else they say it.
        rescreener
            .open(&format!("/referrals/{referral}"))
            .await
            .is(200)
            .says("总分 28");
        app.app.clock.advance(TimeDelta::minutes(5));
        cabs(&mut doctor, second, "2", "2").await.is(303);
        doctor.open(&format!("/referrals/{next}")).await.is(200).says("总分 28");
        // What was finished hides nothing any more.
        for path in &paths {
            doctor.open(path).await.is(200).omits("完成后");
        }
        let both = doctor.open(&format!("{}/comparison", sheet(first))).await.is(200);
        both.says("事先没有看过第一份");
    })
    .await;
}

#[tokio::test]
async fn whoever_read_what_was_concluded_from_the_first_is_not_called_blind() {
    story(|app| async move {
        let (child, referral) = accepted(&app, "陈四").await;
        let mut rescreener = app.person("rescreener").await;
        let first = begun(&mut rescreener, child, "cabs").await;
        cabs(&mut rescreener, first, "2", "2").await.is(303);
        let done = app.rescreens_by("rescreener", referral, true, vec![first]).await;
        app.sends("rescreener", done.proposed.unwrap()).await;
        let mut doctor = app.person("doctor").await;
        let page = doctor
            .open(&format!("/referrals/{}", done.proposed.unwrap()))
            .await
            .is(200);
        let page = page.omits("总分").says("打开该评定可见结果");
        assert!(page.links().contains(&sheet(first)));
        app.app.clock.advance(TimeDelta::minutes(5));
        let page = doctor.open(&format!("{}/second", sheet(first))).await.is(200);
        let second = id_of(&page.submit(&mut doctor).await.is(303));
        cabs(&mut doctor, second, "2", "2").await.is(303);
        let both = doctor.open(&format!("{}/comparison", sheet(first))).await.is(200);
        both.says("据其作出的结论");
    })
    .await;
}
