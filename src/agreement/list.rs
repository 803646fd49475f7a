//! The list of agreements: what waits for signatures, what holds. Their papers are printed from here.

use chrono::NaiveDate;
use entities::{
    AgreementId, OrganisationId,
    agreement::agreement,
    child::child,
    words::{AgreementKind, AgreementState},
};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, JoinType, Order, QueryFilter, QueryOrder, QuerySelect, RelationDef,
    Select,
};

use super::{content::page, paper::AgreementPaper, queries::visible, states::Agreements as States};
use crate::{
    access::Can,
    organisations,
    platform::{Actor, App, Result, clock, list::Order as Ordered, states::Machine as _, workbook::Value},
    web::{
        Cell, Choice, Ctx, Filter, List, Listing, choices,
        listing::{self, Around, Pick, Prints},
    },
};

/// Agreements.
pub struct Agreements;

/// One of them with its child.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Row {
    id: AgreementId,
    number: String,
    title: String,
    kind: AgreementKind,
    state: AgreementState,
    name: String,
    file_no: String,
    organisation_id: OrganisationId,
    due_on: NaiveDate,
    made_at: chrono::DateTime<chrono::Utc>,
    signed_at: Option<chrono::DateTime<chrono::Utc>>,
}

/// The same with the name of its centre.
#[derive(Clone, Debug)]
pub struct Named {
    row: Row,
    centre: String,
}

type Column = listing::Column<Named>;

impl Listing for Agreements {
    type Entity = agreement::Entity;
    type Found = Row;
    type Row = Named;

    const ADDRESS: &'static str = "/agreements";
    const NAME: &'static str = "agreements";
    const TITLE: &'static str = "agreement.list";
    const SEEN_BY: Can = Can::ViewEnrolment;
    const ORDER: Ordered = Ordered::falling("made");
    const PAPERS: &'static [Prints] = &[Prints::of::<AgreementPaper>()];
    const COLUMNS: &'static [Column] = &[
        Column::new("agreement.number", 24, |of, _| Value::text(&of.row.number))
            .on_page(|of, _| Cell::new().link(page(of.row.id), &of.row.number))
            .nowrap(),
        Column::new("work.column.file_no", 20, |of, _| Value::text(&of.row.file_no)).filed(),
        Column::new("work.column.name", 12, |of, _| Value::text(&of.row.name))
            .on_page(|of, _| Cell::new().text(&of.row.name).line().code(&of.row.file_no)),
        Column::new("agreement.kind", 14, |of, ctx| Value::Text(ctx.say(of.row.kind.word()))),
        Column::new("agreement.title", 24, |of, _| Value::text(&of.row.title)),
        Column::new("application.centre", 26, |of, _| Value::text(&of.centre)),
        Column::new("agreement.state", 12, |of, ctx| {
            Value::Text(ctx.say(of.row.state.word()))
        })
        .on_page(|of, ctx| Cell::new().badge(States::of(of.row.state).look, ctx.say(of.row.state.word()))),
        Column::new("agreement.due_on", 12, |of, _| Value::Date(of.row.due_on)).nowrap(),
        Column::new("agreement.made_on", 12, |of, _| {
            Value::Date(clock::day_of(of.row.made_at))
        })
        .sorted("made")
        .nowrap(),
        Column::new("agreement.signed_on", 12, |of, _| {
            of.row
                .signed_at
                .map_or(Value::Blank, |at| Value::Date(clock::day_of(at)))
        })
        .nowrap(),
    ];

    fn pick(of: &Named, _: &Ctx) -> Option<Pick> {
        Some(Pick {
            id: of.row.id.0,
            label: of.row.name.clone(),
        })
    }

    async fn select(_: &App, by: &Actor, list: &List) -> Result<Select<agreement::Entity>> {
        let order = if list.sorted_by("made") == "desc" {
            Order::Desc
        } else {
            Order::Asc
        };
        let mut select = agreement::Entity::find()
            .join(JoinType::InnerJoin, to_child())
            .select_only()
            .columns([
                agreement::Column::Id,
                agreement::Column::Number,
                agreement::Column::Title,
                agreement::Column::Kind,
                agreement::Column::State,
                agreement::Column::OrganisationId,
                agreement::Column::DueOn,
                agreement::Column::MadeAt,
                agreement::Column::SignedAt,
            ])
            .columns([child::Column::Name, child::Column::FileNo])
            .filter(visible(by));
        if let Ok(state) = list.filter("state").parse::<AgreementState>() {
            select = select.filter(agreement::COLUMN.state.eq(state));
        }
        if let Ok(kind) = list.filter("kind").parse::<AgreementKind>() {
            select = select.filter(agreement::COLUMN.kind.eq(kind));
        }
        Ok(select
            .order_by(agreement::Column::MadeAt, order.clone())
            .order_by(agreement::Column::Id, order))
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
        let states: Vec<Choice> = choices::<AgreementState>(ctx.language, list.filter("state"));
        let kinds: Vec<Choice> = choices::<AgreementKind>(ctx.language, list.filter("kind"));
        Ok(Around {
            lead: "agreement.list.lead",
            filters: vec![
                Filter::select("state", "agreement.state", states),
                Filter::select("kind", "agreement.kind", kinds),
            ],
            nothing: "agreement.list.none",
            ..Around::default()
        })
    }
}

fn to_child() -> RelationDef {
    agreement::Entity::belongs_to(child::Entity)
        .from(agreement::Column::ChildId)
        .to(child::Column::Id)
        .into()
}
