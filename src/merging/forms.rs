//! What the pages of duplicates send.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    fields::Field,
    service::{Side, Union},
};
use crate::platform::{Check, Errors, Version};

/// Longest reason.
const LONGEST: usize = 500;

/// Which file stays, and whose values; the fields come by their names.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct UnionForm {
    /// Version of the pair.
    pub version: String,
    /// Version of the first file.
    pub first_version: String,
    /// Version of the second file.
    pub second_version: String,
    /// `first` or `second`.
    pub survivor: String,
    /// `first` or `second` by field.
    #[serde(flatten)]
    pub fields: BTreeMap<String, String>,
}

fn side(text: &str) -> Option<Side> {
    match text {
        "first" => Some(Side::First),
        "second" => Some(Side::Second),
        _ => None,
    }
}

impl UnionForm {
    /// The typed input. A field that the page did not ask for is equal in both files.
    pub fn input(&self) -> Result<Union, Errors> {
        let mut check = Check::default();
        let survivor = side(&self.survivor);
        if survivor.is_none() {
            check.wrong("survivor", "merge.survivor_missing");
        }
        let mut from_second = std::collections::BTreeSet::new();
        for field in Field::ALL {
            match self.fields.get(field.name()).map(|text| side(text)) {
                Some(Some(Side::Second)) => {
                    from_second.insert(*field);
                }
                Some(None) => check.wrong(field.name(), "form.choice"),
                // Equal in both files, so that the survivor's own stays.
                None if survivor == Some(Side::Second) => {
                    from_second.insert(*field);
                }
                Some(Some(Side::First)) | None => {}
            }
        }
        let input = survivor.map(|survivor| Union {
            version: Version::typed(&self.version),
            files: (
                Version::typed(&self.first_version),
                Version::typed(&self.second_version),
            ),
            survivor,
            from_second,
        });
        check.done(input)
    }
}

/// They are two children.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct KeepingForm {
    /// Version of the pair.
    pub version: String,
    /// Why.
    pub reason: String,
}

impl KeepingForm {
    /// Version and reason.
    pub fn input(&self) -> Result<(Version, String), Errors> {
        let mut check = Check::default();
        let reason = check.note("reason", &self.reason, LONGEST);
        Ok((Version::typed(&self.version), check.done(reason)?))
    }
}

/// Two files that may be one child, as somebody names them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct NamingForm {
    /// Number of one file.
    pub first: String,
    /// Number of the other.
    pub second: String,
    /// Why they may be one.
    pub reason: String,
}

impl NamingForm {
    /// The two numbers and the reason.
    pub fn input(&self) -> Result<(String, String, String), Errors> {
        let mut check = Check::default();
        let first = check.text("first", &self.first);
        let second = check.text("second", &self.second);
        if first.is_some() && first == second {
            check.wrong("second", "merge.name.same");
        }
        let reason = check.note("reason", &self.reason, LONGEST);
        let input = first.zip(second).zip(reason);
        let ((first, second), reason) = check.done(input)?;
        Ok((first, second, reason))
    }
}

/// Not now.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct PostponementForm {
    /// Version of the pair.
    pub version: String,
    /// The day on which it comes back.
    pub until_on: String,
}

impl PostponementForm {
    /// Version and day.
    pub fn input(&self) -> Result<(Version, chrono::NaiveDate), Errors> {
        let mut check = Check::default();
        let until = check.date("until_on", &self.until_on);
        Ok((Version::typed(&self.version), check.done(until)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_asked_stays_the_survivors() {
        let mut form = UnionForm {
            version: "1".into(),
            first_version: "2".into(),
            second_version: "3".into(),
            survivor: "second".into(),
            fields: BTreeMap::from([("name".to_owned(), "first".to_owned())]),
        };
        let union = form.input().unwrap();
        assert!(!union.from_second.contains(&Field::Name));
        assert_eq!(union.from_second.len(), Field::ALL.len() - 1);
        form.survivor = "first".into();
        assert!(form.input().unwrap().from_second.is_empty());
        form.fields.insert("sex".into(), "neither".into());
        form.survivor = String::new();
        let errors = form.input().unwrap_err();
        assert!(!errors.get("survivor").is_empty() && !errors.get("sex").is_empty());
    }
}
