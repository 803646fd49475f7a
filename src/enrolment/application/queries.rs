//! Reads for the pages of applications, through the actor's scope.

use chrono::NaiveDate;
use entities::{
    AccountId, ApplicationId, ApplicationStepId, ChildId,
    child::child,
    enrolment::{application, application_material, application_override, application_step, enrolment_decision},
    organisation::organisation,
    screening::{assessment, diagnosis},
    words::{ApplicationState, AssessmentState, MaterialState, OrganisationKind},
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::papers::{self, Lack, Paper};
use crate::{
    access::scope,
    enrolment::{
        chain::known,
        eligibility::{Applicant, Certificate, Elsewhere, Judged, Test, judge, reference_day},
        rules::{Admission, DEFERRAL, Deferral, Materials, PERMIT, age_months},
    },
    platform::{
        Actor, Error, Result, Say,
        approval::{Decision, Entry, Facts},
        clock, condition, parameter,
        parameter::Dated,
        rule::Rule as _,
    },
};

/// The condition on `application` rows that makes them visible: a centre sees its own, federations those of their area, and the
/// education bureau those that were submitted in its district. Nobody else sees any.
pub fn visible(by: &Actor) -> Condition {
    let column = application::COLUMN;
    scope::by_workplace(by, |place| match place.kind {
        OrganisationKind::RehabilitationCentre => Condition::all().add(column.centre_id.eq(place.id)),
        OrganisationKind::Federation | OrganisationKind::StreetFederation => {
            scope::in_area(column.district.0, column.street.0, &place.coverage)
        }
        OrganisationKind::EducationBureau => {
            scope::in_area(column.district.0, column.street.0, &place.coverage).add(column.round.gt(0))
        }
        OrganisationKind::ScreeningSite
        | OrganisationKind::RescreenHospital
        | OrganisationKind::DiagnosingHospital
        | OrganisationKind::FinanceBureau => condition::nothing(),
    })
}

/// One of them, or not found.
pub async fn find(db: &impl ConnectionTrait, by: &Actor, id: ApplicationId) -> Result<application::Model> {
    application::Entity::find_by_id(id)
        .filter(visible(by))
        .one(db)
        .await?
        .ok_or(Error::NotFound)
}

/// A step with its application, or not found.
pub async fn step(
    db: &impl ConnectionTrait,
    by: &Actor,
    id: ApplicationStepId,
) -> Result<(application_step::Model, application::Model)> {
    let step = application_step::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    let row = find(db, by, step.application_id).await?;
    Ok((step, row))
}

/// The child of an application; whoever may read the one may read the other's name.
pub async fn child_of(db: &impl ConnectionTrait, row: &application::Model) -> Result<child::Model> {
    child::Entity::find_by_id(row.child_id)
        .one(db)
        .await?
        .ok_or(Error::NotFound)
}

/// The applications of a child that the actor may see, the newest first.
pub async fn of_child(db: &impl ConnectionTrait, by: &Actor, child: ChildId) -> Result<Vec<application::Model>> {
    Ok(application::Entity::find()
        .filter(application::COLUMN.child_id.eq(child))
        .filter(visible(by))
        .order_by_desc(application::COLUMN.id)
        .all(db)
        .await?)
}

/// Steps of an application that were decided or wait, in the order in which they began.
pub async fn steps(db: &impl ConnectionTrait, id: ApplicationId) -> Result<Vec<application_step::Model>> {
    Ok(application_step::Entity::find()
        .filter(application_step::COLUMN.application_id.eq(id))
        .order_by_asc(application_step::COLUMN.id)
        .all(db)
        .await?)
}

/// The papers of an application, in the order in which they were recorded.
pub async fn materials(db: &impl ConnectionTrait, id: ApplicationId) -> Result<Vec<application_material::Model>> {
    Ok(application_material::Entity::find()
        .filter(application_material::COLUMN.application_id.eq(id))
        .order_by_asc(application_material::COLUMN.id)
        .all(db)
        .await?)
}

/// The tests of an application that somebody answers for.
pub async fn overrides(db: &impl ConnectionTrait, id: ApplicationId) -> Result<Vec<application_override::Model>> {
    Ok(application_override::Entity::find()
        .filter(application_override::COLUMN.application_id.eq(id))
        .filter(application_override::COLUMN.withdrawn_at.is_null())
        .order_by_asc(application_override::COLUMN.id)
        .all(db)
        .await?)
}

/// The open application of a child at a centre, or at any.
pub async fn open_of(db: &impl ConnectionTrait, child: ChildId) -> Result<Option<application::Model>> {
    let open = [
        ApplicationState::Draft,
        ApplicationState::InReview,
        ApplicationState::Returned,
    ];
    Ok(application::Entity::find()
        .filter(application::COLUMN.child_id.eq(child))
        .filter(application::COLUMN.state.is_in(open))
        .one(db)
        .await?)
}

/// The child's newest diagnosis of autism.
pub async fn diagnosis_of(db: &impl ConnectionTrait, child: ChildId) -> Result<Option<diagnosis::Model>> {
    Ok(diagnosis::Entity::find()
        .filter(diagnosis::COLUMN.child_id.eq(child))
        .filter(diagnosis::COLUMN.autism.eq(true))
        .filter(diagnosis::COLUMN.withdrawn_at.is_null())
        .order_by_desc(diagnosis::COLUMN.id)
        .one(db)
        .await?)
}

/// The finished instruments of a child, the newest first.
pub async fn finished(db: &impl ConnectionTrait, child: ChildId) -> Result<Vec<assessment::Model>> {
    Ok(assessment::Entity::find()
        .filter(assessment::COLUMN.child_id.eq(child))
        .filter(assessment::COLUMN.state.eq(AssessmentState::Final))
        .order_by_desc(assessment::COLUMN.id)
        .all(db)
        .await?)
}

/// An application as something that was entered, with what was decided about it.
pub fn entry(row: &application::Model, steps: &[application_step::Model]) -> Entry {
    let decision = |step: &application_step::Model| {
        Some(Decision {
            by: step.decided_by?,
            version: step.round,
            step: step.code.clone(),
            outcome: step.outcome?,
            on: clock::day_of(step.decided_at?),
        })
    };
    let mut decided: Vec<&application_step::Model> = steps.iter().filter(|step| step.outcome.is_some()).collect();
    decided.sort_by_key(|step| (step.decided_at, step.id));
    Entry {
        // What a guardian submitted was nobody's of ours.
        by: row.submitted_by.unwrap_or(AccountId(0)),
        version: row.round,
        since: clock::day_of(row.submitted_at.unwrap_or(row.entered_at)),
        decisions: decided.into_iter().filter_map(decision).collect(),
    }
}

/// What the conditions of its chain ask for, as it was submitted.
pub fn facts(row: &application::Model) -> Result<Facts> {
    serde_json::from_value(row.facts.clone())
        .map_err(|e| Error::Internal(anyhow::anyhow!("facts of application {}: {e}", row.id)))
}

/// The dated rules that an application goes by.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Ages and windows.
    pub admission: Dated<Admission>,
    /// Papers.
    pub materials: Materials,
    /// Certificates of deferral.
    pub deferral: Deferral,
}

impl Rules {
    /// Those in force in a district on a day.
    pub async fn on(db: &impl ConnectionTrait, district: &str, day: NaiveDate) -> Result<Self> {
        let admission = parameter::dated(db, Admission::CODE, district, day).await?;
        let missing = || {
            Error::refused(
                Say::new("parameter.missing")
                    .with("code", Admission::CODE)
                    .with("on", day),
            )
        };
        Ok(Self {
            admission: admission.ok_or_else(missing)?,
            materials: parameter::get(db, Materials::CODE, district, day).await?,
            deferral: parameter::get(db, Deferral::CODE, district, day).await?,
        })
    }

    /// The age in months that papers and conditions go by.
    pub fn age_months(&self, birth: NaiveDate, applied_on: NaiveDate, wanted_from: NaiveDate) -> u32 {
        let day = reference_day(&self.admission.value, applied_on, wanted_from);
        age_months(birth, day).unwrap_or_default()
    }
}

/// An application with everything that its tests ask for.
#[derive(Clone, Debug)]
pub struct Whole {
    /// The application.
    pub row: application::Model,
    /// Its child.
    pub child: child::Model,
    /// Its papers.
    pub materials: Vec<application_material::Model>,
    /// Its steps.
    pub steps: Vec<application_step::Model>,
    /// Tests that somebody answers for.
    pub overrides: Vec<application_override::Model>,
    /// The rules it goes by.
    pub rules: Rules,
    diagnosed_on: Option<NaiveDate>,
    elsewhere: Option<Elsewhere>,
}

impl Whole {
    /// Look everything up.
    pub async fn of(db: &impl ConnectionTrait, row: application::Model, today: NaiveDate) -> Result<Self> {
        let child = child_of(db, &row).await?;
        let diagnosis = diagnosis_of(db, row.child_id).await?;
        Ok(Self {
            materials: materials(db, row.id).await?,
            steps: steps(db, row.id).await?,
            overrides: overrides(db, row.id).await?,
            rules: Rules::on(db, &row.district, row.applied_on.unwrap_or(today)).await?,
            diagnosed_on: diagnosis.map(|found| found.diagnosed_on),
            elsewhere: elsewhere(db, &row).await?,
            child,
            row,
        })
    }

    /// The day of the application; today while it was not submitted.
    pub fn applied_on(&self, today: NaiveDate) -> NaiveDate {
        self.row.applied_on.unwrap_or(today)
    }

    /// The age in months that papers and conditions go by.
    pub fn age_months(&self, today: NaiveDate) -> u32 {
        self.rules
            .age_months(self.child.birth_on, self.applied_on(today), self.row.wanted_from)
    }

    /// The papers that it lacks.
    pub fn lacks(&self, today: NaiveDate) -> Vec<Lack> {
        let asked = self.rules.materials.asked(self.row.mode, self.age_months(today));
        let held: Vec<Paper> = self.materials.iter().map(Paper::from).collect();
        papers::lacking(&asked, &held, &self.rules.deferral, today)
    }

    /// What the tests of the person come to.
    pub fn judged(&self, today: NaiveDate) -> Judged {
        let received = |code: &'static str| {
            let found = self.materials.iter().filter(move |paper| paper.code == code);
            found.filter(|paper| paper.state == MaterialState::Received)
        };
        let child = &self.child;
        let household = child.household_division.as_deref().unwrap_or(&child.division);
        let applicant = Applicant {
            birth: child.birth_on,
            applied_on: self.applied_on(today),
            wanted_from: self.row.wanted_from,
            household_here: household.starts_with(&self.row.district),
            permit: received(PERMIT)
                .next_back()
                .map(|paper| (paper.valid_from.or(paper.issued_on), paper.valid_until)),
            card: child
                .disability_card_mask
                .is_some()
                .then_some(child.disability_card_expires_on),
            diagnosed_on: self.diagnosed_on,
            deferrals: received(DEFERRAL)
                .map(|paper| Certificate {
                    from: paper.valid_from.or(paper.issued_on),
                    to: paper.valid_until,
                    issuer: paper.issuer,
                })
                .collect(),
            elsewhere: self.elsewhere.clone(),
            overrides: self
                .overrides
                .iter()
                .filter_map(|one| Some((Test::named(&one.test)?, one.reason.clone())))
                .collect(),
        };
        judge(&self.rules.admission, &self.rules.deferral, &applicant)
    }

    /// What the conditions of its chain may ask for, as it is now.
    pub fn facts(&self, today: NaiveDate) -> Facts {
        let child = &self.child;
        let household = child.household_division.as_deref().unwrap_or(&child.division);
        Facts::default()
            .number(known::AGE_MONTHS, self.age_months(today).into())
            .word(known::MODE, self.row.mode.as_str())
            .word(known::ECONOMY, self.row.economy.as_str())
            .word(known::CARD, known::yes(child.disability_card_mask.is_some()))
            .word(known::HOUSEHOLD, known::yes(household.starts_with(&self.row.district)))
            .word(known::ELIGIBLE, known::yes(self.judged(today).passes()))
    }
}

/// A place that the child has at another centre beyond the day on which it is to begin at this one.
async fn elsewhere(db: &impl ConnectionTrait, row: &application::Model) -> Result<Option<Elsewhere>> {
    let column = enrolment_decision::COLUMN;
    let found = enrolment_decision::Entity::find()
        .filter(column.child_id.eq(row.child_id))
        .filter(column.organisation_id.ne(row.centre_id))
        .filter(column.valid_from.is_not_null())
        .filter(column.revoked_on.is_null())
        .filter(
            Condition::any()
                .add(column.valid_to.is_null())
                .add(column.valid_to.gte(row.wanted_from)),
        )
        .order_by_desc(column.id)
        .one(db)
        .await?;
    let Some(found) = found else { return Ok(None) };
    let centre = organisation::Entity::find_by_id(found.organisation_id).one(db).await?;
    Ok(Some(Elsewhere {
        centre: centre.map(|place| place.name).unwrap_or_default(),
        number: found.number,
        to: found.valid_to,
    }))
}
