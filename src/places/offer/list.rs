//! The list of offers.

use chrono::{DateTime, NaiveDate, Utc};
use entities::{
    OrganisationId, PlaceOfferId,
    child::child,
    places::{care_group, place_offer},
    words::{EnrolmentMode, OfferState},
};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, JoinType, Order, QueryFilter, QueryOrder, QuerySelect, RelationDef,
    Select,
};

use super::{queries::visible, states};
use crate::{
    access::Can,
    organisations,
    platform::{Actor, App, Result, clock, list::Order as Ordered, workbook::Value},
    web::{
        Cell, Ctx, Filter, List, Listing, choices,
        listing::{self, Around},
    },
};

/// Offers of places.
pub struct Offers;

/// One of them with its child and class.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Row {
    id: PlaceOfferId,
    number: String,
    name: String,
    file_no: String,
    group_name: String,
    organisation_id: OrganisationId,
    mode: EnrolmentMode,
    state: OfferState,
    valid_from: NaiveDate,
    made_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    answered_at: Option<DateTime<Utc>>,
}

/// The same with the name of its centre.
#[derive(Clone, Debug)]
pub struct Named {
    row: Row,
    centre: String,
}

type Column = listing::Column<Named>;

fn day(at: DateTime<Utc>) -> Value {
    Value::Date(clock::day_of(at))
}

impl Listing for Offers {
    type Entity = place_offer::Entity;
    type Found = Row;
    type Row = Named;

    const ADDRESS: &'static str = "/place-offers";
    const NAME: &'static str = "place-offers";
    const TITLE: &'static str = "offer.list";
    const SEEN_BY: Can = Can::ViewPlaces;
    const ORDER: Ordered = Ordered::falling("made");
    const COLUMNS: &'static [Column] = &[
        Column::new("offer.number", 24, |of, _| Value::text(&of.row.number))
            .on_page(|of, _| Cell::new().link(format!("/place-offers/{}", of.row.id), &of.row.number))
            .nowrap(),
        Column::new("work.column.file_no", 20, |of, _| Value::text(&of.row.file_no)).filed(),
        Column::new("work.column.name", 12, |of, _| Value::text(&of.row.name))
            .on_page(|of, _| Cell::new().text(&of.row.name).line().code(&of.row.file_no)),
        Column::new("application.centre", 26, |of, _| Value::text(&of.centre)),
        Column::new("care_group.name", 12, |of, _| Value::text(&of.row.group_name)),
        Column::new("application.mode", 10, |of, ctx| {
            Value::Text(ctx.say(of.row.mode.word()))
        }),
        Column::new("decision.valid_from", 12, |of, _| Value::Date(of.row.valid_from)).nowrap(),
        Column::new("offer.state", 14, |of, ctx| Value::Text(ctx.say(of.row.state.word())))
            .on_page(|of, ctx| Cell::new().badge(states::of(of.row.state).look, ctx.say(of.row.state.word()))),
        Column::new("offer.made_on", 12, |of, _| day(of.row.made_at))
            .sorted("made")
            .nowrap(),
        Column::new("offer.expires_at", 18, |of, _| {
            Value::Text(clock::shown(of.row.expires_at))
        })
        .nowrap(),
        Column::new("offer.answered_on", 12, |of, _| {
            of.row.answered_at.map_or(Value::Blank, day)
        })
        .nowrap(),
    ];

    async fn select(_: &App, by: &Actor, list: &List) -> Result<Select<place_offer::Entity>> {
        let order = if list.sorted_by("made") == "desc" {
            Order::Desc
        } else {
            Order::Asc
        };
        let mut select = place_offer::Entity::find()
            .join(JoinType::InnerJoin, to_child())
            .join(JoinType::InnerJoin, to_group())
            .select_only()
            .columns([
                place_offer::Column::Id,
                place_offer::Column::Number,
                place_offer::Column::OrganisationId,
                place_offer::Column::Mode,
                place_offer::Column::State,
                place_offer::Column::ValidFrom,
                place_offer::Column::MadeAt,
                place_offer::Column::ExpiresAt,
                place_offer::Column::AnsweredAt,
            ])
            .columns([child::Column::Name, child::Column::FileNo])
            .column_as(care_group::Column::Name, "group_name")
            .filter(visible(by));
        if let Ok(state) = list.filter("state").parse::<OfferState>() {
            select = select.filter(place_offer::COLUMN.state.eq(state));
        }
        Ok(select
            .order_by(place_offer::Column::MadeAt, order.clone())
            .order_by(place_offer::Column::Id, order))
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
        Ok(Around {
            lead: "offer.list.lead",
            links: vec![("/waiting-list", "waiting.list", "worklist", "")],
            filters: vec![Filter::select(
                "state",
                "offer.state",
                choices::<OfferState>(ctx.language, list.filter("state")),
            )],
            nothing: "offer.list.none",
            ..Around::default()
        })
    }
}

fn to_child() -> RelationDef {
    place_offer::Entity::belongs_to(child::Entity)
        .from(place_offer::Column::ChildId)
        .to(child::Column::Id)
        .into()
}

fn to_group() -> RelationDef {
    place_offer::Entity::belongs_to(care_group::Entity)
        .from(place_offer::Column::GroupId)
        .to(care_group::Column::Id)
        .into()
}
