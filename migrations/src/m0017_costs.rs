//! What costs much: the list of checks reads its index alone until it knows the rows of its page. Numbers for those who see
//! no children are published once a quarter and never change.

use sea_orm_migration::{prelude::*, schema::*};

use crate::table::{index, unique};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const PLACES: [&str; 2] = ["district", "street"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for place in PLACES {
            let name = format!("idx-planned_check-{place}-state-due_on");
            m.drop_index(Index::drop().name(name).if_exists().table("planned_check").to_owned())
                .await?;
            let days = index("planned_check", &[place, "state", "due_on", "closes_on", "opens_on"]);
            m.create_index(days).await?;
        }
        // Reports ask which checks of a child were due in a month, and whether they were before the opening day, which few are.
        m.drop_index(
            Index::drop()
                .name("idx-planned_check-child_id-due_on")
                .if_exists()
                .table("planned_check")
                .to_owned(),
        )
        .await?;
        m.create_index(index("planned_check", &["child_id", "due_on", "state"]))
            .await?;
        m.get_connection()
            .execute_unprepared(
                r#"CREATE INDEX "idx-planned_check-before_opening" ON planned_check (child_id, due_on) WHERE state = 'before_opening'"#,
            )
            .await?;
        // Reports look for the few referrals that were lost.
        m.create_index(index("referral_step", &["to_state", "at"])).await?;
        // What one account did lately is asked before it is told of another child.
        m.drop_index(
            Index::drop()
                .name("idx-event-account_id")
                .if_exists()
                .table("event")
                .to_owned(),
        )
        .await?;
        m.create_index(index("event", &["account_id", "at"])).await?;
        m.create_table(
            Table::create()
                .table("published_report")
                .col(big_pk_auto("id"))
                .col(string("period"))
                .col(string("district"))
                .col(json_binary("content"))
                .col(timestamp_with_time_zone("published_at"))
                .to_owned(),
        )
        .await?;
        m.create_index(unique("published_report", "once", &["district", "period"]))
            .await?;
        Ok(())
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.drop_table(Table::drop().table("published_report").to_owned()).await?;
        m.drop_index(
            Index::drop()
                .name("idx-referral_step-to_state-at")
                .table("referral_step")
                .to_owned(),
        )
        .await?;
        m.drop_index(Index::drop().name("idx-event-account_id-at").table("event").to_owned())
            .await?;
        m.create_index(index("event", &["account_id"])).await?;
        m.drop_index(
            Index::drop()
                .name("idx-planned_check-before_opening")
                .table("planned_check")
                .to_owned(),
        )
        .await?;
        m.drop_index(
            Index::drop()
                .name("idx-planned_check-child_id-due_on-state")
                .table("planned_check")
                .to_owned(),
        )
        .await?;
        m.create_index(index("planned_check", &["child_id", "due_on"])).await?;
        for place in PLACES {
            let name = format!("idx-planned_check-{place}-state-due_on-closes_on-opens_on");
            m.drop_index(Index::drop().name(name).table("planned_check").to_owned())
                .await?;
            m.create_index(index("planned_check", &[place, "state", "due_on"]))
                .await?;
        }
        Ok(())
    }
}
