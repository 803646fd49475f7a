//! The tests of a statement, in their order, and the terms that it is paid on when all hold.

use super::{Line, Run};
use crate::{
    error::Error,
    facts::{Code, Person, Statement},
    money::{Bp, Fen},
    person::{self, When},
    reason::Reason,
    rules::{AttendanceKind, Band, Grant},
};

/// What a statement is paid on.
pub(super) struct Terms<'a> {
    pub(super) grant: &'a Grant,
    pub(super) share: Bp,
    /// The step of attendance, where there are steps.
    pub(super) step: Option<Bp>,
    pub(super) year_cap: Option<Fen>,
    pub(super) months_allowed: Option<u32>,
    pub(super) lifetime: Option<u32>,
    pub(super) category: Option<Code>,
}

impl<'a> Run<'a> {
    /// The terms, or the first test that fails. What is known by then of age, band, mode and fund goes into the line.
    pub(super) fn terms(&mut self, statement: &Statement, line: &mut Line) -> Result<Result<Terms<'a>, Reason>, Error> {
        let (params, case) = (self.params, self.case);
        let person = case.child.at(statement.month);
        if let Some(reason) = person::approval(case.approvals.as_deref(), statement.month).refusal() {
            return Ok(Err(reason.clone()));
        }
        if statement.out_of_area && !statement.consent && !params.elsewhere_without_consent {
            return Ok(Err(Reason::Consent));
        }
        if !statement.out_of_area && !statement.designated {
            return Ok(Err(Reason::Place));
        }
        let when = When::month(params, person, statement.month)?;
        let judgement = person::judge(params, person, when);
        line.age = judgement.age;
        line.band = judgement.band.map(|band| band.id.clone());
        line.fund = judgement.band.and_then(|band| band.fund.clone());
        line.overridden = judgement.overridden().collect();
        if let Some(reason) = judgement.refusal() {
            return Ok(Err(reason.clone()));
        }
        if let Some(reason) = self.other_category(person, line) {
            return Ok(Err(reason));
        }
        match self.mode(statement, person) {
            Ok(mode) => line.mode = mode,
            Err(reason) => return Ok(Err(reason)),
        }
        let Some(grant) = self.row(statement, person, judgement.band, line.mode.as_ref()) else {
            return Ok(Err(no_rate(statement, person, line)));
        };
        line.fund = grant.fund.clone().or(line.fund.take());
        let step = match self.attended(statement) {
            Ok(step) => step,
            Err(reason) => return Ok(Err(reason)),
        };
        let terms = Terms {
            grant,
            share: params.share(grant),
            step,
            year_cap: grant.year(judgement.age.or_else(|| age_without_bands(person, when))),
            months_allowed: grant.months_per_year.or(params.months_per_year),
            lifetime: grant.lifetime_months.or(params.lifetime_months),
            category: person.category.clone(),
        };
        Ok(match self.used_up(statement, &terms, line) {
            Some(reason) => Err(reason),
            None => Ok(terms),
        })
    }

    /// One category a year (MA, *not twice*).
    fn other_category(&mut self, person: &Person, line: &Line) -> Option<Reason> {
        let category = person.category.as_ref().filter(|_| self.params.one_category_per_year)?;
        let used = &self.used.year(line.year).categories;
        (!used.is_empty() && !used.contains(category)).then(|| Reason::Category {
            used: used.iter().cloned().collect(),
            category: category.clone(),
            year: line.year,
        })
    }

    /// The mode: of the timetable's minutes where there is a rule, else as it is named.
    fn mode(&self, statement: &Statement, person: &Person) -> Result<Option<Code>, Reason> {
        let rules = &self.params.mode_rule;
        if rules.is_empty() {
            return Ok(statement.mode.clone().or_else(|| person.mode.clone()));
        }
        match rules.iter().find(|rule| rule.reached(&statement.intensity)) {
            Some(rule) => Ok(Some(rule.mode.clone())),
            None => Err(Reason::Intensity {
                modes: rules
                    .iter()
                    .map(|rule| (rule.mode.clone(), rule.nearest(&statement.intensity)))
                    .collect(),
            }),
        }
    }

    /// The first row that fits.
    fn row(
        &self,
        statement: &Statement,
        person: &Person,
        band: Option<&Band>,
        mode: Option<&Code>,
    ) -> Option<&'a Grant> {
        let params = self.params;
        params.grants.iter().find(|grant| {
            let when = &grant.when;
            let fits = |asked: &Option<crate::facts::Codes>, is: Option<&Code>| {
                asked.as_ref().is_none_or(|asked| asked.hold(is))
            };
            fits(&when.band, band.map(|band| &band.id))
                && fits(&when.mode, mode)
                && fits(&when.category, person.category.as_ref())
                && fits(&when.grade, person.grade.as_ref())
                && fits(&when.owner, statement.owner.as_ref())
                && when.economy.as_ref().is_none_or(|asked| asked.meet(&person.economy))
        })
    }

    /// The step of attendance, or why it is too little.
    fn attended(&self, statement: &Statement) -> Result<Option<Bp>, Reason> {
        let days = statement.days.unwrap_or_default();
        let rule = &self.params.attendance;
        match rule.kind {
            AttendanceKind::None => Ok(None),
            AttendanceKind::Prorata => {
                let plan = statement.plan_days.unwrap_or_default();
                if days > 0 && plan > 0 {
                    return Ok(None);
                }
                Err(Reason::Attendance {
                    days,
                    plan: Some(plan),
                    needed: 1,
                })
            }
            AttendanceKind::Tiers => match rule.step(days) {
                Some(step) if step.bp > Bp::NONE => Ok(Some(step.bp)),
                Some(_) | None => Err(Reason::Attendance {
                    days,
                    plan: None,
                    needed: rule.next_step(days).map_or(0, |step| step.min_days),
                }),
            },
        }
    }

    /// Months of the year, months of a life, and whether there is anything to pay.
    fn used_up(&mut self, statement: &Statement, terms: &Terms<'_>, line: &Line) -> Option<Reason> {
        let year = self.used.year(line.year);
        if let Some((used, allowed)) = year.months.full_for(statement.month, terms.months_allowed) {
            let year = line.year;
            return Some(Reason::Months { used, allowed, year });
        }
        if let Some((used, allowed)) = self.used.life.full_for(statement.month, terms.lifetime) {
            return Some(Reason::Lifetime { used, allowed });
        }
        (line.self_paid == Fen::ZERO).then(|| Reason::Nothing {
            gross: statement.gross_fen,
            insurance: statement.insurance_fen,
            others: statement.other_fen.plus(statement.discount_fen).unwrap_or(Fen::LARGEST),
        })
    }
}

/// A yearly amount may fall with age where no bands ask for it.
fn age_without_bands(person: &Person, when: When) -> Option<u32> {
    crate::calendar::Count::default().age(person.birth, when.age_day)
}

/// What no row fits.
fn no_rate(statement: &Statement, person: &Person, line: &Line) -> Reason {
    let single = [
        ("band", line.band.clone()),
        ("category", person.category.clone()),
        ("grade", person.grade.clone()),
        ("mode", line.mode.clone()),
        ("owner", statement.owner.clone()),
    ];
    let mut facts: Vec<(&'static str, Code)> = single
        .into_iter()
        .filter_map(|(kind, code)| code.map(|code| (kind, code)))
        .collect();
    facts.extend(person.economy.0.iter().map(|code| ("economy", code.clone())));
    Reason::NoRate { facts }
}
