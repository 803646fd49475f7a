//! Which papers an application lacks. Pure.

use chrono::NaiveDate;
use entities::{
    enrolment::application_material,
    words::{Issuer, MaterialState},
};

use crate::{
    enrolment::rules::{DEFERRAL, Deferral, Material, Need},
    platform::Say,
};

/// A paper as it is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// As the rule calls it.
    pub code: String,
    /// Whether it is there.
    pub state: MaterialState,
    /// Who issued it.
    pub issuer: Option<Issuer>,
    /// When it was issued.
    pub issued_on: Option<NaiveDate>,
    /// From when it holds.
    pub valid_from: Option<NaiveDate>,
    /// Until when.
    pub valid_until: Option<NaiveDate>,
    /// Why it is not needed.
    pub reason: Option<String>,
}

impl From<&application_material::Model> for Paper {
    fn from(row: &application_material::Model) -> Self {
        Self {
            code: row.code.clone(),
            state: row.state,
            issuer: row.issuer,
            issued_on: row.issued_on,
            valid_from: row.valid_from,
            valid_until: row.valid_until,
            reason: row.reason.clone(),
        }
    }
}

/// A paper that an application lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// Which.
    pub code: String,
    /// The part of its form that says so.
    pub part: &'static str,
    /// Why.
    pub say: Say,
}

/// What an application lacks on a day, of the papers that are asked of it.
pub fn lacking(asked: &[&Material], papers: &[Paper], deferral: &Deferral, on: NaiveDate) -> Vec<Lack> {
    asked.iter().filter_map(|row| lack(row, papers, deferral, on)).collect()
}

fn lack(row: &Material, papers: &[Paper], deferral: &Deferral, on: NaiveDate) -> Option<Lack> {
    let lack = |part, say: Say| {
        Some(Lack {
            code: row.code.clone(),
            part,
            say,
        })
    };
    let paper = papers.iter().rfind(|paper| paper.code == row.code);
    let Some(paper) = paper.filter(|paper| paper.state != MaterialState::Missing) else {
        return match row.need {
            Need::Must => lack("state", "material.lacks".into()),
            Need::May => None,
        };
    };
    if paper.state == MaterialState::NotNeeded {
        return None;
    }
    if row.valid_months > 0 && paper.issued_on.is_none() {
        return lack("issued_on", "material.lacks.issued_on".into());
    }
    if row.code == DEFERRAL {
        return deferral_lack(paper, deferral).and_then(|(part, say)| lack(part, say));
    }
    match row.counts_until(paper.issued_on, paper.valid_until) {
        Some(until) if until < on => lack("issued_on", Say::new("material.lacks.too_old").with("until", until)),
        Some(_) | None => None,
    }
}

/// A certificate of deferral says from when to when it holds and who issued it; whether that is enough is a test of the person.
fn deferral_lack(paper: &Paper, deferral: &Deferral) -> Option<(&'static str, Say)> {
    let Some((from, until)) = paper.valid_from.or(paper.issued_on).zip(paper.valid_until) else {
        return Some(("valid_until", "material.lacks.days".into()));
    };
    if until < from {
        return Some(("valid_until", "material.lacks.order".into()));
    }
    if paper.issuer.is_none() {
        return Some(("issuer", "form.required".into()));
    }
    let longest = from.checked_add_months(chrono::Months::new(deferral.longest_months));
    longest.is_some_and(|end| until >= end).then(|| {
        let say = Say::new("material.lacks.too_long").with("months", deferral.longest_months);
        ("valid_until", say)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn paper(code: &str, state: MaterialState) -> Paper {
        Paper {
            code: code.to_owned(),
            state,
            issuer: None,
            issued_on: None,
            valid_from: None,
            valid_until: None,
            reason: None,
        }
    }

    fn row(code: &str, need: Need, valid_months: u32) -> Material {
        Material {
            code: code.to_owned(),
            need,
            valid_months,
            ..Material::default()
        }
    }

    #[test]
    fn what_is_not_there_too_old_or_unfinished_is_lacking() {
        let rows = [
            row("form", Need::Must, 0),
            row("card", Need::May, 0),
            row("exam", Need::Must, 3),
            row(DEFERRAL, Need::Must, 0),
            row("photo", Need::Must, 0),
        ];
        let asked: Vec<&Material> = rows.iter().collect();
        let rule = Deferral {
            longest_months: 12,
            ..Deferral::default()
        };
        let lacks = |papers: &[Paper]| {
            let found = lacking(&asked, papers, &rule, day("2026-11-02"));
            found.into_iter().map(|lack| (lack.code, lack.part)).collect::<Vec<_>>()
        };
        let codes = |lacks: Vec<(String, &'static str)>| lacks.into_iter().map(|(code, _)| code).collect::<Vec<_>>();
        assert_eq!(codes(lacks(&[])), ["form", "exam", DEFERRAL, "photo"]);
        let received = MaterialState::Received;
        let mut papers = vec![
            paper("form", received),
            Paper {
                issued_on: Some(day("2026-08-02")),
                ..paper("exam", received)
            },
            Paper {
                issuer: Some(Issuer::EducationBureau),
                valid_from: Some(day("2026-09-01")),
                valid_until: Some(day("2027-08-31")),
                ..paper(DEFERRAL, received)
            },
            paper("photo", MaterialState::NotNeeded),
        ];
        assert_eq!(lacks(&papers), [], "the examination counts on its last day");
        papers[1].issued_on = Some(day("2026-08-01"));
        papers[2].valid_until = Some(day("2027-09-01"));
        let found = lacks(&papers);
        assert_eq!(
            found,
            [("exam".to_owned(), "issued_on"), (DEFERRAL.to_owned(), "valid_until")]
        );
        papers[1].issued_on = None;
        papers[2].issuer = None;
        papers[2].valid_until = Some(day("2027-08-31"));
        let found = lacks(&papers);
        assert_eq!(
            found,
            [("exam".to_owned(), "issued_on"), (DEFERRAL.to_owned(), "issuer")]
        );
    }
}
