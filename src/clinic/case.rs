//! What a form of a finding stands on: the referral, the child, the instruments that can be attached.

use chrono::NaiveDate;
use entities::{
    AssessmentId,
    child::child,
    screening::{assessment, referral},
    words::ReferralKind,
};

use super::{
    diagnosis::queries as diagnoses,
    findings::{instrument_choices, instrument_line},
    kept,
    rescreen::queries,
    takeback::{self, Found},
};
use crate::{
    assessment::{Sight, Sights, sights as sights_of},
    children::age_in_words,
    platform::{App, Error, Result, Say, clock, words::joined},
    referral::queries as referrals,
    web::{Choice, Ctx},
};

/// What a form says of instruments: those that are attached, and those that its page offered.
pub(super) struct Scales<'a> {
    /// Attached.
    pub(super) attached: &'a mut Vec<String>,
    /// Offered when it was typed.
    pub(super) offered: &'a [String],
}

/// A finding before it is recorded.
#[derive(Clone, Debug, Default)]
pub(super) struct Preview {
    /// Label and text, in order.
    pub(super) facts: Vec<(String, String)>,
    /// Sentences: criteria, codes, instruments.
    pub(super) lines: Vec<String>,
    /// What recording it will bring about.
    pub(super) then: Vec<Say>,
}

/// What every form of a finding stands on.
pub(super) struct Case {
    /// The referral that asks for it; what is sent names its present version.
    pub(super) referral: referral::Model,
    /// The child.
    pub(super) child: child::Model,
    /// Age in words.
    pub(super) age: String,
    /// Path of the form.
    pub(super) path: String,
    /// Finished instruments that can be attached.
    pub(super) offered: Vec<assessment::Model>,
    /// How far the reader sees what they came to.
    pub(super) sights: Sights,
    /// Instruments for this referral that are still being filled in.
    pub(super) unfinished: Vec<assessment::Model>,
    /// Nothing was found before this day.
    pub(super) earliest: NaiveDate,
    /// Nothing was found after it.
    pub(super) today: NaiveDate,
    /// The same as the browser wants it: no later day can be chosen.
    pub(super) latest: String,
    /// What was typed before is back.
    pub(super) restored: bool,
    /// It corrects what was recorded.
    pub(super) corrects: bool,
}

/// What rests on a finding is called back.
///
/// # Errors
/// Refused where the other side has taken it on.
pub(super) fn called_back(next: &referral::Model) -> Result<Say> {
    if takeback::is_taken(next) {
        return Err(Error::refused("clinic.taken"));
    }
    Ok(Say::new("clinic.then.called_back").with("id", next.id))
}

impl Case {
    /// The case of a referral; with the instruments of what is recorded, it corrects that.
    pub(super) async fn load(
        app: &App,
        ctx: &Ctx,
        row: referral::Model,
        name: &str,
        recorded: Option<Vec<assessment::Model>>,
    ) -> Result<Self> {
        let db = &*app.db;
        let child = referrals::child_of(db, &row).await?;
        let today = ctx.actor.today();
        let corrects = recorded.is_some();
        let mut offered = recorded.unwrap_or_default();
        offered.extend(queries::unattached(db, &row, ctx.actor.organisation()?).await?);
        let sights = sights_of(db, &ctx.actor, &offered).await?;
        // What somebody is rating a second time they cannot judge by yet.
        offered.retain(|one| sights.of(one.id) != Sight::Hidden);
        Ok(Self {
            age: age_in_words(ctx.language, child.birth_on, today),
            path: if corrects {
                kept::again(row.id, name)
            } else {
                kept::name(row.id, name)
            },
            corrects,
            unfinished: queries::unfinished(db, &row).await?,
            offered,
            sights,
            earliest: queries::earliest(db, &row, &child).await?,
            today,
            latest: today.to_string(),
            restored: false,
            child,
            referral: row,
        })
    }

    /// Attach what was filled in for this referral since the form was typed, and what somebody comes back from.
    pub(super) fn attach(&self, scales: Scales<'_>, back_from: &str) {
        for one in &self.offered {
            let id = one.id.to_string();
            let is_new = one.referral_id == Some(self.referral.id) && !scales.offered.contains(&id);
            if (is_new || id == back_from) && !scales.attached.contains(&id) {
                scales.attached.push(id);
            }
        }
    }

    /// Instruments that would be expected here: filled in for this referral, or since it was sent.
    fn expected(&self) -> impl Iterator<Item = &assessment::Model> {
        let since = clock::day_of(self.referral.since);
        let here = move |one: &&assessment::Model| {
            one.referral_id == Some(self.referral.id) || (one.referral_id.is_none() && one.performed_on >= since)
        };
        self.offered.iter().filter(here).chain(&self.unfinished)
    }

    /// Whether there is something to leave out.
    pub(super) fn asks_to_leave_out(&self) -> bool {
        self.expected().next().is_some()
    }

    /// Nobody leaves out an instrument unawares.
    pub(super) fn leaves_out_nothing(&self, ctx: &Ctx, attached: &[AssessmentId], on_purpose: &str) -> Result<()> {
        let left: Vec<String> = self
            .expected()
            .filter(|one| !attached.contains(&one.id))
            .map(|one| format!("{} {}", one.instrument.to_uppercase(), one.performed_on))
            .collect();
        if left.is_empty() || on_purpose == "true" {
            return Ok(());
        }
        let names = joined(ctx.language, left);
        Err(Error::field(
            "leave_out",
            Say::new("rescreen.left_out").with("scales", names),
        ))
    }

    /// The chosen instruments in words.
    pub(super) fn told(&self, ctx: &Ctx, chosen: &[AssessmentId]) -> Vec<String> {
        let of = self.offered.iter().filter(|one| chosen.contains(&one.id));
        of.map(|one| instrument_line(ctx.language, one, self.sights.of(one.id)))
            .collect()
    }

    /// The referral that rests on what is corrected.
    pub(super) async fn following(&self, app: &App) -> Result<Option<referral::Model>> {
        if !self.corrects {
            return Ok(None);
        }
        let found = match self.referral.kind {
            ReferralKind::Rescreen => {
                let row = queries::of_referral(&*app.db, &self.referral).await?;
                row.map(|row| Found::Rescreen(row.id))
            }
            ReferralKind::Diagnosis => {
                let row = diagnoses::of_referral(&*app.db, &self.referral).await?;
                row.map(|row| Found::Diagnosis(row.id))
            }
            ReferralKind::Intake => None,
        };
        match found {
            Some(found) => takeback::following(&*app.db, found).await,
            None => Ok(None),
        }
    }

    /// What becomes of what was recorded.
    pub(super) fn replaced(&self) -> Option<Say> {
        self.corrects.then(|| Say::new("clinic.then.replaced"))
    }

    /// What the page offers, as its form says it again.
    pub(super) fn offered_ids(&self) -> Vec<String> {
        self.offered.iter().map(|one| one.id.to_string()).collect()
    }

    /// Finished instruments as boxes to tick.
    pub(super) fn instruments(&self, ctx: &Ctx, chosen: &[String]) -> Vec<Choice> {
        instrument_choices(ctx, &self.offered, &self.sights, chosen)
    }
}
