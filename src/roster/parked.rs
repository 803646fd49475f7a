//! Rows that look like a child on file: compared side by side and decided by a person.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entities::{
    AccountId, ChildId, JobId, ParkedRowId,
    age::GestationalWeeks,
    child::{child, guardian, guardianship},
    division_code::DivisionCode,
    import::parked_row,
    words::{IdentityKind, ParkedState},
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder,
};
use serde_json::json;

use super::{
    earlier::{self, Earlier, RowForm},
    job, queries,
};
use crate::{
    access::scope,
    children::{
        care, claims,
        corrections::{self, CardChange, Correction},
        duplicates,
        guardians::{self, Added},
        moves,
        new_child::{NewChild, NewGuardian},
        queries as files,
        reuse::{self, Differing, Settled, Source},
        service,
    },
    organisations::changes,
    person::{
        Ethnicity,
        likeness::{Reason, is_citizen},
    },
    platform::{
        Actor, App, Error, Errors, Result, Tx, Version,
        event::{self, Subject},
    },
};

/// What somebody decides about a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Another child: open a file.
    Add,
    /// The same child: take over what its file lacks.
    Match,
    /// Nothing of it.
    Drop,
}

/// A decision with everything that was asked besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// What becomes of the row.
    pub decision: Decision,
    /// What becomes of what differs from the records of guardians.
    pub differing: Differing,
    /// Fields of the file that are to say what the row says; of the others only gaps are filled in.
    pub taken: BTreeSet<String>,
}

/// A row, as typed and as understood, and whom it looks like.
#[derive(Debug)]
pub struct Parked {
    /// The row.
    pub row: parked_row::Model,
    /// As typed.
    pub form: RowForm,
    /// As understood.
    pub child: NewChild,
    /// Why it looks like somebody.
    pub reasons: Vec<Reason>,
    /// Whom it looks like; none when that file is not the actor's to see.
    pub twin: Option<child::Model>,
}

impl Parked {
    /// Its citizen number is that of the file that it looks like.
    pub fn holds_taken_number(&self) -> bool {
        self.reasons.contains(&Reason::Identity) && is_citizen(self.child.identity.kind())
    }
}

/// Rows of an import that the actor may see, the open ones first.
pub async fn of_job(db: &impl ConnectionTrait, by: &Actor, id: JobId) -> Result<Vec<parked_row::Model>> {
    let job = queries::find(db, by, id).await?;
    let mut rows = parked_row::Entity::find()
        .filter(parked_row::COLUMN.job_id.eq(job.id))
        .order_by_asc(parked_row::COLUMN.row)
        .all(db)
        .await?;
    rows.sort_by_key(|row| row.state != ParkedState::Open);
    Ok(rows)
}

/// One row of an import, or not found.
pub async fn find(app: &App, by: &Actor, job: JobId, id: ParkedRowId) -> Result<Parked> {
    queries::find(&*app.db, by, job).await?;
    let row = parked_row::Entity::find_by_id(id)
        .filter(parked_row::COLUMN.job_id.eq(job))
        .one(&*app.db)
        .await?
        .ok_or(Error::NotFound)?;
    let (form, mut child) = understood(app, by.today(), &row)?;
    settle(&*app.db, &mut child).await?;
    let twin = match scope::child(&*app.db, by, row.child_id).await {
        Ok(twin) => Some(twin),
        Err(Error::NotFound) => None,
        Err(error) => return Err(error),
    };
    let reasons = serde_json::from_value(row.reasons.clone())?;
    Ok(Parked {
        row,
        form,
        child,
        reasons,
        twin,
    })
}

fn understood(app: &App, today: NaiveDate, row: &parked_row::Model) -> Result<(RowForm, NewChild)> {
    let text = app.keys.open("parked_row", &row.fields)?;
    let form: RowForm = serde_json::from_str(&text)?;
    let child = form.child.registration(today)?;
    Ok((form, child))
}

/// Where the child lives by the codes of today: one may have changed while the row waited.
async fn settle(db: &impl ConnectionTrait, child: &mut NewChild) -> Result<()> {
    let successors = changes::successors(db).await?;
    let present = changes::present(&successors, child.division.as_str());
    if let Ok(present) = DivisionCode::parse(present) {
        child.division = present;
    }
    Ok(())
}

/// What the row tells of the time before.
async fn earlier_in(tx: &Tx, by: &Actor, parked: &Parked) -> Result<Earlier> {
    let rules = service::check_age_rules(&**tx, parked.child.district(), by).await?;
    Ok(parked.form.earlier(&parked.child, &rules, by.today(), true)?)
}

/// Names of the guardians who answer for a child.
pub async fn guardian_names(db: &impl ConnectionTrait, child: ChildId) -> Result<Vec<(String, Option<String>)>> {
    let ties = guardianship::Entity::find()
        .filter(guardianship::COLUMN.child_id.eq(child))
        .filter(guardianship::COLUMN.ended_on.is_null())
        .all(db)
        .await?;
    let rows = guardian::Entity::find()
        .filter(guardian::COLUMN.id.is_in(ties.iter().map(|tie| tie.guardian_id)))
        .order_by_asc(guardian::COLUMN.id)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.name, row.phone_mask)).collect())
}

/// Decide about a row. Gives the child whose file it became or completed.
pub async fn decide(
    app: &App,
    by: &Actor,
    job_id: JobId,
    id: ParkedRowId,
    version: Version,
    chosen: &Chosen,
) -> Result<Option<ChildId>> {
    let job = queries::find(&*app.db, by, job_id).await?;
    let parked = find(app, by, job_id, id).await?;
    let lanes = [parked.row.district.as_str(), parked.child.district()];
    let tx = app.db.write_all(by, &lanes).await?;
    let row = parked_row::Entity::find_by_id(id)
        .one(&*tx)
        .await?
        .ok_or(Error::NotFound)?;
    if row.state != ParkedState::Open {
        return Err(Error::stale());
    }
    version.is_still(row.version)?;
    let (state, child) = match chosen.decision {
        Decision::Drop => (ParkedState::Dropped, None),
        // The file belongs to the organisation that brought the roster in, whoever decides.
        Decision::Add => {
            if parked.holds_taken_number() {
                claims::second_person(job.created_by, by)?;
            }
            let owner = job::actor_of(app, &job).await?;
            let place = owner.workplace.clone();
            let registrar = Actor {
                workplace: place,
                ..by.clone()
            };
            (
                ParkedState::Added,
                Some(add_in(&tx, app, &registrar, by.account, &parked, chosen.differing).await?),
            )
        }
        Decision::Match => (
            ParkedState::Matched,
            Some(match_in(&tx, app, by, &parked, chosen).await?),
        ),
    };
    let version = row.version + 1;
    let mut decided = row.into_active_model();
    decided.state = Set(state);
    decided.version = Set(version);
    decided.decided_by = Set(by.account);
    decided.decided_at = Set(Some(by.now));
    decided.update(&*tx).await?;
    let subject = match child {
        Some(child) => Subject::of_child("parked_row", id.0, child),
        None => Subject::new("parked_row", id.0),
    };
    event::record(
        &tx,
        by,
        "roster.row_decided",
        subject,
        json!({ "as": state, "like": parked.row.child_id }),
    )
    .await?;
    tx.commit().await?;
    Ok(child)
}

/// Where a page asks about what differs from the records of guardians.
const DIFFERING: &str = "differing";

/// Another child. The same number cannot be two children's, so that pair stays open for review.
async fn add_in(
    tx: &Tx,
    app: &App,
    by: &Actor,
    person: Option<AccountId>,
    parked: &Parked,
    differing: Differing,
) -> Result<ChildId> {
    let mut new = parked.child.clone();
    moves::must_exist(&**tx, new.division.as_str()).await?;
    let how = [(differing, DIFFERING); 2];
    let reused = service::reuse_in(tx, app, &mut new, &how, Source::Roster).await?;
    let id = service::register_in(tx, app, by, &new).await?;
    for one in &reused {
        reuse::record_in(tx, by, id, one).await?;
    }
    let before = earlier_in(tx, by, parked).await?;
    if let Some(place) = by.workplace.as_ref().filter(|place| !place.kind.is_federation()) {
        care::tie_in(tx, by, place.id, id).await?;
    }
    let decider = Actor {
        account: person,
        ..by.clone()
    };
    earlier::complete_in(tx, &decider, id, &parked.child, &before).await?;
    duplicates::said_two_in(tx, &decider, id, parked.row.child_id).await?;
    Ok(id)
}

/// What the file says, or what it lacks and the row tells; the other way round when the row's is to be taken.
fn either(file: Option<&String>, row: Option<&String>, taken: bool) -> Option<String> {
    let (first, second) = if taken { (row, file) } else { (file, row) };
    first.or(second).cloned()
}

/// Guardians of a child whose file is completed: who is there already gets what the row tells besides, the others are added.
async fn families_in(
    tx: &Tx,
    app: &App,
    by: &Actor,
    id: ChildId,
    guardians: &[NewGuardian],
    differing: Differing,
) -> Result<()> {
    let known = files::guardians(&**tx, id).await?;
    let mut errors = Errors::default();
    for guardian in guardians {
        let there = known
            .iter()
            .find(|(tie, person)| tie.ended_on.is_none() && person.name == guardian.name);
        let asks = if let Some((_, person)) = there {
            match reuse::settle_in(tx, &app.keys, person, guardian, differing, Source::Roster).await? {
                Settled::Reused(reused) => {
                    reuse::record_in(tx, by, id, &reused).await?;
                    Vec::new()
                }
                Settled::Asks(says) => says,
            }
        } else {
            match guardians::add_in(tx, app, by, id, guardian, false, (differing, Source::Roster)).await? {
                Added::Done(_) => Vec::new(),
                Added::Asks(says) => says,
            }
        };
        for say in asks {
            errors.add(DIFFERING, say);
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(errors.into()) }
}

/// The same child: what its file lacks comes from the row; what it has stays, unless somebody chose otherwise.
async fn match_in(tx: &Tx, app: &App, by: &Actor, parked: &Parked, chosen: &Chosen) -> Result<ChildId> {
    let taken = |field: &str| chosen.taken.contains(field);
    let file = scope::child(&**tx, by, parked.row.child_id).await?;
    let new = &parked.child;
    let numbered = new.identity.number().is_some();
    let numbered = numbered && (file.identity_kind == IdentityKind::NoneYet || taken("identity_no"));
    let household = match &file.household_division {
        Some(code) => DivisionCode::parse(code).ok(),
        None => new.household_division.clone(),
    };
    let weeks = match file.gestational_weeks {
        Some(weeks) => GestationalWeeks::try_from(weeks).ok(),
        None => new.gestational_weeks,
    };
    let card = match &new.disability_card {
        Some(card) if file.disability_card_no.is_none() => CardChange::Replace(card.clone()),
        _ => CardChange::Keep {
            expires_on: file.disability_card_expires_on,
        },
    };
    let completed = Correction {
        version: file.version.into(),
        name: if taken("name") { &new.name } else { &file.name }.clone(),
        sex: if file.sex.is_stated() && !taken("sex") {
            file.sex
        } else {
            new.sex
        },
        birth_on: if taken("birth_on") { new.birth_on } else { file.birth_on },
        gestational_weeks: weeks,
        identity: numbered.then(|| new.identity.clone()),
        ethnicity: Ethnicity::find(&file.ethnicity).unwrap_or(Ethnicity::HAN),
        household_division: household,
        address: either(file.address.as_ref(), new.address.as_ref(), taken("address")),
        kindergarten: either(
            file.kindergarten.as_ref(),
            new.kindergarten.as_ref(),
            taken("kindergarten"),
        ),
        card,
    };
    corrections::correct_in(tx, app, by, file.id, &completed).await?;
    families_in(tx, app, by, file.id, &new.guardians, chosen.differing).await?;
    let before = earlier_in(tx, by, parked).await?;
    earlier::complete_in(tx, by, file.id, &parked.child, &before).await?;
    Ok(file.id)
}
