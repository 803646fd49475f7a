//! Files lie in pieces, so that nobody has to hold a whole one; and they belong to something.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

use crate::table::{index, reference};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// What sealing adds: the numbers of algorithm and key, the nonce, the tag.
const SEALING: usize = 2 + 24 + 16;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        in_pieces(m).await?;
        m.create_table(
            Table::create()
                .table("attachment")
                .col(big_pk_auto("id"))
                .col(string("owner_kind"))
                .col(big_integer_null("owner_id"))
                .col(big_integer_null("child_id"))
                .col(big_integer("organisation_id"))
                .col(string("kind"))
                .col(string_null("title"))
                .col(big_integer("file_id"))
                .col(string_len("media", 24))
                .col(big_integer_null("clean_id"))
                .col(big_integer_null("thumbnail_id"))
                .col(integer_null("pages"))
                .col(string_len("state", 24))
                .col(string_len_null("fault", 24))
                .col(integer("tries"))
                .col(big_integer_null("added_by"))
                .col(timestamp_with_time_zone("added_at"))
                .col(big_integer_null("withdrawn_by"))
                .col(timestamp_with_time_zone_null("withdrawn_at"))
                .col(integer("version"))
                .foreign_key(&mut reference("attachment", "child_id", "child"))
                .foreign_key(&mut reference("attachment", "organisation_id", "organisation"))
                .foreign_key(&mut reference("attachment", "file_id", "stored_file"))
                .foreign_key(&mut reference("attachment", "clean_id", "stored_file"))
                .foreign_key(&mut reference("attachment", "thumbnail_id", "stored_file"))
                .foreign_key(&mut reference("attachment", "added_by", "account"))
                .foreign_key(&mut reference("attachment", "withdrawn_by", "account"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("attachment", &["child_id"])).await?;
        m.create_index(index("attachment", &["owner_kind", "owner_id"])).await?;
        m.create_index(index("attachment", &["file_id"])).await?;
        m.create_index(index("attachment", &["state"])).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.drop_table(Table::drop().table("attachment").to_owned()).await?;
        in_one(m).await
    }
}

async fn run(m: &SchemaManager<'_>, statement: &str) -> Result<(), DbErr> {
    m.get_connection().execute_unprepared(statement).await.map(|_| ())
}

fn contents(name: &'static str, in_pieces: bool) -> TableCreateStatement {
    let mut table = Table::create();
    let mut key = Index::create();
    table
        .table(name)
        .col(big_integer("organisation_id"))
        .col(string("hash"));
    key.col("organisation_id").col("hash");
    if in_pieces {
        table.col(integer("number"));
        key.col("number");
    }
    table
        .col(blob("content"))
        .primary_key(&mut key)
        .foreign_key(&mut reference(name, "organisation_id", "organisation"))
        .to_owned()
}

/// The table under its old name with another key: SQLite makes a key with its table only.
async fn made_anew(m: &SchemaManager<'_>, in_pieces: bool, copy: &str) -> Result<(), DbErr> {
    m.create_table(contents("file_content_new", in_pieces)).await?;
    run(m, copy).await?;
    m.drop_table(Table::drop().table("file_content").to_owned()).await?;
    m.rename_table(Table::rename().table("file_content_new", "file_content").to_owned())
        .await?;
    if m.get_database_backend() == DbBackend::Postgres {
        run(m, "ALTER INDEX file_content_new_pkey RENAME TO file_content_pkey").await?;
        run(
            m,
            "ALTER TABLE file_content RENAME CONSTRAINT \"fk-file_content_new-organisation_id\" \
             TO \"fk-file_content-organisation_id\"",
        )
        .await?;
    }
    Ok(())
}

async fn in_pieces(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.alter_table(
        Table::alter()
            .table("stored_file")
            .add_column(big_integer("size").default(0))
            .to_owned(),
    )
    .await?;
    run(
        m,
        &format!(
            "UPDATE stored_file SET size = coalesce((SELECT length(c.content) - {SEALING} FROM file_content AS c \
             WHERE c.organisation_id = stored_file.organisation_id AND c.hash = stored_file.hash), 0)"
        ),
    )
    .await?;
    if m.get_database_backend() == DbBackend::Postgres {
        run(m, "ALTER TABLE stored_file ALTER COLUMN size DROP DEFAULT").await?;
    }
    // What was one is a single piece.
    made_anew(
        m,
        true,
        "INSERT INTO file_content_new (organisation_id, hash, number, content) \
         SELECT organisation_id, hash, 0, content FROM file_content",
    )
    .await
}

/// Pieces are sealed one by one, and nobody puts them together without the keys: what is longer is not carried back.
async fn in_one(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    made_anew(
        m,
        false,
        "INSERT INTO file_content_new (organisation_id, hash, content) \
         SELECT organisation_id, hash, content FROM file_content WHERE number = 0",
    )
    .await?;
    m.alter_table(Table::alter().table("stored_file").drop_column("size").to_owned())
        .await
}
