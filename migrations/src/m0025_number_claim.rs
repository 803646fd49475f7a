//! Registrations under a citizen number that another file has, until a second person decides; and guardians are found by
//! their names.

use sea_orm_migration::{prelude::*, schema::*};

use crate::table::{index, reference};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            Table::create()
                .table("number_claim")
                .col(big_pk_auto("id"))
                .col(string("district"))
                .col(big_integer("holder_id"))
                .col(blob("fields"))
                .col(string("reason"))
                .col(string_len("state", 24))
                .col(big_integer("organisation_id"))
                .col(big_integer("proposed_by"))
                .col(timestamp_with_time_zone("proposed_at"))
                .col(big_integer_null("decided_by"))
                .col(timestamp_with_time_zone_null("decided_at"))
                .col(string_null("note"))
                .col(big_integer_null("opened_id"))
                .foreign_key(&mut reference("number_claim", "holder_id", "child"))
                .foreign_key(&mut reference("number_claim", "organisation_id", "organisation"))
                .foreign_key(&mut reference("number_claim", "proposed_by", "account"))
                .foreign_key(&mut reference("number_claim", "decided_by", "account"))
                .foreign_key(&mut reference("number_claim", "opened_id", "child"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("number_claim", &["district", "state"])).await?;
        m.create_index(index("number_claim", &["organisation_id"])).await?;
        m.create_index(index("guardian", &["name"])).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.drop_index(Index::drop().name("idx-guardian-name").table("guardian").to_owned())
            .await?;
        m.drop_table(Table::drop().table("number_claim").to_owned()).await
    }
}
