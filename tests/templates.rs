//! What no compiler checks about the templates: house rules of the pages, and one trap of askama.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Classes that pages may use on their own elements; everything else comes out of the macros in `templates/ui`.
/// They are described in `assets/css/tokens.css`.
const WORDS: &[&str] = &[
    "act",
    "actions",
    "cluster",
    "code",
    "fraction",
    "grid-2",
    "grid-3",
    "grid-4",
    "long",
    "muted",
    "no-print",
    "nowrap",
    "num",
    "split",
    "stack",
    "visually-hidden",
    "wrap-lines",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("templates")
}

/// Every template below a folder with its text, comments taken out.
fn templates(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(templates(&path));
        } else if path.extension().is_some_and(|e| e == "html") {
            let text = fs::read_to_string(&path).unwrap_or_default();
            found.insert(path, without_comments(&text));
        }
    }
    found
}

fn without_comments(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{#") {
        out.push_str(before);
        rest = after.split_once("#}").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out
}

/// The value of every `attribute="…"` in the text.
fn attributes<'a>(text: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    text.split(start.as_str())
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

#[test]
fn pages_leave_the_look_to_the_macros() {
    let mut foreign = Vec::new();
    for (path, text) in templates(&root()) {
        if path.starts_with(root().join("ui")) || path.parent() == Some(&root()) {
            continue;
        }
        let classes = attributes(&text, "class").into_iter().flat_map(str::split_whitespace);
        foreign.extend(
            classes
                .filter(|c| !WORDS.contains(c))
                .map(|c| format!("{}: {c}", path.display())),
        );
    }
    assert!(
        foreign.is_empty(),
        "use a macro of templates/ui instead of these classes:\n{}",
        foreign.join("\n")
    );
}

#[test]
fn nothing_in_a_page_breaks_the_content_security_policy() {
    for (path, text) in templates(&root()) {
        for attribute in [
            "style", "onclick", "onchange", "onsubmit", "oninput", "hx-on", "hx-vals",
        ] {
            assert!(
                attributes(&text, attribute).is_empty(),
                "{}: {attribute}=",
                path.display()
            );
        }
        assert!(!text.contains("<style"), "{}: <style>", path.display());
        for script in text.split("<script").skip(1) {
            let tag = script.split('>').next().unwrap_or_default();
            assert!(tag.contains(" src=\"/assets/"), "{}: <script{tag}>", path.display());
        }
        assert!(
            !text.contains("|safe"),
            "{}: |safe lets text become markup",
            path.display()
        );
    }
}

#[test]
fn words_live_in_the_locales() {
    for (path, text) in templates(&root()) {
        let han = text.chars().find(|c| ('\u{4e00}'..='\u{9fff}').contains(c));
        assert!(han.is_none(), "{}: {han:?} belongs into locales/", path.display());
    }
}

#[test]
fn icons_exist() {
    let list = fs::read_to_string(root().join("../assets/icons.json")).unwrap();
    let names: BTreeMap<String, String> = serde_json::from_str(&list).unwrap();
    for (path, text) in templates(&root()) {
        for call in text.split("icon(\"").skip(1) {
            let name = call.split('"').next().unwrap_or_default();
            assert!(
                names.contains_key(name),
                "{}: icon `{name}` is not in assets/icons.json",
                path.display()
            );
        }
    }
}

/// askama binds a macro's parameters one after the other, and a later argument that is a bare variable is looked up
/// among those already bound: in `badge(tone, kind, text)` for `macro badge(kind, icon, text)` the icon would be the
/// tone, silently. Writing `self.kind` or `row.kind` avoids it.
#[test]
fn no_argument_is_shadowed_by_an_earlier_parameter() {
    let all = templates(&root());
    let macros: BTreeMap<&PathBuf, BTreeMap<String, Vec<String>>> =
        all.iter().map(|(path, text)| (path, definitions(text))).collect();
    let mut seen = 0;
    for (path, text) in &all {
        let imported = imports(text);
        for (scope, name, given) in calls(text) {
            let file = if scope.is_empty() {
                Some(path)
            } else {
                imported.get(scope)
            };
            let Some(parameters) = file.and_then(|file| macros.get(file)).and_then(|m| m.get(name)) else {
                continue;
            };
            seen += 1;
            if let Some(value) = shadowed(parameters, &given) {
                panic!("{}: {name}({}): write self.{value}", path.display(), given.join(", "));
            }
        }
    }
    assert!(seen > 40, "the calls were not found");
}

/// The files behind the scopes of a template.
fn imports(text: &str) -> BTreeMap<&str, PathBuf> {
    text.split("import \"")
        .skip(1)
        .filter_map(|rest| rest.split_once("\" as "))
        .filter_map(|(path, rest)| Some((rest.split_whitespace().next()?, root().join(path))))
        .collect()
}

/// Macros with their parameters.
fn definitions(text: &str) -> BTreeMap<String, Vec<String>> {
    text.split("macro ")
        .skip(1)
        .filter_map(|definition| definition.split_once('('))
        .filter(|(name, _)| name.chars().all(|c| c.is_alphanumeric() || c == '_'))
        .map(|(name, rest)| {
            let names = arguments(rest)
                .into_iter()
                .map(|p| p.split('=').next().unwrap_or_default().trim().to_owned());
            (name.to_owned(), names.collect())
        })
        .collect()
}

/// Calls of macros, `page::card(..)` or of the same file `about(..)`: scope, name, arguments.
fn calls(text: &str) -> Vec<(&str, &str, Vec<String>)> {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices('(')
        .filter_map(|(at, _)| {
            let (before, after) = text.split_at(at);
            let lead = before.trim_end_matches(word);
            let name = before.strip_prefix(lead)?;
            let given = arguments(after.trim_start_matches('('));
            if let Some(scoped) = lead.strip_suffix("::") {
                return Some((scoped.strip_prefix(scoped.trim_end_matches(word))?, name, given));
            }
            let own = ["{{", "{{-", "call"]
                .iter()
                .any(|start| lead.trim_end().ends_with(start));
            own.then_some(("", name, given))
        })
        .collect()
}

/// The first argument whose value is not what it says.
fn shadowed(parameters: &[String], given: &[String]) -> Option<String> {
    given.iter().enumerate().find_map(|(n, argument)| {
        let named = argument
            .split_once('=')
            .filter(|(own, _)| parameters.iter().any(|p| p == own.trim()));
        let (own, value) = match named {
            Some((own, value)) => (own.trim(), value.trim()),
            None => (parameters.get(n)?.as_str(), argument.trim()),
        };
        let place = parameters.iter().position(|p| p == own)?;
        (own != value && parameters.iter().take(place).any(|p| p == value)).then(|| value.to_owned())
    })
}

/// The top-level arguments up to the closing parenthesis.
fn arguments(text: &str) -> Vec<String> {
    let (mut depth, mut quoted, mut current, mut found) = (0, false, String::new(), Vec::new());
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '(' | '[' if !quoted => depth += 1,
            ')' | ']' if !quoted && depth > 0 => depth -= 1,
            ')' if !quoted => break,
            ',' if !quoted && depth == 0 => {
                found.push(std::mem::take(&mut current).trim().to_owned());
                continue;
            }
            _ => {}
        }
        current.push(c);
    }
    if !current.trim().is_empty() {
        found.push(current.trim().to_owned());
    }
    found
}

#[test]
fn the_readers_of_this_file_read_right() {
    let badge = definitions("{% macro badge(kind, icon, text=\"\") %}")
        .remove("badge")
        .unwrap_or_default();
    let given = |call: &'static str| calls(call).remove(0).2;
    assert_eq!(
        shadowed(&badge, &given("{{ s::badge(tone, kind, text) }}")),
        Some("kind".to_owned())
    );
    assert_eq!(
        shadowed(&badge, &given("{{ s::badge(tone, x, text = icon) }}")),
        Some("icon".to_owned())
    );
    assert_eq!(shadowed(&badge, &given("{{ s::badge(kind, icon, text) }}")), None);
    assert_eq!(
        shadowed(&badge, &given("{{ s::badge(tone, self.kind, \"kind\") }}")),
        None
    );
    assert_eq!(
        arguments("tone, f(a, b), \"x, y\", z = 1) rest"),
        ["tone", "f(a, b)", "\"x, y\"", "z = 1"]
    );
    assert_eq!(
        imports("{% import \"ui/list.html\" as list %}").get("list"),
        Some(&root().join("ui/list.html"))
    );
    assert_eq!(
        calls("{{ list::th(a) }}{{ th(b) }}"),
        [("list", "th", vec!["a".to_owned()]), ("", "th", vec!["b".to_owned()])]
    );
    assert_eq!(without_comments("a{# b #}c"), "ac");
    assert_eq!(attributes("<p class=\"num muted\" id=\"x\">", "class"), ["num muted"]);
}
