//! Whose places somebody looks at: a centre its own, a federation those of the centres of its area.

use entities::{OrganisationId, organisation::organisation, words::OrganisationKind};
use sea_orm::{ConnectionTrait, EntityTrait};

use crate::{
    organisations,
    platform::{Actor, Choice, Error, Result},
};

/// The centres that somebody may look at, and the one looked at.
#[derive(Clone, Debug)]
pub(super) struct Centres {
    all: Vec<organisation::Model>,
    /// The one looked at; none where there is no centre.
    pub(super) chosen: Option<organisation::Model>,
}

impl Centres {
    /// Those of somebody; `typed` is the number of one of them, or nothing for the first.
    ///
    /// # Errors
    /// Not found when it is none of theirs.
    pub(super) async fn of(db: &impl ConnectionTrait, by: &Actor, typed: &str) -> Result<Self> {
        let all = theirs(db, by).await?;
        let chosen = match typed.parse::<OrganisationId>() {
            Ok(id) => Some(all.iter().find(|place| place.id == id).ok_or(Error::NotFound)?),
            Err(_) => all.first(),
        };
        Ok(Self {
            chosen: chosen.cloned(),
            all,
        })
    }

    /// To choose from; nothing where there is no choice.
    pub(super) fn choices(&self) -> Vec<Choice> {
        if self.all.len() < 2 {
            return Vec::new();
        }
        let chosen = self
            .chosen
            .as_ref()
            .map(|place| place.id.to_string())
            .unwrap_or_default();
        let choice = |place: &organisation::Model| Choice::new(place.id, &place.name, &chosen);
        self.all.iter().map(choice).collect()
    }

    /// The number of the one looked at, for addresses; 0 where there is none.
    pub(super) fn id(&self) -> OrganisationId {
        self.chosen.as_ref().map_or(OrganisationId(0), |place| place.id)
    }

    /// Its name.
    pub(super) fn name(&self) -> String {
        self.chosen.as_ref().map(|place| place.name.clone()).unwrap_or_default()
    }
}

async fn theirs(db: &impl ConnectionTrait, by: &Actor) -> Result<Vec<organisation::Model>> {
    let Some(place) = &by.workplace else {
        return Ok(Vec::new());
    };
    if !is_centre(by) && !place.kind.is_federation() {
        return Ok(Vec::new());
    }
    let area = &place.coverage;
    let found = organisations::queries::working_in(db, OrganisationKind::RehabilitationCentre, area).await?;
    let theirs = |one: &organisation::Model| {
        if is_centre(by) {
            one.id == place.id
        } else {
            one.coverage.starts_with(area.as_str())
        }
    };
    Ok(found.into_iter().filter(theirs).collect())
}

/// Works at a centre.
pub(super) fn is_centre(by: &Actor) -> bool {
    let kind = by.workplace.as_ref().map(|place| place.kind);
    kind == Some(OrganisationKind::RehabilitationCentre)
}

/// The centre that somebody works at.
///
/// # Errors
/// Forbidden for whoever works elsewhere.
pub(super) fn own(by: &Actor) -> Result<OrganisationId> {
    if is_centre(by) {
        by.organisation()
    } else {
        Err(Error::Forbidden)
    }
}

/// The lane in which what concerns the places of the actor's centre is decided: its district's.
pub(super) fn lane(by: &Actor) -> &str {
    by.district()
}

/// A centre.
pub(super) async fn place(db: &impl ConnectionTrait, id: OrganisationId) -> Result<organisation::Model> {
    organisation::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or(Error::NotFound)
}

/// The district whose rules and lane are those of a centre.
pub(super) fn district(place: &organisation::Model) -> &str {
    place.coverage.get(..6).unwrap_or(&place.coverage)
}
