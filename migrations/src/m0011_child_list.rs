//! Lists of children leave merged files out: their index knows which those are, so that counting reads it alone.

use sea_orm_migration::prelude::*;

use crate::table::index;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const PLACES: [&str; 2] = ["district", "street"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for place in PLACES {
            m.drop_index(
                Index::drop()
                    .name(format!("idx-child-{place}-id"))
                    .if_exists()
                    .table("child")
                    .to_owned(),
            )
            .await?;
            m.create_index(index("child", &[place, "merged_into", "id"]).if_not_exists().to_owned())
                .await?;
        }
        Ok(())
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for place in PLACES {
            let name = format!("idx-child-{place}-merged_into-id");
            m.drop_index(Index::drop().name(name).table("child").to_owned()).await?;
            m.create_index(index("child", &[place, "id"])).await?;
        }
        Ok(())
    }
}
