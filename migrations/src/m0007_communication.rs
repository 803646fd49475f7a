//! What people are told: messages on their way out, and notices in the inbox.

use sea_orm_migration::{prelude::*, schema::*};

use crate::table::{index, reference};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            Table::create()
                .table("message")
                .col(big_pk_auto("id"))
                .col(string("dedupe_key").unique_key())
                .col(string_len("channel", 24))
                .col(big_integer_null("account_id"))
                .col(big_integer_null("guardian_id"))
                .col(big_integer_null("child_id"))
                .col(string("template"))
                .col(json_binary("params"))
                .col(string_len("state", 24))
                .col(integer("attempts"))
                .col(timestamp_with_time_zone("next_attempt_at"))
                .col(string_null("last_error"))
                .col(timestamp_with_time_zone("created_at"))
                .col(timestamp_with_time_zone_null("sent_at"))
                .foreign_key(&mut reference("message", "account_id", "account"))
                .foreign_key(&mut reference("message", "guardian_id", "guardian"))
                .foreign_key(&mut reference("message", "child_id", "child"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("message", &["guardian_id"])).await?;
        m.create_index(index("message", &["child_id"])).await?;
        m.create_index(index("message", &["state", "next_attempt_at"])).await?;
        m.create_table(
            Table::create()
                .table("notice")
                .col(big_pk_auto("id"))
                .col(big_integer("account_id"))
                .col(string("dedupe_key").unique_key())
                .col(string("template"))
                .col(json_binary("params"))
                .col(string("link"))
                .col(big_integer_null("child_id"))
                .col(timestamp_with_time_zone("created_at"))
                .col(timestamp_with_time_zone_null("read_at"))
                .foreign_key(&mut reference("notice", "account_id", "account"))
                .foreign_key(&mut reference("notice", "child_id", "child"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("notice", &["account_id", "read_at"])).await?;
        Ok(())
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for table in ["notice", "message"] {
            m.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
