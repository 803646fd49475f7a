//! Who may use whom, and other rules of the house that can be read off the source.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// The one order: a module uses only what stands before it.
const ORDER: &[&str] = &[
    "platform",
    "access",
    "web",
    "account",
    "organisations",
    "children",
    "screening",
    "referral",
    "assessment",
    "merging",
    "roster",
    "notifications",
    "reports",
    "audit",
    "operations",
    "admin",
    "demo",
    "app",
    "cli",
];
/// These may be used freely by what stands behind them; of a feature only its doors.
const KERNEL: &[&str] = &["platform", "access", "web"];
/// Files of a feature that never speak HTTP, and what HTTP is called.
const SILENT: &[&str] = &["service", "queries", "rules"];

#[test]
fn modules_use_only_what_stands_before_them() {
    let mut wrong = Vec::new();
    for (file, text) in sources("src") {
        let Some(mine) = place(&module_of(&file)) else { continue };
        for path in crate_paths(&text) {
            let target = path.split("::").next().unwrap_or_default();
            if place(target).is_some_and(|theirs| theirs > mine) {
                wrong.push(format!("{} uses {path}, which stands behind it", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_module_has_its_place() {
    let modules: BTreeSet<String> = sources("src").iter().map(|(file, _)| module_of(file)).collect();
    for module in modules.iter().filter(|m| !["lib", "main"].contains(&m.as_str())) {
        assert!(place(module).is_some(), "{module} has no place in the order");
    }
}

#[test]
fn services_and_queries_do_not_speak_http() {
    let mut wrong = Vec::new();
    for (file, text) in sources("src") {
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
    for (file, text) in sources("src") {
        if file.ends_with("platform/db.rs") {
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

fn place(module: &str) -> Option<usize> {
    ORDER.iter().position(|m| *m == module)
}

fn module_of(file: &Path) -> String {
    let rest = file.strip_prefix("src").unwrap_or(file);
    let first = rest
        .components()
        .next()
        .map(|c| c.as_os_str().to_string_lossy().into_owned())
        .unwrap_or_default();
    first.trim_end_matches(".rs").to_owned()
}

fn sources(dir: &str) -> Vec<(PathBuf, String)> {
    files(dir, "rs")
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

/// Every `crate::a::b`, with groups written out.
fn crate_paths(text: &str) -> Vec<String> {
    let text = code(text);
    text.match_indices("crate::")
        .flat_map(|(at, found)| expand("", text.get(at + found.len()..).unwrap_or_default()))
        .collect()
}

fn expand(head: &str, rest: &str) -> Vec<String> {
    let rest = rest.trim_start();
    if let Some(inner) = rest.strip_prefix('{') {
        let (mut depth, mut parts) = (0, vec![String::new()]);
        for c in inner.chars() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    parts.push(String::new());
                    continue;
                }
                _ => {}
            }
            parts.last_mut().unwrap().push(c);
        }
        return parts
            .iter()
            .filter(|p| !p.trim().is_empty())
            .flat_map(|p| expand(head, p))
            .collect();
    }
    let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    let path = if head.is_empty() {
        name.clone()
    } else {
        format!("{head}::{name}")
    };
    match rest.strip_prefix(name.as_str()).unwrap_or_default().strip_prefix("::") {
        Some(more) if !name.is_empty() => expand(&path, more),
        _ => vec![path],
    }
}
