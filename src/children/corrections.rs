//! Correcting a file: what was entered wrongly, or has become known.

use chrono::NaiveDate;
use entities::{
    ChildId,
    age::GestationalWeeks,
    child::child,
    citizen_id::CitizenId,
    disability_card::DisabilityCardNo,
    division_code::DivisionCode,
    words::{IdentityKind, Sex},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel};
use serde_json::json;

use super::{claims, duplicates, file, replanning, terms};
use crate::{
    access::scope,
    person::{DisabilityCard, Ethnicity, Identity, hanzi},
    platform::{
        Actor, App, Errors, Result, Say, Tx, Version,
        compartment::{Corrected, Facts},
        draft::Draft,
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

/// What came of a correction.
#[derive(Debug)]
pub enum Corrects {
    /// It is saved.
    Saved,
    /// Nothing is saved yet: this was judged by the old value, and becomes of it what is said.
    Judged(Vec<Say>),
}

/// The path of the form, under which it is kept on its way.
pub fn form(id: ChildId) -> String {
    format!("/children/{id}/edit")
}

/// Correct a file. A changed name is found under the new name at once; what was judged by another birth date, length of
/// pregnancy, sex or number is looked at again. Where there is such a thing it is told first, and `confirmed` says that
/// it was read.
///
/// # Errors
/// [`Error::Stale`] when somebody corrected it meanwhile; the identity number contradicting sex or birth date.
pub async fn correct(app: &App, by: &Actor, id: ChildId, to: &Correction, confirmed: bool) -> Result<Corrects> {
    let lane = scope::child(&*app.db, by, id).await?.district;
    let tx = app.db.write(by, &lane).await?;
    let told = correct_in(&tx, app, by, id, to).await?;
    if !told.is_empty() && !confirmed {
        // Without a commit nothing of it has happened.
        return Ok(Corrects::Judged(told));
    }
    Draft::discard_own_in(&tx, by, form(id)).await?;
    tx.commit().await?;
    Ok(Corrects::Saved)
}

/// The same in the caller's transaction, which must be the district's.
pub async fn correct_in(tx: &Tx, app: &App, by: &Actor, id: ChildId, to: &Correction) -> Result<Vec<Say>> {
    let old = file::open_file_in(tx, by, id, to.version).await?;
    agree_with_kept_numbers(app, &old, to)?;
    if let Some(identity) = &to.identity {
        claims::must_be_free(&**tx, &app.keys, identity, id).await?;
    }
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
        terms::write_in(tx, std::slice::from_ref(&new)).await?;
    }
    let told = judge_again_in(tx, app, by, &old, &new).await?;
    event::record(
        tx,
        by,
        "child.corrected",
        Subject::child(id),
        json!({ "fields": fields, "looked_at_again": told.len() }),
    )
    .await?;
    duplicates::look_around_in(tx, by, id).await?;
    Ok(told)
}

/// What was judged by facts that have changed is looked at again, and told.
pub async fn judge_again_in(
    tx: &Tx,
    app: &App,
    by: &Actor,
    old: &child::Model,
    new: &child::Model,
) -> Result<Vec<Say>> {
    let (was, is) = (facts(old), facts(new));
    let corrected = Corrected {
        by,
        old: &was,
        new: &is,
    };
    if corrected.changes_age() {
        replanning::replan_in(tx, by, old, new).await?;
    }
    app.compartment.look_again_in(tx, corrected).await
}

fn facts(file: &child::Model) -> Facts {
    Facts {
        id: file.id,
        birth_on: file.birth_on,
        gestational_weeks: file.gestational_weeks,
        sex: file.sex,
        identity: file.identity_index.clone(),
        division: file.division.clone(),
        district: file.district.clone(),
        left: file.departure_id.is_some(),
    }
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
        (CardChange::Keep { .. }, None) | (CardChange::Remove, _) => None,
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
