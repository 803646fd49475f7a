//! Entering, keeping, submitting and withdrawing applications; and answering for a test that does not hold.

use std::collections::BTreeMap;

use entities::{
    ApplicationId, ChildId,
    child::child,
    enrolment::{application, application_material, application_override},
    words::{ApplicationState, OrganisationKind},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    IntoActiveModel,
};
use serde_json::json;

use super::{
    about::subject,
    forms::{NewApplication, paper_field},
    papers::Paper,
    queries::{self, Whole},
    states::{States, is_enrolled, is_with_intake},
};
use crate::{
    access::scope,
    enrolment::{chain, eligibility::Test, review},
    platform::{Actor, App, Error, Errors, Result, Say, Tx, Version, event, states::Machine as _},
};

pub use super::about::page;

/// Enter an application for a child of the own centre; submitted at once, or kept.
///
/// # Errors
/// Refused when the child left or has an open one; by field when it is submitted and papers are missing.
pub async fn open(app: &App, by: &Actor, id: ChildId, new: &NewApplication, submit: bool) -> Result<ApplicationId> {
    let seen = scope::child(&*app.db, by, id).await?;
    let tx = app.db.write(by, &seen.district).await?;
    let row = open_in(&tx, by, id, new).await?;
    let row = if submit { submit_in(&tx, by, row).await? } else { row };
    tx.commit().await?;
    Ok(row.id)
}

/// Enter an application, in the transaction of whoever does more than that.
pub async fn open_in(tx: &Tx, by: &Actor, id: ChildId, new: &NewApplication) -> Result<application::Model> {
    let file = scope::child(&**tx, by, id).await?;
    must_be_here(&file)?;
    if by.workplace.as_ref().map(|place| place.kind) != Some(OrganisationKind::RehabilitationCentre) {
        return Err(Error::refused("application.centres"));
    }
    if queries::open_of(&**tx, id).await?.is_some() {
        return Err(Error::refused("application.exists"));
    }
    let diagnosis = queries::diagnosis_of(&**tx, id).await?;
    let row = application::ActiveModel {
        id: NotSet,
        child_id: Set(id),
        district: Set(file.district.clone()),
        street: Set(file.street.clone()),
        centre_id: Set(by.organisation()?),
        mode: Set(new.mode),
        wanted_from: Set(new.wanted_from),
        economy: Set(new.economy),
        guardian_id: Set(new.guardian),
        diagnosis_id: Set(diagnosis.map(|found| found.id)),
        note: Set(new.note.clone()),
        state: Set(ApplicationState::Draft),
        round: Set(0),
        chain_id: Set(None),
        facts: Set(json!({})),
        entered_by: Set(by.account),
        entered_at: Set(by.now),
        submitted_by: Set(None),
        submitted_at: Set(None),
        applied_on: Set(None),
        closed_at: Set(None),
        version: Set(1),
    };
    let row = row.insert(&**tx).await?;
    keep_papers_in(tx, by, &row, &new.papers).await?;
    let details = json!({ "mode": new.mode, "wanted_from": new.wanted_from });
    event::record(tx, by, "application.entered", subject(&row), details).await?;
    Ok(row)
}

fn must_be_here(file: &child::Model) -> Result<()> {
    if file.departure_id.is_some() {
        return Err(Error::refused("application.child_left"));
    }
    Ok(())
}

/// Change an application that is with intake: a draft, or one that was returned.
///
/// # Errors
/// As [`open`]; stale when somebody changed it meanwhile.
pub async fn change(
    app: &App,
    by: &Actor,
    id: ApplicationId,
    version: Version,
    new: &NewApplication,
    submit: bool,
) -> Result<ApplicationId> {
    let (tx, row) = own(app, by, id, version).await?;
    if !is_with_intake(row.state) {
        return Err(Error::refused(
            Say::new("application.not_with_you").with_word("state", row.state.word()),
        ));
    }
    must_be_here(&queries::child_of(&*tx, &row).await?)?;
    let next = row.version + 1;
    let mut changed = row.into_active_model();
    changed.mode = Set(new.mode);
    changed.wanted_from = Set(new.wanted_from);
    changed.economy = Set(new.economy);
    changed.guardian_id = Set(new.guardian);
    changed.note = Set(new.note.clone());
    changed.version = Set(next);
    let row = changed.update(&*tx).await?;
    keep_papers_in(&tx, by, &row, &new.papers).await?;
    if submit {
        submit_in(&tx, by, row).await?;
    } else {
        let details = json!({ "mode": new.mode, "wanted_from": new.wanted_from });
        event::record(&tx, by, "application.changed", subject(&row), details).await?;
    }
    tx.commit().await?;
    Ok(id)
}

/// The write transaction and the application as it is now; it is the own centre's, and as the page showed it.
async fn own(app: &App, by: &Actor, id: ApplicationId, version: Version) -> Result<(Tx, application::Model)> {
    let seen = queries::find(&*app.db, by, id).await?;
    if seen.centre_id != by.organisation()? {
        return Err(Error::Forbidden);
    }
    let tx = app.db.write(by, &seen.district).await?;
    let row = queries::find(&*tx, by, id).await?;
    version.is_still(row.version)?;
    Ok((tx, row))
}

/// What is said of the papers. What is not said any more is missing, and stays a row: what was attached hangs on it.
async fn keep_papers_in(tx: &Tx, by: &Actor, row: &application::Model, papers: &[Paper]) -> Result<()> {
    let kept = queries::materials(&**tx, row.id).await?;
    // The newest of a kind is the one that the form shows; earlier certificates stay as they are.
    let mut newest: BTreeMap<&str, &application_material::Model> = BTreeMap::new();
    for one in &kept {
        newest.insert(one.code.as_str(), one);
    }
    for paper in papers {
        match newest.remove(paper.code.as_str()) {
            Some(known) if Paper::from(known) == *paper => {}
            Some(known) => {
                let mut change = filled(paper, by);
                change.id = Set(known.id);
                change.version = Set(known.version + 1);
                change.update(&**tx).await?;
            }
            None => {
                let mut new = filled(paper, by);
                new.application_id = Set(row.id);
                new.child_id = Set(row.child_id);
                new.code = Set(paper.code.clone());
                new.version = Set(1);
                new.insert(&**tx).await?;
            }
        }
    }
    for left in newest.into_values() {
        let gone = Paper {
            code: left.code.clone(),
            state: entities::words::MaterialState::Missing,
            issuer: None,
            issued_on: None,
            valid_from: None,
            valid_until: None,
            reason: None,
        };
        if Paper::from(left) != gone {
            let mut change = filled(&gone, by);
            change.id = Set(left.id);
            change.version = Set(left.version + 1);
            change.update(&**tx).await?;
        }
    }
    Ok(())
}

fn filled(paper: &Paper, by: &Actor) -> application_material::ActiveModel {
    application_material::ActiveModel {
        state: Set(paper.state),
        issuer: Set(paper.issuer),
        issued_on: Set(paper.issued_on),
        valid_from: Set(paper.valid_from),
        valid_until: Set(paper.valid_until),
        reason: Set(paper.reason.clone()),
        recorded_by: Set(by.account),
        recorded_at: Set(by.now),
        ..Default::default()
    }
}

/// Submit an application, or submit it again when it was completed: nothing may be missing. Its chain begins, or goes on.
///
/// # Errors
/// By field what is missing; refused where a step has nobody.
pub async fn submit_in(tx: &Tx, by: &Actor, row: application::Model) -> Result<application::Model> {
    States::must(row.state, ApplicationState::InReview, "application.not_with_you")?;
    let today = by.today();
    let whole = Whole::of(&**tx, row, today).await?;
    let lacks = whole.lacks(today);
    if !lacks.is_empty() {
        let mut errors = Errors::default();
        for lack in lacks {
            errors.add(paper_field(&lack.code, lack.part), lack.say);
        }
        return Err(errors.into());
    }
    let facts = whole.facts(today);
    let row = whole.row;
    let completes = row.round > 0;
    let pinned = match row.chain_id {
        Some(id) => id,
        None => chain::service::pin_in(tx, by, &row.district).await?,
    };
    let (round, version, applied_on) = (row.round + 1, row.version + 1, row.applied_on.unwrap_or(today));
    let mut submitted = row.into_active_model();
    submitted.state = Set(ApplicationState::InReview);
    submitted.round = Set(round);
    submitted.chain_id = Set(Some(pinned));
    submitted.facts = Set(serde_json::to_value(&facts)?);
    submitted.submitted_by = Set(by.account);
    submitted.submitted_at = Set(Some(by.now));
    submitted.applied_on = Set(Some(applied_on));
    submitted.version = Set(version);
    let row = submitted.update(&**tx).await?;
    let action = if completes {
        "application.completed"
    } else {
        "application.submitted"
    };
    event::record(
        tx,
        by,
        action,
        subject(&row),
        json!({ "round": round, "chain": pinned }),
    )
    .await?;
    review::service::advance_in(tx, by, row, None).await
}

/// The family does not want it any more.
pub async fn withdraw(app: &App, by: &Actor, id: ApplicationId, version: Version, why: String) -> Result<()> {
    let (tx, row) = own(app, by, id, version).await?;
    close_in(&tx, by, row, ApplicationState::Withdrawn, Some(&why)).await?;
    tx.commit().await
}

/// End an open application: the family withdraws it, or the child left.
pub async fn close_in(
    tx: &Tx,
    by: &Actor,
    row: application::Model,
    state: ApplicationState,
    why: Option<&str>,
) -> Result<application::Model> {
    States::must(row.state, state, "application.over")?;
    review::service::end_waiting_in(tx, by, row.id).await?;
    let (version, was) = (row.version + 1, row.state);
    let mut closed = row.into_active_model();
    closed.state = Set(state);
    closed.closed_at = Set(Some(by.now));
    closed.version = Set(version);
    let row = closed.update(&**tx).await?;
    let action = if state == ApplicationState::Cancelled {
        "application.cancelled"
    } else {
        "application.withdrawn"
    };
    event::record(tx, by, action, subject(&row), json!({ "was": was, "why": why })).await?;
    Ok(row)
}

/// A paper that comes after the decision: a certificate that was renewed, a vaccination card that was looked at, an examination
/// after an absence. It is a row of its own; the earlier one stays.
///
/// # Errors
/// Refused while the application is with intake or under review; by field when the rule does not know it.
pub async fn add_paper(app: &App, by: &Actor, id: ApplicationId, version: Version, paper: &Paper) -> Result<()> {
    let (tx, row) = own(app, by, id, version).await?;
    if !is_enrolled(row.state) {
        return Err(Error::refused("material.only_enrolled"));
    }
    let mut new = filled(paper, by);
    new.application_id = Set(row.id);
    new.child_id = Set(row.child_id);
    new.code = Set(paper.code.clone());
    new.version = Set(1);
    new.insert(&*tx).await?;
    let (about, next) = (subject(&row), row.version + 1);
    let mut row = row.into_active_model();
    row.version = Set(next);
    row.update(&*tx).await?;
    let details = json!({ "material": paper.code, "valid_until": paper.valid_until });
    event::record(&tx, by, "application.paper_added", about, details).await?;
    tx.commit().await
}

/// Answer for a test that does not hold: it is told with the reason and the person from now on.
///
/// # Errors
/// Refused where the test holds, or the application is over.
pub async fn answer_for(
    app: &App,
    by: &Actor,
    id: ApplicationId,
    version: Version,
    (test, because): (Test, String),
) -> Result<()> {
    let seen = queries::find(&*app.db, by, id).await?;
    let tx = app.db.write(by, &seen.district).await?;
    let row = queries::find(&*tx, by, id).await?;
    version.is_still(row.version)?;
    if !States::is_open(row.state) {
        return Err(Error::refused("application.ended"));
    }
    let today = by.today();
    let whole = Whole::of(&*tx, row, today).await?;
    let fails = whole
        .judged(today)
        .lines
        .iter()
        .any(|line| line.test == test && !line.passes());
    if !fails {
        return Err(Error::refused("eligibility.holds"));
    }
    let row = whole.row;
    let answered = application_override::ActiveModel {
        id: NotSet,
        application_id: Set(row.id),
        child_id: Set(row.child_id),
        test: Set(test.as_str().to_owned()),
        reason: Set(because),
        by: Set(by.person()?),
        organisation_id: Set(by.organisation()?),
        at: Set(by.now),
        withdrawn_at: Set(None),
    };
    answered.insert(&*tx).await?;
    let next = row.version + 1;
    let about = subject(&row);
    let mut row = row.into_active_model();
    row.version = Set(next);
    row.update(&*tx).await?;
    event::record(
        &tx,
        by,
        "application.answered_for",
        about,
        json!({ "test": test.as_str() }),
    )
    .await?;
    tx.commit().await
}
