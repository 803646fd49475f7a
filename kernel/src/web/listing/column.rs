//! A column, and how its cells read.

use chrono::{DateTime, Utc};

use crate::{
    platform::{
        clock,
        workbook::{ExportColumn, Value},
    },
    web::Ctx,
};

/// The class of a column of links and buttons.
const ACTIONS: &str = "act";

/// What a cell says in a file.
type InFile<R> = fn(&R, &Ctx) -> Value;
/// What a cell says on the page.
type OnPage<R> = fn(&R, &Ctx) -> Cell;

/// A column of a list.
pub struct Column<R: 'static> {
    head: &'static str,
    sort: &'static str,
    class: &'static str,
    file: Option<(u16, InFile<R>)>,
    page: Reads<R>,
}

enum Reads<R: 'static> {
    /// Not on the page.
    Not,
    /// As in the file.
    Value(InFile<R>),
    /// In its own way.
    Cell(OnPage<R>),
}

impl<R: 'static> Column<R> {
    /// A column that reads alike on the page and in the file: the locale key of its head, its width in characters, what a
    /// cell says.
    pub const fn new(head: &'static str, width: u16, cell: InFile<R>) -> Self {
        Self {
            head,
            sort: "",
            class: "",
            file: Some((width, cell)),
            page: Reads::Value(cell),
        }
    }

    /// A column of the page alone.
    pub const fn shown(head: &'static str, cell: OnPage<R>) -> Self {
        Self {
            head,
            sort: "",
            class: "",
            file: None,
            page: Reads::Cell(cell),
        }
    }

    /// The last column of a page: what can be done with each row. It is not printed.
    pub const fn actions(cell: OnPage<R>) -> Self {
        let mut column = Self::shown("", cell);
        column.class = ACTIONS;
        column
    }

    /// In the file alone.
    #[must_use]
    pub const fn filed(mut self) -> Self {
        self.page = Reads::Not;
        self
    }

    /// Reads otherwise on the page: a link, a badge, two lines.
    #[must_use]
    pub const fn on_page(mut self, cell: OnPage<R>) -> Self {
        self.page = Reads::Cell(cell);
        self
    }

    /// The list sorts by it; its name in the query string, which the query knows.
    #[must_use]
    pub const fn sorted(mut self, by: &'static str) -> Self {
        self.sort = by;
        self
    }

    /// Does not wrap.
    #[must_use]
    pub const fn nowrap(mut self) -> Self {
        self.class = "nowrap";
        self
    }

    /// Numbers, to the right.
    #[must_use]
    pub const fn number(mut self) -> Self {
        self.class = "num";
        self
    }

    /// Codes and file numbers, in their own type.
    #[must_use]
    pub const fn code(mut self) -> Self {
        self.class = "code";
        self
    }

    pub(super) fn as_export(&self, ctx: &Ctx) -> Option<ExportColumn> {
        self.file.map(|(width, _)| ExportColumn {
            header: ctx.say(self.head),
            width,
        })
    }

    pub(super) fn as_head(&self) -> Option<Head> {
        (!matches!(self.page, Reads::Not)).then_some(Head {
            key: self.head,
            sort: self.sort,
            number: self.class == "num",
            actions: self.class == ACTIONS,
        })
    }

    pub(super) fn as_cell(&self, row: &R, ctx: &Ctx) -> Option<Shown> {
        let cell = match self.page {
            Reads::Not => return None,
            Reads::Value(cell) => Cell::new().text(cell(row, ctx).shown()),
            Reads::Cell(cell) => cell(row, ctx),
        };
        Some(Shown {
            class: self.class,
            pieces: cell.0,
        })
    }
}

/// The cells of a row in the file.
pub(super) fn in_file<R>(columns: &[Column<R>], row: &R, ctx: &Ctx) -> Vec<Value> {
    let filed = columns.iter().filter_map(|column| column.file);
    filed.map(|(_, cell)| cell(row, ctx)).collect()
}

/// The head of a column on the page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) key: &'static str,
    pub(super) sort: &'static str,
    pub(super) number: bool,
    pub(super) actions: bool,
}

/// A cell on the page.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub(super) class: &'static str,
    pub(super) pieces: Vec<Piece>,
}

/// What stands in a cell, piece by piece.
#[derive(Clone, Debug, Default)]
pub struct Cell(Vec<Piece>);

#[derive(Clone, Debug)]
pub(super) enum Piece {
    Text(String),
    Muted(String),
    Code(String),
    MutedCode(String),
    Link {
        href: String,
        text: String,
    },
    Badge {
        tone: &'static str,
        icon: &'static str,
        text: String,
    },
    Action {
        href: String,
        icon: &'static str,
        text: String,
    },
    Line,
}

impl Cell {
    /// Empty.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    fn and(mut self, piece: Piece) -> Self {
        self.0.push(piece);
        self
    }

    /// Text.
    #[must_use]
    pub fn text(self, text: impl Into<String>) -> Self {
        self.and(Piece::Text(text.into()))
    }

    /// Text that matters less.
    #[must_use]
    pub fn muted(self, text: impl Into<String>) -> Self {
        self.and(Piece::Muted(text.into()))
    }

    /// A code that stands beside what it means.
    #[must_use]
    pub fn muted_code(self, text: impl Into<String>) -> Self {
        self.and(Piece::MutedCode(text.into()))
    }

    /// An instant, as the users' clocks show it.
    #[must_use]
    pub fn moment(self, at: DateTime<Utc>) -> Self {
        self.text(clock::shown(at))
    }

    /// A code or a number that people compare letter by letter.
    #[must_use]
    pub fn code(self, text: impl Into<String>) -> Self {
        self.and(Piece::Code(text.into()))
    }

    /// A link to where the row leads.
    #[must_use]
    pub fn link(self, href: impl Into<String>, text: impl Into<String>) -> Self {
        self.and(Piece::Link {
            href: href.into(),
            text: text.into(),
        })
    }

    /// A state: tone, icon, word.
    #[must_use]
    pub fn badge(self, (tone, icon): (&'static str, &'static str), text: impl Into<String>) -> Self {
        self.and(Piece::Badge {
            tone,
            icon,
            text: text.into(),
        })
    }

    /// Something that can be done with the row.
    #[must_use]
    pub fn action(self, href: impl Into<String>, icon: &'static str, text: impl Into<String>) -> Self {
        self.and(Piece::Action {
            href: href.into(),
            icon,
            text: text.into(),
        })
    }

    /// What follows stands below.
    #[must_use]
    pub fn line(self) -> Self {
        self.and(Piece::Line)
    }
}
