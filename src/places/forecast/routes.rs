//! The handler of “if we admit these children”. It only reads: everything stands in its address.

use axum::extract::State;
use chrono::{Datelike as _, Months, NaiveDate};
use entities::{
    organisation::organisation,
    words::{CareService, EnrolmentMode},
};
use serde::Deserialize;

use super::{
    base::{admitted, base},
    reckoning::{self, MONTHS, Month, Taker},
    views::{ForecastPage, Sheet, Shown},
};
use crate::{
    access::Can,
    places::{
        centre::{self, Centres},
        rules::Hours,
        seen,
        waiting::{facts::WaitingList, within},
    },
    platform::{App, Errors, Result, form::day_of, parameter, rule::Rule as _},
    web::{Answer, Choice, Ctx, Query, Routes},
};

/// The route.
pub fn routes() -> Routes {
    Routes::new().get("/admission-forecast", Can::ViewPlaces, show)
}

/// What is asked.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    centre: String,
    month: String,
    pick: Vec<String>,
}

async fn show(State(app): State<App>, ctx: Ctx, Query(asked): Query<Asked>) -> Answer {
    let db = &*app.db;
    let centres = Centres::of(db, &ctx.actor, &asked.centre).await?;
    let this = first_of(ctx.actor.today());
    let (first, errors) = month(&asked.month, this);
    let mut page = ForecastPage {
        centre: centres.name(),
        centre_id: centres.id().to_string(),
        has_centre: centres.chosen.is_some(),
        centres: centres.choices(),
        months: choices(this, first),
        candidates: Vec::new(),
        picked: 0,
        places: Sheet {
            heads: Vec::new(),
            rows: Vec::new(),
        },
        hours: Sheet {
            heads: Vec::new(),
            rows: Vec::new(),
        },
        no_hours: false,
        errors,
    };
    if let Some(place) = &centres.chosen {
        let rule: Hours = parameter::get(db, Hours::CODE, centre::district(place), ctx.actor.today()).await?;
        let begins = first.max(ctx.actor.today());
        let (candidates, picked) = candidates(&app, &ctx, place, &asked.pick, (&rule, begins)).await?;
        let base = base(db, place.id, &rule, this, ctx.actor.now).await?;
        let told = reckoning::months(&base, &picked, first);
        page.no_hours = base.hours.is_empty();
        page.candidates = candidates;
        page.picked = picked.len();
        page.places = places(&told);
        page.hours = hours(&told);
    }
    ctx.page(&page)
}

fn first_of(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

/// The month that is typed; this one where none is. What cannot be read is told, and this month shown.
fn month(typed: &str, this: NaiveDate) -> (NaiveDate, Errors) {
    if typed.is_empty() {
        return (this, Errors::default());
    }
    let last = this.checked_add_months(Months::new(MONTHS)).unwrap_or(this);
    match day_of(&format!("{typed}-01")) {
        Ok(first) if (this..=last).contains(&first) => (first, Errors::default()),
        Ok(_) | Err(_) => (this, Errors::field("month", "forecast.month.wrong")),
    }
}

fn named(first: NaiveDate) -> String {
    first.format("%Y-%m").to_string()
}

fn choices(this: NaiveDate, chosen: NaiveDate) -> Vec<Choice> {
    let chosen = named(chosen);
    let months = (0..MONTHS).filter_map(|n| this.checked_add_months(Months::new(n)));
    months
        .map(|first| Choice::new(named(first), named(first), &chosen))
        .collect()
}

/// Those who wait, list by list in their order, and those of them that are picked.
async fn candidates(
    app: &App,
    ctx: &Ctx,
    place: &organisation::Model,
    pick: &[String],
    (rule, begins): (&Hours, NaiveDate),
) -> Result<(Vec<Choice>, Vec<Taker>)> {
    let db = &*app.db;
    let (mut candidates, mut picked) = (Vec::new(), Vec::new());
    for mode in EnrolmentMode::ALL {
        let list = WaitingList::of(db, place.id, centre::district(place), *mode, ctx.actor.today()).await?;
        let visible = seen::of(db, &ctx.actor, list.children.keys().copied()).await?;
        for one in &list.places {
            let Some(row) = list.applications.get(&one.application) else {
                continue;
            };
            let Some(child) = list
                .children
                .get(&row.child_id)
                .filter(|child| visible.contains(&child.id))
            else {
                continue;
            };
            let id = row.id.to_string();
            let is_picked = pick.contains(&id);
            if is_picked {
                picked.push(admitted(rule, row, begins));
            }
            let group = list.rule.value.groups.iter().find(|row| row.code == one.group);
            let range = within(one.range, one.of);
            let group = group.map_or(one.group.as_str(), |row| row.name(ctx.language));
            let label = format!(
                "{} {} · {} · {group} · {}",
                child.name,
                child.file_no,
                ctx.say(mode.word()),
                ctx.say(range)
            );
            candidates.push(Choice::new(&id, label, if is_picked { &id } else { "" }));
        }
    }
    Ok((candidates, picked))
}

fn places(months: &[Month]) -> Sheet {
    let cells = |month: &Month| month.places.iter().map(|(_, cell)| Shown::places(*cell)).collect();
    Sheet {
        heads: EnrolmentMode::ALL.iter().map(|mode| mode.word()).collect(),
        rows: months.iter().map(|month| (named(month.first), cells(month))).collect(),
    }
}

fn hours(months: &[Month]) -> Sheet {
    let cells = |month: &Month| month.hours.iter().map(|(_, cell)| Shown::hours(*cell)).collect();
    Sheet {
        heads: CareService::ALL.iter().map(|service| service.word()).collect(),
        rows: months.iter().map(|month| (named(month.first), cells(month))).collect(),
    }
}
