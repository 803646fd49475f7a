//! The migrations and the entities describe the same tables, and every migration goes down and up again.

use std::collections::BTreeSet;

use entities::{
    account, agreement, child, configuration, enrolment, event, guardian_access, import, kept, key, organisation,
    report, screening, work,
};
use migrations::{Migrator, sea_orm_migration::MigratorTrait as _};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use crate::support::database::Scratch;

async fn shape(db: &DatabaseConnection) -> BTreeSet<String> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT m.name || '.' || p.name || ' ' || lower(p.type) || ' null=' || (1 - p.\"notnull\") \
             FROM sqlite_master m, pragma_table_info(m.name) p \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> 'seaql_migrations'"
        }
        _ => {
            "SELECT table_name || '.' || column_name || ' ' || data_type || ' null=' || is_nullable \
             FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'seaql_migrations'"
        }
    };
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
        .await
        .unwrap();
    rows.iter()
        .map(|row| row.try_get_by_index::<String>(0).unwrap())
        .collect()
}

/// Every table, so that a forgotten one shows as a difference: those that hang on a child, and the others.
fn entities_of(db: &DatabaseConnection) -> sea_orm::schema::SchemaBuilder {
    let hanging = starbridge::app::FEATURES.compartment();
    hanging
        .tables()
        .iter()
        .fold(db.get_schema_builder(), |schema, table| table.describe(schema))
        .register(account::account::Entity)
        .register(account::account_proposal::Entity)
        .register(account::account_role::Entity)
        .register(account::password_history::Entity)
        .register(account::session::Entity)
        .register(account::sign_in_count::Entity)
        .register(account::known_place::Entity)
        .register(child::guardian::Entity)
        .register(configuration::parameter::Entity)
        .register(configuration::calendar_year::Entity)
        .register(configuration::calendar_day::Entity)
        .register(enrolment::review_chain::Entity)
        .register(agreement::agreement_template::Entity)
        .register(guardian_access::guardian_access::Entity)
        .register(event::event_seal::Entity)
        .register(import::job::Entity)
        .register(kept::file_content::Entity)
        .register(kept::frozen_content::Entity)
        .register(kept::stored_file::Entity)
        .register(key::key_print::Entity)
        .register(organisation::division::Entity)
        .register(organisation::division_change::Entity)
        .register(organisation::organisation::Entity)
        .register(report::frozen_report::Entity)
        .register(report::published_report::Entity)
        .register(screening::instrument::Entity)
        .register(work::draft::Entity)
        .register(work::submission::Entity)
        .register(work::saved_filter::Entity)
        .register(work::sweep_run::Entity)
        .register(work::backup_mark::Entity)
        .register(work::counter::Entity)
}

#[tokio::test]
async fn entities_and_migrations_agree() {
    let migrated = Scratch::empty().await;
    Migrator::up(&migrated.connect().await, None).await.unwrap();
    let described = Scratch::empty().await;
    let db = described.connect().await;
    entities_of(&db).apply(&db).await.unwrap();
    let (one, other) = (shape(&migrated.connect().await).await, shape(&db).await);
    let only_migrated: Vec<_> = one.difference(&other).collect();
    let only_described: Vec<_> = other.difference(&one).collect();
    assert!(
        only_migrated.is_empty() && only_described.is_empty(),
        "only in migrations: {only_migrated:#?}\nonly in entities: {only_described:#?}"
    );
}

#[tokio::test]
async fn migrations_go_down_and_up_again() {
    let scratch = Scratch::empty().await;
    let db = scratch.connect().await;
    Migrator::up(&db, None).await.unwrap();
    let before = shape(&db).await;
    Migrator::down(&db, None).await.unwrap();
    assert!(shape(&db).await.is_empty());
    Migrator::up(&db, None).await.unwrap();
    assert_eq!(shape(&db).await, before);
}
