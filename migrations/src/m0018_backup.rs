//! The last good backup, and the last one that was restored for a proof.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            Table::create()
                .table("backup_mark")
                .col(string("kind"))
                .col(timestamp_with_time_zone_null("at"))
                .col(string_null("file"))
                .col(big_integer("bytes"))
                .col(timestamp_with_time_zone_null("failed_at"))
                .col(string_null("failure"))
                .primary_key(Index::create().col("kind"))
                .to_owned(),
        )
        .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.drop_table(Table::drop().table("backup_mark").to_owned()).await
    }
}
