//! A list that is described once: its columns as the page and the file read them, its filters, who may see it and take it
//! out. [`Routes::list`] makes the rest of it: the page, the file (.xlsx, .csv) with its name and its event, and the filters
//! that somebody keeps.
//!
//! A new list is one file (`children/list.rs`, `account/management/list.rs`). Where its rows are no ordinary table, it has
//! a page of its own ([`Listing::page`]); everything else stays described.

mod column;
mod drawn;
mod kept;
mod printing;
mod taking;

use std::future::Future;

use axum::{extract::State, http::StatusCode, response::IntoResponse as _};
use entities::SavedFilterId;
use sea_orm::{ConnectionTrait as _, EntityTrait, FromQueryResult, PaginatorTrait as _, Select, sea_query::Query};
use serde_json::{Value as Json, json};

pub use self::{
    column::{Cell, Column},
    drawn::{Around, Filter, Look, Table},
    kept::Kept,
    printing::{Pick, Prints, prints},
};
use super::{Answer, Ctx, Form, Path, Routes, find};
use crate::{
    access::Can,
    platform::{
        Actor, App, Error, List, Page, Result,
        list::{
            Order, number_of,
            saved::{self, FilterForm},
        },
        workbook::Format,
    },
};

/// The description of a list.
pub trait Listing: Sized + Send + Sync + 'static {
    /// The table that its rows are counted in.
    type Entity: EntityTrait<Model: FromQueryResult + Send + Sync>;
    /// A row as the query gives it.
    type Found: FromQueryResult + Send + Sync + 'static;
    /// The same with what its cells say besides: names of places and of people.
    type Row: Send + Sync + 'static;

    /// Path of the page.
    const ADDRESS: &'static str;
    /// Its name in events, and the id of its rows on the page.
    const NAME: &'static str;
    /// Locale key of the title; the sheet and the file are called so, too.
    const TITLE: &'static str;
    /// Who may see it.
    const SEEN_BY: Can;
    /// Who may take it out.
    const TAKEN_BY: Can = Can::Export;
    /// From the left.
    const COLUMNS: &'static [Column<Self::Row>];
    /// How its rows look on the drawn page.
    const LOOK: Look = Look::Table;
    /// The order when nobody asks for another, by a column that it shows.
    const ORDER: Order;
    /// May be so long that nobody counts it to the end.
    const LONG: bool = false;
    /// Opening the page is an event: it tells of many children at once what is told of one when its file is opened.
    const NOTED: bool = false;

    /// What it opens on when nothing is asked for: what is the reader's, and open.
    fn opens_on(_: &Actor, _: &mut List) {}

    /// Papers that can be printed of its rows, of ticked ones or of all.
    const PAPERS: &'static [Prints] = &[];

    /// What the papers of a row are made of; nothing where there are none of it.
    fn pick(_: &Self::Row, _: &Ctx) -> Option<Pick> {
        None
    }

    /// The rows that are asked for, of those that the actor may see, in the order that is asked for. The page and the file
    /// are made of the same.
    fn select(app: &App, by: &Actor, list: &List) -> impl Future<Output = Result<Select<Self::Entity>>> + Send;

    /// Some rows with what their cells say besides, looked up for all of them together.
    fn rows(app: &App, ctx: &Ctx, found: Vec<Self::Found>) -> impl Future<Output = Result<Vec<Self::Row>>> + Send;

    /// What was asked for, for the event of a file.
    fn asked(_: &Ctx, list: &List) -> Json {
        json!({ "query": list.query() })
    }

    /// What stands around the rows of the drawn page: lead, links, filters.
    fn around(_: &App, _: &Ctx, _: &List) -> impl Future<Output = Result<Around>> + Send {
        async { Ok(Around::default()) }
    }

    /// The page; a list whose rows are more than a table draws its own.
    fn page(app: &App, ctx: &Ctx, list: List, kept: Kept) -> impl Future<Output = Answer> + Send {
        drawn::page::<Self>(app, ctx, list, kept)
    }
}

impl Routes {
    /// A list with everything that belongs to it.
    #[must_use]
    pub fn list<L: Listing>(self) -> Self {
        // Addresses of routes live as long as the process.
        let below = |rest: &str| -> &'static str { format!("{}{rest}", L::ADDRESS).leak() };
        let list = self
            .get(L::ADDRESS, L::SEEN_BY, index::<L>)
            .get_heavy(below("/export"), L::TAKEN_BY, export::<L>)
            .post(below("/filters"), L::SEEN_BY, keep::<L>)
            .post(below("/filters/{id}/removal"), L::SEEN_BY, remove::<L>);
        if L::PAPERS.is_empty() {
            return list;
        }
        list.get(below("/papers"), L::SEEN_BY, printing::print::<L>)
    }
}

/// A list as it is asked for, with what it opens on when nothing is.
fn asked<L: Listing>(by: &Actor, mut list: List) -> List {
    list.usual = Some(L::ORDER);
    let mut first = List::default();
    L::opens_on(by, &mut first);
    if list.is_bare() {
        list.filters.append(&mut first.filters);
    } else if !first.filters.is_empty() {
        list.ask_for_all();
    }
    list
}

/// How many rows a list has, counted as far as its page counts them.
pub async fn count<L: Listing>(app: &App, by: &Actor, query: &str) -> Result<u64> {
    let list = asked::<L>(by, List::of_query(query));
    let select = L::select(app, by, &list).await?;
    if !L::LONG {
        return Ok(select.count(&*app.db).await?);
    }
    let number = Query::select().expr_as(number_of(select), "number").to_owned();
    let found = (*app.db).query_one(&number).await?;
    let number: i64 = found.map_or(Ok(0), |row| row.try_get("", "number"))?;
    Ok(u64::try_from(number).unwrap_or(0))
}

/// A page of a list, with the words of its rows.
pub async fn page_of<L: Listing>(app: &App, ctx: &Ctx, list: &List) -> Result<Page<L::Row>> {
    let select = L::select(app, &ctx.actor, list).await?;
    let found: Page<L::Found> = if L::LONG {
        list.fetch_long(&*app.db, select).await?
    } else {
        list.fetch_as(&*app.db, select).await?
    };
    let (found, place) = found.apart();
    Ok(place.with(L::rows(app, ctx, found).await?))
}

async fn index<L: Listing>(State(app): State<App>, ctx: Ctx, list: List) -> Answer {
    let list = asked::<L>(&ctx.actor, list);
    let form = FilterForm {
        query: list.query(),
        ..FilterForm::default()
    };
    let kept = Kept::load(&app, &ctx, L::ADDRESS, form).await?;
    L::page(&app, &ctx, list, kept).await
}

async fn export<L: Listing>(State(app): State<App>, ctx: Ctx, mut list: List) -> Answer {
    let format = list.take("format");
    let format = Format::named(&format).ok_or_else(|| Error::Unreadable(format!("format {format}")))?;
    let list = asked::<L>(&ctx.actor, list);
    let select = L::select(&app, &ctx.actor, &list).await?;
    let mut found = select.into_model::<L::Found>().stream(&*app.db).await?;
    let mut file = taking::Taking::begin::<L>(&ctx, format)?;
    while let Some(some) = taking::chunk(&mut found).await? {
        for row in L::rows(&app, &ctx, some).await? {
            file.row(&column::in_file(L::COLUMNS, &row, &ctx))?;
        }
    }
    file.hand_out(&app, &ctx, L::NAME, L::asked(&ctx, &list)).await
}

async fn keep<L: Listing>(State(app): State<App>, ctx: Ctx, Form(form): Form<FilterForm>) -> Answer {
    match form.input() {
        Ok(new) => {
            let to = format!("{}?{}", L::ADDRESS, new.query);
            saved::keep(&app, &ctx.actor, L::ADDRESS, new).await?;
            ctx.go(to).saying("list.saved.kept").answer()
        }
        Err(errors) => {
            let list = find::opened(&app, &ctx.actor, List::of_query(&form.query))?;
            let list = asked::<L>(&ctx.actor, list);
            let kept = Kept::load(&app, &ctx, L::ADDRESS, form).await?.with(errors);
            let page = L::page(&app, &ctx, list, kept).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

async fn remove<L: Listing>(State(app): State<App>, ctx: Ctx, Path(id): Path<SavedFilterId>) -> Answer {
    saved::remove(&app, &ctx.actor, L::ADDRESS, id).await?;
    ctx.go(L::ADDRESS).saying("list.saved.removed").answer()
}
