//! Divisions get other names and codes, and are merged; names are looked up in the whole country.

use sea_orm_migration::{prelude::*, schema::*};

use crate::table::{index, reference};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            Table::create()
                .table("division_change")
                .col(big_pk_auto("id"))
                .col(string("code"))
                .col(string_len("kind", 24))
                .col(date("changes_on"))
                .col(string("name_before"))
                .col(string_null("name_after"))
                .col(string_null("successor"))
                .col(timestamp_with_time_zone_null("applied_at"))
                .col(timestamp_with_time_zone_null("carried_at"))
                .col(timestamp_with_time_zone("recorded_at"))
                .col(big_integer_null("recorded_by"))
                .col(integer("version"))
                .foreign_key(&mut reference("division_change", "recorded_by", "account"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("division_change", &["code"])).await?;
        m.create_index(index("division", &["name"])).await?;
        Ok(())
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.drop_index(Index::drop().name("idx-division-name").table("division").to_owned())
            .await?;
        m.drop_table(Table::drop().table("division_change").to_owned()).await
    }
}
