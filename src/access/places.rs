//! Which organisations, with their people, an administrator looks after.

use entities::{organisation::organisation, words::OrganisationKind};
use sea_orm::{ColumnTrait as _, Condition};

use super::scope;
use crate::platform::Actor;

/// Hospitals and centres serve wider areas than the district that brings them in.
const SHARED: [OrganisationKind; 3] = [
    OrganisationKind::RescreenHospital,
    OrganisationKind::DiagnosingHospital,
    OrganisationKind::RehabilitationCentre,
];

/// The condition on `organisation` rows that an administrator looks after: those inside the coverage of their own
/// organisation, and the hospitals and centres whose wider area includes it. Federations and bureaus above are not
/// theirs: who could reset a password there would see a whole city.
pub fn administered(by: &Actor) -> Condition {
    let own = by.coverage();
    if own.is_empty() {
        // Sweeps and commands act for the whole database; an account without a workplace for nothing.
        return match by.account {
            None => Condition::all(),
            Some(_) => Condition::any().add(organisation::COLUMN.id.is_null()),
        };
    }
    let wider = Condition::all()
        .add(organisation::COLUMN.kind.is_in(SHARED))
        .add(organisation::COLUMN.coverage.is_in(upwards(own)));
    Condition::any()
        .add(scope::within(organisation::COLUMN.coverage.0, own))
        .add(wider)
}

/// May an organisation of this kind with this coverage be entered by them?
pub fn may_administer(by: &Actor, kind: OrganisationKind, coverage: &str) -> bool {
    let own = by.coverage();
    coverage.starts_with(own) || SHARED.contains(&kind) && own.starts_with(coverage)
}

/// A division code and every code above it (province, city, district, street, village).
pub fn upwards(code: &str) -> Vec<String> {
    [2, 4, 6, 9, 12]
        .into_iter()
        .filter_map(|digits| code.get(..digits))
        .map(str::to_owned)
        .collect()
}
