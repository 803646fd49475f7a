//! Every page of the demonstration, opened by somebody who may: in both languages, found by its own link, well formed.

mod wording;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use axum::http::Method;
use scraper::{Html, Selector};
use starbridge::{
    access::Can,
    demo::{self, SignIn},
    web::routes::RouteInfo,
};

use crate::support::{TestApp, page::Reply, people::Person};

/// Files, not pages: they only have to come.
const FILES: &[&str] = &["export", "template", "marked", "session", "pdf"];

/// Opened by their links alone: they answer a question that stands in the address.
const ANSWERS: &[&str] = &[
    "/reports/screening/children",
    "/assessments/new",
    "/papers/referral-slip",
];

/// Pages of a moment: there before signing in, or only after a deed. Stories of their features open them.
const MOMENTS: &[&str] = &[
    "/number-claims/{id}",
    "/account-proposals/{id}",
    "/children/{id}/identity",
    "/children/{id}/disability-card",
    "/children/{id}/guardians/{tie}/phone",
    "/sign-in",
    "/sign-in/second-factor",
    "/screening-days/{day}",
    "/children/{id}/screens/{screen}/correction",
    "/dev/mail/{name}",
    "/imports/{id}/rows",
    "/imports/{id}/rows/{row}",
    "/reports/frozen/{id}/changes",
    "/referrals/{id}/sending",
    "/follow-ups/{id}",
    "/referrals/{id}/diagnosis",
    "/referrals/{id}/diagnosis/preview",
    "/referrals/{id}/diagnosis/correction/preview",
    "/referrals/{id}/rescreen/preview",
    "/referrals/{id}/rescreen/correction/preview",
    "/assessments/{id}",
    "/assessments/{id}/second",
    "/assessments/{id}/comparison",
    "/merges/{id}",
    "/attachments/{id}/original",
    "/attachments/{id}/picture",
    "/attachments/{id}/thumbnail",
    "/my",
    "/my/code",
    "/my/papers",
    "/my/signing",
    "/my/agreements/{id}",
    "/my/agreements/{id}/pdf",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_opens_in_both_languages() {
    let (app, mut sign_ins) = TestApp::demonstration(800, 1).await;
    // What districts share is the city's to change.
    sign_ins.push(SignIn {
        role: entities::words::Role::SystemAdmin,
        user_name: "shi-xitong".to_owned(),
        organisation: String::new(),
    });
    let password = demo::data::load().unwrap().password;
    let routes: Vec<RouteInfo> = app.table.iter().filter(|r| r.method == Method::GET).cloned().collect();
    let mut seen = BTreeSet::new();
    for one in &sign_ins {
        let mut person = app.stranger();
        person.sign_in(&one.user_name, &password).await;
        prepare(&mut person, &one.user_name).await;
        for language in ["zh-CN", "en"] {
            speak(&mut person, language).await;
            walk(
                &mut person,
                &format!("{} {language}", one.user_name),
                language,
                &routes,
                one.role,
                &mut seen,
                &mut Vec::new(),
            )
            .await;
        }
    }
    let missing: Vec<&str> = routes
        .iter()
        .filter(|r| {
            ["zh-CN", "en"]
                .iter()
                .any(|language| !seen.contains(&(r.path, *language)))
        })
        .map(|r| r.path)
        .filter(|path| !MOMENTS.contains(path))
        .collect();
    assert_eq!(missing, [""; 0], "pages that no link leads to");
}

/// What a page needs that the demonstration does not have: a roster on its way, a frozen report, sealing anew.
async fn prepare(person: &mut Person, user_name: &str) {
    match user_name {
        "chushai" => {
            let roster = "儿童姓名,性别,出生日期,现居住地,监护人1姓名,监护人1关系\n走马,男,2025-13-01,,王芳,母亲\n";
            let reply = person
                .upload("/imports", &[], ("file", "名册.csv", roster.as_bytes()))
                .await;
            reply.is(303);
        }
        "xitong" | "shi-xitong" => {
            let list = "区划代码,名称\n330211999001,孤村\n330211003991,朝阳社区\n";
            let reply = person
                .upload("/divisions/import", &[], ("file", "区划.csv", list.as_bytes()))
                .await;
            reply.is(303);
            person.post("/operations/resealings", &[]).await.is(303);
        }
        "canlian" => {
            let page = person.open("/reports/screening?month=2026-10").await;
            page.submit_to("/reports/frozen", person).await.is(303);
        }
        "anquan" => {
            // A doctor of the city's hospital takes two districts.
            let page = person.open("/accounts?q=zhenduan").await;
            let doctor = page
                .links()
                .into_iter()
                .find(|link| {
                    link.strip_prefix("/accounts/")
                        .is_some_and(|id| id.parse::<i64>().is_ok())
                })
                .unwrap();
            person.post(&format!("{doctor}/unlocking"), &[]).await.is(303);
        }
        _ => {}
    }
}

async fn speak(person: &mut Person, language: &str) {
    let fields = [("locale", language), ("back", "/")].map(|(k, v)| (k.to_owned(), v.to_owned()));
    person.post("/preferences", &fields).await.is(303);
}

/// Follow the links from the home page and from every page without parameters, one of each route.
async fn walk(
    person: &mut Person,
    who: &str,
    language: &'static str,
    routes: &[RouteInfo],
    role: entities::words::Role,
    seen: &mut BTreeSet<(&'static str, &'static str)>,
    pages: &mut Vec<Reply>,
) {
    let mine = |route: &&RouteInfo| route.can != Can::Anyone && route.can.allows(&[role]);
    let mut open: VecDeque<String> = routes
        .iter()
        .filter(mine)
        .filter(|r| !r.path.contains('{') && !ANSWERS.contains(&r.path))
        .map(|r| r.path.to_owned())
        .collect();
    open.make_contiguous().sort_by_key(|path| path != "/");
    let mut done = BTreeMap::new();
    let mut faulty = Vec::new();
    while let Some(address) = open.pop_front() {
        let Some(route) = routes
            .iter()
            .filter(|r| leads_to(r.path, &address))
            .min_by_key(|r| r.path.matches('{').count())
        else {
            assert!(address.starts_with("/assets/"), "{who}: a dead link to {address}");
            continue;
        };
        let visits = done.entry(route.path).or_insert(0);
        *visits += 1;
        // What a referral offers depends on its state, so several are opened.
        if *visits > if route.path == "/referrals/{id}" { 12 } else { 1 } {
            continue;
        }
        let reply = person.open(&address).await;
        assert_eq!(reply.status, 200, "{who}: {address}: {}", reply.text());
        seen.insert((route.path, language));
        if !FILES.iter().any(|file| route.path.ends_with(file)) {
            let html = reply.html();
            let faults = faults(&html, language);
            if !faults.is_empty() {
                faulty.push(format!("{address}: {faults:?}"));
            }
            open.extend(local_links(&reply));
            pages.push(reply);
        }
    }
    assert!(faulty.is_empty(), "{who}:\n{}\n", faulty.join("\n"));
}

fn leads_to(path: &str, address: &str) -> bool {
    let address = address.split(['?', '#']).next().unwrap_or_default();
    let (mut path, mut parts) = (path.split('/'), address.split('/'));
    loop {
        match (path.next(), parts.next()) {
            (None, None) => return true,
            (Some(pattern), Some(part)) if pattern == part || (pattern.starts_with('{') && !part.is_empty()) => {}
            _ => return false,
        }
    }
}

fn local_links(reply: &Reply) -> Vec<String> {
    let local = |link: &String| link.starts_with('/') && !link.starts_with("//");
    reply.links().into_iter().filter(local).collect()
}

/// What is wrong with a page, whatever it is about.
fn faults(source: &str, language: &str) -> Vec<String> {
    let html = Html::parse_document(source);
    let all = |css: &str| html.select(&Selector::parse(css).unwrap()).collect::<Vec<_>>();
    let mut found = Vec::new();
    let heads = all("h1").len();
    if heads != 1 {
        found.push(format!("{heads} h1"));
    }
    if all(&format!("html[lang={language}]")).is_empty() {
        found.push(format!("not in {language}"));
    }
    let title: String = all("title").first().map(|t| t.text().collect()).unwrap_or_default();
    if title.split(" · ").next().unwrap_or_default().trim().is_empty() {
        found.push("no title".to_owned());
    }
    for element in all("body *:not(script):not(style):not(.code):not(code)") {
        // Codes and addresses of people are shown as they are.
        let texts = element
            .children()
            .filter_map(|child| child.value().as_text().map(|text| text.to_string()));
        let named = ["aria-label", "placeholder", "alt", "data-saved", "data-failed"];
        let attributes = named.iter().filter_map(|name| element.attr(name).map(str::to_owned));
        let wrong = |text: &String| is_key(text.trim()) || has_placeholder(text);
        found.extend(texts.chain(attributes).filter(wrong));
    }
    found.extend(wording::faults(&html, language));
    found
}

/// A locale key that stands where its words should be: `child.tab.file`.
fn is_key(text: &str) -> bool {
    text.contains('.')
        && text.split('.').all(|part| {
            !part.is_empty()
                && part.starts_with(|c: char| c.is_ascii_lowercase())
                && part
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        })
}

/// `%{name}` or `{name}`, except the place for the time that a script fills in.
fn has_placeholder(text: &str) -> bool {
    text.match_indices('{').any(|(at, _)| {
        let rest = text.get(at + 1..).unwrap_or_default();
        let name = rest.split('}').next().unwrap_or_default();
        name.len() < rest.len()
            && !name.is_empty()
            && name != "time"
            && name.chars().all(|c| c.is_ascii_lowercase() || c == '_')
    })
}

#[test]
fn the_checks_find_what_they_look_for() {
    let page = |body: &str| {
        format!(
            "<!doctype html><html lang=\"en\"><head><title>A · B</title></head><body><h1>A</h1>{body}</body></html>"
        )
    };
    assert_eq!(faults(&page("<p>fine, e.g. a.b</p>"), "en"), [""; 0]);
    assert_eq!(faults(&page("<p>child.tab.file</p>"), "en"), ["child.tab.file"]);
    assert_eq!(faults(&page("<p>%{n} rows</p>"), "en"), ["%{n} rows"]);
    assert_eq!(faults(&page("<a aria-label=\"ui.print\"></a>"), "en"), ["ui.print"]);
    assert_eq!(faults(&page("<h1>B</h1>"), "zh-CN"), ["2 h1", "not in zh-CN"]);
    assert!(leads_to("/children/{id}/chain", "/children/7/chain?x=1"));
    assert!(!leads_to("/children/{id}", "/children/7/chain"));
}
