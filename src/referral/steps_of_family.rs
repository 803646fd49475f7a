//! What a referral means for a family, in words that they are given.

use entities::{organisation::organisation, screening::referral, words::ReferralKind};

use crate::{
    platform::{Say, clock},
    web::{Ctx, paper::day},
};

/// Where the family goes, or who comes to it, and by when; what is agreed on already.
pub fn family_steps(ctx: &Ctx, next: &referral::Model, to: &organisation::Model) -> Vec<Say> {
    let key = match next.kind {
        ReferralKind::Rescreen => "family_steps.rescreen",
        ReferralKind::Diagnosis => "family_steps.diagnosis",
        ReferralKind::Intake => "family_steps.intake",
    };
    // The name of a centre says what it is for, and the family is told that by its doctor.
    let name = match next.kind {
        ReferralKind::Rescreen | ReferralKind::Diagnosis => to.name.clone(),
        ReferralKind::Intake => ctx.say("family_steps.centre"),
    };
    let call = match &to.phone {
        Some(phone) => Say::new("family_steps.phone").with("phone", phone),
        None => "family_steps.called".into(),
    };
    let mut says = vec![
        Say::new(key)
            .with("to", &name)
            .with("day", day(ctx.language, next.due_on)),
    ];
    says.extend(
        next.appointment_at
            .map(|at| Say::new("family_steps.appointment").with("at", clock::shown(at))),
    );
    // Whoever has an appointment waits for no call.
    if next.appointment_at.is_none() || to.phone.is_some() {
        says.push(call.with("to", &name));
    }
    says
}
