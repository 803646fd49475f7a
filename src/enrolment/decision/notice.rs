//! The decision on paper: number, legal person, what was decided for which days, and how long the family may object.

use std::collections::BTreeMap;

use entities::{ChildId, EnrolmentDecisionId, enrolment::enrolment_decision, words::ReviewOutcome};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{queries::visible, service};
use crate::{
    access::Can,
    children::{OnPaper, on_paper},
    enrolment::chain::known::is_place,
    organisations,
    platform::{App, Error, Result, Say, event::Subject, words},
    web::{
        Ctx,
        paper::{Asked, Block, Mark, Paper, Printed, Receipt, day, fact, title},
    },
};

/// Decisions about enrolment on paper.
pub struct DecisionPaper;

impl Printed for DecisionPaper {
    type Id = EnrolmentDecisionId;
    const NAME: &'static str = "enrolment-decision";
    const CODE: &'static str = service::CODE;
    const CAN: Can = Can::PrintDecisions;
    const LIST: (&'static str, &'static str) = ("/enrolment-decisions", "decision.list");

    async fn papers(app: &App, ctx: &Ctx, asked: &Asked, ids: &[EnrolmentDecisionId]) -> Result<Vec<Paper>> {
        let db = &*app.db;
        let rows = enrolment_decision::Entity::find()
            .filter(visible(&ctx.actor))
            .filter(enrolment_decision::COLUMN.id.is_in(ids.iter().copied()))
            .all(db)
            .await?;
        let rows: BTreeMap<EnrolmentDecisionId, enrolment_decision::Model> =
            rows.into_iter().map(|row| (row.id, row)).collect();
        let children: Vec<ChildId> = rows.values().map(|row| row.child_id).collect();
        let children = on_paper(app, ctx, &children, asked.full_phones()).await?;
        let places = organisations::queries::names(db, rows.values().map(|row| row.organisation_id)).await?;
        let mut papers = Vec::with_capacity(ids.len());
        for id in ids {
            let row = rows.get(id).ok_or(Error::NotFound)?;
            let child = children.get(&row.child_id).ok_or(Error::NotFound)?;
            let centre = places.get(&row.organisation_id).cloned().unwrap_or_default();
            let terms = service::terms(db, &row.district, row.decided_on).await?;
            papers.push(paper(ctx, row, child, &centre, terms.appeal_days));
        }
        Ok(papers)
    }
}

fn paper(ctx: &Ctx, row: &enrolment_decision::Model, child: &OnPaper, centre: &str, appeal_days: u64) -> Paper {
    let say = |key: &'static str| ctx.say(key);
    let word = |key: &'static str| words::raw(ctx.language, key).into_owned();
    let on = |date| day(ctx.language, date);
    let mut facts = vec![
        vec![
            fact(say("decision.outcome"), word(row.outcome.word())),
            fact(say("decision.decided_on"), on(row.decided_on)),
        ],
        vec![fact(say("application.centre"), centre)],
    ];
    if let Some((from, to)) = row.valid_from.zip(row.valid_to).filter(|_| is_place(row.outcome)) {
        let hours = row
            .minutes_per_week
            .map(|minutes| ctx.say(Say::new("decision.hours.of_week").with("hours", minutes / 60)))
            .unwrap_or_default();
        facts.push(vec![
            fact(say("application.mode"), word(row.mode.word())),
            fact(say("decision.hours"), hours),
        ]);
        facts.push(vec![fact(say("decision.days"), format!("{} – {}", on(from), on(to)))]);
    }
    let mut blocks = vec![child.facts(ctx), Block::Facts { rows: facts }];
    let text = match row.outcome {
        ReviewOutcome::Admitted | ReviewOutcome::Approved => "decision.paper.admitted",
        ReviewOutcome::Trial => "decision.paper.trial",
        ReviewOutcome::Waiting => "decision.paper.waiting",
        ReviewOutcome::ReferredOn => "decision.paper.referred_on",
        ReviewOutcome::Refused | ReviewOutcome::Returned => "decision.paper.refused",
    };
    blocks.push(Block::text(ctx.language, text));
    if let Some(grounds) = &row.grounds {
        blocks.push(Block::heading(ctx.language, "decision.grounds"));
        blocks.push(Block::Text { text: grounds.clone() });
    }
    blocks.push(Block::heading(ctx.language, "decision.paper.objection"));
    blocks.push(Block::text(
        ctx.language,
        Say::new("decision.paper.appeal").with("days", appeal_days),
    ));
    blocks.push(Block::seal(ctx.language, &row.legal_person, on(row.decided_on)));
    Paper {
        title: ctx.say(title(DecisionPaper::NAME)),
        number: row.number.clone(),
        version: row.version,
        subject: Subject::of_child("enrolment_decision", row.id.0, row.child_id),
        name: child.child.name.clone(),
        origin: service::page(row.id),
        mark: row
            .revoked_on
            .map(|_| Mark::new(ctx.language, "paper.mark.recalled", "decision.paper.revoked")),
        receipt: Some(receipt(ctx, row, child, centre)),
        blocks,
    }
}

/// What the family signs when it has read the decision.
fn receipt(ctx: &Ctx, row: &enrolment_decision::Model, child: &OnPaper, centre: &str) -> Receipt {
    let say = |key: &'static str| ctx.say(key);
    Receipt {
        cut: ctx.say(Say::new("slip.cut").with("from", centre)),
        title: say("decision.paper.receipt"),
        blocks: vec![
            Block::Facts {
                rows: vec![child.named(ctx), vec![fact(say("decision.number"), &row.number)]],
            },
            Block::text(ctx.language, "decision.paper.received"),
            Block::Signatures {
                labels: vec![say("paper.sign.guardian"), say("paper.sign.day")],
            },
        ],
    }
}
