//! Places of the demonstration: classes with their children, hours, and offers in every state.

use chrono::{Days, NaiveDate, TimeDelta};
use entities::{
    AccountId, CareGroupId, OrganisationId,
    account::{account, account_role},
    enrolment::{application, enrolment_decision},
    organisation::organisation,
    places::{care_group, care_group_membership, place_offer},
    words::{AnswerWay, CareService, EnrolmentMode, GroupKind, OfferState, OrganisationKind, Role},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
};

use super::{
    centre,
    group::{forms::NewGroup, queries as groups, service::open_in},
    hours::service::enter_in,
    offer::{service::CODE, states::ANSWERS},
    rules::OfferTerms,
    waiting::facts::{Basis, WaitingList},
};
use crate::platform::{
    Actor, Calendar, Result, Tx, Workplace, clock, counter,
    demo::{Demo, Extent, Setting},
    event::{self, Subject},
    parameter,
    rule::Rule as _,
};

/// Places of a district.
pub(super) const PLACES: Demo = Demo {
    extent: Extent::District,
    fill: |tx, by, setting| Box::pin(fill(tx, by, setting)),
};

/// The classes of a centre: kind, name, mode, places.
const CLASSES: [(GroupKind, &str, EnrolmentMode, i32); 5] = [
    (GroupKind::Class, "星星一班", EnrolmentMode::FullDay, 8),
    (GroupKind::Class, "星星二班", EnrolmentMode::FullDay, 8),
    (GroupKind::Class, "彩虹班（上午）", EnrolmentMode::HalfDay, 10),
    (GroupKind::Class, "小桥班（下午）", EnrolmentMode::HalfDay, 10),
    (GroupKind::Group, "周末小组", EnrolmentMode::Hourly, 12),
];

/// Hours of service in a week.
const HOURS: [(CareService, i32); 3] = [
    (CareService::Individual, 80),
    (CareService::Group, 70),
    (CareService::Lesson, 260),
];

/// What became of an offer.
#[derive(Clone, Copy)]
enum Told {
    /// Open, made so many days ago.
    Open(u64),
    /// Answered.
    Answered(OfferState),
    /// Nobody answered, so many times.
    Silent(u32),
}

/// One of those who wait after the other.
const TOLD: [Told; 7] = [
    Told::Open(1),
    Told::Answered(OfferState::Kept),
    Told::Silent(2),
    Told::Answered(OfferState::Deferred),
    Told::Open(4),
    Told::Silent(1),
    Told::Answered(OfferState::Withdrawn),
];

async fn fill(tx: &Tx, by: &Actor, setting: Setting<'_>) -> Result<()> {
    let centres = organisation::Entity::find()
        .filter(organisation::COLUMN.coverage.eq(setting.division))
        .filter(organisation::COLUMN.kind.eq(OrganisationKind::RehabilitationCentre))
        .order_by_asc(organisation::COLUMN.id)
        .all(&**tx)
        .await?;
    for place in centres {
        let Some(head) = somebody(&**tx, by, &place, Role::Supervisor, setting.today).await? else {
            continue;
        };
        let classes = classes(tx, &head, setting.today).await?;
        for (service, hours) in HOURS {
            enter_in(tx, &head, (service, hours * 60, since(setting.today))).await?;
        }
        members(tx, &head, place.id, &classes).await?;
        offers(tx, &head, &place, &classes, setting.today).await?;
    }
    Ok(())
}

/// Since when the classes are there: half a year.
fn since(today: NaiveDate) -> NaiveDate {
    today.checked_sub_days(Days::new(182)).unwrap_or(today)
}

/// The first colleague of a centre with a role, at ten in the morning.
async fn somebody(
    db: &impl ConnectionTrait,
    by: &Actor,
    place: &organisation::Model,
    role: Role,
    on: NaiveDate,
) -> Result<Option<Actor>> {
    let accounts = account::Entity::find()
        .filter(account::COLUMN.organisation_id.eq(place.id))
        .order_by_asc(account::COLUMN.id)
        .all(db)
        .await?;
    for one in accounts {
        let held = account_role::Entity::find()
            .filter(account_role::COLUMN.account_id.eq(one.id))
            .filter(account_role::COLUMN.role.eq(role))
            .one(db)
            .await?;
        if held.is_some() {
            return Ok(Some(Actor {
                account: Some(one.id),
                name: one.user_name.clone(),
                roles: vec![role],
                workplace: Some(Workplace::of(place.clone())),
                now: clock::start_of(on) + TimeDelta::hours(10),
                ..by.without_submission()
            }));
        }
    }
    Ok(None)
}

async fn classes(tx: &Tx, head: &Actor, today: NaiveDate) -> Result<Vec<(care_group::Model, EnrolmentMode)>> {
    let mut classes = Vec::with_capacity(CLASSES.len());
    for (kind, name, mode, places) in CLASSES {
        let new = NewGroup {
            kind,
            name: name.to_owned(),
            valid_from: since(today),
            valid_to: None,
            teacher: head.account,
            places: vec![(mode, places)],
        };
        classes.push((open_in(tx, head, &new).await?, mode));
    }
    Ok(classes)
}

/// Children with a place are in a class of their mode, as long as there is room; the last of them waits for a class.
async fn members(
    tx: &Tx,
    head: &Actor,
    centre: OrganisationId,
    classes: &[(care_group::Model, EnrolmentMode)],
) -> Result<()> {
    let mut decisions = groups::without_class(&**tx, centre, head.today()).await?;
    decisions.pop();
    let mut taken: std::collections::BTreeMap<CareGroupId, i32> = std::collections::BTreeMap::new();
    for (n, decision) in decisions.iter().enumerate() {
        let of_mode: Vec<_> = classes.iter().filter(|(_, mode)| *mode == decision.mode).collect();
        let Some((class, _)) = of_mode.get(n % of_mode.len().max(1)) else {
            continue;
        };
        let room = CLASSES
            .iter()
            .find(|(_, name, ..)| *name == class.name)
            .map_or(0, |(.., places)| *places);
        let there = taken.entry(class.id).or_default();
        let Some(from) = decision.valid_from.filter(|_| *there + 2 < room) else {
            continue;
        };
        *there += 1;
        let row = care_group_membership::ActiveModel {
            id: NotSet,
            group_id: Set(class.id),
            organisation_id: Set(centre),
            child_id: Set(decision.child_id),
            decision_id: Set(decision.id),
            mode: Set(decision.mode),
            valid_from: Set(from.max(class.valid_from)),
            valid_to: Set(decision.valid_to),
            made_by: Set(head.person()?),
            made_at: Set(head.now),
            called_off_at: Set(None),
            version: Set(1),
        };
        let row = row.insert(&**tx).await?;
        let subject = Subject::of_child("care_group_membership", row.id.0, row.child_id);
        let details = serde_json::json!({ "group": class.name, "from": row.valid_from, "to": row.valid_to });
        event::record(tx, head, "care_group_membership.began", subject, details).await?;
    }
    Ok(())
}

async fn offers(
    tx: &Tx,
    head: &Actor,
    place: &organisation::Model,
    classes: &[(care_group::Model, EnrolmentMode)],
    today: NaiveDate,
) -> Result<()> {
    let terms: OfferTerms = parameter::get(&**tx, OfferTerms::CODE, centre::district(place), today).await?;
    let calendar = Calendar::load(&**tx).await?;
    let recorder = somebody(&**tx, head, place, Role::IntakeWorker, today).await?;
    let recorder = recorder.and_then(|one| one.account);
    let maker = Maker {
        tx,
        head,
        terms,
        calendar: &calendar,
        today,
        recorder,
    };
    for (class, mode) in classes {
        let list = WaitingList::of(&**tx, place.id, centre::district(place), *mode, today).await?;
        // One class of a mode offers, so that nobody is asked twice.
        let first = classes.iter().find(|(_, other)| other == mode);
        if first.is_none_or(|(other, _)| other.id != class.id) {
            continue;
        }
        for (n, waits) in list.places.iter().enumerate().take(TOLD.len()) {
            let Some(row) = list.applications.get(&waits.application) else {
                continue;
            };
            let name = list.rule.value.groups.iter().find(|group| group.code == waits.group);
            let basis = Basis {
                group: waits.group.clone(),
                name: name.map(|group| group.zh.clone()).unwrap_or_default(),
                rule_from: Some(list.rule.valid_from),
                from: waits.range.0,
                to: waits.range.1,
                of: waits.of,
                passed_over: None,
            };
            let told = TOLD.get(n).copied().unwrap_or(Told::Open(1));
            maker.tell(row, class, &basis, told).await?;
        }
        accepted(&maker, place.id, class, *mode, &list).await?;
    }
    Ok(())
}

/// Some of those who are there came by an offer: how long they waited is told.
async fn accepted(
    maker: &Maker<'_>,
    centre: OrganisationId,
    class: &care_group::Model,
    mode: EnrolmentMode,
    list: &WaitingList,
) -> Result<()> {
    let members = groups::members(&**maker.tx, &[class.id]).await?;
    for member in members.iter().filter(|row| row.mode == mode).take(4) {
        let decision = enrolment_decision::Entity::find_by_id(member.decision_id)
            .one(&**maker.tx)
            .await?;
        let Some(decision) = decision.filter(|row| row.organisation_id == centre) else {
            continue;
        };
        let found = application::Entity::find_by_id(decision.application_id)
            .one(&**maker.tx)
            .await?;
        let Some(row) = found else { continue };
        let last = list.rule.value.groups.last();
        let basis = Basis {
            group: last.map(|group| group.code.clone()).unwrap_or_default(),
            name: last.map(|group| group.zh.clone()).unwrap_or_default(),
            rule_from: Some(list.rule.valid_from),
            from: 1,
            to: 1,
            of: 4,
            passed_over: None,
        };
        maker.accepted(&row, class, &basis, &decision).await?;
    }
    Ok(())
}

/// Makes offers of a centre.
struct Maker<'a> {
    tx: &'a Tx,
    head: &'a Actor,
    terms: OfferTerms,
    calendar: &'a Calendar,
    today: NaiveDate,
    recorder: Option<AccountId>,
}

impl Maker<'_> {
    async fn tell(&self, row: &application::Model, class: &care_group::Model, basis: &Basis, told: Told) -> Result<()> {
        match told {
            Told::Open(days) => self.made(row, class, basis, days, OfferState::Open, None).await,
            Told::Answered(state) => self.made(row, class, basis, 6, state, None).await,
            Told::Silent(times) => {
                for n in 0..times {
                    let days = 12 * u64::from(times - n);
                    self.made(row, class, basis, days, OfferState::Expired, None).await?;
                }
                Ok(())
            }
        }
    }

    async fn accepted(
        &self,
        row: &application::Model,
        class: &care_group::Model,
        basis: &Basis,
        decision: &enrolment_decision::Model,
    ) -> Result<()> {
        let days = (self.today - decision.decided_on).num_days();
        let days = u64::try_from(days).unwrap_or_default() + 1;
        self.made(row, class, basis, days, OfferState::Accepted, Some(decision))
            .await
    }

    async fn made(
        &self,
        row: &application::Model,
        class: &care_group::Model,
        basis: &Basis,
        days: u64,
        state: OfferState,
        decision: Option<&enrolment_decision::Model>,
    ) -> Result<()> {
        use chrono::Datelike as _;
        let before = |days| self.today.checked_sub_days(Days::new(days)).unwrap_or(self.today);
        let on = before(days);
        let made_at = clock::start_of(on) + TimeDelta::hours(10);
        let last = self.calendar.add_working_days(on, self.terms.hold_working_days).0;
        let expires_at = clock::start_of(clock::next_day(last));
        let (year, district) = (on.year(), &row.district);
        let running = counter::count_in(self.tx, &format!("place_offer/{district}/{year}"), 1).await?;
        let answered = ANSWERS.contains(&state);
        let begins = self.today.checked_add_days(Days::new(28)).unwrap_or(self.today);
        let from = decision.and_then(|row| row.valid_from).unwrap_or(begins);
        let until = decision.and_then(|row| row.valid_to);
        let until = until.or_else(|| from.checked_add_days(Days::new(364))).unwrap_or(from);
        let offer = place_offer::ActiveModel {
            id: NotSet,
            number: Set(format!("{district}-{CODE}-{year}-{running:04}")),
            application_id: Set(row.id),
            child_id: Set(row.child_id),
            district: Set(district.clone()),
            organisation_id: Set(class.organisation_id),
            group_id: Set(class.id),
            mode: Set(row.mode),
            minutes_per_week: Set(None),
            valid_from: Set(from),
            valid_to: Set(until),
            state: Set(state),
            basis: Set(serde_json::to_value(basis)?),
            made_by: Set(self.head.person()?),
            made_at: Set(made_at),
            expires_at: Set(expires_at),
            reminded_at: Set((state == OfferState::Expired).then_some(expires_at - TimeDelta::days(2))),
            answered_at: Set(answered.then_some(made_at + TimeDelta::days(1))),
            answered_by: Set(answered.then(|| "监护人".to_owned())),
            answered_how: Set(answered.then_some(AnswerWay::Phone)),
            answer_recorded_by: Set(self.recorder.filter(|_| answered)),
            reason: Set((state == OfferState::Withdrawn).then(|| "班级调整".to_owned())),
            deferred_until: Set((state == OfferState::Deferred).then_some(begins)),
            called_at: Set(None),
            decision_id: Set(decision.map(|row| row.id)),
            version: Set(1),
        };
        let offer = offer.insert(&**self.tx).await?;
        let subject = Subject::of_child("place_offer", offer.id.0, offer.child_id);
        let details = serde_json::json!({ "number": offer.number, "group": class.name, "from": offer.valid_from });
        event::record(self.tx, self.head, "place_offer.made", subject, details).await
    }
}
