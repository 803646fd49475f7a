//! Papers as the page that prints draws them, and as the paper program is asked for them. Both read the same blocks.

use askama::Template;
use entities::words::Language;
use serde::Serialize;
use serde_json::json;

use super::{Asked, Block, Paper, Printed, Signed, other, title};
use crate::{
    access::Can,
    platform::{
        App, Result, Say, clock,
        paper::{Printer, Request},
    },
    web::{Ctx, ctx::Part, filters},
};

/// The page that prints.
#[derive(Template)]
#[template(path = "ui/paper.html")]
pub(super) struct PrintPage {
    /// Locale key of what they are called.
    title: String,
    /// The list that they were chosen from.
    list: (&'static str, &'static str),
    papers: Vec<Sheet>,
    /// The language of the papers.
    tongue: &'static str,
    /// At the foot of each: who printed it, and when.
    foot: String,
    /// The PDF, where it can be made.
    pdf: Option<String>,
    /// The same in the other language, and its name there.
    other: (String, &'static str),
    /// The same with numbers in full, for whoever may see them.
    full: Option<String>,
}

pub(super) fn page<P: Printed>(app: &App, ctx: &Ctx, own: &Ctx, asked: &Asked, papers: Vec<Paper>) -> PrintPage {
    let full = asked.full_phones();
    let to = |below: &str, language, full| asked.address(P::NAME, below, language, full);
    let other_language = other(own.language);
    let other_name = match other_language {
        Language::Chinese => "ui.language.zh",
        Language::English => "ui.language.en",
    };
    PrintPage {
        title: title(P::NAME),
        list: P::LIST,
        tongue: own.locale,
        foot: foot(own),
        pdf: Printer::found(&app.config)
            .is_ok()
            .then(|| to("/pdf", own.language, full)),
        other: (to("", other_language, full), other_name),
        full: (P::PHONES && !full && ctx.may(Can::Unmask)).then(|| to("", own.language, true)),
        papers: papers.into_iter().map(|paper| Sheet::of(own, paper)).collect(),
    }
}

/// A paper in the middle of a page.
#[derive(Template)]
#[template(path = "ui/sheet.html")]
struct SheetPart {
    sheet: Sheet,
    tongue: &'static str,
}

pub(super) fn part(ctx: &Ctx, paper: Paper) -> Result<Part> {
    ctx.part(&SheetPart {
        sheet: Sheet::of(ctx, paper),
        tongue: ctx.locale,
    })
}

/// Who printed it, and when.
fn foot(ctx: &Ctx) -> String {
    let who = ctx.who.as_ref();
    Say::new("paper.foot")
        .with("place", who.map_or("", |who| &who.organisation))
        .with("name", who.map_or("", |who| &who.display_name))
        .with("at", clock::shown(ctx.actor.now))
        .in_words(ctx.language)
}

/// A paper with its number and its version in words.
#[derive(Serialize)]
struct Sheet {
    #[serde(flatten)]
    paper: Paper,
    numbered: String,
    versioned: String,
}

impl Sheet {
    fn of(ctx: &Ctx, paper: Paper) -> Self {
        Self {
            numbered: ctx.say(Say::new("paper.number").with("number", &paper.number)),
            versioned: ctx.say(Say::new("paper.version").with("n", paper.version)),
            paper,
        }
    }
}

/// What the paper program is asked for.
pub(super) fn request<P: Printed>(ctx: &Ctx, papers: Vec<Paper>) -> Request {
    let sheets: Vec<Sheet> = papers.into_iter().map(|paper| Sheet::of(ctx, paper)).collect();
    let data = json!({
        "title": ctx.say(title(P::NAME)),
        "english": ctx.language == Language::English,
        "foot": foot(ctx),
        "papers": sheets,
    });
    Request::template("paper", data).on(ctx.actor.today())
}
