//! The page of the system administrator.

use askama::Template;
use chrono::{DateTime, Utc};
use entities::{
    import::job,
    words::{JobKind, JobState},
    work::backup_mark,
};

use super::{
    backup::record::{Deed, State},
    queries::{JobLine, SweepLine},
    schema::Schema,
};
use crate::{
    notifications::queries::Queue,
    platform::{Say, job::failure},
    web::filters,
};

/// Everything that runs by itself, at a glance.
#[derive(Template)]
#[template(path = "operations/index.html")]
pub struct OperationsPage {
    /// Version of the program.
    pub program: &'static str,
    /// Kind and version of the database.
    pub database: String,
    /// Its size, as people read it.
    pub size: String,
    /// Its migrations.
    pub schema: Schema,
    /// Years without a calendar.
    pub missing_years: Vec<i32>,
    /// Messages by state.
    pub queues: Vec<Queue>,
    /// Sweeps.
    pub sweeps: Vec<SweepLine>,
    /// Of them those alone that failed.
    pub failed_only: bool,
    /// The newest jobs.
    pub jobs: Vec<JobLine>,
    /// Another key seals, and the older ones are still needed.
    pub keys_change: bool,
    /// The last backup and its proof.
    pub backups: State,
    /// The moment of the page.
    pub now: DateTime<Utc>,
    /// Mail goes to files.
    pub mail_in_files: bool,
    /// Nobody configured a mail server: letters wait.
    pub no_mail_server: bool,
    /// Messages that did not leave and should have.
    pub stuck: u64,
    /// Those files can be read in the browser.
    pub mailbox_open: bool,
    /// Why no PDF can be made.
    pub papers: Option<Say>,
}

impl OperationsPage {
    /// No good backup since yesterday.
    fn backup_late(&self) -> bool {
        self.backups.is_late(Deed::Taken, self.now)
    }

    /// No proof for two weeks.
    fn proof_late(&self) -> bool {
        self.backups.is_late(Deed::Proven, self.now)
    }

    /// How large a backup is.
    fn size(&self, row: &backup_mark::Model) -> String {
        readable(row.bytes)
    }

    /// What went wrong last.
    fn backup_failures(&self) -> Vec<&str> {
        Deed::ALL
            .iter()
            .filter_map(|deed| self.backups.failure(*deed))
            .collect()
    }
}

/// Bytes as people read them.
pub fn readable(bytes: i64) -> String {
    let bytes = bytes.max(0);
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KB", bytes / 1024),
        1_048_576..1_073_741_824 => format!("{} MB", bytes / 1_048_576),
        _ => format!(
            "{}.{} GB",
            bytes / 1_073_741_824,
            bytes % 1_073_741_824 * 10 / 1_073_741_824
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn sizes_are_readable() {
        let sizes = [0, 1023, 2048, 5 << 20, 3 << 29].map(readable);
        assert_eq!(sizes, ["0 B", "1023 B", "2 KB", "5 MB", "1.5 GB"]);
    }
}

/// Sealing anew: how far it is, and what came of it.
#[derive(Template)]
#[template(path = "operations/resealing.html")]
pub struct ResealingPage {
    /// The job.
    pub job: job::Model,
    /// Who began it.
    pub person: String,
    /// Contents looked at and in all.
    pub done: (usize, usize),
}

impl ResealingPage {
    /// Where the page is.
    fn path(&self) -> String {
        format!("/operations/resealings/{}", self.job.id)
    }

    /// The page asks again by itself.
    pub fn is_running(&self) -> bool {
        matches!(self.job.state, JobState::Queued | JobState::Running)
    }

    fn look(&self) -> (&'static str, &'static str) {
        match self.job.state {
            JobState::Queued | JobState::Running => ("info", "waiting"),
            JobState::Done => ("success", "done"),
            JobState::Failed => ("danger", "danger"),
            JobState::Cancelled => ("neutral", "cancelled"),
        }
    }

    /// Why it failed.
    fn failure(&self) -> Option<Say> {
        failure(&self.job).map(Say::new)
    }

    /// What it came to.
    fn said(&self) -> Option<Say> {
        let number = |name: &str| self.job.result.get(name).and_then(serde_json::Value::as_u64);
        let (rows, closed) = number("rows").zip(number("closed"))?;
        Some(Say::new("resealing.done").with("rows", rows).with("closed", closed))
    }
}
