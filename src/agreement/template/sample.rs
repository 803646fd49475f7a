//! An invented child, by which a text is looked at before anybody uses it.

use std::collections::BTreeMap;

use crate::{
    agreement::{
        content::LANGUAGE,
        text::{BLANKS, Line, filled},
    },
    platform::Say,
};

/// What stands in the blanks of the sample.
fn values() -> BTreeMap<&'static str, String> {
    BLANKS
        .iter()
        .map(|blank| {
            let key = format!("agreement.sample.{}", blank.code);
            (blank.code, Say::from(key).in_words(LANGUAGE))
        })
        .collect()
}

/// The text with the sample's values.
pub fn shown(body: &str) -> Vec<Line> {
    filled(body, &values())
}
