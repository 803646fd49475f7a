//! What offers call for by a day: that the family answers, and that somebody calls it who was silent twice. An offer whose
//! application does not wait any more is called off.

use std::collections::BTreeMap;

use entities::{
    ApplicationId, ChildId,
    enrolment::application,
    places::place_offer,
    words::{ApplicationState, Focus, OfferState, Role, TaskState, What},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{
    offer::service::move_in,
    rules::OfferTerms,
    waiting::facts::{last_day, waits_for_a_call},
};
use crate::{
    platform::{Actor, Calendar, Projection, Result, Touched, Tx, clock, parameter, rule::Rule as _},
    task::{
        Due, Wanted,
        service::{self, About, Asked},
    },
};

/// Kept up to date by every write about a child to whose family something was offered.
pub(super) const PROJECTION: Projection = Projection {
    name: "places",
    run: |tx, by, touched| Box::pin(run(tx, by, touched)),
};

/// Children asked about at once.
const AT_ONCE: usize = 1000;

async fn run(tx: &Tx, by: &Actor, touched: &Touched) -> Result<()> {
    for some in touched.children().chunks(AT_ONCE) {
        let offers = offers(&**tx, some).await?;
        if !offers.is_empty() {
            settle(tx, by, offers).await?;
        }
    }
    Ok(())
}

async fn offers(db: &impl ConnectionTrait, children: &[ChildId]) -> Result<Vec<place_offer::Model>> {
    Ok(place_offer::Entity::find()
        .filter(place_offer::COLUMN.child_id.is_in(children.iter().copied()))
        .order_by_asc(place_offer::COLUMN.id)
        .all(db)
        .await?)
}

async fn settle(tx: &Tx, by: &Actor, mut offers: Vec<place_offer::Model>) -> Result<()> {
    let waits = waiting(&**tx, &offers).await?;
    for row in &mut offers {
        let over = waits.get(&row.application_id) != Some(&ApplicationState::Waiting);
        if row.state == OfferState::Open && over {
            *row = move_in(tx, row.clone(), OfferState::Cancelled, |_| {}).await?;
        }
    }
    let asked = asked(tx, by, &offers, &waits).await?;
    service::settle_in(tx, by, Focus::PlaceOffer, &asked).await?;
    Ok(())
}

/// Where the applications of offers stand.
async fn waiting(
    db: &impl ConnectionTrait,
    offers: &[place_offer::Model],
) -> Result<BTreeMap<ApplicationId, ApplicationState>> {
    let rows = application::Entity::find()
        .filter(
            application::COLUMN
                .id
                .is_in(offers.iter().map(|row| row.application_id)),
        )
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.state)).collect())
}

/// What each offer calls for now.
async fn asked<'o>(
    tx: &Tx,
    by: &Actor,
    offers: &'o [place_offer::Model],
    waits: &BTreeMap<ApplicationId, ApplicationState>,
) -> Result<Vec<Asked<'o>>> {
    let calendar = Calendar::load(&**tx).await?;
    let mut terms: BTreeMap<&str, OfferTerms> = BTreeMap::new();
    let mut asked = Vec::with_capacity(offers.len());
    for row in offers {
        let known = terms.get(row.district.as_str()).copied();
        let of = match known {
            Some(of) => of,
            None => parameter::get(&**tx, OfferTerms::CODE, &row.district, by.today()).await?,
        };
        terms.insert(&row.district, of);
        let waiting = waits.get(&row.application_id) == Some(&ApplicationState::Waiting);
        asked.push(Asked {
            about: About {
                district: &row.district,
                child: Some(row.child_id),
            },
            focus: row.id.0,
            wanted: if waiting {
                wanted(row, offers, of, &calendar)
            } else {
                Vec::new()
            },
            ending: if row.state == OfferState::Cancelled {
                TaskState::Cancelled
            } else {
                TaskState::Settled
            },
            terms: None,
        });
    }
    Ok(asked)
}

/// What an offer calls for, whose application waits.
pub(super) fn wanted(
    row: &place_offer::Model,
    offers: &[place_offer::Model],
    terms: OfferTerms,
    calendar: &Calendar,
) -> Vec<Wanted> {
    let at_centre = |what, due| Wanted {
        what,
        focus: (Focus::PlaceOffer, row.id.0),
        leads: false,
        organisation: row.organisation_id,
        role: Role::IntakeWorker,
        owner: None,
        due: Due::On(due),
    };
    if row.state == OfferState::Open {
        return vec![at_centre(What::AnswerOffer, last_day(row))];
    }
    if waits_for_a_call(offers, row) {
        let since = clock::day_of(row.expires_at);
        let due = calendar.add_working_days(since, terms.call_working_days).0;
        return vec![at_centre(What::CallAboutOffer, due)];
    }
    Vec::new()
}
