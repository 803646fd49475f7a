//! An agreement on paper: its text, who signed how, the level of each signature and the hash of what was signed.

use std::collections::BTreeMap;

use entities::{
    AccountId, AgreementId,
    agreement::{agreement, agreement_signer, signature},
    words::{AgreementState, Party},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{
    content::{LANGUAGE, page},
    queries::{self, Whole, visible},
    service::{self, CODE},
    text::Line,
};
use crate::{
    access::Can,
    account,
    platform::{App, Error, Result, Say, clock, words},
    signature::Ink,
    web::{
        Ctx,
        paper::{Asked, Block, Mark, Paper, Printed, Signed, day, fact},
    },
};

/// Agreements on paper.
pub struct AgreementPaper;

impl Printed for AgreementPaper {
    type Id = AgreementId;
    const NAME: &'static str = "agreement";
    const CODE: &'static str = CODE;
    const CAN: Can = Can::ViewEnrolment;
    const LIST: (&'static str, &'static str) = ("/agreements", "agreement.list");

    async fn papers(app: &App, ctx: &Ctx, _: &Asked, ids: &[AgreementId]) -> Result<Vec<Paper>> {
        let rows = agreement::Entity::find()
            .filter(visible(&ctx.actor))
            .filter(agreement::COLUMN.id.is_in(ids.iter().copied()))
            .all(&*app.db)
            .await?;
        let rows: BTreeMap<AgreementId, agreement::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
        let mut papers = Vec::with_capacity(ids.len());
        for id in ids {
            let row = rows.get(id).ok_or(Error::NotFound)?.clone();
            let whole = queries::whole(&*app.db, &app.keys, row).await?;
            papers.push(paper(app, ctx, &whole).await?);
        }
        Ok(papers)
    }
}

/// The paper of an agreement; its text stands in the language in which it was made.
pub(super) async fn paper(app: &App, ctx: &Ctx, whole: &Whole) -> Result<Paper> {
    let witnesses = whole.signatures.iter().filter_map(|one| one.witness_id);
    let witnesses = account::queries::names(&*app.db, witnesses).await?;
    let content = &whole.content.content;
    let mut blocks = vec![Block::Facts {
        rows: vec![
            vec![
                fact(ctx.say("paper.child"), &content.child),
                fact(ctx.say("paper.file_no"), &content.file_no),
            ],
            vec![
                fact(ctx.say("decision.number"), &content.decision),
                fact(ctx.say("agreement.on"), day(ctx.language, content.on)),
            ],
        ],
    }];
    if let Some(number) = &content.amends {
        blocks.push(Block::text(
            LANGUAGE,
            Say::new("agreement.paper.amends").with("number", number),
        ));
    }
    blocks.extend(text(&content.lines));
    blocks.push(Block::heading(LANGUAGE, "agreement.clause"));
    blocks.push(Block::Points {
        items: content.clause.clone(),
    });
    blocks.push(Block::heading(LANGUAGE, "agreement.signatures"));
    let rows = whole
        .signers
        .iter()
        .map(|place| signed(ctx, place, whole.signature(place), &witnesses))
        .collect::<Result<_>>()?;
    blocks.push(Block::Signed { rows });
    blocks.push(Block::Facts {
        rows: vec![vec![fact(ctx.say("agreement.paper.hash"), &whole.row.content_hash)]],
    });
    Ok(Paper {
        title: content.title.clone(),
        number: whole.row.number.clone(),
        version: whole.row.version,
        subject: service::subject(&whole.row),
        name: content.child.clone(),
        origin: page(whole.row.id),
        mark: mark(ctx, whole),
        blocks,
        receipt: None,
    })
}

/// The text as blocks: points that follow each other are one list.
pub(super) fn text(lines: &[Line]) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::with_capacity(lines.len());
    for line in lines {
        match line {
            Line::Heading(text) => blocks.push(Block::Heading { text: text.clone() }),
            Line::Text(text) => blocks.push(Block::Text { text: text.clone() }),
            Line::Point(text) => {
                if let Some(Block::Points { items }) = blocks.last_mut() {
                    items.push(text.clone());
                } else {
                    blocks.push(Block::Points {
                        items: vec![text.clone()],
                    });
                }
            }
        }
    }
    blocks
}

fn mark(ctx: &Ctx, whole: &Whole) -> Option<Mark> {
    if !whole.intact {
        return Some(Mark::new(
            ctx.language,
            "agreement.mark.changed",
            "agreement.not_intact",
        ));
    }
    match whole.row.state {
        AgreementState::Signed => None,
        AgreementState::Waiting => Some(Mark::new(
            ctx.language,
            "agreement.mark.unsigned",
            "agreement.mark.unsigned.told",
        )),
        AgreementState::Replaced => Some(Mark::new(
            ctx.language,
            "agreement.mark.replaced",
            "agreement.mark.replaced.told",
        )),
        AgreementState::Withdrawn => Some(Mark::new(
            ctx.language,
            "paper.mark.withdrawn",
            "agreement.mark.withdrawn.told",
        )),
    }
}

fn signed(
    ctx: &Ctx,
    place: &agreement_signer::Model,
    given: Option<&signature::Model>,
    witnesses: &BTreeMap<AccountId, String>,
) -> Result<Signed> {
    let word = |key: &'static str| words::raw(ctx.language, key).into_owned();
    let label = match place.party {
        Party::Centre => ctx.say("agreement.party.centre"),
        Party::Guardian => {
            let kinship = place.kinship.map(|kinship| word(kinship.word())).unwrap_or_default();
            ctx.say(Say::new("agreement.party.guardian").with("kinship", kinship))
        }
    };
    let Some(given) = given else {
        return Ok(Signed {
            label,
            name: place.name.clone(),
            path: None,
            told: vec![ctx.say("agreement.paper.unsigned")],
        });
    };
    let ink: Option<Ink> = given.ink.clone().map(serde_json::from_value).transpose()?;
    let name = match place.party {
        Party::Centre => ctx.say(
            Say::new("agreement.paper.agent")
                .with("legal_person", &place.name)
                .with("name", &given.name),
        ),
        Party::Guardian => given.name.clone(),
    };
    Ok(Signed {
        label,
        name,
        path: ink.as_ref().map(Ink::path),
        told: told(ctx, given, witnesses),
    })
}

/// How somebody signed: when and by which means, who it was known to be, how far it can be relied on.
pub(super) fn told(ctx: &Ctx, given: &signature::Model, witnesses: &BTreeMap<AccountId, String>) -> Vec<String> {
    let word = |key: &'static str| words::raw(ctx.language, key).into_owned();
    let witness = given.witness_id.and_then(|id| witnesses.get(&id)).cloned();
    let identity = Say::new(match (&given.identity_to, given.document) {
        (Some(_), _) => "agreement.paper.identity.to",
        (None, Some(_)) => "agreement.paper.identity.document",
        (None, None) => "agreement.paper.identity",
    })
    .with("check", word(given.identity.word()))
    .with("to", given.identity_to.as_deref().unwrap_or_default())
    .with(
        "document",
        given.document.map(|one| word(one.word())).unwrap_or_default(),
    )
    .with("witness", witness.unwrap_or_default());
    vec![
        ctx.say(
            Say::new("agreement.paper.signed")
                .with("at", clock::shown(given.signed_at))
                .with("method", word(given.method.word())),
        ),
        ctx.say(identity),
        ctx.say(Say::new("agreement.paper.level").with("level", word(given.level.word()))),
    ]
}
