//! Papers of the rows of a list: those that were ticked, or all of it, in its order.

use axum::extract::State;
use sea_orm::QuerySelect as _;
use serde::Deserialize;

use super::{Listing, asked};
use crate::{
    access::Can,
    platform::{App, Error, List, Result, Say},
    web::{
        Answer, Ctx, Query, find,
        paper::{self, MOST, Printed},
    },
};

/// In front of the name of a paper: of all rows.
const ALL: &str = "all:";

/// A kind of paper that can be printed of rows of a list. The address of the list sends what is ticked to `<list>/papers`.
#[derive(Clone, Copy, Debug)]
pub struct Prints {
    name: &'static str,
    can: Can,
}

/// A row that papers can be printed of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    /// The row that its papers are made of.
    pub id: i64,
    /// What it is called, for whoever does not see the row.
    pub label: String,
}

impl Prints {
    /// The papers of a kind.
    pub const fn of<P: Printed>() -> Self {
        Self {
            name: P::NAME,
            can: P::CAN,
        }
    }

    /// What the button for ticked rows sends.
    pub const fn ticked(self) -> &'static str {
        self.name
    }

    /// What the button for all rows sends.
    pub fn all(self) -> String {
        format!("{ALL}{}", self.name)
    }

    /// What the button for ticked rows says.
    pub fn ticked_say(self) -> Say {
        Say::new("paper.print_ticked").with_word("paper", paper::title(self.name))
    }

    /// What the button for all rows says.
    pub fn all_say(self) -> Say {
        Say::new("paper.print_all").with_word("paper", paper::title(self.name))
    }
}

/// The kinds of paper of a list that the reader may print.
pub fn prints<L: Listing>(ctx: &Ctx) -> Vec<Prints> {
    L::PAPERS.iter().filter(|one| ctx.may(one.can)).copied().collect()
}

/// What the list sends.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    paper: String,
    pick: Vec<String>,
    query: String,
}

/// The papers of ticked rows, or of all rows that the list shows.
pub(super) async fn print<L: Listing>(State(app): State<App>, ctx: Ctx, Query(wanted): Query<Wanted>) -> Answer {
    let back = format!("{}?{}", L::ADDRESS, wanted.query);
    let name = wanted.paper.strip_prefix(ALL);
    let all = name.is_some();
    let name = name.unwrap_or(&wanted.paper);
    let Some(kind) = prints::<L>(&ctx).into_iter().find(|one| one.name == name) else {
        return ctx.go(back).warning("paper.none").answer();
    };
    let (picks, without) = if all {
        let list = asked::<L>(
            &ctx.actor,
            find::opened(&app, &ctx.actor, List::of_query(&wanted.query))?,
        );
        everything::<L>(&app, &ctx, &list).await?
    } else {
        (wanted.pick, 0)
    };
    if picks.is_empty() {
        let key = if without > 0 { "paper.without_all" } else { "paper.none" };
        return ctx.go(back).warning(key).answer();
    }
    if picks.len() > MOST {
        return ctx
            .go(back)
            .warning(Say::new("paper.too_many").with("most", MOST))
            .answer();
    }
    let go = ctx.go(paper::address(kind.name, "", &picks));
    if without > 0 {
        return go.warning(Say::new("paper.without").with("n", without)).answer();
    }
    go.answer()
}

/// The rows of a list that papers can be printed of, one more than can be printed where there are too many; and how many rows
/// have no paper yet.
async fn everything<L: Listing>(app: &App, ctx: &Ctx, list: &List) -> Result<(Vec<String>, usize)> {
    let most = u64::try_from(MOST).map_err(anyhow::Error::from)?;
    let select = match L::select(app, &ctx.actor, list).await {
        // A filter that cannot be read finds nothing.
        Err(Error::Invalid(_)) => return Ok((Vec::new(), 0)),
        other => other?,
    };
    let found = select.limit(most + 1).into_model::<L::Found>().all(&*app.db).await?;
    let too_many = found.len() > MOST;
    let rows = L::rows(app, ctx, found).await?;
    let picks = rows.iter().filter_map(|row| L::pick(row, ctx));
    let mut picks: Vec<String> = picks.map(|pick| pick.id.to_string()).collect();
    let without = rows.len() - picks.len();
    // Rows without a paper among the first do not make a longer list a shorter one.
    if too_many {
        picks.resize(MOST + 1, String::new());
    }
    Ok((picks, without))
}
