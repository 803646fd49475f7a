//! What a feature says about one of its tables.

use std::fmt;

use entities::ChildId;
use sea_orm::{Condition, EntityTrait, schema::SchemaBuilder};

use super::{
    effect::Besides,
    ending::Ending,
    hands::{Doing, Handover},
    judged::LookAgain,
    place::Place,
    rows::Rows,
};
use crate::platform::{Actor, Result, Tx};

/// A table whose rows hang on children, and what becomes of them. What is not said is the usual: its rows are found by
/// `child_id`, belong to the file, name the other child after a merge, outlast a departure and stay where they are.
#[derive(Clone, Copy)]
pub struct Table {
    pub(super) rows: Rows,
    pub(super) called: &'static str,
    pub(super) standing: Standing,
    pub(super) found: Option<fn(&[ChildId]) -> Condition>,
    pub(super) hands: Hands,
    pub(super) ending: Option<Ending>,
    pub(super) judged: Option<LookAgain>,
    pub(super) trace: bool,
    pub(super) place: Place,
    pub(super) refers: &'static [(&'static str, &'static str)],
    whole: bool,
    named_by: &'static [&'static str],
    words: Words,
}

/// What a table is to the file of a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Part of it.
    OfFile,
    /// Made from the rest, and made anew when that changes.
    Derived,
    /// It names children, and belongs to none of them.
    Apart,
}

/// How rows of the file that goes get to the file that stays.
#[derive(Clone, Copy)]
pub(super) enum Hands {
    /// They name the other child.
    Renamed,
    /// They are left: they go with what they hang on, or whoever merges writes them.
    Left,
    /// As the feature says.
    By(for<'a> fn(&'a Tx, &'a Actor, Handover) -> Doing<'a>),
}

/// How pages speak of its columns.
#[derive(Clone, Copy)]
struct Words {
    /// Locale keys by column.
    columns: &'static [(&'static str, &'static str)],
    /// The locale key of a word of a closed vocabulary, by column and text.
    values: Option<fn(&str, &str) -> Option<&'static str>>,
    /// What no page quotes: sealed, or a hash of what is sealed.
    secret: &'static [&'static str],
}

impl Table {
    /// A table with a column `child_id`, and the locale key of what one of its rows is called.
    pub const fn of<E>(called: &'static str) -> Self
    where
        E: EntityTrait<Model: Send + Sync, ActiveModel: Send>,
    {
        Self {
            rows: Rows::of::<E>(),
            called,
            standing: Standing::OfFile,
            found: None,
            hands: Hands::Renamed,
            ending: None,
            judged: None,
            trace: false,
            place: Place::Nowhere,
            refers: &[],
            whole: false,
            named_by: &[],
            words: Words {
                columns: &[],
                values: None,
                secret: &[],
            },
        }
    }

    /// A table whose rows hang on a child by way of another: they are found as given, and go where that goes.
    pub const fn found_by<E>(called: &'static str, found: fn(&[ChildId]) -> Condition) -> Self
    where
        E: EntityTrait<Model: Send + Sync, ActiveModel: Send>,
    {
        let mut table = Self::of::<E>(called);
        table.found = Some(found);
        table.hands = Hands::Left;
        table
    }

    /// A table that is made from the others by a projection: nobody puts its rows back or moves them.
    pub const fn derived<E>() -> Self
    where
        E: EntityTrait<Model: Send + Sync, ActiveModel: Send>,
    {
        let mut table = Self::of::<E>("");
        table.standing = Standing::Derived;
        table.hands = Hands::Left;
        table
    }

    /// A table that names children and is part of no file.
    pub const fn apart<E>() -> Self
    where
        E: EntityTrait<Model: Send + Sync, ActiveModel: Send>,
    {
        let mut table = Self::of::<E>("");
        table.standing = Standing::Apart;
        table.hands = Hands::Left;
        table
    }

    /// How its rows change hands in a merge, where it is not enough that they name the other child.
    pub const fn changes_hands(mut self, how: for<'a> fn(&'a Tx, &'a Actor, Handover) -> Doing<'a>) -> Self {
        self.hands = Hands::By(how);
        self
    }

    /// What of it ends when the child leaves.
    pub const fn ends(mut self, ending: Ending) -> Self {
        self.ending = Some(ending);
        self
    }

    /// Its rows were judged by facts of the child: how they are looked at again when one is corrected.
    pub const fn judged_by_facts(mut self, look: LookAgain) -> Self {
        self.judged = Some(look);
        self
    }

    /// Its rows say what happened: whoever takes a departure back adds to them and takes none away.
    pub const fn trace(mut self) -> Self {
        self.trace = true;
        self
    }

    /// Its district, street and division say where the child lived when it happened.
    pub const fn lies_where_it_was(mut self) -> Self {
        self.place = Place::Then;
        self
    }

    /// Its district and street say where the child lives: these rows go where it goes.
    pub const fn follows(mut self, which: fn() -> Condition) -> Self {
        self.place = Place::Now(which);
        self
    }

    /// Columns by which it refers to other tables: its rows stand behind those, and what refers to a row that would go
    /// keeps it from going.
    pub const fn refers(mut self, columns: &'static [(&'static str, &'static str)]) -> Self {
        self.refers = columns;
        self
    }

    /// After a merge a later change to any column of a row counts, not only to those that the merge changed.
    pub const fn whole(mut self) -> Self {
        self.whole = true;
        self
    }

    /// Columns by which people call a row, besides its number.
    pub const fn named_by(mut self, columns: &'static [&'static str]) -> Self {
        self.named_by = columns;
        self
    }

    /// The locale keys of its columns.
    pub const fn columns(mut self, keys: &'static [(&'static str, &'static str)]) -> Self {
        self.words.columns = keys;
        self
    }

    /// The locale keys of words of closed vocabularies, by column and text.
    pub const fn values(mut self, key: fn(&str, &str) -> Option<&'static str>) -> Self {
        self.words.values = Some(key);
        self
    }

    /// Columns that no page quotes.
    pub const fn secret(mut self, columns: &'static [&'static str]) -> Self {
        self.words.secret = columns;
        self
    }

    /// Its name in the database.
    pub fn name(&self) -> &'static str {
        (self.rows.name)()
    }

    /// The names of its columns.
    pub fn column_names(&self) -> Vec<&'static str> {
        (self.rows.columns)()
    }

    /// Its rows are part of a child's file.
    pub fn is_of_file(&self) -> bool {
        self.standing == Standing::OfFile
    }

    /// Tables that it refers to, by column.
    pub fn references(&self) -> &'static [(&'static str, &'static str)] {
        self.refers
    }

    /// Its rows go with what they hang on, and keep nothing from going.
    pub fn goes_along(&self) -> bool {
        matches!(self.hands, Hands::Left)
    }

    /// Its rows are made from those of the others.
    pub fn is_derived(&self) -> bool {
        self.standing == Standing::Derived
    }

    /// Its rows go where the child goes, or stay where they were: either way they name a place.
    pub fn names_a_place(&self) -> bool {
        !matches!(self.place, Place::Nowhere)
    }

    /// Say of a schema that it has this table.
    pub fn describe(&self, schema: SchemaBuilder) -> SchemaBuilder {
        (self.rows.describe)(schema)
    }

    /// The locale key of what one of its rows is called.
    pub fn called(&self) -> &'static str {
        self.called
    }

    /// The locale key of a column.
    pub fn column_word(&self, column: &str) -> Option<&'static str> {
        let named = self.words.columns.iter().find(|(name, _)| *name == column)?;
        Some(named.1)
    }

    /// The locale key of a word in a column with a closed vocabulary.
    pub fn value_word(&self, column: &str, text: &str) -> Option<&'static str> {
        self.words.values?(column, text)
    }

    /// No page quotes what is in it.
    pub fn is_secret(&self, column: &str) -> bool {
        self.words.secret.contains(&column)
    }

    pub(super) fn rows_of(&self, children: &[ChildId]) -> Result<Condition> {
        match self.found {
            Some(found) => Ok(found(children)),
            None => (self.rows.of)(children),
        }
    }

    pub(super) fn besides(&self, merging: bool) -> Besides {
        if merging && self.whole {
            Besides::All
        } else {
            Besides::These(self.named_by)
        }
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Table").field(&self.name()).finish()
    }
}
