//! Files that were merged into another are few: only they stand in the index. With all the others in it, as nothing,
//! SQLite took "not merged" for a rare thing, and walked through every child to find one.

use sea_orm_migration::prelude::*;

use crate::table::index;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const NAME: &str = "idx-child-merged_into";

async fn again(m: &SchemaManager<'_>, new: &IndexCreateStatement) -> Result<(), DbErr> {
    m.drop_index(Index::drop().name(NAME).table("child").to_owned()).await?;
    m.create_index(new.clone()).await
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        let mut merged = index("child", &["merged_into"]);
        merged.and_where(Expr::col("merged_into").is_not_null());
        again(m, &merged).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        again(m, &index("child", &["merged_into"])).await
    }
}
