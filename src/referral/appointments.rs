//! When an appointment deserves a second look before it is saved: after the day by which the step is due, on a day off, outside
//! the hours in which anybody comes, in an hour that is full. Nothing of it is forbidden: whoever is there knows why.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, Timelike, Utc};
use entities::{
    OrganisationId, ReferralId,
    organisation::organisation,
    screening::referral,
    time_of_day,
    words::{ReferralKind, ReferralState},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde::{Deserialize, Serialize};

use crate::platform::{Actor, Calendar, Errors, Result, Say, calendar::off_by_law, clock, parameter, rule::Rule as _};

/// The field under which the page asks.
pub const ASKED_AT: &str = "appointment_anyway";

/// When families are asked to come, and how many in an hour (parameter `screening.appointments`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// From this time of day.
    pub opens: String,
    /// Until before this time of day.
    pub closes: String,
    /// Children whom a re-screen hospital sees in an hour; 0: nobody set a limit.
    pub rescreen_per_hour: u32,
    /// The same for a diagnosing hospital.
    pub diagnosis_per_hour: u32,
    /// The same for a centre.
    pub intake_per_hour: u32,
    /// Organisations that see more or fewer than others of their kind.
    #[serde(default)]
    pub places: Vec<OfPlace>,
}

/// How many an organisation sees in an hour, whatever they come for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfPlace {
    /// Which.
    pub organisation: OrganisationId,
    /// Children in an hour; 0: nobody set a limit.
    pub per_hour: u32,
}

impl Hours {
    /// The times of day, when both can be read and the one lies before the other.
    pub fn times(&self) -> Option<(NaiveTime, NaiveTime)> {
        time_of_day::written(&self.opens)
            .zip(time_of_day::written(&self.closes))
            .filter(|(opens, closes)| opens < closes)
    }

    /// How many may come to an organisation in an hour for something; none when nobody set a limit. What is said of the
    /// organisation goes before what is said of its kind.
    pub fn most(&self, kind: ReferralKind, at: OrganisationId) -> Option<u64> {
        let of_place = self.places.iter().find(|place| place.organisation == at);
        let most = match (of_place, kind) {
            (Some(place), _) => place.per_hour,
            (None, ReferralKind::Rescreen) => self.rescreen_per_hour,
            (None, ReferralKind::Diagnosis) => self.diagnosis_per_hour,
            (None, ReferralKind::Intake) => self.intake_per_hour,
        };
        (most > 0).then_some(most.into())
    }
}

/// Why an appointment is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// It lies after the day by which the step is due.
    Late {
        /// That day.
        due_on: NaiveDate,
        /// Days after it.
        days: i64,
        /// Working days among them.
        working_days: u32,
    },
    /// Nobody works on that day.
    DayOff {
        /// The day.
        on: NaiveDate,
        /// The holiday, when it is one.
        holiday: Option<String>,
    },
    /// Nobody is there at that time of day.
    Closed {
        /// The time.
        at: NaiveTime,
        /// When they are there.
        hours: (NaiveTime, NaiveTime),
    },
    /// As many come in that hour as can.
    Full {
        /// When it begins.
        hour: NaiveTime,
        /// Appointments there already.
        taken: u64,
        /// As many as can come.
        most: u64,
    },
}

impl Doubt {
    /// Its name where an appointment is remembered.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Late { .. } => "late",
            Self::DayOff { .. } => "day_off",
            Self::Closed { .. } => "closed",
            Self::Full { .. } => "full",
        }
    }

    /// In words, with its figures.
    pub fn say(&self) -> Say {
        let time = |time: &NaiveTime| time.format("%H:%M").to_string();
        match self {
            Self::Late {
                due_on,
                days,
                working_days: 0,
            } => Say::new("appointment.late.days").with("due", due_on).with("days", days),
            Self::Late {
                due_on, working_days, ..
            } => Say::new("appointment.late")
                .with("due", due_on)
                .with("days", working_days),
            Self::DayOff { on, holiday: None } => {
                let weekday = format!("calendars.weekday.{}", on.weekday().number_from_monday());
                Say::new("appointment.weekend")
                    .with("on", on)
                    .with_word("weekday", weekday)
            }
            Self::DayOff {
                on,
                holiday: Some(name),
            } => Say::new("appointment.holiday").with("on", on).with("name", name),
            Self::Closed { at, hours } => Say::new("appointment.closed")
                .with("at", time(at))
                .with("opens", time(&hours.0))
                .with("closes", time(&hours.1)),
            Self::Full { hour, taken, most } => Say::new("appointment.full")
                .with("hour", time(hour))
                .with("taken", taken)
                .with("most", most),
        }
    }
}

/// An hour of an organisation: who came to it already, and how many can.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Room {
    /// Appointments there already.
    pub taken: u64,
    /// As many as can come; none when nobody set a limit.
    pub most: Option<u64>,
}

/// What is doubtful about an appointment at a moment, of a step that is due on a day, in an hour with so much room.
pub fn doubts(at: DateTime<Utc>, due_on: NaiveDate, calendar: &Calendar, hours: &Hours, room: Room) -> Vec<Doubt> {
    let (on, time) = (clock::day_of(at), clock::local(at).time());
    let mut doubts = Vec::new();
    if on > due_on {
        doubts.push(Doubt::Late {
            due_on,
            days: (on - due_on).num_days(),
            working_days: calendar.working_days_between(due_on, on).0,
        });
    }
    let day = calendar.is_working_day(on);
    // The table of a year comes late in the year before; some days are off by law, whatever it will say.
    let by_law = day.warning.and_then(|_| off_by_law(on));
    if !day.working || by_law.is_some() {
        doubts.push(Doubt::DayOff {
            on,
            holiday: day.holiday.or(by_law).map(str::to_owned),
        });
    }
    if let Some(open) = hours.times().filter(|(opens, closes)| time < *opens || time >= *closes) {
        doubts.push(Doubt::Closed { at: time, hours: open });
    }
    if let Some(most) = room.most.filter(|most| room.taken >= *most) {
        let hour = NaiveTime::from_hms_opt(time.hour(), 0, 0).unwrap_or(time);
        let taken = room.taken;
        doubts.push(Doubt::Full { hour, taken, most });
    }
    doubts
}

/// What is doubtful about the appointment of a referral, with the appointments that stand in its hour.
pub async fn doubts_about(
    db: &impl ConnectionTrait,
    by: &Actor,
    row: &referral::Model,
    at: DateTime<Utc>,
) -> Result<Vec<Doubt>> {
    let place = organisation::Entity::find_by_id(row.to_organisation_id).one(db).await?;
    let area = place.map(|place| place.coverage).unwrap_or_default();
    let hours: Hours = parameter::get(db, Hours::CODE, &area, by.today()).await?;
    let most = hours.most(row.kind, row.to_organisation_id);
    let taken = match most {
        Some(_) => taken(db, row.to_organisation_id, row.id, at).await?,
        None => 0,
    };
    let calendar = Calendar::load(db).await?;
    Ok(doubts(at, row.due_on, &calendar, &hours, Room { taken, most }))
}

/// Other appointments of an organisation in the hour of a moment.
async fn taken(
    db: &impl ConnectionTrait,
    place: OrganisationId,
    besides: ReferralId,
    at: DateTime<Utc>,
) -> Result<u64> {
    // The users' clocks are whole hours ahead, so their hours are ours.
    let hour = at
        - TimeDelta::seconds(i64::from(at.minute() * 60 + at.second()))
        - TimeDelta::nanoseconds(at.nanosecond().into());
    let there = referral::COLUMN;
    Ok(referral::Entity::find()
        .filter(there.to_organisation_id.eq(place))
        .filter(there.state.eq(ReferralState::Appointed))
        .filter(there.id.ne(besides))
        .filter(there.appointment_at.gte(hour))
        .filter(there.appointment_at.lt(hour + TimeDelta::hours(1)))
        .count(db)
        .await?)
}

/// What somebody said yes to: the day and time as they were typed, and every doubt that the page named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anyway {
    /// As the page sent it ([`asked()`]).
    pub asked: String,
    /// Why all the same.
    pub why: String,
}

impl Anyway {
    /// Whoever said it knew of all these.
    pub fn covers(&self, doubts: &[Doubt]) -> bool {
        let known: Vec<&str> = self.asked.split_whitespace().collect();
        doubts.iter().all(|doubt| known.contains(&doubt.code()))
    }
}

/// The page asks: every doubt at the field of the tick.
pub fn asks(doubts: &[Doubt]) -> Errors {
    let mut errors = Errors::default();
    for doubt in doubts {
        errors.add(ASKED_AT, doubt.say());
    }
    errors
}

/// What a page asked about, for the next time that its form comes: the day and time as they were typed, and what was said of
/// them.
pub fn asked(typed: &str, errors: &Errors) -> String {
    let mut codes: Vec<&str> = errors
        .get(ASKED_AT)
        .iter()
        .filter_map(|say| match say.key() {
            "appointment.late" | "appointment.late.days" => Some("late"),
            "appointment.weekend" | "appointment.holiday" => Some("day_off"),
            "appointment.closed" => Some("closed"),
            "appointment.full" => Some("full"),
            _ => None,
        })
        .collect();
    codes.insert(0, typed);
    codes.join(" ")
}

#[cfg(test)]
#[path = "appointments_tests.rs"]
mod tests;
