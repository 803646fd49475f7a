//! The check ages of the screening programme and their windows.
//!
//! 《0~6岁儿童孤独症筛查干预服务规范（试行）》, 国卫办妇幼发〔2022〕12号, has the initial screen done at eleven ages
//! together with the child-health visits. It names the ages and no windows; windows and tolerances are therefore
//! settings with a version, kept as JSON in a dated row, and so are the ages, because the norm is on trial.
//!
//! The windows of one child never overlap and leave no gap, so every visit belongs to exactly one check age. In the
//! delivered setting a window opens half-way between the previous check age and its own: the nearest age counts.
//!
//! **One clock.** The age in use on a day (`PretermRule`) decides everything on that day: which window is open, which
//! signs are asked, which instruments fit. A window holds the days on which the age in use lies in it, so it may begin by
//! the corrected age and end by the age since birth; one that the age passes over at once is none.

use std::fmt;

use chrono::NaiveDate;
use entities::age::{Age, GestationalWeeks, PretermRule, add_months};
use serde::{Deserialize, Serialize};

/// Check ages with their windows, as valid from some day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckAgeRules {
    /// Name of this edition; results keep it.
    pub version: String,
    /// The norm or local plan it follows.
    pub source: String,
    /// How the age of preterm children is corrected.
    pub preterm: PretermRule,
    /// Age in months at which a child leaves the programme: 84, since "0 to 6 years" is "not yet 7".
    pub ends_at_months: u32,
    /// The check ages, youngest first.
    pub ages: Vec<CheckAge>,
}

/// One check age. Its window lasts until the next one opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckAge {
    /// Age in months at which the check is due.
    pub months: u8,
    /// Age at which its window opens.
    pub opens: Age,
    /// How far before and after the due age a check is on time.
    pub on_time: Tolerance,
}

/// A distance in time in both directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tolerance {
    /// Calendar months.
    pub months: u8,
    /// Days beyond the months.
    #[serde(default)]
    pub days: u8,
}

/// What is wrong with a set of rules.
#[derive(Debug)]
pub enum CheckAgeRulesError {
    /// Not the JSON of [`CheckAgeRules`]; the parser's words.
    Format(String),
    /// There is no check age.
    Empty,
    /// A span of days is not below 28: use months.
    Days(u32),
    /// The check of so many months opens after it is due, or before the previous one has had its time.
    Window(u8),
    /// The programme ends before the last check has had its time.
    End,
    /// Full term is earlier than the limit of preterm, or later than 45 weeks.
    Term,
}

impl CheckAgeRulesError {
    /// Key of the sentence that tells it.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Format(_) => "check_ages.format",
            Self::Empty => "check_ages.empty",
            Self::Days(_) => "check_ages.days",
            Self::Window(_) => "check_ages.window",
            Self::End => "check_ages.end",
            Self::Term => "check_ages.term",
        }
    }
}

impl fmt::Display for CheckAgeRulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Format(words) => write!(f, "{}: {words}", self.key()),
            Self::Days(n) => write!(f, "{}: {n}", self.key()),
            Self::Window(n) => write!(f, "{}: {n}", self.key()),
            Self::Empty | Self::End | Self::Term => f.write_str(self.key()),
        }
    }
}
impl std::error::Error for CheckAgeRulesError {}

/// The eleven ages of the norm with half-way windows; on time is one month around the due day, three from four years
/// on. On the day that is equally far from six and from eight months the earlier check keeps its right.
impl Default for CheckAgeRules {
    fn default() -> Self {
        let check = |months, (open_months, open_days), tolerance| CheckAge {
            months,
            opens: Age {
                months: open_months,
                days: open_days,
            },
            on_time: Tolerance {
                months: tolerance,
                days: 0,
            },
        };
        Self {
            version: "2022-12".to_owned(),
            source: "《0～6岁儿童孤独症筛查干预服务规范（试行）》（国卫办妇幼发〔2022〕12号，2022年）".to_owned(),
            preterm: PretermRule::default(),
            ends_at_months: 84,
            ages: vec![
                check(3, (1, 15), 1),
                check(6, (4, 15), 1),
                check(8, (7, 1), 1),
                check(12, (10, 0), 1),
                check(18, (15, 0), 1),
                check(24, (21, 0), 1),
                check(30, (27, 0), 1),
                check(36, (33, 0), 1),
                check(48, (42, 0), 3),
                check(60, (54, 0), 3),
                check(72, (66, 0), 3),
            ],
        }
    }
}

impl CheckAgeRules {
    /// Reads the rules from the JSON of their row.
    ///
    /// # Errors
    /// When it is not their JSON, or the rules contradict themselves.
    pub fn from_json(text: &str) -> Result<Self, CheckAgeRulesError> {
        let rules: Self = serde_json::from_str(text).map_err(|error| CheckAgeRulesError::Format(error.to_string()))?;
        rules.check()?;
        Ok(rules)
    }

    /// Whether the windows are in order: ascending, each opening after the previous check was on time and not after its
    /// own due day, all before the programme ends.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), CheckAgeRulesError> {
        if self.preterm.term_weeks < self.preterm.preterm_below_weeks || self.preterm.term_weeks > 45 {
            return Err(CheckAgeRulesError::Term);
        }
        let mut on_time_until = None;
        for age in &self.ages {
            if let Some(days) = [age.opens.days, age.on_time.days.into()]
                .into_iter()
                .find(|days| *days >= 28)
            {
                return Err(CheckAgeRulesError::Days(days));
            }
            let in_turn = on_time_until.is_none_or(|previous| previous < age.opens);
            if !in_turn || age.opens > Age::of_months(age.months.into()) {
                return Err(CheckAgeRulesError::Window(age.months));
            }
            on_time_until = Some(age.on_time_until());
        }
        match on_time_until {
            None => Err(CheckAgeRulesError::Empty),
            Some(last) if last >= Age::of_months(self.ends_at_months) => Err(CheckAgeRulesError::End),
            Some(_) => Ok(()),
        }
    }

    /// The check age that belongs to an age, for a screener who chooses which age to go by. `None` before the first
    /// window and after the programme.
    pub fn column_for_age(&self, age: Age) -> Option<u8> {
        if age.months >= self.ends_at_months {
            return None;
        }
        self.ages
            .iter()
            .rev()
            .find(|check| check.opens <= age)
            .map(|check| check.months)
    }

    /// The check age of a child on a day, by the age in use. `None` before birth and outside the programme.
    pub fn column_on(&self, birth_on: NaiveDate, weeks: Option<GestationalWeeks>, on: NaiveDate) -> Option<u8> {
        let ages = self.preterm.ages_on(birth_on, weeks, on)?;
        if ages.chronological.months >= self.ends_at_months {
            return None;
        }
        self.column_for_age(ages.for_development())
    }
}

impl CheckAge {
    fn on_time_until(&self) -> Age {
        Age {
            months: u32::from(self.months) + u32::from(self.on_time.months),
            days: self.on_time.days.into(),
        }
    }
}

/// One check of one child, in days of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedCheck {
    /// The check age in months.
    pub age_months: u8,
    /// First day on which a visit counts for this check.
    pub opens_on: NaiveDate,
    /// The day on which the child reaches the check age.
    pub due_on: NaiveDate,
    /// Last day on which a visit counts for this check.
    pub closes_on: NaiveDate,
    /// First day of being on time.
    pub on_time_from: NaiveDate,
    /// Last day of being on time; afterwards it is a catch-up.
    pub on_time_until: NaiveDate,
    /// Whether the days were counted by the corrected age of a preterm child.
    pub corrected: bool,
}

/// Where a check stands on some day when it was not done yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowState {
    /// The window is not open.
    Upcoming,
    /// It can be done and is not late.
    Open,
    /// It is late and can still be caught up.
    CatchUp,
    /// The window is over.
    Closed,
}

impl WindowState {
    /// The key of its name in the locale files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Upcoming => "word.check_window.upcoming",
            Self::Open => "word.check_window.open",
            Self::CatchUp => "word.check_window.catch_up",
            Self::Closed => "word.check_window.closed",
        }
    }
}

/// When a check was done, seen from its due day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimingClass {
    /// Before its window opened: not a check of this age.
    BeforeWindow,
    /// In its window, earlier than on time.
    Early,
    /// On time.
    OnTime,
    /// In its window, later than on time.
    CatchUp,
    /// After its window closed: not a check of this age.
    AfterWindow,
}

impl TimingClass {
    /// The key of its name in the locale files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::BeforeWindow => "word.check_timing.before_window",
            Self::Early => "word.check_timing.early",
            Self::OnTime => "word.check_timing.on_time",
            Self::CatchUp => "word.check_timing.catch_up",
            Self::AfterWindow => "word.check_timing.after_window",
        }
    }
}

/// How a check counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Timing {
    /// By the day it was done.
    pub class: TimingClass,
    /// It was done within its window and entered after the window had closed. It counts in full; only the paper was
    /// late.
    pub entered_late: bool,
}

impl PlannedCheck {
    /// Whether a visit on this day belongs to this check.
    pub fn holds(&self, day: NaiveDate) -> bool {
        (self.opens_on..=self.closes_on).contains(&day)
    }

    /// Where the check stands on a day, as long as it was not done.
    pub fn state_on(&self, today: NaiveDate) -> WindowState {
        if today < self.opens_on {
            WindowState::Upcoming
        } else if today <= self.on_time_until {
            WindowState::Open
        } else if today <= self.closes_on {
            WindowState::CatchUp
        } else {
            WindowState::Closed
        }
    }
}

/// All checks of a child from birth to the end of the programme. The answer depends on nothing else, so it may be worked
/// out again at any time.
///
/// A check is due when the corrected age reaches its age, as long as that is in use then; later checks are due by the
/// birth date.
pub fn plan(birth_on: NaiveDate, weeks: Option<GestationalWeeks>, rules: &CheckAgeRules) -> Vec<PlannedCheck> {
    let preterm = &rules.preterm;
    let correction = preterm.correction(birth_on, weeks);
    let last_day = day_before(add_months(birth_on, rules.ends_at_months));
    let opens: Vec<NaiveDate> = rules
        .ages
        .iter()
        .map(|age| preterm.reached_on(birth_on, weeks, age.opens))
        .collect();
    let mut checks = Vec::with_capacity(rules.ages.len());
    for (n, (age, opens_on)) in rules.ages.iter().zip(&opens).enumerate() {
        let opens_on = *opens_on;
        let closes_on = opens
            .get(n + 1)
            .map_or(last_day, |next| day_before(*next).min(last_day));
        if opens_on > closes_on {
            continue;
        }
        let corrected = correction.filter(|(from, until)| add_months(*from, age.months.into()) <= *until);
        let base = corrected.map_or(birth_on, |(from, _)| from);
        let due_on = add_months(base, age.months.into()).clamp(opens_on, closes_on);
        let early = chrono::Days::new(age.on_time.days.into());
        let on_time_from = add_months(base, age.months.saturating_sub(age.on_time.months).into());
        checks.push(PlannedCheck {
            age_months: age.months,
            opens_on,
            due_on,
            closes_on,
            on_time_from: on_time_from
                .checked_sub_days(early)
                .unwrap_or(opens_on)
                .clamp(opens_on, due_on),
            on_time_until: age.on_time_until().reached_on(base).clamp(due_on, closes_on),
            corrected: corrected.is_some(),
        });
    }
    checks
}

/// The check a visit on `day` belongs to; `None` before the first window and after the programme.
pub fn column_for(plan: &[PlannedCheck], day: NaiveDate) -> Option<&PlannedCheck> {
    plan.iter().find(|check| check.holds(day))
}

/// The checks of which at least one day fell into the time the child was ours.
///
/// That is from moving in (or birth) until moving away, death or today. Nobody is asked for a check whose window was over before the child came, or opened after it
/// left.
pub fn while_resident(
    plan: &[PlannedCheck],
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
) -> impl Iterator<Item = &PlannedCheck> {
    plan.iter().filter(move |check| {
        from.is_none_or(|from| check.closes_on >= from) && until.is_none_or(|until| check.opens_on <= until)
    })
}

/// How a check counts that was done on one day and entered on another.
pub fn timing(check: &PlannedCheck, performed_on: NaiveDate, recorded_on: NaiveDate) -> Timing {
    let class = if performed_on < check.opens_on {
        TimingClass::BeforeWindow
    } else if performed_on > check.closes_on {
        TimingClass::AfterWindow
    } else if performed_on < check.on_time_from {
        TimingClass::Early
    } else if performed_on <= check.on_time_until {
        TimingClass::OnTime
    } else {
        TimingClass::CatchUp
    };
    Timing {
        class,
        entered_late: check.holds(performed_on) && recorded_on > check.closes_on,
    }
}

fn day_before(day: NaiveDate) -> NaiveDate {
    day.pred_opt().unwrap_or(day)
}

#[cfg(test)]
#[path = "check_ages_tests.rs"]
mod tests;
