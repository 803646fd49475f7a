//! The list of re-screens that the reader's organisation recorded: their papers are printed from here.

use chrono::NaiveDate;
use entities::{OrganisationId, ReferralId, RescreenId, child::child, screening::rescreen};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, JoinType, Order, QueryFilter, QueryOrder, QuerySelect, RelationDef,
    Select,
};

use crate::{
    access::{Can, scope},
    clinic::{papers::RescreenNotice, period},
    platform::{Actor, App, Result, list::Order as Ordered, workbook::Value},
    web::{
        Cell, Ctx, List, Listing,
        listing::{self, Around, Pick, Prints},
    },
};

/// Rescreens of an organisation.
pub(crate) struct Rescreens;

/// One of them with its child.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct Row {
    id: RescreenId,
    referral_id: Option<ReferralId>,
    name: String,
    file_no: String,
    birth_on: NaiveDate,
    on_day: NaiveDate,
    abnormal: bool,
    recheck_on: Option<NaiveDate>,
}

impl Row {
    fn outcome(&self) -> &'static str {
        if self.abnormal {
            "referral.outcome.abnormal"
        } else {
            "referral.outcome.clear"
        }
    }
}

type Column = listing::Column<Row>;

impl Listing for Rescreens {
    type Entity = rescreen::Entity;
    type Found = Row;
    type Row = Row;

    const ADDRESS: &'static str = "/rescreens";
    const NAME: &'static str = "rescreens";
    const TITLE: &'static str = "rescreens.title";
    const SEEN_BY: Can = Can::ViewAssessments;
    // Today's first.
    const ORDER: Ordered = Ordered::falling("day");
    const PAPERS: &'static [Prints] = &[Prints::of::<RescreenNotice>()];
    const COLUMNS: &'static [Column] = &[
        Column::new("work.column.file_no", 20, |row, _| Value::text(&row.file_no)).filed(),
        Column::new("work.column.name", 12, |row, _| Value::text(&row.name))
            .on_page(|row, _| {
                let cell = match row.referral_id {
                    Some(id) => Cell::new().link(format!("/referrals/{id}"), &row.name),
                    None => Cell::new().text(&row.name),
                };
                cell.line().code(&row.file_no)
            })
            .sorted("name"),
        Column::new("work.column.birth", 12, |row, _| Value::Date(row.birth_on)).nowrap(),
        Column::new("rescreen.performed_on", 12, |row, _| Value::Date(row.on_day))
            .sorted("day")
            .nowrap(),
        Column::new("finding.outcome", 12, |row, ctx| Value::Text(ctx.say(row.outcome()))),
        Column::new("rescreen.recheck_on", 12, |row, _| Value::date_or_blank(row.recheck_on)).nowrap(),
    ];

    fn pick(row: &Row, _: &Ctx) -> Option<Pick> {
        Some(Pick {
            id: row.id.0,
            label: row.name.clone(),
        })
    }

    async fn select(_: &App, by: &Actor, list: &List) -> Result<Select<rescreen::Entity>> {
        let place = by.workplace.as_ref().map_or(OrganisationId(0), |place| place.id);
        let column = if list.sort == "name" { "name" } else { "day" };
        let order = if list.sorted_by(column) == "desc" {
            Order::Desc
        } else {
            Order::Asc
        };
        let select = rescreen::Entity::find()
            .select_only()
            .columns([
                rescreen::Column::Id,
                rescreen::Column::ReferralId,
                rescreen::Column::Abnormal,
                rescreen::Column::RecheckOn,
            ])
            .column_as(rescreen::Column::PerformedOn, "on_day")
            .columns([child::Column::Name, child::Column::FileNo, child::Column::BirthOn])
            .join(JoinType::InnerJoin, to_child())
            .filter(rescreen::COLUMN.organisation_id.eq(place))
            .filter(rescreen::COLUMN.withdrawn_at.is_null())
            .filter(scope::visible(by))
            .filter(period::within(list, rescreen::Column::PerformedOn)?);
        let select = if column == "name" {
            select.order_by(child::Column::NameSound, order.clone())
        } else {
            select.order_by(rescreen::Column::PerformedOn, order.clone())
        };
        Ok(select.order_by(rescreen::Column::Id, order))
    }

    async fn rows(_: &App, _: &Ctx, found: Vec<Row>) -> Result<Vec<Row>> {
        Ok(found)
    }

    async fn around(_: &App, _: &Ctx, list: &List) -> Result<Around> {
        Ok(Around {
            lead: "rescreens.lead",
            filters: period::filters(list).into(),
            ..Around::default()
        })
    }
}

fn to_child() -> RelationDef {
    rescreen::Entity::belongs_to(child::Entity)
        .from(rescreen::Column::ChildId)
        .to(child::Column::Id)
        .into()
}
