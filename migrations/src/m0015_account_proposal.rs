//! What is to be done to an account that reaches further than one district, until a second district agrees.

use sea_orm_migration::{prelude::*, schema::*};

use crate::table::{index, reference};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            Table::create()
                .table("account_proposal")
                .col(big_pk_auto("id"))
                .col(big_integer("account_id"))
                .col(string_len("wish", 24))
                .col(string_null("reason"))
                .col(blob_null("half"))
                .col(string("area"))
                .col(string_len("state", 24))
                .col(big_integer("proposed_by"))
                .col(timestamp_with_time_zone("proposed_at"))
                .col(big_integer_null("decided_by"))
                .col(timestamp_with_time_zone_null("decided_at"))
                .foreign_key(&mut reference("account_proposal", "account_id", "account"))
                .foreign_key(&mut reference("account_proposal", "proposed_by", "account"))
                .foreign_key(&mut reference("account_proposal", "decided_by", "account"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("account_proposal", &["account_id"])).await?;
        m.create_index(index("account_proposal", &["state", "proposed_at"]))
            .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.drop_table(Table::drop().table("account_proposal").to_owned()).await
    }
}
