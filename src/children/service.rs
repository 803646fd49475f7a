//! Opening a file. Everything that changes a file stands in the module of its noun.

use entities::{
    ChildId,
    child::{child_term, guardianship},
    screening::planned_check,
};
use sea_orm::{ActiveModelTrait, EntityTrait};
use serde_json::json;

use chrono::{Datelike as _, NaiveDate};

use super::{
    care,
    check_ages::CheckAgeRules,
    claims, duplicates,
    known_place::must_exist,
    opening,
    reuse::{self, Differing, Reused, Settled, Source},
    rows,
    similar::{self, Similar},
};
pub use super::{
    file::{disability_card_no, identity_no, open_file_in, survivor, view, view_page},
    new_child::{NewChild, NewGuardian},
};
use crate::platform::{
    Actor, App, Error, Errors, Result, Tx, counter,
    draft::Draft,
    event::{self, Subject},
    parameter,
    rule::Rule as _,
};

/// The check ages in force for children of a district.
pub async fn check_age_rules(db: &impl sea_orm::ConnectionTrait, district: &str, by: &Actor) -> Result<CheckAgeRules> {
    check_age_rules_on(db, district, by.today()).await
}

/// The check ages of a division on any day.
pub async fn check_age_rules_on(
    db: &impl sea_orm::ConnectionTrait,
    division: &str,
    on: NaiveDate,
) -> Result<CheckAgeRules> {
    Ok(parameter::find(db, CheckAgeRules::CODE, division, on)
        .await?
        .unwrap_or_default())
}

/// Take `count` running file numbers of a district and the current year; the first of them.
pub async fn reserve_file_numbers_in(tx: &Tx, by: &Actor, district: &str, count: usize) -> Result<FileNumbers> {
    let year = by.today().year();
    let name = format!("child:{district}:{year}");
    let count = i64::try_from(count)?;
    let last = counter::count_in(tx, &name, count).await?;
    Ok(FileNumbers {
        district: district.to_owned(),
        year,
        next: last - count + 1,
        last,
    })
}

/// File numbers that were reserved: `330211-2026-00001` and following.
#[derive(Clone, Debug)]
pub struct FileNumbers {
    district: String,
    year: i32,
    next: i64,
    last: i64,
}

impl Iterator for FileNumbers {
    type Item = String;
    fn next(&mut self) -> Option<String> {
        let number = self.next;
        self.next += 1;
        (number <= self.last).then(|| format!("{}-{}-{number:05}", self.district, self.year))
    }
}

/// Open a file in the caller's transaction: the child, its search terms, residence, planned checks and guardians. The transaction must be the district's ([`crate::platform::Db::write`]).
pub async fn register_in(tx: &Tx, app: &App, by: &Actor, new: &NewChild) -> Result<ChildId> {
    let rules = check_age_rules(&**tx, new.district(), by).await?;
    let opening = opening::day(&**tx, new.district(), by).await?;
    let cx = rows::Registration::by(app, by, &rules, opening)?;
    let file_no = reserve_file_numbers_in(tx, by, new.district(), 1)
        .await?
        .next()
        .ok_or(Error::Busy)?;
    let id = rows::child(&cx, new, &file_no)?.insert(&**tx).await?.id;
    let parts = rows::parts(&cx, new, id, &file_no);
    child_term::Entity::insert_many(parts.terms)
        .exec_without_returning(&**tx)
        .await?;
    parts.residence.insert(&**tx).await?;
    if !parts.checks.is_empty() {
        planned_check::Entity::insert_many(parts.checks)
            .exec_without_returning(&**tx)
            .await?;
    }
    for (n, guardian) in new.guardians.iter().enumerate() {
        let guardian_id = match guardian.existing {
            Some(id) => id,
            None => rows::guardian(&cx, guardian)?.insert(&**tx).await?.id,
        };
        guardianship::Entity::insert(rows::guardianship(id, guardian_id, guardian, n == 0))
            .exec_without_returning(&**tx)
            .await?;
    }
    let details = json!({ "file_no": file_no, "division": new.division.as_str() });
    event::record(tx, by, "child.registered", Subject::child(id), details).await?;
    Ok(id)
}

/// The form of registration; what is kept of it is kept under its path.
pub const FORM: &str = "/children/new";

/// What came of registering.
#[derive(Debug)]
pub enum Registered {
    /// The file was opened.
    Done(ChildId),
    /// There are files that may be the same child; nothing was written.
    Similar(Vec<Similar>),
    /// Another file has the citizen number, and stands among these; nothing was written, whatever was answered.
    Taken(Vec<Similar>),
}

/// Register a child. Files that may be the same child stop it once; `confirmed` says that it is another one, and what was
/// overridden goes to the review of duplicates.
pub async fn register(app: &App, by: &Actor, new: &NewChild, confirmed: bool) -> Result<Registered> {
    let answers = Answers {
        another: confirmed,
        ..Answers::default()
    };
    Ok(register_answered(app, by, new, &answers).await?.0)
}

/// What a clerk was asked and answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// It is another child than those that are like it.
    pub another: bool,
    /// What becomes of what differs from the records of the guardians, in the order of the form.
    pub guardians: [Differing; 2],
}

/// Fields at which the form asks about the guardians' records.
const DIFFERING: [&str; 2] = ["guardian1_differing", "guardian2_differing"];

/// The same with what was answered; and which records of guardians were used again.
///
/// # Errors
/// What a guardian's record says otherwise, while nobody decided about it.
pub async fn register_answered(
    app: &App,
    by: &Actor,
    new: &NewChild,
    answers: &Answers,
) -> Result<(Registered, Vec<Reused>)> {
    let tx = app.db.write(by, new.district()).await?;
    must_exist(&*tx, new.division.as_str()).await?;
    if !new.division.as_str().starts_with(registers_in(by)) {
        return Err(Error::field("division", "child.not_your_division"));
    }
    let similar = similar::find(&*tx, &similar::features_of(&app.keys, new)?, None).await?;
    if claims::holder(&*tx, &app.keys, &new.identity, None).await?.is_some() {
        return Ok((Registered::Taken(similar), Vec::new()));
    }
    if !similar.is_empty() && !answers.another {
        return Ok((Registered::Similar(similar), Vec::new()));
    }
    let mut new = new.clone();
    let how: Vec<_> = answers.guardians.into_iter().zip(DIFFERING).collect();
    let reused = reuse_in(&tx, app, &mut new, &how, Source::Page).await?;
    let id = register_in(&tx, app, by, &new).await?;
    for one in &reused {
        reuse::record_in(&tx, by, id, one).await?;
    }
    let place = by.workplace.as_ref();
    if let Some(place) = place.filter(|p| !p.kind.is_federation()) {
        care::tie_in(&tx, by, place.id, id).await?;
    }
    for other in similar {
        overrule_in(&tx, by, id, &other).await?;
    }
    Draft::discard_own_in(&tx, by, FORM).await?;
    tx.commit().await?;
    Ok((Registered::Done(id), reused))
}

/// Use the records of guardians who are on file already. `how` says for each what becomes of what differs, and the field at
/// which it is asked.
///
/// # Errors
/// What a record says otherwise, while nobody decided about it.
pub async fn reuse_in(
    tx: &Tx,
    app: &App,
    new: &mut NewChild,
    how: &[(Differing, &'static str)],
    source: Source,
) -> Result<Vec<Reused>> {
    let district = new.district().to_owned();
    let mut all = Vec::new();
    let mut errors = Errors::default();
    for (guardian, (how, field)) in new.guardians.iter_mut().zip(how) {
        let Some(known) = reuse::on_file(&**tx, &app.keys, guardian, &district).await? else {
            continue;
        };
        guardian.existing = Some(known.id);
        match reuse::settle_in(tx, &app.keys, &known, guardian, *how, source).await? {
            Settled::Reused(reused) => all.push(reused),
            Settled::Asks(says) => {
                for say in says {
                    errors.add(*field, say);
                }
            }
        }
    }
    if errors.is_empty() { Ok(all) } else { Err(errors.into()) }
}

/// Where an organisation may register children: federations where they see them, everybody else in their district, since
/// families go to the clinic next to their work, too.
pub fn registers_in(by: &Actor) -> &str {
    let coverage = by.coverage();
    match &by.workplace {
        Some(place) if place.kind.is_federation() => coverage,
        _ => coverage.get(..6).unwrap_or(coverage),
    }
}

/// The clerk says that it is another child: recorded, so that nobody is asked again.
async fn overrule_in(tx: &Tx, by: &Actor, id: ChildId, other: &Similar) -> Result<()> {
    let Some((pair, kept)) = duplicates::said_two_in(tx, by, id, other.child.id).await? else {
        return Ok(());
    };
    let details = json!({ "other": other.child.id, "reasons": other.reasons, "kept_both": kept });
    let subject = Subject::of_child("duplicate", pair.0, id);
    event::record(tx, by, "duplicate.overruled", subject, details).await
}
