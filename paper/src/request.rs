//! What is asked for.

use std::collections::BTreeMap;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::failure::Failure;

/// The templates that come with the program, by name. `house` is how our papers look; all others import it.
const TEMPLATES: [(&str, &str); 3] = [
    ("house", include_str!("../templates/house.typ")),
    ("table", include_str!("../templates/table.typ")),
    ("paper", include_str!("../templates/paper.typ")),
];

/// One request.
pub(crate) struct Request {
    /// The template in full.
    pub(crate) source: String,
    /// What the template may read, by path: `data.json`, the house's templates, the pictures.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    /// Today, for whoever asks in the template.
    pub(crate) day: Option<(i32, u8, u8)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire<'a> {
    template: Option<String>,
    source: Option<String>,
    /// As it came: the order of its keys is the template's business.
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    #[serde(default)]
    files: BTreeMap<String, String>,
    day: Option<String>,
}

impl Request {
    /// Reads the JSON of a request.
    pub(crate) fn read(json: &[u8]) -> Result<Self, Failure> {
        let wire: Wire<'_> = serde_json::from_slice(json).map_err(|error| Failure::Request(error.to_string()))?;
        let source = match (wire.template, wire.source) {
            (Some(name), None) => template(&name)?.to_owned(),
            (None, Some(source)) => source,
            (Some(_), Some(_)) | (None, None) => {
                return Err(Failure::Request("either a template or a source".to_owned()));
            }
        };
        let mut files = BTreeMap::new();
        for (name, text) in wire.files {
            let bytes = BASE64_STANDARD
                .decode(text)
                .map_err(|error| Failure::Request(format!("{name}: {error}")))?;
            files.insert(name, bytes);
        }
        let data = wire.data.map_or("null", RawValue::get);
        files.insert("data.json".to_owned(), data.as_bytes().to_vec());
        Ok(Self {
            source,
            files: with_house(files),
            day: wire.day.as_deref().map(day).transpose()?,
        })
    }

    /// A paper of one word, to look whether papers can be made.
    pub(crate) fn check() -> Self {
        Self {
            source: "#import \"/house.typ\": *\n#show: house\n星桥".to_owned(),
            files: with_house(BTreeMap::new()),
            day: None,
        }
    }
}

/// The house's own templates have their names, whatever a request brings along.
fn with_house(mut files: BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Vec<u8>> {
    files.extend(TEMPLATES.map(|(name, text)| (format!("{name}.typ"), text.as_bytes().to_vec())));
    files
}

fn template(name: &str) -> Result<&'static str, Failure> {
    let found = TEMPLATES.iter().find(|(known, _)| *known == name);
    found
        .map(|(_, text)| *text)
        .ok_or_else(|| Failure::Request(format!("there is no template {name}")))
}

/// `2026-11-30`
fn day(text: &str) -> Result<(i32, u8, u8), Failure> {
    let no_day = || Failure::Request(format!("{text} is no day like 2026-11-30"));
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else {
        return Err(no_day());
    };
    match (year.parse(), month.parse(), day.parse()) {
        (Ok(year), Ok(month), Ok(day)) => Ok((year, month, day)),
        _ => Err(no_day()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(json: &str) -> String {
        Request::read(json.as_bytes())
            .err()
            .map(|failure| failure.to_string())
            .unwrap_or_default()
    }

    #[test]
    fn a_request_names_a_template_or_brings_one() {
        let read = Request::read(
            br#"{"source": "x", "data": {"b": 1, "a": 2}, "files": {"p.png": "AAE="}, "day": "2026-11-30"}"#,
        );
        let read = read.unwrap();
        assert_eq!(read.source, "x");
        assert_eq!(read.files["data.json"], br#"{"b": 1, "a": 2}"#);
        assert_eq!(read.files["p.png"], [0, 1]);
        assert!(read.files.contains_key("house.typ"));
        assert_eq!(read.day, Some((2026, 11, 30)));
        assert!(
            Request::read(br#"{"template": "table"}"#)
                .unwrap()
                .source
                .contains("house")
        );
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (json, why) in [
            ("", "EOF"),
            ("{}", "either a template or a source"),
            (
                r#"{"template": "table", "source": "x"}"#,
                "either a template or a source",
            ),
            (r#"{"template": "nothing"}"#, "no template nothing"),
            (r#"{"source": "x", "files": {"p.png": "%"}}"#, "p.png"),
            (r#"{"source": "x", "day": "today"}"#, "today is no day"),
            (r#"{"source": "x", "colour": "red"}"#, "colour"),
        ] {
            assert!(refused(json).contains(why), "{json}: {}", refused(json));
        }
    }

    #[test]
    fn nobody_brings_his_own_house() {
        let read = Request::read(br#"{"source": "x", "files": {"house.typ": "AAE="}}"#).unwrap();
        assert_ne!(read.files["house.typ"], [0, 1]);
    }
}
