//! Short names for what every migration does.

use sea_orm_migration::prelude::*;

/// A plain index named after its table and columns.
pub(crate) fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(format!("idx-{table}-{}", columns.join("-"))).table(table);
    for column in columns {
        index.col(*column);
    }
    index
}

/// A unique index over several columns.
pub(crate) fn unique(table: &'static str, name: &str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(format!("idx-{table}-{name}")).table(table).unique();
    for column in columns {
        index.col(*column);
    }
    index
}

/// A foreign key to another table's id. `NO ACTION`, because nothing is deleted.
pub(crate) fn reference(table: &'static str, column: &'static str, target: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("fk-{table}-{column}"))
        .from(table, column)
        .to(target, "id")
        .to_owned()
}
