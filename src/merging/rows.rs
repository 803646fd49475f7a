//! Everything that hangs on a child's file, as plain values by table and key: to be compared, kept, and put back.

use std::collections::BTreeMap;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::{DateTime, NaiveDate, Utc};
use entities::{
    ChildId,
    child::{care, child, child_term, consent, departure, guardianship, residence},
    communication::{message, notice},
    import::parked_row,
    screening::{assessment, contact, diagnosis, follow_up, planned_check, referral, referral_step, rescreen, screen},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ColumnType, Condition, ConnectionTrait, EntityTrait, IdenStatic, Iterable,
    ModelTrait, PrimaryKeyToColumn, QueryFilter, QuerySelect, QueryTrait, Value,
    sea_query::{Expr, ExprTrait},
};
use serde_json::{Value as Json, json};

use super::effects::Effect;
use crate::platform::{Result, Tx};

/// The columns of a row by name.
pub type Row = serde_json::Map<String, Json>;

/// The column that only counts changes: it rises when a merge changes a row and rises again when that is undone.
pub const VERSION: &str = "version";

/// A picture of rows: table, key as text, columns.
pub type Picture = BTreeMap<(&'static str, String), Row>;

macro_rules! tables {
    ($($entity:ty, $name:literal, $belongs:expr;)+) => {
        /// The tables whose rows belong to a child's file, in the order in which one may refer to another. A child's
        /// place in the chain is not among them: it follows from the others.
        pub const TABLES: &[&str] = &[$($name),+];

        /// Everything that hangs on some children's files.
        pub async fn picture(db: &impl ConnectionTrait, children: &[ChildId]) -> Result<Picture> {
            let mut picture = Picture::new();
            $(load::<$entity>(db, $name, ($belongs)(children), &mut picture).await?;)+
            Ok(picture)
        }

        /// Turn one effect back: the row becomes what it was.
        pub async fn put_back_in(tx: &Tx, effect: &Effect) -> Result<()> {
            match effect.table.as_str() {
                $($name => put_back::<$entity>(tx, effect).await,)+
                other => Err(anyhow::anyhow!("a merge changed the unknown table {other}").into()),
            }
        }
    };
}

tables! {
    departure::Entity, "departure", |ids: &[ChildId]| any(departure::Column::ChildId, ids);
    child::Entity, "child", |ids: &[ChildId]| Condition::any()
        .add(any(child::Column::Id, ids))
        .add(any(child::Column::MergedInto, ids));
    child_term::Entity, "child_term", |ids: &[ChildId]| any(child_term::Column::ChildId, ids);
    guardianship::Entity, "guardianship", |ids: &[ChildId]| any(guardianship::Column::ChildId, ids);
    consent::Entity, "consent", |ids: &[ChildId]| any(consent::Column::ChildId, ids);
    residence::Entity, "residence", |ids: &[ChildId]| any(residence::Column::ChildId, ids);
    care::Entity, "care", |ids: &[ChildId]| any(care::Column::ChildId, ids);
    planned_check::Entity, "planned_check", |ids: &[ChildId]| any(planned_check::Column::ChildId, ids);
    screen::Entity, "screen", |ids: &[ChildId]| any(screen::Column::ChildId, ids);
    referral::Entity, "referral", |ids: &[ChildId]| any(referral::Column::ChildId, ids);
    referral_step::Entity, "referral_step", |ids: &[ChildId]| Condition::all().add(
        referral_step::Column::ReferralId.in_subquery(
            referral::Entity::find()
                .filter(any(referral::Column::ChildId, ids))
                .select_only()
                .column(referral::Column::Id)
                .into_query(),
        ),
    );
    rescreen::Entity, "rescreen", |ids: &[ChildId]| any(rescreen::Column::ChildId, ids);
    diagnosis::Entity, "diagnosis", |ids: &[ChildId]| any(diagnosis::Column::ChildId, ids);
    assessment::Entity, "assessment", |ids: &[ChildId]| any(assessment::Column::ChildId, ids);
    follow_up::Entity, "follow_up", |ids: &[ChildId]| any(follow_up::Column::ChildId, ids);
    contact::Entity, "contact", |ids: &[ChildId]| any(contact::Column::ChildId, ids);
    message::Entity, "message", |ids: &[ChildId]| any(message::Column::ChildId, ids);
    notice::Entity, "notice", |ids: &[ChildId]| any(notice::Column::ChildId, ids);
    parked_row::Entity, "parked_row", |ids: &[ChildId]| any(parked_row::Column::ChildId, ids);
}

fn any(column: impl ColumnTrait, ids: &[ChildId]) -> Condition {
    Condition::all().add(column.is_in(ids.iter().copied()))
}

async fn load<E: EntityTrait>(
    db: &impl ConnectionTrait,
    table: &'static str,
    belongs: Condition,
    picture: &mut Picture,
) -> Result<()>
where
    E::Model: ModelTrait<Entity = E> + Send + Sync,
{
    for model in E::find().filter(belongs).all(db).await? {
        let mut row = Row::new();
        for column in E::Column::iter() {
            row.insert(column.as_str().to_owned(), to_json(model.get(column))?);
        }
        picture.insert((table, key_of::<E>(&row)), row);
    }
    Ok(())
}

/// The values of the primary key as text.
fn key_of<E: EntityTrait>(row: &Row) -> String {
    let key: Vec<&Json> = E::PrimaryKey::iter()
        .filter_map(|key| row.get(key.into_column().as_str()))
        .collect();
    json!(key).to_string()
}

async fn put_back<E: EntityTrait>(tx: &Tx, effect: &Effect) -> Result<()> {
    let key: Vec<Json> = serde_json::from_str(&effect.key).map_err(anyhow::Error::from)?;
    let mut this = Condition::all();
    for (column, value) in E::PrimaryKey::iter().zip(&key) {
        let column = column.into_column();
        this = this.add(column.eq(from_json(column, value)?));
    }
    match (&effect.was, &effect.now) {
        (None, _) => {
            E::delete_many().filter(this).exec(&**tx).await?;
        }
        (Some(was), Some(_)) => {
            let mut update = E::update_many().filter(this);
            for column in E::Column::iter() {
                if let Some(value) = was.get(column.as_str()) {
                    update = update.col_expr(column, Expr::val(from_json(column, value)?));
                } else if column.as_str() == VERSION {
                    update = update.col_expr(column, column.into_expr().add(1));
                }
            }
            update.exec(&**tx).await?;
        }
        (Some(was), None) => {
            let mut row = <E::ActiveModel as ActiveModelTrait>::default();
            for column in E::Column::iter() {
                if let Some(value) = was.get(column.as_str()) {
                    row.try_set(column, from_json(column, value)?)?;
                }
            }
            E::insert(row).exec_without_returning(&**tx).await?;
        }
    }
    Ok(())
}

fn to_json(value: Value) -> Result<Json> {
    Ok(match value {
        Value::Bool(v) => json!(v),
        Value::Int(v) => json!(v),
        Value::BigInt(v) => json!(v),
        Value::String(v) => json!(v),
        Value::Bytes(v) => json!(v.map(|bytes| BASE64_STANDARD.encode(bytes))),
        Value::ChronoDate(v) => json!(v),
        Value::ChronoDateTimeUtc(v) => json!(v.map(|at| at.to_rfc3339())),
        Value::Json(v) => v.map_or(Json::Null, |json| *json),
        other => return Err(anyhow::anyhow!("a value that no file holds: {other:?}").into()),
    })
}

/// The value as its column wants it.
fn from_json(column: impl ColumnTrait, value: &Json) -> Result<Value> {
    fn read<T: serde::de::DeserializeOwned>(value: &Json) -> Result<Option<T>> {
        Ok(serde_json::from_value(value.clone()).map_err(anyhow::Error::from)?)
    }
    Ok(match column.def().get_column_type() {
        ColumnType::Boolean => Value::Bool(read(value)?),
        ColumnType::Integer => Value::Int(read(value)?),
        ColumnType::BigInteger => Value::BigInt(read(value)?),
        ColumnType::String(_) | ColumnType::Text | ColumnType::Enum { .. } => Value::String(read(value)?),
        ColumnType::Blob | ColumnType::VarBinary(_) | ColumnType::Binary(_) => {
            let text: Option<String> = read(value)?;
            let bytes = text.map(|text| BASE64_STANDARD.decode(text)).transpose();
            Value::Bytes(bytes.map_err(anyhow::Error::from)?)
        }
        ColumnType::Date => Value::ChronoDate(read::<NaiveDate>(value)?),
        ColumnType::Timestamp | ColumnType::TimestampWithTimeZone => {
            Value::ChronoDateTimeUtc(read::<DateTime<Utc>>(value)?)
        }
        ColumnType::Json | ColumnType::JsonBinary => Value::Json(Some(Box::new(value.clone()))),
        other => return Err(anyhow::anyhow!("a column that no file has: {other:?}").into()),
    })
}
