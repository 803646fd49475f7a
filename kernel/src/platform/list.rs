//! Lists: search term (sealed), filters, sort and page in the query string; a page of rows out.

pub mod saved;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use sea_orm::{
    ConnectionTrait, DbErr, EntityTrait, FromQueryResult, PaginatorTrait, QueryResult, QuerySelect, QueryTrait, Select,
    SelectModel,
    sea_query::{Asterisk, Expr, Query},
};
use serde::Deserialize;

use super::Result;

/// Rows on a page.
pub const PAGE: u64 = 50;
/// Long lists are counted up to here; nobody turns twenty pages, they search.
pub const COUNTED: u64 = 1000;

/// In the address of a list that begins with less: everything.
const ALL: &str = "all";

/// What a list is asked for. Unknown names in the query string are its filters.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct List {
    /// Search term.
    #[serde(default)]
    pub q: String,
    /// The same as it stands in addresses (`web::find`).
    #[serde(default, rename = "find")]
    pub sealed: String,
    /// Page, from 1.
    #[serde(default)]
    pub page: String,
    /// Column to sort by.
    #[serde(default)]
    pub sort: String,
    /// `asc` or `desc`.
    #[serde(default)]
    pub dir: String,
    /// Filters by name.
    #[serde(flatten)]
    pub filters: BTreeMap<String, String>,
    /// The order when nobody asks for one.
    #[serde(skip)]
    pub usual: Option<Order>,
}

/// An order of a list, by a column that it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its name in the query string.
    pub column: &'static str,
    /// The last first.
    pub descending: bool,
}

impl Order {
    /// The first, the smallest, the earliest first.
    pub const fn rising(column: &'static str) -> Self {
        Self {
            column,
            descending: false,
        }
    }

    /// The last first.
    pub const fn falling(column: &'static str) -> Self {
        Self {
            column,
            descending: true,
        }
    }
}

impl List {
    /// The page, from 1; nonsense is the first.
    pub fn number(&self) -> u64 {
        self.page.parse().unwrap_or(1).clamp(1, 1_000_000)
    }

    /// Descending.
    pub fn descending(&self) -> bool {
        self.dir == "desc"
    }

    /// A filter's value; empty when not set.
    pub fn filter(&self, name: &str) -> &str {
        self.filters.get(name).map_or("", String::as_str)
    }

    /// The search term without the white space around it.
    pub fn term(&self) -> &str {
        self.q.trim()
    }

    /// The address of another page of the same list.
    pub fn href_page(&self, page: u64) -> String {
        self.href(&[("page", &page.to_string())])
    }

    /// The address of the same list, sorted by a column; a second time turns the order.
    pub fn href_sort(&self, column: &str) -> String {
        let dir = if self.sorted_by(column) == "asc" { "desc" } else { "asc" };
        self.href(&[("sort", column), ("dir", dir), ("page", "1")])
    }

    /// How the list is sorted by a column: `asc`, `desc` or nothing.
    pub fn sorted_by(&self, column: &str) -> &'static str {
        let (by, descending) = match self.usual {
            Some(usual) if self.sort.is_empty() => (usual.column, usual.descending),
            _ => (self.sort.as_str(), self.descending()),
        };
        match (by == column, descending) {
            (false, _) => "",
            (true, false) => "asc",
            (true, true) => "desc",
        }
    }

    /// Nothing is asked for: whoever opens it so wants to see what there is to do. A form whose fields were emptied asks for
    /// everything.
    pub fn is_bare(&self) -> bool {
        let asked = [&self.q, &self.sealed, &self.sort];
        self.filters.is_empty() && asked.iter().all(|text| text.trim().is_empty())
    }

    /// Everything is asked for by its empty fields: said in the links, which leave those out.
    pub fn ask_for_all(&mut self) {
        if !self.filters.is_empty() && self.query().is_empty() {
            self.narrow(ALL, "true");
        }
    }

    /// The same with a filter.
    pub fn narrow(&mut self, name: &str, value: impl Into<String>) {
        self.filters.insert(name.to_owned(), value.into());
    }

    /// The address of the same list with some things changed.
    pub fn href(&self, changes: &[(&str, &str)]) -> String {
        let mut pairs: BTreeMap<&str, &str> = self.filters.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        pairs.extend([("find", self.sealed.as_str()), ("sort", &self.sort), ("dir", &self.dir)]);
        pairs.extend(changes.iter().copied());
        pairs.retain(|_, v| !v.is_empty());
        format!("?{}", serde_urlencoded::to_string(&pairs).unwrap_or_default())
    }

    /// A list as a query string keeps it, without the page that it stood on. What cannot be read is the whole list.
    pub fn of_query(query: &str) -> Self {
        let query = query.trim_start_matches('?');
        let list: Self = serde_urlencoded::from_str(query).unwrap_or_default();
        Self {
            page: String::new(),
            ..list
        }
    }

    /// One thing that was asked for and is no filter of the rows.
    pub fn take(&mut self, name: &str) -> String {
        self.filters.remove(name).unwrap_or_default()
    }

    /// The query string without the page: what a saved filter keeps and an export takes.
    pub fn query(&self) -> String {
        self.href(&[("page", "")]).trim_start_matches('?').to_owned()
    }

    /// A page of a select.
    pub async fn fetch<E, M>(&self, db: &impl ConnectionTrait, select: Select<E>) -> Result<Page<M>>
    where
        E: EntityTrait<Model = M>,
        M: FromQueryResult + Sized + Send + Sync,
    {
        let total = select.clone().count(db).await?;
        let page = Page::<M>::place(self.number(), total);
        let rows = select.offset(page.offset()).limit(PAGE).all(db).await?;
        Ok(page.with(rows))
    }

    /// A page of a list that may be very long. It is counted no further than [`COUNTED`], and by the same query, so that a
    /// list costs the same however many rows there are.
    pub async fn fetch_long<E, M>(&self, db: &impl ConnectionTrait, select: Select<E>) -> Result<Page<M>>
    where
        E: EntityTrait,
        E::Model: FromQueryResult + Send + Sync,
        M: FromQueryResult + Sized + Send + Sync,
        SelectModel<Counted<M>>: Send,
    {
        let select = counted(select);
        let rows_from = async |offset: u64| {
            let rows = select.clone().offset(offset).limit(PAGE + 1);
            rows.into_model::<Counted<M>>().all(db).await
        };
        let asked = Page::<M>::place(self.number(), u64::MAX);
        let mut offset = asked.offset();
        let mut rows = rows_from(offset).await?;
        if rows.is_empty() && offset > 0 {
            // Behind the end: the last page that is counted.
            let first = rows_from(0).await?.into_iter().next();
            let counted = first.map_or(0, |row| row.counted);
            offset = Page::<M>::place(asked.page, counted.min(COUNTED)).offset();
            rows = rows_from(offset).await?;
        }
        let counted = rows.first().map_or(0, |row| row.counted);
        let shown = offset + u64::try_from(rows.len()).unwrap_or(u64::MAX);
        let mut page = Page::place(offset / PAGE + 1, counted.max(shown));
        page.uncounted = counted > COUNTED;
        if page.uncounted {
            page.total = page.total.min(COUNTED.max(offset + PAGE));
        }
        Ok(page.with(rows.into_iter().map(|row| row.row).collect()).shortened())
    }

    /// A page of a select into another shape of row.
    pub async fn fetch_as<E, M>(&self, db: &impl ConnectionTrait, select: Select<E>) -> Result<Page<M>>
    where
        E: EntityTrait,
        E::Model: FromQueryResult + Send + Sync,
        M: FromQueryResult + Sized + Send + Sync,
        SelectModel<M>: Send,
    {
        let total = select.clone().count(db).await?;
        let page = Page::<M>::place(self.number(), total);
        let rows = select
            .offset(page.offset())
            .limit(PAGE)
            .into_model::<M>()
            .all(db)
            .await?;
        Ok(page.with(rows))
    }
}

/// A row with the number of all rows, counted up to a limit.
#[derive(Clone, Debug)]
pub struct Counted<M> {
    row: M,
    counted: u64,
}

impl<M: FromQueryResult> FromQueryResult for Counted<M> {
    fn from_query_result(found: &QueryResult, prefix: &str) -> std::result::Result<Self, DbErr> {
        let counted: i64 = found.try_get(prefix, "counted")?;
        Ok(Self {
            row: M::from_query_result(found, prefix)?,
            counted: u64::try_from(counted).unwrap_or(0),
        })
    }
}

/// A select whose rows carry the number of all rows, counted no further than one more than [`COUNTED`].
pub fn counted<E: EntityTrait>(select: Select<E>) -> Select<E> {
    let number = number_of(select.clone());
    select.expr_as(number, "counted")
}

/// The number of a select's rows, counted no further than one more than [`COUNTED`].
pub fn number_of<E: EntityTrait>(select: Select<E>) -> Expr {
    let mut rows = select.limit(COUNTED + 1).into_query();
    rows.clear_selects().clear_order_by().expr(Expr::val(1));
    let all = sea_orm::sea_query::ExprTrait::count(Expr::col(Asterisk));
    let count = Query::select().expr(all).from_subquery(rows, "counted_rows").to_owned();
    Expr::SubQuery(None, Box::new(count.into()))
}

/// A number as it is shown: with a `+` when nobody counted it to the end.
pub fn shown(number: u64) -> String {
    if number > COUNTED {
        format!("{COUNTED}+")
    } else {
        number.to_string()
    }
}

/// A page of rows.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Of how many.
    pub total: u64,
    /// Which page, from 1.
    pub page: u64,
    /// Of how many.
    pub pages: u64,
    /// Number of the first row, from 1; 0 when there is none.
    pub first: u64,
    /// Number of the last row.
    pub last: u64,
    /// There are more than `total`; nobody counted them.
    pub uncounted: bool,
}

impl<T> Page<T> {
    /// An empty page at its place among `total` rows; a page behind the last is the last.
    pub fn place(page: u64, total: u64) -> Self {
        let pages = total.div_ceil(PAGE).max(1);
        let page = page.clamp(1, pages);
        let first = if total == 0 { 0 } else { (page - 1) * PAGE + 1 };
        Self {
            rows: Vec::new(),
            total,
            page,
            pages,
            first,
            last: (page * PAGE).min(total),
            uncounted: false,
        }
    }

    /// Without the row that only showed that there are more.
    fn shortened(mut self) -> Self {
        self.rows.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
        self
    }

    /// Rows to skip.
    pub fn offset(&self) -> u64 {
        (self.page - 1) * PAGE
    }

    /// With its rows.
    #[must_use]
    pub fn with(mut self, rows: Vec<T>) -> Self {
        self.rows = rows;
        self
    }

    /// The rows, and their place for rows of another shape.
    pub fn apart<U>(self) -> (Vec<T>, Page<U>) {
        let place = Page {
            rows: Vec::new(),
            total: self.total,
            page: self.page,
            pages: self.pages,
            first: self.first,
            last: self.last,
            uncounted: self.uncounted,
        };
        (self.rows, place)
    }

    /// The same place with rows of another shape.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        let (rows, place) = self.apart();
        place.with(rows.into_iter().map(f).collect())
    }
}
