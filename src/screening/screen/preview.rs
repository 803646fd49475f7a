//! A screen, read once more before it is recorded, with what saving it will bring about.

use entities::{
    ScreenId,
    child::child,
    words::{CheckState, ScreenOutcome},
};

use super::{
    forms::ScreenForm,
    rules,
    service::{Finding, Judged, NewScreen},
    views::{PreviewPage, facts, tongue},
};
use crate::{
    children,
    notifications::telling,
    platform::{App, Result, Say},
    referral as referrals,
    web::Ctx,
};

/// What is about to be recorded.
pub(super) async fn preview(
    app: &App,
    ctx: &Ctx,
    child: child::Model,
    form: ScreenForm,
    new: &NewScreen,
    judged: &Judged,
    corrects: Option<ScreenId>,
) -> Result<PreviewPage> {
    let mut ages = facts(&judged.occasion, Some(judged.age_used));
    ages.check_age = Some(judged.check_age);
    let sentences = rules::questions(judged.check_age, tongue(ctx))?;
    let present = match &new.finding {
        Finding::Seen { .. } => sentences
            .into_iter()
            .zip(form.answers())
            .filter(|(_, (_, answer))| *answer == "yes")
            .map(|((_, sentence), _)| sentence)
            .collect(),
        Finding::NotSeen(_) => Vec::new(),
    };
    let action = match corrects {
        Some(old) => format!("/children/{}/screens/{old}/correction", child.id),
        None => format!("/children/{}/screens", child.id),
    };
    Ok(PreviewPage {
        consequences: consequences(app, ctx, &child, judged).await?,
        child,
        form,
        ages,
        outcome: judged.outcome,
        present,
        entered_late: judged.entered_late,
        action,
        correcting: corrects.is_some(),
    })
}

/// What saving will bring about, in words.
async fn consequences(app: &App, ctx: &Ctx, child: &child::Model, judged: &Judged) -> Result<Vec<Say>> {
    let mut says = Vec::new();
    match judged.outcome {
        ScreenOutcome::Abnormal if judged.before_departure => says.push("screen.then.left".into()),
        ScreenOutcome::Abnormal => {
            let kind = entities::words::ReferralKind::Rescreen;
            let receivers = referrals::receivers(&*app.db, kind, &child.division).await?;
            says.push(match receivers.first() {
                Some(place) => Say::new("screen.then.referred").with("to", &place.name),
                None => "screen.then.nobody".into(),
            });
            let people = children::guardians::contactable(&*app.db, child.id).await?;
            let allowed = children::consents::messages_allowed(&*app.db, child.id, ctx.actor.today()).await?;
            let written = people
                .iter()
                .filter(|(_, p)| allowed && telling::way(&app.config, p).is_some())
                .count();
            let called = people.len() - written;
            let told = [("screen.then.told", written), ("screen.then.call", called)];
            says.extend(
                told.into_iter()
                    .filter(|(_, n)| *n > 0)
                    .map(|(key, n)| Say::new(key).with("n", n)),
            );
            if people.is_empty() {
                says.push("sending.nobody".into());
            }
        }
        ScreenOutcome::Normal => says.push("screen.then.next".into()),
        ScreenOutcome::Elsewhere => says.push("screen.then.elsewhere".into()),
        ScreenOutcome::Unreachable => says.push("screen.then.again".into()),
        ScreenOutcome::Refused | ScreenOutcome::Moved | ScreenOutcome::Died => {
            says.push("screen.then.departure".into())
        }
    }
    if judged.check.as_ref().is_none_or(|c| c.state == CheckState::Cancelled) && !judged.before_departure {
        says.push("screen.then.unplanned".into());
    }
    Ok(says)
}
