//! Lists: one's own sheets, and the assessments of a child.

use axum::extract::State;
use entities::{ChildId, screening::assessment, words::AssessmentState};

use crate::{
    access::Can,
    account,
    assessment::{
        comparison,
        instruments::library,
        queries, service,
        sight::{self, Sight},
        views::{Entry, IndexPage, OfChildPage, look, of_child, tongue},
    },
    children::service::view_page,
    platform::{App, Result},
    web::{Answer, Ctx, List, Page, Path},
};

/// What is being filled in stands above what is finished, and is not divided into pages: nobody has many sheets at once.
pub(super) async fn index(State(app): State<App>, ctx: Ctx, list: List) -> Answer {
    let db = &*app.db;
    let begun = queries::of_rater(&ctx.actor, AssessmentState::Draft)?.all(db).await?;
    let finished = queries::of_rater(&ctx.actor, AssessmentState::Final)?;
    let found: Page<assessment::Model> = list.fetch(db, finished).await?;
    let begun = with_children(&app, &ctx, &begun).await?;
    let rows = with_children(&app, &ctx, &found.rows).await?;
    let found = Page::place(found.page, found.total).with(rows);
    ctx.page(&IndexPage { list, begun, found })
}

async fn with_children(app: &App, ctx: &Ctx, rows: &[assessment::Model]) -> Result<Vec<Entry>> {
    let children = queries::children_of(&*app.db, rows).await?;
    let mut entries = entries(app, ctx, rows).await?;
    for entry in &mut entries {
        entry.child = children.get(&entry.row.child_id).cloned();
    }
    Ok(entries)
}

pub(super) async fn child_index(State(app): State<App>, ctx: Ctx, Path(id): Path<ChildId>, list: List) -> Answer {
    let child = view_page(&app, &ctx.actor, id, "assessments").await?;
    if child.id != id {
        return ctx.go(of_child(child.id)).answer();
    }
    let found: Page<assessment::Model> = list.fetch(&*app.db, queries::of_child(child.id)).await?;
    let entries = entries(&app, &ctx, &found.rows).await?;
    let found = Page::place(found.page, found.total).with(entries);
    ctx.page(&OfChildPage { child, list, found })
}

/// What stands in the place of a result that is not told.
const fn untold(sight: Sight) -> &'static str {
    match sight {
        Sight::Told => "",
        Sight::OnOpening => "assessment.untold",
        Sight::Hidden => "assessment.hidden",
    }
}

/// Rows as the reader may see them: a result that the reader rates a second time, or still could, is not told here.
async fn entries(app: &App, ctx: &Ctx, rows: &[assessment::Model]) -> Result<Vec<Entry>> {
    let db = &*app.db;
    let here = library::load(db).await?;
    let people = account::queries::names(db, rows.iter().map(|row| row.by)).await?;
    let seconds = queries::seconds(db, rows.iter().map(|row| row.id)).await?;
    let sights = sight::sights(db, &ctx.actor, rows).await?;
    let me = ctx.actor.account;
    let tongue = tongue(ctx);
    rows.iter()
        .map(|row| {
            let outcome = comparison::outcome(row)?;
            let second = seconds.get(&row.id);
            let mine = Some(row.by) == me;
            let sight = sights.of(row.id);
            let shown = outcome.filter(|_| row.state != AssessmentState::Draft && sight == Sight::Told);
            let package = here.version(&row.instrument, &row.instrument_version);
            Ok(Entry {
                name: package.map_or_else(|| row.instrument.to_uppercase(), |p| p.name.get(tongue).to_owned()),
                rater: people.get(&row.by).cloned().unwrap_or_default(),
                total: shown.as_ref().map(|o| o.total.to_string()).unwrap_or_default(),
                look: look(shown.as_ref().and_then(|o| o.positive)),
                band: shown
                    .and_then(|o| o.band_label)
                    .map(|label| label.get(tongue).to_owned())
                    .unwrap_or_default(),
                own_sheet: row.state == AssessmentState::Draft && mine && ctx.may(Can::Assess),
                opens: row.state != AssessmentState::Draft && sight != Sight::Hidden,
                untold: untold(sight),
                second: second.is_none()
                    && ctx.may(Can::Assess)
                    && service::may_be_rated_again(row, &ctx.actor).is_ok(),
                compared: second.is_some_and(|s| s.state == AssessmentState::Final),
                child: None,
                row: row.clone(),
            })
        })
        .collect()
}
