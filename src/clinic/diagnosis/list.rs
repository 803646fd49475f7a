//! The list of diagnoses that the reader's organisation recorded: their papers are printed from here.

use chrono::NaiveDate;
use entities::{DiagnosisId, ReferralId, Texts, child::child, screening::diagnosis};
use sea_orm::{EntityTrait, FromQueryResult, RelationDef, Select};

use crate::{
    access::Can,
    clinic::{
        papers::{DiagnosisNotice, Feedback},
        recorded::{Recorded, around, child_cell},
    },
    platform::{Actor, App, Result, list::Order as Ordered, workbook::Value},
    web::{
        Ctx, List, Listing,
        listing::{self, Around, Pick, Prints},
    },
};

/// Diagnoses of an organisation.
pub(crate) struct Diagnoses;

/// One of them with its child.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct Row {
    id: DiagnosisId,
    referral_id: Option<ReferralId>,
    name: String,
    file_no: String,
    birth_on: NaiveDate,
    on_day: NaiveDate,
    doctor: String,
    codes: Texts,
    autism: bool,
}

impl Row {
    fn outcome(&self) -> &'static str {
        if self.autism {
            "referral.outcome.confirmed"
        } else if self.codes.0.is_empty() {
            "referral.outcome.nothing_found"
        } else {
            "referral.outcome.other_finding"
        }
    }
}

type Column = listing::Column<Row>;

impl Listing for Diagnoses {
    type Entity = diagnosis::Entity;
    type Found = Row;
    type Row = Row;

    const ADDRESS: &'static str = "/diagnoses";
    const NAME: &'static str = "diagnoses";
    const TITLE: &'static str = "diagnoses.title";
    const SEEN_BY: Can = Can::ViewAssessments;
    // Today's first.
    const ORDER: Ordered = Ordered::falling("day");
    const PAPERS: &'static [Prints] = &[Prints::of::<Feedback>(), Prints::of::<DiagnosisNotice>()];
    const COLUMNS: &'static [Column] = &[
        Column::new("work.column.file_no", 20, |row, _| Value::text(&row.file_no)).filed(),
        Column::new("work.column.name", 12, |row, _| Value::text(&row.name))
            .on_page(|row, _| child_cell(row.referral_id, &row.name, &row.file_no))
            .sorted("name"),
        Column::new("work.column.birth", 12, |row, _| Value::Date(row.birth_on)).nowrap(),
        Column::new("diagnosis.diagnosed_on", 12, |row, _| Value::Date(row.on_day))
            .sorted("day")
            .nowrap(),
        Column::new("finding.outcome", 12, |row, ctx| Value::Text(ctx.say(row.outcome()))),
        Column::new("diagnosis.doctor", 12, |row, _| Value::text(&row.doctor)),
    ];

    fn pick(row: &Row, _: &Ctx) -> Option<Pick> {
        Some(Pick {
            id: row.id.0,
            label: row.name.clone(),
        })
    }

    async fn select(_: &App, by: &Actor, list: &List) -> Result<Select<diagnosis::Entity>> {
        let recorded = Recorded {
            id: diagnosis::Column::Id,
            organisation: diagnosis::Column::OrganisationId,
            withdrawn_at: diagnosis::Column::WithdrawnAt,
            day: diagnosis::Column::DiagnosedOn,
            to_child: to_child(),
            shown: &[
                diagnosis::Column::ReferralId,
                diagnosis::Column::Doctor,
                diagnosis::Column::Codes,
                diagnosis::Column::Autism,
            ],
        };
        recorded.select(by, list)
    }

    async fn rows(_: &App, _: &Ctx, found: Vec<Row>) -> Result<Vec<Row>> {
        Ok(found)
    }

    async fn around(_: &App, _: &Ctx, list: &List) -> Result<Around> {
        Ok(around(list, "diagnoses.lead"))
    }
}

fn to_child() -> RelationDef {
    diagnosis::Entity::belongs_to(child::Entity)
        .from(diagnosis::Column::ChildId)
        .to(child::Column::Id)
        .into()
}
