//! A child's file: opened, its story told, and everything that hangs on it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use entities::{
    ChildId, GuardianId, OrganisationId, ResidenceId, TaskId,
    child::{care, child, consent, residence},
    event::event,
    task::task,
    words::{CheckState, ConsentPurpose, Kinship, Sex, TaskState},
};
use rand::{RngExt as _, rngs::StdRng};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    TryIntoModel as _,
};
use serde_json::json;

use super::{
    batch::Batch,
    departure::Departure,
    fill::City,
    life::{Hero, Life, Nature, Teller, Who},
    people,
    place::{District, Street},
};
use crate::{
    children::{
        check_ages,
        rows::{self, Registration},
        service::NewChild,
    },
    pathway::{
        projection,
        rows::{Around, Pending, Rows},
        standing::{ending, standing, wanted},
    },
    platform::{
        Actor, Error, Result, clock,
        event::{self as trail, Subject},
    },
    referral::is_open,
    task::rules::{Due, Link, Terms, Wanted, link},
};

/// What the story of a file begins with.
struct Start<'a> {
    id: ChildId,
    street: &'a Street,
    opened: DateTime<Utc>,
    /// Lived in another street until then.
    before: Option<(NaiveDate, &'a Street)>,
    departure: Option<Departure>,
}

impl City<'_> {
    /// Open a file and tell what happened since. Nothing remarkable happens to a file that was opened by mistake.
    pub(super) fn open(
        &mut self,
        district: &District,
        new: &NewChild,
        batch: &mut Batch,
        by_mistake: bool,
    ) -> Result<ChildId> {
        let id = ChildId(self.ids.child.next());
        let street = district
            .streets
            .iter()
            .find(|s| s.code == new.street())
            .ok_or(Error::NotFound)?;
        let opened = clock::start_of(new.birth_on).max(self.at) + TimeDelta::hours(10);
        let file_no = self.file_no(district, clock::day_of(opened));
        let registration = Registration {
            keys: &self.app.keys,
            rules: &self.rules,
            opening: None,
            organisation: street.site,
            at: opened,
        };
        let mut file = rows::child(&registration, new, &file_no)?;
        file.id = Set(id);
        batch.terms.extend(rows::terms(new.district(), &new.name, &file_no, id));
        for (n, guardian) in new.guardians.iter().enumerate() {
            let known = guardian
                .existing
                .unwrap_or_else(|| GuardianId(self.ids.guardian.next()));
            if guardian.existing.is_none() {
                let mut row = rows::guardian(&registration, guardian)?;
                row.id = Set(known);
                batch.guardians.push(row);
            }
            batch
                .guardianships
                .push(rows::guardianship(id, known, guardian, n == 0));
        }

        let today = self.plan.today;
        let yesterday = today - TimeDelta::days(1);
        let departure = leaves(&mut self.rng, street, new, today).filter(|_| !by_mistake);
        let stayed = |day: NaiveDate| !by_mistake && departure.is_none_or(|departure| day < departure.on);
        let mut start = Start {
            id,
            street,
            opened,
            before: moved(&mut self.rng, district, street, new, today).filter(|(day, _)| stayed(*day)),
            departure,
        };
        let plan = check_ages::plan(new.birth_on, new.gestational_weeks, &self.rules);
        let drawn = nature(&mut self.rng, new.sex);
        let teller = Teller {
            data: self.data,
            district,
            calendar: &self.calendar,
            deadlines: &self.deadlines,
            rules: &self.rules.version,
            preterm: &self.rules.preterm,
            scales: &self.scales,
            begins: clock::day_of(self.at),
        };
        let hero = Hero {
            id,
            new,
            nature: if by_mistake { Nature::Typical } else { drawn },
            plan: &plan,
            before: start.before,
            street,
            until: departure.map_or(yesterday, |departure| departure.on),
        };
        let mut life = teller.tell(&mut self.rng, &mut self.ids, &hero);
        let in_the_chain = life.referrals.iter().any(|referral| is_open(referral.state));
        if departure.is_none() && !by_mistake && in_the_chain && self.rng.random_bool(0.05) {
            // Some leave in the middle of it.
            let by = (street.site, street.screener);
            start.departure = Some(Departure::new(&mut self.rng, yesterday, by));
        }
        let home = self.residences(district, new, &start, batch);
        self.settle_tasks(&start, &district.code, &mut life);
        if let Some(departure) = &start.departure {
            let row = departure.end(&mut self.ids, id, home, &mut life)?;
            file.departure_id = Set(Some(*row.id.as_ref()));
            batch.departures.push(row);
        }
        self.settle(&start, &file, &life, batch)?;
        batch.children.push(file);
        batch.lives.push(life);
        Ok(id)
    }

    /// Where the child lived; the answer is the last of the places.
    fn residences(&mut self, district: &District, new: &NewChild, start: &Start<'_>, batch: &mut Batch) -> ResidenceId {
        let left_on = start.departure.and_then(|departure| departure.residence_ends());
        let mut add = |(street, division): (&str, &str), from_on: NaiveDate, until_on: Option<NaiveDate>| {
            let id = ResidenceId(self.ids.residence.next());
            batch.residences.push(residence::ActiveModel {
                id: Set(id),
                child_id: Set(start.id),
                district: Set(district.code.clone()),
                street: Set(street.to_owned()),
                division: Set(division.to_owned()),
                from_on: Set(from_on),
                until_on: Set(until_on),
            });
            id
        };
        let home = (new.street(), new.division.as_str());
        match start.before {
            Some((day, from)) => {
                add((&from.code, &from.code), new.birth_on, Some(day));
                add(home, day, left_on)
            }
            None => add(home, new.birth_on, left_on),
        }
    }

    /// Where the child stands at the end of the story, who cares for it, and the trail that it left.
    fn settle(&mut self, start: &Start<'_>, file: &child::ActiveModel, life: &Life, batch: &mut Batch) -> Result<()> {
        let (id, opened) = (start.id, start.opened);
        let left_on = start.departure.map(|departure| departure.on);
        let rows = Rows {
            left_on,
            ..rows_of(opened, life)
        };
        let file = file.clone().try_into_model()?;
        batch.pathways.push(projection::row(
            &file,
            &standing(&rows, &around(start.street), self.plan.today),
        ));
        let mut since: BTreeMap<OrganisationId, DateTime<Utc>> = BTreeMap::new();
        for (organisation, at) in &life.care {
            since.entry(*organisation).or_insert(*at);
        }
        let ties = since.into_iter().map(|(organisation, at)| care::ActiveModel {
            organisation_id: Set(organisation),
            child_id: Set(id),
            since: Set(at),
            ended_at: Set(None),
        });
        batch.care.extend(ties);
        let street = start.street;
        if self.rng.random_bool(0.9) {
            batch.consents.push(consent::ActiveModel {
                id: NotSet,
                child_id: Set(id),
                purpose: Set(ConsentPurpose::Screening),
                text_version: Set("2023-1".to_owned()),
                signer: Set(file.name.chars().take(1).collect::<String>() + &self.data.mother),
                kinship: Set(Kinship::Mother),
                signed_on: Set(clock::day_of(opened)),
                withdrawn_on: Set(None),
                recorded_by: Set(street.screener),
                recorded_at: Set(opened),
            });
        }
        let registered = (
            opened,
            "child.registered",
            "child",
            id.0,
            (street.site, street.screener),
        );
        let trail = std::iter::once(&registered).chain(&life.events);
        batch.events.extend(trail.map(|event| trail_row(self.by, id, event)));
        Ok(())
    }
}

impl City<'_> {
    /// What is open at the end of the story is what is to be done then; the rest ended when it was.
    fn settle_tasks(&mut self, start: &Start<'_>, district: &str, life: &mut Life) {
        let rows = &rows_of(start.opened, life);
        let today = start.departure.map_or(self.plan.today, |departure| departure.on);
        let wanted = wanted(rows, &around(start.street), today);
        let mut tasks = std::mem::take(&mut life.tasks);
        for task in tasks.iter_mut().filter(|task| task.state == TaskState::Open) {
            match wanted.iter().find(|one| one.is(task)) {
                Some(one) => task.leads = one.leads,
                None => {
                    task.state = ending(rows, task);
                    task.ended_at = Some(rows.last_seen_at().unwrap_or(task.since).max(task.since));
                }
            }
        }
        let new: Vec<&Wanted> = wanted.iter().filter(|one| one.open_in(&tasks).is_none()).collect();
        for one in new {
            let since = began(rows, one);
            let day = clock::day_of(since);
            let working_days = |days| self.calendar.add_working_days(day, days).0;
            let terms = Terms {
                answer: working_days(self.deadlines.answer_working_days),
                contact: working_days(self.deadlines.rehab_contact_working_days),
            };
            tasks.push(task::Model {
                id: TaskId(self.ids.task.next()),
                district: district.to_owned(),
                child_id: Some(start.id),
                what: one.what,
                focus: one.focus.0,
                focus_id: one.focus.1,
                leads: one.leads,
                organisation_id: one.organisation,
                role: one.role,
                owner_id: one.owner,
                since,
                due_on: match one.due {
                    Due::On(day) => Some(day),
                    Due::Within(term) => Some(terms.day(term)),
                    Due::Never => None,
                },
                rung: 0,
                state: TaskState::Open,
                ended_at: None,
                ended_by: None,
                note: None,
                version: 1,
            });
        }
        life.tasks = tasks;
    }
}

/// The rows of a child that is still there.
fn rows_of(opened: DateTime<Utc>, life: &Life) -> Rows {
    let pending = life.checks.iter().filter(|check| check.state == CheckState::Pending);
    Rows {
        known_since: clock::day_of(opened),
        left_on: None,
        pending: pending
            .map(|check| Pending {
                id: check.id,
                opens_on: check.opens_on,
                due_on: check.due_on,
                closes_on: check.closes_on,
            })
            .collect(),
        screens: life.screens.clone(),
        referrals: life.referrals.clone(),
        rescreens: life.rescreens.clone(),
        diagnoses: life.diagnoses.clone(),
        unread: Vec::new(),
        read: Vec::new(),
        tasks: life.tasks.clone(),
    }
}

/// A district of the demonstration has every kind of organisation.
fn around(street: &Street) -> Around {
    Around {
        can_take: true,
        federation: None,
        site: Some(street.site),
    }
}

/// When something became somebody's task.
fn began(rows: &Rows, one: &Wanted) -> DateTime<Utc> {
    let id = one.focus.1;
    let found = match link(one.focus.0) {
        Some(Link::Referral) => rows
            .referrals
            .iter()
            .find(|r| r.id.0 == id)
            .map(|r| r.closed_at.unwrap_or(r.since)),
        Some(Link::Screen) => rows.screens.iter().find(|s| s.id.0 == id).map(|s| s.recorded_at),
        Some(Link::Rescreen) => rows.rescreens.iter().find(|s| s.id.0 == id).map(|s| s.recorded_at),
        Some(Link::Diagnosis) => rows.diagnoses.iter().find(|d| d.id.0 == id).map(|d| d.recorded_at),
        Some(Link::PlannedCheck) => rows
            .pending
            .iter()
            .find(|c| c.id.0 == id)
            .map(|c| clock::start_of(c.opens_on)),
        Some(Link::Notice) | None => None,
    };
    found.unwrap_or_else(|| clock::start_of(rows.known_since))
}

/// A family that moved here from another street of the district.
fn moved<'a>(
    rng: &mut StdRng,
    district: &'a District,
    street: &Street,
    new: &NewChild,
    today: NaiveDate,
) -> Option<(NaiveDate, &'a Street)> {
    let from = people::pick(rng, &district.streets).filter(|from| from.code != street.code)?;
    let age_days = (today - new.birth_on).num_days();
    if age_days <= 200 || !rng.random_bool(0.04) {
        return None;
    }
    let day = today - TimeDelta::days(rng.random_range(30..(age_days - 1).min(1000)));
    Some((day, from))
}

/// A family that leaves, or refuses for good.
fn leaves(rng: &mut StdRng, street: &Street, new: &NewChild, today: NaiveDate) -> Option<Departure> {
    let age_days = (today - new.birth_on).num_days();
    if age_days <= 120 || !rng.random_bool(0.03) {
        return None;
    }
    let on = today - TimeDelta::days(rng.random_range(1..age_days.min(900)));
    Some(Departure::new(rng, on, (street.site, street.screener)))
}

fn nature(rng: &mut StdRng, sex: Sex) -> Nature {
    match rng.random_range(0.0..1.0) {
        x if x < if sex == Sex::Male { 0.021 } else { 0.007 } => Nature::Autistic,
        x if x < 0.045 => Nature::Delayed,
        _ => Nature::Typical,
    }
}

fn trail_row(
    by: &Actor,
    child: ChildId,
    (at, action, table, row, who): &(DateTime<Utc>, &str, &'static str, i64, Who),
) -> event::ActiveModel {
    let subject = Subject::of_child(table, *row, child);
    let mut event = trail::row(by, action, subject, json!({}), false);
    event.at = Set(*at);
    event.account_id = Set(Some(who.1));
    event.organisation_id = Set(Some(who.0));
    event
}
