//! What a family is given in writing after a check (告知书): what was done, what comes next, by when, whom to ask. Never a
//! score, never the name of a condition. The family keeps the sheet; its foot is signed, torn off and kept on file.

use entities::organisation::organisation;

use crate::{
    children::OnPaper,
    platform::{Say, event::Subject},
    web::{
        Ctx,
        paper::{self, Block, Mark, Paper, Receipt, day, fact},
    },
};

/// Lines for what a doctor adds by hand.
const LINES: usize = 3;

/// A notice to a family.
#[derive(Clone, Debug)]
pub struct FamilyNotice<'a> {
    /// Name of its kind.
    pub kind: &'static str,
    /// Letters of its kind.
    pub code: &'static str,
    /// The row that is told of: its id, its version, and where it is read.
    pub row: (i64, i32, String),
    /// The same for the event.
    pub subject: Subject,
    /// The child.
    pub child: &'a OnPaper,
    /// Who tells it, and is asked.
    pub place: &'a organisation::Model,
    /// What is told does not hold any more.
    pub mark: Option<Mark>,
    /// What was done and what it means, in paragraphs.
    pub told: Vec<Say>,
    /// What comes next, and by when.
    pub next: Vec<Say>,
    /// A doctor adds advice by hand.
    pub advised: bool,
}

impl FamilyNotice<'_> {
    /// The paper.
    pub fn paper(self, ctx: &Ctx) -> Paper {
        let Self { place, child, .. } = self;
        let title = ctx.say(paper::title(self.kind));
        let (id, version, origin) = self.row;
        let number = paper::number(&child.child.district, self.code, id);
        let today = day(ctx.language, ctx.actor.today());
        let spoken = |says: Vec<Say>| says.into_iter().map(|say| ctx.say(say)).collect::<Vec<_>>();
        let mut blocks = vec![
            child.facts(ctx),
            Block::text(
                ctx.language,
                Say::new("family_notice.dear").with("child", &child.child.name),
            ),
        ];
        blocks.extend(spoken(self.told).into_iter().map(|text| Block::Text { text }));
        if self.advised {
            blocks.push(Block::Lines {
                label: ctx.say("family_notice.advice"),
                count: LINES,
            });
        }
        blocks.push(Block::heading(ctx.language, "family_notice.next"));
        blocks.push(Block::Points {
            items: spoken(self.next),
        });
        blocks.push(Block::heading(ctx.language, "family_notice.ask"));
        blocks.push(Block::Points {
            items: vec![
                ask(ctx, place),
                ctx.say("family_notice.any_time"),
                ctx.say("family_notice.kept"),
            ],
        });
        blocks.push(Block::seal(ctx.language, &place.name, &today));
        let receipt = Receipt {
            cut: ctx.say(Say::new("family_notice.cut").with("place", &place.name)),
            title: ctx.say(Say::new("family_notice.receipt").with("title", &title)),
            blocks: vec![
                Block::Facts {
                    rows: vec![
                        child.named(ctx),
                        vec![
                            fact(ctx.say("family_notice.number"), &number),
                            fact(ctx.say("family_notice.told_by"), &place.name),
                        ],
                    ],
                },
                Block::text(ctx.language, "family_notice.understood"),
                Block::Signatures {
                    labels: [
                        "paper.sign.guardian",
                        "paper.sign.kinship",
                        "paper.sign.told_by",
                        "paper.sign.day",
                    ]
                    .map(|key| ctx.say(key))
                    .into(),
                },
            ],
        };
        Paper {
            title,
            number,
            version,
            subject: self.subject,
            name: child.child.name.clone(),
            origin,
            mark: self.mark,
            blocks,
            receipt: Some(receipt),
        }
    }
}

/// Whom to ask, and how.
fn ask(ctx: &Ctx, place: &organisation::Model) -> String {
    let key = match (&place.phone, &place.address) {
        (Some(_), Some(_)) => "family_notice.ask.both",
        (Some(_), None) => "family_notice.ask.phone",
        (None, Some(_)) => "family_notice.ask.address",
        (None, None) => "family_notice.ask.there",
    };
    ctx.say(
        Say::new(key)
            .with("place", &place.name)
            .with("phone", place.phone.as_deref().unwrap_or_default())
            .with("address", place.address.as_deref().unwrap_or_default()),
    )
}
