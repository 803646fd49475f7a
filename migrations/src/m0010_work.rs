//! What makes daily work safe: drafts, submissions, saved filters, sweeps.

use sea_orm_migration::{prelude::*, schema::*};

use crate::table::{index, reference};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            Table::create()
                .table("draft")
                .col(big_integer("account_id"))
                .col(string("form"))
                .col(blob("content"))
                .col(timestamp_with_time_zone("saved_at"))
                .primary_key(Index::create().col("account_id").col("form"))
                .foreign_key(&mut reference("draft", "account_id", "account"))
                .to_owned(),
        )
        .await?;
        m.create_table(
            Table::create()
                .table("submission")
                .col(string("token"))
                .col(timestamp_with_time_zone("at"))
                .primary_key(Index::create().col("token"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("submission", &["at"])).await?;
        m.create_table(
            Table::create()
                .table("saved_filter")
                .col(big_pk_auto("id"))
                .col(big_integer("organisation_id"))
                .col(big_integer("account_id"))
                .col(boolean("shared"))
                .col(string("page"))
                .col(string("query"))
                .col(string("name"))
                .col(timestamp_with_time_zone("created_at"))
                .foreign_key(&mut reference("saved_filter", "organisation_id", "organisation"))
                .foreign_key(&mut reference("saved_filter", "account_id", "account"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("saved_filter", &["organisation_id"])).await?;
        m.create_table(
            Table::create()
                .table("sweep_run")
                .col(string("name"))
                .col(timestamp_with_time_zone("started_at"))
                .col(timestamp_with_time_zone_null("finished_at"))
                .col(timestamp_with_time_zone("leased_until"))
                .col(string_null("outcome"))
                .primary_key(Index::create().col("name"))
                .to_owned(),
        )
        .await?;
        m.create_table(
            Table::create()
                .table("counter")
                .col(string("name"))
                .col(big_integer("value"))
                .primary_key(Index::create().col("name"))
                .to_owned(),
        )
        .await?;
        Ok(())
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for table in ["counter", "sweep_run", "saved_filter", "submission", "draft"] {
            m.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
