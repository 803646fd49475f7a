//! Who signs in: accounts, their roles, their sessions.

use sea_orm_migration::{prelude::*, schema::*};

use crate::table::{index, reference};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            Table::create()
                .table("account")
                .col(big_pk_auto("id"))
                .col(string("user_name").unique_key())
                .col(string("display_name"))
                .col(string_null("email"))
                .col(big_integer("organisation_id"))
                .col(string_len("language", 24))
                .col(string_len("theme", 24))
                .col(boolean("large_type"))
                .col(string("password_hash"))
                .col(timestamp_with_time_zone("password_changed_at"))
                .col(boolean("must_change_password"))
                .col(integer("failed_sign_ins"))
                .col(timestamp_with_time_zone_null("locked_until"))
                .col(blob_null("totp_secret"))
                .col(timestamp_with_time_zone_null("totp_confirmed_at"))
                .col(big_integer_null("totp_last_step"))
                .col(timestamp_with_time_zone_null("disabled_at"))
                .col(integer("version"))
                .col(timestamp_with_time_zone("created_at"))
                .foreign_key(&mut reference("account", "organisation_id", "organisation"))
                .to_owned(),
        )
        .await?;
        m.create_table(
            Table::create()
                .table("account_role")
                .col(big_integer("account_id"))
                .col(string_len("role", 24))
                .primary_key(Index::create().col("account_id").col("role"))
                .foreign_key(&mut reference("account_role", "account_id", "account"))
                .to_owned(),
        )
        .await?;
        m.create_table(
            Table::create()
                .table("password_history")
                .col(big_pk_auto("id"))
                .col(big_integer("account_id"))
                .col(string("password_hash"))
                .col(timestamp_with_time_zone("retired_at"))
                .foreign_key(&mut reference("password_history", "account_id", "account"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("password_history", &["account_id"])).await?;
        m.create_table(
            Table::create()
                .table("session")
                .col(string("id"))
                .col(big_integer_null("account_id"))
                .col(text("data"))
                .col(string("user_agent"))
                .col(string("remote"))
                .col(timestamp_with_time_zone("created_at"))
                .col(timestamp_with_time_zone("seen_at"))
                .col(timestamp_with_time_zone("expires_at"))
                .primary_key(Index::create().col("id"))
                .foreign_key(&mut reference("session", "account_id", "account"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("session", &["account_id"])).await?;
        m.create_index(index("session", &["expires_at"])).await?;
        Ok(())
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for table in ["session", "password_history", "account_role", "account"] {
            m.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
