//! The objects of the database are those that the migrations make.

use super::{Finding, ok, warning, wrong};
use crate::{
    operations::{schema::Schema, shape},
    platform::{Db, Result},
};

/// Differences that are told one by one.
const TOLD: usize = 5;

/// Tables, indexes, triggers and whatever else is there.
pub(super) async fn objects(db: &Db, schema: &Schema) -> Result<Finding> {
    let there = shape::read(&**db).await?;
    let expected = match shape::expected(db, schema.applied.len()).await {
        Ok(expected) => expected,
        Err(error) => {
            return Ok(warning(
                "schema",
                format!("cannot be compared, because making one beside it failed: {error}"),
            ));
        }
    };
    let differences = shape::differences(&there, &expected);
    if differences.is_empty() {
        return Ok(ok(
            "schema",
            format!("{} objects, as the migrations make them", there.len()),
        ));
    }
    let told: Vec<&str> = differences.iter().take(TOLD).map(String::as_str).collect();
    Ok(wrong(
        "schema",
        format!(
            "{} objects are not as the migrations make them: {}. Somebody changed the database past the program",
            differences.len(),
            told.join("; ")
        ),
    ))
}
