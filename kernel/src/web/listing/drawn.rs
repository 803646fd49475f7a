//! The page of a list as its description draws it; and its table alone, for pages that have more to say.

use askama::{Template, filters::HtmlSafe};
use axum::{http::StatusCode, response::IntoResponse as _};
use serde_json::json;

use super::{
    Kept, Listing, Pick, Prints,
    column::{Head, Piece, Shown},
    prints,
};
use crate::{
    platform::{
        App, Choice, Error, Errors, List, Page,
        event::{self, Subject},
    },
    web::{Answer, Ctx, filters},
};

/// How the rows of a list look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// A table; what can be done with all of it stands below.
    Table,
    /// A wide register (台账) with borders, for paper: what can be done with it stands on top.
    Register,
}

/// What stands around the rows.
#[derive(Clone, Debug)]
pub struct Around {
    /// Locale key of the sentence below the title; may be empty.
    pub lead: &'static str,
    /// Links beside the title: address, locale key, icon, tone.
    pub links: Vec<(&'static str, &'static str, &'static str, &'static str)>,
    /// From the left.
    pub filters: Vec<Filter>,
    /// Locale key of what is said where nothing was found.
    pub nothing: &'static str,
    /// Locale key of the link to the workbook.
    pub file: &'static str,
}

impl Default for Around {
    fn default() -> Self {
        Self {
            lead: "",
            links: Vec::new(),
            filters: Vec::new(),
            nothing: "ui.list.none",
            file: "list.export",
        }
    }
}

/// A filter of a list, by its name in the query string.
#[derive(Clone, Debug)]
pub struct Filter {
    name: &'static str,
    label: &'static str,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Text(String),
    Day(String),
    Select(Vec<Choice>, &'static str),
}

impl Filter {
    /// The search term, which stands sealed in addresses.
    pub fn search(label: &'static str, list: &List) -> Self {
        Self {
            name: "q",
            label,
            kind: Kind::Text(list.q.clone()),
        }
    }

    /// Some text.
    pub fn text(name: &'static str, label: &'static str, list: &List) -> Self {
        let kind = Kind::Text(list.filter(name).to_owned());
        Self { name, label, kind }
    }

    /// A day, with the picker of days beside it.
    pub fn day(name: &'static str, label: &'static str, list: &List) -> Self {
        let kind = Kind::Day(list.filter(name).to_owned());
        Self { name, label, kind }
    }

    /// One of some, or all.
    pub fn select(name: &'static str, label: &'static str, options: Vec<Choice>) -> Self {
        let kind = Kind::Select(options, "ui.list.all");
        Self { name, label, kind }
    }

    /// The locale key of what is shown when none is chosen.
    #[must_use]
    pub fn unless(mut self, key: &'static str) -> Self {
        if let Kind::Select(_, empty) = &mut self.kind {
            *empty = key;
        }
        self
    }
}

/// The table of a list.
#[derive(Template)]
#[template(path = "ui/listing.html", block = "table")]
pub struct Table<'a> {
    list: &'a List,
    region: &'static str,
    title: &'static str,
    look: Look,
    heads: Vec<Head>,
    rows: Vec<(Option<Pick>, Vec<Shown>)>,
    /// Papers can be printed of rows: there is a column of boxes.
    picks: bool,
}

// Templates escape what they are given.
impl HtmlSafe for Table<'_> {}

impl<'a> Table<'a> {
    /// Some rows of a list under its columns.
    pub fn of<L: Listing>(ctx: &Ctx, list: &'a List, rows: &[L::Row]) -> Self {
        let picks = !prints::<L>(ctx).is_empty();
        let cells = |row: &L::Row| {
            let shown = L::COLUMNS.iter().filter_map(|column| column.as_cell(row, ctx));
            (L::pick(row, ctx).filter(|_| picks), shown.collect::<Vec<_>>())
        };
        Self {
            list,
            region: L::NAME,
            title: L::TITLE,
            look: L::LOOK,
            heads: L::COLUMNS.iter().filter_map(super::Column::as_head).collect(),
            rows: rows.iter().map(cells).collect(),
            picks,
        }
    }
}

#[derive(Template)]
#[template(path = "ui/listing_page.html")]
struct Drawn<'a> {
    list: &'a List,
    address: &'static str,
    region: &'static str,
    title: &'static str,
    look: Look,
    around: Around,
    place: Page<()>,
    table: Table<'a>,
    may_take: bool,
    /// What of the filters cannot be read.
    errors: Errors,
    /// Papers that can be printed of its rows.
    papers: Vec<Prints>,
    kept: Kept,
}

impl Drawn<'_> {
    /// Terms are posted, so that nobody's name stands in an address.
    fn searches(&self) -> bool {
        self.around.filters.iter().any(|filter| filter.name == "q")
    }

    /// What a filter changes: the rows, and the links to the files where they stand on top.
    fn changes(&self) -> &'static str {
        match self.look {
            Look::Table => self.region,
            Look::Register => "main",
        }
    }
}

pub(super) async fn page<L: Listing>(app: &App, ctx: &Ctx, list: List, kept: Kept) -> Answer {
    let (found, errors) = match super::page_of::<L>(app, ctx, &list).await {
        Ok(found) => (found, Errors::default()),
        // A filter that cannot be read shows no other rows.
        Err(Error::Invalid(errors)) => (Page::place(1, 0), *errors),
        Err(error) => return Err(error),
    };
    if L::NOTED && errors.is_empty() {
        let details = json!({ "list": L::NAME, "query": list.query(), "children": found.total });
        event::note(app, &ctx.actor, "list.opened", Subject::none(), details).await?;
    }
    let around = L::around(app, ctx, &list).await?;
    let (rows, place) = found.apart();
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = ctx.page(&Drawn {
        table: Table::of::<L>(ctx, &list, &rows),
        list: &list,
        address: L::ADDRESS,
        region: L::NAME,
        title: L::TITLE,
        look: L::LOOK,
        around,
        place,
        may_take: ctx.may(L::TAKEN_BY),
        errors,
        papers: prints::<L>(ctx),
        kept,
    })?;
    Ok((status, page).into_response())
}
