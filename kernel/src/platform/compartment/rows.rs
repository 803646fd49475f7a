//! Rows as plain values by column, whatever their table: read, put back, named after another child, moved elsewhere.

use std::str::FromStr as _;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::{DateTime, NaiveDate, Utc};
use entities::ChildId;
use futures_util::future::BoxFuture;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ColumnType, Condition, EntityName, EntityTrait, IdenStatic, Iterable, ModelTrait,
    PrimaryKeyToColumn, QueryFilter, Value,
    schema::SchemaBuilder,
    sea_query::{Expr, ExprTrait},
};
use serde_json::{Value as Json, json};

use super::{
    effect::{Effect, Row, VERSION},
    hands::{Doing, Handover},
    place,
};
use crate::platform::{Result, Tx};

/// The column that names the child.
pub(super) const CHILD: &str = "child_id";

/// Rows with their keys, in the loading.
type Loading<'a> = BoxFuture<'a, Result<Vec<(String, Row)>>>;

/// What can be done with the rows of one table, its entity forgotten.
#[derive(Clone, Copy)]
pub(super) struct Rows {
    pub(super) name: fn() -> &'static str,
    pub(super) columns: fn() -> Vec<&'static str>,
    pub(super) describe: fn(SchemaBuilder) -> SchemaBuilder,
    pub(super) of: fn(&[ChildId]) -> Result<Condition>,
    pub(super) load: for<'a> fn(&'a Tx, Condition) -> Loading<'a>,
    pub(super) put_back: for<'a> fn(&'a Tx, &'a Effect) -> Doing<'a>,
    pub(super) rename: for<'a> fn(&'a Tx, Handover) -> Doing<'a>,
    pub(super) follow: for<'a> fn(&'a Tx, &'a [ChildId], Condition, &'a str) -> Doing<'a>,
    pub(super) recode: for<'a> fn(&'a Tx, &'a str, &'a str) -> Doing<'a>,
}

impl Rows {
    pub(super) const fn of<E>() -> Self
    where
        E: EntityTrait<Model: Send + Sync, ActiveModel: Send>,
    {
        Self {
            name: name::<E>,
            columns: columns::<E>,
            describe: describe::<E>,
            of: of_children::<E>,
            load: load::<E>,
            put_back: put_back::<E>,
            rename: rename::<E>,
            follow: follow::<E>,
            recode: recode::<E>,
        }
    }
}

fn name<E: EntityName>() -> &'static str {
    E::default().table_name()
}

fn columns<E: EntityTrait>() -> Vec<&'static str> {
    E::Column::iter().map(|column| column.as_str()).collect()
}

fn describe<E: EntityTrait>(schema: SchemaBuilder) -> SchemaBuilder {
    schema.register(E::default())
}

fn column<E: EntityTrait>(wanted: &str) -> Result<E::Column> {
    E::Column::from_str(wanted).map_err(|_| anyhow::anyhow!("the table {} has no column {wanted}", name::<E>()).into())
}

fn of_children<E: EntityTrait>(children: &[ChildId]) -> Result<Condition> {
    let child = column::<E>(CHILD)?;
    Ok(Condition::all().add(child.is_in(children.iter().copied())))
}

fn load<E>(tx: &Tx, which: Condition) -> BoxFuture<'_, Result<Vec<(String, Row)>>>
where
    E: EntityTrait<Model: Send + Sync>,
{
    Box::pin(async move {
        let mut rows = Vec::new();
        for model in E::find().filter(which).all(&**tx).await? {
            let mut row = Row::new();
            for column in E::Column::iter() {
                row.insert(column.as_str().to_owned(), to_json(model.get(column))?);
            }
            rows.push((key_of::<E>(&row), row));
        }
        Ok(rows)
    })
}

/// The values of the primary key as text.
fn key_of<E: EntityTrait>(row: &Row) -> String {
    let key: Vec<&Json> = E::PrimaryKey::iter()
        .filter_map(|key| row.get(key.into_column().as_str()))
        .collect();
    json!(key).to_string()
}

/// The row becomes what it was.
fn put_back<'a, E>(tx: &'a Tx, effect: &'a Effect) -> Doing<'a>
where
    E: EntityTrait<ActiveModel: Send>,
{
    Box::pin(async move {
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
    })
}

/// The rows of one child name the other.
fn rename<E: EntityTrait>(tx: &Tx, hands: Handover) -> Doing<'_> {
    Box::pin(async move {
        let child = column::<E>(CHILD)?;
        E::update_many()
            .col_expr(child, Expr::value(hands.to))
            .filter(child.eq(hands.from))
            .exec(&**tx)
            .await?;
        Ok(())
    })
}

/// Some rows of some children lie where the children live now.
fn follow<'a, E: EntityTrait>(tx: &'a Tx, children: &'a [ChildId], which: Condition, to: &'a str) -> Doing<'a> {
    Box::pin(async move {
        let these = of_children::<E>(children)?.add(which);
        let there = [
            (place::DISTRICT, place::district(to)),
            (place::STREET, place::street(to)),
        ];
        rewrite::<E>(tx, these, &there).await
    })
}

/// The same place is called by another code.
fn recode<'a, E: EntityTrait>(tx: &'a Tx, from: &'a str, to: &'a str) -> Doing<'a> {
    Box::pin(async move {
        for (level, there) in place::levels_of_change(from, to) {
            if let Ok(column) = column::<E>(level) {
                rewrite::<E>(tx, Condition::all().add(column.eq(from)), &there).await?;
            }
        }
        Ok(())
    })
}

/// Write values into those of the columns that the table has.
async fn rewrite<E: EntityTrait>(tx: &Tx, which: Condition, values: &[(&str, &str)]) -> Result<()> {
    let mut update = E::update_many().filter(which);
    for (name, value) in values {
        if let Ok(column) = column::<E>(name) {
            update = update.col_expr(column, Expr::value(*value));
        }
    }
    update.exec(&**tx).await?;
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
