//! What is frozen and what is kept as a file lies apart from what it belongs to: a frozen content is signed by its number and
//! hash whatever it is of, and the same bytes that an organisation brings in twice lie there once.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

use crate::table::{index, reference};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        frozen_apart(m).await?;
        files_apart(m).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        files_together(m).await?;
        frozen_together(m).await
    }
}

async fn run(m: &SchemaManager<'_>, statement: &str) -> Result<(), DbErr> {
    m.get_connection().execute_unprepared(statement).await.map(|_| ())
}

fn on_postgres(m: &SchemaManager<'_>) -> bool {
    m.get_database_backend() == DbBackend::Postgres
}

/// The rows of a table were numbered by somebody else; the next number follows them.
async fn go_on_counting(m: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    if on_postgres(m) {
        let next = format!(
            "SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT coalesce(max(id), 1) FROM {table}), \
             EXISTS (SELECT 1 FROM {table}))"
        );
        run(m, &next).await?;
    }
    Ok(())
}

/// The old table is the contents; what they are of gets a table of its own.
async fn frozen_apart(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.drop_index(
        Index::drop()
            .name("idx-frozen_report-division")
            .if_exists()
            .table("frozen_report")
            .to_owned(),
    )
    .await?;
    m.rename_table(Table::rename().table("frozen_report", "frozen_content").to_owned())
        .await?;
    if on_postgres(m) {
        run(
            m,
            "ALTER SEQUENCE IF EXISTS frozen_report_id_seq RENAME TO frozen_content_id_seq",
        )
        .await?;
        run(
            m,
            "ALTER INDEX IF EXISTS frozen_report_pkey RENAME TO frozen_content_pkey",
        )
        .await?;
    }
    m.create_table(
        Table::create()
            .table("frozen_report")
            .col(big_pk_auto("id"))
            .col(string("report"))
            .col(string("period"))
            .col(string("division"))
            .col(big_integer("content_id"))
            .foreign_key(&mut reference("frozen_report", "content_id", "frozen_content"))
            .to_owned(),
    )
    .await?;
    run(
        m,
        "INSERT INTO frozen_report (id, report, period, division, content_id) \
         SELECT id, report, period, division, id FROM frozen_content ORDER BY id",
    )
    .await?;
    go_on_counting(m, "frozen_report").await?;
    m.create_index(index("frozen_report", &["division"])).await?;
    m.create_index(index("frozen_report", &["content_id"])).await?;
    for column in ["report", "period", "division"] {
        m.alter_table(Table::alter().table("frozen_content").drop_column(column).to_owned())
            .await?;
    }
    for (old, new) in [("frozen_by", "signed_by"), ("frozen_at", "signed_at")] {
        m.alter_table(
            Table::alter()
                .table("frozen_content")
                .rename_column(old, new)
                .to_owned(),
        )
        .await?;
    }
    m.alter_table(
        Table::alter()
            .table("frozen_content")
            .add_column(string("kind").default("frozen_report"))
            .to_owned(),
    )
    .await?;
    if on_postgres(m) {
        run(m, "ALTER TABLE frozen_content ALTER COLUMN kind DROP DEFAULT").await?;
    }
    Ok(())
}

async fn frozen_together(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    for column in ["report", "period", "division"] {
        m.alter_table(
            Table::alter()
                .table("frozen_content")
                .add_column(string(column).default(""))
                .to_owned(),
        )
        .await?;
        run(
            m,
            &format!(
                "UPDATE frozen_content SET {column} = \
                 (SELECT r.{column} FROM frozen_report AS r WHERE r.content_id = frozen_content.id) \
                 WHERE EXISTS (SELECT 1 FROM frozen_report AS r WHERE r.content_id = frozen_content.id)"
            ),
        )
        .await?;
    }
    for (old, new) in [("frozen_by", "signed_by"), ("frozen_at", "signed_at")] {
        m.alter_table(
            Table::alter()
                .table("frozen_content")
                .rename_column(new, old)
                .to_owned(),
        )
        .await?;
    }
    m.alter_table(Table::alter().table("frozen_content").drop_column("kind").to_owned())
        .await?;
    m.drop_table(Table::drop().table("frozen_report").to_owned()).await?;
    m.rename_table(Table::rename().table("frozen_content", "frozen_report").to_owned())
        .await?;
    if on_postgres(m) {
        run(
            m,
            "ALTER SEQUENCE IF EXISTS frozen_content_id_seq RENAME TO frozen_report_id_seq",
        )
        .await?;
        run(
            m,
            "ALTER INDEX IF EXISTS frozen_content_pkey RENAME TO frozen_report_pkey",
        )
        .await?;
    }
    m.create_index(index("frozen_report", &["division"])).await
}

async fn files_apart(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        Table::create()
            .table("file_content")
            .col(big_integer("organisation_id"))
            .col(string("hash"))
            .col(blob("content"))
            .primary_key(Index::create().col("organisation_id").col("hash"))
            .foreign_key(&mut reference("file_content", "organisation_id", "organisation"))
            .to_owned(),
    )
    .await?;
    run(
        m,
        "INSERT INTO file_content (organisation_id, hash, content) SELECT organisation_id, hash, content FROM stored_file \
         WHERE id IN (SELECT min(id) FROM stored_file GROUP BY organisation_id, hash)",
    )
    .await?;
    m.alter_table(Table::alter().table("stored_file").drop_column("content").to_owned())
        .await
}

async fn files_together(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    let blob = if on_postgres(m) {
        "bytea NOT NULL DEFAULT ''::bytea"
    } else {
        "blob NOT NULL DEFAULT x''"
    };
    run(m, &format!("ALTER TABLE stored_file ADD COLUMN content {blob}")).await?;
    run(
        m,
        "UPDATE stored_file SET content = (SELECT c.content FROM file_content AS c \
         WHERE c.organisation_id = stored_file.organisation_id AND c.hash = stored_file.hash)",
    )
    .await?;
    m.drop_table(Table::drop().table("file_content").to_owned()).await
}
