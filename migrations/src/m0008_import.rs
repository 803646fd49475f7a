//! Files that come in, and rows that wait for a decision.

use sea_orm_migration::{prelude::*, schema::*};

use crate::table::{index, reference};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            Table::create()
                .table("stored_file")
                .col(big_pk_auto("id"))
                .col(string("name"))
                .col(string("media_type"))
                .col(string("hash"))
                .col(blob("content"))
                .col(big_integer("organisation_id"))
                .col(big_integer_null("created_by"))
                .col(timestamp_with_time_zone("created_at"))
                .foreign_key(&mut reference("stored_file", "organisation_id", "organisation"))
                .foreign_key(&mut reference("stored_file", "created_by", "account"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("stored_file", &["hash"])).await?;
        m.create_table(
            Table::create()
                .table("job")
                .col(big_pk_auto("id"))
                .col(string_len("kind", 24))
                .col(string_len("state", 24))
                .col(big_integer("organisation_id"))
                .col(big_integer_null("created_by"))
                .col(timestamp_with_time_zone("created_at"))
                .col(timestamp_with_time_zone_null("started_at"))
                .col(timestamp_with_time_zone_null("finished_at"))
                .col(timestamp_with_time_zone_null("heartbeat_at"))
                .col(timestamp_with_time_zone_null("cancel_requested_at"))
                .col(integer("done"))
                .col(integer("total"))
                .col(string("phase"))
                .col(big_integer_null("file_id"))
                .col(json_binary("options"))
                .col(json_binary("result"))
                .foreign_key(&mut reference("job", "organisation_id", "organisation"))
                .foreign_key(&mut reference("job", "created_by", "account"))
                .foreign_key(&mut reference("job", "file_id", "stored_file"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("job", &["state"])).await?;
        m.create_table(
            Table::create()
                .table("parked_row")
                .col(big_pk_auto("id"))
                .col(big_integer("job_id"))
                .col(string("district"))
                .col(integer("row"))
                .col(blob("fields"))
                .col(big_integer("child_id"))
                .col(json_binary("reasons"))
                .col(string_len("state", 24))
                .col(big_integer_null("decided_by"))
                .col(timestamp_with_time_zone_null("decided_at"))
                .col(integer("version"))
                .foreign_key(&mut reference("parked_row", "job_id", "job"))
                .foreign_key(&mut reference("parked_row", "child_id", "child"))
                .foreign_key(&mut reference("parked_row", "decided_by", "account"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("parked_row", &["job_id"])).await?;
        m.create_index(index("parked_row", &["district"])).await?;
        Ok(())
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for table in ["parked_row", "job", "stored_file"] {
            m.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
