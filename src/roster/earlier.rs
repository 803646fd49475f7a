//! What a roster tells of the time before: the last check that was done, and consents that were signed. Read by the
//! rules of the pages where they are entered one by one, written with the files.

use std::collections::HashMap;

use chrono::NaiveDate;
use entities::{
    ChildId, Numbers, OrganisationId,
    child::{child, consent},
    half_width::half_width,
    screening::{diagnosis, planned_check, referral, rescreen, screen},
    words::{AgeUsed, CheckState, Language, OrganisationKind, ReferralKind, ScreenOutcome},
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait as _, EntityTrait as _, ExprTrait as _, QueryFilter as _, QuerySelect as _, QueryTrait as _,
    prelude::Expr,
    sea_query::{SimpleExpr, SubQueryStatement},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    bulk::{insert_all, insert_returning},
    columns,
};
use crate::{
    children::{
        age_words,
        check_ages::CheckAgeRules,
        consents::NewConsent,
        forms::{ChildForm, ConsentForm},
        new_child::NewChild,
    },
    organisations::queries as places,
    platform::{
        Actor, Error, Errors, Result, Say, Tx, Workplace,
        event::{self, Subject},
        form::{day_of, optional},
        words,
    },
    referral::{Proposal, propose_in, receivers},
    screening::screen::rules::{Occasion, settles},
};

/// A row as typed: the child, and what was before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RowForm {
    /// The child.
    #[serde(flatten)]
    pub child: ChildForm,
    /// Check age of the last check, in months.
    pub screened_age: String,
    /// The day it was done.
    pub screened_on: String,
    /// What it found.
    pub screened_result: String,
    /// What the guardian agreed to: words with separators between them.
    pub consent_purposes: String,
    /// When.
    pub consented_on: String,
    /// Who signed; the first guardian when empty.
    pub consent_signer: String,
    /// Which text was signed.
    pub consent_text: String,
}

/// The last check before the roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Screened {
    /// The day it was done, with both ages.
    pub occasion: Occasion,
    /// The day.
    pub on: NaiveDate,
    /// The age it goes by.
    pub age_used: AgeUsed,
    /// Check age in months.
    pub months: u32,
    /// What it found.
    pub outcome: ScreenOutcome,
}

/// What a row tells of the time before.
#[derive(Clone, Debug, Default)]
pub struct Earlier {
    /// The last check.
    pub screened: Option<Screened>,
    /// Consents.
    pub consents: Vec<NewConsent>,
}

impl Earlier {
    fn is_empty(&self) -> bool {
        self.screened.is_none() && self.consents.is_empty()
    }
}

impl RowForm {
    /// What the row says of the time before its child came into the system.
    ///
    /// # Errors
    /// What is wrong, by field.
    pub fn earlier(
        &self,
        child: &NewChild,
        rules: &CheckAgeRules,
        today: NaiveDate,
        somebody: bool,
    ) -> Result<Earlier, Errors> {
        let mut errors = Errors::default();
        let screened = self.screened(child, rules, today, &mut errors);
        let consents = self.consents(child, today, &mut errors);
        if !errors.is_empty() {
            return Err(errors);
        }
        let earlier = Earlier { screened, consents };
        if !somebody && !earlier.is_empty() {
            let field = if earlier.screened.is_some() {
                "screened_on"
            } else {
                "consented_on"
            };
            errors.add(field, "roster.earlier.somebody");
            return Err(errors);
        }
        Ok(earlier)
    }

    fn screened(
        &self,
        child: &NewChild,
        rules: &CheckAgeRules,
        today: NaiveDate,
        errors: &mut Errors,
    ) -> Option<Screened> {
        let (age, on, result) = (
            optional(&self.screened_age),
            optional(&self.screened_on),
            optional(&self.screened_result),
        );
        if age.is_none() && on.is_none() && result.is_none() {
            return None;
        }
        for (field, text) in [("screened_on", &on), ("screened_result", &result)] {
            if text.is_none() {
                errors.add(field, "roster.earlier.together");
            }
        }
        let on = on.and_then(|text| day_of(&text).map_err(|say| errors.add("screened_on", say)).ok())?;
        if on > today {
            errors.add("screened_on", "screen.future");
            return None;
        }
        let outcome = result.and_then(|text| {
            let outcome = text.parse::<ScreenOutcome>().ok().filter(|outcome| settles(*outcome));
            if outcome.is_none() {
                errors.add("screened_result", Say::new("roster.choice").with("text", &text));
            }
            outcome
        });
        let Some(occasion) = Occasion::on(child.birth_on, child.gestational_weeks, rules, &[], on) else {
            errors.add("screened_on", "screen.before_birth");
            return None;
        };
        let by_rule = occasion.by_rule;
        let other = match by_rule {
            AgeUsed::Chronological => AgeUsed::Corrected,
            AgeUsed::Corrected => AgeUsed::Chronological,
        };
        let Some(months) = occasion.check_age(by_rule) else {
            errors.add("screened_on", "screen.outside_programme");
            return None;
        };
        // The age says which check it was; of a preterm child it may go by either age.
        let (age_used, months) = match age.as_deref().map(months_of) {
            None => (by_rule, months),
            Some(Some(typed)) if typed == months => (by_rule, months),
            Some(Some(typed)) if occasion.check_age(other) == Some(typed) => (other, typed),
            Some(_) => {
                errors.add(
                    "screened_age",
                    Say::new("roster.earlier.age").with_word("age", age_words(months)),
                );
                return None;
            }
        };
        Some(Screened {
            occasion,
            on,
            age_used,
            months,
            outcome: outcome?,
        })
    }

    fn consents(&self, child: &NewChild, today: NaiveDate, errors: &mut Errors) -> Vec<NewConsent> {
        let purposes: Vec<String> = self
            .consent_purposes
            .split(['、', ',', '，', ';', '；', '/', '\n', '+'])
            .filter_map(optional)
            .collect();
        let others = [&self.consented_on, &self.consent_signer, &self.consent_text];
        if purposes.is_empty() {
            if others.iter().any(|text| !text.trim().is_empty()) {
                errors.add("consent_purposes", "form.required");
            }
            return Vec::new();
        }
        let mut consents = Vec::new();
        for purpose in purposes {
            let form = ConsentForm {
                purpose: columns::choice("consent_purpose", &purpose).unwrap_or_else(|_| purpose.clone()),
                text_version: optional(&self.consent_text).unwrap_or_else(|| said("roster.earlier.text")),
                signer: optional(&self.consent_signer).unwrap_or_else(|| self.child.guardian1_name.clone()),
                kinship: self.child.guardian1_kinship.clone(),
                signed_on: self.consented_on.clone(),
            };
            match form.input(today) {
                Ok(new) if new.signed_on < child.birth_on => errors.add("consented_on", "consent.before_birth"),
                Ok(new) => consents.push(new),
                Err(wrong) => {
                    for (field, say) in wrong.all() {
                        let (field, say) = match field {
                            "purpose" => ("consent_purposes", Say::new("roster.choice").with("text", &purpose)),
                            "signed_on" => ("consented_on", say.clone()),
                            "signer" => ("consent_signer", say.clone()),
                            // The guardian's own cell tells it.
                            "kinship" => continue,
                            _ => ("consent_text", say.clone()),
                        };
                        if errors.get(field).is_empty() {
                            errors.add(field, say);
                        }
                    }
                }
            }
        }
        consents
    }
}

fn said(key: &str) -> String {
    words::raw(Language::Chinese, key).into_owned()
}

/// Months of an age as people write it: 18, 18月龄, 4岁, 6 years.
fn months_of(text: &str) -> Option<u32> {
    let text = half_width(text);
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    let number: u32 = digits.parse().ok()?;
    let unit = text.get(digits.len()..)?.trim().to_lowercase();
    match unit.as_str() {
        "" | "月" | "月龄" | "个月" | "m" | "month" | "months" => Some(number),
        "岁" | "周岁" | "y" | "year" | "years" => number.checked_mul(12),
        _ => None,
    }
}

/// A file that was opened, with what its row tells of the time before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opened<'a> {
    pub(super) id: ChildId,
    pub(super) child: &'a NewChild,
    pub(super) earlier: &'a Earlier,
}

/// Write what was before, for files that were opened in this transaction and whose checks are planned.
pub(super) async fn write_in(tx: &Tx, by: &Actor, opened: &[Opened<'_>]) -> Result<()> {
    if opened.iter().all(|one| one.earlier.is_empty()) {
        return Ok(());
    }
    let mut consents = Vec::new();
    let mut events = Vec::new();
    for one in opened {
        for new in &one.earlier.consents {
            let details = json!({ "purpose": new.purpose, "text_version": new.text_version, "signed_on": new.signed_on, "roster": true });
            events.push(event::row(by, "consent.given", Subject::child(one.id), details, false));
            consents.push(consent::ActiveModel {
                id: NotSet,
                child_id: Set(one.id),
                purpose: Set(new.purpose),
                text_version: Set(new.text_version.clone()),
                signer: Set(new.signer.clone()),
                kinship: Set(new.kinship),
                signed_on: Set(new.signed_on),
                withdrawn_on: Set(None),
                recorded_by: Set(by.person()?),
                recorded_at: Set(by.now),
            });
        }
    }
    insert_all(tx, consents).await?;
    event::record_all(tx, events).await?;
    let screened: Vec<(&Opened<'_>, &Screened)> = opened
        .iter()
        .filter_map(|one| Some((one, one.earlier.screened.as_ref()?)))
        .collect();
    screens_in(tx, by, &screened).await
}

async fn screens_in(tx: &Tx, by: &Actor, screened: &[(&Opened<'_>, &Screened)]) -> Result<()> {
    if screened.is_empty() {
        return Ok(());
    }
    let checks = checks_in(tx, screened).await?;
    let mut sites = Sites::default();
    let mut rows = Vec::with_capacity(screened.len());
    for (one, last) in screened {
        let months = i32::try_from(last.months)?;
        let check = checks.get(&(one.id, months));
        rows.push(screen::ActiveModel {
            id: NotSet,
            child_id: Set(one.id),
            planned_check_id: Set(check.map(|check| check.id)),
            organisation_id: Set(sites.of(tx, by, one.child.division.as_str()).await?.id),
            screener_id: Set(by.person()?),
            district: Set(one.child.district().to_owned()),
            street: Set(one.child.street().to_owned()),
            performed_on: Set(last.on),
            recorded_at: Set(by.now),
            entered_late: Set(check.is_some_and(|check| check.closes_on < by.today())),
            age_months: Set(months),
            age_days: Set(last.occasion.age_days),
            corrected_age_days: Set(last.occasion.corrected_age_days),
            age_used: Set(last.age_used),
            outcome: Set(last.outcome),
            signs: Set(Numbers::default()),
            regression: Set(false),
            note: Set(Some(said("roster.earlier.note"))),
            withdrawn_at: Set(None),
            version: Set(1),
        });
    }
    let written = insert_returning::<screen::ActiveModel>(tx, rows).await?;
    done_in(tx, written.iter().filter_map(|row| row.planned_check_id)).await?;
    let mut events = Vec::with_capacity(written.len());
    for row in &written {
        let details = json!({
            "performed_on": row.performed_on, "age_months": row.age_months, "age_used": row.age_used,
            "outcome": row.outcome, "roster": true,
        });
        let subject = Subject::of_child("screen", row.id.0, row.child_id);
        events.push(event::row(by, "screen.recorded", subject, details, false));
    }
    event::record_all(tx, events).await?;
    for row in &written {
        if row.outcome == ScreenOutcome::Abnormal {
            refer_in(tx, by, &mut sites, row).await?;
        }
    }
    Ok(())
}

/// The planned checks of those children, by child and age.
async fn checks_in(
    tx: &Tx,
    screened: &[(&Opened<'_>, &Screened)],
) -> Result<HashMap<(ChildId, i32), planned_check::Model>> {
    let rows = planned_check::Entity::find()
        .filter(
            planned_check::COLUMN
                .child_id
                .is_in(screened.iter().map(|(one, _)| one.id)),
        )
        .filter(planned_check::COLUMN.state.ne(CheckState::Done))
        .all(&**tx)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| ((row.child_id, row.age_months), row))
        .collect())
}

/// Their checks are done, by the screens that were just written.
async fn done_in(tx: &Tx, checks: impl Iterator<Item = entities::PlannedCheckId>) -> Result<()> {
    let by_check = screen::Entity::find()
        .select_only()
        .column(screen::Column::Id)
        .filter(
            Expr::col((screen::Entity, screen::Column::PlannedCheckId))
                .equals((planned_check::Entity, planned_check::Column::Id)),
        )
        .filter(screen::COLUMN.withdrawn_at.is_null())
        .into_query();
    let by_check = SimpleExpr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(by_check)));
    planned_check::Entity::update_many()
        .col_expr(planned_check::Column::State, Expr::value(CheckState::Done))
        .col_expr(planned_check::Column::ScreenId, by_check)
        .filter(planned_check::COLUMN.id.is_in(checks))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// An abnormal result of before calls for the re-screen like any other; the site confirms it. Families are not written
/// to about an old result.
async fn refer_in(tx: &Tx, by: &Actor, sites: &mut Sites, row: &screen::Model) -> Result<()> {
    let Some(file) = child::Entity::find_by_id(row.child_id).one(&**tx).await? else {
        return Ok(());
    };
    let under_way = referral::Entity::find()
        .filter(referral::COLUMN.child_id.eq(file.id))
        .filter(referral::COLUMN.closed_at.is_null())
        .one(&**tx)
        .await?;
    if file.departure_id.is_some() || under_way.is_some() {
        return Ok(());
    }
    if receivers(&**tx, ReferralKind::Rescreen, &file.division)
        .await?
        .is_empty()
    {
        return Ok(());
    }
    let site = sites.of(tx, by, &file.division).await?;
    let from = Actor {
        workplace: Some(site),
        ..by.clone()
    };
    let reason = Say::new("roster.earlier.reason")
        .with_word("age", age_words(row.age_months))
        .with("on", row.performed_on)
        .in_words(Language::Chinese);
    let proposal = Proposal {
        child: row.child_id,
        kind: ReferralKind::Rescreen,
        to: None,
        reason,
        screen: Some(row.id),
        rescreen: None,
        diagnosis: None,
        continues: None,
    };
    propose_in(tx, &from, proposal).await?;
    Ok(())
}

/// Which organisation a result of before belongs to: whoever brings the roster in; for a federation, which screens
/// nobody, the site that covers where the child lives.
#[derive(Debug, Default)]
struct Sites(HashMap<String, Workplace>);

impl Sites {
    async fn of(&mut self, tx: &Tx, by: &Actor, division: &str) -> Result<Workplace> {
        let own = by.workplace.clone().ok_or(Error::Forbidden)?;
        if !own.kind.is_federation() {
            return Ok(own);
        }
        if let Some(known) = self.0.get(division) {
            return Ok(known.clone());
        }
        let found = places::covering(&**tx, OrganisationKind::ScreeningSite, division).await?;
        let site = found.into_iter().next().map_or(own, |site| Workplace {
            id: site.id,
            kind: site.kind,
            name: site.name,
            coverage: site.coverage,
        });
        self.0.insert(division.to_owned(), site.clone());
        Ok(site)
    }
}

/// What a row tells besides, for a child who is on file already: consents for purposes that have none, and the last
/// check where that is not done.
pub(super) async fn complete_in(tx: &Tx, by: &Actor, id: ChildId, row: &NewChild, earlier: &Earlier) -> Result<()> {
    let known = consent::Entity::find()
        .filter(consent::COLUMN.child_id.eq(id))
        .all(&**tx)
        .await?;
    let mut missing = earlier.clone();
    missing
        .consents
        .retain(|new| !known.iter().any(|old| old.purpose == new.purpose));
    if let Some(last) = &missing.screened {
        let months = i32::try_from(last.months)?;
        // What the file knows of that check, or of a later day, outweighs a list.
        let newer = screen::COLUMN
            .age_months
            .eq(months)
            .or(screen::COLUMN.performed_on.gte(last.on));
        let known = screen::Entity::find()
            .filter(screen::COLUMN.child_id.eq(id))
            .filter(screen::COLUMN.withdrawn_at.is_null())
            .filter(newer)
            .one(&**tx)
            .await?;
        let seen = rescreen::Entity::find()
            .filter(rescreen::COLUMN.child_id.eq(id))
            .filter(rescreen::COLUMN.withdrawn_at.is_null())
            .filter(rescreen::COLUMN.performed_on.gte(last.on))
            .one(&**tx)
            .await?;
        let diagnosed = diagnosis::Entity::find()
            .filter(diagnosis::COLUMN.child_id.eq(id))
            .filter(diagnosis::COLUMN.withdrawn_at.is_null())
            .filter(diagnosis::COLUMN.diagnosed_on.gte(last.on))
            .one(&**tx)
            .await?;
        if known.is_some() || seen.is_some() || diagnosed.is_some() {
            missing.screened = None;
        }
    }
    let opened = Opened {
        id,
        child: row,
        earlier: &missing,
    };
    write_in(tx, by, &[opened]).await
}

/// Whoever answers for an organisation in the record.
pub(super) fn somebody(by: &Actor) -> bool {
    by.account.is_some()
        && by
            .workplace
            .as_ref()
            .is_some_and(|place| place.id != OrganisationId::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_written_in_many_ways() {
        for (text, months) in [
            ("18", Some(18)),
            ("18月龄", Some(18)),
            ("4岁", Some(48)),
            ("6 个月", Some(6)),
            ("两岁", None),
            ("18 weeks", None),
            ("", None),
        ] {
            assert_eq!(months_of(text), months, "{text}");
        }
    }
}
