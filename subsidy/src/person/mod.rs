//! The tests of the person: age, certificate, residence, proof, economy. Enrolment asks them about a day, settlement about a
//! month; both get the same [`Verdict`], with the figures and what would change it.

mod leaving;
mod windows;

use chrono::NaiveDate;

pub use leaving::{Leaving, certificate_until, leaving};
pub use windows::{approval, window};

use crate::{
    calendar::{Days, Month},
    error::Error,
    facts::{Code, Override, Paper, Person},
    reason::{PaperFault, Reason},
    rules::{AgeRule, Band, CertificateRule, Params, Way},
};

/// What is asked about a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Test {
    /// The age on the day that counts.
    Age,
    /// A paper that this age needs.
    Certificate,
    /// Whether it belongs to the place.
    Residence,
    /// A proof of the disability.
    Proof,
    /// The situation of the family.
    Economy,
}

impl Test {
    /// All, in the order in which they are asked (vectors, *settle*).
    pub const ALL: [Self; 5] = [
        Self::Age,
        Self::Certificate,
        Self::Residence,
        Self::Proof,
        Self::Economy,
    ];

    /// The word that files know it by; the refusal has the same.
    pub fn code(self) -> &'static str {
        match self {
            Self::Age => "age",
            Self::Certificate => "certificate",
            Self::Residence => "residence",
            Self::Proof => "proof",
            Self::Economy => "economy",
        }
    }
}

/// What a test came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It holds, or nothing is asked.
    Met,
    /// It does not hold.
    Unmet(Reason),
    /// It does not hold, and somebody answers for that.
    Overridden {
        /// What does not hold.
        unmet: Reason,
        /// Why it is let pass.
        because: String,
    },
}

impl Verdict {
    /// Why not, unless it holds or somebody answers for it.
    pub fn refusal(&self) -> Option<&Reason> {
        match self {
            Self::Unmet(reason) => Some(reason),
            Self::Met | Self::Overridden { .. } => None,
        }
    }

    /// The same where somebody answers for what does not hold.
    #[must_use]
    pub fn answered_for(self, because: &str) -> Self {
        match self {
            Self::Unmet(unmet) => Self::Overridden {
                unmet,
                because: because.to_owned(),
            },
            met @ (Self::Met | Self::Overridden { .. }) => met,
        }
    }
}

/// When something is asked: the day that counts for the age, and the days in which papers must be valid (on one of them).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    /// For the age.
    pub age_day: NaiveDate,
    /// The first day of what is asked about.
    pub from: NaiveDate,
    /// The last.
    pub to: NaiveDate,
}

impl When {
    /// On a day, and the age on that very day.
    pub fn day(day: NaiveDate) -> Self {
        Self {
            age_day: day,
            from: day,
            to: day,
        }
    }

    /// On a day, with the age on the rule's own day for it.
    pub fn by_rule(params: &Params, person: &Person, day: NaiveDate) -> Result<Self, Error> {
        Ok(Self {
            from: day,
            to: day,
            ..Self::month(params, person, Month::of(day))?
        })
    }

    /// In a month, with the age on the rule's own day for it.
    pub fn month(params: &Params, person: &Person, month: Month) -> Result<Self, Error> {
        let age_day = match &params.age {
            None => month.first(),
            Some(rule) => rule
                .day(month, params.year_start, person.applied_on)
                .ok_or_else(|| Error::new("no_application", &[]).at("child"))?,
        };
        Ok(Self {
            age_day,
            from: month.first(),
            to: month.last(),
        })
    }
}

/// What all tests came to, in their order; those that depend on a band are not asked where there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement<'a> {
    /// The age on the day that counts; nothing before the birth.
    pub age: Option<u32>,
    /// The band of that age, or the one that somebody answers for.
    pub band: Option<&'a Band>,
    /// What each test came to.
    pub verdicts: Vec<(Test, Verdict)>,
}

impl Judgement<'_> {
    /// The first that fails.
    pub fn refusal(&self) -> Option<&Reason> {
        self.verdicts.iter().find_map(|(_, verdict)| verdict.refusal())
    }

    /// Those that somebody answers for.
    pub fn overridden(&self) -> impl Iterator<Item = Test> {
        let passed = |verdict: &Verdict| matches!(verdict, Verdict::Overridden { .. });
        self.verdicts
            .iter()
            .filter(move |(_, verdict)| passed(verdict))
            .map(|(test, _)| *test)
    }
}

/// All tests of the person.
pub fn judge<'a>(params: &'a Params, person: &Person, when: When) -> Judgement<'a> {
    let Some(rule) = &params.age else {
        return Judgement {
            age: None,
            band: None,
            verdicts: Vec::new(),
        };
    };
    let own = age_of(rule, person, when);
    let verdict = age(rule, person, when);
    let band = own.and_then(|age| rule.band(age)).or_else(|| match &verdict {
        Verdict::Overridden { .. } => band_answered_for(rule, person, when, own),
        Verdict::Met | Verdict::Unmet(_) => None,
    });
    let mut verdicts = vec![(Test::Age, verdict)];
    if let Some(band) = band {
        let age = own.unwrap_or_default();
        verdicts.extend([
            (Test::Certificate, certificate(band, age, person, when)),
            (Test::Residence, residence(&band.residence, person, when)),
            (Test::Proof, proof(band, person, when)),
            (Test::Economy, economy(band, person, when)),
        ]);
    }
    Judgement {
        age: own,
        band,
        verdicts,
    }
}

fn age_of(rule: &AgeRule, person: &Person, when: When) -> Option<u32> {
    rule.count().age(person.birth, when.age_day)
}

/// Whether the age lies in one of the bands.
pub fn age(rule: &AgeRule, person: &Person, when: When) -> Verdict {
    let age = age_of(rule, person, when);
    if age.is_some_and(|age| rule.band(age).is_some()) {
        return Verdict::Met;
    }
    let count = rule.count();
    let years = age.unwrap_or_default();
    let next = rule
        .bands
        .iter()
        .map(|band| band.from)
        .filter(|from| *from > years)
        .min();
    let unborn = age
        .is_none()
        .then(|| rule.bands.iter().map(|band| band.from).min())
        .flatten();
    let passed = rule
        .bands
        .iter()
        .map(|band| band.below)
        .filter(|below| *below <= years)
        .max();
    let unmet = Reason::Age {
        birth: person.birth,
        day: when.age_day,
        age,
        count,
        limits: rule.bands.iter().map(|band| (band.from, band.below)).collect(),
        fits_on: unborn.or(next).and_then(|from| count.turns_on(person.birth, from)),
        left_on: passed
            .filter(|_| age.is_some())
            .and_then(|below| count.turns_on(person.birth, below)),
    };
    answered(Test::Age, unmet, person, when)
}

/// The band that an override names, else the nearest.
fn band_answered_for<'a>(rule: &'a AgeRule, person: &Person, when: When, age: Option<u32>) -> Option<&'a Band> {
    let named = override_of(Test::Age, person, when).and_then(|over| over.band.as_ref());
    named.and_then(|id| rule.named(id)).or_else(|| {
        let years = age.unwrap_or_default();
        rule.bands.iter().min_by_key(|band| {
            let last = band.below.saturating_sub(1);
            if years < band.from {
                band.from - years
            } else {
                years.saturating_sub(last)
            }
        })
    })
}

/// Whether the paper is there that this age needs.
pub fn certificate(band: &Band, age: u32, person: &Person, when: When) -> Verdict {
    if band.certificate.is_empty() {
        return Verdict::Met;
    }
    let faults: Vec<Option<PaperFault>> = band
        .certificate
        .iter()
        .map(|rule| paper_fault(rule, &person.certificates, when))
        .collect();
    if faults.iter().any(Option::is_none) {
        return Verdict::Met;
    }
    // A paper that is wrong tells more than one that is not there.
    let told = faults
        .into_iter()
        .flatten()
        .max_by_key(|fault| *fault != PaperFault::Missing);
    let unmet = Reason::Certificate {
        age,
        needed: band.certificate.iter().map(|rule| rule.kind.clone()).collect(),
        fault: told.unwrap_or(PaperFault::Missing),
    };
    answered(Test::Certificate, unmet, person, when)
}

/// What is wrong with the best paper of a kind; nothing where one will do.
fn paper_fault(rule: &CertificateRule, papers: &[Paper], when: When) -> Option<PaperFault> {
    let mut told = Some(PaperFault::Missing);
    for paper in papers.iter().filter(|paper| paper.kind == rule.kind) {
        let fault = if !paper.valid.meet(when.from, when.to) {
            Some(PaperFault::OutOfDate(paper.kind.clone(), paper.valid))
        } else if !rule.issuers.0.is_empty() && !rule.issuers.hold(paper.issuer.as_ref()) {
            Some(PaperFault::Issuer(paper.kind.clone()))
        } else {
            let longest = rule.longest_months.filter(|months| runs_longer(paper.valid, *months));
            longest.map(|months| PaperFault::TooLong(paper.kind.clone(), months))
        };
        match fault {
            None => return None,
            fault => told = fault,
        }
    }
    told
}

fn runs_longer(valid: Days, months: u32) -> bool {
    let Days { from: Some(from), to } = valid else {
        return false;
    };
    let Some(last) = crate::calendar::months_later(from, months) else {
        return false;
    };
    to.is_none_or(|to| to >= last)
}

/// Whether the child belongs to the place in one of the ways.
pub fn residence(ways: &[Way], person: &Person, when: When) -> Verdict {
    match crate::rules::nearest(ways, &person.residence) {
        None => Verdict::Met,
        Some(lacking) if lacking.is_empty() => Verdict::Met,
        Some(lacking) => {
            let ways = ways.to_vec();
            answered(Test::Residence, Reason::Residence { ways, lacking }, person, when)
        }
    }
}

/// Whether one of the proofs is there that this age needs.
pub fn proof(band: &Band, person: &Person, when: When) -> Verdict {
    let fitting = |paper: &&Paper| band.proof.hold(Some(&paper.kind));
    let mut fits = person.proof.iter().filter(fitting).peekable();
    let first = fits
        .peek()
        .map(|paper| PaperFault::OutOfDate(paper.kind.clone(), paper.valid));
    if band.proof.0.is_empty() || fits.any(|paper| paper.valid.meet(when.from, when.to)) {
        return Verdict::Met;
    }
    let unmet = Reason::Proof {
        needed: band.proof.clone(),
        held: person.proof.iter().map(|paper| paper.kind.clone()).collect(),
        fault: first.unwrap_or(PaperFault::Missing),
    };
    answered(Test::Proof, unmet, person, when)
}

/// Whether the family is in one of the situations that this age asks for.
pub fn economy(band: &Band, person: &Person, when: When) -> Verdict {
    if band.economy.0.is_empty() || band.economy.meet(&person.economy) {
        return Verdict::Met;
    }
    let unmet = Reason::Economy {
        needed: band.economy.clone(),
        have: person.economy.clone(),
    };
    answered(Test::Economy, unmet, person, when)
}

fn override_of(test: Test, person: &Person, when: When) -> Option<&Override> {
    let code = Code::new(test.code());
    let mut fitting = person.overrides.iter().filter(|over| over.test == code);
    fitting.find(|over| over.days.meet(when.from, when.to))
}

fn answered(test: Test, unmet: Reason, person: &Person, when: When) -> Verdict {
    match override_of(test, person, when) {
        None => Verdict::Unmet(unmet),
        Some(over) => Verdict::Unmet(unmet).answered_for(&over.reason),
    }
}
