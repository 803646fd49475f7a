//! Who is late is seen by whoever looks on, whichever link of the chain it is.

use chrono::TimeDelta;
use entities::{
    account::account,
    screening::{pathway, referral},
    words::{ReferralKind, Stage},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::stage;
use crate::support::story;

#[tokio::test]
async fn a_centre_that_is_late_is_among_the_overdue_and_a_check_to_come_is_not() {
    story(|app| async move {
        let waits = app.diagnosed("王小明").await;
        let asked = referral::Entity::find()
            .filter(referral::COLUMN.kind.eq(ReferralKind::Intake))
            .one(&*app.app.db)
            .await
            .unwrap()
            .unwrap();
        app.accepts("intake", asked.id).await;
        assert_eq!(stage(&app, waits).await, Stage::InIntake);
        let (watched, other) = app.rescreened("李小红").await;
        app.accepts("doctor", other).await;
        app.diagnoses("doctor", other, &["F80.1"]).await;
        assert_eq!(stage(&app, watched).await, Stage::OtherFinding);
        let mut officer = app.person("federation").await;
        officer
            .open("/pipeline?overdue=true")
            .await
            .omits("王小明")
            .omits("李小红");

        // The centre does nothing; the next check of the other child was due yesterday, and its window is open.
        let next = pathway::Entity::find_by_id(watched).one(&*app.app.db).await.unwrap();
        let next = next.unwrap().due_on.unwrap();
        let today = app.actor("federation").await.today();
        app.app.clock.advance(next - today + TimeDelta::days(1));
        account::Entity::update_many()
            .col_expr(account::Column::PasswordChangedAt, Expr::value(app.app.clock.now()))
            .exec(app.app.db.writer())
            .await
            .unwrap();
        let mut officer = app.person("federation").await;
        officer
            .open("/pipeline?overdue=true")
            .await
            .says("王小明")
            .omits("李小红");
        officer.open("/pipeline?stage=other_finding").await.says("李小红");
        let home = officer.open("/").await.says("逾期的儿童1");
        home.says("康复接案1").says("其他诊断1").says("等待诊断0");
    })
    .await;
}
