//! A sheet as a set of answers: which items a page shows, and what a page's answers change.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entities::{age::GestationalWeeks, age::PretermRule, child::child, screening::assessment};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};

use crate::{
    platform::{
        self, App,
        draft::{Draft, Revised},
    },
    screening::instruments::{Answers, InputError, Item, Need, Options, Outcome, Package, Part},
};

/// What was filled in of a sheet so far.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Typed {
    /// The chosen cut-off set.
    pub cutoffs: Option<String>,
    /// The answers.
    pub answers: Answers,
}

/// A sheet as it was last saved.
pub type Kept = Revised<Typed>;

/// Where a sheet is kept.
pub fn draft(row: &assessment::Model) -> Draft {
    Draft::of(row.by, format!("/assessments/{}", row.id))
}

/// What is kept of a sheet; an empty one when nothing is.
pub async fn kept(app: &App, db: &impl ConnectionTrait, row: &assessment::Model) -> platform::Result<Kept> {
    Ok(draft(row).load(app, db).await?.unwrap_or_default())
}

/// The age in completed months by which an instrument is chosen and read, and whether it is corrected for prematurity.
pub fn age_months(child: &child::Model, rule: &PretermRule, on: NaiveDate) -> Option<(u32, bool)> {
    months_on(child.birth_on, child.gestational_weeks, rule, on)
}

/// The same of somebody born on a day after so many weeks.
pub fn months_on(birth_on: NaiveDate, weeks: Option<i32>, rule: &PretermRule, on: NaiveDate) -> Option<(u32, bool)> {
    let weeks = weeks.and_then(|weeks| GestationalWeeks::try_from(weeks).ok());
    let ages = rule.ages_on(birth_on, weeks, on)?;
    Some((ages.for_development().months, ages.corrected.is_some()))
}

/// Made for children of this age.
pub fn fits(package: &Package, months: u32) -> bool {
    package.age.is_none_or(|window| window.contains(months)) && package.column(Some(months)).is_ok()
}

/// Belongs to a second stage, which asks again about some items of the first.
pub fn is_second_stage(part: &Part) -> bool {
    matches!(part.need, Need::FollowUp(_))
}

/// How a sheet stands.
pub fn standing(package: &Package, kept: &Kept, age_months: u32) -> Result<Outcome, InputError> {
    let options = Options {
        age_months: Some(age_months),
        cutoffs: kept.cutoffs.as_deref(),
    };
    package.score(&kept.answers, &options)
}

/// The stage a rater is at: the second once the first is complete and calls for it.
pub fn stage(package: &Package, answers: &Answers) -> Result<u8, InputError> {
    let second = |item: &Item| package.item(&item.id).is_some_and(|(part, _)| is_second_stage(part));
    let needed = package.needed(answers)?;
    Ok(if needed.into_iter().any(second) { 2 } else { 1 })
}

/// The items that a page shows at a stage: of the second only those that are asked again.
pub fn shown<'p>(package: &'p Package, answers: &Answers, stage: u8) -> Result<Vec<(&'p Part, &'p Item)>, InputError> {
    let needed: BTreeSet<String> = package
        .needed(answers)?
        .into_iter()
        .map(|item| item.id.clone())
        .collect();
    Ok(package
        .items()
        .filter(|(part, item)| match stage {
            2 => is_second_stage(part) && needed.contains(&item.id),
            _ => !is_second_stage(part),
        })
        .collect())
}

/// The kept answers with those of a page in their place: an item that the page shows and does not answer is open.
pub fn merged(package: &Package, kept: &Answers, typed: &Answers, stage: u8) -> Result<Answers, InputError> {
    let mut answers = kept.clone();
    for (_, item) in shown(package, kept, stage)? {
        answers.clear(&item.id);
    }
    for (item, value) in typed.iter() {
        answers.set(item, value.clone());
    }
    Ok(answers)
}

/// Only the answers that are called for: those of a second stage that is no longer due do not stay.
pub fn called_for(package: &Package, answers: &Answers) -> Result<Answers, InputError> {
    let needed = package.needed(answers)?;
    let wanted = |id: &str| needed.iter().any(|item| item.id == id);
    Ok(answers
        .iter()
        .filter(|(id, _)| wanted(id))
        .map(|(id, value)| (id.to_owned(), value.clone()))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screening::instruments::{Registry, Value};

    fn m_chat() -> &'static Package {
        Registry::built_in().unwrap().get("m-chat-r-f").unwrap()
    }

    /// Everything "yes" but some: yes is the risk answer of 2, 5 and 12 only.
    fn first_stage(no: &[&str]) -> Answers {
        let risk_on_yes = ["2", "5", "12"];
        (1..=20)
            .map(|n| n.to_string())
            .map(|id| {
                let yes = !risk_on_yes.contains(&id.as_str()) && !no.contains(&id.as_str());
                (id, Value::Word(if yes { "yes" } else { "no" }.into()))
            })
            .collect()
    }

    #[test]
    fn the_second_stage_asks_only_what_failed() {
        let package = m_chat();
        let answers = first_stage(&["1", "7", "9"]);
        assert_eq!(stage(package, &answers).unwrap(), 2);
        let asked: Vec<&str> = shown(package, &answers, 2)
            .unwrap()
            .iter()
            .map(|(_, i)| i.id.as_str())
            .collect();
        assert_eq!(asked, ["f1", "f7", "f9"]);
        assert_eq!(shown(package, &answers, 1).unwrap().len(), 20);
        assert_eq!(stage(package, &first_stage(&["1"])).unwrap(), 1);
    }

    #[test]
    fn a_page_changes_only_what_it_shows() {
        let package = m_chat();
        let kept = first_stage(&["1", "7", "9"]);
        let typed: Answers = [("f7".to_owned(), Value::Word("fail".into()))].into_iter().collect();
        let both = merged(package, &kept, &typed, 2).unwrap();
        assert_eq!(both.iter().count(), 21);
        // Corrected on the first page: no second stage, and its answers go.
        let again = merged(package, &both, &first_stage(&["1"]), 1).unwrap();
        assert_eq!(again.iter().count(), 21);
        assert_eq!(called_for(package, &again).unwrap().iter().count(), 20);
        // What the page shows without an answer is open again.
        assert_eq!(
            merged(package, &kept, &Answers::default(), 1).unwrap().iter().count(),
            0
        );
    }
}
