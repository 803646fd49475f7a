//! The frozen history of the schema, on SQLite and PostgreSQL. Never imports the entities: they move on, history does not.

#![allow(
    clippy::wildcard_imports,
    clippy::too_many_lines,
    reason = "a migration is a list of columns in the words of sea-orm-migration"
)]

pub use sea_orm_migration;
use sea_orm_migration::prelude::*;

mod m0001_organisation;
mod m0002_account;
mod m0003_configuration;
mod m0004_event;
mod m0005_child;
mod m0006_screening;
mod m0007_communication;
mod m0008_import;
mod m0009_report;
mod m0010_work;
mod m0011_child_list;
mod m0012_sign_in;
mod m0013_seals;
mod m0014_division_change;
mod m0015_account_proposal;
mod m0017_costs;
mod m0018_backup;
mod m0019_task;
mod m0020_departure;
mod m0021_submission;
mod m0022_contents;
mod m0023_job_attempts;
mod m0024_indexes;
mod m0025_number_claim;
mod m0026_report_version;
mod m0027_merged;
mod m0028_diagnosis_advice;
mod m0029_enrolment;
mod m0030_attachment;
mod m0032_agreement;
mod table;

/// Every migration, oldest first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_organisation::Migration),
            Box::new(m0002_account::Migration),
            Box::new(m0003_configuration::Migration),
            Box::new(m0004_event::Migration),
            Box::new(m0005_child::Migration),
            Box::new(m0006_screening::Migration),
            Box::new(m0007_communication::Migration),
            Box::new(m0008_import::Migration),
            Box::new(m0009_report::Migration),
            Box::new(m0010_work::Migration),
            Box::new(m0011_child_list::Migration),
            Box::new(m0012_sign_in::Migration),
            Box::new(m0013_seals::Migration),
            Box::new(m0014_division_change::Migration),
            Box::new(m0015_account_proposal::Migration),
            Box::new(m0017_costs::Migration),
            Box::new(m0018_backup::Migration),
            Box::new(m0019_task::Migration),
            Box::new(m0020_departure::Migration),
            Box::new(m0021_submission::Migration),
            Box::new(m0022_contents::Migration),
            Box::new(m0023_job_attempts::Migration),
            Box::new(m0024_indexes::Migration),
            Box::new(m0025_number_claim::Migration),
            Box::new(m0026_report_version::Migration),
            Box::new(m0027_merged::Migration),
            Box::new(m0028_diagnosis_advice::Migration),
            Box::new(m0029_enrolment::Migration),
            Box::new(m0030_attachment::Migration),
            Box::new(m0032_agreement::Migration),
        ]
    }
}
