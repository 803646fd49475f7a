//! The list of referrals.

use axum::extract::State;
use entities::{
    OrganisationId, ReferralId, SavedFilterId,
    words::{ReferralKind, ReferralState},
};
use serde::Deserialize;

use super::{
    export,
    queries::{self, Row, View},
    saved::{self, FilterForm},
    views::{Line, ReferralsPage},
};
use crate::{
    access::Can,
    organisations,
    platform::{App, Calendar, Errors, Result, Say, clock},
    referral::{queries as referrals, rules, service, views::late_say},
    web::{Answer, Choice, Ctx, Form, List, Page, Path, Routes, choices},
};

/// The list that saved filters belong to.
const PAGE: &str = "/referrals";

/// The routes of work lists.
pub fn routes() -> Routes {
    Routes::new()
        .get("/referrals", Can::ViewChildren, index)
        .get_heavy("/referrals/export", Can::Export, take_out)
        .post("/referrals/acceptances", Can::Refer, acceptances)
        .post("/referrals/filters", Can::ViewChildren, keep)
        .post("/referrals/filters/{id}/removal", Can::ViewChildren, remove)
}

async fn index(State(app): State<App>, ctx: Ctx, list: List) -> Answer {
    ctx.page(&referrals_page(&app, &ctx, list, FilterForm::default(), Errors::default()).await?)
}

async fn referrals_page(app: &App, ctx: &Ctx, list: List, form: FilterForm, errors: Errors) -> Result<ReferralsPage> {
    let db = &*app.db;
    let by = &ctx.actor;
    let calendar = Calendar::known(&app.db).await?;
    let page = lines(app, ctx, &calendar, &list).await?;
    let current = View::of(list.filter("view"));
    let mut views = Vec::new();
    for view in View::ALL {
        if queries::looks_on(by) && !view.is_for_onlookers() {
            continue;
        }
        let n = queries::count(db, by, *view).await?.to_string();
        let href = format!("/referrals{}", list.href(&[("view", view.as_str()), ("page", "")]));
        views.push((href, ctx.say(view.key()), *view == current, n));
    }
    let saved = saved::of(db, by, PAGE).await?;
    let sides = [("in", "work.side.in"), ("out", "work.side.out")]
        .map(|(value, key)| Choice::new(value, ctx.say(key), list.filter("side")));
    Ok(ReferralsPage {
        views,
        kinds: choices::<ReferralKind>(ctx.language, list.filter("kind")),
        states: choices::<ReferralState>(ctx.language, list.filter("state")),
        streets: organisations::queries::street_choices(&app.db, &ctx.actor, list.filter("street")).await?,
        sides: sides.into(),
        saved: saved
            .into_iter()
            .map(|row| {
                let href = format!("{PAGE}?{}", row.query);
                let mine = saved::may_remove(by, &row);
                (row, href, mine)
            })
            .collect(),
        can_accept: page.rows.iter().any(|line| line.acceptable),
        can_export: Can::Export.allows(&by.roles),
        export: format!("/referrals/export?{}", list.query()),
        form: FilterForm {
            query: list.query(),
            ..form
        },
        errors,
        page,
        list,
    })
}

/// A page of the list, with its words.
pub async fn lines(app: &App, ctx: &Ctx, calendar: &Calendar, list: &List) -> Result<Page<Line>> {
    let db = &*app.db;
    let by = &ctx.actor;
    let found: Page<Row> = list.fetch_as(db, queries::rows(by, list)).await?;
    let ids = found
        .rows
        .iter()
        .flat_map(|r| [r.from_organisation_id, r.to_organisation_id]);
    let names = referrals::places(db, ids).await?;
    let streets = organisations::queries::division_names(db, found.rows.iter().map(|r| r.street.clone())).await?;
    let name = |id: OrganisationId| names.get(&id).cloned().unwrap_or_default();
    let here = by.workplace.as_ref().map(|w| w.id);
    let today = by.today();
    Ok(found.map(|row| {
        let late = row.due().map(|due| rules::late(calendar, due, today));
        let may = rules::Move::Accept.needs(row.kind).allows(&by.roles) && Can::Refer.allows(&by.roles);
        Line {
            from: name(row.from_organisation_id),
            to: name(row.to_organisation_id),
            street: streets.get(&row.street).unwrap_or(&row.street).clone(),
            due: row
                .due()
                .zip(late.as_ref())
                .map(|(due, late)| late_say(due, late, today)),
            overdue: late.is_some_and(|l| l.overdue),
            acceptable: may && row.is_waiting_for_answer() && here == Some(row.to_organisation_id),
            appointment: row.appointment_at.map(clock::shown).unwrap_or_default(),
            row,
        }
    }))
}

/// Rows ticked in the list, and the list they were ticked in.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Picked {
    pick: Vec<String>,
    query: String,
}

async fn acceptances(State(app): State<App>, ctx: Ctx, Form(picked): Form<Picked>) -> Answer {
    let ids: Vec<ReferralId> = picked.pick.iter().filter_map(|id| id.parse().ok()).take(500).collect();
    let back = ctx.go(format!("/referrals?{}", picked.query.replace(['\r', '\n'], "")));
    if ids.is_empty() {
        return back.warning("work.accepted.none").answer();
    }
    let bulk = service::accept_many(&app, &ctx.actor, &ids).await?;
    let say = Say::new(if bulk.skipped == 0 {
        "work.accepted"
    } else {
        "work.accepted.some"
    })
    .with("done", bulk.done)
    .with("skipped", bulk.skipped);
    if bulk.skipped == 0 {
        back.saying(say).answer()
    } else {
        back.warning(say).answer()
    }
}

async fn take_out(State(app): State<App>, ctx: Ctx, list: List) -> Answer {
    export::workbook(&app, &ctx, &list).await
}

async fn keep(State(app): State<App>, ctx: Ctx, Form(form): Form<FilterForm>) -> Answer {
    match form.input() {
        Ok(new) => {
            let to = format!("{PAGE}?{}", new.query);
            saved::keep(&app, &ctx.actor, PAGE, new).await?;
            ctx.go(to).saying("work.filter.kept").answer()
        }
        Err(errors) => {
            let list = serde_urlencoded::from_str(&form.query).unwrap_or_default();
            ctx.invalid(&referrals_page(&app, &ctx, list, form, errors).await?)
        }
    }
}

async fn remove(State(app): State<App>, ctx: Ctx, Path(id): Path<i64>) -> Answer {
    saved::remove(&app, &ctx.actor, SavedFilterId(id)).await?;
    ctx.go(PAGE).saying("work.filter.removed").answer()
}
