//! The filters that somebody keeps of a list, as its page shows them.

use askama::{Template, filters::HtmlSafe};
use entities::SavedFilterId;

use crate::{
    platform::{
        App, Errors, Result,
        list::saved::{self, FilterForm},
    },
    web::{Ctx, filters},
};

/// The filters of a list that the reader may use, and the form that keeps the present one.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/listing.html", block = "kept")]
pub struct Kept {
    address: &'static str,
    rows: Vec<Line>,
    form: FilterForm,
    errors: Errors,
}

// Templates escape what they are given.
impl HtmlSafe for Kept {}

#[derive(Clone, Debug)]
struct Line {
    id: SavedFilterId,
    name: String,
    href: String,
    shared: bool,
    removable: bool,
}

impl Kept {
    pub(super) async fn load(app: &App, ctx: &Ctx, address: &'static str, form: FilterForm) -> Result<Self> {
        let by = &ctx.actor;
        let rows = saved::of(&app.db, by, address).await?.into_iter().map(|row| Line {
            href: format!("{address}?{}", row.query),
            removable: saved::may_remove(by, &row),
            id: row.id,
            name: row.name,
            shared: row.shared,
        });
        Ok(Self {
            address,
            rows: rows.collect(),
            form,
            errors: Errors::default(),
        })
    }

    pub(super) fn with(mut self, errors: Errors) -> Self {
        self.errors = errors;
        self
    }
}
