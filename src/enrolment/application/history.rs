//! What happened to an application, newest first.

use entities::{
    Texts,
    enrolment::{application, application_override, application_step, enrolment_decision},
    words::{ApplicationState, ReviewOutcome},
};
use sea_orm::ConnectionTrait;

use super::states;
use crate::{
    enrolment::{eligibility::Test, rules::Materials},
    platform::{Result, Say, approval::Chain, clock, words},
    task::{Entry, Names, sort},
    web::Ctx,
};

/// What the history is made of.
pub struct Happened<'a> {
    /// The application.
    pub row: &'a application::Model,
    /// Its steps.
    pub steps: &'a [application_step::Model],
    /// Tests that somebody answers for.
    pub overrides: &'a [application_override::Model],
    /// Decisions.
    pub decisions: &'a [enrolment_decision::Model],
    /// The chain, for the names of its steps.
    pub chain: Option<&'a Chain>,
    /// The papers, for their names.
    pub materials: &'a Materials,
}

/// Submitting, deciding, answering for, issuing, reading: newest first.
pub async fn history(db: &impl ConnectionTrait, ctx: &Ctx, of: &Happened<'_>) -> Result<Vec<Entry>> {
    let names = Names::of(
        db,
        of.steps
            .iter()
            .map(|step| step.organisation_id)
            .chain(of.overrides.iter().map(|one| one.organisation_id))
            .chain([of.row.centre_id])
            .collect(),
        of.steps
            .iter()
            .filter_map(|step| step.decided_by)
            .chain(of.overrides.iter().map(|one| one.by))
            .chain([of.row.entered_by, of.row.submitted_by].into_iter().flatten())
            .chain(of.decisions.iter().map(|one| one.decided_by))
            .collect(),
    )
    .await?;
    let entry = |at, title: Say, (tone, icon): (&'static str, &'static str), who, note: String| Entry {
        at,
        when: clock::shown(at),
        who,
        title: title.in_words(ctx.language),
        tone,
        icon,
        note,
        link: String::new(),
    };
    let row = of.row;
    let centre = Some(row.centre_id);
    let mut entries = vec![entry(
        row.entered_at,
        Say::new("application.step.entered"),
        ("neutral", "draft"),
        names.who(ctx, row.entered_by, centre),
        String::new(),
    )];
    if let Some(on) = row.applied_on.filter(|_| row.round > 1) {
        let say = Say::new("application.step.submitted");
        entries.push(entry(
            clock::start_of(on).max(row.entered_at),
            say,
            ("info", "send"),
            String::new(),
            String::new(),
        ));
    }
    if let Some(at) = row.submitted_at {
        let key = if row.round > 1 {
            "application.step.completed"
        } else {
            "application.step.submitted"
        };
        let who = names.who(ctx, row.submitted_by, centre);
        entries.push(entry(at, Say::new(key), ("info", "send"), who, String::new()));
    }
    for step in of.steps {
        let Some((outcome, at)) = step.outcome.zip(step.decided_at) else {
            continue;
        };
        let name = of
            .chain
            .and_then(|chain| chain.step(&step.code))
            .map_or(step.code.clone(), |(_, meant)| meant.name.get(ctx.language).to_owned());
        let title = Say::new("application.step.decided")
            .with("step", name)
            .with_word("outcome", outcome.word());
        let who = names.who(ctx, step.decided_by, Some(step.organisation_id));
        entries.push(entry(at, title, states::look(outcome), who, note(ctx, of, step)));
    }
    for one in of.overrides {
        let test = Test::named(&one.test).map_or("", Test::key);
        let title = Say::new("application.step.answered_for").with_word("test", test);
        let who = names.who(ctx, Some(one.by), Some(one.organisation_id));
        entries.push(entry(one.at, title, ("info", "edit"), who, one.reason.clone()));
    }
    for one in of.decisions {
        let at = clock::start_of(one.decided_on);
        let title = Say::new("application.step.issued")
            .with("number", &one.number)
            .with_word("outcome", one.outcome.word());
        let who = names.who(ctx, Some(one.decided_by), Some(one.organisation_id));
        let mut issued = entry(
            at.max(row.closed_at.unwrap_or(at)),
            title,
            states::look(one.outcome),
            who,
            String::new(),
        );
        issued.link = crate::enrolment::decision::service::page(one.id);
        entries.push(issued);
    }
    if let Some(at) = row.closed_at
        && matches!(row.state, ApplicationState::Withdrawn | ApplicationState::Cancelled)
    {
        let title = Say::new("application.step.closed").with_word("state", row.state.word());
        entries.push(entry(
            at,
            title,
            states::of(row.state).look,
            String::new(),
            String::new(),
        ));
    }
    sort(&mut entries);
    Ok(entries)
}

/// Why, and which papers were missing.
fn note(ctx: &Ctx, of: &Happened<'_>, step: &application_step::Model) -> String {
    let mut lines: Vec<String> = step.note.iter().cloned().collect();
    if step.outcome == Some(ReviewOutcome::Returned) && !step.missing.0.is_empty() {
        let Texts(codes) = &step.missing;
        let names = codes
            .iter()
            .map(|code| of.materials.name(code, ctx.language).to_owned());
        lines.push(ctx.say(Say::new("review.missing").with("papers", words::joined(ctx.language, names))));
    }
    lines.join("\n")
}
