//! Ethnicities by GB/T 3304 《中国各民族名称的罗马字母拼写法和代码》, as a data file.

use std::sync::LazyLock;

use entities::{half_width::half_width, words::Language};

/// An ethnicity of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ethnicity {
    code: &'static str,
    name: &'static str,
    roman: &'static str,
}

static LIST: LazyLock<Vec<Ethnicity>> = LazyLock::new(|| {
    let lines = include_str!("ethnicities.txt").lines();
    let rows = lines.filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut parts = line.split(' ');
        Some(Ethnicity {
            code: parts.next()?,
            name: parts.next()?,
            roman: parts.next()?,
        })
    });
    rows.collect()
});

impl Ethnicity {
    /// The first of the list, which most children belong to.
    pub const HAN: Self = Self {
        code: "01",
        name: "汉族",
        roman: "Han",
    };

    /// The whole list in the order of its codes.
    pub fn all() -> &'static [Self] {
        &LIST
    }

    /// Reads a code (`01`, `1`) or a name (`汉族`, `汉`).
    pub fn find(text: &str) -> Option<Self> {
        let text = half_width(text);
        let text = text.trim();
        let code = format!("{text:0>2}");
        LIST.iter()
            .find(|one| one.code == code || one.name == text || one.name.strip_suffix('族') == Some(text))
            .copied()
    }

    /// Two digits.
    pub fn code(self) -> &'static str {
        self.code
    }

    /// Its name in a language.
    pub fn name(self, language: Language) -> String {
        match language {
            Language::Chinese => self.name.to_owned(),
            Language::English => self.roman.replace('-', " "),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_whole() {
        let codes: Vec<&str> = Ethnicity::all().iter().map(|one| one.code()).collect();
        let mut expected: Vec<String> = (1..=56).map(|n| format!("{n:02}")).collect();
        expected.extend(["97".to_owned(), "98".to_owned()]);
        assert_eq!(codes, expected);
        assert_eq!(Ethnicity::all().first(), Some(&Ethnicity::HAN));
    }

    #[test]
    fn codes_and_names_are_understood() {
        for text in ["22", "畲族", "畲", " 22 "] {
            assert_eq!(Ethnicity::find(text).map(Ethnicity::code), Some("22"), "{text}");
        }
        assert_eq!(Ethnicity::find("1"), Some(Ethnicity::HAN));
        for text in ["", "57", "火星族", "001"] {
            assert_eq!(Ethnicity::find(text), None, "{text}");
        }
    }
}
