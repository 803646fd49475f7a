//! Applications of the demonstration, in every state: entered, reviewed and decided by the services in the name of the people
//! of the district, as real work is.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate, TimeDelta};
use entities::{
    ChildId,
    account::{account, account_role},
    child::{care, child},
    enrolment::application,
    organisation::organisation,
    screening::diagnosis,
    words::{Economy, EnrolmentMode, MaterialState, OrganisationKind, ReviewOutcome, Role},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::{
    application::{
        forms::NewApplication,
        papers::Paper,
        queries,
        service::{open_in, submit_in},
    },
    decision::service::{Placement, read_in},
    review::service::{Verdict, decide_in},
};
use crate::{
    children::queries as children,
    platform::{
        Actor, Calendar, Result, Tx, Workplace,
        approval::Answers,
        clock,
        demo::{Demo, Extent, Setting},
    },
};

/// Applications of a district.
pub(super) const APPLICATIONS: Demo = Demo {
    extent: Extent::District,
    fill: |tx, by, setting| Box::pin(fill(tx, by, setting)),
};

/// At most so many.
const MOST: u64 = 36;
/// So many more wait for a place.
const WAITING: u64 = 18;

/// How far an application has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Come {
    /// Entered, and not submitted.
    Entered,
    /// So many steps were approved; the next one waits.
    Approved(usize),
    /// The federation returned it.
    Returned,
    /// The last step decided.
    Decided(ReviewOutcome),
}

/// One application after the other comes so far.
const COME: [Come; 12] = [
    Come::Decided(ReviewOutcome::Admitted),
    Come::Approved(0),
    Come::Approved(1),
    Come::Entered,
    Come::Approved(2),
    Come::Decided(ReviewOutcome::Trial),
    Come::Returned,
    Come::Approved(3),
    Come::Decided(ReviewOutcome::Waiting),
    Come::Approved(5),
    Come::Decided(ReviewOutcome::ReferredOn),
    Come::Approved(6),
];

/// Who decides a step: the role, in which kind of organisation, the first or the second of them.
const DECIDERS: [(&str, Role, OrganisationKind, usize); 7] = [
    (
        "materials",
        Role::IntakeWorker,
        OrganisationKind::RehabilitationCentre,
        1,
    ),
    ("assessment", Role::Assessor, OrganisationKind::RehabilitationCentre, 0),
    ("federation", Role::FederationOfficer, OrganisationKind::Federation, 0),
    ("joint_federation", Role::Supervisor, OrganisationKind::Federation, 0),
    (
        "joint_education",
        Role::EducationOfficer,
        OrganisationKind::EducationBureau,
        0,
    ),
    ("publicity", Role::FederationOfficer, OrganisationKind::Federation, 1),
    ("decision", Role::Supervisor, OrganisationKind::RehabilitationCentre, 0),
];

/// The people of a district, by role and kind of organisation.
struct People {
    all: BTreeMap<(Role, OrganisationKind), Vec<Actor>>,
}

impl People {
    async fn of(db: &impl ConnectionTrait, by: &Actor, district: &str) -> Result<Self> {
        let places = organisation::Entity::find()
            .filter(organisation::COLUMN.coverage.eq(district))
            .all(db)
            .await?;
        let mut all: BTreeMap<(Role, OrganisationKind), Vec<Actor>> = BTreeMap::new();
        for place in places {
            let accounts = account::Entity::find()
                .filter(account::COLUMN.organisation_id.eq(place.id))
                .order_by_asc(account::COLUMN.id)
                .all(db)
                .await?;
            for one in accounts {
                let held = account_role::Entity::find()
                    .filter(account_role::COLUMN.account_id.eq(one.id))
                    .all(db)
                    .await?;
                for role in held.iter().map(|held| held.role) {
                    let actor = Actor {
                        account: Some(one.id),
                        name: one.user_name.clone(),
                        roles: vec![role],
                        workplace: Some(Workplace::of(place.clone())),
                        ..by.without_submission()
                    };
                    all.entry((role, place.kind)).or_default().push(actor);
                }
            }
        }
        Ok(Self { all })
    }

    fn find(&self, role: Role, kind: OrganisationKind, n: usize, on: NaiveDate) -> Option<Actor> {
        let actor = self.all.get(&(role, kind))?.get(n)?;
        Some(Actor {
            now: clock::start_of(on) + TimeDelta::hours(10),
            ..actor.clone()
        })
    }
}

async fn fill(tx: &Tx, by: &Actor, setting: Setting<'_>) -> Result<()> {
    let people = People::of(&**tx, by, setting.division).await?;
    let Some(centre) = people.find(
        Role::IntakeWorker,
        OrganisationKind::RehabilitationCentre,
        0,
        setting.today,
    ) else {
        return Ok(());
    };
    let calendar = Calendar::load(&**tx).await?;
    let ties = care::Entity::find()
        .select_only()
        .column(care::Column::ChildId)
        .filter(care::COLUMN.organisation_id.eq(centre.organisation()?))
        .filter(care::COLUMN.ended_at.is_null())
        .into_query();
    let diagnosed = diagnosis::Entity::find()
        .select_only()
        .column(diagnosis::Column::ChildId)
        .filter(diagnosis::COLUMN.autism.eq(true))
        .filter(diagnosis::COLUMN.withdrawn_at.is_null())
        .into_query();
    let young = setting.today.checked_sub_days(Days::new(2500)).unwrap_or(setting.today);
    let rows = child::Entity::find()
        .filter(child::COLUMN.district.eq(setting.division))
        .filter(child::COLUMN.departure_id.is_null())
        .filter(child::COLUMN.merged_into.is_null())
        .filter(child::COLUMN.birth_on.gt(young))
        .filter(child::Column::Id.in_subquery(ties))
        .filter(child::Column::Id.in_subquery(diagnosed))
        .order_by_asc(child::COLUMN.id)
        .limit(MOST + WAITING)
        .all(&**tx)
        .await?;
    // Of few children the last third waits, so that there is a list in small demonstrations too.
    let most = usize::try_from(MOST)?.min(rows.len() - rows.len() / 3);
    for (n, file) in rows.iter().enumerate() {
        let come = COME.get(n % COME.len()).copied().filter(|_| n < most);
        let come = come.unwrap_or(Come::Decided(ReviewOutcome::Waiting));
        let applies = Applies {
            child: file.id,
            come,
            n,
            today: setting.today,
        };
        applies.tell(tx, &people, &calendar).await?;
    }
    Ok(())
}

/// One application to be told.
struct Applies {
    child: ChildId,
    come: Come,
    n: usize,
    today: NaiveDate,
}

impl Applies {
    /// The last step is a day or two old, and every step took two working days.
    fn began(&self, calendar: &Calendar) -> NaiveDate {
        let steps = match self.come {
            Come::Entered => 0,
            Come::Approved(steps) => steps,
            Come::Returned => 3,
            Come::Decided(_) => 7,
        };
        let days = u64::try_from(steps).unwrap_or_default() * 5 + 4 + u64::try_from(self.n % 3).unwrap_or_default();
        let day = self.today.checked_sub_days(Days::new(days)).unwrap_or(self.today);
        calendar.add_working_days(day, 1).0
    }

    async fn tell(&self, tx: &Tx, people: &People, calendar: &Calendar) -> Result<()> {
        let mut on = self.began(calendar);
        let intake = |on| people.find(Role::IntakeWorker, OrganisationKind::RehabilitationCentre, 0, on);
        let Some(by) = intake(on) else { return Ok(()) };
        let guardian = children::guardians(&**tx, self.child).await?.into_iter().next();
        let new = NewApplication {
            mode: match self.n % 3 {
                0 => EnrolmentMode::FullDay,
                1 => EnrolmentMode::HalfDay,
                _ => EnrolmentMode::Hourly,
            },
            wanted_from: self.today.checked_add_days(Days::new(14)).unwrap_or(self.today),
            economy: if self.n % 5 == 4 {
                Economy::Subsistence
            } else {
                Economy::Ordinary
            },
            guardian: guardian.map(|(_, person)| person.id),
            note: None,
            papers: self.papers(on),
        };
        let mut row = open_in(tx, &by, self.child, &new).await?;
        if self.come == Come::Entered {
            return Ok(());
        }
        row = submit_in(tx, &by, row).await?;
        let approved = match self.come {
            Come::Entered => 0,
            Come::Approved(steps) => steps,
            Come::Returned => 2,
            Come::Decided(_) => 6,
        };
        for n in 0..approved {
            on = self.after(calendar, n, on);
            row = self.decides(tx, people, &row, n, on, ReviewOutcome::Approved).await?;
        }
        match self.come {
            Come::Returned => {
                on = calendar.add_working_days(on, 1).0;
                self.decides(tx, people, &row, approved, on, ReviewOutcome::Returned)
                    .await?;
            }
            Come::Decided(outcome) => {
                on = calendar.add_working_days(on, 1).0.min(self.today);
                row = self.decides(tx, people, &row, approved, on, outcome).await?;
                if self.n % 2 == 0 {
                    self.reads(tx, people, &row, on).await?;
                }
            }
            Come::Entered | Come::Approved(_) => {}
        }
        Ok(())
    }

    /// The day on which a step is decided: a working day later, and what is published stays so long.
    fn after(&self, calendar: &Calendar, n: usize, on: NaiveDate) -> NaiveDate {
        let days = if n == 5 { 5 } else { 1 };
        calendar.add_working_days(on, days).0.min(self.today)
    }

    fn papers(&self, on: NaiveDate) -> Vec<Paper> {
        let codes = [
            "application_form",
            "household_book",
            "guardian_id",
            "diagnosis",
            "photo",
            "physical_exam",
        ];
        // What was not submitted lacks its last papers.
        let there = if self.come == Come::Entered { 3 } else { codes.len() };
        codes
            .into_iter()
            .take(there)
            .map(|code| Paper {
                code: code.to_owned(),
                state: MaterialState::Received,
                issuer: None,
                issued_on: (code == "physical_exam").then(|| on.checked_sub_days(Days::new(6)).unwrap_or(on)),
                valid_from: None,
                valid_until: None,
                reason: None,
            })
            .collect()
    }

    async fn decides(
        &self,
        tx: &Tx,
        people: &People,
        row: &application::Model,
        n: usize,
        on: NaiveDate,
        outcome: ReviewOutcome,
    ) -> Result<application::Model> {
        let nobody = || anyhow::anyhow!("the demonstration has nobody for step {n}");
        let (code, role, kind, which) = DECIDERS.get(n).copied().ok_or_else(nobody)?;
        let by = people.find(role, kind, which, on).ok_or_else(nobody)?;
        let steps = queries::steps(&**tx, row.id).await?;
        let step = steps.iter().find(|step| step.code == code && step.ended_at.is_none());
        let step = step.ok_or_else(nobody)?;
        let place = matches!(outcome, ReviewOutcome::Admitted | ReviewOutcome::Trial);
        let days = if outcome == ReviewOutcome::Trial { 29 } else { 364 };
        let verdict = Verdict {
            outcome,
            note: said(outcome).map(str::to_owned),
            answers: answers(code, on),
            missing: if outcome == ReviewOutcome::Returned {
                vec!["photo".to_owned()]
            } else {
                Vec::new()
            },
            placement: place.then(|| Placement {
                mode: row.mode,
                minutes_per_week: Some(15 * 60),
                valid_from: on,
                valid_to: on.checked_add_days(Days::new(days)).unwrap_or(on),
            }),
        };
        decide_in(tx, &by, step.id, step.version.into(), verdict).await
    }

    async fn reads(&self, tx: &Tx, people: &People, row: &application::Model, on: NaiveDate) -> Result<()> {
        let Some(by) = people.find(Role::IntakeWorker, OrganisationKind::RehabilitationCentre, 0, on) else {
            return Ok(());
        };
        let decided = super::decision::queries::of_application(&**tx, row.id).await?;
        for decision in decided {
            read_in(tx, &by, decision, on, "监护人".to_owned()).await?;
        }
        Ok(())
    }
}

/// Why, where a reason is needed.
const fn said(outcome: ReviewOutcome) -> Option<&'static str> {
    match outcome {
        ReviewOutcome::Returned => Some("照片不清晰，请补交"),
        ReviewOutcome::Waiting => Some("目前没有名额"),
        ReviewOutcome::ReferredOn => Some("家庭住址较远，就近转介"),
        ReviewOutcome::Refused => Some("家长来电不再申请"),
        ReviewOutcome::Approved | ReviewOutcome::Admitted | ReviewOutcome::Trial => None,
    }
}

/// What is filled in at a step.
fn answers(code: &str, on: NaiveDate) -> Answers {
    let pairs: &[(&str, &str)] = match code {
        "assessment" => &[
            ("interview", "与家长访谈并观察一小时"),
            ("advice", "half_day"),
            ("hours", "15"),
        ],
        "publicity" => &[("place", "中心公告栏")],
        _ => &[],
    };
    let mut answers: Answers = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    match code {
        "assessment" => answers.insert("assessed_on".to_owned(), on.to_string()),
        "publicity" => answers.insert("published_on".to_owned(), on.to_string()),
        _ => None,
    };
    answers
}
