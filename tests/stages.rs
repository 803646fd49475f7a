//! Where a child stands after each step of the chain, as the services take it.

use entities::{
    ChildId,
    screening::pathway,
    words::{DepartureReason, ReferralState, Stage},
};
use sea_orm::EntityTrait as _;

use crate::support::{TestApp, story};

async fn stage(app: &TestApp, child: ChildId) -> Stage {
    let row = pathway::Entity::find_by_id(child).one(&*app.app.db).await.unwrap();
    row.unwrap().stage
}

#[tokio::test]
async fn every_step_leads_to_its_stage() {
    story(|app| async move {
        let child = app.child("夏侯常").await;
        assert_eq!(stage(&app, child).await, Stage::Watching);
        let positive = app.positive("夏侯初").await;
        assert_eq!(stage(&app, positive.child).await, Stage::RescreenProposed);
        let referral = app.referral(positive.referral.unwrap()).await;
        assert_eq!(
            (referral.state, referral.screen_id),
            (ReferralState::Proposed, Some(positive.screen))
        );
        let (child, referral) = app.sent("夏侯候").await;
        assert_eq!(stage(&app, child).await, Stage::AwaitingRescreen);
        assert_eq!(app.referral(referral).await.state, ReferralState::Sent);
        let (child, referral) = app.accepted("夏侯约").await;
        assert_eq!(app.referral(referral).await.state, ReferralState::Accepted);
        assert!(app.rescreens("rescreener", referral, false).await.recheck_on.is_some());
        assert_eq!(stage(&app, child).await, Stage::Recheck);
        let (child, _) = app.rescreened("夏侯查").await;
        assert_eq!(stage(&app, child).await, Stage::AwaitingDiagnosis);
        let (child, referral) = app.rescreened("夏侯另").await;
        app.accepts("doctor", referral).await;
        app.diagnoses("doctor", referral, &["F80.1"]).await;
        assert_eq!(stage(&app, child).await, Stage::OtherFinding);
        let child = app.diagnosed("夏侯诊").await;
        assert_eq!(stage(&app, child).await, Stage::Diagnosed);
        let today = app.actor("screener").await.today();
        app.leaves("screener", child, DepartureReason::Emigrated, today).await;
        assert_eq!(stage(&app, child).await, Stage::Left);
    })
    .await;
}
