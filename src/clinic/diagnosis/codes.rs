//! The diagnoses that can be chosen, as data, with their names in both languages.

use std::sync::LazyLock;

use entities::{screening::diagnosis, words::Language};
use serde::Deserialize;

/// One diagnosis of ICD-10.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Code {
    /// Its code, e.g. `F84.0`.
    pub code: String,
    zh: String,
    en: String,
}

#[derive(Deserialize)]
struct File {
    code: Vec<Code>,
}

static CODES: LazyLock<Vec<Code>> = LazyLock::new(|| {
    toml::from_str::<File>(include_str!("codes.toml"))
        .map(|file| file.code)
        .unwrap_or_default()
});

/// All of them, in the order of the page.
pub fn all() -> &'static [Code] {
    &CODES
}

impl Code {
    /// Its name.
    pub fn name(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.zh,
            Language::English => &self.en,
        }
    }
}

/// Code and name as one reads them; a code that is not in the list stands alone.
pub fn label(code: &str, language: Language) -> String {
    match all().iter().find(|c| c.code == code) {
        Some(found) => format!("{code} {}", found.name(language)),
        None => code.to_owned(),
    }
}

/// The child counts as autistic: any code of F84 (ICD-10 F84, pervasive developmental disorders).
pub fn is_autism(code: &str) -> bool {
    code == "F84" || code.starts_with("F84.")
}

/// What a diagnosis came to, in one word of `referral.outcome.<word>`.
pub fn outcome(row: &diagnosis::Model) -> &'static str {
    if row.autism {
        "confirmed"
    } else if row.codes.0.is_empty() {
        "nothing_found"
    } else {
        "other_finding"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_readable_and_without_twins() {
        let mut codes: Vec<&str> = all().iter().map(|c| c.code.as_str()).collect();
        assert!(codes.len() > 20);
        codes.sort_unstable();
        let before = codes.len();
        codes.dedup();
        assert_eq!(codes.len(), before);
        for code in all() {
            assert!(!code.zh.is_empty() && !code.en.is_empty(), "{}", code.code);
        }
    }

    #[test]
    fn the_group_f84_counts_and_its_neighbours_do_not() {
        for (code, counts) in [
            ("F84.0", true),
            ("F84.9", true),
            ("F84", true),
            ("F80.1", false),
            ("F89", false),
        ] {
            assert_eq!(is_autism(code), counts, "{code}");
        }
    }
}
