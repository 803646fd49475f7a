//! The list of referrals.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use chrono_tz::Asia::Shanghai;
use entities::{
    OrganisationId,
    screening::referral,
    words::{ReferralKind, ReferralState},
};
use sea_orm::{QuerySelect as _, Select};

use super::{
    queries::{self, Row, View},
    views::{Line, ReferralsPage},
};
use crate::{
    access::Can,
    organisations,
    platform::{Actor, App, Calendar, Errors, Result, clock, list::Order, workbook::Value},
    referral::{Slip, queries as referrals, rules},
    task::late,
    web::{
        Answer, Choice, Ctx, List, Listing, Page, choices,
        listing::{self, Kept, Pick, Prints, prints},
    },
};

/// Referrals.
pub struct Referrals;

/// A referral with the names of its places.
#[derive(Clone, Debug)]
pub struct Named {
    row: Row,
    street: String,
    from: String,
    to: String,
}

fn moment(at: DateTime<Utc>) -> Value {
    Value::Moment(at.with_timezone(&Shanghai).naive_local())
}

type Column = listing::Column<Named>;

impl Listing for Referrals {
    type Entity = referral::Entity;
    type Found = Row;
    type Row = Named;

    const ADDRESS: &'static str = "/referrals";
    const NAME: &'static str = "/referrals";
    const TITLE: &'static str = "work.export.name";
    const SEEN_BY: Can = Can::ViewChildren;
    const ORDER: Order = Order::rising("due");
    const PAPERS: &'static [Prints] = &[Prints::of::<Slip>()];
    const COLUMNS: &'static [Column] = &[
        Column::new("work.column.file_no", 20, |of, _| Value::text(&of.row.file_no)),
        Column::new("work.column.name", 12, |of, _| Value::text(&of.row.name)),
        Column::new("work.column.birth", 12, |of, _| Value::Date(of.row.birth_on)),
        Column::new("work.column.street", 16, |of, _| Value::text(&of.street)),
        Column::new("work.column.kind", 10, |of, ctx| {
            Value::Text(ctx.say(of.row.kind.word()))
        }),
        Column::new("work.column.state", 12, |of, ctx| {
            Value::Text(ctx.say(of.row.state.word()))
        }),
        Column::new("work.column.from", 26, |of, _| Value::text(&of.from)),
        Column::new("work.column.to", 26, |of, _| Value::text(&of.to)),
        Column::new("work.column.since", 18, |of, _| moment(of.row.since)),
        Column::new("work.column.due", 12, |of, _| {
            of.row.due().map_or(Value::Blank, Value::Date)
        }),
        Column::new("work.column.appointment", 18, |of, _| {
            of.row.appointment_at.map_or(Value::Blank, moment)
        }),
    ];

    fn opens_on(by: &Actor, list: &mut List) {
        list.narrow("view", View::first(by).as_str());
    }

    fn pick(of: &Named, _: &Ctx) -> Option<Pick> {
        (of.row.state != ReferralState::Proposed).then(|| Pick {
            id: of.row.id.0,
            label: of.row.name.clone(),
        })
    }

    async fn select(_: &App, by: &Actor, list: &List) -> Result<Select<referral::Entity>> {
        queries::readable(list)?;
        Ok(queries::rows(by, list))
    }

    async fn rows(app: &App, _: &Ctx, found: Vec<Row>) -> Result<Vec<Named>> {
        let db = &*app.db;
        let places = found
            .iter()
            .flat_map(|r| [r.from_organisation_id, r.to_organisation_id]);
        let places = referrals::places(db, places.collect::<BTreeSet<_>>()).await?;
        let streets: BTreeSet<String> = found.iter().map(|r| r.street.clone()).collect();
        let streets = organisations::queries::division_names(db, streets).await?;
        let place = |id: OrganisationId| places.get(&id).cloned().unwrap_or_default();
        let named = |row: Row| Named {
            street: streets.get(&row.street).unwrap_or(&row.street).clone(),
            from: place(row.from_organisation_id),
            to: place(row.to_organisation_id),
            row,
        };
        Ok(found.into_iter().map(named).collect())
    }

    async fn page(app: &App, ctx: &Ctx, list: List, kept: Kept) -> Answer {
        let errors = match queries::readable(&list) {
            Ok(()) => return ctx.page(&referrals_page(app, ctx, list, kept, Errors::default()).await?),
            Err(errors) => errors,
        };
        ctx.invalid(&referrals_page(app, ctx, list, kept, errors).await?)
    }
}

async fn referrals_page(app: &App, ctx: &Ctx, list: List, kept: Kept, errors: Errors) -> Result<ReferralsPage> {
    let db = &*app.db;
    let by = &ctx.actor;
    let calendar = Calendar::known(&app.db).await?;
    // A filter that cannot be read shows no other rows.
    let page = if errors.is_empty() {
        lines(app, ctx, &calendar, &list).await?
    } else {
        Page::place(1, 0)
    };
    let current = View::of(list.filter("view"));
    let mut views = Vec::new();
    for view in View::ALL {
        if by.looks_on() && !view.is_for_onlookers() {
            continue;
        }
        let n = queries::count(db, by, *view).await?.to_string();
        let href = format!("/referrals{}", list.href(&[("view", view.as_str()), ("page", "")]));
        views.push((href, ctx.say(view.key()), *view == current, n));
    }
    let sides = [("in", "work.side.in"), ("out", "work.side.out")]
        .map(|(value, key)| Choice::new(value, ctx.say(key), list.filter("side")));
    Ok(ReferralsPage {
        views,
        kinds: choices::<ReferralKind>(ctx.language, list.filter("kind")),
        states: choices::<ReferralState>(ctx.language, list.filter("state")),
        streets: organisations::queries::street_choices(&app.db, &ctx.actor, list.filter("street")).await?,
        sides: sides.into(),
        can_accept: page.rows.iter().any(|line| line.acceptable),
        can_export: Can::Export.allows(&by.roles),
        papers: prints::<Referrals>(ctx),
        errors,
        kept,
        page,
        list,
    })
}

/// A page of the list, with its words.
async fn lines(app: &App, ctx: &Ctx, calendar: &Calendar, list: &List) -> Result<Page<Line>> {
    let select = queries::rows(&ctx.actor, list);
    let (rows, place) = list.fetch_as(&*app.db, select).await?.apart();
    Ok(place.with(told(app, ctx, calendar, rows).await?))
}

/// The first rows of the list, with their words; nobody counts the others.
pub async fn first(app: &App, ctx: &Ctx, calendar: &Calendar, list: &List, rows: u64) -> Result<Vec<Line>> {
    let select = queries::rows(&ctx.actor, list).limit(rows);
    let rows = select.into_model::<Row>().all(&*app.db).await?;
    told(app, ctx, calendar, rows).await
}

async fn told(app: &App, ctx: &Ctx, calendar: &Calendar, rows: Vec<Row>) -> Result<Vec<Line>> {
    let db = &*app.db;
    let by = &ctx.actor;
    let ids = rows.iter().flat_map(|r| [r.from_organisation_id, r.to_organisation_id]);
    let names = referrals::places(db, ids).await?;
    let streets = organisations::queries::division_names(db, rows.iter().map(|r| r.street.clone())).await?;
    let name = |id: OrganisationId| names.get(&id).cloned().unwrap_or_default();
    let here = by.workplace.as_ref().map(|w| w.id);
    let today = by.today();
    let line = |row: Row| {
        let late = row.due().map(|due| late(calendar, due, today));
        let may = rules::Move::Accept.needs(row.kind).allows(&by.roles) && Can::Refer.allows(&by.roles);
        Line {
            from: name(row.from_organisation_id),
            to: name(row.to_organisation_id),
            street: streets.get(&row.street).unwrap_or(&row.street).clone(),
            due: row.due().zip(late.as_ref()).map(|(due, late)| late.say(due, today)),
            overdue: late.is_some_and(|l| l.overdue),
            acceptable: may && row.is_waiting_for_answer() && here == Some(row.to_organisation_id),
            appointment: row.appointment_at.map(clock::shown).unwrap_or_default(),
            row,
        }
    };
    Ok(rows.into_iter().map(line).collect())
}
