//! Keys are registered, seals are numbered and carry a code of their own, and so do frozen reports.
//!
//! A day can be sealed twice when the clock of a server ran ahead, so the number of a seal is its key and not its day.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            Table::create()
                .table("key_print")
                .col(integer("number"))
                .col(string("print"))
                .col(timestamp_with_time_zone("registered_at"))
                .col(timestamp_with_time_zone_null("retired_at"))
                .col(big_integer("seals_before"))
                .col(string("mac"))
                .primary_key(Index::create().col("number"))
                .to_owned(),
        )
        .await?;
        m.alter_table(
            Table::alter()
                .table("frozen_report")
                .add_column(string_null("mac"))
                .to_owned(),
        )
        .await?;
        m.create_table(
            Table::create()
                .table("event_seal_numbered")
                .col(big_integer("number"))
                .col(date("day"))
                .col(big_integer("events"))
                .col(big_integer("first_id"))
                .col(big_integer("last_id"))
                .col(string("hash"))
                .col(string_null("mac"))
                .col(timestamp_with_time_zone("sealed_at"))
                .primary_key(Index::create().col("number"))
                .to_owned(),
        )
        .await?;
        replace_seals(
            m,
            "event_seal_numbered",
            "INSERT INTO event_seal_numbered (number, day, events, first_id, last_id, hash, sealed_at) \
             SELECT row_number() OVER (ORDER BY day), day, events, first_id, last_id, hash, sealed_at FROM event_seal",
        )
        .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            Table::create()
                .table("event_seal_daily")
                .col(date("day"))
                .col(big_integer("events"))
                .col(big_integer("first_id"))
                .col(big_integer("last_id"))
                .col(string("hash"))
                .col(timestamp_with_time_zone("sealed_at"))
                .primary_key(Index::create().col("day"))
                .to_owned(),
        )
        .await?;
        // Of a day that was sealed twice the first seal is kept: the other has no place in the old table.
        replace_seals(
            m,
            "event_seal_daily",
            "INSERT INTO event_seal_daily (day, events, first_id, last_id, hash, sealed_at) \
             SELECT day, events, first_id, last_id, hash, sealed_at FROM event_seal AS s \
             WHERE number = (SELECT min(number) FROM event_seal AS o WHERE o.day = s.day)",
        )
        .await?;
        m.alter_table(Table::alter().table("frozen_report").drop_column("mac").to_owned())
            .await?;
        m.drop_table(Table::drop().table("key_print").to_owned()).await
    }
}

/// Put a new table in the place of the seals, with what `fill` takes over, as append-only as before.
async fn replace_seals(m: &SchemaManager<'_>, new: &'static str, fill: &str) -> Result<(), DbErr> {
    let db = m.get_connection();
    db.execute_unprepared(fill).await?;
    m.drop_table(Table::drop().table("event_seal").to_owned()).await?;
    m.rename_table(Table::rename().table(new, "event_seal").to_owned())
        .await?;
    for change in ["UPDATE", "DELETE"] {
        let body = if m.get_database_backend() == DbBackend::Postgres {
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        } else {
            "BEGIN SELECT RAISE(ABORT, 'events are append-only'); END"
        };
        let name = format!("event_seal_refuses_{}", change.to_lowercase());
        db.execute_unprepared(&format!("CREATE TRIGGER {name} BEFORE {change} ON event_seal {body}"))
            .await?;
    }
    Ok(())
}
