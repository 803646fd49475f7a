//! The life of an import: brought in, checked in the background, decided by a person, carried out, or cancelled. What has
//! to be done is what its row says, so any process can take it up again.

mod findings;
mod runs;
mod upload;
mod work;

use entities::{JobId, words::JobState};
use serde_json::json;

pub use self::{
    findings::{Findings, Options, SHOWN, Shown},
    upload::{Brought, bring_in},
    work::{Import, actor_of, check_again},
};
use super::queries;
use crate::{
    children::reuse::Differing,
    platform::{
        Actor, App, Error, Result, Say,
        event::{self, Subject},
        job,
        sweep::Sweep,
    },
};

/// Being checked.
pub const CHECKING: &str = "roster.phase.checking";
/// Checked; somebody decides.
pub const WAITING: &str = "roster.phase.waiting";
/// The rows go in.
pub const INSERTING: &str = "roster.phase.inserting";
/// Nothing more to do.
pub const FINISHED: &str = "roster.phase.finished";

/// Decide about a checked roster: take all of it, or its good rows only. What its rows say otherwise than the records of
/// guardians is left out.
pub async fn decide(app: &App, by: &Actor, id: JobId, good_rows_only: bool) -> Result<()> {
    decide_answered(app, by, id, good_rows_only, Differing::Keep).await
}

/// The same, with what becomes of what differs from the records of guardians.
///
/// # Errors
/// At the field `differing` when it was not said and there is something.
pub async fn decide_answered(
    app: &App,
    by: &Actor,
    id: JobId,
    good_rows_only: bool,
    differing: Differing,
) -> Result<()> {
    let tx = app.db.write(by, "").await?;
    let job = queries::find(&*tx, by, id).await?;
    if job.state != JobState::Queued || job.phase != WAITING {
        return Err(Error::refused("roster.not_waiting"));
    }
    let findings = Findings::of(&job)?;
    let options = Options::of(&job)?;
    if findings.asks(&options) {
        return Err(Error::refused("roster.hidden.ask"));
    }
    if findings.bad > 0 && !good_rows_only {
        return Err(Error::refused(
            Say::new("roster.not_all_good").with("rows", findings.bad),
        ));
    }
    if findings.good == 0 {
        return Err(Error::refused("roster.no_good_rows"));
    }
    if differing == Differing::Ask && !findings.differing.is_empty() {
        return Err(Error::field("differing", "form.choice"));
    }
    let guardians_as_in_rows = differing == Differing::Take;
    let options = Options {
        good_rows_only,
        guardians_as_in_rows,
        ..options
    };
    job::go_on_in(&tx, by, id, INSERTING, json!(options)).await?;
    let details = json!({ "good_rows_only": good_rows_only, "guardians_as_in_rows": guardians_as_in_rows });
    event::record(&tx, by, "roster.decided", Subject::new("job", id.0), details).await?;
    tx.commit().await
}

/// Read a checked roster in another way: with or without what nobody sees, and rows about the list. It is checked once
/// more, and waits again.
pub async fn read_as(app: &App, by: &Actor, id: JobId, options: Options) -> Result<()> {
    let tx = app.db.write(by, "").await?;
    let job = queries::find(&*tx, by, id).await?;
    if job.state != JobState::Queued || job.phase != WAITING {
        return Err(Error::refused("roster.not_waiting"));
    }
    job::go_on_in(&tx, by, id, CHECKING, json!(options)).await?;
    let details = json!({
        "hidden_rows": options.hidden_rows, "hidden_columns": options.hidden_columns, "notes": options.notes,
    });
    event::record(&tx, by, "roster.read_as", Subject::new("job", id.0), details).await?;
    tx.commit().await
}

/// Stop an import: nothing of it goes in. One that is finished stays.
pub async fn cancel(app: &App, by: &Actor, id: JobId) -> Result<()> {
    let job = queries::find(&*app.db, by, id).await?;
    job::cancel::<Import>(app, by, &job).await
}

/// Take the work up in the background.
pub fn start(app: &App, id: JobId) {
    job::start::<Import>(app, id);
}

/// Do what is to be done for an import, if nobody else does it.
pub async fn run(app: &App, id: JobId) -> Result<()> {
    job::run::<Import>(app, id).await
}

/// Takes up imports whose process ended.
pub const SWEEP: Sweep = job::sweep::<Import>("jobs");
