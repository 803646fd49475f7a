//! The list of organisations.

use entities::{organisation::organisation, words::OrganisationKind};
use sea_orm::Select;

use super::queries;
use crate::{
    access::Can,
    platform::{Actor, App, Result, list::Order, workbook::Value},
    web::{
        Cell, Choice, Ctx, Filter, List, Listing, choices,
        listing::{self, Around},
    },
};

/// Organisations.
pub struct Organisations;

/// An organisation, and its division by name.
#[derive(Clone, Debug)]
pub struct OrganisationRow {
    organisation: organisation::Model,
    covers: Option<String>,
}

fn or_dash(text: Option<&String>) -> String {
    text.map_or(Value::None, Value::text).shown()
}

type Column = listing::Column<OrganisationRow>;

impl Listing for Organisations {
    type Entity = organisation::Entity;
    type Found = organisation::Model;
    type Row = OrganisationRow;

    const ADDRESS: &'static str = "/organisations";
    const NAME: &'static str = "organisations";
    const TITLE: &'static str = "organisations.title";
    const SEEN_BY: Can = Can::Configure;
    const TAKEN_BY: Can = Can::Configure;
    const ORDER: Order = Order::rising("kind");
    const COLUMNS: &'static [Column] = &[
        Column::new("organisation.name", 32, |row, _| Value::text(&row.organisation.name))
            .on_page(|row, ctx| {
                let place = &row.organisation;
                let cell = Cell::new().link(format!("/organisations/{}", place.id), &place.name);
                match place.closed_on {
                    Some(on) => cell
                        .badge(("neutral", "cancelled"), ctx.say("organisation.state.closed"))
                        .text(on.to_string()),
                    None => cell,
                }
            })
            .sorted("name"),
        Column::new("organisation.kind", 20, |row, ctx| {
            Value::Text(ctx.say(row.organisation.kind.word()))
        })
        .sorted("kind"),
        Column::new("organisation.coverage", 20, |row, _| {
            Value::text_or_blank(row.covers.as_ref())
        })
        .on_page(|row, _| {
            let name = row.covers.as_deref().unwrap_or_default();
            Cell::new().text(name).muted_code(&row.organisation.coverage)
        })
        .sorted("coverage"),
        Column::new("division.code", 14, |row, _| Value::text(&row.organisation.coverage)).filed(),
        Column::new("organisation.credit_code", 22, |row, _| {
            Value::text_or_blank(row.organisation.credit_code.as_ref())
        })
        .on_page(|row, _| Cell::new().text(or_dash(row.organisation.credit_code.as_ref())))
        .code(),
        Column::new("organisation.phone", 18, |row, _| {
            Value::text_or_blank(row.organisation.phone.as_ref())
        })
        .on_page(|row, _| Cell::new().text(or_dash(row.organisation.phone.as_ref()))),
        Column::new("organisation.closed_on", 12, |row, _| {
            Value::date_or_blank(row.organisation.closed_on)
        })
        .filed(),
    ];

    /// Those that work.
    fn opens_on(_: &Actor, list: &mut List) {
        list.narrow("state", "open");
    }

    async fn select(_: &App, by: &Actor, list: &List) -> Result<Select<organisation::Entity>> {
        Ok(queries::found(by, list))
    }

    async fn rows(app: &App, _: &Ctx, found: Vec<organisation::Model>) -> Result<Vec<OrganisationRow>> {
        let names = queries::division_names(&*app.db, found.iter().map(|row| row.coverage.clone())).await?;
        let row = |organisation: organisation::Model| OrganisationRow {
            covers: names.get(&organisation.coverage).cloned(),
            organisation,
        };
        Ok(found.into_iter().map(row).collect())
    }

    async fn around(_: &App, ctx: &Ctx, list: &List) -> Result<Around> {
        let kinds = choices::<OrganisationKind>(ctx.language, list.filter("kind"));
        let states = [
            ("open", "organisation.state.open"),
            ("closed", "organisation.state.closed"),
        ];
        let states = states.map(|(state, key)| Choice::new(state, ctx.say(key), list.filter("state")));
        Ok(Around {
            lead: "organisations.lead",
            links: vec![
                ("/divisions", "divisions.title", "map", ""),
                ("/organisations/new", "organisations.new", "add", "primary"),
            ],
            filters: vec![
                Filter::search("organisations.search", list),
                Filter::select("kind", "organisation.kind", kinds),
                Filter::select("state", "organisation.state", states.into()),
            ],
            nothing: "organisations.none",
            ..Around::default()
        })
    }
}
