//! The list of referrals: views and filters are one select, used by the page, its counts, the home page and the export.

use chrono::{DateTime, NaiveDate, Utc};
use entities::{
    ChildId, OrganisationId, ReferralId,
    child::child,
    screening::{pathway, referral},
    task::task,
    words::{Focus, ReferralKind, ReferralState, Stage, TaskState, What},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, Order, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, RelationDef, Select,
    sea_query::{Expr, ExprTrait, LikeExpr, Query, SelectStatement},
};

use crate::{
    platform::{Actor, Errors, List, Result, Say, clock, form::day_of, states::Machine as _},
    referral::{
        queries::yours,
        states::{self, Referrals, Turn},
    },
    task::queries as tasks,
};

/// What a list of referrals is looked at for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Everything that can be seen.
    All,
    /// Everything that has not ended.
    Open,
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
        Self::Ours,
        Self::Overdue,
        Self::ToAnswer,
        Self::Proposed,
        Self::Waiting,
        Self::Returned,
        Self::Lost,
        Self::Results,
        Self::Open,
        Self::All,
    ];

    /// As it stands in the address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Open => "open",
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
            Self::Open => "work.view.open",
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
        matches!(
            self,
            Self::All | Self::Open | Self::Overdue | Self::Lost | Self::Results
        )
    }

    /// What the list opens on: what is the reader's to do; for whoever only looks on, what has not ended.
    pub fn first(by: &Actor) -> Self {
        if by.looks_on() { Self::Open } else { Self::Ours }
    }
}

/// The condition of a view, restricted to what the actor may see. What is whose turn, until when and what came back is what
/// the open tasks say, so that the home page, the list and the workbook count the same.
pub fn condition(by: &Actor, view: View, today: NaiveDate) -> Condition {
    let seen = Condition::all().add(yours(by));
    let place = by.workplace.as_ref().map_or(OrganisationId(0), |w| w.id);
    let outgoing = referral::COLUMN.from_organisation_id.eq(place);
    let ours = tasks::open_at(place);
    match view {
        View::All => seen,
        View::Open => seen.add(referral::COLUMN.state.is_in(Referrals::open())),
        View::Overdue if by.looks_on() => seen.add(asks(tasks::overdue(today))),
        View::Ours => seen.add(asks(ours)),
        View::Overdue => seen.add(asks(ours.add(tasks::overdue(today)))),
        View::ToAnswer => seen.add(asks(ours.add(tasks::is_one_of(&[What::AnswerReferral])))),
        View::Proposed => seen.add(asks(ours.add(tasks::is_one_of(&[What::ConfirmReferral])))),
        View::Waiting => Condition::all()
            .add(outgoing)
            .add(referral::COLUMN.state.is_in(Referrals::those(|state| {
                Referrals::is_open(state) && states::of(state).turn == Turn::Receiver
            }))),
        View::Returned => Condition::all()
            .add(outgoing)
            .add(referral::COLUMN.state.eq(ReferralState::Declined))
            .add(asks(ours.add(tasks::is_one_of(&[What::FindAnotherWay])))),
        View::Lost => seen.add(referral::Column::Id.in_subquery(lost())),
        View::Results if by.looks_on() => seen.add(referral::COLUMN.state.eq(ReferralState::Completed)),
        View::Results => Condition::all()
            .add(outgoing)
            .add(referral::COLUMN.state.eq(ReferralState::Completed)),
    }
}

/// A referral about which something is to be done.
fn asks(task: Condition) -> Expr {
    referral::Column::Id.in_subquery(tasks::focused(Focus::Referral, task))
}

/// The referrals by which children were lost whom nobody has seen since.
fn lost() -> SelectStatement {
    Query::select()
        .column((pathway::Entity, pathway::Column::ReferralId))
        .from(pathway::Entity)
        .and_where(pathway::COLUMN.stage.eq(Stage::Lost))
        .and_where(pathway::COLUMN.referral_id.is_not_null())
        .to_owned()
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
    /// Appointment.
    pub appointment_at: Option<DateTime<Utc>>,
    /// The day by which somebody has to act; none when nobody has to.
    pub asked_by: Option<NaiveDate>,
}

impl Row {
    /// The day that counts now; none when it has ended.
    pub fn due(&self) -> Option<NaiveDate> {
        self.asked_by
    }

    /// Waits for an answer of its receiver.
    pub fn is_waiting_for_answer(&self) -> bool {
        self.state == ReferralState::Sent
    }
}

/// The day of the filter `on`.
fn sent_on(list: &List) -> std::result::Result<Option<NaiveDate>, Say> {
    match list.filter("on") {
        "" => Ok(None),
        text => day_of(text).map(Some),
    }
}

/// Every filter can be read.
///
/// # Errors
/// One that cannot, at its field.
pub fn readable(list: &List) -> std::result::Result<(), Errors> {
    sent_on(list).map(|_| ()).map_err(|say| Errors::field("on", say))
}

/// The referrals that a list asks for. Filters: `view`, `kind`, `state`, `street`, `side`, `on` (the day it was sent); term: name, initials, file number.
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
    if let Ok(Some(day)) = sent_on(list) {
        select = select
            .filter(referral::COLUMN.since.gte(clock::start_of(day)))
            .filter(referral::COLUMN.since.lt(clock::start_of(clock::next_day(day))));
    }
    let place = by.workplace.as_ref().map_or(OrganisationId(0), |w| w.id);
    match list.filter("side") {
        "in" => select = select.filter(referral::COLUMN.to_organisation_id.eq(place)),
        "out" => select = select.filter(referral::COLUMN.from_organisation_id.eq(place)),
        _ => {}
    }
    if list.filter("overdue") == "true" {
        select = select.filter(asks(tasks::overdue(today)));
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
            referral::Column::AppointmentAt,
        ])
        .join(JoinType::LeftJoin, to_task())
        .column_as(task::Column::DueOn, "asked_by")
        .column_as(child::Column::Name, "name")
        .column_as(child::Column::FileNo, "file_no")
        .column_as(child::Column::BirthOn, "birth_on")
        .column_as(child::Column::Street, "street");
    let select = match list.sort.as_str() {
        "name" => select.order_by(child::Column::NameSound, order.clone()),
        "state" => select.order_by(referral::Column::State, order.clone()),
        "since" => select.order_by(referral::Column::Since, order.clone()),
        // The day that is shown; what has none comes last on both databases.
        _ => select
            .order_by_asc(Expr::col((task::Entity, task::Column::DueOn)).is_null())
            .order_by(task::Column::DueOn, order.clone()),
    };
    select.order_by(referral::Column::Id, order)
}

fn to_child() -> RelationDef {
    referral::Entity::belongs_to(child::Entity)
        .from(referral::Column::ChildId)
        .to(child::Column::Id)
        .into()
}

/// What is to be done about it: of the open tasks there is at most one.
fn to_task() -> RelationDef {
    let to: RelationDef = referral::Entity::belongs_to(task::Entity)
        .from(referral::Column::Id)
        .to(task::Column::FocusId)
        .into();
    to.on_condition(|_, task| {
        let column = |column: task::Column| Expr::col((task.clone(), column));
        Condition::all()
            .add(column(task::Column::Focus).eq(Focus::Referral))
            .add(column(task::Column::State).eq(TaskState::Open))
    })
}

/// How many referrals a view holds.
pub async fn count(db: &impl ConnectionTrait, by: &Actor, view: View) -> Result<u64> {
    Ok(referral::Entity::find()
        .filter(condition(by, view, by.today()))
        .count(db)
        .await?)
}
