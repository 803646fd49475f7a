//! Who may use whom, and other rules of the house that can be read off the source.
//!
//! - [`order`]: one direction, doors, no database in routes, no circles of files;
//! - [`owners`]: who writes which table, and who may read it;
//! - [`rests`]: matches on our own words;
//! - `exceptions.toml`: what is not kept yet, with the reasons;
//! - below: habits that are found by looking for words.

mod order;
mod owners;
mod reader;
mod rests;
mod source;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

/// The one order: a module uses only what stands before it.
const ORDER: &[&str] = &[
    "platform",
    "access",
    "web",
    "account",
    "organisations",
    "person",
    "children",
    "attachment",
    "notifications",
    "task",
    "referral",
    "screening",
    "assessment",
    "clinic",
    "pathway",
    "merging",
    "roster",
    "enrolment",
    "guardian_access",
    "signature",
    "agreement",
    "reports",
    "audit",
    "operations",
    "admin",
    "home",
    "demo",
    "app",
    "cli",
];
/// These may be used freely by what stands behind them; of a feature only its doors.
const KERNEL: &[&str] = &["platform", "access", "web"];
/// Files of a feature that never speak HTTP, and what HTTP is called.
const SILENT: &[&str] = &["service", "queries", "rules"];

/// The source, read once.
fn house() -> &'static source::House {
    static HOUSE: OnceLock<source::House> = OnceLock::new();
    HOUSE.get_or_init(|| source::House::read(Path::new("")))
}

/// What is found, with a place of each, is what is known: nothing is new, and nothing is on the list that is mended.
fn known(what: &str, found: &BTreeMap<String, String>) {
    let text = fs::read_to_string("tests/architecture/exceptions.toml").unwrap();
    let lists: BTreeMap<String, BTreeMap<String, String>> = toml::from_str(&text).unwrap();
    let list = lists
        .get(what)
        .unwrap_or_else(|| panic!("exceptions.toml has no list of {what}"));
    println!("{what}: {}", found.len());
    let new = found.iter().filter(|(one, _)| !list.contains_key(*one));
    let new: Vec<_> = new.map(|(one, place)| format!("{one}    {place}")).collect();
    assert!(new.is_empty(), "{what}, {} new:\n{}\n", new.len(), new.join("\n"));
    let gone = list.keys().filter(|one| !found.contains_key(*one));
    let gone: Vec<_> = gone.map(String::as_str).collect();
    assert!(
        gone.is_empty(),
        "{what}, not needed any more; take it off the list:\n{}\n",
        gone.join("\n")
    );
    assert!(
        list.values().all(|why| !why.is_empty()),
        "{what}: every exception has a reason"
    );
}

#[test]
fn services_and_queries_do_not_speak_http() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let stem = file.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
        if KERNEL.contains(&module_of(&file).as_str()) || !SILENT.contains(&stem) {
            continue;
        }
        for word in ["axum::", "askama::", "crate::web"] {
            if code(&text).contains(word) {
                wrong.push(format!("{} names {word}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn only_the_write_door_begins_transactions() {
    for (file, text) in sources() {
        if file.to_string_lossy().starts_with("kernel/src/platform/db") {
            continue;
        }
        for word in [".begin()", "begin_with", ".transaction("] {
            assert!(
                !code(&text).contains(word),
                "{} begins a transaction of its own",
                file.display()
            );
        }
    }
}

#[test]
fn frameworks_of_the_look_stay_in_the_macros() {
    for (file, text) in files("templates", "html") {
        let macros = file.starts_with("templates/ui") || ["layout.html", "bare.html"].iter().any(|n| file.ends_with(n));
        assert!(
            macros || !text.contains("style=\""),
            "{} has an inline style",
            file.display()
        );
        assert!(!text.contains("<script>"), "{} has an inline script", file.display());
    }
}

/// Handlers get ids from strangers. What they ask first is asked by somebody: a query that takes a bare id and no actor
/// would tell whether a foreign record exists.
#[test]
fn handlers_ask_as_somebody_before_they_ask_by_an_id() {
    let (open, stems) = open_queries(&sources());
    assert!(
        open.contains_key("consents") && open.contains_key("second"),
        "the queries are not found any more"
    );
    let mut wrong = Vec::new();
    for (file, text) in sources().iter().filter(|(file, _)| is_routes(file)) {
        for one in functions(&code(text))
            .iter()
            .filter(|one| one.params.contains("State("))
        {
            wrong.extend(
                asks_too_early(one, &open, &stems).map(|call| format!("{}: {} {call}", file.display(), one.name)),
            );
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    let planted = "async fn new(State(app): State<App>, ctx: Ctx, Path(id): Path<i64>) -> Answer {
        if queries::consents(&*app.db, id).await?.is_some() { return ctx.go(\"/\").answer(); }
        service::view(&app, &ctx.actor, id).await?; }";
    assert!(asks_too_early(&functions(planted)[0], &open, &stems).is_some());
}

/// Rows are found by queries and services, which know who asks; and what comes in, comes in by the gate.
#[test]
fn routes_name_neither_tables_nor_the_extractors_of_the_framework() {
    let mut wrong = Vec::new();
    for (file, text) in sources().iter().filter(|(file, _)| is_routes(file)) {
        for word in [
            "::Entity",
            "Path<NaiveDate>",
            "NaiveDate)>",
            "body: Bytes",
            "body: String",
        ] {
            if code(text).contains(word) {
                wrong.push(format!("{} names {word}", file.display()));
            }
        }
    }
    for (file, text) in sources() {
        for word in [
            "parse::<NaiveDate>",
            "parse::<chrono::NaiveDate>",
            "NaiveDate::from_str",
            "axum_extra",
        ] {
            if code(&text).contains(word) {
                wrong.push(format!(
                    "{} names {word}: days are read by platform::day",
                    file.display()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// Text of a form is kept by way of `Check`, which refuses what may not come in.
#[test]
fn forms_keep_text_by_way_of_the_check() {
    for (file, text) in sources() {
        let forms =
            file.file_stem().is_some_and(|s| s == "forms") || file.components().any(|c| c.as_os_str() == "forms");
        // The list of a day has a field for every child, and checks its notes itself.
        if forms && !file.ends_with("day/forms.rs") {
            assert!(
                !code(&text).contains("optional(&self."),
                "{} keeps text unchecked",
                file.display()
            );
        }
    }
}

fn is_routes(file: &Path) -> bool {
    let stem = file.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
    stem.ends_with("routes") || file.components().any(|c| c.as_os_str() == "routes")
}

struct Function {
    name: String,
    params: String,
    body: String,
}

/// The functions of a source, each with its parameters and everything up to the next one.
fn functions(text: &str) -> Vec<Function> {
    let starts: Vec<usize> = text.match_indices("fn ").map(|(at, _)| at).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts
        .iter()
        .zip(ends)
        .filter_map(|(start, end)| {
            let whole = text.get(start + 3..end)?;
            let name: String = whole.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let (params, body) = parenthesised(whole.get(whole.find('(')?..)?)?;
            Some(Function {
                name,
                params: params.to_owned(),
                body: body.to_owned(),
            })
        })
        .collect()
}

/// What stands in the parentheses that a text begins with, and what comes after.
fn parenthesised(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((text.get(1..at)?, text.get(at + 1..)?));
        }
    }
    None
}

type OpenQueries = std::collections::BTreeMap<String, BTreeSet<String>>;

/// Queries that take a bare id and nobody who asks, with the files that have one of that name; and the names of all files.
fn open_queries(sources: &[(PathBuf, String)]) -> (OpenQueries, BTreeSet<String>) {
    let (mut open, mut stems) = (OpenQueries::new(), BTreeSet::new());
    for (file, text) in sources {
        let names = file
            .iter()
            .map(|part| part.to_string_lossy().trim_end_matches(".rs").to_owned());
        let names: BTreeSet<String> = names.collect();
        stems.extend(names.iter().cloned());
        for one in functions(&code(text)) {
            let asks = ["ConnectionTrait", "app: &App", "db: &Db"]
                .iter()
                .any(|word| one.params.contains(word));
            let by_id = one.params.split(',').any(|param| {
                let kind = param.split(':').next_back().unwrap_or_default().trim();
                (kind.ends_with("Id") && !kind.contains('<')) || kind == "i64"
            });
            if asks && by_id && !one.params.contains("Actor") && !one.params.contains("Ctx") {
                open.entry(one.name).or_default().extend(names.iter().cloned());
            }
        }
    }
    (open, stems)
}

/// The first query by a bare id that a function makes before anything that knows who asks.
fn asks_too_early(one: &Function, open: &OpenQueries, stems: &BTreeSet<String>) -> Option<String> {
    let known = ["actor", "ctx"].iter().filter_map(|word| one.body.find(word)).min();
    let early = one.body.get(..known.unwrap_or(one.body.len()))?;
    early.match_indices("::").find_map(|(at, _)| {
        let module = early
            .get(..at)?
            .rsplit(|c: char| !c.is_alphanumeric() && c != '_')
            .next()?;
        let rest = one.body.get(at + 2..)?;
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let (arguments, _) = parenthesised(rest.strip_prefix(name.as_str())?)?;
        let files = open.get(&name)?;
        // A module that is called otherwise here may be any.
        let meant = files.contains(module) || !stems.contains(module);
        let lower = module.starts_with(|c: char| c.is_ascii_lowercase());
        (meant && lower && !arguments.contains("actor") && !arguments.contains("ctx"))
            .then(|| format!("{module}::{name}"))
    })
}

fn module_of(file: &Path) -> String {
    let rest = file.strip_prefix("kernel").unwrap_or(file);
    let rest = rest.strip_prefix("src").unwrap_or(rest);
    let first = rest
        .components()
        .next()
        .map(|c| c.as_os_str().to_string_lossy().into_owned())
        .unwrap_or_default();
    first.trim_end_matches(".rs").to_owned()
}

/// The kernel and the program.
fn sources() -> Vec<(PathBuf, String)> {
    [files("kernel/src", "rs"), files("src", "rs")].concat()
}

fn files(dir: &str, extension: &str) -> Vec<(PathBuf, String)> {
    fn walk(dir: &Path, extension: &str, out: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(dir).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, extension, out);
            } else if path.extension().is_some_and(|e| e == extension) {
                out.push((path.clone(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let mut out = Vec::new();
    walk(Path::new(dir), extension, &mut out);
    out.sort();
    out
}

/// The source without comments and tests.
fn code(text: &str) -> String {
    let body = text.split("#[cfg(test)]").next().unwrap_or_default();
    body.lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
}

/// A form has one way back, `web::Ctx::after`: no route takes apart itself what is wrong with it, and ids come with their type.
#[test]
fn no_route_takes_apart_what_is_wrong_with_a_form() {
    for (file, text) in sources().iter().filter(|(file, _)| is_routes(file)) {
        for word in [
            "Err(Error::Invalid(",
            "Err(Error::Refused(",
            "Err(Error::Stale(",
            "Path<i64>",
            "Path<(i64",
        ] {
            assert!(!code(text).contains(word), "{} says {word}", file.display());
        }
    }
}

/// What a text leads to, as links in Markdown say it: `[…](here)`.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split(')').next())
}

#[test]
fn what_the_documents_lead_to_is_there() {
    let readme = |name: &str| (PathBuf::from(name), fs::read_to_string(name).unwrap());
    let documents = [
        files("docs", "md"),
        vec![readme("README.md"), readme("README.zh-CN.md")],
    ]
    .concat();
    let (mut followed, mut dead) = (0, Vec::new());
    for (file, text) in &documents {
        for link in links(text).filter(|link| !link.contains("://") && !link.starts_with("mailto:")) {
            let path = link.split(['#', ' ']).next().unwrap_or_default();
            let target = file.parent().unwrap().join(path);
            followed += 1;
            if !path.is_empty() && !target.exists() {
                dead.push(format!("{}: {link}", file.display()));
            }
        }
    }
    assert!(followed > 50, "links are not found any more");
    assert!(dead.is_empty(), "\n{}\n", dead.join("\n"));
}
