//! The home page: what each role has to do, or, for those who do nothing to children, what they watch over.

use chrono::{Datelike, NaiveDate, TimeDelta};
use entities::{
    account::{account, session},
    communication::{message, notice},
    configuration::calendar_year,
    event::{event, event_seal},
    organisation::organisation,
    report::published_report,
    screening::{follow_up, planned_check},
    words::{CheckState, FollowUpKind, FollowUpState, OrganisationKind, Role, Stage},
    work::sweep_run,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

use crate::{
    access::{Can, places, scope},
    account::management::proposals::queries as proposals,
    children::duplicates,
    pathway::pipeline,
    platform::{Actor, Result, clock},
    referral::{
        follow_up::queries as follow_ups,
        work_list::{self, View},
    },
};

/// A number that opens its list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tile {
    /// Where it leads.
    pub href: String,
    /// Locale key of what is counted.
    pub key: &'static str,
    /// How many.
    pub number: u64,
    /// Tone when there are any.
    pub kind: &'static str,
    /// Icon.
    pub icon: &'static str,
}

impl Tile {
    fn new(href: impl Into<String>, key: &'static str, number: u64, kind: &'static str, icon: &'static str) -> Self {
        Self {
            href: href.into(),
            key,
            number,
            // Nothing to do is no warning.
            kind: if number == 0 { "neutral" } else { kind },
            icon,
        }
    }
}

/// Tiles under one heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    /// Locale key of the heading.
    pub key: &'static str,
    /// Its numbers.
    pub tiles: Vec<Tile>,
}

/// Notices of results that nobody opened yet, newest first.
const RESULTS: &[&str] = &["referral.result", "referral.declined"];
/// Shown on the home page.
const FIRST: u64 = 8;

/// The groups of an actor's home page, by the roles held.
pub(crate) async fn groups(db: &impl ConnectionTrait, by: &Actor) -> Result<Vec<Group>> {
    let mut groups = Vec::new();
    let kind = by.workplace.as_ref().map(|w| w.kind);
    if Can::ViewChildren.allows(&by.roles) {
        let mut first = if work_list::looks_on(by) {
            watching(db, by).await?
        } else {
            working(db, by, kind).await?
        };
        if Can::Merge.allows(&by.roles) {
            let pairs = duplicates::count_waiting(db, by).await?;
            first.tiles.push(Tile::new(
                "/duplicates",
                "work.tile.duplicates",
                pairs,
                "warning",
                "duplicate",
            ));
        }
        groups.push(first);
        if work_list::looks_on(by) {
            groups.push(stages(db, by).await?);
        }
    }
    if by.is(Role::Observer) {
        groups.push(observing(db, by).await?);
    }
    if by.is(Role::SystemAdmin) {
        groups.push(system(db, by).await?);
    }
    if by.is(Role::SecurityAdmin) {
        groups.push(security(db, by).await?);
    }
    if by.is(Role::AuditAdmin) {
        groups.push(audit(db, by).await?);
    }
    Ok(groups)
}

/// Who takes part in the chain: what is due, overdue, waited for, lost, come back.
async fn working(db: &impl ConnectionTrait, by: &Actor, kind: Option<OrganisationKind>) -> Result<Group> {
    let view = |view: View| format!("/referrals?view={}", view.as_str());
    let count = async |v: View| work_list::count(db, by, v).await;
    let mut tiles = Vec::new();
    if kind == Some(OrganisationKind::ScreeningSite) && Can::Screen.allows(&by.roles) {
        tiles.push(Tile::new(
            "/checks",
            "work.tile.checks",
            due_checks(db, by).await?,
            "info",
            "screening",
        ));
    }
    if kind != Some(OrganisationKind::ScreeningSite) {
        let n = count(View::ToAnswer).await?;
        tiles.push(Tile::new(
            view(View::ToAnswer),
            "work.tile.to_answer",
            n,
            "info",
            "inbox",
        ));
    }
    for (v, key, tone, icon) in [
        (View::Proposed, "work.tile.proposed", "warning", "draft"),
        (View::Overdue, "work.tile.overdue", "danger", "overdue"),
        (View::Ours, "work.tile.ours", "info", "due"),
        (View::Waiting, "work.tile.waiting", "info", "send"),
        (View::Returned, "work.tile.returned", "warning", "declined"),
        (View::Lost, "work.tile.lost", "warning", "lost"),
    ] {
        tiles.push(Tile::new(view(v), key, count(v).await?, tone, icon));
    }
    let unread = unread(by).count(db).await?;
    tiles.push(Tile::new("/inbox", "work.tile.results", unread, "success", "done"));
    tiles.extend(tasks(db, by).await?);
    Ok(Group {
        key: "work.group.mine",
        tiles,
    })
}

/// Follow-up tasks that are open, and those that are overdue.
async fn tasks(db: &impl ConnectionTrait, by: &Actor) -> Result<Vec<Tile>> {
    let open = follow_up::Entity::find()
        .filter(follow_ups::yours(by))
        .filter(follow_up::COLUMN.state.eq(FollowUpState::Open));
    let overdue = open.clone().filter(follow_up::COLUMN.due_on.lt(by.today()));
    Ok(vec![
        Tile::new(
            "/follow-ups",
            "work.tile.tasks",
            open.count(db).await?,
            "info",
            "contact",
        ),
        Tile::new(
            "/follow-ups?overdue=true",
            "work.tile.tasks_overdue",
            overdue.count(db).await?,
            "danger",
            "overdue",
        ),
    ])
}

/// Checks whose window is open and whose day has come, where the site works.
async fn due_checks(db: &impl ConnectionTrait, by: &Actor) -> Result<u64> {
    let column = planned_check::COLUMN;
    let area = scope::in_area(column.district.0, column.street.0, by.coverage());
    Ok(planned_check::Entity::find()
        .filter(area)
        .filter(column.state.eq(CheckState::Pending))
        .filter(column.due_on.lte(by.today()))
        .filter(column.closes_on.gte(by.today()))
        .count(db)
        .await?)
}

/// Unread notices of results.
fn unread(by: &Actor) -> sea_orm::Select<notice::Entity> {
    notice::Entity::find()
        .filter(notice::COLUMN.account_id.eq(by.account.unwrap_or_default()))
        .filter(notice::COLUMN.read_at.is_null())
        .filter(notice::COLUMN.template.is_in(RESULTS.iter().copied()))
}

/// The newest unread results.
pub(crate) async fn results(db: &impl ConnectionTrait, by: &Actor) -> Result<Vec<notice::Model>> {
    Ok(unread(by)
        .order_by_desc(notice::Column::Id)
        .limit(FIRST)
        .all(db)
        .await?)
}

/// A federation: what is stuck, and how many stand where.
async fn watching(db: &impl ConnectionTrait, by: &Actor) -> Result<Group> {
    let mut tiles = vec![
        Tile::new(
            "/pipeline?overdue=true",
            "work.tile.children_overdue",
            pipeline::overdue(db, by).await?,
            "danger",
            "overdue",
        ),
        Tile::new(
            "/referrals?view=overdue",
            "work.tile.referrals_overdue",
            work_list::count(db, by, View::Overdue).await?,
            "danger",
            "referral",
        ),
    ];
    let searched = follow_up::Entity::find()
        .filter(follow_ups::yours(by))
        .filter(follow_up::COLUMN.kind.eq(FollowUpKind::FindReceiver))
        .filter(follow_up::COLUMN.state.eq(FollowUpState::Open));
    tiles.push(Tile::new(
        "/follow-ups?kind=find_receiver",
        "work.tile.no_receiver",
        searched.count(db).await?,
        "danger",
        "organisation",
    ));
    tiles.extend(tasks(db, by).await?);
    Ok(Group {
        key: "work.group.stuck",
        tiles,
    })
}

async fn stages(db: &impl ConnectionTrait, by: &Actor) -> Result<Group> {
    let counts = pipeline::counts(db, by).await?;
    let tiles = Stage::ALL
        .iter()
        .filter(|stage| !matches!(stage, Stage::Left))
        .map(|stage| {
            let children = counts.iter().find(|c| c.stage == *stage).map_or(0, |c| c.children);
            Tile {
                href: format!("/pipeline?stage={}", stage.as_str()),
                key: stage.word(),
                number: u64::try_from(children).unwrap_or_default(),
                kind: if *stage == Stage::Lost && children > 0 {
                    "warning"
                } else {
                    "neutral"
                },
                icon: "child",
            }
        })
        .collect();
    Ok(Group {
        key: "work.group.stages",
        tiles,
    })
}

/// A bureau: the newest quarter that is published for its division, in the numbers that are told.
async fn observing(db: &impl ConnectionTrait, by: &Actor) -> Result<Group> {
    let area = by.coverage().get(..9).unwrap_or(by.coverage());
    let district = area.get(..6).unwrap_or(area);
    let told = published_report::Entity::find()
        .filter(scope::within(published_report::COLUMN.district.0, district))
        .order_by_desc(published_report::COLUMN.period);
    let newest = told.clone().one(db).await?.map(|row| row.period);
    let mut tiles = Vec::new();
    if let Some(period) = newest {
        let rows = told.filter(published_report::COLUMN.period.eq(&period)).all(db).await?;
        let sum = |indicator: &str| {
            let by_street = rows
                .iter()
                .filter_map(|row| row.content.pointer(&format!("/street/{indicator}")));
            let streets = by_street.filter_map(|streets| streets.as_object()).flatten();
            let here = streets.filter(|(street, _)| street.starts_with(area));
            here.filter_map(|(_, number)| number.as_u64()).sum::<u64>()
        };
        let report = format!("/reports/screening?month={period}");
        for (indicator, key, icon) in [
            ("screened", "work.tile.screened", "screening"),
            ("rescreened", "work.tile.rescreened", "rescreen"),
            ("diagnosed", "work.tile.diagnosed", "diagnosis"),
        ] {
            tiles.push(Tile::new(report.clone(), key, sum(indicator), "info", icon));
        }
    }
    Ok(Group {
        key: "work.group.published",
        tiles,
    })
}

/// The system administrator: what is set up, and what does not run.
async fn system(db: &impl ConnectionTrait, by: &Actor) -> Result<Group> {
    let open = organisation::Entity::find()
        .filter(organisation::COLUMN.closed_on.is_null())
        .filter(places::administered(by));
    let stuck = message::Entity::find()
        .filter(scope::messages(by))
        .filter(scope::stuck_messages());
    let broken = sweep_run::Entity::find().filter(sweep_run::COLUMN.outcome.starts_with("error:"));
    let missing = missing_years(db, by.today()).await?;
    Ok(Group {
        key: "work.group.system",
        tiles: vec![
            Tile::new(
                "/organisations",
                "work.tile.organisations",
                open.count(db).await?,
                "info",
                "organisation",
            ),
            Tile::new(
                "/calendars",
                "work.tile.calendars_missing",
                missing,
                "danger",
                "calendar",
            ),
            Tile::new(
                "/operations/messages",
                "work.tile.messages_failed",
                stuck.count(db).await?,
                "danger",
                "mail",
            ),
            Tile::new(
                "/operations",
                "work.tile.sweeps_failed",
                broken.count(db).await?,
                "danger",
                "refresh",
            ),
        ],
    })
}

/// Years that deadlines reach into and whose calendar nobody entered: this one, and from November the next.
async fn missing_years(db: &impl ConnectionTrait, today: NaiveDate) -> Result<u64> {
    let mut years = vec![today.year()];
    if today.month() >= 11 {
        years.push(today.year() + 1);
    }
    let known = calendar_year::Entity::find()
        .filter(calendar_year::COLUMN.year.is_in(years.iter().copied()))
        .count(db)
        .await?;
    Ok(u64::try_from(years.len()).unwrap_or_default().saturating_sub(known))
}

/// The security administrator: whose sign-in needs attention.
async fn security(db: &impl ConnectionTrait, by: &Actor) -> Result<Group> {
    let here = organisation::Entity::find()
        .select_only()
        .column(organisation::Column::Id)
        .filter(places::administered(by))
        .into_query();
    let ours = account::Entity::find().filter(account::Column::OrganisationId.in_subquery(here));
    let ids = ours.clone().select_only().column(account::Column::Id).into_query();
    let open = ours.filter(account::COLUMN.disabled_at.is_null());
    let locked = open.clone().filter(account::COLUMN.locked_until.gt(by.now));
    let fresh = open.clone().filter(account::COLUMN.must_change_password.eq(true));
    let signed_in = session::Entity::find()
        .filter(session::Column::AccountId.in_subquery(ids))
        .filter(session::COLUMN.expires_at.gt(by.now));
    Ok(Group {
        key: "work.group.security",
        tiles: vec![
            Tile::new(
                "/account-proposals",
                "work.tile.proposals",
                proposals::waiting_for(db, by).await?,
                "warning",
                "check",
            ),
            Tile::new(
                "/accounts",
                "work.tile.accounts",
                open.count(db).await?,
                "info",
                "account",
            ),
            Tile::new(
                "/accounts",
                "work.tile.locked",
                locked.count(db).await?,
                "danger",
                "lock",
            ),
            Tile::new(
                "/accounts",
                "work.tile.first_password",
                fresh.count(db).await?,
                "warning",
                "key",
            ),
            Tile::new(
                "/accounts",
                "work.tile.sessions",
                signed_in.count(db).await?,
                "info",
                "sign-in",
            ),
        ],
    })
}

/// The audit administrator: what happened, and whether the days are sealed.
async fn audit(db: &impl ConnectionTrait, by: &Actor) -> Result<Group> {
    let today = clock::start_of(by.today());
    let week = today - TimeDelta::days(7);
    let events = event::Entity::find().filter(event::COLUMN.at.gte(today));
    let refused = event::Entity::find()
        .filter(event::COLUMN.at.gte(week))
        .filter(event::COLUMN.refused.eq(true));
    let exports = event::Entity::find()
        .filter(event::COLUMN.at.gte(week))
        .filter(event::COLUMN.action.ends_with(".exported"));
    let seals = event_seal::Entity::find();
    Ok(Group {
        key: "work.group.audit",
        tiles: vec![
            Tile::new("/events", "work.tile.events", events.count(db).await?, "info", "audit"),
            Tile::new(
                "/events",
                "work.tile.refused",
                refused.count(db).await?,
                "warning",
                "danger",
            ),
            Tile::new(
                "/events",
                "work.tile.exports",
                exports.count(db).await?,
                "info",
                "export",
            ),
            Tile::new("/events", "work.tile.seals", seals.count(db).await?, "success", "seal"),
        ],
    })
}
