//! A new version of a rule, typed field by field.

use chrono::NaiveDate;
use entities::age::{Age, PretermRule};
use serde::Deserialize;
use validator::Validate;

use super::value::{Rule, RuleValue};
use crate::{
    children::{
        check_ages::{CheckAge, CheckAgeRules, CheckAgeRulesError, Tolerance},
        opening::OpeningDay,
    },
    platform::{Check, Errors, Say},
    referral::{
        Deadlines,
        escalation::{Ladder, Rank, Rung},
    },
};

/// Rungs that the page offers.
const RUNGS: usize = 4;

/// All fields of all rules; a page sends those of one.
#[derive(Clone, Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct RuleForm {
    /// First day.
    pub valid_from: String,
    /// Norm or decision.
    #[validate(length(max = 200, message = "rule.too_long"))]
    pub source: String,

    /// Calendar days.
    pub rescreen_days: String,
    /// Calendar days.
    pub diagnosis_days: String,
    /// Working days.
    pub answer_working_days: String,
    /// Working days.
    pub rehab_contact_working_days: String,
    /// Months.
    pub recheck_months: String,
    /// Attempts.
    pub contact_attempts: String,

    /// Working days, rung by rung; an empty one is no rung.
    pub after: Vec<String>,
    /// Who is told, rung by rung.
    pub to: Vec<String>,

    /// First day of work; empty: none.
    pub opens_on: String,

    /// Name of the edition.
    #[validate(length(max = 40, message = "rule.too_long"))]
    pub edition: String,
    /// Weeks.
    pub preterm_below_weeks: String,
    /// Weeks.
    pub term_weeks: String,
    /// Months.
    pub until_months: String,
    /// Months.
    pub ends_at_months: String,
    /// Check ages in months, row by row; an empty row is no check.
    pub months: Vec<String>,
    /// Months at which the window opens.
    pub opens_months: Vec<String>,
    /// Days beyond.
    pub opens_days: Vec<String>,
    /// Months around the due age that are on time.
    pub on_time_months: Vec<String>,
    /// Days beyond.
    pub on_time_days: Vec<String>,
}

/// A new version.
#[derive(Clone, Debug, PartialEq)]
pub struct NewVersion {
    /// First day.
    pub valid_from: NaiveDate,
    /// Norm or decision.
    pub source: String,
    /// What it says.
    pub value: RuleValue,
}

impl RuleForm {
    /// Filled with what is in force.
    pub fn of(value: &RuleValue) -> Self {
        let mut form = Self::default();
        match value {
            RuleValue::Deadlines(days) => {
                form.rescreen_days = days.rescreen_days.to_string();
                form.diagnosis_days = days.diagnosis_days.to_string();
                form.answer_working_days = days.answer_working_days.to_string();
                form.rehab_contact_working_days = days.rehab_contact_working_days.to_string();
                form.recheck_months = days.recheck_months.to_string();
                form.contact_attempts = days.contact_attempts.to_string();
            }
            RuleValue::Escalation(ladder) => {
                for rung in &ladder.rungs {
                    form.after.push(rung.after_working_days.to_string());
                    form.to.push(rung.to.as_str().to_owned());
                }
                form.after.resize(RUNGS.max(form.after.len()), String::new());
                form.to.resize(form.after.len(), String::new());
            }
            RuleValue::OpeningDay(day) => {
                form.opens_on = day.opens_on.map(|day| day.to_string()).unwrap_or_default();
            }
            RuleValue::CheckAges(rules) => {
                form.edition.clone_from(&rules.version);
                form.preterm_below_weeks = rules.preterm.preterm_below_weeks.to_string();
                form.term_weeks = rules.preterm.term_weeks.to_string();
                form.until_months = rules.preterm.until_months.to_string();
                form.ends_at_months = rules.ends_at_months.to_string();
                for age in &rules.ages {
                    form.months.push(age.months.to_string());
                    form.opens_months.push(age.opens.months.to_string());
                    form.opens_days.push(age.opens.days.to_string());
                    form.on_time_months.push(age.on_time.months.to_string());
                    form.on_time_days.push(age.on_time.days.to_string());
                }
                for column in form.age_columns() {
                    column.push(String::new());
                }
            }
        }
        form
    }

    fn age_columns(&mut self) -> [&mut Vec<String>; 5] {
        [
            &mut self.months,
            &mut self.opens_months,
            &mut self.opens_days,
            &mut self.on_time_months,
            &mut self.on_time_days,
        ]
    }

    /// The new version of a rule, or all that is wrong with it.
    pub fn input(&self, rule: Rule) -> Result<NewVersion, Errors> {
        let mut reader = Reader(Check::of(self));
        let valid_from = reader.0.date("valid_from", &self.valid_from);
        let source = reader.0.text("source", &self.source);
        let value = match rule {
            Rule::Deadlines => self.deadlines(&mut reader).map(RuleValue::Deadlines),
            Rule::Escalation => Some(RuleValue::Escalation(self.ladder(&mut reader))),
            Rule::OpeningDay => {
                let opens_on = reader.0.optional_date("opens_on", &self.opens_on);
                Some(RuleValue::OpeningDay(OpeningDay { opens_on }))
            }
            Rule::CheckAges => {
                let text = source.clone().unwrap_or_default();
                match self.check_ages(reader, text) {
                    Ok((clean, rules)) => {
                        reader = clean;
                        rules.map(RuleValue::CheckAges)
                    }
                    Err(errors) => return Err(errors),
                }
            }
        };
        let input = valid_from
            .zip(source)
            .zip(value)
            .map(|((valid_from, source), value)| NewVersion {
                valid_from,
                source,
                value,
            });
        reader.0.done(input)
    }

    fn deadlines(&self, reader: &mut Reader) -> Option<Deadlines> {
        let rescreen = reader.number("rescreen_days", &self.rescreen_days, 1, 365);
        let diagnosis = reader.number("diagnosis_days", &self.diagnosis_days, 1, 365);
        let answer = reader.number("answer_working_days", &self.answer_working_days, 1, 60);
        let contact = reader.number("rehab_contact_working_days", &self.rehab_contact_working_days, 1, 60);
        let recheck = reader.number("recheck_months", &self.recheck_months, 1, 24);
        let attempts = reader.number("contact_attempts", &self.contact_attempts, 1, 10);
        Some(Deadlines {
            rescreen_days: u16::try_from(rescreen?).ok()?,
            diagnosis_days: u16::try_from(diagnosis?).ok()?,
            answer_working_days: u16::try_from(answer?).ok()?,
            rehab_contact_working_days: u16::try_from(contact?).ok()?,
            recheck_months: recheck?,
            contact_attempts: attempts?,
        })
    }

    fn ladder(&self, reader: &mut Reader) -> Ladder {
        let mut rungs: Vec<Rung> = Vec::new();
        for (after, to) in self.after.iter().zip(&self.to) {
            if after.trim().is_empty() && to.is_empty() {
                continue;
            }
            let days = reader.number("after", after, 0, 120);
            let told = Rank::ALL.into_iter().find(|told| told.as_str() == to);
            if told.is_none() {
                reader.0.wrong("to", "form.choice");
            }
            let (Some(after_working_days), Some(to)) = (days, told) else {
                continue;
            };
            if rungs
                .last()
                .is_some_and(|last| last.after_working_days >= after_working_days)
            {
                reader.0.wrong("after", "rule.escalation.order");
            }
            rungs.push(Rung { after_working_days, to });
        }
        if rungs.is_empty() && reader.0.is_clean() {
            reader.0.wrong("after", "rule.escalation.empty");
        }
        Ladder { rungs }
    }

    /// The check ages with the reader they were read by; where a row is wrong, the errors by row.
    fn check_ages(&self, mut reader: Reader, source: String) -> Result<(Reader, Option<CheckAgeRules>), Errors> {
        let edition = reader.0.text("edition", &self.edition);
        let below = reader.number("preterm_below_weeks", &self.preterm_below_weeks, 28, 40);
        let term = reader.number("term_weeks", &self.term_weeks, 37, 45);
        let until = reader.number("until_months", &self.until_months, 0, 60);
        let ends = reader.number("ends_at_months", &self.ends_at_months, 12, 216);
        let mut rows = Errors::default();
        let ages: Vec<CheckAge> = (0..self.months.len())
            .filter_map(|row| self.age_row(row, &mut rows))
            .collect();
        if !rows.is_empty() {
            // What is wrong above the table is told together with the rows.
            if let Err(above) = reader.0.done(None::<()>) {
                for (field, say) in above.all() {
                    if say.key() != "form.unreadable" || !field.is_empty() {
                        rows.add(field, say.clone());
                    }
                }
            }
            return Err(rows);
        }
        let numbers = below
            .and_then(|n| u8::try_from(n).ok())
            .zip(term.and_then(|n| u8::try_from(n).ok()))
            .zip(until.zip(ends));
        let rules = edition
            .zip(numbers)
            .map(|(version, ((below, term), (until, ends)))| CheckAgeRules {
                version,
                source,
                preterm: PretermRule {
                    preterm_below_weeks: below,
                    term_weeks: term,
                    until_months: until,
                },
                ends_at_months: ends,
                ages,
            });
        if let Some(Err(error)) = rules.as_ref().map(CheckAgeRules::check) {
            reader.0.wrong("months", told(&error));
        }
        Ok((reader, rules))
    }

    /// One row of the table; nothing when it is empty. Errors go to the field of the row.
    fn age_row(&self, row: usize, errors: &mut Errors) -> Option<CheckAge> {
        let cell = |column: &[String]| column.get(row).map(|text| text.trim().to_owned()).unwrap_or_default();
        let cells = [
            ("months", cell(&self.months), 1, 215),
            ("opens_months", cell(&self.opens_months), 0, 215),
            ("opens_days", cell(&self.opens_days), 0, 27),
            ("on_time_months", cell(&self.on_time_months), 0, 24),
            ("on_time_days", cell(&self.on_time_days), 0, 27),
        ];
        if cells.iter().all(|(_, text, _, _)| text.is_empty()) {
            return None;
        }
        let mut numbers = cells.into_iter().map(|(name, text, least, most)| {
            let number = text.parse::<u8>().ok().filter(|n| (least..=most).contains(n));
            if number.is_none() {
                let say = Say::new("rule.range").with("min", least).with("max", most);
                errors.add(format!("{name}-{row}"), say);
            }
            number
        });
        let mut next = || numbers.next().flatten();
        let (months, opens_months, opens_days, tolerance, days) = (next(), next(), next(), next(), next());
        Some(CheckAge {
            months: months?,
            opens: Age {
                months: opens_months?.into(),
                days: opens_days?.into(),
            },
            on_time: Tolerance {
                months: tolerance?,
                days: days?,
            },
        })
    }
}

/// The error of the ages with the check it is about.
fn told(error: &CheckAgeRulesError) -> Say {
    match error {
        CheckAgeRulesError::Window(months) => Say::new("rule.check_ages.window").with("months", months),
        CheckAgeRulesError::Format(_)
        | CheckAgeRulesError::Empty
        | CheckAgeRulesError::Days(_)
        | CheckAgeRulesError::End
        | CheckAgeRulesError::Term => Say::new(error.key()),
    }
}

struct Reader(Check);

impl Reader {
    /// A whole number within bounds.
    fn number(&mut self, field: &'static str, text: &str, least: u32, most: u32) -> Option<u32> {
        let number = self.0.parse::<u32>(field, text)?;
        if (least..=most).contains(&number) {
            return Some(number);
        }
        self.0
            .wrong(field, Say::new("rule.range").with("min", least).with("max", most));
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(errors: &Errors) -> Vec<(String, String)> {
        let all = errors.all().into_iter();
        all.map(|(field, say)| (field.to_owned(), say.key().to_owned()))
            .collect()
    }

    fn filled(value: &RuleValue) -> RuleForm {
        RuleForm {
            valid_from: "2027-01-01".to_owned(),
            source: "区残联〔2026〕1号".to_owned(),
            ..RuleForm::of(value)
        }
    }

    #[test]
    fn a_form_says_what_it_was_filled_with() {
        let rules = CheckAgeRules {
            source: "区残联〔2026〕1号".to_owned(),
            ..CheckAgeRules::default()
        };
        let value = RuleValue::CheckAges(rules);
        assert_eq!(filled(&value).input(Rule::CheckAges).unwrap().value, value);
        let ladder = RuleValue::Escalation(Ladder {
            rungs: vec![Rung {
                after_working_days: 0,
                to: Rank::Federation,
            }],
        });
        assert_eq!(filled(&ladder).input(Rule::Escalation).unwrap().value, ladder);
    }

    #[test]
    fn a_wrong_row_is_told_by_its_field_together_with_the_rest() {
        let mut form = filled(&RuleValue::CheckAges(CheckAgeRules::default()));
        form.opens_days[3] = "31".to_owned();
        form.source = String::new();
        let errors = form.input(Rule::CheckAges).unwrap_err();
        assert_eq!(
            keys(&errors),
            [
                ("opens_days-3".to_owned(), "rule.range".to_owned()),
                ("source".to_owned(), "form.required".to_owned()),
            ]
        );
    }

    #[test]
    fn windows_in_disorder_name_the_check() {
        let mut form = filled(&RuleValue::CheckAges(CheckAgeRules::default()));
        form.opens_months[4] = "19".to_owned();
        let errors = form.input(Rule::CheckAges).unwrap_err();
        assert_eq!(
            errors.get("months")[0],
            Say::new("rule.check_ages.window").with("months", 18)
        );
    }

    #[test]
    fn a_ladder_rises() {
        let form = |after: [&str; 2], to: [&str; 2]| RuleForm {
            valid_from: "2027-01-01".to_owned(),
            source: "x".to_owned(),
            after: after.map(str::to_owned).to_vec(),
            to: to.map(str::to_owned).to_vec(),
            ..RuleForm::default()
        };
        let both = ["receiver_supervisor", "federation"];
        assert!(form(["0", "3"], both).input(Rule::Escalation).is_ok());
        for (after, to, key) in [
            (["3", "3"], both, "rule.escalation.order"),
            (["", ""], ["", ""], "rule.escalation.empty"),
            (["0", "x"], both, "form.unreadable"),
            (["0", "3"], ["federation", "mayor"], "form.choice"),
        ] {
            let errors = form(after, to).input(Rule::Escalation).unwrap_err();
            assert!(keys(&errors).iter().any(|(_, k)| k == key), "{key}: {errors:?}");
        }
    }
}
