//! Who takes part, and where.

use sea_orm_migration::{prelude::*, schema::*};

use crate::table::index;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            Table::create()
                .table("division")
                .col(string("code"))
                .col(string_null("parent"))
                .col(string("name"))
                .col(date_null("closed_on"))
                .col(integer("version"))
                .primary_key(Index::create().col("code"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("division", &["parent"])).await?;
        m.create_table(
            Table::create()
                .table("organisation")
                .col(big_pk_auto("id"))
                .col(string_len("kind", 24))
                .col(string("name"))
                .col(string("coverage"))
                .col(string_null("credit_code"))
                .col(string_null("phone"))
                .col(string_null("address"))
                .col(date_null("closed_on"))
                .col(integer("version"))
                .col(timestamp_with_time_zone("created_at"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("organisation", &["coverage"])).await?;
        Ok(())
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for table in ["organisation", "division"] {
            m.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
