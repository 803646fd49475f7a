//! What the initial screen saw, on the page and the slip of a referral that rests on it.

use entities::{
    screening::{referral, screen},
    words::ReferralKind,
};
use sea_orm::EntityTrait;

use super::rules;
use crate::{
    organisations,
    platform::{App, Result},
    screening::{check::age_words, instruments::Language as Tongue},
    web::{Ctx, Finding, finding::Telling},
};

/// The screen that led to a referral. The centre is told what was concluded and not what was first seen.
pub(in crate::screening) fn told<'a>(app: &'a App, ctx: &'a Ctx, row: &'a referral::Model) -> Telling<'a> {
    Box::pin(findings(app, ctx, row))
}

async fn findings(app: &App, ctx: &Ctx, row: &referral::Model) -> Result<Vec<Finding>> {
    let Some(id) = row.screen_id.filter(|_| row.kind != ReferralKind::Intake) else {
        return Ok(Vec::new());
    };
    let found = screen::Entity::find_by_id(id).one(&*app.db).await?;
    let Some(found) = found.filter(|screen| screen.withdrawn_at.is_none()) else {
        return Ok(Vec::new());
    };
    let names = organisations::queries::names(&*app.db, [found.organisation_id]).await?;
    Ok(vec![Finding {
        title: ctx.say("screen.title"),
        facts: vec![
            (ctx.say("finding.outcome"), ctx.say(found.outcome.word())),
            (ctx.say("finding.day"), found.performed_on.to_string()),
            (ctx.say("screen.check_age"), ctx.say(age_words(found.age_months))),
            (
                ctx.say("finding.place"),
                names.get(&found.organisation_id).cloned().unwrap_or_default(),
            ),
        ],
        lines: present(&found, Tongue::from_tag(ctx.locale))?,
        led_here: true,
        ..Finding::default()
    }])
}

/// The signs that were seen, in sentences.
pub(in crate::screening) fn present(found: &screen::Model, tongue: Tongue) -> Result<Vec<String>> {
    let questions = rules::questions(u32::try_from(found.age_months)?, tongue)?;
    let is_present = |id: &str| match id.parse::<u8>() {
        Ok(number) => found.signs.0.contains(&number),
        // The question behind the numbered ones.
        Err(_) => found.regression,
    };
    let seen = questions.into_iter().filter(|(id, _)| is_present(id));
    Ok(seen.map(|(_, sentence)| sentence).collect())
}
