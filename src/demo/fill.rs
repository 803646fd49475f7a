//! From the story to the rows, in bulk.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use entities::{
    AccountId, ChildId, GuardianId, OrganisationId,
    child::{care, child, child_term, consent, departure, duplicate, guardian, guardianship, residence},
    division_code::DivisionCode,
    event::event,
    organisation::{division, organisation},
    screening::pathway,
    words::{CheckState, ConsentPurpose, DepartureReason, DuplicateState, Kinship, Language, Sex},
    work::counter,
};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, Iterable as _, PaginatorTrait,
};
use serde_json::json;

use super::{
    DISTRICT, Plan, SignIn,
    data::{self, Data},
    life::{Counters, Hero, Life, Nature, Teller},
    people,
    place::{District, Places, Street},
};
use crate::{
    account::password,
    children::{
        check_ages::{self, CheckAgeRules},
        ethnicity::Ethnicity,
        rows::{self, Registration},
        service::{NewChild, NewGuardian},
    },
    organisations,
    platform::{
        Actor, App, Error, Result, Tx, clock,
        event::{self as trail, Subject},
    },
    screening::{pathway as place_in_chain, referral::Deadlines},
};

/// SQLite takes 32,766 bound values a statement, PostgreSQL twice as many.
const BOUND: usize = 30_000;

/// Fill an empty database. One transaction a district; the answer is one sign-in per role.
pub async fn fill(app: &App, by: &Actor, plan: Plan) -> Result<Vec<SignIn>> {
    if child::Entity::find().count(&*app.db).await? > 0 || organisation::Entity::find().count(&*app.db).await? > 0 {
        return Err(Error::refused("demo.not_empty"));
    }
    let data = data::load()?;
    let password_hash = password::hash(data.password.clone()).await?;
    let known = division::Entity::find()
        .all(&*app.db)
        .await?
        .into_iter()
        .map(|d| (d.code, d.name))
        .collect::<Vec<_>>();
    let districts = plan.children.div_ceil(DISTRICT).clamp(1, 10);
    let at = clock::start_of(plan.today) - TimeDelta::days(3 * 365);
    let places = Places::lay_out(&data, districts, &known, by.now, password_hash);
    let tx = app.db.write(by, "").await?;
    insert(&tx, places.divisions).await?;
    insert(&tx, places.organisations).await?;
    insert(&tx, places.accounts).await?;
    insert(&tx, places.roles).await?;
    trail::record(
        &tx,
        by,
        "demo.places_filled",
        Subject::none(),
        json!({ "districts": districts }),
    )
    .await?;
    tx.commit().await?;

    let mut city = City {
        app,
        by,
        plan,
        data: &data,
        rules: CheckAgeRules::default(),
        calendar: organisations::queries::calendar(&*app.db).await?,
        deadlines: Deadlines::on(&*app.db, "330211", plan.today).await?,
        at,
        rng: StdRng::seed_from_u64(plan.seed),
        counters: Counters::default(),
        children: 0,
        guardians: 0,
        departures: 0,
    };
    let each = plan.children.div_ceil(districts);
    for (n, district) in places.districts.iter().enumerate() {
        let count = each.min(plan.children - (n * each).min(plan.children));
        city.fill_district(district, count).await?;
    }
    after_explicit_ids(app).await?;
    Ok(places.sign_ins)
}

/// What the whole city is filled with.
struct City<'a> {
    app: &'a App,
    by: &'a Actor,
    plan: Plan,
    data: &'a Data,
    rules: CheckAgeRules,
    calendar: crate::platform::calendar::Calendar,
    deadlines: Deadlines,
    /// When the roster was read in.
    at: DateTime<Utc>,
    rng: StdRng,
    counters: Counters,
    children: i64,
    guardians: i64,
    departures: i64,
}

/// The rows of some children, table by table.
#[derive(Default)]
struct Batch {
    children: Vec<child::ActiveModel>,
    terms: Vec<child_term::ActiveModel>,
    guardians: Vec<guardian::ActiveModel>,
    guardianships: Vec<guardianship::ActiveModel>,
    residences: Vec<residence::ActiveModel>,
    consents: Vec<consent::ActiveModel>,
    departures: Vec<departure::ActiveModel>,
    care: Vec<care::ActiveModel>,
    pathways: Vec<pathway::ActiveModel>,
    events: Vec<event::ActiveModel>,
    lives: Vec<Life>,
}

/// Whom the next child may be a brother or sister of.
struct Family {
    surname: String,
    guardians: Vec<(GuardianId, NewGuardian)>,
    street: usize,
    village: String,
    birth_on: NaiveDate,
}

impl City<'_> {
    async fn fill_district(&mut self, district: &District, count: usize) -> Result<()> {
        let tx = self
            .app
            .db
            .write(
                &Actor {
                    submission: None,
                    ..self.by.clone()
                },
                &district.code,
            )
            .await?;
        let mut families: Vec<Family> = Vec::new();
        let mut twins: Vec<(ChildId, ChildId, NewChild)> = Vec::new();
        let (mut done, mut running) = (0, 0);
        while done < count {
            let mut batch = Batch::default();
            for _ in 0..(count - done).min(1500) {
                running += 1;
                let (id, new) = self.child(district, running, &mut families, &mut batch)?;
                // A few files are opened twice: somebody typed the name by ear.
                if running % 700 == 350 && done + 1 < count {
                    let copy = Self::copy_of(&new);
                    running += 1;
                    done += 1;
                    let other = self.open(district, running, &copy, &mut batch, false)?;
                    twins.push((id, other, copy));
                }
                done += 1;
            }
            batch.write(&tx).await?;
        }
        self.duplicates(&tx, district, &twins).await?;
        let name = format!("child:{}:{}", district.code, self.year());
        insert(
            &tx,
            vec![counter::ActiveModel {
                name: Set(name),
                value: Set(running),
            }],
        )
        .await?;
        trail::record(
            &tx,
            self.by,
            "demo.district_filled",
            Subject::none(),
            json!({ "district": district.code, "children": count }),
        )
        .await?;
        tx.commit().await
    }

    fn year(&self) -> i32 {
        use chrono::Datelike as _;
        clock::day_of(self.at).year()
    }

    /// A new child, perhaps of a family that is already known.
    fn child(
        &mut self,
        district: &District,
        running: i64,
        families: &mut Vec<Family>,
        batch: &mut Batch,
    ) -> Result<(ChildId, NewChild)> {
        let rng = &mut self.rng;
        let family = (rng.random_bool(0.14) && !families.is_empty())
            .then(|| rng.random_range(0..families.len()))
            .and_then(|n| families.get(n));
        let twin = family.is_some() && rng.random_bool(0.12);
        let oldest = self.plan.today - TimeDelta::days(7 * 365 + 1);
        let born = match family {
            Some(f) if twin => f.birth_on,
            Some(f) => f.birth_on - TimeDelta::days(rng.random_range(400..1500)),
            None => self.plan.today - TimeDelta::days(rng.random_range(3..7 * 365)),
        };
        let birth_on = if born <= oldest {
            self.plan.today - TimeDelta::days(rng.random_range(3..7 * 365))
        } else {
            born
        };
        let sex = if rng.random_bool(0.53) { Sex::Male } else { Sex::Female };
        let street_at = family.map_or_else(|| rng.random_range(0..district.streets.len().max(1)), |f| f.street);
        let street = district.streets.get(street_at).ok_or(Error::NotFound)?;
        let village = family.map_or_else(|| people::word(rng, &street.villages), |f| f.village.clone());
        let surname = family.map_or_else(|| people::surname(rng, self.data), |f| f.surname.clone());
        let minority = (family.is_none() && rng.random_bool(0.01))
            .then(|| people::pick(rng, &self.data.minority_names))
            .flatten();
        let name = minority.map_or_else(
            || surname.clone() + &people::given(rng, self.data, sex),
            |m| m.name.clone(),
        );
        let ethnicity = minority.map_or("01", |m| m.ethnicity.as_str());
        let guardians = match family {
            Some(f) => f
                .guardians
                .iter()
                .map(|(id, g)| NewGuardian {
                    existing: Some(*id),
                    ..g.clone()
                })
                .collect(),
            None => parents(rng, self.data, &surname),
        };
        let months = (self.plan.today - birth_on).num_days() / 30;
        let new = NewChild {
            name,
            sex,
            birth_on,
            gestational_weeks: people::gestation(rng),
            identity: people::identity(
                rng,
                &district.code,
                birth_on,
                sex,
                u32::try_from(running).unwrap_or(0),
                self.plan.today,
            ),
            ethnicity: Ethnicity::find(ethnicity).unwrap_or(Ethnicity::HAN),
            household_division: DivisionCode::parse(&village).ok().filter(|_| rng.random_bool(0.7)),
            division: DivisionCode::parse(&village).map_err(|e| anyhow::anyhow!("{village}: {}", e.key()))?,
            resident_since: None,
            address: Some(format!(
                "{}{}号",
                people::word(rng, &self.data.roads),
                rng.random_range(1..400)
            )),
            kindergarten: (months >= 36 && rng.random_bool(0.9)).then(|| people::word(rng, &self.data.kindergartens)),
            disability_card: None,
            guardians,
        };
        let first_guardian = self.guardians;
        let id = self.open(district, running, &new, batch, true)?;
        if family.is_none() && families.len() < 4000 {
            let ids = (first_guardian + 1..).map(GuardianId);
            let guardians = ids.zip(new.guardians.iter().cloned()).collect();
            families.push(Family {
                surname,
                guardians,
                street: street_at,
                village,
                birth_on,
            });
        }
        Ok((id, new))
    }

    /// The same child, typed by ear at another desk.
    fn copy_of(new: &NewChild) -> NewChild {
        let mut copy = new.clone();
        copy.identity = crate::children::service::Identity::NONE_YET;
        copy.name = copy
            .name
            .replace('子', "梓")
            .replace('涵', "含")
            .replace('宇', "雨")
            .replace('怡', "宜");
        for guardian in &mut copy.guardians {
            guardian.existing = None;
        }
        copy
    }

    /// Open the file and tell the life.
    fn open(
        &mut self,
        district: &District,
        running: i64,
        new: &NewChild,
        batch: &mut Batch,
        lives: bool,
    ) -> Result<ChildId> {
        self.children += 1;
        let id = ChildId(self.children);
        let street = district
            .streets
            .iter()
            .find(|s| s.code == new.street())
            .ok_or(Error::NotFound)?;
        let opened = clock::start_of(new.birth_on).max(self.at) + TimeDelta::hours(10);
        let (app, rules) = (self.app, self.rules.clone());
        let cx = Registration {
            keys: &app.keys,
            rules: &rules,
            organisation: street.site,
            at: opened,
            on: clock::day_of(opened),
        };
        let file_no = format!("{}-{}-{running:05}", district.code, self.year());
        let mut row = rows::child(&cx, new, &file_no)?;
        row.id = Set(id);
        batch.terms.extend(rows::terms(new.district(), &new.name, &file_no, id));
        self.guardians_of(&cx, new, id, batch)?;

        let rng = &mut self.rng;
        let other = people::pick(rng, &district.streets).filter(|s| s.code != street.code && lives);
        let before = other.filter(|_| rng.random_bool(0.04)).and_then(|from| {
            let days = (self.plan.today - new.birth_on).num_days();
            (days > 200)
                .then(|| (self.plan.today - TimeDelta::days(rng.random_range(30..days.min(1000)))).max(new.birth_on))
                .map(|day| (day, from))
        });
        let age_days = (self.plan.today - new.birth_on).num_days();
        let left_on = (lives && age_days > 120 && rng.random_bool(0.03))
            .then(|| self.plan.today - TimeDelta::days(rng.random_range(1..age_days.min(900))));
        let nature = match rng.random_range(0.0..1.0) {
            x if x < if new.sex == Sex::Male { 0.021 } else { 0.007 } => Nature::Autistic,
            x if x < 0.045 => Nature::Delayed,
            _ => Nature::Typical,
        };
        let plan = check_ages::plan(new.birth_on, new.gestational_weeks, &self.rules);
        let teller = Teller {
            data: self.data,
            district,
            calendar: &self.calendar,
            deadlines: &self.deadlines,
            rules: &self.rules.version,
            today: self.plan.today,
        };
        let hero = Hero {
            id,
            new,
            nature: if lives { nature } else { Nature::Typical },
            plan: &plan,
            before,
            street,
            left_on,
        };
        let life = teller.tell(rng, &mut self.counters, &hero);
        residences(new, id, district, before, left_on, batch);
        if let Some(day) = left_on {
            row.departure_id = Set(Some(self.departs(id, day, street, &life, batch)));
        }
        self.settle(id, &row, street, left_on, opened, &life, batch);
        batch.children.push(row);
        batch.lives.push(life);
        Ok(id)
    }

    fn guardians_of(&mut self, cx: &Registration<'_>, new: &NewChild, id: ChildId, batch: &mut Batch) -> Result<()> {
        for (n, guardian) in new.guardians.iter().enumerate() {
            let guardian_id = if let Some(known) = guardian.existing {
                known
            } else {
                self.guardians += 1;
                let mut row = rows::guardian(cx, guardian)?;
                row.id = Set(GuardianId(self.guardians));
                batch.guardians.push(row);
                GuardianId(self.guardians)
            };
            batch
                .guardianships
                .push(rows::guardianship(id, guardian_id, guardian, n == 0));
        }
        Ok(())
    }

    fn departs(
        &mut self,
        id: ChildId,
        day: NaiveDate,
        street: &Street,
        life: &Life,
        batch: &mut Batch,
    ) -> entities::DepartureId {
        self.departures += 1;
        let departure_id = entities::DepartureId(self.departures);
        let reason = match self.rng.random_range(0..100) {
            0..3 => DepartureReason::Died,
            3..10 => DepartureReason::Emigrated,
            10..22 => DepartureReason::Refused,
            _ => DepartureReason::MovedAway,
        };
        let effects: Vec<_> = life
            .checks
            .iter()
            .filter(|c| c.state == CheckState::Cancelled && c.due_on >= day)
            .map(|c| json!({ "table": "planned_check", "id": c.id, "was": { "state": "pending" } }))
            .collect();
        batch.departures.push(departure::ActiveModel {
            id: Set(departure_id),
            child_id: Set(id),
            reason: Set(reason),
            left_on: Set(day),
            note: Set(None),
            effects: Set(json!(effects)),
            recorded_by: Set(Some(street.screener)),
            recorded_at: Set(clock::start_of(day) + TimeDelta::hours(15)),
            undone_at: Set(None),
            undone_by: Set(None),
        });
        departure_id
    }

    /// Where the child stands at the end of the story, who cares for it, and the trail that it left.
    fn settle(
        &mut self,
        id: ChildId,
        file: &child::ActiveModel,
        street: &Street,
        left_on: Option<NaiveDate>,
        opened: DateTime<Utc>,
        life: &Life,
        batch: &mut Batch,
    ) {
        let standing = place_in_chain::standing(
            &place_in_chain::Rows {
                known_since: clock::day_of(opened),
                left_on,
                pending: life
                    .checks
                    .iter()
                    .filter(|c| c.state == CheckState::Pending)
                    .map(|c| place_in_chain::Pending {
                        due_on: c.due_on,
                        closes_on: c.closes_on,
                    })
                    .collect(),
                screens: life.screens.clone(),
                referrals: life.referrals.clone(),
                rescreens: life.rescreens.clone(),
                follow_ups: life.follow_ups.clone(),
                diagnoses: life.diagnoses.clone(),
            },
            self.plan.today,
        );
        batch.pathways.push(pathway::ActiveModel {
            child_id: Set(id),
            district: Set(file.district.as_ref().clone()),
            street: Set(file.street.as_ref().clone()),
            stage: Set(standing.stage),
            organisation_id: Set(standing.organisation),
            referral_id: Set(standing.referral),
            since_on: Set(standing.since_on),
            due_on: Set(standing.due_on),
        });
        let mut since: BTreeMap<OrganisationId, DateTime<Utc>> = BTreeMap::new();
        for (organisation, at) in &life.care {
            since.entry(*organisation).or_insert(*at);
        }
        batch
            .care
            .extend(since.into_iter().map(|(organisation, at)| care::ActiveModel {
                organisation_id: Set(organisation),
                child_id: Set(id),
                since: Set(at),
                ended_at: Set(None),
            }));
        if self.rng.random_bool(0.9) {
            batch.consents.push(consent::ActiveModel {
                id: NotSet,
                child_id: Set(id),
                purpose: Set(ConsentPurpose::Screening),
                text_version: Set("2023-1".to_owned()),
                signer: Set(file.name.as_ref().chars().next().map(String::from).unwrap_or_default() + "女士"),
                kinship: Set(Kinship::Mother),
                signed_on: Set(clock::day_of(opened)),
                withdrawn_on: Set(None),
                recorded_by: Set(street.screener),
                recorded_at: Set(opened),
            });
        }
        batch.events.push(trail_row(
            self.by,
            opened,
            "child.registered",
            "child",
            id.0,
            id,
            (street.site, street.screener),
        ));
        for (at, action, table, row, who) in &life.events {
            batch
                .events
                .push(trail_row(self.by, *at, action, table, *row, id, *who));
        }
    }

    async fn duplicates(&mut self, tx: &Tx, district: &District, pairs: &[(ChildId, ChildId, NewChild)]) -> Result<()> {
        let rows = pairs
            .iter()
            .enumerate()
            .map(|(n, (first, second, _))| {
                let state = match n % 6 {
                    4 => DuplicateState::Later,
                    5 => DuplicateState::KeptBoth,
                    _ => DuplicateState::Open,
                };
                let decided = (state == DuplicateState::KeptBoth).then_some(district.federation.1);
                duplicate::ActiveModel {
                    id: NotSet,
                    district: Set(district.code.clone()),
                    first_id: Set(*first),
                    second_id: Set(*second),
                    reasons: Set(json!(["sound_birth_phone"])),
                    state: Set(state),
                    found_at: Set(self.by.now - TimeDelta::days(7)),
                    decided_by: Set(decided),
                    decided_at: Set(decided.map(|_| self.by.now - TimeDelta::days(2))),
                    note: Set(None),
                    until_on: Set((state == DuplicateState::Later).then(|| clock::day_of(self.by.now) + Days::new(14))),
                    basis: Set(None),
                    version: Set(1),
                }
            })
            .collect();
        insert(tx, rows).await
    }
}

fn parents(rng: &mut StdRng, data: &Data, surname: &str) -> Vec<NewGuardian> {
    let mut parent = |name: String, kinship: Kinship| NewGuardian {
        existing: None,
        name,
        phone: people::phone(rng),
        email: rng
            .random_bool(0.4)
            .then(|| format!("family{}@mail.example", rng.random_range(1..1_000_000))),
        language: Language::Chinese,
        kinship,
        has_custody: true,
        may_be_contacted: rng.random_bool(0.98),
    };
    let first = parent(String::new(), Kinship::Mother);
    let second = parent(String::new(), Kinship::Father);
    let pool = &data.parents;
    let mut family = vec![
        NewGuardian {
            name: people::surname(rng, data) + &people::word(rng, pool),
            ..first
        },
        NewGuardian {
            name: surname.to_owned() + &people::word(rng, pool),
            ..second
        },
    ];
    if rng.random_bool(0.3) {
        family.pop();
    }
    family
}

fn residences(
    new: &NewChild,
    id: ChildId,
    district: &District,
    before: Option<(NaiveDate, &Street)>,
    left_on: Option<NaiveDate>,
    batch: &mut Batch,
) {
    let mut add = |street: &str, division: &str, from_on: NaiveDate, until_on: Option<NaiveDate>| {
        batch.residences.push(residence::ActiveModel {
            id: NotSet,
            child_id: Set(id),
            district: Set(district.code.clone()),
            street: Set(street.to_owned()),
            division: Set(division.to_owned()),
            from_on: Set(from_on),
            until_on: Set(until_on),
        });
    };
    let (street, division) = (new.street().to_owned(), new.division.as_str().to_owned());
    match before.filter(|(day, _)| left_on.is_none_or(|left| *day < left) && *day > new.birth_on) {
        Some((day, from)) => {
            add(&from.code, &from.code, new.birth_on, Some(day));
            add(&street, &division, day, left_on);
        }
        None => add(
            &street,
            &division,
            new.birth_on,
            left_on.filter(|left| *left > new.birth_on),
        ),
    }
}

fn trail_row(
    by: &Actor,
    at: DateTime<Utc>,
    action: &str,
    table: &'static str,
    row: i64,
    child: ChildId,
    who: (OrganisationId, AccountId),
) -> event::ActiveModel {
    let subject = Subject::of_child(table, row, child);
    let mut event = trail::row(by, action, subject, json!({}), false);
    event.at = Set(at);
    event.account_id = Set(Some(who.1));
    event.organisation_id = Set(Some(who.0));
    event
}

impl Batch {
    async fn write(self, tx: &Tx) -> Result<()> {
        let mut all = Life::default();
        for life in self.lives {
            all.checks.extend(life.checks);
            all.screens.extend(life.screens);
            all.referrals.extend(life.referrals);
            all.steps.extend(life.steps);
            all.rescreens.extend(life.rescreens);
            all.diagnoses.extend(life.diagnoses);
            all.contacts.extend(life.contacts);
            all.follow_ups.extend(life.follow_ups);
        }
        insert(tx, self.children).await?;
        insert(tx, self.terms).await?;
        insert(tx, self.guardians).await?;
        insert(tx, self.guardianships).await?;
        insert(tx, self.residences).await?;
        insert(tx, self.consents).await?;
        insert(tx, self.departures).await?;
        insert(tx, models(all.checks)).await?;
        insert(tx, models(all.screens)).await?;
        insert(tx, models(all.referrals)).await?;
        insert(tx, models(all.steps)).await?;
        insert(tx, models(all.rescreens)).await?;
        insert(tx, models(all.diagnoses)).await?;
        insert(tx, models(all.follow_ups)).await?;
        insert(tx, models(all.contacts)).await?;
        insert(tx, self.care).await?;
        insert(tx, self.pathways).await?;
        insert(tx, self.events).await
    }
}

fn models<M, A>(rows: Vec<M>) -> Vec<A>
where
    M: IntoActiveModel<A>,
    A: ActiveModelTrait,
{
    rows.into_iter()
        .map(|row| row.into_active_model().reset_all())
        .collect()
}

async fn insert<A>(tx: &Tx, rows: Vec<A>) -> Result<()>
where
    A: ActiveModelTrait,
{
    let columns = <A::Entity as EntityTrait>::Column::iter().count().max(1);
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let chunk: Vec<A> = rows.by_ref().take(BOUND / columns).collect();
        A::Entity::insert_many(chunk).exec_without_returning(&**tx).await?;
    }
    Ok(())
}

/// PostgreSQL's sequences do not see ids that were given: move them behind.
async fn after_explicit_ids(app: &App) -> Result<()> {
    let db = app.db.writer();
    if db.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    for table in [
        "organisation",
        "account",
        "child",
        "guardian",
        "departure",
        "planned_check",
        "screen",
        "referral",
        "referral_step",
        "rescreen",
        "diagnosis",
        "contact",
        "follow_up",
    ] {
        db.execute_unprepared(&format!(
            "SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM {table}), false)"
        ))
        .await?;
    }
    Ok(())
}
