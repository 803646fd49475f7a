//! The list of events.

use axum::{http::StatusCode, response::IntoResponse as _};
use entities::event::event;
use sea_orm::Select;
use serde_json::{Value as Json, json};

use super::{
    filter::{EventQuery, GROUPS},
    queries::{self, EventLine, Trail},
    views::EventsPage,
};
use crate::{
    access::Can,
    platform::{Actor, App, Error, Errors, Result, clock, list::Order, workbook::Value},
    web::{
        Answer, Choice, Ctx, List, Listing,
        listing::{self, Kept},
    },
};

/// The trail.
pub struct Events;

type Column = listing::Column<EventLine>;

impl Listing for Events {
    type Entity = event::Entity;
    type Found = event::Model;
    type Row = EventLine;

    const ADDRESS: &'static str = "/events";
    const NAME: &'static str = "events";
    const TITLE: &'static str = "event.title";
    const SEEN_BY: Can = Can::Audit;
    const TAKEN_BY: Can = Can::Audit;
    const ORDER: Order = Order::falling("at");
    const LONG: bool = true;
    const COLUMNS: &'static [Column] = &[
        Column::new("event.number", 10, |line, _| Value::Count(line.row.id.0)),
        Column::new("event.at", 18, |line, _| Value::Moment(clock::local(line.row.at))),
        Column::new("event.what", 30, |line, _| Value::text(&line.action)),
        Column::new("event.action", 26, |line, _| Value::text(&line.row.action)),
        Column::new("event.who", 18, |line, _| Value::text(&line.row.actor)),
        Column::new("event.organisation", 28, |line, _| Value::text(&line.organisation)),
        Column::new("event.file_no", 20, |line, _| Value::text(&line.file_no)),
        Column::new("event.outcome", 10, |line, ctx| {
            let key = if line.row.refused {
                "event.refused"
            } else {
                "event.done"
            };
            Value::Text(ctx.say(key))
        }),
        Column::new("event.remote", 18, |line, _| Value::text(&line.row.remote)),
        Column::new("event.details", 60, |line, _| Value::text(&line.details)),
    ];

    async fn select(app: &App, by: &Actor, list: &List) -> Result<Select<event::Entity>> {
        let filter = EventQuery::of(list).read(&*app.db, by).await?;
        Ok(queries::newest_first(&filter))
    }

    async fn rows(app: &App, ctx: &Ctx, found: Vec<event::Model>) -> Result<Vec<EventLine>> {
        queries::lines(&*app.db, found, ctx.language).await
    }

    fn asked(ctx: &Ctx, list: &List) -> Json {
        let days = EventQuery::of(list).days(ctx.actor.today()).ok();
        json!({ "from": days.map(|days| days.0), "until": days.map(|days| days.1) })
    }

    /// Nobody counts millions of events: a page begins where the one before it ended.
    async fn page(app: &App, ctx: &Ctx, list: List, kept: Kept) -> Answer {
        let query = EventQuery::of(&list);
        let (days, trail, errors) = match query.read(&*app.db, &ctx.actor).await {
            Ok(filter) => {
                let mut trail = queries::trail(&*app.db, &filter, ctx.language).await?;
                trail.total = queries::number(&*app.db, &filter).await?;
                (
                    (filter.from.to_string(), filter.until.to_string()),
                    trail,
                    Errors::default(),
                )
            }
            // What cannot be read comes back as it was typed, with no other days.
            Err(Error::Invalid(errors)) => ((query.from.clone(), query.until.clone()), Trail::default(), *errors),
            Err(error) => return Err(error),
        };
        let groups = GROUPS
            .iter()
            .map(|(name, _)| Choice::new(name, ctx.say(format!("event.group.{name}")), &query.group))
            .collect();
        let status = if errors.is_empty() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        };
        let page = ctx.page(&EventsPage {
            from: days.0,
            until: days.1,
            errors,
            organisations: queries::organisation_choices(&*app.db, &query.organisation).await?,
            groups,
            refusals: vec![Choice::new("true", ctx.say("event.only_refused"), &query.refused)],
            query,
            trail,
            kept,
        })?;
        Ok((status, page).into_response())
    }
}
