//! The slip of a referral (转介单): from whom to whom, why, what was found, what is asked and by when; with a receipt that the
//! receiver tears off and sends back.

use std::collections::BTreeMap;

use entities::{
    ChildId, OrganisationId, ReferralId,
    organisation::organisation,
    screening::referral,
    words::{ReferralKind, ReferralState},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::queries::{places_of, yours};
use crate::{
    access::Can,
    children::{OnPaper, on_paper},
    platform::{App, Error, Result, Say, clock, event::Subject},
    web::{
        Ctx, Findings,
        paper::{self, Asked, Block, Mark, Paper, Printed, Receipt, day, fact},
    },
};

/// Slips of referrals.
pub struct Slip;

type Places = BTreeMap<OrganisationId, organisation::Model>;

impl Printed for Slip {
    type Id = ReferralId;
    const NAME: &'static str = "referral-slip";
    const CODE: &'static str = "ZJ";
    const CAN: Can = Can::ViewChildren;
    const LIST: (&'static str, &'static str) = ("/referrals", "referral.list");
    const PHONES: bool = true;

    async fn papers(app: &App, ctx: &Ctx, asked: &Asked, ids: &[ReferralId]) -> Result<Vec<Paper>> {
        let rows = referral::Entity::find()
            .filter(yours(&ctx.actor))
            .filter(referral::COLUMN.id.is_in(ids.iter().copied()))
            .all(&*app.db)
            .await?;
        let rows: BTreeMap<ReferralId, referral::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
        let children: Vec<ChildId> = rows.values().map(|row| row.child_id).collect();
        let children = on_paper(app, ctx, &children, asked.full_phones()).await?;
        let sides = rows
            .values()
            .flat_map(|row| [row.from_organisation_id, row.to_organisation_id]);
        let places = places_of(&*app.db, sides).await?;
        let mut papers = Vec::with_capacity(ids.len());
        for id in ids {
            let row = rows.get(id).ok_or(Error::NotFound)?;
            if row.state == ReferralState::Proposed {
                return Err(Error::refused("slip.not_sent"));
            }
            let child = children.get(&row.child_id).ok_or(Error::NotFound)?;
            papers.push(slip(app, ctx, row, child, &places).await?);
        }
        Ok(papers)
    }
}

async fn slip(app: &App, ctx: &Ctx, row: &referral::Model, child: &OnPaper, places: &Places) -> Result<Paper> {
    let place = |id: OrganisationId| places.get(&id).ok_or(Error::NotFound);
    let (from, to) = (place(row.from_organisation_id)?, place(row.to_organisation_id)?);
    let say = |key: &'static str| ctx.say(key);
    let written = |place: &organisation::Model| place.phone.clone().unwrap_or_default();
    let mut parties = vec![
        vec![
            fact(say("referral.from"), &from.name),
            fact(say("paper.phone"), written(from)),
        ],
        vec![
            fact(say("referral.to"), &to.name),
            fact(say("paper.phone"), written(to)),
        ],
    ];
    parties.extend(to.address.iter().map(|text| vec![fact(say("slip.address"), text)]));
    let mut blocks = vec![Block::Facts { rows: parties }, child.facts_and_contact(ctx)];
    blocks.extend(why(app, ctx, row).await?);
    blocks.extend(asked_for(ctx, row));
    let sent_on = clock::day_of(row.since);
    blocks.push(Block::Signatures {
        labels: match row.kind {
            ReferralKind::Rescreen | ReferralKind::Diagnosis => {
                vec![say("paper.sign.sender"), say("paper.sign.guardian")]
            }
            ReferralKind::Intake => vec![say("paper.sign.sender")],
        },
    });
    blocks.push(Block::seal(ctx.language, &from.name, day(ctx.language, sent_on)));
    let number = paper::number(&row.district, Slip::CODE, row.id.0);
    Ok(Paper {
        title: ctx.say(paper::title(Slip::NAME)),
        version: row.version,
        subject: Subject::of_child("referral", row.id.0, row.child_id),
        name: child.child.name.clone(),
        origin: super::service::page(row.id),
        mark: mark(ctx, row.state),
        receipt: Some(receipt(ctx, row.kind, child, &from.name, &to.name, &number)),
        number,
        blocks,
    })
}

/// Why, and what was found before. Whoever is not told a finding is not told the reason that rests on it.
async fn why(app: &App, ctx: &Ctx, row: &referral::Model) -> Result<Vec<Block>> {
    let findings = Findings::among(ctx.features).of(app, ctx, row).await?;
    let withheld = findings.iter().any(|one| one.withheld);
    let reason = if withheld {
        ctx.say("finding.withheld")
    } else {
        row.reason.clone()
    };
    let mut blocks = vec![
        Block::Heading {
            text: ctx.say("referral.reason_for"),
        },
        Block::Text { text: reason },
    ];
    for one in findings.into_iter().filter(|one| one.led_here) {
        blocks.push(Block::Heading {
            text: ctx.say(Say::new("slip.found").with("what", &one.title)),
        });
        blocks.push(Block::Facts {
            rows: one
                .facts
                .into_iter()
                .map(|(label, text)| vec![fact(label, text)])
                .collect(),
        });
        let links = one.links.into_iter().map(|(_, text)| text);
        let items: Vec<String> = one.lines.into_iter().chain(links).collect();
        if !items.is_empty() {
            blocks.push(Block::Points { items });
        }
    }
    Ok(blocks)
}

/// What the receiver is asked for, and by when.
fn asked_for(ctx: &Ctx, row: &referral::Model) -> Vec<Block> {
    let key = match row.kind {
        ReferralKind::Rescreen => "slip.ask.rescreen",
        ReferralKind::Diagnosis => "slip.ask.diagnosis",
        ReferralKind::Intake => "slip.ask.intake",
    };
    let mut items = vec![
        ctx.say(Say::new("slip.ask.answer").with("day", day(ctx.language, row.answer_due_on))),
        ctx.say(Say::new(key).with("day", day(ctx.language, row.due_on))),
    ];
    items.extend(
        row.appointment_at
            .map(|at| ctx.say(Say::new("slip.appointment").with("at", clock::shown(at)))),
    );
    // To the centre nobody carries it: the centre comes to the family.
    if row.kind != ReferralKind::Intake {
        items.push(ctx.say("slip.bring"));
    }
    vec![
        Block::Heading {
            text: ctx.say("slip.ask"),
        },
        Block::Points { items },
    ]
}

fn receipt(ctx: &Ctx, kind: ReferralKind, child: &OnPaper, from: &str, to: &str, number: &str) -> Receipt {
    let say = |key: &'static str| ctx.say(key);
    let came = match kind {
        ReferralKind::Rescreen | ReferralKind::Diagnosis => "slip.receipt.seen_on",
        ReferralKind::Intake => "slip.receipt.contacted_on",
    };
    Receipt {
        cut: ctx.say(Say::new("slip.cut").with("from", from)),
        title: say("slip.receipt"),
        blocks: vec![
            Block::Facts {
                rows: vec![
                    child.named(ctx),
                    vec![
                        fact(say("slip.receipt.number"), number),
                        fact(say("referral.from"), from),
                    ],
                    vec![
                        fact(say("slip.receipt.taken"), say("slip.receipt.taken.ways")),
                        fact(say(came), ""),
                    ],
                    vec![fact(say("slip.receipt.result"), "")],
                    vec![fact(say("slip.receipt.next"), "")],
                ],
            },
            Block::Signatures {
                labels: vec![
                    say("paper.sign.receiver"),
                    say("slip.sign.phone"),
                    say("paper.sign.day"),
                ],
            },
            Block::seal(ctx.language, to, ""),
        ],
    }
}

/// What is written across a slip that nobody goes by any more.
fn mark(ctx: &Ctx, state: ReferralState) -> Option<Mark> {
    let (key, told) = match state {
        ReferralState::Recalled => ("paper.mark.recalled", "paper.mark.recalled.told"),
        ReferralState::Declined => ("paper.mark.declined", "paper.mark.declined.told"),
        ReferralState::Forwarded => ("paper.mark.forwarded", "paper.mark.forwarded.told"),
        ReferralState::Cancelled => ("paper.mark.cancelled", "paper.mark.cancelled.told"),
        ReferralState::Proposed
        | ReferralState::Sent
        | ReferralState::Accepted
        | ReferralState::Appointed
        | ReferralState::NoShow
        | ReferralState::Completed
        | ReferralState::Lost => return None,
    };
    Some(Mark::new(ctx.language, key, told))
}
