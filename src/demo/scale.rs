//! The scales that hospitals fill in, scored by the real packages.

use chrono::{DateTime, Utc};
use entities::{AssessmentId, DiagnosisId, RescreenId, screening::assessment, words::AssessmentState};
use rand::{RngExt as _, rngs::StdRng};
use serde_json::json;

use super::{
    life::{Counters, Hero, Nature, Teller},
    referral::Visit,
};
use crate::{
    platform::Result,
    screening::instruments::{Answers, Options, Outcome, Package, Points, Registry, Value},
};

/// An instrument with the answers to every item, the mildest first.
pub(super) struct Scale {
    package: &'static Package,
    items: Vec<(String, Vec<Value>)>,
}

/// The instruments of a district's hospitals.
pub(super) struct Scales {
    toddlers: Scale,
    older: Scale,
    diagnosis: [Scale; 2],
}

impl Scales {
    pub(super) fn load() -> Result<Self> {
        Ok(Self {
            toddlers: Scale::load("m-chat-r")?,
            older: Scale::load("cabs")?,
            diagnosis: [Scale::load("abc")?, Scale::load("cars")?],
        })
    }
}

impl Scale {
    fn load(code: &str) -> Result<Self> {
        let package = Registry::built_in()
            .ok()
            .and_then(|known| known.get(code))
            .ok_or_else(|| anyhow::anyhow!("no instrument {code}"))?;
        let items = package.items().map(|(part, item)| {
            let choices = package.choices_of(part).iter().map(|choice| choice.value.clone());
            let mut answers: Vec<Value> = choices.collect();
            answers.sort_by_key(|answer| points(package, &item.id, answer));
            (item.id.clone(), answers)
        });
        Ok(Self {
            items: items.collect(),
            package,
        })
    }

    /// Answers as they are given of a child: `severity` from 0 to 1.
    fn answers(&self, rng: &mut StdRng, severity: f64) -> Answers {
        let mut given = Answers::default();
        for (item, answers) in &self.items {
            let felt = (severity + rng.random_range(-0.55..0.55)).clamp(0.0, 1.0);
            let nearest = answers.iter().enumerate().min_by(|(a, _), (b, _)| {
                let away = |n: usize| (felt - share(n, answers.len())).abs();
                away(*a).total_cmp(&away(*b))
            });
            if let Some((_, answer)) = nearest {
                given.set(item.as_str(), answer.clone());
            }
        }
        given
    }
}

/// Where an answer stands among all of an item, from 0 to 1.
fn share(n: usize, all: usize) -> f64 {
    let whole = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
    whole(n) / whole(all.saturating_sub(1).max(1))
}

/// What an answer counts, reversed items the other way round.
fn points(package: &Package, item: &str, answer: &Value) -> Points {
    let alone = Answers::from_iter([(item.to_owned(), answer.clone())]);
    let outcome = package.score(&alone, &Options::default()).ok();
    outcome
        .and_then(|outcome| Some(outcome.item_scores.first()?.points))
        .unwrap_or_default()
}

/// What a scale was filled in for.
#[derive(Clone, Copy)]
pub(super) enum For {
    Rescreen(RescreenId),
    Diagnosis(DiagnosisId),
}

impl Teller<'_> {
    /// The scale of a re-screen, if there is one for the age. Answers whether it found a risk.
    pub(super) fn screening_scale(
        &self,
        rng: &mut StdRng,
        ids: &mut Counters,
        hero: &Hero<'_>,
        (visit, at, id): (Visit, DateTime<Utc>, RescreenId),
    ) -> Option<(bool, assessment::Model)> {
        let months = self.months(hero, &visit)?;
        let scale = [&self.scales.toddlers, &self.scales.older]
            .into_iter()
            .find(|scale| scale.package.age.is_some_and(|window| window.contains(months)))?;
        self.filled_in(rng, ids, hero, (scale, months), (visit, at, For::Rescreen(id)))
    }

    /// The scales that a diagnosis rests on.
    pub(super) fn diagnostic_scales(
        &self,
        rng: &mut StdRng,
        ids: &mut Counters,
        hero: &Hero<'_>,
        (visit, at, id): (Visit, DateTime<Utc>, DiagnosisId),
    ) -> Vec<assessment::Model> {
        let Some(months) = self.months(hero, &visit) else {
            return Vec::new();
        };
        let fitting = self.scales.diagnosis.iter().filter(|scale| {
            let window = scale.package.age;
            window.is_none_or(|window| window.contains(months))
        });
        fitting
            .filter_map(|scale| self.filled_in(rng, ids, hero, (scale, months), (visit, at, For::Diagnosis(id))))
            .map(|(_, row)| row)
            .collect()
    }

    fn months(&self, hero: &Hero<'_>, visit: &Visit) -> Option<u32> {
        let ages = self
            .preterm
            .ages_on(hero.new.birth_on, hero.new.gestational_weeks, visit.on)?;
        Some(ages.for_development().months)
    }

    fn filled_in(
        &self,
        rng: &mut StdRng,
        ids: &mut Counters,
        hero: &Hero<'_>,
        (scale, months): (&Scale, u32),
        (visit, at, why): (Visit, DateTime<Utc>, For),
    ) -> Option<(bool, assessment::Model)> {
        let severity = match hero.nature {
            Nature::Autistic => rng.random_range(0.35..0.8),
            Nature::Delayed => rng.random_range(0.1..0.4),
            Nature::Typical => rng.random_range(0.0..0.15),
        };
        let answers = scale.answers(rng, severity);
        let options = Options {
            age_months: Some(months),
            cutoffs: None,
        };
        let outcome: Outcome = scale.package.score(&answers, &options).ok()?;
        let (rescreen_id, diagnosis_id) = match why {
            For::Rescreen(id) => (Some(id), None),
            For::Diagnosis(id) => (None, Some(id)),
        };
        let row = assessment::Model {
            id: AssessmentId(ids.assessment.next()),
            child_id: hero.id,
            instrument: outcome.instrument.clone(),
            instrument_version: outcome.version.clone(),
            state: AssessmentState::Final,
            rater: 1,
            round: None,
            rescreen_id,
            diagnosis_id,
            referral_id: Some(visit.referral),
            organisation_id: visit.by.0,
            by: visit.by.1,
            performed_on: visit.on,
            age_months: i32::try_from(months).ok()?,
            answers: json!(answers),
            item_scores: json!(outcome.item_scores),
            result: json!(outcome),
            cutoffs: outcome.cutoffs.clone(),
            version: 2,
            created_at: at,
            finished_at: Some(at),
        };
        Some((outcome.positive == Some(true), row))
    }
}
