//! Rules of the trade that change with dates and places.

use sea_orm_migration::{prelude::*, schema::*};

use crate::table::index;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            Table::create()
                .table("parameter")
                .col(big_pk_auto("id"))
                .col(string("code"))
                .col(string("division"))
                .col(date("valid_from"))
                .col(date_null("valid_to"))
                .col(json_binary("value"))
                .col(string("source"))
                .col(integer("version"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("parameter", &["code"])).await?;
        m.create_table(
            Table::create()
                .table("calendar_year")
                .col(integer("year"))
                .col(string("source"))
                .primary_key(Index::create().col("year"))
                .to_owned(),
        )
        .await?;
        m.create_table(
            Table::create()
                .table("calendar_day")
                .col(date("day"))
                .col(string_len("kind", 24))
                .col(string("name"))
                .primary_key(Index::create().col("day"))
                .to_owned(),
        )
        .await?;
        Ok(())
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for table in ["calendar_day", "calendar_year", "parameter"] {
            m.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
