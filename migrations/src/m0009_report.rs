//! Reports as they were submitted.

use sea_orm_migration::{prelude::*, schema::*};

use crate::table::{index, reference};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            Table::create()
                .table("frozen_report")
                .col(big_pk_auto("id"))
                .col(string("report"))
                .col(string("period"))
                .col(string("division"))
                .col(json_binary("content"))
                .col(string("hash"))
                .col(big_integer("organisation_id"))
                .col(big_integer("frozen_by"))
                .col(timestamp_with_time_zone("frozen_at"))
                .foreign_key(&mut reference("frozen_report", "organisation_id", "organisation"))
                .foreign_key(&mut reference("frozen_report", "frozen_by", "account"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("frozen_report", &["division"])).await?;
        Ok(())
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for table in ["frozen_report"] {
            m.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
