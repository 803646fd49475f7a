//! A fact about a child is corrected, and what was judged by it is looked at again.

use std::pin::Pin;

use chrono::NaiveDate;
use entities::{ChildId, words::Sex};

use crate::platform::{Actor, Result, Say, Tx};

/// What of a child others judge by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Who.
    pub id: ChildId,
    /// Birth date.
    pub birth_on: NaiveDate,
    /// Completed weeks of pregnancy.
    pub gestational_weeks: Option<i32>,
    /// Sex.
    pub sex: Sex,
    /// The keyed digest of its number.
    pub identity: Option<String>,
    /// Where it lives: the division, and the district that this lies in.
    pub division: String,
    /// The district.
    pub district: String,
    /// It has left the programme.
    pub left: bool,
}

/// The facts before and after a correction.
#[derive(Clone, Copy, Debug)]
pub struct Corrected<'a> {
    /// Who corrects.
    pub by: &'a Actor,
    /// As they were when things were judged.
    pub old: &'a Facts,
    /// As they are now.
    pub new: &'a Facts,
}

impl Corrected<'_> {
    /// Everything that goes by an age was judged by another.
    pub fn changes_age(&self) -> bool {
        self.old.birth_on != self.new.birth_on || self.old.gestational_weeks != self.new.gestational_weeks
    }

    /// Who the child is was judged by something else.
    pub fn changes_identity(&self) -> bool {
        self.old.sex != self.new.sex || self.old.identity != self.new.identity || self.old.birth_on != self.new.birth_on
    }

    /// Where the child lives is another place.
    pub fn changes_home(&self) -> bool {
        self.old.division != self.new.division
    }
}

/// Sentences, in the making.
pub type Judging<'a> = Pin<Box<dyn Future<Output = Result<Vec<Say>>> + Send + 'a>>;

/// Look at the rows of a table again, and tell what was judged by the old value and what becomes of it. Nothing is
/// overwritten: what does not hold any more is taken up anew, and what was found stays on record.
pub type LookAgain = for<'a> fn(&'a Tx, Corrected<'a>) -> Judging<'a>;
