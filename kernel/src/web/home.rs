//! What features show on the home page: numbers under headings, and pieces below them; and the lines of the first week, in
//! which a district is set up. The home page itself knows no feature.

use std::pin::Pin;

use entities::words::Role;

use super::{
    Ctx,
    ctx::Part,
    listing::{self, Listing},
};
use crate::{
    access::Can,
    platform::{Actor, App, Result, Say, list::COUNTED},
};

/// An answer in the making.
pub type Asking<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// A heading.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// The lower, the further up.
    pub order: u16,
    /// Locale key of its words.
    pub key: &'static str,
    /// Who sees it.
    pub shown: fn(&Actor) -> bool,
}

impl Group {
    /// What whoever takes part in the chain has to do.
    pub const MINE: Self = Self {
        order: 10,
        key: "work.group.mine",
        shown: takes_part,
    };
    /// What is stuck, for whoever looks on.
    pub const STUCK: Self = Self {
        order: 10,
        key: "work.group.stuck",
        shown: looks_on,
    };
    /// What the system administrator set up, and what does not run.
    pub const SYSTEM: Self = Self {
        order: 40,
        key: "work.group.system",
        shown: |by| by.is(Role::SystemAdmin),
    };
}

/// Works with children and takes part in the chain.
pub fn takes_part(by: &Actor) -> bool {
    Can::ViewChildren.allows(&by.roles) && !by.looks_on()
}

/// Works with children and looks on.
pub fn looks_on(by: &Actor) -> bool {
    Can::ViewChildren.allows(&by.roles) && by.looks_on()
}

/// A number that opens its list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    /// Where it leads.
    pub href: String,
    /// Locale key of what is counted.
    pub key: &'static str,
    /// How many.
    pub number: u64,
    /// There are more; nobody counted them, nor does the list.
    pub more: bool,
    /// Tone when there are any.
    pub kind: &'static str,
    /// Icon.
    pub icon: &'static str,
}

impl Tile {
    /// A number with the tone that it has when there are any.
    pub fn new(
        href: impl Into<String>,
        key: &'static str,
        number: u64,
        kind: &'static str,
        icon: &'static str,
    ) -> Self {
        Self {
            href: href.into(),
            key,
            number,
            more: false,
            // Nothing to do is no warning.
            kind: if number == 0 { "neutral" } else { kind },
            icon,
        }
    }
}

impl Tile {
    /// The number of a list's rows, and the list, so that the one is what the other shows.
    pub async fn of<L: Listing>(
        app: &App,
        by: &Actor,
        query: &str,
        key: &'static str,
        (kind, icon): (&'static str, &'static str),
    ) -> Result<Self> {
        let number = listing::count::<L>(app, by, query).await?;
        let href = if query.is_empty() {
            L::ADDRESS.to_owned()
        } else {
            format!("{}?{query}", L::ADDRESS)
        };
        Ok(Self {
            more: L::LONG && number > COUNTED,
            ..Self::new(
                href,
                key,
                if L::LONG { number.min(COUNTED) } else { number },
                kind,
                icon,
            )
        })
    }
}

/// Numbers of a feature under a heading.
#[derive(Clone, Copy, Debug)]
pub struct Tiles {
    /// The heading.
    pub group: Group,
    /// The lower, the further to the front.
    pub order: u16,
    /// What whoever sees them may do, besides seeing the heading.
    pub can: Can,
    /// Counts them.
    pub count: for<'a> fn(&'a App, &'a Actor) -> Asking<'a, Vec<Tile>>,
}

/// A piece of the home page below its numbers.
#[derive(Clone, Copy, Debug)]
pub struct Panel {
    /// The lower, the further up.
    pub order: u16,
    /// Who sees it.
    pub shown: fn(&Actor) -> bool,
    /// Draws it ([`Ctx::part`]).
    pub draw: for<'a> fn(&'a App, &'a Ctx) -> Asking<'a, Part>,
}

/// How a line of the first week stands: done or not, and what is there or missing.
pub type Standing = (bool, Vec<Say>);

/// A line of the first week: something that is set up before a district begins.
#[derive(Clone, Copy, Debug)]
pub struct SetUp {
    /// The lower, the earlier it is done.
    pub order: u16,
    /// In addresses and events; `first_week.NAME` and `first_week.NAME.about` are its words.
    pub name: &'static str,
    /// Where it is done.
    pub href: &'static str,
    /// What whoever opens that page may do.
    pub can: Can,
    /// How it stands; none where only a person can say it.
    pub stands: Option<for<'a> fn(&'a App, &'a Actor) -> Asking<'a, Standing>>,
}

impl SetUp {
    /// Locale key of what is done.
    pub fn key(&self) -> String {
        format!("first_week.{}", self.name)
    }

    /// Locale key of how.
    pub fn about(&self) -> String {
        format!("first_week.{}.about", self.name)
    }

    /// Only a person can say it.
    pub fn is_ticked(&self) -> bool {
        self.stands.is_none()
    }
}
