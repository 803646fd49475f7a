//! What the doctor advises those who sent the child, beside the conclusion that only those who treat it may read.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        let column = text_null("advice").clone();
        m.alter_table(Table::alter().table("diagnosis").add_column(column).to_owned())
            .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.alter_table(Table::alter().table("diagnosis").drop_column("advice").to_owned())
            .await
    }
}
