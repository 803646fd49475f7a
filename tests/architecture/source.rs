//! The source as a parser reads it: every file with its place in the tree of modules, and everything that it names, written
//! out from the root.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use super::reader::read;

/// The crates of the house: where their source lies, and the name under which others know them. The kernel and the program
/// are one tree: the program hands the kernel's modules on.
pub(super) const CRATES: &[(&str, &str)] = &[
    ("kernel/src", ""),
    ("src", ""),
    ("entities/src", "entities"),
    ("instruments/src", "instruments"),
    ("migrations/src", "migrations"),
    ("paper/src", "paper"),
    ("progress/src", "progress"),
    ("solver/src", "solver"),
    ("subsidy/src", "subsidy"),
    ("words/src", "words"),
    ("workbook/src", "workbook"),
];

/// A file.
pub(super) struct Source {
    /// From the root of the repository.
    pub(super) file: PathBuf,
    /// Its module, from the root of the tree.
    pub(super) module: Vec<String>,
    /// What it names.
    pub(super) names: Vec<Named>,
    /// What others find here under a name, and where it really is.
    pub(super) handed_on: BTreeMap<String, Vec<String>>,
    /// Enums that it declares.
    pub(super) enums: BTreeSet<String>,
    /// Matches that have an arm for the rest.
    pub(super) rests: Vec<Rest>,
}

/// Something that a file names.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) line: usize,
    pub(super) path: Vec<String>,
    /// The function in which it stands, by its number in the file; 0 outside of all.
    pub(super) function: usize,
}

/// A match with an arm for the rest (`_`, `other`, or `!matches!`): what its other arms name.
pub(super) struct Rest {
    pub(super) line: usize,
    pub(super) arms: Vec<Vec<String>>,
}

impl Source {
    /// It only says what its folder holds.
    pub(super) fn is_contents(&self) -> bool {
        ["mod.rs", "lib.rs", "main.rs"]
            .iter()
            .any(|name| self.file.ends_with(name))
    }

    /// The feature, or the part of the kernel, or the crate.
    pub(super) fn part(&self) -> &str {
        self.module.first().map_or("", String::as_str)
    }
}

/// All files.
pub(super) struct House {
    pub(super) sources: Vec<Source>,
    places: BTreeMap<Vec<String>, usize>,
}

impl House {
    pub(super) fn read(root: &Path) -> Self {
        let mut sources = Vec::new();
        for (folder, name) in CRATES {
            let mut found = Vec::new();
            walk(&root.join(folder), &mut found);
            found.sort();
            for file in found {
                let inside = file.strip_prefix(root.join(folder)).unwrap();
                let module = module_of(inside, name);
                if module.iter().any(|part| part.ends_with("_tests") || part == "tests") {
                    continue;
                }
                let text = fs::read_to_string(&file).unwrap();
                let parsed = syn::parse_file(&text).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
                let file = file.strip_prefix(root).unwrap().to_owned();
                sources.push(read(file, module, name, &parsed));
            }
        }
        let places = sources
            .iter()
            .enumerate()
            .map(|(at, source)| (source.module.clone(), at));
        let places = places.collect();
        Self { sources, places }
    }

    /// The file that a path leads to, through whatever hands it on.
    pub(super) fn file_of(&self, path: &[String]) -> Option<&Source> {
        let mut path = path.to_vec();
        for _ in 0..6 {
            let (depth, source) = (1..=path.len())
                .rev()
                .find_map(|depth| Some((depth, &self.sources[*self.places.get(&path[..depth])?])))?;
            let Some(further) = path.get(depth).and_then(|name| source.handed_on.get(name)) else {
                return Some(source);
            };
            if *further == path[..=depth] {
                return Some(source);
            }
            path = [further, &path[depth + 1..]].concat();
        }
        None
    }

    /// There is a module of that path.
    pub(super) fn is_module(&self, path: &[String]) -> bool {
        self.places.contains_key(path)
    }

    /// The enums of the house, by their names.
    pub(super) fn enums(&self) -> BTreeSet<&str> {
        self.sources
            .iter()
            .flat_map(|source| source.enums.iter().map(String::as_str))
            .collect()
    }
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn module_of(inside: &Path, name: &str) -> Vec<String> {
    let mut module: Vec<String> = inside
        .with_extension("")
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    if module
        .last()
        .is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str()))
    {
        module.pop();
    }
    if !name.is_empty() {
        module.insert(0, name.to_owned());
    }
    module
}
