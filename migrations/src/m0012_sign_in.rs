//! Signing in: tries are counted by factor and place, places are known, and what was signed in with has an epoch. Session
//! ids are kept as digests from now on, so the sessions that are open end.

use sea_orm_migration::{prelude::*, schema::*};

use crate::table::reference;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        end_sessions(m).await?;
        for table in ["account", "session"] {
            m.alter_table(
                Table::alter()
                    .table(table)
                    .add_column(integer("epoch").default(1))
                    .to_owned(),
            )
            .await?;
        }
        // No foreign key: the row of account 0 counts tries at names that nobody has.
        m.create_table(
            Table::create()
                .table("sign_in_count")
                .col(big_integer("account_id"))
                .col(string_len("factor", 24))
                .col(string("place"))
                .col(integer("failures"))
                .col(timestamp_with_time_zone("counted_at"))
                .col(timestamp_with_time_zone_null("locked_until"))
                .primary_key(Index::create().col("account_id").col("factor").col("place"))
                .to_owned(),
        )
        .await?;
        m.create_table(
            Table::create()
                .table("known_place")
                .col(big_integer("account_id"))
                .col(string("place"))
                .col(timestamp_with_time_zone("seen_at"))
                .primary_key(Index::create().col("account_id").col("place"))
                .foreign_key(&mut reference("known_place", "account_id", "account"))
                .to_owned(),
        )
        .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        end_sessions(m).await?;
        for table in ["known_place", "sign_in_count"] {
            m.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        for table in ["session", "account"] {
            m.alter_table(Table::alter().table(table).drop_column("epoch").to_owned())
                .await?;
        }
        Ok(())
    }
}

async fn end_sessions(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.get_connection().execute_unprepared("DELETE FROM session").await?;
    Ok(())
}
