//! A period is frozen again as its next version, and why.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for column in [integer("version").default(1).to_owned(), text_null("reason").clone()] {
            m.alter_table(Table::alter().table("frozen_report").add_column(column).to_owned())
                .await?;
        }
        // What was frozen several times already has its versions in that order.
        m.get_connection()
            .execute_unprepared(
                "UPDATE frozen_report SET version = (SELECT COUNT(*) FROM frozen_report o
                    WHERE o.report = frozen_report.report AND o.period = frozen_report.period
                    AND o.division = frozen_report.division AND o.id <= frozen_report.id)",
            )
            .await?;
        Ok(())
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for column in ["version", "reason"] {
            m.alter_table(Table::alter().table("frozen_report").drop_column(column).to_owned())
                .await?;
        }
        Ok(())
    }
}
