//! `starbridge divisions`: streets and villages by file.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Subcommand;
use entities::words::Language;

use super::say;
use crate::{
    children::carrying,
    organisations::import::service::{self, Waiting},
    platform::{Actor, App, Error, Result, clock},
};

/// Administrative divisions from the command line.
#[derive(Debug, Subcommand)]
pub(super) enum DivisionsCommand {
    /// Read a list of divisions (.xlsx or .csv) in: columns 区划代码 and 名称 for new ones; 变更类型, 生效日期 and 新代码 for
    /// changes of names and codes. All of it or nothing. Exit code 1 when anything is wrong.
    Import {
        /// The file.
        file: PathBuf,
        /// Check only; nothing goes in.
        #[arg(long)]
        check_only: bool,
    },
    /// Write the empty workbook to fill in.
    Template {
        /// Where to.
        file: PathBuf,
    },
}

/// Run it.
pub(super) async fn run(app: &App, command: &DivisionsCommand) -> Result<ExitCode> {
    let by = Actor::system("command line", app.clock.now());
    match command {
        DivisionsCommand::Import { file, check_only } => import(app, &by, file, *check_only).await,
        DivisionsCommand::Template { file } => {
            let made_at = clock::local(by.now);
            let content = crate::organisations::import::columns::template(Language::Chinese, by.today(), made_at)?;
            std::fs::write(file, content).map_err(|e| anyhow::anyhow!("cannot write {}: {e}", file.display()))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn import(app: &App, by: &Actor, file: &Path, check_only: bool) -> Result<ExitCode> {
    let bytes = std::fs::read(file).map_err(|e| anyhow::anyhow!("cannot read {}: {e}", file.display()))?;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
    let sheet = match service::read(bytes).await {
        Ok(sheet) => sheet,
        Err(Error::Invalid(errors)) => {
            for (_, wrong) in errors.all() {
                say(wrong.in_words(Language::English));
            }
            return Ok(ExitCode::FAILURE);
        }
        Err(error) => return Err(error),
    };
    let checked = service::check(&*app.db, by, &sheet).await?;
    say(format_args!(
        "{} new divisions, {} changes, {} known already, {} errors",
        checked.added.len(),
        checked.changes.len(),
        checked.same,
        checked.errors.len()
    ));
    for wrong in &checked.errors {
        let sentence = wrong.say.in_words(Language::English);
        say(format_args!("{}{}: {sentence}", wrong.letters, wrong.row));
    }
    if !checked.errors.is_empty() {
        return Ok(ExitCode::FAILURE);
    }
    for (name, code, kind) in service::concerned(&*app.db, &checked).await? {
        say(format_args!(
            "organisation {name} covers {code}, which is {}",
            kind.as_str()
        ));
    }
    if check_only || checked.added.is_empty() && checked.changes.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let waiting = Waiting {
        file: name.unwrap_or_default(),
        sheet,
    };
    let taken = service::take(app, by, &waiting).await?;
    carrying::sweep(app, by).await?;
    say(format_args!(
        "taken: {} new divisions, {} changes, {} of them on a day to come",
        taken.added, taken.changes, taken.to_come
    ));
    Ok(ExitCode::SUCCESS)
}
