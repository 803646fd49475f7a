//! The page of a child's way through the chain.

use axum::extract::State;
use entities::{
    ChildId,
    child::child,
    screening::{pathway, referral},
    words::{Focus, ReferralKind},
};

use super::{
    history,
    views::{ChainPage, Done, links},
};
use crate::{
    access::Can,
    children::{
        Calls, calls_for,
        service::{survivor, view_page},
    },
    pathway::{missing, projection, queries, rows::Rows, standing},
    platform::{App, Calendar, Error, Errors, Result, Say, clock},
    referral::{
        contacts_page, may_record_contact, queries as referrals,
        states::{self, Use},
    },
    task::late,
    web::{Answer, Ctx, Path, Routes},
};

/// The route of the chain page.
pub(crate) fn routes() -> Routes {
    Routes::new().get("/children/{id}/chain", Can::ViewChildren, show).post(
        "/children/{id}/referrals",
        Can::Refer,
        create,
    )
}

async fn create(State(app): State<App>, ctx: Ctx, Path(id): Path<ChildId>) -> Answer {
    let done = async {
        let referral = missing::propose(&app, &ctx.actor, id).await?;
        ctx.go(format!("/referrals/{referral}/sending")).answer()
    };
    ctx.after(done.await, async |errors| {
        page(&app, &ctx, survivor(&app, &ctx.actor, id).await?, errors).await
    })
    .await
}

async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<ChildId>) -> Answer {
    let child = view_page(&app, &ctx.actor, id, "chain").await?;
    if child.id != id {
        return ctx.go(format!("/children/{}/chain", child.id)).answer();
    }
    ctx.page(&page(&app, &ctx, child, Errors::default()).await?)
}

async fn page(app: &App, ctx: &Ctx, child: child::Model, errors: Errors) -> Result<ChainPage> {
    let db = &*app.db;
    let today = ctx.actor.today();
    let rows = projection::load(db, &child).await?;
    let place = queries::place_of(db, child.id).await?;
    let calendar = Calendar::known(&app.db).await?;
    let due_on = place.as_ref().and_then(|p| p.due_on);
    let late = due_on.map(|day| late(&calendar, day, today));
    let waited_for = place.as_ref().and_then(|p| p.referral_id);
    let waited_for = rows.referrals.iter().find(|r| Some(r.id) == waited_for);
    let overdue = late.as_ref().is_some_and(|l| l.overdue);
    let rungs = waited_for.map_or(0, |r| rows.rungs(Focus::Referral, r.id.0));
    let names = referrals::places(db, place.iter().filter_map(|p| p.organisation_id)).await?;
    let turn = place
        .as_ref()
        .and_then(|p| p.organisation_id)
        .and_then(|id| names.get(&id).cloned());
    let opened = opened(app, ctx, waited_for).await?;
    Ok(ChainPage {
        errors,
        turn: turn.clone().unwrap_or_default(),
        due: due_on.zip(late.as_ref()).map(|(day, late)| late.say(day, today)),
        why_late: if overdue {
            why_late(place.as_ref(), waited_for, (turn.unwrap_or_default(), rungs))
        } else {
            Vec::new()
        },
        calls: calls(app, ctx, child.id, opened.as_ref()).await?,
        referral: opened.map(|row| row.id),
        missing: place.as_ref().and_then(|p| missing::of(p, &ctx.actor)).is_some(),
        warnings: late
            .iter()
            .flat_map(|l| l.years_missing.iter())
            .map(|year| Say::new("calendar.year_missing").with("year", year))
            .chain(no_receiver(app, &rows).await?)
            .collect(),
        links: links(place.as_ref().map(|p| p.stage), overdue, done(&rows), |key| {
            ctx.say(key)
        }),
        history: history::whole_history(db, ctx, child.id).await?,
        pathway: place,
        overdue,
        child,
    })
}

/// Nobody can take the child yet: what is missing, and whose task it is.
async fn no_receiver(app: &App, rows: &Rows) -> Result<Option<Say>> {
    let Some((task, lack)) = rows.open_search().zip(standing::lacking(rows)) else {
        return Ok(None);
    };
    let names = referrals::places(&*app.db, [task.organisation_id]).await?;
    let place = names.get(&task.organisation_id).cloned().unwrap_or_default();
    Ok(Some(
        Say::new("chain.no_receiver")
            .with_word("kind", lack.kind().word())
            .with("place", place),
    ))
}

/// Whom to call, for those who may; a call is written down with the referral that is waited for.
async fn calls(app: &App, ctx: &Ctx, child: ChildId, row: Option<&referral::Model>) -> Result<Option<Calls>> {
    let row = row.filter(|row| may_record_contact(&ctx.actor, row));
    calls_for(app, ctx, child, row.map(|row| contacts_page(row.id))).await
}

async fn opened(app: &App, ctx: &Ctx, row: Option<&referral::Model>) -> Result<Option<referral::Model>> {
    let Some(row) = row else { return Ok(None) };
    match referrals::find(&*app.db, &ctx.actor, row.id).await {
        Ok(row) => Ok(Some(row)),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The facts behind a delay: what is missing, from whom, and how far the silence has climbed.
fn why_late(
    place: Option<&pathway::Model>,
    waited_for: Option<&referral::Model>,
    (turn, rungs): (String, i32),
) -> Vec<Say> {
    let Some(row) = waited_for else {
        return place
            .map(|p| Say::new("chain.late.stage").with_word("stage", p.stage.word()))
            .into_iter()
            .collect();
    };
    let appointment = row.appointment_at.map(clock::shown).unwrap_or_default();
    let mut says = vec![
        Say::new(states::of(row.state).late)
            .with("place", turn)
            .with("at", appointment),
    ];
    if rungs > 0 {
        says.push(Say::new("chain.late.escalated").with("n", rungs));
    }
    says
}

fn done(rows: &Rows) -> Done {
    let taken = rows
        .referrals
        .iter()
        .rfind(|r| r.kind == ReferralKind::Intake && states::of(r.state).use_ == Use::Taken);
    Done {
        screened: rows.screens.iter().map(|s| s.performed_on).max(),
        rescreened: rows.rescreens.iter().map(|s| s.performed_on).max(),
        diagnosed: rows.diagnoses.iter().map(|d| d.diagnosed_on).max(),
        taken_over: taken.map(|r| clock::day_of(r.closed_at.unwrap_or(r.since))),
    }
}
