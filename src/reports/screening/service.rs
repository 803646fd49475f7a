//! A report put together for a reader: numbers, tables, files.

use chrono::NaiveDate;
use entities::{organisation::organisation, words::Language};
use sea_orm::{ConnectionTrait, EntityTrait};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::{
    columns::{self, Column},
    figures::Figures,
    request::{Request, Span},
    table::{self, Caption},
};
use crate::{
    organisations::queries,
    platform::{
        Actor, Error, Result, clock,
        words::raw,
        workbook::{Fact, Format, HeadCell, ReportTable, RowKind, TableCell, TableColumn, Value, WriteError},
    },
};

/// What a place is called; everything when the code is empty.
pub async fn place_name(db: &impl ConnectionTrait, division: &str, language: Language) -> Result<String> {
    if division.is_empty() {
        return Ok(raw(language, "reports.everywhere").into_owned());
    }
    let path = queries::division_path(db, division).await?;
    // 镇海区, 镇海区庄市街道: as titles of reports name a place.
    let from = path
        .iter()
        .position(|place| place.code.len() >= 6)
        .unwrap_or(path.len().saturating_sub(1));
    let names: Vec<&str> = path.iter().skip(from).map(|place| place.name.as_str()).collect();
    let joint = if language == Language::Chinese { "" } else { " " };
    Ok(if names.is_empty() {
        division.to_owned()
    } else {
        names.join(joint)
    })
}

/// Who reports, as it stands on the paper; a frozen report keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letterhead {
    /// Name of the place.
    pub place: String,
    /// Reporting unit.
    pub unit: String,
    /// Its phone.
    pub phone: String,
    /// Who filled it in.
    pub reporter: String,
    /// When.
    pub date: NaiveDate,
}

/// The letterhead of an actor's organisation.
pub async fn letterhead(
    db: &impl ConnectionTrait,
    by: &Actor,
    reporter: &str,
    request: &Request,
    language: Language,
) -> Result<Letterhead> {
    let organisation = match &by.workplace {
        Some(place) => organisation::Entity::find_by_id(place.id).one(db).await?,
        None => None,
    };
    let (unit, phone) = organisation
        .map(|o| (o.name, o.phone.unwrap_or_default()))
        .unwrap_or_default();
    Ok(Letterhead {
        place: place_name(db, &request.division, language).await?,
        unit,
        phone,
        reporter: reporter.to_owned(),
        date: by.today(),
    })
}

/// What stands around the numbers: who reports, for when, and the lines to sign on.
pub fn caption(head: &Letterhead, request: &Request, language: Language) -> Caption {
    let fact = |key: &str, value: &str| Fact {
        label: raw(language, &format!("reports.fact.{key}")).into_owned(),
        value: value.to_owned(),
    };
    Caption {
        place: head.place.clone(),
        above: vec![
            fact("unit", &head.unit),
            fact("period", &request.period.to_string()),
            fact("reporter", &head.reporter),
            fact("date", &head.date.to_string()),
        ],
        below: vec![
            fact("reviewer", ""),
            fact("head", ""),
            fact("phone", &head.phone),
            fact("seal", ""),
        ],
    }
}

/// The tables of a report, the span of the month first.
pub fn tables(
    figures: &Figures,
    language: Language,
    caption: &Caption,
    link: table::Link<'_>,
) -> Vec<(Span, ReportTable)> {
    let spans = figures.request.spans().iter();
    spans
        .map(|span| (*span, table::table(figures, *span, language, caption, link)))
        .collect()
}

/// The report as a file. `exported_by` stands at the foot of every printed page.
///
/// # Errors
/// What the writer refuses.
pub fn file(
    tables: &[(Span, ReportTable)],
    format: Format,
    by: &Actor,
    exported_by: &str,
    language: Language,
) -> Result<Vec<u8>> {
    let content = match format {
        Format::Xlsx => {
            let sheets: Vec<ReportTable> = tables.iter().map(|(_, table)| table.clone()).collect();
            ReportTable::book(&sheets, exported_by, clock::local(by.now), language)
        }
        Format::Csv => stacked(tables, language).map_or_else(|| Ok(Vec::new()), |table| table.to_csv()),
    };
    content.map_err(|error: WriteError| Error::Internal(error.into()))
}

/// All tables under one head, with the span as the first column, so that programs read one table.
fn stacked(tables: &[(Span, ReportTable)], language: Language) -> Option<ReportTable> {
    let mut all = tables.first().map(|(_, table)| table.clone())?;
    all.rows.clear();
    for (_, table) in tables {
        for mut row in table.rows.iter().cloned() {
            row.cells.insert(0, TableCell::from(Value::Text(table.name.clone())));
            all.rows.push(row);
        }
    }
    all.columns.insert(
        0,
        TableColumn {
            key: "span".to_owned(),
            width: 12,
        },
    );
    let levels = u16::try_from(all.head.len()).unwrap_or(1);
    if let Some(first) = all.head.first_mut() {
        first.insert(0, HeadCell::new(raw(language, "reports.fact.period")).deep(levels));
    }
    Some(all)
}

/// The report for programs: every number by its key, rates with numerator and denominator.
pub fn to_json(figures: &Figures, tables: &[(Span, ReportTable)]) -> Json {
    let request = &figures.request;
    let keys: Vec<&str> = std::iter::once("name")
        .chain(columns::columns().map(Column::key))
        .collect();
    let table = |(span, table): &(Span, ReportTable)| {
        let rows: Vec<Json> = table
            .rows
            .iter()
            .enumerate()
            .map(|(index, row)| {
                let mut object = serde_json::Map::new();
                object.insert("kind".into(), json!(row.kind));
                let key = figures.rows.get(index).filter(|_| row.kind == RowKind::Body);
                object.insert("key".into(), json!(key.map(|row| &row.key)));
                for (key, cell) in keys.iter().zip(&row.cells) {
                    object.insert((*key).to_owned(), json!(cell.value));
                }
                Json::Object(object)
            })
            .collect();
        let to = request.until().pred_opt();
        json!({ "span": span, "from": request.from(*span), "to": to, "rows": rows, "cross_foot": table.cross_foot() })
    };
    json!({
        "report": "screening",
        "period": request.period,
        "division": request.division,
        "mode": request.mode,
        "by": request.by,
        "reference": request.reference,
        "tables": tables.iter().map(table).collect::<Vec<_>>(),
    })
}
