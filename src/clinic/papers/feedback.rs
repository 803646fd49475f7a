//! The report of a diagnosis (诊断反馈单) to whoever sent the child and to the federation: who, what was done, what the
//! instruments came to, what was concluded by ICD-10, what is advised. The doctor's conclusion in words stays with those who
//! treat the child.

use std::collections::BTreeMap;

use entities::{
    DiagnosisId, OrganisationId,
    organisation::organisation,
    screening::{assessment, diagnosis, referral},
    words::{Language, OrganisationKind, ReferralKind},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;

use super::{is_here, later_diagnoses, reads_reports, referrals_of};
use crate::{
    access::Can,
    assessment::{Instruments, Sight, instruments_of, sights as sights_of},
    children::{OnPaper, on_paper},
    clinic::{diagnosis::codes, takeback::is_alive},
    organisations,
    platform::{
        App, Error, Result, Say, clock,
        event::{self, Subject},
    },
    referral::{
        Slip,
        queries::{places_of, yours},
    },
    web::{
        Ctx,
        paper::{self, Asked, Block, Paper, Printed, Records, day, fact},
    },
};

/// Lines where the doctor advises by hand.
const LINES: usize = 3;

/// Reports of diagnoses.
pub(crate) struct Feedback;

impl Printed for Feedback {
    type Id = DiagnosisId;
    const NAME: &'static str = "diagnosis-feedback";
    const CODE: &'static str = "FK";
    const CAN: Can = Can::ViewChildren;
    const LIST: (&'static str, &'static str) = ("/referrals", "referral.list");

    async fn papers(app: &App, ctx: &Ctx, asked: &Asked, ids: &[DiagnosisId]) -> Result<Vec<Paper>> {
        let reports = Reports::load(app, ctx, asked, ids).await?;
        let mut papers = Vec::with_capacity(ids.len());
        for id in ids {
            papers.push(reports.paper(app, ctx, *id).await?);
        }
        Ok(papers)
    }
}

/// Diagnoses with all that their reports say.
struct Reports {
    rows: Vec<diagnosis::Model>,
    referrals: Vec<referral::Model>,
    next: Vec<referral::Model>,
    places: BTreeMap<OrganisationId, organisation::Model>,
    children: BTreeMap<entities::ChildId, OnPaper>,
    scales: Vec<assessment::Model>,
    instruments: Instruments,
    records: Records,
}

impl Reports {
    async fn load(app: &App, ctx: &Ctx, asked: &Asked, ids: &[DiagnosisId]) -> Result<Self> {
        let db = &*app.db;
        let rows = diagnosis::Entity::find()
            .filter(diagnosis::COLUMN.id.is_in(ids.iter().copied()))
            .all(db)
            .await?;
        let referrals = referrals_of(db, rows.iter().filter_map(|row| row.referral_id)).await?;
        let open: Vec<_> = referral::Entity::find()
            .filter(yours(&ctx.actor))
            .filter(referral::COLUMN.id.is_in(referrals.iter().map(|row| row.id)))
            .all(db)
            .await?
            .into_iter()
            .map(|row| row.id)
            .collect();
        let told = reads_reports(ctx);
        let reads = |row: &diagnosis::Model| {
            is_here(ctx, row.organisation_id) || (told && row.referral_id.is_some_and(|id| open.contains(&id)))
        };
        if !rows.iter().all(reads) {
            return Err(Error::NotFound);
        }
        let next = referral::Entity::find()
            .filter(referral::COLUMN.kind.eq(ReferralKind::Intake))
            .filter(referral::COLUMN.diagnosis_id.is_in(ids.iter().copied()))
            .order_by_asc(referral::COLUMN.id)
            .all(db)
            .await?;
        let scales = assessment::Entity::find()
            .filter(assessment::COLUMN.diagnosis_id.is_in(ids.iter().copied()))
            .order_by_asc(assessment::COLUMN.id)
            .all(db)
            .await?;
        let mentioned = rows
            .iter()
            .map(|row| row.organisation_id)
            .chain(referrals.iter().map(|row| row.from_organisation_id))
            .chain(next.iter().map(|row| row.to_organisation_id));
        let children: Vec<_> = rows.iter().map(|row| row.child_id).collect();
        Ok(Self {
            places: places_of(db, mentioned).await?,
            children: on_paper(app, ctx, &children, asked.full_phones()).await?,
            instruments: instruments_of(db).await?,
            records: later_diagnoses(db, &rows).await?,
            rows,
            referrals,
            next,
            scales,
        })
    }

    fn place(&self, id: OrganisationId) -> &str {
        self.places.get(&id).map_or("", |place| place.name.as_str())
    }

    async fn paper(&self, app: &App, ctx: &Ctx, id: DiagnosisId) -> Result<Paper> {
        let row = self.rows.iter().find(|row| row.id == id).ok_or(Error::NotFound)?;
        let child = self.children.get(&row.child_id).ok_or(Error::NotFound)?;
        let asked_by = self.referrals.iter().find(|one| Some(one.id) == row.referral_id);
        let here = self.place(row.organisation_id);
        let mut blocks = vec![
            Block::Facts {
                rows: self.parties(app, ctx, child, asked_by).await?,
            },
            child.facts(ctx),
            Block::Facts {
                rows: vec![
                    vec![
                        fact(ctx.say("diagnosis.institution"), here),
                        fact(ctx.say("diagnosis.doctor"), &row.doctor),
                    ],
                    vec![fact(
                        ctx.say("diagnosis.diagnosed_on"),
                        day(ctx.language, row.diagnosed_on),
                    )],
                ],
            },
        ];
        blocks.extend(self.results(app, ctx, row).await?);
        blocks.push(Block::heading(ctx.language, "diagnosis.codes"));
        blocks.push(Block::Points {
            items: if row.codes.0.is_empty() {
                vec![ctx.say("diagnosis.none_found")]
            } else {
                row.codes
                    .0
                    .iter()
                    .map(|code| codes::label(code, ctx.language))
                    .collect()
            },
        });
        match &row.advice {
            Some(text) => blocks.extend([
                Block::heading(ctx.language, "diagnosis.advice"),
                Block::Text { text: text.clone() },
            ]),
            None => blocks.push(Block::Lines {
                label: ctx.say("feedback.advice.by_hand"),
                count: LINES,
            }),
        }
        blocks.push(Block::heading(ctx.language, "feedback.next"));
        blocks.push(Block::Points {
            items: vec![ctx.say(self.follows(ctx, row)), ctx.say("feedback.kept")],
        });
        blocks.push(Block::Signatures {
            labels: vec![ctx.say("paper.sign.doctor")],
        });
        blocks.push(Block::seal(ctx.language, here, day(ctx.language, ctx.actor.today())));
        Ok(Paper {
            title: ctx.say(paper::title(Feedback::NAME)),
            number: paper::number(&row.district, Feedback::CODE, row.id.0),
            version: row.version,
            subject: Subject::of_child("diagnosis", row.id.0, row.child_id),
            name: child.child.name.clone(),
            origin: row
                .referral_id
                .map_or_else(|| "/referrals".to_owned(), crate::referral::service::page),
            mark: self
                .records
                .mark(ctx.language, (row.child_id, row.id.0), row.withdrawn_at),
            blocks,
            receipt: None,
        })
    }

    /// To whom it goes, and because of which referral.
    async fn parties(
        &self,
        app: &App,
        ctx: &Ctx,
        child: &OnPaper,
        asked_by: Option<&referral::Model>,
    ) -> Result<Vec<Vec<paper::Fact>>> {
        let federation =
            organisations::queries::covering(&*app.db, OrganisationKind::Federation, &child.child.division).await?;
        let federation = federation.first().map(|place| place.name.clone()).unwrap_or_default();
        let Some(asked_by) = asked_by else {
            return Ok(vec![vec![fact(ctx.say("feedback.to"), federation)]]);
        };
        let slip = paper::number(&asked_by.district, Slip::CODE, asked_by.id.0);
        Ok(vec![
            vec![
                fact(ctx.say("feedback.to"), self.place(asked_by.from_organisation_id)),
                fact(ctx.say("feedback.copy"), federation),
            ],
            vec![
                fact(ctx.say("slip.receipt.number"), slip),
                fact(
                    ctx.say("feedback.referred_on"),
                    day(ctx.language, clock::day_of(asked_by.since)),
                ),
            ],
        ])
    }

    /// What the instruments came to. Whoever could still rate one a second time has seen it by now; whoever is rating one
    /// gets no report.
    async fn results(&self, app: &App, ctx: &Ctx, row: &diagnosis::Model) -> Result<Vec<Block>> {
        let scales: Vec<assessment::Model> = self
            .scales
            .iter()
            .filter(|one| one.diagnosis_id == Some(row.id))
            .cloned()
            .collect();
        let sights = sights_of(&*app.db, &ctx.actor, &scales).await?;
        if sights.hides_any() {
            return Err(Error::refused("finding.withheld"));
        }
        let heading = Block::heading(ctx.language, "feedback.results");
        if scales.is_empty() {
            return Ok(vec![heading, Block::text(ctx.language, "feedback.results.none")]);
        }
        let mut lines = Vec::with_capacity(scales.len());
        for one in &scales {
            if sights.of(one.id) == Sight::OnOpening {
                let subject = Subject::of_child("assessment", one.id.0, one.child_id);
                event::note(
                    app,
                    &ctx.actor,
                    "child.viewed",
                    subject,
                    json!({ "page": "assessment" }),
                )
                .await?;
            }
            lines.push(result(ctx.language, &self.instruments, one));
        }
        let head = [
            "feedback.instrument",
            "finding.day",
            "feedback.total",
            "finding.outcome",
        ];
        Ok(vec![
            heading,
            Block::Table {
                head: head.map(|key| ctx.say(key)).into(),
                rows: lines,
            },
        ])
    }

    fn follows(&self, ctx: &Ctx, row: &diagnosis::Model) -> Say {
        let alive = |one: &&referral::Model| one.diagnosis_id == Some(row.id) && is_alive(one);
        match (row.autism, self.next.iter().rev().find(alive)) {
            (true, Some(next)) => Say::new("feedback.then.centre")
                .with("to", self.place(next.to_organisation_id))
                .with("day", day(ctx.language, next.due_on)),
            (true, None) => "feedback.then.looking".into(),
            (false, _) => "feedback.then.care".into(),
        }
    }
}

/// A line of the table: name, day, total, what it says.
fn result(language: Language, instruments: &Instruments, row: &assessment::Model) -> Vec<String> {
    let value = |name: &str| row.result.get(name).filter(|value| !value.is_null());
    let total = value("total").map_or_else(|| "—".to_owned(), ToString::to_string);
    let says = match value("positive").and_then(serde_json::Value::as_bool) {
        Some(true) => "referral.instrument.risk",
        Some(false) => "referral.instrument.clear",
        None => "referral.instrument.no_band",
    };
    vec![
        instruments.name(row, language),
        row.performed_on.to_string(),
        total,
        Say::new(says).in_words(language),
    ]
}
