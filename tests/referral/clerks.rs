//! What two sides do with a referral, and what they may not.

use chrono::TimeDelta;
use entities::{
    ReferralId,
    screening::{referral, referral_step},
    words::{OrganisationKind, ReferralState, Stage},
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::{notices, post, proposed, row, sent, stage};
use crate::support::story;

#[tokio::test]
async fn what_the_state_or_the_side_forbids_changes_nothing() {
    story(|app| async move {
        let (_, id) = proposed(&app, "陈小东").await;
        let mut rescreener = app.person("rescreener").await;
        // A proposal is the sender's own business.
        rescreener.open(&format!("/referrals/{id}")).await.is(404);
        post(&mut rescreener, id, "acceptance", &[]).await.is(404);

        let mut screener = app.person("screener").await;
        let page = screener.open(&format!("/referrals/{id}/sending")).await;
        page.submit_to("/sending", &mut screener).await.is(303);
        let due = [
            ("decline_reason", "x"),
            ("recall_reason", "x"),
            ("forward_reason", "x"),
            ("appointment_on", "2026-11-09"),
            ("appointment_time", "09:00"),
        ];
        // The sender cannot answer for the receiver, nor the receiver take it back, nor anybody else do anything.
        for action in ["acceptance", "decline", "appointment", "no-show"] {
            post(&mut screener, id, action, &due).await.is(403);
        }
        post(&mut rescreener, id, "recall", &due).await.is(403);
        post(&mut rescreener, id, "decline", &[]).await.is(422);
        for (user, action) in [
            ("neighbour", "acceptance"),
            ("doctor", "acceptance"),
            ("intake", "decline"),
        ] {
            let mut other = app.person(user).await;
            other.open(&format!("/referrals/{id}")).await.is(404);
            post(&mut other, id, action, &due).await.is(404);
        }
        let mut federation = app.person("federation").await;
        federation.open(&format!("/referrals/{id}")).await.is(200);
        post(&mut federation, id, "acceptance", &due).await.is(403);
        let mut elsewhere = app.person("elsewhere").await;
        elsewhere.open(&format!("/referrals/{id}")).await.is(404);
        // No appointment was missed that was never made; nobody is lost without attempts.
        post(&mut rescreener, id, "no-show", &due).await.is(409);
        post(&mut rescreener, id, "loss", &due).await.is(409).says("须有 3 次");
        assert_eq!(row(&app, id).await.state, ReferralState::Sent);

        // What has ended has ended.
        post(&mut rescreener, id, "decline", &due).await.is(303);
        for action in ["acceptance", "appointment", "decline"] {
            post(&mut rescreener, id, action, &due).await.is(409).says("已退回");
        }
        post(&mut screener, id, "recall", &due).await.is(409);
        let steps = referral_step::Entity::find().count(&*app.app.db).await.unwrap();
        assert_eq!(steps, 3, "proposed, sent, declined");
    })
    .await;
}

#[tokio::test]
async fn a_declined_referral_begins_again() {
    story(|app| async move {
        let (child, id) = sent(&app, "赵小北").await;
        let mut rescreener = app.person("rescreener").await;
        let page = rescreener.open(&format!("/referrals/{id}")).await;
        page.fill("decline_reason", "本月设备检修")
            .submit_to("/decline", &mut rescreener)
            .await
            .is(303);
        assert!(
            notices(&app, "screener")
                .await
                .contains(&"referral.declined".to_owned())
        );
        assert_eq!(stage(&app, child).await, Stage::RescreenProposed);
        let mut screener = app.person("screener").await;
        screener.open("/referrals?view=returned").await.says("赵小北");
        let page = screener.open(&format!("/referrals/{id}")).await.says("本月设备检修");
        let reply = page.submit_to("/renewal", &mut screener).await.is(303);
        let next: ReferralId = reply.location.unwrap().rsplit('/').next().unwrap().parse().unwrap();
        assert_eq!(row(&app, next).await.continues_id, Some(id));
        assert_eq!(row(&app, next).await.state, ReferralState::Proposed);
        // Once.
        post(&mut screener, id, "renewal", &[]).await.is(409);
    })
    .await;
}

/// Whoever said no is not asked again; whoever was only not asked any more is.
#[tokio::test]
async fn what_begins_again_goes_to_another_place_only_where_the_first_said_no() {
    story(|app| async move {
        app.founds(OrganisationKind::RescreenHospital, "区第二医院", "330211")
            .await;
        let mut screener = app.person("screener").await;
        for (name, action, reason, elsewhere) in [
            ("赵小北", "decline", "decline_reason", true),
            ("赵小南", "recall", "recall_reason", false),
        ] {
            let (_, id) = sent(&app, name).await;
            let to = row(&app, id).await.to_organisation_id;
            let by = if action == "decline" { "rescreener" } else { "screener" };
            let mut clerk = app.person(by).await;
            post(&mut clerk, id, action, &[(reason, "本月设备检修")]).await.is(303);
            let reply = post(&mut screener, id, "renewal", &[]).await.is(303);
            let next: ReferralId = reply.location.unwrap().rsplit('/').next().unwrap().parse().unwrap();
            assert_eq!(row(&app, next).await.to_organisation_id != to, elsewhere, "{action}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_referral_is_passed_on_and_the_result_comes_home() {
    story(|app| async move {
        let other = app
            .founds(OrganisationKind::RescreenHospital, "区第二医院", "330211")
            .await;
        let (child, id) = sent(&app, "孙小南").await;
        let mut rescreener = app.person("rescreener").await;
        let page = rescreener.open(&format!("/referrals/{id}")).await;
        page.fill("forward_to", other)
            .fill("forward_reason", "家长就近")
            .submit_to("/forwarding", &mut rescreener)
            .await
            .is(303);
        assert_eq!(row(&app, id).await.state, ReferralState::Forwarded);
        let next = referral::Entity::find()
            .filter(referral::COLUMN.continues_id.eq(id))
            .one(&*app.app.db)
            .await
            .unwrap()
            .unwrap();
        assert_eq!((next.state, next.to_organisation_id), (ReferralState::Sent, other));
        assert_eq!(next.from_organisation_id, row(&app, id).await.from_organisation_id);
        assert_eq!(stage(&app, child).await, Stage::AwaitingRescreen);
        assert!(
            notices(&app, "screener")
                .await
                .contains(&"referral.forwarded".to_owned())
        );
        // Not to somebody who is no re-screen hospital.
        let page = [("forward_to", "1"), ("forward_reason", "x")];
        post(&mut rescreener, id, "forwarding", &page).await.is(409);
    })
    .await;
}

#[tokio::test]
async fn two_clerks_accept_one_referral() {
    story(|app| async move {
        let (_, id) = sent(&app, "周小一").await;
        let mut first = app.person("rescreener").await;
        let mut second = app.person("rescreen-lead").await;
        let page = format!("/referrals/{id}");
        let (one, two) = (first.open(&page).await, second.open(&page).await);
        let (one, two) = tokio::join!(
            one.submit_to("/acceptance", &mut first),
            two.submit_to("/acceptance", &mut second)
        );
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 409]);
        let late = if one.status == 409 { one } else { two };
        late.says("处理，现在的状态是“已接收”");
        let row = row(&app, id).await;
        assert_eq!((row.state, row.version), (ReferralState::Accepted, 3));
        let accepted = referral_step::Entity::find()
            .filter(referral_step::COLUMN.to_state.eq(ReferralState::Accepted))
            .count(&*app.app.db)
            .await
            .unwrap();
        assert_eq!(accepted, 1);
    })
    .await;
}

#[tokio::test]
async fn many_are_accepted_from_the_list_and_the_list_is_taken_out() {
    story(|app| async move {
        let (_, a) = sent(&app, "吴小二").await;
        let (_, b) = sent(&app, "郑小三").await;
        let (_, c) = sent(&app, "冯小四").await;
        let mut rescreener = app.person("rescreener").await;
        let list = rescreener.open("/referrals?view=to_answer").await.says("冯小四");
        // Somebody answers one of them meanwhile.
        let mut lead = app.person("rescreen-lead").await;
        post(&mut lead, b, "acceptance", &[]).await.is(303);
        let list = list.fill("pick", a).fill("pick", b).fill("pick", c);
        list.submit_to("/acceptances", &mut rescreener).await.is(303);
        let owner = row(&app, b).await.owner_id;
        assert_eq!(owner, app.actor("rescreen-lead").await.account);
        assert_eq!(row(&app, a).await.state, ReferralState::Accepted);
        assert_eq!(row(&app, c).await.state, ReferralState::Accepted);
        let file = rescreener.open("/referrals/export?view=ours").await.is(200);
        assert!(file.body.starts_with(b"PK"));
        // A saved filter, shared with colleagues.
        let list = rescreener.open("/referrals?view=ours&kind=rescreen").await;
        list.fill("filter_name", "本周")
            .fill("shared", "true")
            .submit_to("/referrals/filters", &mut rescreener)
            .await
            .is(303);
        let page = lead.open("/referrals").await.says("本周");
        assert!(
            page.links().iter().any(|l| l.contains("kind=rescreen")),
            "{:?}",
            page.links()
        );
    })
    .await;
}

#[tokio::test]
async fn every_role_has_a_home() {
    story(|app| async move {
        for (user, says) in [
            ("screener", "待确认的转介"),
            ("rescreener", "待接收的转介"),
            ("doctor", "待接收的转介"),
            ("intake", "随访任务"),
            ("lead", "我的工作"),
            ("street", "各环节儿童数"),
            ("federation", "各环节儿童数"),
            ("bureau", "最近公布的季度"),
            ("system", "缺少日历的年份"),
            ("security", "已锁定"),
            ("audit", "今日事件"),
        ] {
            let mut person = app.person(user).await;
            person.open("/").await.is(200).says(says);
        }
    })
    .await;
}

#[tokio::test]
async fn the_home_page_shows_the_eight_that_were_due_first() {
    story(|app| async move {
        let names = [
            "孙一", "孙二", "孙三", "孙四", "孙五", "孙六", "孙七", "孙八", "孙九", "孙十",
        ];
        for name in names {
            proposed(&app, name).await;
        }
        app.app.clock.advance(TimeDelta::days(40));
        for (who, heading) in [("screener", "优先办理"), ("federation", "逾期最久的儿童")] {
            let mut home = app.person(who).await.open("/").await.says(heading);
            for name in &names[..8] {
                home = home.says(name);
            }
            home.omits("孙九").omits("孙十");
        }
    })
    .await;
}
