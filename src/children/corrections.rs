//! Correcting a file: what was entered wrongly, or has become known.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entities::{
    ChildId,
    age::GestationalWeeks,
    child::{child, child_term, residence},
    citizen_id::CitizenId,
    disability_card::DisabilityCardNo,
    division_code::DivisionCode,
    screening::planned_check,
    words::{CheckState, IdentityKind, Sex},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde_json::json;

use super::{check_ages, duplicates, file, opening, rows, service};
use crate::{
    access::scope,
    person::{DisabilityCard, Ethnicity, Identity, hanzi},
    platform::{
        Actor, App, Error, Errors, Result, Say, Tx, Version,
        event::{self, Subject},
    },
};

/// What a file is to say from now on.
#[derive(Clone, Debug)]
pub struct Correction {
    /// The version that the clerk saw.
    pub version: Version,
    /// Name.
    pub name: String,
    /// Sex.
    pub sex: Sex,
    /// Birth date.
    pub birth_on: NaiveDate,
    /// Completed weeks of pregnancy.
    pub gestational_weeks: Option<GestationalWeeks>,
    /// Another document; none: as it was.
    pub identity: Option<Identity>,
    /// Ethnicity.
    pub ethnicity: Ethnicity,
    /// Household registration.
    pub household_division: Option<DivisionCode>,
    /// Address.
    pub address: Option<String>,
    /// Kindergarten.
    pub kindergarten: Option<String>,
    /// Disability card.
    pub card: CardChange,
}

/// What becomes of the disability card.
#[derive(Clone, Debug)]
pub enum CardChange {
    /// The number stays; its expiry is this.
    Keep {
        /// Last day of validity.
        expires_on: Option<NaiveDate>,
    },
    /// A new number.
    Replace(DisabilityCard),
    /// The child holds none (any more).
    Remove,
}

/// Correct a file. A changed name is found under the new name at once; a changed birth date or length of pregnancy
/// plans the checks again that are still to be done.
///
/// # Errors
/// [`Error::Stale`] when somebody corrected it meanwhile; the identity number contradicting sex or birth date.
pub async fn correct(app: &App, by: &Actor, id: ChildId, to: &Correction) -> Result<()> {
    let lane = scope::child(&*app.db, by, id).await?.district;
    let tx = app.db.write(by, &lane).await?;
    correct_in(&tx, app, by, id, to).await?;
    tx.commit().await
}

/// The same in the caller's transaction, which must be the district's.
pub async fn correct_in(tx: &Tx, app: &App, by: &Actor, id: ChildId, to: &Correction) -> Result<()> {
    let old = file::open_file_in(tx, by, id, to.version).await?;
    agree_with_kept_numbers(app, &old, to)?;
    let fields = changed_fields(&old, to);
    let mut row = old.clone().into_active_model();
    row.name = Set(to.name.clone());
    row.name_sound = Set(hanzi::homophone_key(&to.name));
    row.sex = Set(to.sex);
    row.birth_on = Set(to.birth_on);
    row.gestational_weeks = Set(weeks(to));
    row.ethnicity = Set(to.ethnicity.code().to_owned());
    row.household_division = Set(to.household_division.as_ref().map(|d| d.as_str().to_owned()));
    row.address = Set(to.address.clone());
    row.kindergarten = Set(to.kindergarten.clone());
    row.version = Set(old.version + 1);
    if let Some(identity) = &to.identity {
        let number = identity.number();
        row.identity_kind = Set(identity.kind());
        row.identity_no = Set(number.map(|no| app.keys.seal("child.identity_no", no)).transpose()?);
        row.identity_index = Set(number.map(|no| app.keys.index("identity", no)).transpose()?);
        row.identity_mask = Set(identity.mask());
    }
    match &to.card {
        CardChange::Keep { expires_on } => row.disability_card_expires_on = Set(*expires_on),
        CardChange::Remove => {
            row.disability_card_no = Set(None);
            row.disability_card_mask = Set(None);
            row.disability_card_expires_on = Set(None);
        }
        CardChange::Replace(card) => {
            row.disability_card_no = Set(Some(app.keys.seal("child.disability_card_no", card.number.as_str())?));
            row.disability_card_mask = Set(Some(card.number.masked()));
            row.disability_card_expires_on = Set(card.expires_on);
        }
    }
    let new = row.update(&**tx).await?;
    if old.name != new.name {
        rename_in(tx, &new).await?;
    }
    if old.birth_on != new.birth_on || old.gestational_weeks != new.gestational_weeks {
        replan_in(tx, by, &old, &new).await?;
    }
    event::record(
        tx,
        by,
        "child.corrected",
        Subject::child(id),
        json!({ "fields": fields }),
    )
    .await?;
    duplicates::look_around_in(tx, by, id).await
}

fn weeks(to: &Correction) -> Option<i32> {
    to.gestational_weeks.map(|weeks| weeks.get().into())
}

/// A number that stays must still fit what is corrected beside it.
fn agree_with_kept_numbers(app: &App, old: &child::Model, to: &Correction) -> Result<()> {
    let mut errors = Errors::default();
    let kept = match (&to.identity, &old.identity_no) {
        (None, Some(sealed)) => Some(app.keys.open("child.identity_no", sealed)?),
        _ => None,
    };
    if let Some(number) = &kept
        && let Ok(identity) = Identity::parse(old.identity_kind, number)
    {
        for say in identity.contradictions(to.sex, to.birth_on) {
            errors.add("identity_no", say);
        }
    }
    let number = to.identity.as_ref().map_or(kept.as_deref(), Identity::number);
    let kind = to.identity.as_ref().map_or(old.identity_kind, Identity::kind);
    let citizen = number
        .filter(|_| matches!(kind, IdentityKind::CitizenId | IdentityKind::ResidencePermit))
        .and_then(|number| CitizenId::parse(number).ok());
    let card = match (&to.card, &old.disability_card_no) {
        (CardChange::Replace(card), _) => Some(card.number.clone()),
        (CardChange::Keep { .. }, Some(sealed)) => {
            DisabilityCardNo::parse(&app.keys.open("child.disability_card_no", sealed)?).ok()
        }
        _ => None,
    };
    if let (Some(citizen), Some(card)) = (citizen, card)
        && !card.belongs_to(&citizen)
    {
        errors.add("disability_card_no", Say::new("disability_card.other_person"));
    }
    if errors.is_empty() { Ok(()) } else { Err(errors.into()) }
}

/// Names of the fields that change, for the record.
fn changed_fields(old: &child::Model, to: &Correction) -> Vec<&'static str> {
    let household = to.household_division.as_ref().map(DivisionCode::as_str);
    [
        ("name", old.name != to.name),
        ("sex", old.sex != to.sex),
        ("birth_on", old.birth_on != to.birth_on),
        ("gestational_weeks", old.gestational_weeks != weeks(to)),
        ("identity_no", to.identity.is_some()),
        ("ethnicity", old.ethnicity != to.ethnicity.code()),
        ("household_division", old.household_division.as_deref() != household),
        ("address", old.address != to.address),
        ("kindergarten", old.kindergarten != to.kindergarten),
        (
            "disability_card_no",
            match &to.card {
                CardChange::Keep { expires_on } => old.disability_card_expires_on != *expires_on,
                CardChange::Replace(_) => true,
                CardChange::Remove => old.disability_card_no.is_some(),
            },
        ),
    ]
    .into_iter()
    .filter_map(|(field, changed)| changed.then_some(field))
    .collect()
}

/// Write anew what a file is found by: its name and number, and those of the files that were merged into it.
async fn rename_in(tx: &Tx, child: &child::Model) -> Result<()> {
    child_term::Entity::delete_many()
        .filter(child_term::COLUMN.child_id.eq(child.id))
        .exec(&**tx)
        .await?;
    let merged = child::Entity::find()
        .filter(child::COLUMN.merged_into.eq(child.id))
        .order_by_asc(child::COLUMN.id)
        .all(&**tx)
        .await?;
    let mut known = BTreeSet::new();
    let mut terms = Vec::new();
    for file in std::iter::once(child).chain(&merged) {
        for term in rows::terms(&child.district, &file.name, &file.file_no, child.id) {
            if known.insert(term.term.as_ref().clone()) {
                terms.push(term);
            }
        }
    }
    child_term::Entity::insert_many(terms)
        .exec_without_returning(&**tx)
        .await?;
    Ok(())
}

/// Plan the checks again from corrected facts. Done checks stay as they were; a pending one that no longer belongs to
/// the child's time here goes.
pub async fn replan_in(tx: &Tx, by: &Actor, old: &child::Model, new: &child::Model) -> Result<()> {
    let from = first_day_here_in(tx, old, new).await?;
    let rules = service::check_age_rules(&**tx, &new.district, by).await?;
    let opening = opening::day(&**tx, &new.district, by).await?;
    let weeks = new
        .gestational_weeks
        .and_then(|weeks| GestationalWeeks::try_from(weeks).ok());
    let plan = check_ages::plan(new.birth_on, weeks, &rules);
    let wanted: Vec<_> = check_ages::while_resident(&plan, Some(from), None).collect();
    let known = planned_check::Entity::find()
        .filter(planned_check::COLUMN.child_id.eq(new.id))
        .all(&**tx)
        .await?;
    for row in &known {
        let check = wanted
            .iter()
            .find(|check| i32::from(check.age_months) == row.age_months);
        match check {
            _ if row.state == CheckState::Done => {}
            Some(check) => {
                let mut row = row.clone().into_active_model();
                row.opens_on = Set(check.opens_on);
                row.due_on = Set(check.due_on);
                row.closes_on = Set(check.closes_on);
                row.corrected = Set(check.corrected);
                row.rules = Set(rules.version.clone());
                if row.state.as_ref() != &CheckState::Cancelled {
                    row.state = Set(opening::undone(check.closes_on, opening));
                }
                row.update(&**tx).await?;
            }
            None => {
                planned_check::Entity::delete_by_id(row.id).exec(&**tx).await?;
            }
        }
    }
    for check in wanted {
        if !known.iter().any(|row| row.age_months == i32::from(check.age_months)) {
            let mut row = rows::check_row(check, &rules.version, &new.district, &new.street, new.id);
            row.state = Set(if new.departure_id.is_some() {
                CheckState::Cancelled
            } else {
                opening::undone(check.closes_on, opening)
            });
            row.insert(&**tx).await?;
        }
    }
    Ok(())
}

/// The first day of the first residence; it follows the birth date when the child has lived here since birth.
async fn first_day_here_in(tx: &Tx, old: &child::Model, new: &child::Model) -> Result<NaiveDate> {
    let first = residence::Entity::find()
        .filter(residence::COLUMN.child_id.eq(new.id))
        .order_by_asc(residence::COLUMN.from_on)
        .order_by_asc(residence::COLUMN.id)
        .one(&**tx)
        .await?
        .ok_or(Error::NotFound)?;
    if first.from_on != old.birth_on && first.from_on >= new.birth_on {
        return Ok(first.from_on);
    }
    let mut row = first.into_active_model();
    row.from_on = Set(new.birth_on);
    Ok(row.update(&**tx).await?.from_on)
}
