//! `starbridge report`: reports without a browser.

use std::{io::Write as _, path::PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use entities::words::Language;

use super::say;
use crate::{
    platform::{
        Actor, App, Result,
        event::{self, Subject},
        workbook::Format,
    },
    reports::screening::{
        figures,
        request::{Asked, Period},
        service,
        table::unlinked,
    },
};

/// Reports from the command line.
#[derive(Debug, Subcommand)]
pub(super) enum ReportCommand {
    /// The monthly or yearly screening report (筛查月报, 年报).
    Screening(Screening),
}

/// The screening report.
#[derive(Debug, Args)]
pub(super) struct Screening {
    /// The month, `2026-10`; a quarter, `2026-Q3`, or a year, `2026`, their report.
    #[arg(long, value_name = "YYYY-MM", value_parser = period)]
    month: Period,
    /// Division code of 2, 4, 6 or 9 digits [default: everywhere]
    #[arg(long, value_name = "CODE", default_value = "", hide_default_value = true)]
    division: String,
    /// Numbers of the period with rates of its cohort; all by period; or all by cohort.
    #[arg(long, value_parser = ["both", "period", "cohort"], default_value = "both")]
    mode: String,
    /// What the rows are.
    #[arg(long, value_parser = ["street", "age", "site"], default_value = "street")]
    by: String,
    /// json: for programs; csv: one table; xlsx: for printing.
    #[arg(long, value_enum, default_value_t = Output::Json)]
    format: Output,
    /// Write to this file instead of the standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Output {
    Json,
    Csv,
    Xlsx,
}

fn period(text: &str) -> Result<Period, String> {
    Period::parse(text).ok_or_else(|| "write a month as 2026-10, a quarter as 2026-Q3 or a year as 2026".to_owned())
}

/// Run it.
pub(super) async fn run(app: &App, command: ReportCommand) -> Result<()> {
    let ReportCommand::Screening(asked) = command;
    let by = Actor::system("command line", app.clock.now());
    let request = Asked {
        month: asked.month.to_string(),
        division: asked.division,
        mode: asked.mode,
        by: asked.by,
    }
    .request(&by)
    .map_err(|_| anyhow::anyhow!("a division code has 2, 4, 6 or 9 digits"))?;
    let figures = figures::count(&*app.db, &request).await?;
    let language = Language::Chinese;
    let head = service::letterhead(&*app.db, &by, "", &request, language).await?;
    let caption = service::caption(&head, &request, language);
    let tables = service::tables(&figures, language, &caption, &unlinked);
    let content = match asked.format {
        Output::Json => {
            let mut text = serde_json::to_vec_pretty(&service::to_json(&figures, &tables))?;
            text.push(b'\n');
            text
        }
        Output::Csv => service::file(&tables, Format::Csv, &by, "starbridge", language)?,
        Output::Xlsx => service::file(&tables, Format::Xlsx, &by, "starbridge", language)?,
    };
    let details = serde_json::json!({ "report": "screening", "query": request.query() });
    event::note(app, &by, "report.exported", Subject::none(), details).await?;
    match asked.out {
        Some(path) => {
            std::fs::write(&path, content).map_err(|e| anyhow::anyhow!("{}: {e}", path.display()))?;
            say(path.display());
        }
        None => {
            // A closed pipe is the reader's wish, not an error.
            let _ = std::io::stdout().write_all(&content);
        }
    }
    Ok(())
}
