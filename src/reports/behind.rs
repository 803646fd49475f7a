//! The page of the children behind a number, of a report that is counted now and of one that was frozen.

use std::collections::BTreeMap;

use entities::words::Language;

use super::{
    screening::{
        children::{Behind, Cell},
        figures::{self, Figures},
        request::{Request, Span},
        table::{row_name, span_name},
    },
    views::{BehindRow, ChildrenPage},
};
use crate::{
    organisations::queries,
    platform::{App, Result, Say, words::raw},
    web::{Answer, Ctx, List, Page},
};

/// The page of the children behind a number.
pub(super) async fn show_behind(
    app: &App,
    ctx: &Ctx,
    cell: Cell<'_>,
    place: &str,
    (page, list): (Page<Behind>, List),
    back: (String, &'static str),
) -> Answer {
    let names = RowNames::load(app, cell.request, page.rows.iter().map(|row| (&row.k, &row.street))).await?;
    let of = cell
        .row
        .map_or_else(|| ctx.say("reports.total"), |row| names.row(row, ctx.language));
    let lead = Say::new("reports.children.lead")
        .with("place", place)
        .with("period", cell.request.period)
        .with("span", names.span(cell.span, ctx.language))
        .with("row", of)
        .with("n", page.total);
    ctx.page(&ChildrenPage {
        title: ctx.say(format!("reports.column.{}", cell.indicator.key)),
        lead: ctx.say(lead),
        means: Say::new(format!("reports.means.{}", cell.indicator.key)),
        back,
        page: page.map(|child| BehindRow {
            row: names.row(&child.k, ctx.language),
            street: names.street(&child.street),
            child,
        }),
        list,
    })
}

/// What the rows of a list are called.
struct RowNames {
    figures: Figures,
    streets: BTreeMap<String, String>,
}

impl RowNames {
    async fn load<'a>(
        app: &App,
        request: &Request,
        rows: impl Iterator<Item = (&'a String, &'a String)>,
    ) -> Result<Self> {
        let (keys, streets): (Vec<String>, Vec<String>) = rows.map(|(k, s)| (k.clone(), s.clone())).unzip();
        let rows = figures::rows_of(&*app.db, request, &keys.into_iter().collect()).await?;
        Ok(Self {
            figures: Figures {
                request: request.clone(),
                rows,
                spans: BTreeMap::new(),
                known: 0,
            },
            streets: queries::division_names(&*app.db, streets).await?,
        })
    }

    fn row(&self, key: &str, language: Language) -> String {
        let row = self.figures.rows.iter().find(|row| row.key == key);
        row.map_or_else(
            || raw(language, "reports.row.no_site").into_owned(),
            |row| row_name(self.figures.request.by, row, language),
        )
    }

    fn span(&self, span: Span, language: Language) -> String {
        span_name(&self.figures, span, language)
    }

    fn street(&self, code: &str) -> String {
        self.streets.get(code).cloned().unwrap_or_else(|| code.to_owned())
    }
}
