//! The list of re-screens that the reader's organisation recorded: their papers are printed from here.

use chrono::NaiveDate;
use entities::{ReferralId, RescreenId, child::child, screening::rescreen};
use sea_orm::{EntityTrait, FromQueryResult, RelationDef, Select};

use crate::{
    access::Can,
    clinic::{
        papers::RescreenNotice,
        recorded::{Recorded, around, child_cell},
    },
    platform::{Actor, App, Result, list::Order as Ordered, workbook::Value},
    web::{
        Ctx, List, Listing,
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
            .on_page(|row, _| child_cell(row.referral_id, &row.name, &row.file_no))
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
        let recorded = Recorded {
            id: rescreen::Column::Id,
            organisation: rescreen::Column::OrganisationId,
            withdrawn_at: rescreen::Column::WithdrawnAt,
            day: rescreen::Column::PerformedOn,
            to_child: to_child(),
            shown: &[
                rescreen::Column::ReferralId,
                rescreen::Column::Abnormal,
                rescreen::Column::RecheckOn,
            ],
        };
        recorded.select(by, list)
    }

    async fn rows(_: &App, _: &Ctx, found: Vec<Row>) -> Result<Vec<Row>> {
        Ok(found)
    }

    async fn around(_: &App, _: &Ctx, list: &List) -> Result<Around> {
        Ok(around(list, "rescreens.lead"))
    }
}

fn to_child() -> RelationDef {
    rescreen::Entity::belongs_to(child::Entity)
        .from(rescreen::Column::ChildId)
        .to(child::Column::Id)
        .into()
}
