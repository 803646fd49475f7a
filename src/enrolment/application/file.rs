//! What pages tell of an application: put together once for its own page and for the page of a step.

use std::collections::BTreeMap;

use entities::{
    OrganisationId,
    enrolment::{application, application_step},
    words::{Language, ReviewOutcome},
};

use super::{
    about::lead,
    brought,
    history::{Happened, history},
    queries::{self, Whole},
    views::{Overview, TestLine},
};
use crate::{
    children::queries as children,
    enrolment::{chain, decision, eligibility::Judged, review, rules::Materials},
    organisations,
    platform::{App, Result, approval::Chain},
    web::Ctx,
};

/// An application with its chain, as pages need both.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Everything that its tests ask for.
    pub whole: Whole,
    /// The chain that it goes by, or would.
    pub chain: Chain,
}

/// Look an application up with everything around it.
pub async fn opened(app: &App, ctx: &Ctx, row: application::Model) -> Result<Opened> {
    let db = &*app.db;
    let today = ctx.actor.today();
    let chain = match row.chain_id {
        Some(id) => chain::queries::of(db, id).await?,
        None => chain::queries::chain_on(db, entities::words::ReviewKind::Enrolment, &row.district, today).await?,
    };
    Ok(Opened {
        whole: Whole::of(db, row, today).await?,
        chain,
    })
}

/// Everything that is told of it.
pub async fn overview(app: &App, ctx: &Ctx, opened: &Opened) -> Result<Overview> {
    let db = &*app.db;
    let today = ctx.actor.today();
    let whole = &opened.whole;
    let row = &whole.row;
    let ids = whole
        .steps
        .iter()
        .map(|step| step.organisation_id)
        .chain([row.centre_id]);
    let places: BTreeMap<OrganisationId, String> = organisations::queries::names(db, ids).await?;
    let guardians = children::guardians(db, row.child_id).await?;
    let guardian = guardians
        .into_iter()
        .find(|(_, person)| Some(person.id) == row.guardian_id);
    let diagnosis = queries::diagnosis_of(db, row.child_id).await?;
    let decisions = decision::queries::of_application(db, row.id).await?;
    let judged = whole.judged(today);
    let happened = Happened {
        row,
        steps: &whole.steps,
        overrides: &whole.overrides,
        decisions: &decisions,
        chain: Some(&opened.chain),
        materials: &whole.rules.materials,
    };
    let progress = if row.round > 0 {
        review::progress(&opened.chain, row, &whole.steps, &places, (ctx.language, today))?
    } else {
        Vec::new()
    };
    Ok(Overview {
        lead: lead(&whole.child, ctx),
        centre: places.get(&row.centre_id).cloned().unwrap_or_default(),
        guardian: guardian
            .map(|(tie, person)| format!("{}（{}）", person.name, ctx.say(tie.kinship.word())))
            .unwrap_or_default(),
        diagnosed_on: diagnosis.map(|found| found.diagnosed_on),
        papers: brought::lines(db, ctx, whole).await?,
        lacks: whole
            .lacks(today)
            .iter()
            .map(|lack| whole.rules.materials.name(&lack.code, ctx.language).to_owned())
            .collect(),
        tests: test_lines(ctx.language, &judged),
        progress,
        history: history(db, ctx, &happened).await?,
        decisions,
        child: whole.child.clone(),
        row: row.clone(),
    })
}

/// Why an application was returned last, and the names of the papers that were missing.
pub fn returned(
    materials: &Materials,
    language: Language,
    steps: &[application_step::Model],
) -> Option<(String, Vec<String>)> {
    let decided = steps
        .iter()
        .filter(|step| step.outcome == Some(ReviewOutcome::Returned));
    let last = decided.max_by_key(|step| step.decided_at)?;
    let names = last
        .missing
        .0
        .iter()
        .map(|code| materials.name(code, language).to_owned());
    Some((last.note.clone().unwrap_or_default(), names.collect()))
}

fn test_lines(language: Language, judged: &Judged) -> Vec<TestLine> {
    let line = |line: &crate::enrolment::eligibility::Line| TestLine {
        code: line.test.as_str(),
        key: line.test.key(),
        look: line.look(),
        word: line.word(),
        said: line.said.in_words(language),
        change: line
            .change
            .as_ref()
            .map(|told| told.in_words(language))
            .unwrap_or_default(),
        because: line.because.clone().unwrap_or_default(),
        open: !line.passes(),
    };
    judged.lines.iter().map(line).collect()
}
