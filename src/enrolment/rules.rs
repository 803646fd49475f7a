//! The dated rules of enrolment as types: ages and windows, papers, certificates of deferral, health, terms. Pure.

use chrono::{Days, Months, NaiveDate};
use entities::words::{EnrolmentMode, Issuer, Language};
use serde::{Deserialize, Serialize};

/// The code of the certificate that school is deferred (缓学证明): its days are looked after.
pub const DEFERRAL: &str = "deferral";
/// The code of the vaccination check.
pub const VACCINATION: &str = "vaccination";
/// The code of the residence permit, whose months count for residence.
pub const PERMIT: &str = "residence_permit";

/// Whose age on which day may apply, and when (parameter `enrolment.admission`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Admission {
    /// The day whose age counts.
    pub reference: Reference,
    /// Where 29 February lies in other years.
    pub leap: Leap,
    /// Months of a residence permit that make up for another household; 0: a valid one is enough.
    pub permit_months: u32,
    /// Ages, and what each asks for.
    pub bands: Vec<AgeBand>,
    /// Days on which applications are taken; all where none is said.
    pub windows: Vec<Window>,
}

/// The day whose age counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reference {
    /// The day of the application.
    #[default]
    Application,
    /// The day on which the child is to begin.
    WantedStart,
    /// 1 January of the year of the application.
    YearStart,
    /// 31 August of the year of the application, as schools count.
    SchoolYear,
}

/// Where 29 February lies in other years.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leap {
    /// 1 March.
    #[default]
    Mar1,
    /// 28 February.
    Feb28,
}

/// An age from which and below which children may apply.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgeBand {
    /// What it is called.
    pub id: String,
    /// From this age in years.
    pub from: u32,
    /// Below this age.
    pub below: u32,
    /// A certificate of deferral is asked for.
    pub certificate: Asked,
    /// Which proof.
    pub proof: Proof,
}

/// Whether a certificate of deferral is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// No.
    #[default]
    None,
    /// Yes.
    Deferral,
}

/// Which proof of the disability is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// A diagnosis or a card.
    #[default]
    Either,
    /// A card.
    Card,
}

/// Days on which applications are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// The first.
    pub from: Option<NaiveDate>,
    /// The last.
    pub to: Option<NaiveDate>,
}

/// The papers of an application (parameter `enrolment.materials`; typical ones of domain C6).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Materials {
    /// One below the other.
    pub rows: Vec<Material>,
}

/// A paper, and whom it is asked of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Material {
    /// Its name in rows.
    pub code: String,
    /// Its name for people, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
    /// Of which mode.
    pub mode: OfMode,
    /// From this age in months.
    pub from_months: u32,
    /// Below this age in months; 0: whatever age.
    pub below_months: u32,
    /// Whether it has to be there.
    pub need: Need,
    /// How many months after its issue it still counts; 0: always.
    pub valid_months: u32,
}

/// Of which mode a paper is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfMode {
    /// Of all.
    #[default]
    Any,
    /// Of full days.
    FullDay,
    /// Of half days.
    HalfDay,
    /// Of single hours.
    Hourly,
}

/// Whether a paper has to be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// It has.
    #[default]
    Must,
    /// Where there is one.
    May,
}

impl OfMode {
    const fn holds(self, mode: EnrolmentMode) -> bool {
        match self {
            Self::Any => true,
            Self::FullDay => matches!(mode, EnrolmentMode::FullDay),
            Self::HalfDay => matches!(mode, EnrolmentMode::HalfDay),
            Self::Hourly => matches!(mode, EnrolmentMode::Hourly),
        }
    }
}

impl Materials {
    /// The papers that are asked of a child of an age in months who applies for a mode, each once.
    pub fn asked(&self, mode: EnrolmentMode, age_months: u32) -> Vec<&Material> {
        let mut asked: Vec<&Material> = Vec::new();
        for row in &self.rows {
            let old_enough = row.from_months <= age_months;
            let young_enough = row.below_months == 0 || age_months < row.below_months;
            let known = asked.iter().any(|one| one.code == row.code);
            if row.mode.holds(mode) && old_enough && young_enough && !known {
                asked.push(row);
            }
        }
        asked
    }
}

impl Materials {
    /// What a paper is called; its code where the rule does not know it any more.
    pub fn name<'a>(&'a self, code: &'a str, language: Language) -> &'a str {
        let found = self.rows.iter().find(|row| row.code == code);
        found.map_or(code, |row| row.name(language))
    }
}

impl Material {
    /// What it is called.
    pub fn name(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.zh,
            Language::English => &self.en,
        }
    }

    /// Until when one that was issued on a day counts; none where it always does.
    pub fn counts_until(&self, issued_on: Option<NaiveDate>, valid_until: Option<NaiveDate>) -> Option<NaiveDate> {
        let after = issued_on
            .filter(|_| self.valid_months > 0)
            .and_then(|day| day.checked_add_months(Months::new(self.valid_months)));
        [after, valid_until].into_iter().flatten().min()
    }
}

/// What a certificate of deferral may be, and when it is to be renewed (parameter `enrolment.deferral`; PL2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deferral {
    /// How long one may run.
    pub longest_months: u32,
    /// Days before its end from which its renewal is to be done.
    pub first_days: u64,
    /// Days before its end by which it is due.
    pub second_days: u64,
    /// Who may issue one.
    pub issuers: Vec<MayIssue>,
}

/// Somebody who may issue a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MayIssue {
    /// Who.
    pub issuer: Issuer,
}

impl Deferral {
    /// The first day on which a renewal is to be done, and the day by which it is due.
    pub fn renewal(&self, until: NaiveDate) -> (NaiveDate, NaiveDate) {
        let before = |days| until.checked_sub_days(Days::new(days)).unwrap_or(until);
        (before(self.first_days), before(self.second_days))
    }
}

/// Checks of health (parameter `enrolment.health`; PL3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Days after the entry within which the vaccination card is looked at.
    pub vaccination_days: u64,
    /// Month by whose day what had to be caught up is looked at again.
    pub catch_up_month: u32,
    /// That day.
    pub catch_up_day: u32,
    /// Months of absence after which a new physical examination is asked for.
    pub absence_months: u32,
}

/// How long things take and hold (parameter `enrolment.terms`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Months for which a decision gives a place, where nobody says otherwise.
    pub approval_months: u32,
    /// Days of a trial.
    pub trial_days: u64,
    /// Days before the end of a trial by which its outcome is due.
    pub conclude_days: u64,
    /// Working days within which what was returned is completed.
    pub complete_working_days: u16,
    /// Working days within which the family has read a decision.
    pub deliver_working_days: u16,
    /// Days from the reading in which the family may object.
    pub appeal_days: u64,
}

impl Terms {
    /// The days that a decision gives a place for, from its first one on: the last is included.
    pub fn until(&self, from: NaiveDate, trial: bool) -> NaiveDate {
        let end = if trial {
            from.checked_add_days(Days::new(self.trial_days))
        } else {
            from.checked_add_months(Months::new(self.approval_months))
        };
        end.and_then(|day| day.pred_opt()).unwrap_or(from)
    }

    /// The last day on which the family may object, when it read the decision on a day.
    pub fn appeal_until(&self, read_on: NaiveDate) -> NaiveDate {
        read_on.checked_add_days(Days::new(self.appeal_days)).unwrap_or(read_on)
    }

    /// The day by which the outcome of a trial is due.
    pub fn conclude_by(&self, until: NaiveDate) -> NaiveDate {
        until.checked_sub_days(Days::new(self.conclude_days)).unwrap_or(until)
    }
}

/// Completed months of life on a day; none before the birth.
pub fn age_months(birth: NaiveDate, on: NaiveDate) -> Option<u32> {
    use chrono::Datelike as _;
    if on < birth {
        return None;
    }
    let months =
        (on.year() - birth.year()) * 12 + i32::try_from(on.month()).ok()? - i32::try_from(birth.month()).ok()?;
    let whole = u32::try_from(months).ok()?;
    // The month is complete on its day; where there is none, on the first of the next.
    let complete = on.day() >= birth.day();
    Some(if complete { whole } else { whole.saturating_sub(1) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn months_of_life_are_complete_on_their_day() {
        for (birth, on, months) in [
            ("2020-02-29", "2026-02-28", Some(71)),
            ("2020-02-29", "2026-03-01", Some(72)),
            ("2020-10-31", "2020-11-30", Some(0)),
            ("2020-10-31", "2020-12-01", Some(1)),
            ("2020-10-31", "2020-10-31", Some(0)),
            ("2020-10-31", "2020-10-30", None),
        ] {
            assert_eq!(age_months(day(birth), day(on)), months, "{birth} {on}");
        }
    }

    #[test]
    fn papers_are_asked_by_mode_and_age() {
        let row = |code: &str, mode, from_months, below_months| Material {
            code: code.to_owned(),
            mode,
            from_months,
            below_months,
            ..Material::default()
        };
        let rule = Materials {
            rows: vec![
                row("form", OfMode::Any, 0, 0),
                row("vaccination", OfMode::FullDay, 0, 0),
                row("vaccination", OfMode::HalfDay, 0, 0),
                row("deferral", OfMode::Any, 84, 0),
                row("toddler", OfMode::Any, 0, 36),
            ],
        };
        let codes = |mode, months| {
            let asked = rule.asked(mode, months);
            asked.iter().map(|row| row.code.clone()).collect::<Vec<_>>()
        };
        assert_eq!(codes(EnrolmentMode::Hourly, 35), ["form", "toddler"]);
        assert_eq!(codes(EnrolmentMode::Hourly, 36), ["form"]);
        assert_eq!(codes(EnrolmentMode::FullDay, 83), ["form", "vaccination"]);
        assert_eq!(codes(EnrolmentMode::HalfDay, 84), ["form", "vaccination", "deferral"]);
    }

    #[test]
    fn a_paper_counts_until_it_is_too_old_or_its_own_end() {
        let exam = Material {
            valid_months: 3,
            ..Material::default()
        };
        let issued = Some(day("2026-11-30"));
        assert_eq!(exam.counts_until(issued, None), Some(day("2027-02-28")));
        assert_eq!(
            exam.counts_until(issued, Some(day("2027-01-01"))),
            Some(day("2027-01-01"))
        );
        assert_eq!(Material::default().counts_until(issued, None), None);
    }

    #[test]
    fn terms_are_counted_from_day_to_day() {
        let terms = Terms {
            approval_months: 12,
            trial_days: 30,
            conclude_days: 5,
            appeal_days: 60,
            ..Terms::default()
        };
        let from = day("2026-12-01");
        assert_eq!(terms.until(from, false), day("2027-11-30"));
        assert_eq!(terms.until(from, true), day("2026-12-30"));
        assert_eq!(terms.conclude_by(day("2026-12-30")), day("2026-12-25"));
        assert_eq!(terms.appeal_until(from), day("2027-01-30"));
        let deferral = Deferral {
            first_days: 60,
            second_days: 20,
            ..Deferral::default()
        };
        assert_eq!(
            deferral.renewal(day("2027-06-30")),
            (day("2027-05-01"), day("2027-06-10"))
        );
    }
}
