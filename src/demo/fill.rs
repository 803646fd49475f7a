//! A whole city, district by district, into an empty database.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, Days, NaiveDate, TimeDelta, Utc};
use entities::{
    ChildId,
    child::{child, duplicate},
    organisation::{division, organisation},
    words::DuplicateState,
    work::counter,
};
use rand::{SeedableRng as _, rngs::StdRng};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, Statement,
};
use serde_json::json;

use super::{
    DISTRICT, Plan, SignIn,
    batch::{Batch, insert},
    data::{self, Data},
    family::{Families, typed_by_ear},
    life::Counters,
    place::{CITY, District, Places},
    scale::Scales,
};
use crate::{
    children::check_ages::CheckAgeRules,
    platform::{
        Actor, App, Calendar, Error, Result, Tx, clock,
        demo::{Extent, Setting},
        event::{self as trail, Subject},
    },
    task::Deadlines,
    web::Features,
};

/// Files that are written at once.
const AT_ONCE: usize = 1500;
/// One file of so many is opened a second time, by somebody who typed the name by ear.
const TWICE: i64 = 700;

/// What the features add to a city or a district.
async fn add(tx: &Tx, by: &Actor, features: Features, extent: Extent, setting: Setting<'_>) -> Result<()> {
    for demo in features.demo().iter().filter(|demo| demo.extent == extent) {
        (demo.fill)(tx, by, setting).await?;
    }
    Ok(())
}

/// Fill an empty database. One transaction a district; the answer is one sign-in per role.
pub async fn fill(app: &App, features: Features, by: &Actor, plan: Plan) -> Result<Vec<SignIn>> {
    if child::Entity::find().count(&*app.db).await? > 0 || organisation::Entity::find().count(&*app.db).await? > 0 {
        return Err(Error::refused("demo.not_empty"));
    }
    let data = data::load()?;
    let password_hash = app.passwords().turn(by).await?.hash(data.password.clone()).await?;
    let known = division::Entity::find()
        .all(&*app.db)
        .await?
        .into_iter()
        .map(|d| (d.code, d.name))
        .collect::<Vec<_>>();
    let districts = plan.children.div_ceil(DISTRICT).clamp(1, 10);
    let places = Places::lay_out(&data, districts, &known, by.now, password_hash);
    let tx = app.db.write(by, "").await?;
    insert(&tx, places.divisions).await?;
    insert(&tx, places.organisations).await?;
    insert(&tx, places.accounts).await?;
    insert(&tx, places.roles).await?;
    add(&tx, by, features, Extent::City, plan.setting(CITY, &app.keys)).await?;
    let details = json!({ "districts": districts });
    trail::record(&tx, by, "demo.places_filled", Subject::none(), details).await?;
    tx.commit().await?;

    let mut city = City {
        app,
        features,
        by,
        plan,
        data: &data,
        rules: CheckAgeRules::default(),
        scales: Scales::load()?,
        calendar: Calendar::load(&*app.db).await?,
        deadlines: Deadlines::on(&*app.db, "330211", plan.today).await?,
        at: clock::start_of(plan.today) - TimeDelta::days(3 * 365),
        rng: StdRng::seed_from_u64(plan.seed),
        ids: Counters::default(),
        running: 0,
        numbers: BTreeMap::new(),
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
pub(super) struct City<'a> {
    pub(super) app: &'a App,
    features: Features,
    pub(super) by: &'a Actor,
    pub(super) plan: Plan,
    pub(super) data: &'a Data,
    pub(super) rules: CheckAgeRules,
    pub(super) scales: Scales,
    pub(super) calendar: Calendar,
    pub(super) deadlines: Deadlines,
    /// When the roster was read in.
    pub(super) at: DateTime<Utc>,
    pub(super) rng: StdRng,
    pub(super) ids: Counters,
    /// Children of the district so far.
    running: i64,
    /// The last file number of each year in the district.
    numbers: BTreeMap<i32, i64>,
}

impl City<'_> {
    async fn fill_district(&mut self, district: &District, count: usize) -> Result<()> {
        let tx = self.app.db.write(&self.by.without_submission(), &district.code).await?;
        let mut families = Families::default();
        let mut twice = Vec::new();
        self.running = 0;
        self.numbers.clear();
        let mut done = 0;
        while done < count {
            let mut batch = Batch::default();
            for _ in 0..(count - done).min(AT_ONCE) {
                self.running += 1;
                let new = families.child(&mut self.rng, self.data, district, self.running, self.plan.today)?;
                let guardians = self.ids.guardian.last();
                let id = self.open(district, &new, &mut batch, false)?;
                families.remember(self.data, &new, guardians);
                if self.running % TWICE == TWICE / 2 && done + 1 < count {
                    self.running += 1;
                    done += 1;
                    let copy = typed_by_ear(&new, self.data);
                    let reason = if copy.name == new.name {
                        "name_birth"
                    } else {
                        "sound_birth_phone"
                    };
                    twice.push((id, self.open(district, &copy, &mut batch, true)?, reason));
                }
                done += 1;
            }
            batch.write(&tx).await?;
        }
        self.duplicates(&tx, district, &twice).await?;
        let setting = self.plan.setting(&district.code, &self.app.keys);
        add(&tx, self.by, self.features, Extent::District, setting).await?;
        let last = self.numbers.iter().map(|(year, number)| counter::ActiveModel {
            name: Set(format!("child:{}:{year}", district.code)),
            value: Set(*number),
        });
        insert(&tx, last.collect()).await?;
        let details = json!({ "district": district.code, "children": count });
        trail::record(&tx, self.by, "demo.district_filled", Subject::none(), details).await?;
        tx.commit().await
    }

    /// The number of a file that is opened on a day.
    pub(super) fn file_no(&mut self, district: &District, opened: NaiveDate) -> String {
        let year = opened.year();
        let number = self.numbers.entry(year).or_default();
        *number += 1;
        format!("{}-{year}-{number:05}", district.code)
    }

    async fn duplicates(&self, tx: &Tx, district: &District, pairs: &[(ChildId, ChildId, &'static str)]) -> Result<()> {
        let rows = pairs
            .iter()
            .enumerate()
            .map(|(n, (first, second, reason))| {
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
                    reasons: Set(json!([reason])),
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

/// PostgreSQL's sequences do not see ids that were given: move them behind, whichever tables there are.
async fn after_explicit_ids(app: &App) -> Result<()> {
    let db = app.db.writer();
    if db.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    // By CASE, because the parts of a condition are looked at in any order, and asking for a column that is missing fails.
    let numbered = "SELECT table_name::text FROM information_schema.columns WHERE table_schema = 'public' \
                    AND CASE WHEN column_name = 'id' THEN pg_get_serial_sequence(quote_ident(table_name), 'id') END \
                    IS NOT NULL";
    for row in db
        .query_all_raw(Statement::from_string(DbBackend::Postgres, numbered))
        .await?
    {
        let table: String = row.try_get_by_index(0)?;
        db.execute_unprepared(&format!(
            "SELECT setval(named.sequence, named.last) FROM (SELECT max(id) AS last, \
             pg_get_serial_sequence('\"{table}\"', 'id')::regclass AS sequence FROM \"{table}\") AS named \
             WHERE named.last > coalesce(pg_sequence_last_value(named.sequence), 0)"
        ))
        .await?;
    }
    Ok(())
}
