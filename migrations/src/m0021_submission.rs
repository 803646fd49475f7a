//! What a form was sent with, and where it led.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column at a time.
        for column in [string_null("content"), string_null("led_to")] {
            let table = Table::alter().table("submission").add_column(column).to_owned();
            m.alter_table(table).await?;
        }
        Ok(())
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for column in ["led_to", "content"] {
            let table = Table::alter().table("submission").drop_column(column).to_owned();
            m.alter_table(table).await?;
        }
        Ok(())
    }
}
