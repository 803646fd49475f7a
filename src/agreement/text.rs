//! The text of a template: a few marks for its shape, and named blanks that are filled in when an agreement is made. Pure.
//!
//! ```text
//! # 第一条 服务内容          a heading
//! - 每周 {每周课时}          a point of a list
//! 甲方：{机构}              anything else is a paragraph; an empty line is nothing
//! ```
//!
//! A blank is named by its code or by its name in either language.

use std::collections::{BTreeMap, BTreeSet};

use entities::words::Language;
use serde::{Deserialize, Serialize};

use crate::platform::{Say, words};

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "text", rename_all = "snake_case")]
pub enum Line {
    /// What the next ones are about.
    Heading(String),
    /// A point of a list.
    Point(String),
    /// A paragraph.
    Text(String),
}

/// A blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blank {
    /// Its name in rows and in templates.
    pub code: &'static str,
    /// Locale key of its name.
    pub key: &'static str,
    /// Somebody types it when an agreement is made; the others are known.
    pub typed: bool,
}

const fn known(code: &'static str, key: &'static str) -> Blank {
    Blank {
        code,
        key,
        typed: false,
    }
}

const fn typed(code: &'static str, key: &'static str) -> Blank {
    Blank { code, key, typed: true }
}

/// Every blank, in the order in which the page names them.
pub const BLANKS: &[Blank] = &[
    known("child", "agreement.blank.child"),
    known("birth_on", "agreement.blank.birth_on"),
    known("file_no", "agreement.blank.file_no"),
    known("guardians", "agreement.blank.guardians"),
    known("centre", "agreement.blank.centre"),
    known("legal_person", "agreement.blank.legal_person"),
    known("decision", "agreement.blank.decision"),
    known("mode", "agreement.blank.mode"),
    known("valid_from", "agreement.blank.valid_from"),
    known("valid_to", "agreement.blank.valid_to"),
    known("days", "agreement.blank.days"),
    known("hours", "agreement.blank.hours"),
    known("number", "agreement.blank.number"),
    known("on", "agreement.blank.on"),
    typed("fee", "agreement.blank.fee"),
    typed("times", "agreement.blank.times"),
    typed("remarks", "agreement.blank.remarks"),
];

/// The blank that a name means.
pub fn blank(name: &str) -> Option<&'static Blank> {
    let name = name.trim();
    BLANKS.iter().find(|blank| {
        let called = |language| words::raw(language, blank.key) == name;
        blank.code == name || called(Language::Chinese) || called(Language::English)
    })
}

/// A part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part<'t> {
    Words(&'t str),
    /// What stands between braces.
    Name(&'t str),
    /// A brace that has no other.
    Loose,
}

fn parts(line: &str) -> Vec<Part<'_>> {
    let opens = |c| c == '{' || c == '｛';
    let closes = |c| c == '}' || c == '｝';
    let mut parts = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find(|c| opens(c) || closes(c)) {
        let (before, from) = rest.split_at(at);
        if !before.is_empty() {
            parts.push(Part::Words(before));
        }
        let mut chars = from.chars();
        let brace = chars.next().unwrap_or('{');
        let inside = chars.as_str();
        let end = inside.find(|c| opens(c) || closes(c));
        match end {
            Some(end) if opens(brace) && inside.get(end..).is_some_and(|more| more.starts_with(closes)) => {
                let (name, after) = inside.split_at(end);
                parts.push(Part::Name(name));
                let mut after = after.chars();
                after.next();
                rest = after.as_str();
            }
            Some(_) | None => {
                parts.push(Part::Loose);
                rest = inside;
            }
        }
    }
    if !rest.is_empty() {
        parts.push(Part::Words(rest));
    }
    parts
}

/// What is wrong with a text, each with the number of its line.
pub fn faults(text: &str) -> Vec<Say> {
    let mut faults = Vec::new();
    for (n, line) in text.lines().enumerate() {
        for part in parts(line) {
            match part {
                Part::Words(_) => {}
                Part::Loose => faults.push(Say::new("agreement_template.brace").with("line", n + 1)),
                Part::Name(name) if blank(name).is_none() => faults.push(
                    Say::new("agreement_template.unknown_blank")
                        .with("line", n + 1)
                        .with("name", name),
                ),
                Part::Name(_) => {}
            }
        }
    }
    faults
}

/// The blanks that a text has.
pub fn used(text: &str) -> BTreeSet<&'static str> {
    text.lines()
        .flat_map(parts)
        .filter_map(|part| match part {
            Part::Name(name) => blank(name).map(|blank| blank.code),
            Part::Words(_) | Part::Loose => None,
        })
        .collect()
}

/// The text with its blanks filled in, piece by piece. What nobody filled in is a line to write on.
pub fn filled(text: &str, values: &BTreeMap<&'static str, String>) -> Vec<Line> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| {
            let (shape, words): (fn(String) -> Line, &str) = if let Some(words) = line.strip_prefix('#') {
                (Line::Heading, words.trim_start_matches('#'))
            } else if let Some(words) = line.strip_prefix("- ").or_else(|| line.strip_prefix('·')) {
                (Line::Point, words)
            } else {
                (Line::Text, line)
            };
            shape(one_line(words.trim(), values))
        })
        .collect()
}

fn one_line(line: &str, values: &BTreeMap<&'static str, String>) -> String {
    let mut out = String::new();
    for part in parts(line) {
        match part {
            Part::Words(words) => out.push_str(words),
            Part::Loose => {}
            Part::Name(name) => {
                let value = blank(name).and_then(|blank| values.get(blank.code));
                match value.filter(|value| !value.is_empty()) {
                    Some(value) => out.push_str(value),
                    None => out.push_str("________"),
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_has_its_shape_and_its_blanks() {
        let text = "# 第一条 服务\n\n甲方：{机构}（{legal_person}）\n- 儿童｛儿童姓名｝\n- 费用：{fee}\n结束";
        assert_eq!(faults(text), Vec::<Say>::new());
        assert_eq!(used(text), BTreeSet::from(["centre", "legal_person", "child", "fee"]));
        let values = BTreeMap::from([
            ("centre", "区康复中心".to_owned()),
            ("legal_person", "区残联".to_owned()),
            ("child", "王小明".to_owned()),
        ]);
        assert_eq!(
            filled(text, &values),
            [
                Line::Heading("第一条 服务".to_owned()),
                Line::Text("甲方：区康复中心（区残联）".to_owned()),
                Line::Point("儿童王小明".to_owned()),
                Line::Point("费用：________".to_owned()),
                Line::Text("结束".to_owned()),
            ]
        );
    }

    #[test]
    fn what_is_filled_in_is_no_blank_itself() {
        let values = BTreeMap::from([("child", "{fee}".to_owned()), ("fee", "1000".to_owned())]);
        assert_eq!(filled("{child}", &values), [Line::Text("{fee}".to_owned())]);
    }

    #[test]
    fn unknown_names_and_loose_braces_are_told_with_their_line() {
        let keys = |text: &str| faults(text).iter().map(|say| say.key().to_owned()).collect::<Vec<_>>();
        assert_eq!(keys("好\n{某人}"), ["agreement_template.unknown_blank"]);
        for loose in ["{child", "child}", "{{child}", "{", "}{"] {
            assert!(keys(loose).contains(&"agreement_template.brace".to_owned()), "{loose}");
        }
    }

    #[test]
    fn every_blank_is_found_by_each_of_its_names() {
        for one in BLANKS {
            for name in [
                one.code.to_owned(),
                words::raw(Language::Chinese, one.key).into_owned(),
                words::raw(Language::English, one.key).into_owned(),
            ] {
                assert_eq!(blank(&name).map(|found| found.code), Some(one.code), "{name}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in "[{}｛｝#\\- \nab儿童]{0,60}") {
            let lines = filled(&text, &BTreeMap::new());
            prop_assert!(lines.len() <= text.lines().count());
            faults(&text);
        }
    }
}
