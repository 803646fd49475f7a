//! What both files hold: which of it stands.

use entities::{
    child::care,
    screening::{pathway, referral},
    words::{ReferralState, Stage},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use starbridge::children::care::tie_in;

use super::{merge_of, pair_of};
use crate::support::story;

#[tokio::test]
async fn of_two_open_referrals_the_one_that_has_come_furthest_stands_and_the_ties_of_both_hold() {
    story(|app| async move {
        let (first, further) = app.accepted("王小雨").await;
        let (second, other) = app.sent("王小雨").await;
        // Only the file that is absorbed is known to the neighbours.
        let neighbour = app.actor("neighbour").await;
        let tx = app.app.db.write(&neighbour, "330211").await.unwrap();
        tie_in(&tx, &neighbour, neighbour.organisation().unwrap(), first)
            .await
            .unwrap();
        tx.commit_quietly().await.unwrap();

        let pair = pair_of(&app, first, second).await;
        let mut lead = app.person("lead").await;
        let page = lead.open(&format!("/duplicates/{}", pair.id)).await.is(200);
        let page = page.fill("survivor", "second");
        merge_of(&page.submit_to("/merge", &mut lead).await.is(303));

        let stands = app.referral(further).await;
        assert_eq!((stands.state, stands.child_id), (ReferralState::Accepted, second));
        assert_eq!(app.referral(other).await.state, ReferralState::Cancelled);
        let open = referral::Entity::find()
            .filter(referral::COLUMN.child_id.eq(second))
            .filter(referral::Column::ClosedAt.is_null())
            .all(&*app.app.db)
            .await
            .unwrap();
        assert_eq!(open.len(), 1);
        let ties = care::Entity::find().filter(care::COLUMN.child_id.eq(second));
        let ties = ties.all(&*app.app.db).await.unwrap();
        assert!(
            ties.iter()
                .any(|tie| Some(tie.organisation_id) == neighbour.organisation().ok())
        );
        let place = pathway::Entity::find_by_id(second).one(&*app.app.db).await.unwrap();
        assert_eq!(place.unwrap().stage, Stage::AwaitingRescreen);
    })
    .await;
}
