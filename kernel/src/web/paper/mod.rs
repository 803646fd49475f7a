//! Papers (文书): what is printed of rows, signed, stamped and kept on file. A paper is described once, as blocks
//! ([`Paper`]); everything else is made of that: the page that prints, the PDF of the paper program, several at once with a
//! page of their own each, the mark over what does not hold any more, and an event for each child.
//!
//! A feature says its papers in its `FEATURE` (`papers: &[Papers::of::<Slip>()]`); a list says which can be printed of its
//! rows ([`super::listing::Prints`]).

mod asked;
mod drawn;
mod records;
mod sheet;

use std::str::FromStr;

use axum::extract::State;
use entities::words::Language;
use serde_json::json;

pub use self::{
    asked::{Asked, MOST, address},
    records::Records,
    sheet::{Block, Fact, Mark, Paper, Receipt, Signed, day, fact, number},
};
use super::{
    Answer, Ctx, Query, Routes,
    ctx::{Part, download},
};
use crate::{
    access::Can,
    platform::{App, Error, Result, Say, event, paper::Printer},
};

/// A kind of paper.
pub trait Printed: Sized + Send + Sync + 'static {
    /// The row that it is made of.
    type Id: FromStr + Copy + Send + Sync;

    /// The last part of its address, its name in events; and the end of its locale key: `paper.title.<name>`.
    const NAME: &'static str;
    /// The letters in its number.
    const CODE: &'static str;
    /// Who may print it.
    const CAN: Can;
    /// The list that it is chosen from: address and locale key of its name.
    const LIST: (&'static str, &'static str);
    /// It names telephone numbers, masked unless somebody who may asks for them in full.
    const PHONES: bool = false;

    /// The papers of some rows, in their order and in the language of `ctx`.
    ///
    /// # Errors
    /// One of the rows is not found, or there is no such paper of it.
    fn papers(app: &App, ctx: &Ctx, asked: &Asked, ids: &[Self::Id])
    -> impl Future<Output = Result<Vec<Paper>>> + Send;
}

/// A kind of paper as its feature brings it.
#[derive(Clone, Copy, Debug)]
pub struct Papers {
    /// The last part of its address.
    pub name: &'static str,
    /// The letters in its number.
    pub code: &'static str,
    /// Who may print it.
    pub can: Can,
    /// The list that it is chosen from.
    pub list: (&'static str, &'static str),
    /// Its page and its PDF.
    pub routes: fn() -> Routes,
}

impl Papers {
    /// The papers of a kind.
    pub const fn of<P: Printed>() -> Self {
        Self {
            name: P::NAME,
            code: P::CODE,
            can: P::CAN,
            list: P::LIST,
            routes: routes::<P>,
        }
    }

    /// Locale key of what it is called.
    pub fn title(self) -> String {
        title(self.name)
    }
}

/// Locale key of what a kind of paper is called.
pub fn title(name: &str) -> String {
    format!("paper.title.{name}")
}

fn routes<P: Printed>() -> Routes {
    // Addresses of routes live as long as the process.
    let below = |rest: &str| -> &'static str { format!("/papers/{}{rest}", P::NAME).leak() };
    Routes::new()
        .get(below(""), P::CAN, page::<P>)
        .get_heavy(below("/pdf"), P::CAN, pdf::<P>)
}

async fn page<P: Printed>(State(app): State<App>, ctx: Ctx, Query(asked): Query<Asked>) -> Answer {
    let Some(ids) = asked.ids::<P>(&ctx)? else {
        return ctx.go(P::LIST.0).warning("paper.none").answer();
    };
    let own = asked.tongue(&ctx);
    let papers = P::papers(&app, &own, &asked, &ids).await?;
    note::<P>(&app, &ctx, &asked, &papers, "page").await?;
    ctx.page(&drawn::page::<P>(&app, &ctx, &own, &asked, papers))
}

async fn pdf<P: Printed>(State(app): State<App>, ctx: Ctx, Query(asked): Query<Asked>) -> Answer {
    let Some(ids) = asked.ids::<P>(&ctx)? else {
        return ctx.go(P::LIST.0).warning("paper.none").answer();
    };
    let own = asked.tongue(&ctx);
    let papers = P::papers(&app, &own, &asked, &ids).await?;
    note::<P>(&app, &ctx, &asked, &papers, "pdf").await?;
    pdf_of::<P>(&app, &own, papers).await
}

/// The PDF of some papers, for whoever has found them by a way of their own and recorded it. In the language of `ctx`.
///
/// # Errors
/// The paper program is not there, or cannot make it.
pub async fn pdf_of<P: Printed>(app: &App, ctx: &Ctx, papers: Vec<Paper>) -> Answer {
    let printer = Printer::found(&app.config)?;
    let what = match papers.as_slice() {
        [one] => one.number.clone(),
        several => ctx.say(Say::new("paper.several").with("n", several.len())),
    };
    let made = printer.print(&drawn::request::<P>(ctx, papers)).await?;
    let name = format!("{}-{what}-{}.pdf", ctx.say(title(P::NAME)), ctx.actor.today());
    Ok(download(&name, "application/pdf", made))
}

/// A paper on a page: the blocks as the page that prints draws them.
pub fn drawn_on_a_page(ctx: &Ctx, paper: Paper) -> Result<Part> {
    drawn::part(ctx, paper)
}

/// Each child's paper is an event of its file, and a number in full besides.
async fn note<P: Printed>(app: &App, ctx: &Ctx, asked: &Asked, papers: &[Paper], format: &str) -> Result<()> {
    let mut events = Vec::with_capacity(papers.len());
    for paper in papers {
        let details = json!({
            "paper": P::NAME, "number": paper.number, "version": paper.version, "format": format,
            "mark": paper.mark.as_ref().map(|mark| mark.key),
        });
        events.push(event::row(&ctx.actor, "paper.printed", paper.subject, details, false));
        if asked.full_phones() {
            let details = json!({ "field": "phone", "paper_number": paper.number });
            events.push(event::row(&ctx.actor, "child.unmasked", paper.subject, details, false));
        }
    }
    event::note_all(app, events).await
}

/// The other language, for the link that leads there.
const fn other(language: Language) -> Language {
    match language {
        Language::Chinese => Language::English,
        Language::English => Language::Chinese,
    }
}

/// More than are printed at once.
pub(super) fn too_many() -> Error {
    Error::refused(Say::new("paper.too_many").with("most", MOST))
}
