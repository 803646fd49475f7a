//! What is our turn, and what came back: the pieces of the home page of whoever takes part in the chain.

use askama::Template;
use entities::{communication::notice, words::ReferralState};

use super::{
    tiles,
    work_list::{self, Line, View},
};
use crate::{
    access::scope,
    platform::{App, Calendar, Result, Say, clock},
    web::{
        Ctx, List,
        ctx::Part,
        filters,
        home::{Panel, takes_part},
    },
};

/// Rows shown.
const SHOWN: u64 = 8;

/// What is our turn, the longest due first.
pub(super) const FIRST: Panel = Panel {
    order: 10,
    shown: takes_part,
    draw: |app, ctx| Box::pin(first(app, ctx)),
};

/// Results that came back and were not opened.
pub(super) const RESULTS: Panel = Panel {
    order: 20,
    shown: takes_part,
    draw: |app, ctx| Box::pin(came_back(app, ctx)),
};

#[derive(Template)]
#[template(path = "referral/first.html")]
struct First {
    first: Vec<Line>,
}

#[derive(Template)]
#[template(path = "referral/results.html")]
struct Results {
    results: Vec<ResultLine>,
}

/// A result that came back.
#[derive(Clone, Debug)]
struct ResultLine {
    notice: notice::Model,
    /// The child's.
    name: String,
    /// What it says.
    text: Say,
    /// When it came.
    when: String,
}

async fn first(app: &App, ctx: &Ctx) -> Result<Part> {
    let calendar = Calendar::known(&app.db).await?;
    let list = List {
        filters: [("view".to_owned(), View::Ours.as_str().to_owned())].into(),
        ..List::default()
    };
    let first = work_list::first(app, ctx, &calendar, &list, SHOWN).await?;
    ctx.part(&First { first })
}

async fn came_back(app: &App, ctx: &Ctx) -> Result<Part> {
    let results = results(app, ctx).await?;
    ctx.part(&Results { results })
}

async fn results(app: &App, ctx: &Ctx) -> Result<Vec<ResultLine>> {
    let notices = tiles::results(&*app.db, &ctx.actor).await?;
    let mut lines = Vec::new();
    for notice in notices {
        let Some(child) = notice.child_id else { continue };
        // A child that moved out of sight is not named.
        let Ok(child) = scope::child(&*app.db, &ctx.actor, child).await else {
            continue;
        };
        let outcome = notice
            .params
            .get("outcome")
            .and_then(|v| v.as_str())
            .unwrap_or_default();
        let text = if outcome.is_empty() {
            Say::from(ReferralState::Declined.word())
        } else {
            Say::from(format!("referral.outcome.{outcome}"))
        };
        lines.push(ResultLine {
            name: child.name,
            text,
            when: clock::shown(notice.created_at),
            notice,
        });
    }
    Ok(lines)
}
