//! Collecting what is wrong with a file, and where.

use std::{fmt, ops::RangeInclusive};

use super::{
    Located, ReadError,
    json::{Is, List, Shape},
};
use crate::problem::limits;

/// So many complaints are reported; the rest are counted.
const MOST: usize = 20;

/// From nothing to any small number.
pub(super) fn small() -> RangeInclusive<i64> {
    0..=i64::from(limits::SMALL)
}

/// A place in a file, as a chain back to its top.
#[derive(Clone, Copy)]
pub(super) enum At<'a> {
    /// The file itself.
    Top,
    /// A field of an object.
    Field(&'a At<'a>, &'a str),
    /// An item of a list.
    Item(&'a At<'a>, usize),
}

impl<'a> At<'a> {
    /// A field of the object here.
    pub(super) fn field(&'a self, name: &'a str) -> Self {
        At::Field(self, name)
    }

    /// An item of the list here.
    pub(super) fn item(&'a self, index: usize) -> Self {
        At::Item(self, index)
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            At::Top => Ok(()),
            At::Field(At::Top, name) => f.write_str(name),
            At::Field(of, name) => write!(f, "{of}.{name}"),
            At::Item(of, index) => write!(f, "{of}[{index}]"),
        }
    }
}

/// The complaints about one file.
#[derive(Default)]
pub(super) struct Check {
    problems: Vec<Located>,
    more: usize,
}

impl Check {
    /// One more complaint.
    pub(super) fn say(&mut self, at: &At, what: impl Into<String>) {
        if self.problems.len() < MOST {
            let at = match at {
                At::Top => "the file".to_owned(),
                At::Field(..) | At::Item(..) => at.to_string(),
            };
            self.problems.push(Located { at, what: what.into() });
        } else {
            self.more += 1;
        }
    }

    /// Whether nothing was wrong so far.
    pub(super) fn fine(&self) -> bool {
        self.problems.is_empty()
    }

    /// What was made of the file, if nothing was wrong with it; whoever makes nothing of it has complained.
    pub(super) fn finish<T>(self, made: Option<T>) -> Result<T, ReadError> {
        match made {
            Some(value) if self.fine() => Ok(value),
            _ => Err(ReadError {
                problems: self.problems,
                more: self.more,
            }),
        }
    }

    /// What must be there.
    pub(super) fn need<'v, 'de, T: Shape<'de>>(&mut self, at: &At, value: &'v Is<T>) -> Option<&'v T> {
        match value {
            Is::A(value) => return Some(value),
            Is::Missing => self.say(at, "is missing"),
            Is::Null => self.say(at, format!("must be {}, not null", T::NAME)),
            Is::Wrong(what) => self.say(at, format!("must be {}, not {what}", T::NAME)),
        }
        None
    }

    /// What may be left out, or be `null`.
    pub(super) fn may<'v, 'de, T: Shape<'de>>(&mut self, at: &At, value: &'v Is<T>) -> Option<&'v T> {
        if value.given() { self.need(at, value) } else { None }
    }

    /// A number within bounds.
    pub(super) fn whole<N: TryFrom<i64>>(&mut self, at: &At, value: &Is<i64>, range: RangeInclusive<i64>) -> Option<N> {
        self.need(at, value).and_then(|n| self.within(at, *n, range))
    }

    /// A number within bounds; 0 where it is wrong, and the file will be refused.
    pub(super) fn number<N: TryFrom<i64> + Default>(
        &mut self,
        at: &At,
        value: &Is<i64>,
        range: RangeInclusive<i64>,
    ) -> N {
        self.whole(at, value, range).unwrap_or_default()
    }

    /// A number within bounds that may be left out.
    pub(super) fn number_or<N: TryFrom<i64>>(
        &mut self,
        at: &At,
        value: &Is<i64>,
        range: RangeInclusive<i64>,
        default: N,
    ) -> N {
        self.may(at, value)
            .and_then(|n| self.within(at, *n, range))
            .unwrap_or(default)
    }

    /// A number within bounds, or nothing.
    pub(super) fn maybe_number<N: TryFrom<i64>>(
        &mut self,
        at: &At,
        value: &Is<i64>,
        range: RangeInclusive<i64>,
    ) -> Option<N> {
        self.may(at, value).and_then(|n| self.within(at, *n, range))
    }

    fn within<N: TryFrom<i64>>(&mut self, at: &At, n: i64, range: RangeInclusive<i64>) -> Option<N> {
        let fit = range.contains(&n).then(|| N::try_from(n).ok()).flatten();
        if fit.is_none() {
            self.say(at, format!("is {n}, must be {} to {}", range.start(), range.end()));
        }
        fit
    }

    /// The id of something there are `count` of.
    pub(super) fn id(&mut self, at: &At, value: &Is<i64>, what: &str, count: usize) -> Option<usize> {
        let n = *self.need(at, value)?;
        let id = usize::try_from(n).ok().filter(|id| *id < count);
        if id.is_none() {
            self.say(at, format!("there is no {what} {n}"));
        }
        id
    }

    /// The id of something, or nothing.
    pub(super) fn maybe_id(&mut self, at: &At, value: &Is<i64>, what: &str, count: usize) -> Option<usize> {
        if value.given() {
            self.id(at, value, what, count)
        } else {
            None
        }
    }

    /// The items of a list that must be there, its length within the limit.
    pub(super) fn items<'v, 'de, T: Shape<'de>, const MAX: usize>(
        &mut self,
        at: &At,
        value: &'v Is<List<T, MAX>>,
    ) -> &'v [Is<T>] {
        let Some(list) = self.need(at, value) else { return &[] };
        if list.cut {
            self.say(at, format!("has more than {MAX} items"));
        }
        &list.items
    }

    /// The items of a list that may be left out.
    pub(super) fn items_if_any<'v, 'de, T: Shape<'de>, const MAX: usize>(
        &mut self,
        at: &At,
        value: &'v Is<List<T, MAX>>,
    ) -> &'v [Is<T>] {
        if value.given() { self.items(at, value) } else { &[] }
    }

    /// Two numbers, the first not above the second.
    fn band(&mut self, at: &At, value: &Is<List<i64, 2>>, range: RangeInclusive<i64>) -> (u32, u32) {
        let items = self.items(at, value);
        let [low, high] = items else {
            if value.get().is_some_and(|list| !list.cut) {
                self.say(at, "must be two numbers");
            }
            return (0, 0);
        };
        let low = self.whole(&at.item(0), low, range.clone());
        let high = self.whole(&at.item(1), high, range);
        let (Some(low), Some(high)) = (low, high) else {
            return (0, 0);
        };
        if low > high {
            self.say(at, format!("ends at {high}, before it begins at {low}"));
        }
        (low, high)
    }

    /// Two numbers, the first not above the second; everything where it is left out.
    pub(super) fn band_or_all(&mut self, at: &At, value: &Is<List<i64, 2>>, most: u32) -> (u32, u32) {
        if value.given() {
            self.band(at, value, 0..=i64::from(most))
        } else {
            (0, most)
        }
    }

    /// A short text that is not empty.
    pub(super) fn text(&mut self, at: &At, value: &Is<String>) -> String {
        const LONGEST: usize = 200;
        let Some(text) = self.need(at, value) else {
            return String::new();
        };
        if text.is_empty() {
            self.say(at, "is empty");
        } else if text.chars().take(LONGEST + 1).count() > LONGEST {
            self.say(at, format!("is longer than {LONGEST} characters"));
        } else {
            return text.clone();
        }
        String::new()
    }

    /// Ids are the places in the list.
    pub(super) fn is_index(&mut self, at: &At, value: &Is<i64>, index: usize) {
        let at = at.field("id");
        if let Some(id) = self.need(&at, value)
            && usize::try_from(*id) != Ok(index)
        {
            self.say(&at, format!("is {id}, must be its place in the list, {index}"));
        }
    }
}
