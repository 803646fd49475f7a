//! What the audit administrator asks the trail for.

use chrono::{DateTime, Days, NaiveDate, Utc};
use entities::{
    AccountId, ChildId, OrganisationId,
    account::account,
    child::child,
    event::event,
    half_width::{compact, narrow},
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, Select};

use crate::platform::{Actor, Check, Errors, List, Result, clock};

/// Days shown when nobody asks for others.
const USUAL_DAYS: u64 = 6;

/// Kinds of events that are looked for, each with the patterns of its actions.
pub(super) const GROUPS: &[(&str, &[&str])] = &[
    ("views", &["%.viewed"]),
    ("unmaskings", &["%.unmasked"]),
    ("exports", &["%.exported", "%.downloaded", "%.backed_up", "%.printed"]),
    (
        "sign_ins",
        &[
            "account.signed%",
            "account.sign_in%",
            "account.locked",
            "account.second_factor%",
        ],
    ),
    ("accounts", &["account.%", "session.%"]),
    (
        "children",
        &[
            "child.%",
            "guardian.%",
            "guardianship.%",
            "consent.%",
            "residence.%",
            "departure.%",
        ],
    ),
    (
        "duplicates",
        &["duplicate.%", "merge.%", "import.%", "job.%", "parked%", "file.%"],
    ),
    (
        "screening",
        &["screen.%", "screening%", "rescreen.%", "diagnosis.%", "assessment.%"],
    ),
    ("referrals", &["referral.%", "task.%", "follow_up.%", "contact.%"]),
    ("reports", &["report.%"]),
    (
        "configuration",
        &[
            "configuration.%",
            "parameter.%",
            "organisation.%",
            "division.%",
            "calendar.%",
            "instrument.%",
            "keys.%",
            "trail.%",
        ],
    ),
    ("messages", &["message.%"]),
];

/// What an address asks for.
#[derive(Clone, Debug, Default)]
pub struct EventQuery {
    /// First day.
    pub from: String,
    /// Last day.
    pub until: String,
    /// User name, or the name of a sweep.
    pub who: String,
    /// Organisation's id.
    pub organisation: String,
    /// One of [`GROUPS`].
    pub group: String,
    /// File number of a child.
    pub file_no: String,
    /// `true`: only what was refused.
    pub refused: String,
    /// Where the page begins: instant in microseconds and id of the last event above it.
    pub before: String,
}

/// The same, read and looked up.
#[derive(Clone, Debug)]
pub struct EventFilter {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub until: NaiveDate,
    who: Option<Who>,
    organisation: Option<OrganisationId>,
    group: Option<&'static [&'static str]>,
    child: Option<Option<ChildId>>,
    refused: bool,
    before: Option<(DateTime<Utc>, i64)>,
}

#[derive(Clone, Debug)]
enum Who {
    Account(AccountId),
    Name(String),
}

impl EventQuery {
    /// Read from the filters of the list.
    pub fn of(list: &List) -> Self {
        let named = |name: &str| list.filter(name).to_owned();
        Self {
            from: named("from"),
            until: named("until"),
            who: named("who"),
            organisation: named("organisation"),
            group: named("group"),
            file_no: named("file_no"),
            refused: named("refused"),
            before: named("before"),
        }
    }

    /// The first and the last day; the usual week when nobody asks for others.
    ///
    /// # Errors
    /// What is no day, and a first day after the last, at their fields.
    pub fn days(&self, today: NaiveDate) -> Result<(NaiveDate, NaiveDate), Errors> {
        let mut check = Check::default();
        let until = check.optional_date("until", &self.until).unwrap_or(today);
        let usual = until.checked_sub_days(Days::new(USUAL_DAYS)).unwrap_or(until);
        let from = check.optional_date("from", &self.from).unwrap_or(usual);
        if check.is_clean() && from > until {
            check.wrong("from", "event.from_after");
        }
        check.done(Some((from, until)))
    }

    /// Look up what the words mean. What nobody knows finds nothing.
    pub async fn read(&self, db: &impl ConnectionTrait, by: &Actor) -> Result<EventFilter> {
        let (from, until) = self.days(by.today())?;
        let who = match narrow(&self.who).trim().to_lowercase() {
            name if name.is_empty() => None,
            name => {
                let account = account::Entity::find()
                    .filter(account::COLUMN.user_name.eq(&name))
                    .one(db)
                    .await?;
                Some(account.map_or(Who::Name(name), |a| Who::Account(a.id)))
            }
        };
        let child = match compact(&self.file_no).as_str() {
            "" => None,
            number => Some(
                child::Entity::find()
                    .filter(child::COLUMN.file_no.eq(number))
                    .one(db)
                    .await?
                    .map(|c| c.id),
            ),
        };
        let before = self
            .before
            .split_once('.')
            .and_then(|(at, id)| Some((DateTime::from_timestamp_micros(at.parse().ok()?)?, id.parse().ok()?)));
        Ok(EventFilter {
            from,
            until,
            who,
            organisation: self.organisation.trim().parse().ok(),
            group: GROUPS.iter().find(|(name, _)| *name == self.group).map(|(_, p)| *p),
            child,
            refused: self.refused == "true",
            before,
        })
    }

    /// The query string without the place on the page, with something added.
    pub fn href(&self, more: &[(&str, &str)]) -> String {
        let mut pairs = vec![
            ("from", self.from.as_str()),
            ("until", &self.until),
            ("who", &self.who),
            ("organisation", &self.organisation),
            ("group", &self.group),
            ("file_no", &self.file_no),
            ("refused", &self.refused),
        ];
        pairs.retain(|(_, value)| !value.is_empty());
        pairs.extend(more);
        format!("?{}", serde_urlencoded::to_string(&pairs).unwrap_or_default())
    }
}

impl EventFilter {
    /// The events that are asked for, without order.
    pub fn select(&self) -> Select<event::Entity> {
        let columns = event::COLUMN;
        let mut found = event::Entity::find()
            .filter(columns.at.gte(clock::start_of(self.from)))
            .filter(columns.at.lt(clock::start_of(clock::next_day(self.until))));
        found = match &self.who {
            Some(Who::Account(id)) => found.filter(columns.account_id.eq(*id)),
            Some(Who::Name(name)) => found.filter(columns.actor.eq(name)),
            None => found,
        };
        if let Some(id) = self.organisation {
            found = found.filter(columns.organisation_id.eq(id));
        }
        if let Some(patterns) = self.group {
            let any = patterns.iter().fold(Condition::any(), |any, pattern| {
                any.add(event::Column::Action.like(*pattern))
            });
            found = found.filter(any);
        }
        match self.child {
            Some(Some(id)) => found = found.filter(columns.child_id.eq(id)),
            // A number that no file has finds nothing.
            Some(None) => found = found.filter(columns.id.lt(0)),
            None => {}
        }
        if self.refused {
            found = found.filter(columns.refused.eq(true));
        }
        found
    }

    /// The events below the place where the page begins.
    pub fn page(&self) -> Select<event::Entity> {
        self.select().filter(self.below(self.before))
    }

    /// Events older than a place; with the same instant, those with a smaller id.
    pub fn below(&self, place: Option<(DateTime<Utc>, i64)>) -> Condition {
        let Some((at, id)) = place else {
            return Condition::all();
        };
        Condition::any().add(event::COLUMN.at.lt(at)).add(
            Condition::all()
                .add(event::COLUMN.at.eq(at))
                .add(event::COLUMN.id.lt(id)),
        )
    }
}
