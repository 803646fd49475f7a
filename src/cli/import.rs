//! `starbridge import`: a roster from the command line.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use entities::{
    OrganisationId,
    organisation::organisation,
    words::{JobState, Language},
};
use sea_orm::EntityTrait;

use super::say;
use crate::{
    platform::{Actor, App, Error, Result, Workplace, file::Arrived},
    roster::{
        job::{self, Brought, Findings},
        queries,
    },
};

/// Read a roster (.xlsx or .csv) in: every row is checked first. Exit code 1 when rows are wrong and nothing went in.
#[derive(Args, Debug)]
pub(super) struct ImportCommand {
    /// The file.
    file: PathBuf,
    /// Id of the organisation that registers the children.
    #[arg(long)]
    organisation: i64,
    /// Leave rows with errors out instead of refusing the whole file.
    #[arg(long)]
    good_rows_only: bool,
    /// Check only; nothing goes in.
    #[arg(long)]
    check_only: bool,
}

/// Run it.
pub(super) async fn run(app: &App, command: &ImportCommand) -> Result<ExitCode> {
    let by = actor(app, OrganisationId(command.organisation)).await?;
    let bytes = std::fs::read(&command.file).map_err(anyhow::Error::from)?;
    let name = command.file.file_name().map(|name| name.to_string_lossy().into_owned());
    let upload = Arrived {
        name: name.unwrap_or_default(),
        bytes,
    };
    let id = match job::bring_in(app, &by, upload).await {
        Ok(Brought::New(id)) => id,
        Ok(Brought::Known(id)) => {
            say(format_args!("this file is import {id} already"));
            return Ok(ExitCode::SUCCESS);
        }
        Err(Error::Invalid(errors)) => {
            for (_, wrong) in errors.all() {
                say(wrong.in_words(Language::English));
            }
            return Ok(ExitCode::FAILURE);
        }
        Err(error) => return Err(error),
    };
    job::run(app, id).await?;
    let checked = queries::find(&*app.db, &by, id).await?;
    let findings = Findings::of(&checked)?;
    say(format_args!(
        "import {id}: {} rows, {} good, {} with errors, {} like a child on file",
        findings.rows, findings.good, findings.bad, findings.alike
    ));
    for error in findings.first_errors(app)? {
        say(format_args!(
            "{}{}: {}",
            error.column,
            error.row,
            error.message(Language::English)
        ));
    }
    let refused = findings.good == 0 || findings.bad > 0 && !command.good_rows_only;
    if command.check_only || refused {
        job::cancel(app, &by, id).await?;
        return Ok(if findings.bad > 0 {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        });
    }
    job::decide(app, &by, id, command.good_rows_only).await?;
    job::run(app, id).await?;
    let done = queries::find(&*app.db, &by, id).await?;
    let findings = Findings::of(&done)?;
    say(format_args!(
        "{} files opened, {} rows wait for a decision",
        findings.added, findings.parked
    ));
    Ok(if done.state == JobState::Done {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The command line acting for an organisation.
async fn actor(app: &App, id: OrganisationId) -> Result<Actor> {
    let place = organisation::Entity::find_by_id(id)
        .one(&*app.db)
        .await?
        .ok_or_else(|| anyhow::anyhow!("there is no organisation {id}"))?;
    let mut by = Actor::system("import", app.clock.now());
    by.workplace = Some(Workplace::of(place));
    Ok(by)
}
