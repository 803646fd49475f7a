//! Which papers, and how.

use entities::words::Language;
use serde::Deserialize;

use super::Printed;
use crate::{
    access::Can,
    platform::{Error, Result},
    web::Ctx,
};

/// Papers printed at once: a working day of a large hospital; an address holds so many rows, and the paper program makes
/// them in a few seconds.
pub const MOST: usize = 100;

/// What an address of papers asks for. It names rows and no people, so it may be kept and opened again.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// The rows, in the order of the list that they were chosen from.
    pick: Vec<String>,
    /// Of the papers; the reader's when empty.
    language: String,
    /// `full`: telephone numbers are printed in full.
    phones: String,
}

impl Asked {
    /// The rows that are asked for, each once; nothing when there are none.
    ///
    /// # Errors
    /// More than [`MOST`]; something that cannot be a row; numbers in full for somebody who may not see them.
    pub(super) fn ids<P: Printed>(&self, ctx: &Ctx) -> Result<Option<Vec<P::Id>>> {
        if self.full_phones() && !(P::PHONES && ctx.may(Can::Unmask)) {
            return Err(Error::Forbidden);
        }
        let mut once: Vec<&String> = Vec::with_capacity(self.pick.len());
        for one in &self.pick {
            if !once.contains(&one) {
                once.push(one);
            }
            if once.len() > MOST {
                return Err(super::too_many());
            }
        }
        let read = |one: &String| one.parse().map_err(|_| Error::NotFound);
        let ids: Vec<P::Id> = once.into_iter().map(read).collect::<Result<_>>()?;
        Ok((!ids.is_empty()).then_some(ids))
    }

    /// Telephone numbers are printed in full.
    pub const fn full_phones(&self) -> bool {
        !self.phones.is_empty()
    }

    /// The context that the papers speak: in their own language.
    pub(super) fn tongue(&self, ctx: &Ctx) -> Ctx {
        let language = self.language.parse().unwrap_or(ctx.language);
        Ctx {
            language,
            locale: language.as_str(),
            ..ctx.clone()
        }
    }

    /// The same papers, as another address asks for them.
    pub(super) fn address(&self, name: &str, below: &str, language: Language, full: bool) -> String {
        let mut to = address(name, below, &self.pick);
        to.push_str("&language=");
        to.push_str(language.as_str());
        if full {
            to.push_str("&phones=full");
        }
        to
    }
}

/// The address of the papers of some rows.
pub fn address<I: ToString>(name: &str, below: &str, picks: impl IntoIterator<Item = I>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for pick in picks {
        query.append_pair("pick", &pick.to_string());
    }
    format!("/papers/{name}{below}?{}", query.finish())
}
