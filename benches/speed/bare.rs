//! What the pages are compared with: axum, sqlx and askama, and nothing else. No session, no scope, no words in two
//! languages, no navigation; the SQL is handed in as text.

use std::{path::Path, sync::Arc};

use askama::Template;
use axum::{Router, extract::State, response::Html, routing::get};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sqlx::{self, AssertSqlSafe, PgPool, SqlitePool, postgres::PgPoolOptions, sqlite::SqlitePoolOptions};
use serde::{Deserialize, Serialize};

/// The statements of the three pages.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Statements {
    pub(crate) list: String,
    pub(crate) pipeline: String,
    pub(crate) report: Vec<String>,
}

/// Id, file number, name, sex, birth date, identity, street, kindergarten, when it was opened, stage, number of all rows.
type Child = (
    i64,
    String,
    String,
    String,
    NaiveDate,
    Option<String>,
    String,
    Option<String>,
    DateTime<Utc>,
    Option<String>,
    i64,
);
/// Id, stage, since, due, street, name, file number.
type Place = (i64, String, NaiveDate, Option<NaiveDate>, String, String, String);

#[derive(Template)]
#[template(
    ext = "html",
    source = "<!doctype html><title>children</title><table>{% for c in rows %}<tr><td><a href=\"/children/{{ c.0 }}\">{{ c.2 }}</a></td><td>{{ c.3 }}</td><td>{{ c.4 }}</td><td>{{ c.1 }}</td><td>{% if let Some(no) = c.5 %}{{ no }}{% endif %}</td><td>{{ c.6 }}</td><td>{{ c.8.date_naive() }}</td><td>{% if let Some(stage) = c.9 %}{{ stage }}{% endif %}</td></tr>{% endfor %}</table>{% if let Some(c) = rows.first() %}{{ c.10 }}{% endif %}"
)]
struct ListPage {
    rows: Vec<Child>,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = "<!doctype html><title>pipeline</title><table>{% for p in rows %}<tr><td><a href=\"/children/{{ p.0 }}\">{{ p.5 }}</a></td><td>{{ p.6 }}</td><td>{{ p.1 }}</td><td>{{ p.2 }}</td><td>{% if let Some(due) = p.3 %}{{ due }}{% endif %}</td><td>{{ p.4 }}</td></tr>{% endfor %}</table>"
)]
struct PipelinePage {
    rows: Vec<Place>,
}

/// Serve at a free port, and say which.
pub(crate) async fn serve(url: &str, statements: &Path) {
    let statements: Statements = serde_json::from_slice(&std::fs::read(statements).unwrap()).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("http://{}", listener.local_addr().unwrap());
    let router = if url.starts_with("sqlite:") {
        let pool = SqlitePoolOptions::new().max_connections(8).connect(url).await.unwrap();
        sqlite::router(pool, statements)
    } else {
        let pool = PgPoolOptions::new().max_connections(8).connect(url).await.unwrap();
        postgres::router(pool, statements)
    };
    axum::serve(listener, router).await.unwrap();
}

macro_rules! bare {
    ($name:ident, $pool:ty) => {
        mod $name {
            use super::*;

            #[derive(Clone)]
            struct Means {
                pool: $pool,
                statements: Arc<Statements>,
            }

            pub(super) fn router(pool: $pool, statements: Statements) -> Router {
                let statements = Arc::new(statements);
                Router::new()
                    .route("/list", get(list))
                    .route("/pipeline", get(pipeline))
                    .route("/report", get(report))
                    .with_state(Means { pool, statements })
            }

            async fn list(State(means): State<Means>) -> Html<String> {
                let sql = AssertSqlSafe(means.statements.list.clone());
                let rows = sqlx::query_as(sql).fetch_all(&means.pool).await.unwrap();
                Html(ListPage { rows }.render().unwrap())
            }

            async fn pipeline(State(means): State<Means>) -> Html<String> {
                let sql = AssertSqlSafe(means.statements.pipeline.clone());
                let rows = sqlx::query_as(sql).fetch_all(&means.pool).await.unwrap();
                Html(PipelinePage { rows }.render().unwrap())
            }

            /// Only the SQL: every statement of the report, read to the end.
            async fn report(State(means): State<Means>) -> String {
                let mut rows = 0;
                for sql in &means.statements.report {
                    let sql = AssertSqlSafe(sql.clone());
                    rows += sqlx::query(sql).fetch_all(&means.pool).await.unwrap().len();
                }
                rows.to_string()
            }
        }
    };
}

bare!(sqlite, SqlitePool);
bare!(postgres, PgPool);
