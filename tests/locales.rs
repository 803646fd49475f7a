//! Everything that people read exists in both languages, once, and with the same parameters.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use entities::words::{Language, all_words};
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

#[test]
fn templates_name_only_keys_that_exist() {
    let known: BTreeSet<String> = keys().into_keys().collect();
    let mut wrong = Vec::new();
    let mut folders = vec![std::path::PathBuf::from("templates")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let text = fs::read_to_string(entry.path()).unwrap();
            for (at, _) in text.match_indices("\"|t }}") {
                let key = text
                    .get(..at)
                    .unwrap_or_default()
                    .rsplit('"')
                    .next()
                    .unwrap_or_default();
                if !known.contains(key) {
                    wrong.push(format!("{}: {key}", entry.path().display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}
