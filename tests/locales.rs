//! Everything that people read exists in both languages, once, and with the same parameters.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use entities::words::{Language, all_words};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use starbridge::platform::words::raw;

/// Key to its texts by language, and the file that it stands in.
fn keys() -> BTreeMap<String, (String, BTreeMap<String, String>)> {
    let mut all: BTreeMap<String, (String, BTreeMap<String, String>)> = BTreeMap::new();
    for entry in fs::read_dir("locales").unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let text = fs::read_to_string(entry.path()).unwrap();
        let mut key = String::new();
        for line in text
            .lines()
            .filter(|l| !l.trim_start().starts_with('#') && !l.starts_with("_version"))
        {
            if let Some(found) = line.strip_suffix(':').filter(|l| !l.starts_with(' ') && !l.is_empty()) {
                key = found.trim_matches('"').to_owned();
                let before = all.insert(key.clone(), (name.clone(), BTreeMap::new()));
                assert!(before.is_none(), "{key} stands in {name} and elsewhere");
            } else if let Some((language, words)) = line.trim().split_once(':').filter(|_| line.starts_with(' ')) {
                let language = language.trim().to_owned();
                if ["zh-CN", "en"].contains(&language.as_str()) {
                    all.get_mut(&key).unwrap().1.insert(language, words.trim().to_owned());
                }
            }
        }
    }
    all
}

fn params(text: &str) -> BTreeSet<String> {
    text.split("%{")
        .skip(1)
        .filter_map(|part| part.split('}').next())
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_key_has_both_languages_with_the_same_parameters() {
    let mut wrong = Vec::new();
    for (key, (file, texts)) in keys() {
        let (Some(zh), Some(en)) = (texts.get("zh-CN"), texts.get("en")) else {
            wrong.push(format!("{file}: {key} lacks a language"));
            continue;
        };
        // English may need a number where Chinese names it otherwise, but both say the same things.
        if params(zh) != params(en) && !zh.starts_with(['|', '>']) {
            wrong.push(format!("{file}: {key} says different things: {zh} / {en}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_word_of_every_vocabulary_is_said() {
    let missing: Vec<_> = all_words()
        .into_iter()
        .filter(|key| {
            [Language::Chinese, Language::English]
                .iter()
                .any(|l| raw(*l, key) == *key)
        })
        .collect();
    assert!(missing.is_empty(), "no words for {missing:?}");
}

/// Both languages of every key that begins so.
fn texts_of(prefix: &str) -> Vec<(String, String)> {
    let of = keys().into_iter().filter(|(key, _)| key.starts_with(prefix));
    of.flat_map(|(key, (_, texts))| texts.into_values().map(move |text| (key.clone(), text)))
        .collect()
}

/// A notice that does not say whom it is about makes people open it to find out.
#[test]
fn every_notice_says_whom_it_is_about() {
    let texts = texts_of("notice.");
    assert!(texts.len() >= 30);
    let silent: Vec<_> = texts
        .into_iter()
        .filter(|(_, text)| !["%{child}", "%{organisation}"].iter().any(|name| text.contains(name)))
        .collect();
    assert!(silent.is_empty(), "{silent:?}");
}

/// What families read: whom to ask, no label, nothing that frightens, and before a diagnosis that it is none.
#[test]
fn letters_to_families_neither_label_nor_frighten() {
    let letters: Vec<_> = ["screening.", "rescreen.", "diagnosis.", "referral."]
        .iter()
        .flat_map(|of| texts_of(&format!("message.{of}")))
        .collect();
    assert!(letters.len() >= 20);
    for (key, text) in &letters {
        for word in [
            "阳性", "异常", "孤独", "自闭", "确诊", "疑似", "positive", "abnormal", "autis", "suspect",
        ] {
            assert!(!text.to_lowercase().contains(word), "{key}: {word}");
        }
        if key.rsplit('.').next() == Some("body") {
            let asks = ["%{place}", "%{site}"].iter().any(|name| text.contains(name));
            assert!(asks, "{key} does not say whom to ask");
            assert!(text.contains("%{child}"), "{key} does not name the child");
        }
        if ["rescreen_needed.body", "further.body"]
            .iter()
            .any(|of| key.ends_with(of))
        {
            let says = ["这不是诊断", "not a diagnosis"]
                .iter()
                .any(|words| text.contains(words));
            assert!(says && text.contains("%{due_on}"), "{key}: {text}");
        }
    }
}

/// One thing has one word; these were its others.
#[test]
fn words_that_were_given_up_stay_out() {
    let given_up = [
        "档案编号",
        "街道（镇）",
        "花名册",
        "导出表格",
        "导出 .xlsx",
        "轮到",
        "等待对方",
        "最先要做",
        "返回的结果",
        "登记一天",
        "第二人评定",
        "离开筛查",
        "登记离开",
        "37周以下",
        "读不懂",
        "归到一起",
        "账号",
        "待应答",
        "超期",
        "已收到提醒",
    ];
    // The columns of the office's report and register are called as its forms call them.
    let forms = ["超期未复筛", "超期未诊断", "超期天数"];
    let wrong: Vec<_> = texts_of("")
        .into_iter()
        .filter(|(key, text)| !(key.starts_with("reports.") && forms.iter().any(|form| text.contains(form))))
        .filter(|(_, text)| given_up.iter().any(|word| text.contains(word)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// Everything that stands between quotes in code, data and templates.
#[derive(Default)]
struct Quoted {
    /// Whole texts, each with a file that it stands in.
    texts: BTreeMap<String, String>,
    /// Texts with places for values: `event.{action}`.
    forms: BTreeSet<String>,
}

impl Quoted {
    fn everywhere() -> Self {
        let mut quoted = Self::default();
        for folder in ["src", "kernel/src", "workbook/src", "instruments/src", "entities/src"] {
            for (file, text) in files(folder, "rs") {
                if !file.contains("/tests/") && !file.ends_with("tests.rs") {
                    quoted.code(&file, text.parse().unwrap_or_else(|e| panic!("{file}: {e}")));
                }
            }
            for (file, text) in files(folder, "toml") {
                quoted.data(&file, &toml::Value::Table(text.parse().unwrap()));
            }
        }
        for (file, text) in files("templates", "html") {
            // Attributes have quotes, too: a key is whatever looks like one behind a quote.
            for part in text.split(['"', '\'']) {
                quoted.add(&file, part);
            }
        }
        quoted
    }

    fn add(&mut self, file: &str, text: &str) {
        if text.contains('{') {
            self.forms.insert(text.to_owned());
        } else {
            self.texts.entry(text.to_owned()).or_insert_with(|| file.to_owned());
        }
    }

    fn code(&mut self, file: &str, tokens: TokenStream) {
        let (mut attribute, mut of_a_test) = (false, false);
        for token in tokens {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == '#' => {
                    attribute = true;
                    continue;
                }
                TokenTree::Punct(punct) if attribute && punct.as_char() == '!' => continue,
                TokenTree::Group(group) if attribute => {
                    let says = group.stream().to_string().replace(' ', "");
                    of_a_test |= says == "cfg(test)";
                    // Comments are no text of the program; what a field's rule says when it is broken is.
                    if !says.starts_with("doc=") {
                        self.code(file, group.stream());
                    }
                }
                // Up to the end of the item.
                TokenTree::Group(group) if of_a_test => of_a_test = group.delimiter() != Delimiter::Brace,
                TokenTree::Punct(punct) if of_a_test => of_a_test = punct.as_char() != ';',
                TokenTree::Group(group) => self.code(file, group.stream()),
                TokenTree::Literal(literal) if !of_a_test => {
                    let text = literal.to_string();
                    let inner = text.split_once('"').and_then(|(_, rest)| rest.rsplit_once('"'));
                    if let Some((inner, _)) = inner {
                        self.add(file, inner);
                    }
                }
                TokenTree::Literal(_) | TokenTree::Ident(_) | TokenTree::Punct(_) => {}
            }
            attribute = false;
        }
    }

    fn data(&mut self, file: &str, value: &toml::Value) {
        match value {
            toml::Value::String(text) => self.add(file, text),
            toml::Value::Array(values) => values.iter().for_each(|value| self.data(file, value)),
            toml::Value::Table(table) => {
                for (key, value) in table {
                    self.add(file, key);
                    self.data(file, value);
                }
            }
            _ => {}
        }
    }

    /// A form becomes the text when words that stand somewhere are put into its places.
    fn fits(&self, form: &str, text: &str) -> bool {
        let Some((head, (_, rest))) = form
            .split_once('{')
            .and_then(|(head, rest)| Some((head, rest.split_once('}')?)))
        else {
            return form == text;
        };
        let Some(text) = text.strip_prefix(head) else {
            return false;
        };
        let mut ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
        ends.any(|end| {
            text.split_at_checked(end)
                .is_some_and(|(head, tail)| self.texts.contains_key(head) && self.fits(rest, tail))
        })
    }

    /// A key is put together of a form and of words that stand somewhere.
    fn puts_together(&self, key: &str) -> bool {
        let mut forms = self.forms.iter().filter(|form| !form.starts_with('{'));
        forms.any(|form| self.fits(form, key))
    }
}

fn files(folder: &str, extension: &str) -> Vec<(String, String)> {
    let (mut found, mut folders) = (Vec::new(), vec![std::path::PathBuf::from(folder)]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == extension) {
                found.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found
}

fn looks_like_a_key(text: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    text.contains('.') && text.starts_with(|c: char| c.is_ascii_lowercase()) && text.split('.').all(part)
}

/// Look like keys, and are called so for another reason.
const NO_KEYS: &[&str] = &[
    // Counts of wrong tries: whose, and of what.
    "account.browser",
    "account.browser.cookie",
    "account.sign_in",
    "account.totp_secret",
    "account.unknown_name",
    // A counter, an edition, files.
    "divisions.edition",
    "demo.1",
    "error.html",
    "workbook.xml",
];

/// What the tests of letters send, so that no letter of the trade has to change for them.
const TESTS: &[&str] = &[
    "delivery.test",
    "message.delivery.test.subject",
    "message.delivery.test.body",
];

/// Of events that earlier versions wrote: the trail keeps them.
const EARLIER: &[&str] = &[
    "event.follow_up.cancelled",
    "event.follow_up.done",
    "event.follow_up.escalated",
    "event.follow_up.lost",
    "event.follow_up.opened",
];

/// In code, data and templates, as they stand there: by themselves, or as the value of a form (an event's action is said by
/// `event.{action}`).
#[test]
fn keys_that_are_named_exist() {
    let known = keys();
    let areas: BTreeSet<&str> = known.keys().filter_map(|key| key.split('.').next()).collect();
    let quoted = Quoted::everywhere();
    let said = |text: &str| {
        let by_form = |form: &String| {
            let (head, tail) = form
                .split_once('{')
                .zip(form.rsplit_once('}'))
                .map(|((head, _), (_, tail))| (head, tail))?;
            (!head.is_empty()).then(|| format!("{head}{text}{tail}"))
        };
        known.contains_key(text)
            || quoted
                .forms
                .iter()
                .filter_map(by_form)
                .any(|key| known.contains_key(&key))
    };
    let named = quoted.texts.iter().filter(|(text, _)| looks_like_a_key(text));
    let named = named.filter(|(text, _)| areas.contains(text.split('.').next().unwrap_or_default()));
    let wrong: Vec<_> = named
        .filter(|(text, _)| !NO_KEYS.contains(&text.as_str()) && !said(text))
        .map(|(text, file)| format!("{file}: {text}"))
        .collect();
    assert!(wrong.is_empty(), "no such keys\n{}\n", wrong.join("\n"));
}

#[test]
fn keys_that_exist_are_said() {
    let quoted = Quoted::everywhere();
    let words: BTreeSet<&str> = all_words().into_iter().collect();
    let idle: Vec<_> = keys()
        .into_iter()
        .filter(|(key, _)| !TESTS.contains(&key.as_str()) && !EARLIER.contains(&key.as_str()))
        .filter(|(key, _)| {
            !quoted.texts.contains_key(key) && !words.contains(key.as_str()) && !quoted.puts_together(key)
        })
        .map(|(key, (file, _))| format!("{file}: {key}"))
        .collect();
    assert!(idle.is_empty(), "nobody says\n{}\n", idle.join("\n"));
}

#[test]
fn a_form_fits_what_its_words_make_of_it() {
    let mut quoted = Quoted::default();
    for word in ["child.moved", "subject", "by", "street"] {
        quoted.add("", word);
    }
    assert!(quoted.fits("event.{action}", "event.child.moved"));
    assert!(quoted.fits("message.{}.{part}", "message.child.moved.subject"));
    assert!(quoted.fits("reports.{kind}.{value}", "reports.by.street"));
    assert!(!quoted.fits("reports.{kind}.{value}", "reports.by.site"));
    assert!(!quoted.fits("event.{action}", "event."));
    assert!(!quoted.fits("event.{action}", "notice.child.moved"));
}
