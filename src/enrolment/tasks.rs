//! What enrolment calls for by a day: steps to be decided, applications to be completed, decisions to be read, trials to be
//! concluded, certificates to be renewed, vaccination cards to be looked at.

use std::collections::BTreeMap;

use chrono::{Datelike as _, Days, NaiveDate};
use entities::{
    ChildId,
    enrolment::{application, application_material, application_step, enrolment_decision},
    words::{ApplicationState, EnrolmentMode, Focus, MaterialState, ReviewOutcome, Role, TaskState, What},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{
    chain::known::is_place,
    rules::{DEFERRAL, Deferral, Health, Terms, VACCINATION},
};
use crate::{
    platform::{Actor, Calendar, Projection, Result, Touched, Tx, clock, parameter, rule::Rule as _},
    task::{
        Due, Wanted,
        service::{self, About, Asked},
    },
};

/// Kept up to date by every write about a child that applies or was enrolled.
pub(super) const PROJECTION: Projection = Projection {
    name: "enrolment",
    run: |tx, by, touched| Box::pin(run(tx, by, touched)),
};

/// Children asked about at once.
const AT_ONCE: usize = 1000;

async fn run(tx: &Tx, by: &Actor, touched: &Touched) -> Result<()> {
    for some in touched.children().chunks(AT_ONCE) {
        let rows = Rows::of(&**tx, some).await?;
        if !rows.applications.is_empty() {
            settle(tx, by, &rows).await?;
        }
    }
    Ok(())
}

/// The rows of some children.
#[derive(Debug, Default)]
pub(super) struct Rows {
    applications: Vec<application::Model>,
    steps: Vec<application_step::Model>,
    materials: Vec<application_material::Model>,
    decisions: Vec<enrolment_decision::Model>,
}

impl Rows {
    pub(super) async fn of(db: &impl ConnectionTrait, children: &[ChildId]) -> Result<Self> {
        let ids = || children.iter().copied();
        let applications = application::Entity::find()
            .filter(application::COLUMN.child_id.is_in(ids()))
            .order_by_asc(application::COLUMN.id)
            .all(db)
            .await?;
        if applications.is_empty() {
            return Ok(Self::default());
        }
        Ok(Self {
            applications,
            steps: application_step::Entity::find()
                .filter(application_step::COLUMN.child_id.is_in(ids()))
                .order_by_asc(application_step::COLUMN.id)
                .all(db)
                .await?,
            materials: application_material::Entity::find()
                .filter(application_material::COLUMN.child_id.is_in(ids()))
                .order_by_asc(application_material::COLUMN.id)
                .all(db)
                .await?,
            decisions: enrolment_decision::Entity::find()
                .filter(enrolment_decision::COLUMN.child_id.is_in(ids()))
                .order_by_asc(enrolment_decision::COLUMN.id)
                .all(db)
                .await?,
        })
    }

    fn application(&self, id: entities::ApplicationId) -> Option<&application::Model> {
        self.applications.iter().find(|row| row.id == id)
    }
}

/// The dated rules of a district, looked up once.
#[derive(Clone, Debug)]
pub(super) struct Dates {
    terms: Terms,
    deferral: Deferral,
    health: Health,
    calendar: Calendar,
    today: NaiveDate,
}

impl Dates {
    pub(super) async fn on(db: &impl ConnectionTrait, district: &str, today: NaiveDate) -> Result<Self> {
        Ok(Self {
            terms: parameter::get(db, Terms::CODE, district, today).await?,
            deferral: parameter::get(db, Deferral::CODE, district, today).await?,
            health: parameter::get(db, Health::CODE, district, today).await?,
            calendar: Calendar::load(db).await?,
            today,
        })
    }
}

async fn settle(tx: &Tx, by: &Actor, rows: &Rows) -> Result<()> {
    let mut dates: BTreeMap<&str, Dates> = BTreeMap::new();
    for row in &rows.applications {
        if !dates.contains_key(row.district.as_str()) {
            let found = Dates::on(&**tx, &row.district, by.today()).await?;
            dates.insert(&row.district, found);
        }
    }
    for focus in [
        Focus::Application,
        Focus::ApplicationStep,
        Focus::ApplicationMaterial,
        Focus::EnrolmentDecision,
    ] {
        let asked = asked(rows, &dates, focus);
        service::settle_in(tx, by, focus, &asked).await?;
    }
    Ok(())
}

/// What rows of a kind call for.
fn asked<'r>(rows: &'r Rows, dates: &BTreeMap<&str, Dates>, focus: Focus) -> Vec<Asked<'r>> {
    let one = |application: &'r application::Model, focus: i64, wanted: Vec<Wanted>| Asked {
        about: About {
            district: &application.district,
            child: Some(application.child_id),
        },
        focus,
        wanted,
        ending: if application.state == ApplicationState::Cancelled {
            TaskState::Cancelled
        } else {
            TaskState::Settled
        },
        terms: None,
    };
    let dates_of = |application: &application::Model| dates.get(application.district.as_str());
    match focus {
        Focus::Application => rows
            .applications
            .iter()
            .filter_map(|row| Some(one(row, row.id.0, completion(row, &rows.steps, dates_of(row)?))))
            .collect(),
        Focus::ApplicationStep => rows
            .steps
            .iter()
            .filter_map(|step| Some(one(rows.application(step.application_id)?, step.id.0, review(step))))
            .collect(),
        Focus::ApplicationMaterial => rows
            .materials
            .iter()
            .filter(|paper| paper.code == DEFERRAL)
            .filter_map(|paper| {
                let row = rows.application(paper.application_id)?;
                Some(one(row, paper.id.0, renewal(paper, row, rows, dates_of(row)?)))
            })
            .collect(),
        Focus::EnrolmentDecision => rows
            .decisions
            .iter()
            .filter_map(|decision| {
                let row = rows.application(decision.application_id)?;
                Some(one(row, decision.id.0, after(decision, row, rows, dates_of(row)?)))
            })
            .collect(),
        Focus::Referral
        | Focus::Screen
        | Focus::Rescreen
        | Focus::Diagnosis
        | Focus::PlannedCheck
        | Focus::Notice
        | Focus::Duplicate
        | Focus::Organisation
        | Focus::Agreement => Vec::new(),
    }
}

fn at_centre(what: What, focus: (Focus, i64), row: &application::Model, role: Role, due: Due) -> Wanted {
    Wanted {
        what,
        focus,
        leads: false,
        organisation: row.centre_id,
        role,
        owner: None,
        due,
    }
}

/// What was returned is completed within its days.
pub(super) fn completion(row: &application::Model, steps: &[application_step::Model], dates: &Dates) -> Vec<Wanted> {
    if row.state != ApplicationState::Returned {
        return Vec::new();
    }
    let returned = steps
        .iter()
        .filter(|step| step.application_id == row.id && step.outcome == Some(ReviewOutcome::Returned))
        .filter_map(|step| step.decided_at)
        .max();
    let since = clock::day_of(returned.unwrap_or(row.entered_at));
    let due = dates
        .calendar
        .add_working_days(since, dates.terms.complete_working_days)
        .0;
    let focus = (Focus::Application, row.id.0);
    vec![at_centre(
        What::CompleteApplication,
        focus,
        row,
        Role::IntakeWorker,
        Due::On(due),
    )]
}

/// A step that waits is decided by its day.
pub(super) fn review(step: &application_step::Model) -> Vec<Wanted> {
    if step.ended_at.is_some() {
        return Vec::new();
    }
    vec![Wanted {
        what: What::ReviewApplication,
        focus: (Focus::ApplicationStep, step.id.0),
        leads: false,
        organisation: step.organisation_id,
        role: step.role,
        owner: None,
        due: step.due_on.map_or(Due::Never, Due::On),
    }]
}

/// A certificate of an enrolled child is renewed before it runs out, unless a later one is there.
fn renewal(paper: &application_material::Model, row: &application::Model, rows: &Rows, dates: &Dates) -> Vec<Wanted> {
    let Some(until) = paper.valid_until.filter(|_| paper.state == MaterialState::Received) else {
        return Vec::new();
    };
    let later = rows.materials.iter().any(|other| {
        let same = other.code == paper.code && other.child_id == paper.child_id && other.id != paper.id;
        same && other.state == MaterialState::Received && other.valid_until.is_some_and(|end| end > until)
    });
    let (first, due) = dates.deferral.renewal(until);
    let enrolled = rows.decisions.iter().any(|decision| {
        let ours = decision.application_id == row.id && decision.revoked_on.is_none();
        // A place that ends before the certificate does needs no other.
        ours && is_place(decision.outcome) && decision.valid_to.is_none_or(|to| to > until)
    });
    if later || !enrolled || dates.today < first || dates.today > until {
        return Vec::new();
    }
    let focus = (Focus::ApplicationMaterial, paper.id.0);
    vec![at_centre(
        What::RenewCertificate,
        focus,
        row,
        Role::IntakeWorker,
        Due::On(due),
    )]
}

/// What a decision calls for: that it is read, that a trial is concluded, that the vaccination card is looked at.
fn after(decision: &enrolment_decision::Model, row: &application::Model, rows: &Rows, dates: &Dates) -> Vec<Wanted> {
    if decision.revoked_on.is_some() || row.state == ApplicationState::Cancelled {
        return Vec::new();
    }
    let focus = (Focus::EnrolmentDecision, decision.id.0);
    let mut wanted = Vec::new();
    if decision.read_on.is_none() {
        let days = dates.terms.deliver_working_days;
        let due = dates.calendar.add_working_days(decision.decided_on, days).0;
        wanted.push(at_centre(
            What::DeliverDecision,
            focus,
            row,
            Role::IntakeWorker,
            Due::On(due),
        ));
    }
    let concluded = rows
        .decisions
        .iter()
        .any(|other| other.continues_id == Some(decision.id));
    if let Some(to) = decision
        .valid_to
        .filter(|_| decision.outcome == ReviewOutcome::Trial && !concluded)
    {
        let due = dates.terms.conclude_by(to);
        wanted.push(at_centre(
            What::ConcludeTrial,
            focus,
            row,
            Role::Supervisor,
            Due::On(due),
        ));
    }
    if let Some(due) = vaccination(decision, rows, dates) {
        wanted.push(at_centre(
            What::CheckVaccination,
            focus,
            row,
            Role::IntakeWorker,
            Due::On(due),
        ));
    }
    wanted
}

/// Until when the vaccination card of a child that entered is to be looked at: it stands among the papers when it was, and
/// what had to be caught up is looked at again by the end of the year. Children who come by the hour are not asked.
fn vaccination(decision: &enrolment_decision::Model, rows: &Rows, dates: &Dates) -> Option<NaiveDate> {
    let from = decision.valid_from?;
    let to = decision.valid_to.unwrap_or(from);
    let began = decision.continues_id.is_none() && from <= dates.today && dates.today <= to;
    if !began || decision.mode == EnrolmentMode::Hourly {
        return None;
    }
    let checked = rows.materials.iter().rfind(|paper| {
        paper.child_id == decision.child_id && paper.code == VACCINATION && paper.state == MaterialState::Received
    });
    let within = from.checked_add_days(Days::new(dates.health.vaccination_days));
    match checked {
        // It was looked at, and nothing had to be caught up.
        Some(paper) if paper.valid_until.is_none() => None,
        // Its day is the one by which something has to be caught up.
        Some(paper) => {
            let end = NaiveDate::from_ymd_opt(from.year(), dates.health.catch_up_month, dates.health.catch_up_day);
            [paper.valid_until, end].into_iter().flatten().min()
        }
        None => within,
    }
}
