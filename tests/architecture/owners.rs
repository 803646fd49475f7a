//! A table has one owner, the only feature that writes it; whoever stands behind the owner may read it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use super::{KERNEL, ORDER, house, known, source::Source};

/// Who writes which table. docs/ARCHITECTURE.md says the same.
const OWNERS: &[(&str, &[&str])] = &[
    (
        "platform",
        &[
            "calendar_day",
            "calendar_year",
            "counter",
            "draft",
            "event",
            "file_content",
            "frozen_content",
            "job",
            "key_print",
            "message",
            "notice",
            "parameter",
            "saved_filter",
            "stored_file",
            "submission",
            "sweep_run",
        ],
    ),
    (
        "account",
        &[
            "account",
            "account_proposal",
            "account_role",
            "known_place",
            "password_history",
            "session",
            "sign_in_count",
        ],
    ),
    ("organisations", &["division", "division_change", "organisation"]),
    (
        "children",
        &[
            "care",
            "child",
            "child_term",
            "consent",
            "departure",
            "duplicate",
            "guardian",
            "guardianship",
            "number_claim",
            "planned_check",
            "residence",
        ],
    ),
    ("attachment", &["attachment"]),
    ("task", &["contact", "task"]),
    ("referral", &["referral", "referral_step"]),
    ("screening", &["screen"]),
    ("assessment", &["assessment", "instrument"]),
    ("clinic", &["diagnosis", "rescreen"]),
    ("pathway", &["pathway"]),
    ("merging", &["merge"]),
    ("roster", &["parked_row"]),
    (
        "enrolment",
        &[
            "application",
            "application_material",
            "application_override",
            "application_step",
            "enrolment_decision",
            "review_chain",
        ],
    ),
    ("guardian_access", &["guardian_access"]),
    ("signature", &["signature"]),
    ("agreement", &["agreement", "agreement_signer", "agreement_template"]),
    ("reports", &["frozen_report", "published_report"]),
    ("audit", &["event_seal"]),
    ("operations", &["backup_mark"]),
];
/// What changes rows.
const WRITES: &[&str] = &[
    "delete",
    "delete_by_id",
    "delete_many",
    "insert",
    "insert_many",
    "update",
    "update_many",
];
/// What a table is in the words of its entity.
const PARTS: &[&str] = &["ActiveModel", "COLUMN", "Column", "Entity", "Model"];
/// Invents rows of every table; so do the modules of that name that features hand to it.
const DEMO: &str = "demo";

fn owner(table: &str) -> Option<&'static str> {
    let mut owners = OWNERS.iter().filter(|(_, tables)| tables.contains(&table));
    owners.next().map(|(owner, _)| *owner)
}

fn place(part: &str) -> Option<usize> {
    ORDER.iter().position(|name| *name == part)
}

/// The table that a path leads to, and what of it.
fn table(path: &[String]) -> Option<(&str, &[String])> {
    let [root, _, table, more @ ..] = path else { return None };
    (root == "entities" && owner(table).is_some()).then_some((table, more))
}

/// Tables that a file writes, with the line.
fn written(source: &Source) -> Vec<(&str, usize)> {
    let mut written = Vec::new();
    let mut by_function: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    let mut changed = Vec::new();
    for named in &source.names {
        if named.path == ["into_active_model"] {
            changed.push((named.function, named.line));
        }
        let Some((table, more)) = table(&named.path) else {
            continue;
        };
        match more {
            [model, ..] if model == "ActiveModel" => written.push((table, named.line)),
            [entity, verb, ..] if entity == "Entity" && WRITES.contains(&verb.as_str()) => {
                written.push((table, named.line))
            }
            _ => {}
        }
        if more.first().is_some_and(|part| PARTS.contains(&part.as_str())) {
            by_function.entry(named.function).or_default().insert(table);
        }
    }
    // A row that is taken to be changed: of one of the tables that the function names, and of its own if it names one.
    for (function, line) in changed {
        let tables = by_function.get(&function).into_iter().flatten();
        if tables.clone().all(|table| owner(table) != Some(source.part())) {
            written.extend(tables.map(|table| (*table, line)));
        }
    }
    written
}

#[test]
fn every_table_has_one_owner() {
    let mut tables = BTreeSet::new();
    for source in house().sources.iter().filter(|source| source.part() == "entities") {
        let text = fs::read_to_string(&source.file).unwrap();
        let names = text
            .split("table_name = \"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next());
        tables.extend(names.map(str::to_owned));
    }
    let owned: Vec<&str> = OWNERS.iter().flat_map(|(_, tables)| tables.iter().copied()).collect();
    let listed: BTreeSet<String> = owned.iter().map(|table| (*table).to_owned()).collect();
    assert_eq!(owned.len(), listed.len(), "a table stands twice in the list of owners");
    assert_eq!(listed, tables, "the list of owners, and the entities");
    let places: Vec<_> = OWNERS.iter().map(|(owner, _)| place(owner)).collect();
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "owners stand in the order of the modules"
    );
}

#[test]
fn the_document_names_the_owners() {
    let text = fs::read_to_string("docs/ARCHITECTURE.md").unwrap();
    for (owner, tables) in OWNERS {
        let line = format!("| {owner} | {} |", tables.join(", "));
        assert!(text.contains(&line), "docs/ARCHITECTURE.md should say\n{line}");
    }
    let rows = text.split("| Owner | Tables |").nth(1).unwrap().lines().skip(2);
    let rows = rows.take_while(|line| line.starts_with('|')).count();
    assert_eq!(rows, OWNERS.len(), "docs/ARCHITECTURE.md names an owner more");
}

#[test]
fn a_table_is_written_by_its_owner() {
    let mut found = BTreeMap::new();
    let invents = |source: &Source| source.module.iter().any(|part| part == DEMO);
    for source in house().sources.iter().filter(|source| !invents(source)) {
        if place(source.part()).is_none() {
            continue;
        }
        for (table, line) in written(source) {
            if owner(table) != Some(source.part()) {
                let place = format!("{}:{line}", source.file.display());
                found
                    .entry(format!("{} writes {table}", source.part()))
                    .or_insert(place);
            }
        }
    }
    known("tables written by others", &found);
}

#[test]
fn a_table_is_used_behind_its_owner() {
    let mut found = BTreeMap::new();
    for source in &house().sources {
        let Some(mine) = place(source.part()) else { continue };
        for named in &source.names {
            let Some((table, _)) = table(&named.path) else { continue };
            let theirs = owner(table).and_then(place).unwrap_or_default();
            // The kernel's parts stand before everybody, and share what it owns.
            if theirs > mine && !(KERNEL.contains(&source.part()) && theirs < KERNEL.len()) {
                let place = format!("{}:{}", source.file.display(), named.line);
                found.entry(format!("{} uses {table}", source.part())).or_insert(place);
            }
        }
    }
    known("tables used before their owner", &found);
}
