//! What stood in a file, before it is checked: nothing is refused here but JSON that is none.
//!
//! Every value is an [`Is`], so that a text in the place of a number is one more line of the report and not its end.
//! Unknown fields are skipped, lists are cut where they pass their limit.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};

/// What was found in the place of a `T`.
#[derive(Debug, Clone, Default)]
pub(super) enum Is<T> {
    /// No such field.
    #[default]
    Missing,
    /// `null`.
    Null,
    /// Something else, named for the report.
    Wrong(&'static str),
    /// A `T`.
    A(T),
}

impl<T> Is<T> {
    /// The value, if there is one.
    pub(super) fn get(&self) -> Option<&T> {
        match self {
            Self::A(value) => Some(value),
            Self::Missing | Self::Null | Self::Wrong(_) => None,
        }
    }

    /// Neither missing nor `null`.
    pub(super) fn given(&self) -> bool {
        matches!(self, Self::Wrong(_) | Self::A(_))
    }
}

/// A JSON type that an [`Is`] can hold; what it does not take is named in the report.
pub(super) trait Shape<'de>: Sized {
    /// In words, with its article.
    const NAME: &'static str;

    /// From a whole number.
    fn whole(_: i64) -> Option<Self> {
        None
    }

    /// From a text.
    fn text(_: &str) -> Option<Self> {
        None
    }

    /// From a list, which must be read to its end.
    fn list<A: SeqAccess<'de>>(seq: A) -> Result<Option<Self>, A::Error> {
        skip(seq).map(|()| None)
    }

    /// From an object, which must be read to its end.
    fn object<A: MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

fn skip<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<(), A::Error> {
    while seq.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

impl Shape<'_> for i64 {
    const NAME: &'static str = "a whole number";

    fn whole(n: i64) -> Option<Self> {
        Some(n)
    }
}

impl Shape<'_> for String {
    const NAME: &'static str = "a text";

    fn text(s: &str) -> Option<Self> {
        Some(s.to_owned())
    }
}

/// A list of which at most `MAX` items are kept.
#[derive(Debug, Clone, Default)]
pub(super) struct List<T, const MAX: usize> {
    /// The first ones.
    pub(super) items: Vec<Is<T>>,
    /// There were more.
    pub(super) cut: bool,
}

impl<'de, T: Shape<'de>, const MAX: usize> Shape<'de> for List<T, MAX> {
    const NAME: &'static str = "a list";

    fn list<A: SeqAccess<'de>>(mut seq: A) -> Result<Option<Self>, A::Error> {
        let mut items = Vec::new();
        while items.len() < MAX {
            match seq.next_element()? {
                Some(item) => items.push(item),
                None => return Ok(Some(Self { items, cut: false })),
            }
        }
        let cut = seq.next_element::<IgnoredAny>()?.is_some();
        skip(seq)?;
        Ok(Some(Self { items, cut }))
    }
}

/// An object whose fields are a struct.
#[derive(Debug, Clone, Default)]
pub(super) struct Object<T>(pub(super) T);

impl<'de, T: Deserialize<'de>> Shape<'de> for Object<T> {
    const NAME: &'static str = "an object";

    fn object<A: MapAccess<'de>>(map: A) -> Result<Option<Self>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|fields| Some(Self(fields)))
    }
}

/// An object whose keys are ids, of which at most `MAX` are kept.
#[derive(Debug, Clone, Default)]
pub(super) struct ById<T, const MAX: usize> {
    /// Key and value as they came.
    pub(super) items: Vec<(String, Is<T>)>,
    /// There were more.
    pub(super) cut: bool,
}

impl<'de, T: Shape<'de>, const MAX: usize> Shape<'de> for ById<T, MAX> {
    const NAME: &'static str = "an object";

    fn object<A: MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
        let mut items = Vec::new();
        while items.len() < MAX {
            match map.next_entry()? {
                Some(item) => items.push(item),
                None => return Ok(Some(Self { items, cut: false })),
            }
        }
        let mut cut = false;
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
            cut = true;
        }
        Ok(Some(Self { items, cut }))
    }
}

impl<'de, T: Shape<'de>> Deserialize<'de> for Is<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Look(PhantomData))
    }
}

struct Look<T>(PhantomData<T>);

impl<'de, T: Shape<'de>> Visitor<'de> for Look<T> {
    type Value = Is<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::NAME)
    }

    fn visit_unit<E>(self) -> Result<Is<T>, E> {
        Ok(Is::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Is<T>, E> {
        Ok(Is::Wrong("true or false"))
    }

    fn visit_i64<E>(self, n: i64) -> Result<Is<T>, E> {
        Ok(T::whole(n).map_or(Is::Wrong("a number"), Is::A))
    }

    fn visit_u64<E: de::Error>(self, n: u64) -> Result<Is<T>, E> {
        match i64::try_from(n) {
            Ok(n) => self.visit_i64(n),
            Err(_) => Ok(Is::Wrong("a number that is far too large")),
        }
    }

    fn visit_f64<E>(self, _: f64) -> Result<Is<T>, E> {
        Ok(Is::Wrong("a number with a fraction, or far too large"))
    }

    fn visit_str<E>(self, s: &str) -> Result<Is<T>, E> {
        Ok(T::text(s).map_or(Is::Wrong("a text"), Is::A))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Is<T>, A::Error> {
        Ok(T::list(seq)?.map_or(Is::Wrong("a list"), Is::A))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Is<T>, A::Error> {
        Ok(T::object(map)?.map_or(Is::Wrong("an object"), Is::A))
    }
}
