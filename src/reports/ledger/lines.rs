//! A line of the ledger: a child with the latest record of each kind, and the names that these mention.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entities::{
    AccountId, ChildId, OrganisationId,
    child::{child, guardian},
    screening::{assessment, diagnosis, pathway, referral, rescreen, screen},
    words::{ReferralKind, ReferralState, Stage},
};
use sea_orm::ConnectionTrait;

use super::records;
use crate::{
    account,
    assessment::{Sight, hidden_from, sights as sights_of},
    organisations::queries,
    platform::{Actor, Result, clock::day_of},
    referral::states::{self, Use},
};

/// One line.
#[derive(Clone, Debug)]
pub struct Line {
    /// The child.
    pub child: child::Model,
    /// Where it lives, by name.
    pub street: String,
    /// Who is asked first.
    pub guardian: Option<guardian::Model>,
    /// The latest abnormal screen, and where it was done.
    pub screen: Option<(screen::Model, String)>,
    /// When the child was sent to the re-screen.
    pub referred_on: Option<NaiveDate>,
    /// The latest re-screen, and where.
    pub rescreen: Option<(rescreen::Model, String)>,
    /// Its instruments, and how far the reader sees what they came to.
    pub instruments: Vec<(assessment::Model, Sight)>,
    /// The reader is rating an instrument of the re-screen, or of the diagnosis, a second time: neither is told.
    pub withheld: (bool, bool),
    /// The latest diagnosis, and where.
    pub diagnosis: Option<(diagnosis::Model, String)>,
    /// The centre that took the child on, and when it was sent there.
    pub intake: Option<(String, NaiveDate)>,
    /// Where the child stands.
    pub pathway: Option<pathway::Model>,
    /// The next day that counts.
    pub next_on: Option<NaiveDate>,
    /// Who looks after it.
    pub owner: Option<String>,
    /// Days past the due day; 0 when in time.
    pub overdue_days: i64,
}

/// The lines of some children, in their order.
pub(super) async fn of(db: &impl ConnectionTrait, by: &Actor, children: Vec<child::Model>) -> Result<Vec<Line>> {
    let today = by.today();
    let ids: Vec<ChildId> = children.iter().map(|child| child.id).collect();
    let ids = ids.as_slice();
    let mut screens = records::screens(db, ids).await?;
    let referrals = records::referrals(db, ids).await?;
    let mut rescreens = records::rescreens(db, ids).await?;
    let mut diagnoses = records::diagnoses(db, ids).await?;
    let mut pathways = records::pathways(db, ids).await?;
    let follow_ups = records::follow_ups(db, ids).await?;
    let mut instruments = records::instruments(db, ids).await?;
    let hidden = hidden_from(db, by, ids.iter().copied()).await?;
    let all: Vec<assessment::Model> = instruments.values().flatten().cloned().collect();
    let sights = sights_of(db, by, &all).await?;
    let mut guardians = records::guardians(db, ids).await?;
    let owners: BTreeMap<ChildId, AccountId> = referrals
        .iter()
        .filter_map(|row| Some((row.child_id, row.owner_id?)))
        .collect();
    let people = account::queries::names(db, owners.values().copied()).await?;
    let places = screens
        .values()
        .map(|row| row.organisation_id)
        .chain(rescreens.values().map(|row| row.organisation_id))
        .chain(diagnoses.values().map(|row| row.organisation_id))
        .chain(referrals.iter().map(|row| row.to_organisation_id));
    let places = queries::names(db, places).await?;
    let streets = queries::division_names(db, children.iter().map(|child| child.street.clone())).await?;
    let place = |id: OrganisationId| places.get(&id).cloned().unwrap_or_default();
    let sent = sent(&referrals, ReferralKind::Rescreen);
    let intakes = sent_to_centre(&referrals);
    let line = |child: child::Model| {
        let id = child.id;
        let rescreen = rescreens.remove(&id);
        let diagnosis = diagnoses.remove(&id);
        let rescreen_hidden = |row: &rescreen::Model| hidden.iter().any(|one| one.rescreen_id == Some(row.id));
        let diagnosis_hidden = |row: &diagnosis::Model| hidden.iter().any(|one| one.diagnosis_id == Some(row.id));
        let pathway = pathways.remove(&id);
        let due = pathway.as_ref().and_then(|at| at.due_on);
        let watched = pathway.as_ref().is_some_and(|at| at.stage == Stage::Watching);
        Line {
            street: streets.get(&child.street).unwrap_or(&child.street).clone(),
            guardian: guardians.remove(&id),
            screen: screens.remove(&id).map(|row| (row.clone(), place(row.organisation_id))),
            referred_on: sent.get(&id).map(|row| day_of(row.since)),
            instruments: rescreen
                .as_ref()
                .and_then(|row| instruments.remove(&row.id))
                .unwrap_or_default()
                .into_iter()
                .map(|one| (one.clone(), sights.of(one.id)))
                .collect(),
            withheld: (
                rescreen.as_ref().is_some_and(rescreen_hidden),
                diagnosis.as_ref().is_some_and(diagnosis_hidden),
            ),
            rescreen: rescreen.map(|row| (row.clone(), place(row.organisation_id))),
            diagnosis: diagnosis.map(|row| (row.clone(), place(row.organisation_id))),
            intake: intakes
                .get(&id)
                .map(|row| (place(row.to_organisation_id), day_of(row.since))),
            next_on: follow_ups.get(&id).copied().or(due),
            owner: owners.get(&id).and_then(|owner| people.get(owner)).cloned(),
            overdue_days: due
                .filter(|_| !watched)
                .map_or(0, |day| (today - day).num_days().max(0)),
            pathway,
            child,
        }
    };
    Ok(children.into_iter().map(line).collect())
}

/// The last referral of a kind that was sent.
fn sent(referrals: &[referral::Model], kind: ReferralKind) -> BTreeMap<ChildId, &referral::Model> {
    let counts = |row: &&referral::Model| row.kind == kind && states::of(row.state).use_ != Use::Unsent;
    referrals.iter().filter(counts).map(|row| (row.child_id, row)).collect()
}

/// The last referral to a centre, where the centre took it on.
fn sent_to_centre(referrals: &[referral::Model]) -> BTreeMap<ChildId, &referral::Model> {
    let mut intakes = sent(referrals, ReferralKind::Intake);
    intakes.retain(|_, row| {
        matches!(
            row.state,
            ReferralState::Accepted | ReferralState::Appointed | ReferralState::Completed
        )
    });
    intakes
}
