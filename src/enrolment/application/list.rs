//! The list of applications: what waits for the reader, and all others.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entities::{
    ApplicationId, OrganisationId, ReviewChainId,
    child::child,
    enrolment::{application, application_step},
    words::{ApplicationState, EnrolmentMode},
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, JoinType, Order, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, RelationDef, Select,
    sea_query::{Expr, ExprTrait},
};

use super::{queries, states};
use crate::{
    access::Can,
    children::queries as children,
    enrolment::chain,
    organisations,
    platform::{Actor, App, Result, approval::Chain, condition, list::Order as Ordered, words, workbook::Value},
    web::{
        Cell, Choice, Ctx, Filter, List, Listing, choices,
        listing::{self, Around},
    },
};

/// Applications.
pub struct Applications;

/// An application with its child.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Row {
    id: ApplicationId,
    name: String,
    file_no: String,
    birth_on: NaiveDate,
    centre_id: OrganisationId,
    mode: EnrolmentMode,
    state: ApplicationState,
    wanted_from: NaiveDate,
    applied_on: Option<NaiveDate>,
    chain_id: Option<ReviewChainId>,
}

/// The same with names, and what it waits for.
#[derive(Clone, Debug)]
pub struct Named {
    row: Row,
    centre: String,
    /// The steps that wait.
    waits: String,
    /// Whose they are.
    places: String,
    /// The first day by which one is due.
    due_on: Option<NaiveDate>,
    late: bool,
}

/// In the address: what the reader's own organisation has to do.
pub const OURS: &str = "ours";
/// In the address: what is open.
pub const OPEN: &str = "open";

type Column = listing::Column<Named>;

fn day(day: Option<NaiveDate>) -> Value {
    day.map_or(Value::Blank, Value::Date)
}

impl Listing for Applications {
    type Entity = application::Entity;
    type Found = Row;
    type Row = Named;

    const ADDRESS: &'static str = "/applications";
    const NAME: &'static str = "applications";
    const TITLE: &'static str = "application.list";
    const SEEN_BY: Can = Can::ViewEnrolment;
    const ORDER: Ordered = Ordered::falling("number");
    const COLUMNS: &'static [Column] = &[
        Column::new("application.number", 10, |of, _| Value::Count(of.row.id.0))
            .on_page(|of, _| Cell::new().link(format!("/applications/{}", of.row.id), of.row.id.to_string()))
            .sorted("number"),
        Column::new("work.column.file_no", 20, |of, _| Value::text(&of.row.file_no)).filed(),
        Column::new("work.column.name", 12, |of, _| Value::text(&of.row.name))
            .on_page(|of, _| {
                Cell::new()
                    .link(format!("/applications/{}", of.row.id), &of.row.name)
                    .line()
                    .code(&of.row.file_no)
            })
            .sorted("name"),
        Column::new("work.column.birth", 12, |of, _| Value::Date(of.row.birth_on)).nowrap(),
        Column::new("application.centre", 26, |of, _| Value::text(&of.centre)),
        Column::new("application.mode", 10, |of, ctx| {
            Value::Text(ctx.say(of.row.mode.word()))
        }),
        Column::new("application.applied_on", 12, |of, _| day(of.row.applied_on)).nowrap(),
        Column::new("application.wanted_from", 12, |of, _| Value::Date(of.row.wanted_from)).nowrap(),
        Column::new("application.state", 12, |of, ctx| {
            Value::Text(ctx.say(of.row.state.word()))
        })
        .on_page(|of, ctx| Cell::new().badge(states::of(of.row.state).look, ctx.say(of.row.state.word()))),
        Column::new("application.waits", 24, |of, _| Value::text(&of.waits))
            .on_page(|of, _| Cell::new().text(&of.waits).line().muted(&of.places)),
        Column::new("work.column.due", 12, |of, _| day(of.due_on)).on_page(|of, ctx| match (of.due_on, of.late) {
            (Some(due), true) => Cell::new()
                .text(due.to_string())
                .line()
                .badge(("danger", "overdue"), ctx.say("application.late")),
            (Some(due), false) => Cell::new().text(due.to_string()),
            (None, _) => Cell::new(),
        }),
    ];

    /// What the reader's organisation has to do, if it does anything; else what is open.
    fn opens_on(by: &Actor, list: &mut List) {
        list.narrow("view", if by.looks_on() { OPEN } else { OURS });
    }

    async fn select(app: &App, by: &Actor, list: &List) -> Result<Select<application::Entity>> {
        let mut select = application::Entity::find()
            .join(JoinType::InnerJoin, to_child())
            .select_only()
            .columns([
                application::Column::Id,
                application::Column::CentreId,
                application::Column::Mode,
                application::Column::State,
                application::Column::WantedFrom,
                application::Column::AppliedOn,
                application::Column::ChainId,
            ])
            .columns([child::Column::Name, child::Column::FileNo, child::Column::BirthOn])
            .filter(queries::visible(by))
            .filter(view(by, list.filter("view")));
        if !list.term().is_empty() {
            let wanted = List {
                q: list.term().to_owned(),
                ..List::default()
            };
            let found = children::select(app, by, &wanted).await?;
            let mut found = found.select_only().column(child::Column::Id).into_query();
            found.clear_order_by();
            select = select.filter(application::Column::ChildId.in_subquery(found));
        }
        if let Ok(state) = list.filter("state").parse::<ApplicationState>() {
            select = select.filter(application::COLUMN.state.eq(state));
        }
        if let Ok(mode) = list.filter("mode").parse::<EnrolmentMode>() {
            select = select.filter(application::COLUMN.mode.eq(mode));
        }
        let column = if list.sort == "name" { "name" } else { "number" };
        let order = if list.sorted_by(column) == "desc" {
            Order::Desc
        } else {
            Order::Asc
        };
        if column == "name" {
            select = select.order_by(child::Column::NameSound, order.clone());
        }
        Ok(select.order_by(application::Column::Id, order))
    }

    async fn rows(app: &App, ctx: &Ctx, found: Vec<Row>) -> Result<Vec<Named>> {
        let db = &*app.db;
        let today = ctx.actor.today();
        let waiting = application_step::Entity::find()
            .filter(
                application_step::COLUMN
                    .application_id
                    .is_in(found.iter().map(|row| row.id)),
            )
            .filter(application_step::COLUMN.ended_at.is_null())
            .order_by_asc(application_step::COLUMN.id)
            .all(db)
            .await?;
        let places = waiting.iter().map(|step| step.organisation_id);
        let names = organisations::queries::names(db, places.chain(found.iter().map(|row| row.centre_id))).await?;
        let mut chains: BTreeMap<ReviewChainId, Chain> = BTreeMap::new();
        for id in found.iter().filter_map(|row| row.chain_id) {
            if !chains.contains_key(&id) {
                chains.insert(id, chain::queries::of(db, id).await?);
            }
        }
        let name = |id: OrganisationId| names.get(&id).cloned().unwrap_or_default();
        let named = |row: Row| {
            let chain = row.chain_id.and_then(|id| chains.get(&id));
            let steps: Vec<_> = waiting.iter().filter(|step| step.application_id == row.id).collect();
            let step_name = |code: &str| {
                let meant = chain.and_then(|chain| chain.step(code));
                meant.map_or(code.to_owned(), |(_, step)| step.name.get(ctx.language).to_owned())
            };
            let due_on = steps.iter().filter_map(|step| step.due_on).min();
            Named {
                centre: name(row.centre_id),
                waits: words::joined(ctx.language, steps.iter().map(|step| step_name(&step.code))),
                places: words::joined(ctx.language, steps.iter().map(|step| name(step.organisation_id))),
                late: due_on.is_some_and(|due| due < today),
                due_on,
                row,
            }
        };
        Ok(found.into_iter().map(named).collect())
    }

    async fn around(_: &App, ctx: &Ctx, list: &List) -> Result<Around> {
        let views = [(OURS, "application.view.ours"), (OPEN, "application.view.open")];
        let views = views.map(|(view, key)| Choice::new(view, ctx.say(key), list.filter("view")));
        let links = if ctx.may(Can::Enrol) {
            vec![("/applications/new", "application.new", "add", "primary")]
        } else {
            Vec::new()
        };
        let mut filters = Vec::new();
        if ctx.may(Can::ViewChildren) {
            filters.push(Filter::search("application.search", list));
        }
        filters.extend([
            Filter::select("view", "application.view", views.into()),
            Filter::select(
                "state",
                "application.state",
                choices::<ApplicationState>(ctx.language, list.filter("state")),
            ),
            Filter::select(
                "mode",
                "application.mode",
                choices::<EnrolmentMode>(ctx.language, list.filter("mode")),
            ),
        ]);
        Ok(Around {
            lead: "application.list.lead",
            links,
            filters,
            nothing: "application.list.none",
            ..Around::default()
        })
    }
}

/// What a view of the list shows: steps that wait for the reader's roles at the reader's place, and what was returned there or
/// not submitted yet; or everything that is open.
fn view(by: &Actor, view: &str) -> Condition {
    let column = application::COLUMN;
    let open = || {
        column.state.is_in([
            ApplicationState::Draft,
            ApplicationState::InReview,
            ApplicationState::Returned,
        ])
    };
    if view == OPEN {
        return Condition::all().add(open());
    }
    if view != OURS {
        return Condition::all();
    }
    let Some(place) = &by.workplace else {
        return condition::nothing();
    };
    let step = application_step::COLUMN;
    let waiting = application_step::Entity::find()
        .select_only()
        .column(application_step::Column::ApplicationId)
        .filter(step.organisation_id.eq(place.id))
        .filter(step.role.is_in(by.roles.iter().copied()))
        .filter(step.ended_at.is_null())
        .into_query();
    let mut ours = Condition::any().add(Expr::col((application::Entity, application::Column::Id)).in_subquery(waiting));
    if Can::Enrol.allows(&by.roles) {
        let with_intake = [ApplicationState::Draft, ApplicationState::Returned];
        ours = ours.add(
            Condition::all()
                .add(column.centre_id.eq(place.id))
                .add(column.state.is_in(with_intake)),
        );
    }
    ours
}

fn to_child() -> RelationDef {
    application::Entity::belongs_to(child::Entity)
        .from(application::Column::ChildId)
        .to(child::Column::Id)
        .into()
}
