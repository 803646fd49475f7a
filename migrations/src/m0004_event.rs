//! What happened: the append-only audit trail and its seals.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

use crate::table::index;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            Table::create()
                .table("event")
                .col(big_pk_auto("id"))
                .col(timestamp_with_time_zone("at"))
                .col(string("action"))
                .col(string("actor"))
                .col(big_integer_null("account_id"))
                .col(big_integer_null("organisation_id"))
                .col(string("coverage"))
                .col(string("subject_kind"))
                .col(big_integer("subject_id"))
                .col(big_integer_null("child_id"))
                .col(string("cause"))
                .col(string("remote"))
                .col(boolean("refused"))
                .col(json_binary("details"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("event", &["at"])).await?;
        m.create_index(index("event", &["account_id"])).await?;
        m.create_index(index("event", &["child_id"])).await?;
        m.create_index(index("event", &["cause"])).await?;
        m.create_index(index("event", &["subject_id"])).await?;
        m.create_table(
            Table::create()
                .table("event_seal")
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
        refuse_changes(m).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for table in ["event_seal", "event"] {
            m.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        if m.get_database_backend() == DbBackend::Postgres {
            m.get_connection()
                .execute_unprepared("DROP FUNCTION refuse_change()")
                .await?;
        }
        Ok(())
    }
}

/// Events and seals are append-only: the database itself refuses to change or delete them.
async fn refuse_changes(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = m.get_connection();
    let postgres = m.get_database_backend() == DbBackend::Postgres;
    if postgres {
        db.execute_unprepared(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN RAISE EXCEPTION 'events are append-only'; END $$",
        )
        .await?;
    }
    for table in ["event", "event_seal"] {
        for change in ["UPDATE", "DELETE"] {
            let body = if postgres {
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()".to_owned()
            } else {
                "BEGIN SELECT RAISE(ABORT, 'events are append-only'); END".to_owned()
            };
            let name = format!("{table}_refuses_{}", change.to_lowercase());
            db.execute_unprepared(&format!("CREATE TRIGGER {name} BEFORE {change} ON {table} {body}"))
                .await?;
        }
    }
    Ok(())
}
