//! The list of referrals: views and filters are one select, used by the page, its counts, the home page and the export.

use chrono::{DateTime, NaiveDate, Utc};
use entities::{
    ChildId, OrganisationId, ReferralId,
    child::child,
    screening::referral,
    words::{OrganisationKind, ReferralKind, ReferralState},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, Order, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, RelationDef, Select, sea_query::LikeExpr,
};

use crate::{
    platform::{Actor, List, Result},
    referral::{
        escalation::overdue_referrals,
        queries::{incoming, yours},
    },
};

/// States in which the receiver has something to do.
const AT_RECEIVER: [ReferralState; 4] = [
    ReferralState::Sent,
    ReferralState::Accepted,
    ReferralState::Appointed,
    ReferralState::NoShow,
];

/// What a list of referrals is looked at for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Everything that can be seen.
    All,
    /// It is our turn.
    Ours,
    /// It is our turn, and the day is over.
    Overdue,
    /// Sent here and not answered yet.
    ToAnswer,
    /// Proposed here and not confirmed yet.
    Proposed,
    /// We wait for the other side.
    Waiting,
    /// Came back without having been of use.
    Returned,
    /// The family could not be found.
    Lost,
    /// Came back with a result.
    Results,
}

impl View {
    /// Every view, in the order of the tabs.
    pub const ALL: &'static [Self] = &[
        Self::All,
        Self::Ours,
        Self::Overdue,
        Self::ToAnswer,
        Self::Proposed,
        Self::Waiting,
        Self::Returned,
        Self::Lost,
        Self::Results,
    ];

    /// As it stands in the address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Ours => "ours",
            Self::Overdue => "overdue",
            Self::ToAnswer => "to_answer",
            Self::Proposed => "proposed",
            Self::Waiting => "waiting",
            Self::Returned => "returned",
            Self::Lost => "lost",
            Self::Results => "results",
        }
    }

    /// Its name.
    pub const fn key(self) -> &'static str {
        match self {
            Self::All => "work.view.all",
            Self::Ours => "work.view.ours",
            Self::Overdue => "work.view.overdue",
            Self::ToAnswer => "work.view.to_answer",
            Self::Proposed => "work.view.proposed",
            Self::Waiting => "work.view.waiting",
            Self::Returned => "work.view.returned",
            Self::Lost => "work.view.lost",
            Self::Results => "work.view.results",
        }
    }

    /// The view that an address names; anything else is everything.
    pub fn of(text: &str) -> Self {
        Self::ALL
            .iter()
            .copied()
            .find(|v| v.as_str() == text)
            .unwrap_or(Self::All)
    }

    /// Makes sense for an organisation that only looks on.
    pub const fn is_for_onlookers(self) -> bool {
        matches!(self, Self::All | Self::Overdue | Self::Lost | Self::Results)
    }
}

/// A federation looks on; the others take part.
pub fn looks_on(by: &Actor) -> bool {
    by.workplace.as_ref().is_none_or(|w| {
        matches!(
            w.kind,
            OrganisationKind::Federation | OrganisationKind::StreetFederation
        )
    })
}

/// The condition of a view. Both sides are restricted to what the actor may see.
pub fn condition(by: &Actor, view: View, today: NaiveDate) -> Condition {
    let seen = Condition::all().add(yours(by));
    let place = by.workplace.as_ref().map_or(OrganisationId(0), |w| w.id);
    let outgoing = referral::COLUMN.from_organisation_id.eq(place);
    let at_us = Condition::any()
        .add(incoming(place).add(referral::COLUMN.state.is_in(AT_RECEIVER)))
        .add(
            Condition::all()
                .add(outgoing.clone())
                .add(referral::COLUMN.state.eq(ReferralState::Proposed)),
        );
    match view {
        View::All => seen,
        View::Overdue if looks_on(by) => seen.add(overdue_referrals(today)),
        View::Ours => at_us,
        View::Overdue => at_us_and(at_us, overdue_referrals(today)),
        View::ToAnswer => incoming(place).add(referral::COLUMN.state.eq(ReferralState::Sent)),
        View::Proposed => Condition::all()
            .add(outgoing)
            .add(referral::COLUMN.state.eq(ReferralState::Proposed)),
        View::Waiting => Condition::all()
            .add(outgoing)
            .add(referral::COLUMN.state.is_in(AT_RECEIVER)),
        View::Returned => Condition::all()
            .add(outgoing)
            .add(referral::COLUMN.state.eq(ReferralState::Declined)),
        View::Lost => seen.add(referral::COLUMN.state.eq(ReferralState::Lost)),
        View::Results if looks_on(by) => seen.add(referral::COLUMN.state.eq(ReferralState::Completed)),
        View::Results => Condition::all()
            .add(outgoing)
            .add(referral::COLUMN.state.eq(ReferralState::Completed)),
    }
}

fn at_us_and(at_us: Condition, more: Condition) -> Condition {
    Condition::all().add(at_us).add(more)
}

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Row {
    /// Referral.
    pub id: ReferralId,
    /// Child.
    pub child_id: ChildId,
    /// Name of the child.
    pub name: String,
    /// File number.
    pub file_no: String,
    /// Born on.
    pub birth_on: NaiveDate,
    /// Where the child lives.
    pub street: String,
    /// What for.
    pub kind: ReferralKind,
    /// Where it stands.
    pub state: ReferralState,
    /// Sender.
    pub from_organisation_id: OrganisationId,
    /// Receiver.
    pub to_organisation_id: OrganisationId,
    /// Since when it has been under way.
    pub since: DateTime<Utc>,
    /// Answer due.
    pub answer_due_on: NaiveDate,
    /// Step due.
    pub due_on: NaiveDate,
    /// Appointment.
    pub appointment_at: Option<DateTime<Utc>>,
    /// Rungs climbed.
    pub escalation: i32,
}

impl Row {
    /// The day that counts now; none when it has ended.
    pub fn due(&self) -> Option<NaiveDate> {
        match self.state {
            ReferralState::Proposed | ReferralState::Sent => Some(self.answer_due_on),
            ReferralState::Accepted | ReferralState::Appointed | ReferralState::NoShow => Some(self.due_on),
            ReferralState::Completed
            | ReferralState::Declined
            | ReferralState::Recalled
            | ReferralState::Forwarded
            | ReferralState::Lost
            | ReferralState::Cancelled => None,
        }
    }

    /// Waits for an answer of its receiver.
    pub fn is_waiting_for_answer(&self) -> bool {
        self.state == ReferralState::Sent
    }
}

/// The referrals that a list asks for. Filters: `view`, `kind`, `state`, `street`, `side`; term: name, initials, file number.
pub fn select(by: &Actor, list: &List) -> Select<referral::Entity> {
    let today = by.today();
    let mut select = referral::Entity::find()
        .join(JoinType::InnerJoin, to_child())
        .filter(condition(by, View::of(list.filter("view")), today));
    if let Ok(kind) = list.filter("kind").parse::<ReferralKind>() {
        select = select.filter(referral::COLUMN.kind.eq(kind));
    }
    if let Ok(state) = list.filter("state").parse::<ReferralState>() {
        select = select.filter(referral::COLUMN.state.eq(state));
    }
    let street = list.filter("street");
    if !street.is_empty() {
        select = select.filter(child::COLUMN.street.eq(street));
    }
    let place = by.workplace.as_ref().map_or(OrganisationId(0), |w| w.id);
    match list.filter("side") {
        "in" => select = select.filter(referral::COLUMN.to_organisation_id.eq(place)),
        "out" => select = select.filter(referral::COLUMN.from_organisation_id.eq(place)),
        _ => {}
    }
    if list.filter("overdue") == "true" {
        select = select.filter(overdue_referrals(today));
    }
    if !list.term().is_empty() {
        let escaped = list.term().replace('!', "!!").replace('%', "!%").replace('_', "!_");
        let like = LikeExpr::new(format!("%{escaped}%")).escape('!');
        let term = Condition::any()
            .add(child::Column::Name.like(like.clone()))
            .add(child::Column::FileNo.like(like));
        select = select.filter(term);
    }
    select
}

/// The same select with the columns of [`Row`], in the order that the list asks for.
pub fn rows(by: &Actor, list: &List) -> Select<referral::Entity> {
    let order = if list.descending() { Order::Desc } else { Order::Asc };
    let select = select(by, list)
        .select_only()
        .columns([
            referral::Column::Id,
            referral::Column::ChildId,
            referral::Column::Kind,
            referral::Column::State,
            referral::Column::FromOrganisationId,
            referral::Column::ToOrganisationId,
            referral::Column::Since,
            referral::Column::AnswerDueOn,
            referral::Column::DueOn,
            referral::Column::AppointmentAt,
            referral::Column::Escalation,
        ])
        .column_as(child::Column::Name, "name")
        .column_as(child::Column::FileNo, "file_no")
        .column_as(child::Column::BirthOn, "birth_on")
        .column_as(child::Column::Street, "street");
    let select = match list.sort.as_str() {
        "name" => select.order_by(child::Column::NameSound, order.clone()),
        "state" => select.order_by(referral::Column::State, order.clone()),
        "since" => select.order_by(referral::Column::Since, order.clone()),
        _ => select.order_by(referral::Column::DueOn, order.clone()),
    };
    select.order_by(referral::Column::Id, order)
}

fn to_child() -> RelationDef {
    referral::Entity::belongs_to(child::Entity)
        .from(referral::Column::ChildId)
        .to(child::Column::Id)
        .into()
}

/// How many referrals a view holds.
pub async fn count(db: &impl ConnectionTrait, by: &Actor, view: View) -> Result<u64> {
    Ok(referral::Entity::find()
        .filter(condition(by, view, by.today()))
        .count(db)
        .await?)
}
