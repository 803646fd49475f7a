//! The first week of a district: what is set up in which order, and how far it is.
//!
//! What the database or the configuration can tell is computed; what only a person can say (rules were read, texts are
//! licensed, the restore was tried by somebody) is ticked, which is an event. The page is everybody's to read and the
//! system administrator's to tick.

use chrono::{DateTime, Datelike as _, NaiveDate, TimeDelta, Utc};
use entities::{
    account::{account, account_role},
    child::child,
    communication::message,
    organisation::{division, organisation},
    words::{Delivery, OrganisationKind, Role},
    work::{backup_mark, counter},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, JoinType, PaginatorTrait as _, QueryFilter as _,
    QuerySelect as _, RelationDef, Select,
    sea_query::{Expr, Func, OnConflict},
};
use serde_json::json;

use crate::{
    access::{places::upwards, scope},
    children::opening,
    organisations::{changes, queries as places},
    platform::{
        Actor, App, Calendar, Error, Result, Say,
        event::{self, Subject},
    },
};

/// A proof of the backup older than this proves nothing any more.
const PROVEN: TimeDelta = TimeDelta::days(35);
/// Who a district needs before the first child is screened.
const ROLES: [Role; 7] = [
    Role::SecurityAdmin,
    Role::AuditAdmin,
    Role::FederationOfficer,
    Role::Screener,
    Role::Rescreener,
    Role::Diagnostician,
    Role::IntakeWorker,
];
/// Where a child of the district can go to.
const KINDS: [OrganisationKind; 4] = [
    OrganisationKind::ScreeningSite,
    OrganisationKind::RescreenHospital,
    OrganisationKind::DiagnosingHospital,
    OrganisationKind::RehabilitationCentre,
];

/// A line of the list, in the order of the set-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Streets and villages.
    Divisions,
    /// Organisations of every kind of the chain.
    Organisations,
    /// Accounts of every role.
    Accounts,
    /// Working days of this year, and from November the next.
    Calendar,
    /// The opening day.
    OpeningDay,
    /// Check ages, deadlines and the ladder were read and agreed.
    Rules,
    /// Texts of instruments are there and licensed.
    Instruments,
    /// Mail goes out.
    Mail,
    /// A backup was taken and proven.
    Backup,
    /// Somebody restored it elsewhere once, by hand, with the key file.
    Restore,
    /// The first children.
    Roster,
}

impl Step {
    /// All, in the order of the set-up.
    pub const ALL: [Self; 11] = [
        Self::Divisions,
        Self::Organisations,
        Self::Accounts,
        Self::Calendar,
        Self::OpeningDay,
        Self::Rules,
        Self::Instruments,
        Self::Mail,
        Self::Backup,
        Self::Restore,
        Self::Roster,
    ];

    /// In addresses and events.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Divisions => "divisions",
            Self::Organisations => "organisations",
            Self::Accounts => "accounts",
            Self::Calendar => "calendar",
            Self::OpeningDay => "opening_day",
            Self::Rules => "rules",
            Self::Instruments => "instruments",
            Self::Mail => "mail",
            Self::Backup => "backup",
            Self::Restore => "restore",
            Self::Roster => "roster",
        }
    }

    /// By that.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == name)
    }

    /// Locale key of what is done.
    pub fn key(self) -> String {
        format!("first_week.{}", self.as_str())
    }

    /// Locale key of how.
    pub fn about(self) -> String {
        format!("first_week.{}.about", self.as_str())
    }

    /// Where it is done; nothing where no page does it.
    pub const fn href(self) -> &'static str {
        match self {
            Self::Divisions => "/divisions/import",
            Self::Organisations => "/organisations",
            Self::Accounts => "/accounts",
            Self::Calendar => "/calendars",
            Self::OpeningDay => "/parameters/screening.opening_day",
            Self::Rules => "/parameters",
            Self::Instruments => "/instruments",
            Self::Mail => "/operations/messages",
            Self::Backup | Self::Restore => "/operations",
            Self::Roster => "/imports",
        }
    }

    /// Only a person can say it.
    pub const fn is_ticked(self) -> bool {
        matches!(self, Self::Rules | Self::Instruments | Self::Restore)
    }
}

/// How a line stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Which.
    pub step: Step,
    /// Done.
    pub done: bool,
    /// What is there, or what is missing.
    pub told: Vec<Say>,
}

/// Every line, in the order of the set-up.
pub async fn lines(app: &App, by: &Actor) -> Result<Vec<Line>> {
    let db = &*app.db;
    let mut lines = Vec::with_capacity(Step::ALL.len());
    for step in Step::ALL {
        let (done, told) = match step {
            Step::Divisions => divisions(db, by).await?,
            Step::Organisations => organisations(db, by).await?,
            Step::Accounts => accounts(db, by).await?,
            Step::Calendar => calendar(db, by.today()).await?,
            Step::OpeningDay => opening_day(db, by).await?,
            Step::Rules | Step::Instruments | Step::Restore => ticked(db, by, step).await?,
            Step::Mail => mail(app, by).await?,
            Step::Backup => backup(db, by.now).await?,
            Step::Roster => roster(db, by).await?,
        };
        lines.push(Line { step, done, told });
    }
    Ok(lines)
}

/// Lines that are still open.
pub async fn open(app: &App, by: &Actor) -> Result<usize> {
    Ok(lines(app, by).await?.iter().filter(|line| !line.done).count())
}

type Standing = (bool, Vec<Say>);

async fn divisions(db: &impl ConnectionTrait, by: &Actor) -> Result<Standing> {
    let count = async |digits: i32| {
        let length = Func::char_length(Expr::col((division::Entity, division::Column::Code)));
        division::Entity::find()
            .filter(scope::within(division::Column::Code, district(by)))
            .filter(division::COLUMN.closed_on.is_null())
            .filter(sea_orm::ExprTrait::eq(Expr::from(length), digits))
            .count(db)
            .await
    };
    let (streets, villages) = (count(9).await?, count(12).await?);
    let mut told = vec![
        Say::new("first_week.divisions.told")
            .with("streets", streets)
            .with("villages", villages),
    ];
    let left = changes::left_behind(db, by.coverage()).await?;
    if !left.is_empty() {
        told.push(Say::new("first_week.divisions.left").with("count", left.len()));
    }
    Ok((streets > 0 && left.is_empty(), told))
}

/// The district whose first week it is: an administrator of a street works in its district.
fn district(by: &Actor) -> &str {
    by.coverage().get(..6).unwrap_or(by.coverage())
}

async fn organisations(db: &impl ConnectionTrait, by: &Actor) -> Result<Standing> {
    let mut missing = Vec::new();
    let mut there = 0;
    for kind in KINDS {
        let found = places::working_in(db, kind, district(by)).await?.len();
        there += found;
        if found == 0 {
            missing.push(Say::new("first_week.missing").with_word("what", kind.word()));
        }
    }
    if missing.is_empty() {
        return Ok((
            true,
            vec![Say::new("first_week.organisations.told").with("count", there)],
        ));
    }
    Ok((false, missing))
}

/// Accounts that can sign in, of organisations that work in the district.
fn working(by: &Actor) -> Select<account::Entity> {
    let near = sea_orm::Condition::any()
        .add(scope::within(organisation::Column::Coverage, district(by)))
        .add(organisation::COLUMN.coverage.is_in(upwards(district(by))));
    let on: RelationDef = account::Entity::belongs_to(organisation::Entity)
        .from(account::Column::OrganisationId)
        .to(organisation::Column::Id)
        .into();
    account::Entity::find()
        .join(JoinType::InnerJoin, on)
        .filter(near)
        .filter(account::COLUMN.disabled_at.is_null())
}

async fn accounts(db: &impl ConnectionTrait, by: &Actor) -> Result<Standing> {
    let roles: RelationDef = account_role::Entity::belongs_to(account::Entity)
        .from(account_role::Column::AccountId)
        .to(account::Column::Id)
        .into();
    let held: Vec<Role> = working(by)
        .join(JoinType::InnerJoin, roles.rev())
        .select_only()
        .column(account_role::Column::Role)
        .distinct()
        .into_tuple()
        .all(db)
        .await?;
    let missing: Vec<Say> = ROLES
        .into_iter()
        .filter(|role| !held.contains(role))
        .map(|role| Say::new("first_week.missing").with_word("what", role.word()))
        .collect();
    if missing.is_empty() {
        let count = working(by).count(db).await?;
        return Ok((true, vec![Say::new("first_week.accounts.told").with("count", count)]));
    }
    Ok((false, missing))
}

async fn calendar(db: &impl ConnectionTrait, today: NaiveDate) -> Result<Standing> {
    let next = (today.month() >= 11).then(|| today.year() + 1);
    let wanted: Vec<i32> = std::iter::once(today.year()).chain(next).collect();
    let mut missing = false;
    let mut told = Vec::with_capacity(wanted.len());
    for year in wanted {
        let whole = Calendar::has_whole_year(db, year).await?;
        missing |= !whole;
        let key = if whole {
            "first_week.calendar.there"
        } else {
            "first_week.calendar.missing"
        };
        told.push(Say::new(key).with("year", year));
    }
    Ok((!missing, told))
}

async fn opening_day(db: &impl ConnectionTrait, by: &Actor) -> Result<Standing> {
    let day = opening::day(db, district(by), by).await?;
    Ok(match day {
        Some(day) => (true, vec![Say::new("first_week.opening_day.told").with("on", day)]),
        None => (false, vec![Say::new("rule.opens_on.none")]),
    })
}

async fn mail(app: &App, by: &Actor) -> Result<Standing> {
    if app.config.smtp_url.is_none() {
        return Ok((false, vec![Say::new("first_week.mail.none")]));
    }
    let failed = message::Entity::find()
        .filter(scope::messages(by))
        .filter(message::COLUMN.state.eq(Delivery::Failed))
        .count(&*app.db)
        .await?;
    if failed > 0 {
        return Ok((false, vec![Say::new("first_week.mail.failed").with("count", failed)]));
    }
    Ok((true, vec![Say::new("first_week.mail.told")]))
}

/// What `starbridge backup` remembers of its last copy and of its last proof.
async fn backup(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Standing> {
    let marks = backup_mark::Entity::find().all(db).await?;
    let last = |kind: &str| {
        marks
            .iter()
            .find(|mark| mark.kind == kind)?
            .at
            .filter(|at| *at >= now - PROVEN)
    };
    let told = |key: &'static str, at: DateTime<Utc>| Say::new(key).with("on", crate::platform::clock::day_of(at));
    Ok(match (last("taken"), last("proven")) {
        (_, Some(at)) => (true, vec![told("first_week.backup.proven", at)]),
        (Some(at), None) => (false, vec![told("first_week.backup.unproven", at)]),
        (None, None) => (false, vec![Say::new("first_week.backup.none")]),
    })
}

async fn roster(db: &impl ConnectionTrait, by: &Actor) -> Result<Standing> {
    let children = child::Entity::find()
        .filter(scope::lives_in(district(by)))
        .filter(child::COLUMN.merged_into.is_null())
        .count(db)
        .await?;
    Ok((
        children > 0,
        vec![Say::new("first_week.roster.told").with("count", children)],
    ))
}

/// The counter that keeps a tick: the day on which it was set; 0 when it was taken back.
fn tick_name(by: &Actor, step: Step) -> String {
    format!("first_week:{}:{}", district(by), step.as_str())
}

async fn ticked(db: &impl ConnectionTrait, by: &Actor, step: Step) -> Result<Standing> {
    let row = counter::Entity::find_by_id(tick_name(by, step)).one(db).await?;
    let day = row
        .and_then(|row| i32::try_from(row.value).ok())
        .filter(|days| *days > 0)
        .and_then(NaiveDate::from_num_days_from_ce_opt);
    Ok(match day {
        Some(day) => (true, vec![Say::new("first_week.ticked").with("on", day)]),
        None => (false, vec![Say::new("first_week.unticked")]),
    })
}

/// Say that a line is done, or that it is not after all.
///
/// # Errors
/// Not found when the line is computed.
pub async fn tick(app: &App, by: &Actor, step: Step, done: bool) -> Result<()> {
    if !step.is_ticked() {
        return Err(Error::NotFound);
    }
    let tx = app.db.write(by, "").await?;
    let row = counter::ActiveModel {
        name: Set(tick_name(by, step)),
        value: Set(if done { by.today().num_days_from_ce().into() } else { 0 }),
    };
    counter::Entity::insert(row)
        .on_conflict(
            OnConflict::column(counter::Column::Name)
                .update_column(counter::Column::Value)
                .to_owned(),
        )
        .exec_without_returning(&*tx)
        .await?;
    let action = if done {
        "first_week.ticked"
    } else {
        "first_week.unticked"
    };
    let details = json!({ "line": step.as_str(), "district": district(by) });
    event::record(&tx, by, action, Subject::none(), details).await?;
    tx.commit().await
}
