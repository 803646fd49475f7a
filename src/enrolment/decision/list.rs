//! The list of decisions: their papers are printed from here.

use chrono::NaiveDate;
use entities::{
    EnrolmentDecisionId, OrganisationId,
    child::child,
    enrolment::enrolment_decision,
    words::{EnrolmentMode, ReviewOutcome},
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, JoinType, Order, QueryFilter, QueryOrder, QuerySelect,
    RelationDef, Select,
};

use super::{DecisionPaper, queries::visible};
use crate::{
    access::Can,
    enrolment::application::states,
    organisations,
    platform::{Actor, App, Result, list::Order as Ordered, workbook::Value},
    web::{
        Cell, Choice, Ctx, Filter, List, Listing,
        listing::{self, Around, Pick, Prints},
    },
};

/// Decisions about enrolment.
pub struct Decisions;

/// One of them with its child.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Row {
    id: EnrolmentDecisionId,
    number: String,
    name: String,
    file_no: String,
    organisation_id: OrganisationId,
    outcome: ReviewOutcome,
    mode: EnrolmentMode,
    valid_from: Option<NaiveDate>,
    valid_to: Option<NaiveDate>,
    decided_on: NaiveDate,
    read_on: Option<NaiveDate>,
    appeal_until: Option<NaiveDate>,
}

/// The same with the name of its centre.
#[derive(Clone, Debug)]
pub struct Named {
    row: Row,
    centre: String,
}

/// In the address: those that the family has not read.
pub const UNREAD: &str = "unread";
/// In the address: those that give a place today.
pub const HOLD: &str = "hold";

type Column = listing::Column<Named>;

fn day(day: Option<NaiveDate>) -> Value {
    day.map_or(Value::Blank, Value::Date)
}

impl Listing for Decisions {
    type Entity = enrolment_decision::Entity;
    type Found = Row;
    type Row = Named;

    const ADDRESS: &'static str = "/enrolment-decisions";
    const NAME: &'static str = "enrolment-decisions";
    const TITLE: &'static str = "decision.list";
    const SEEN_BY: Can = Can::ViewEnrolment;
    const ORDER: Ordered = Ordered::falling("decided");
    const PAPERS: &'static [Prints] = &[Prints::of::<DecisionPaper>()];
    const COLUMNS: &'static [Column] = &[
        Column::new("decision.number", 24, |of, _| Value::text(&of.row.number))
            .on_page(|of, _| Cell::new().link(format!("/enrolment-decisions/{}", of.row.id), &of.row.number))
            .nowrap(),
        Column::new("work.column.file_no", 20, |of, _| Value::text(&of.row.file_no)).filed(),
        Column::new("work.column.name", 12, |of, _| Value::text(&of.row.name))
            .on_page(|of, _| Cell::new().text(&of.row.name).line().code(&of.row.file_no)),
        Column::new("decision.decided_on", 12, |of, _| Value::Date(of.row.decided_on))
            .sorted("decided")
            .nowrap(),
        Column::new("application.centre", 26, |of, _| Value::text(&of.centre)),
        Column::new("decision.outcome", 12, |of, ctx| {
            Value::Text(ctx.say(of.row.outcome.word()))
        })
        .on_page(|of, ctx| Cell::new().badge(states::look(of.row.outcome), ctx.say(of.row.outcome.word()))),
        Column::new("application.mode", 10, |of, ctx| {
            Value::Text(ctx.say(of.row.mode.word()))
        }),
        Column::new("decision.valid_from", 12, |of, _| day(of.row.valid_from)).nowrap(),
        Column::new("decision.valid_to", 12, |of, _| day(of.row.valid_to)).nowrap(),
        Column::new("decision.read_on", 12, |of, _| day(of.row.read_on)).nowrap(),
        Column::new("decision.appeal_until", 12, |of, _| day(of.row.appeal_until)).nowrap(),
    ];

    fn pick(of: &Named, _: &Ctx) -> Option<Pick> {
        Some(Pick {
            id: of.row.id.0,
            label: of.row.name.clone(),
        })
    }

    async fn select(_: &App, by: &Actor, list: &List) -> Result<Select<enrolment_decision::Entity>> {
        let column = enrolment_decision::COLUMN;
        let order = if list.sorted_by("decided") == "desc" {
            Order::Desc
        } else {
            Order::Asc
        };
        let shown = match list.filter("view") {
            UNREAD => Condition::all()
                .add(column.read_on.is_null())
                .add(column.revoked_on.is_null()),
            HOLD => Condition::all()
                .add(column.valid_from.lte(by.today()))
                .add(column.valid_to.gte(by.today()))
                .add(column.revoked_on.is_null()),
            _ => Condition::all(),
        };
        let mut select = enrolment_decision::Entity::find()
            .join(JoinType::InnerJoin, to_child())
            .select_only()
            .columns([
                enrolment_decision::Column::Id,
                enrolment_decision::Column::Number,
                enrolment_decision::Column::OrganisationId,
                enrolment_decision::Column::Outcome,
                enrolment_decision::Column::Mode,
                enrolment_decision::Column::ValidFrom,
                enrolment_decision::Column::ValidTo,
                enrolment_decision::Column::DecidedOn,
                enrolment_decision::Column::ReadOn,
                enrolment_decision::Column::AppealUntil,
            ])
            .columns([child::Column::Name, child::Column::FileNo])
            .filter(visible(by))
            .filter(shown);
        if let Ok(outcome) = list.filter("outcome").parse::<ReviewOutcome>() {
            select = select.filter(column.outcome.eq(outcome));
        }
        Ok(select
            .order_by(enrolment_decision::Column::DecidedOn, order.clone())
            .order_by(enrolment_decision::Column::Id, order))
    }

    async fn rows(app: &App, _: &Ctx, found: Vec<Row>) -> Result<Vec<Named>> {
        let names = organisations::queries::names(&*app.db, found.iter().map(|row| row.organisation_id)).await?;
        let named = |row: Row| Named {
            centre: names.get(&row.organisation_id).cloned().unwrap_or_default(),
            row,
        };
        Ok(found.into_iter().map(named).collect())
    }

    async fn around(_: &App, ctx: &Ctx, list: &List) -> Result<Around> {
        let views = [(UNREAD, "decision.view.unread"), (HOLD, "decision.view.hold")];
        let views = views.map(|(view, key)| Choice::new(view, ctx.say(key), list.filter("view")));
        let outcomes = [
            ReviewOutcome::Admitted,
            ReviewOutcome::Trial,
            ReviewOutcome::Waiting,
            ReviewOutcome::ReferredOn,
            ReviewOutcome::Refused,
        ];
        let outcomes =
            outcomes.map(|outcome| Choice::new(outcome.as_str(), ctx.say(outcome.word()), list.filter("outcome")));
        Ok(Around {
            lead: "decision.list.lead",
            filters: vec![
                Filter::select("view", "application.view", views.into()),
                Filter::select("outcome", "decision.outcome", outcomes.into()),
            ],
            nothing: "decision.list.none",
            ..Around::default()
        })
    }
}

fn to_child() -> RelationDef {
    enrolment_decision::Entity::belongs_to(child::Entity)
        .from(enrolment_decision::Column::ChildId)
        .to(child::Column::Id)
        .into()
}
