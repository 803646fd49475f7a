//! What people read on a page: no raw words of the program, one button that stands out, and summaries of errors that
//! name their fields.

use std::collections::{BTreeMap, BTreeSet};

use scraper::{ElementRef, Html, Selector};
use starbridge::{demo, platform::words::raw};

use super::{prepare, walk};
use crate::support::{TestApp, page::Reply};

/// Words that look raw and are not.
const NAMES: &[&str] = &[
    // Products, as they are written.
    "PostgreSQL",
    "SQLite",
    "holiday-cn",
    "NateScarlet",
    "starbridge-backup",
    "starbridge-paper",
    "starbridge-backup-verify",
    // Instruments, and who wrote about them.
    "mchatscreen",
    "DuBois",
    // What the demonstration calls its people.
    "shi-xitong",
    "shi-anquan",
    "jiaoyu-shenhe",
    // Setting of the mail server, on the page of whoever configures it.
    "STARBRIDGE_SMTP_URL",
];

/// Pages on which codes are what the page is about: for administrators, who look them up elsewhere.
fn is_code(element: ElementRef<'_>) -> bool {
    let inside = |css: &str| {
        let wanted = Selector::parse(css).unwrap();
        wanted.matches(&element)
            || element
                .ancestors()
                .filter_map(ElementRef::wrap)
                .any(|above| wanted.matches(&above))
    };
    // What was typed is shown as it was typed.
    inside(".code") || inside("textarea") || inside("code") || inside("noscript") || inside("script") || inside("style")
}

/// Raw words, and more than one button that stands out, on a page in a language.
pub(super) fn faults(html: &Html, language: &str) -> Vec<String> {
    let mut found = raw_words(html, language);
    let primary = primaries(html);
    if primary > 1 {
        found.push(format!("{primary} primary buttons"));
    }
    found
}

/// Buttons that stand out in the main part. What opens in place, and dialogs, have their own.
fn primaries(html: &Html) -> usize {
    let apart = Selector::parse("details, dialog, .ask").unwrap();
    html.select(&Selector::parse("main .btn-primary").unwrap())
        .filter(|button| {
            let mut above = button.ancestors().filter_map(ElementRef::wrap);
            !above.any(|element| apart.matches(&element)) || button.value().name() == "summary"
        })
        .count()
}

fn raw_words(html: &Html, language: &str) -> Vec<String> {
    let mut found = BTreeSet::new();
    for element in html.select(&Selector::parse("main *").unwrap()) {
        if is_code(element) {
            continue;
        }
        let texts = element
            .children()
            .filter_map(|child| child.value().as_text().map(|t| t.to_string()));
        for text in texts {
            let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || "_-".contains(c)));
            found.extend(words.filter(|word| is_raw(word, language)).map(str::to_owned));
        }
    }
    found.into_iter().collect()
}

/// `snake_case`, `CamelCase`; in Chinese also `kebab-case`, which English writes anyhow (re-screen).
fn is_raw(word: &str, language: &str) -> bool {
    let word = word.trim_matches(['-', '_']);
    let letters = word.chars().any(|c| c.is_ascii_lowercase());
    if !letters || NAMES.contains(&word) || word.ends_with("-zhuguan") {
        return false;
    }
    let snake = word.contains('_');
    let camel = word
        .chars()
        .zip(word.chars().skip(1))
        .any(|(one, next)| one.is_ascii_lowercase() && next.is_ascii_uppercase());
    let kebab = language == "zh-CN"
        && word.contains('-')
        && word
            .split('-')
            .all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()))
        && word.split('-').any(|part| part.chars().all(|c| c.is_ascii_lowercase()));
    snake || camel || kebab
}

#[test]
fn raw_words_are_told_from_words() {
    for raw in [
        "over-36",
        "three-conditions",
        "ViewChildren",
        "second_factor",
        "receiver_supervisor",
    ] {
        assert!(is_raw(raw, "zh-CN"), "{raw}");
    }
    for word in [
        "CARS",
        "M-CHAT-R",
        "2026-11-02",
        "F84",
        "330211-2026-00001",
        "ICD-10",
        "PostgreSQL",
        "Enter",
    ] {
        assert!(!is_raw(word, "zh-CN"), "{word}");
    }
    assert!(!is_raw("re-screen", "en"));
    let page = |body: &str| Html::parse_document(&format!("<main>{body}</main>"));
    let two = page("<a class=\"btn btn-primary\"></a><button class=\"btn btn-primary\"></button>");
    assert_eq!(primaries(&two), 2);
    let ask = page("<details><summary class=\"btn\"></summary><button class=\"btn btn-primary\"></button></details>");
    assert_eq!(primaries(&ask), 0);
}

/// Sentences that say nothing without their field.
fn bare() -> Vec<String> {
    [
        "form.required",
        "form.choice",
        "form.unreadable",
        "form.date",
        "form.one_line",
    ]
    .iter()
    .flat_map(|key| {
        use entities::words::Language::{Chinese, English};
        [Chinese, English].map(|language| raw(language, key).into_owned())
    })
    .collect()
}

/// The lines of the summaries of a page that name no field, or lead to none.
fn unnamed(reply: &Reply) -> (usize, Vec<String>) {
    let html = Html::parse_document(&reply.html());
    let bare = bare();
    let mut wrong = Vec::new();
    let mut lines = 0;
    for line in html.select(&Selector::parse("[data-focus] li").unwrap()) {
        lines += 1;
        let text: String = line.text().collect();
        if bare.iter().any(|sentence| sentence == text.trim()) {
            wrong.push(format!("names no field: {text}"));
        }
        let target = line
            .select(&Selector::parse("a[href]").unwrap())
            .next()
            .and_then(|link| link.attr("href"))
            .and_then(|href| href.strip_prefix('#'));
        if let Some(id) = target {
            let there = html
                .select(&Selector::parse("[id]").unwrap())
                .any(|one| one.attr("id") == Some(id));
            if !there {
                wrong.push(format!("leads nowhere: {text}"));
            }
        }
    }
    (lines, wrong)
}

/// Every form of a page that somebody types into: where to, and its fields, with what was typed in them.
fn broken(reply: &Reply, typed: &str) -> Vec<(String, Vec<(String, String)>)> {
    let html = Html::parse_document(&reply.html());
    let fields = Selector::parse("input[name], select[name], textarea[name]").unwrap();
    let hidden = |element: &ElementRef<'_>| element.attr("type") == Some("hidden");
    let box_or_button =
        |element: &ElementRef<'_>| matches!(element.attr("type"), Some("radio" | "checkbox" | "submit" | "button"));
    html.select(&Selector::parse("main form[method=post]").unwrap())
        .filter(|form| !form.attr("enctype").is_some_and(|kind| kind.starts_with("multipart")))
        .filter(|form| !["/find", "/preferences"].contains(&form.attr("action").unwrap_or_default()))
        .filter(|form| form.select(&fields).any(|field| !hidden(&field)))
        .map(|form| {
            let mut sent = Vec::new();
            for field in form.select(&fields).filter(|field| !box_or_button(field)) {
                let name = field.attr("name").unwrap_or_default().to_owned();
                let value = if hidden(&field) {
                    field.attr("value").unwrap_or_default()
                } else if field.value().name() == "select" {
                    ""
                } else {
                    typed
                };
                sent.push((name, value.to_owned()));
            }
            (form.attr("action").unwrap_or_default().to_owned(), sent)
        })
        .collect()
}

/// Empty forms and forms full of nonsense, of every page that the demonstration leads to.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_line_of_a_summary_names_its_field() {
    let (app, sign_ins) = TestApp::demonstration(200, 3).await;
    let password = demo::data::load().unwrap().password;
    let routes: Vec<_> = app.table.iter().filter(|r| r.method == "GET").cloned().collect();
    let (mut wrong, mut summaries) = (Vec::new(), BTreeMap::new());
    for one in &sign_ins {
        let mut person = app.stranger();
        person.sign_in(&one.user_name, &password).await;
        prepare(&mut person, &one.user_name).await;
        let mut pages = Vec::new();
        let mut seen = BTreeSet::new();
        walk(
            &mut person,
            &one.user_name,
            "zh-CN",
            &routes,
            one.role,
            &mut seen,
            &mut pages,
        )
        .await;
        for (page, typed) in pages.iter().flat_map(|page| [(page, ""), (page, "？！")]) {
            for (action, fields) in broken(page, typed) {
                let address = without_once(&action);
                let reply = person.post(&action, &fields).await;
                let (lines, faults) = unnamed(&reply);
                *summaries.entry(shape(&address)).or_insert(0) += lines;
                wrong.extend(faults.into_iter().map(|fault| format!("{address}: {fault}")));
            }
        }
    }
    wrong.sort_unstable();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let told = summaries.values().filter(|lines| **lines > 0).count();
    assert!(told >= 12, "only {told} forms said what is wrong: {summaries:?}");
}

fn without_once(action: &str) -> String {
    action.split("?once=").next().unwrap_or_default().to_owned()
}

/// The address without its numbers.
fn shape(address: &str) -> String {
    address
        .split('/')
        .map(|part| {
            if part.chars().all(|c| c.is_ascii_digit()) && !part.is_empty() {
                "{}"
            } else {
                part
            }
        })
        .collect::<Vec<_>>()
        .join("/")
}
