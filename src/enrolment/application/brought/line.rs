//! A paper in one line, with what was brought for it.

use entities::{attachment::attachment, enrolment::application_material, words::MaterialState};
use sea_orm::ConnectionTrait;

use super::{forms::Asks, page, queries, takes};
use crate::{
    attachment::opens,
    enrolment::{
        application::{
            papers::Paper,
            queries::Whole,
            views::{PaperLine, Thumbnail},
        },
        rules::{Material, Materials},
    },
    platform::{Result, Say, words},
    web::Ctx,
};

/// Small pictures of a line.
const SHOWN: usize = 3;

/// Every paper of an application in one line.
pub async fn lines(db: &impl ConnectionTrait, ctx: &Ctx, whole: &Whole) -> Result<Vec<PaperLine>> {
    let files = queries::files(db, &whole.materials).await?;
    let of = |paper: &application_material::Model| {
        let brought = files.get(&paper.id.0).map(Vec::as_slice).unwrap_or_default();
        line(ctx, whole, paper, brought)
    };
    Ok(whole.materials.iter().map(of).collect())
}

/// One of them.
pub(super) fn line(
    ctx: &Ctx,
    whole: &Whole,
    paper: &application_material::Model,
    brought: &[attachment::Model],
) -> PaperLine {
    let (tone, icon) = match paper.state {
        MaterialState::Missing => ("warning", "danger"),
        MaterialState::Received => ("success", "done"),
        MaterialState::NotNeeded => ("neutral", "cancelled"),
    };
    let rules = &whole.rules.materials;
    let rule = meant(whole, ctx.actor.today(), &paper.code);
    let may_add = takes(&ctx.actor, &whole.row);
    let path = page(paper);
    let opening: Vec<&attachment::Model> = brought.iter().filter(|one| opens(one.state)).collect();
    let pictures = opening.iter().filter(|one| one.thumbnail_id.is_some()).take(SHOWN);
    PaperLine {
        name: rules.name(&paper.code, ctx.language).to_owned(),
        state: (paper.state.word(), tone, icon),
        told: told(ctx, rules, &Paper::from(paper)),
        pictures: pictures
            .map(|one| Thumbnail {
                href: format!("{path}/files/{}/thumbnail", one.id),
            })
            .collect(),
        files: match brought.len() {
            0 if may_add => Some("material.files.add".into()),
            0 => None,
            files => Some(Say::new("material.files.count").with("files", files)),
        },
        may_receive: may_add && !opening.is_empty() && paper.state != MaterialState::Received,
        one_step: Asks::of(rule).nothing(),
        version: paper.version,
        path,
    }
}

/// The row of the rule that a paper goes by: the one for its mode and age, or any of its code.
pub(super) fn meant<'w>(whole: &'w Whole, today: chrono::NaiveDate, code: &str) -> Option<&'w Material> {
    let rules = &whole.rules.materials;
    let asked = rules.asked(whole.row.mode, whole.age_months(today));
    let asked = asked.into_iter().find(|row| row.code == code);
    asked.or_else(|| rules.rows.iter().find(|row| row.code == code))
}

/// When it was issued, until when it counts, who issued it, why it is not needed.
fn told(ctx: &Ctx, rule: &Materials, paper: &Paper) -> String {
    let meant = rule.rows.iter().find(|row| row.code == paper.code);
    let until = meant
        .and_then(|row| row.counts_until(paper.issued_on, paper.valid_until))
        .or(paper.valid_until);
    let mut parts: Vec<String> = Vec::new();
    let mut say = |say: Say| parts.push(ctx.say(say));
    if let Some(on) = paper.issued_on {
        say(Say::new("material.told.issued").with("on", on));
    }
    if let Some(from) = paper.valid_from {
        say(Say::new("material.told.from").with("on", from));
    }
    if let Some(until) = until {
        say(Say::new("material.told.until").with("on", until));
    }
    parts.extend(
        paper
            .issuer
            .map(|issuer| words::raw(ctx.language, issuer.word()).into_owned()),
    );
    parts.extend(paper.reason.clone());
    parts.join(" · ")
}
