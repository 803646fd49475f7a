//! One direction, and doors: what a module may name of another.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use super::{KERNEL, ORDER, house, known, source::Source};

fn place(part: &str) -> Option<usize> {
    ORDER.iter().position(|name| *name == part)
}

/// What a file names of other parts of the program: the line, and the path from the root.
fn of_others(source: &Source) -> impl Iterator<Item = (usize, &[String], usize)> {
    let names = source
        .names
        .iter()
        .filter(|named| named.path.first().is_some_and(|part| part != source.part()));
    names.filter_map(|named| Some((named.line, named.path.as_slice(), place(&named.path[0])?)))
}

#[test]
fn modules_use_only_what_stands_before_them() {
    let mut found = BTreeMap::new();
    for source in &house().sources {
        let Some(mine) = place(source.part()) else { continue };
        for (line, path, theirs) in of_others(source) {
            if theirs > mine {
                let place = format!("{}:{line} names {}", source.file.display(), path.join("::"));
                found
                    .entry(format!("{} uses {}", source.part(), path[0]))
                    .or_insert(place);
            }
        }
    }
    known("uses of what stands behind", &found);
}

#[test]
fn every_module_has_its_place() {
    for source in &house().sources {
        let part = source.part();
        let crates = [
            "entities",
            "instruments",
            "migrations",
            "paper",
            "progress",
            "solver",
            "subsidy",
            "words",
            "workbook",
        ];
        let known = part.is_empty() || place(part).is_some() || crates.contains(&part);
        assert!(known, "{part} has no place in the order");
    }
}

/// The map of the program is in reading order.
#[test]
fn the_map_names_the_modules_in_their_order() {
    let map = syn::parse_file(&fs::read_to_string("src/lib.rs").unwrap()).unwrap();
    let modules = map.items.iter().filter_map(|item| match item {
        syn::Item::Mod(module) => Some(module.ident.to_string()),
        _ => None,
    });
    let features = ORDER.iter().filter(|part| !KERNEL.contains(part));
    assert!(modules.eq(features.copied()));
}

/// Of another feature: `service`, `queries` (also of a noun inside it), and what its `mod.rs` says itself or hands on.
#[test]
fn features_are_entered_by_their_doors() {
    let house = house();
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut paths = 0;
    for source in &house.sources {
        if place(source.part()).is_none() {
            continue;
        }
        for (line, path, _) in of_others(source) {
            let depth = (1..=path.len())
                .rev()
                .find(|depth| house.is_module(&path[..*depth]))
                .unwrap_or(1);
            let module = &path[..depth];
            let door = depth < 2
                || module[1..]
                    .iter()
                    .any(|name| ["service", "queries"].contains(&name.as_str()));
            if !door && !KERNEL.contains(&path[0].as_str()) {
                paths += 1;
                let place = format!("{}:{line}", source.file.display());
                found
                    .entry(format!("{} enters {}", source.part(), module.join("::")))
                    .or_insert(place);
            }
        }
    }
    println!("{paths} paths past a door");
    known("ways past a door", &found);
}

/// Handlers ask queries and services.
#[test]
fn routes_do_not_name_the_database() {
    let mut found = BTreeMap::new();
    for source in &house().sources {
        let routes = source
            .module
            .iter()
            .any(|part| part == "routes" || part.ends_with("_routes"));
        let named = source
            .names
            .iter()
            .find(|named| named.path.first().is_some_and(|root| root.starts_with("::sea_orm")));
        if let Some(named) = named.filter(|_| routes && !KERNEL.contains(&source.part())) {
            let place = format!("{}:{}", source.file.display(), named.line);
            found.insert(format!("{} names sea_orm", source.file.display()), place);
        }
    }
    known("routes that name the database", &found);
}

/// Files of one crate that use each other, directly or around a corner. Tables of contents are no station of a circle.
#[test]
fn files_do_not_run_in_circles() {
    let house = house();
    let name = |source: &Source| source.file.display().to_string();
    let root = |source: &Source| name(source).split("src/").next().unwrap_or_default().to_owned();
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in house.sources.iter().filter(|source| !source.is_contents()) {
        let others = source.names.iter().filter_map(|named| house.file_of(&named.path));
        let others =
            others.filter(|other| !other.is_contents() && root(other) == root(source) && name(other) != name(source));
        uses.insert(name(source), others.map(name).collect());
    }
    // Everything that a file leads to; whoever leads back stands in a circle with it.
    let reach: BTreeMap<&String, BTreeSet<&String>> = uses.keys().map(|from| (from, reached(&uses, from))).collect();
    let circles = reach.iter().filter_map(|(from, to)| {
        let circle: BTreeSet<&str> = to
            .iter()
            .filter(|other| reach[*other].contains(from))
            .map(|s| s.as_str())
            .collect();
        (!circle.is_empty()).then(|| circle.into_iter().collect::<Vec<_>>().join(" ↔ "))
    });
    let found = circles.map(|circle| (circle, String::new())).collect();
    known("circles of files", &found);
}

fn reached<'a>(uses: &'a BTreeMap<String, BTreeSet<String>>, from: &String) -> BTreeSet<&'a String> {
    let (mut reached, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(next) = open.pop() {
        for other in uses.get(next).into_iter().flatten() {
            if reached.insert(other) {
                open.push(other);
            }
        }
    }
    reached
}
