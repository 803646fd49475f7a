//! The pages of instrument packages.

use askama::Template;
use entities::screening::instrument;

use super::library::{Broken, Library};
use crate::{
    assessment::views::{ages, dated, licence_key, texts_key},
    platform::{Errors, Say},
    screening::instruments::{Better, CutoffSet, Language as Tongue, Need, Package, Vector},
    web::filters,
};

/// A version in the list.
#[derive(Clone, Debug)]
pub struct PackageRow {
    /// Code.
    pub code: String,
    /// Version.
    pub version: String,
    /// Name.
    pub name: String,
    /// Locale key of the licence status.
    pub licence: &'static str,
    /// Locale key of where the item texts come from.
    pub texts: &'static str,
    /// Came with the program.
    pub shipped: bool,
    /// Filled in now.
    pub current: bool,
    /// Taken back.
    pub retired: bool,
    /// Ages it is made for.
    pub ages: Option<Say>,
}

impl PackageRow {
    /// All versions, those of one instrument together, the current one first.
    pub fn all(library: &Library, tongue: Tongue) -> Vec<Self> {
        let current = library.current();
        let mut codes: Vec<&str> = Vec::new();
        for package in library.all() {
            if !codes.contains(&package.code.as_str()) {
                codes.push(&package.code);
            }
        }
        let mut rows = Vec::new();
        for code in codes {
            let mut versions: Vec<Self> = library
                .all()
                .filter(|package| package.code == code)
                .map(|package| Self {
                    code: package.code.clone(),
                    version: package.version.clone(),
                    name: package.name.get(tongue).to_owned(),
                    licence: licence_key(package.licence.status),
                    texts: texts_key(package.licence.item_text),
                    shipped: library.import(&package.code, &package.version).is_none(),
                    current: current
                        .iter()
                        .any(|c| c.code == package.code && c.version == package.version),
                    retired: library.is_retired(package),
                    ages: ages(package),
                })
                .collect();
            versions.reverse();
            versions.sort_by_key(|row| !row.current);
            rows.extend(versions);
        }
        rows
    }
}

/// All packages.
#[derive(Template)]
#[template(path = "instruments/index.html")]
pub struct IndexPage {
    /// All versions.
    pub rows: Vec<PackageRow>,
    /// Imports that do not pass.
    pub broken: Vec<Broken>,
    /// May import.
    pub may_import: bool,
}

impl IndexPage {
    fn problems(broken: &Broken, tongue: Tongue) -> Vec<Fault> {
        Fault::all(&broken.error, tongue)
    }
}

/// What is wrong with a file, and where.
#[derive(Clone, Debug)]
pub struct Fault {
    /// A line and column, or a path in the package; empty for the file as a whole.
    pub place: String,
    /// What is wrong.
    pub message: String,
}

impl Fault {
    /// All faults of a file.
    pub fn all(error: &crate::screening::instruments::PackageError, tongue: Tongue) -> Vec<Self> {
        let faults = error.problems.iter().map(|problem| Self {
            place: problem.place.clone(),
            message: problem.message.get(tongue).to_owned(),
        });
        faults.collect()
    }
}

/// An item as its package describes it.
#[derive(Clone, Debug)]
pub struct ItemRow {
    /// Id.
    pub id: String,
    /// What is asked, by age where that differs.
    pub label: String,
    /// What its points are multiplied by.
    pub weight: u32,
    /// Its points run the other way round.
    pub reversed: bool,
}

/// A part of the package.
#[derive(Clone, Debug)]
pub struct PartRow {
    /// Heading.
    pub name: String,
    /// When it is needed.
    pub need: Say,
    /// How its items are answered: key, words, points.
    pub choices: Vec<(String, String, String)>,
    /// Its items.
    pub items: Vec<ItemRow>,
}

/// A band of a cut-off set.
#[derive(Clone, Debug)]
pub struct BandRow {
    /// In words.
    pub label: String,
    /// When it applies.
    pub rule: String,
    /// Leads to the next step.
    pub positive: bool,
}

/// A cut-off set.
#[derive(Clone, Debug)]
pub struct CutoffRow {
    /// Its id.
    pub id: String,
    /// Name and date.
    pub name: String,
    /// Where it was published.
    pub source: String,
    /// Used when none is chosen.
    pub default: bool,
    /// Its bands.
    pub bands: Vec<BandRow>,
}

/// A test vector.
#[derive(Clone, Debug)]
pub struct VectorRow {
    /// What it shows.
    pub name: String,
    /// The cut-off set.
    pub cutoffs: String,
    /// What must come out.
    pub expects: String,
}

/// An import of texts for the version.
#[derive(Clone, Debug)]
pub struct TextsRow {
    /// The import.
    pub row: instrument::Model,
    /// Who imported it.
    pub person: String,
}

/// One version of an instrument.
#[derive(Template)]
#[template(path = "instruments/show.html")]
pub struct ShowPage {
    /// As in the list.
    pub head: PackageRow,
    /// Who fills it in.
    pub rater: String,
    /// Which direction is better.
    pub better: &'static str,
    /// Where it comes from.
    pub source: String,
    /// Who owns it.
    pub copyright: String,
    /// What must be said.
    pub notice: String,
    /// On what permission texts are shown.
    pub permission: String,
    /// Range of the total.
    pub total: String,
    /// Subscales: name and number of items.
    pub subscales: Vec<(String, usize, String)>,
    /// Parts.
    pub parts: Vec<PartRow>,
    /// Columns by age: heading and texts.
    pub columns: Vec<(String, Vec<String>)>,
    /// Cut-off sets.
    pub cutoffs: Vec<CutoffRow>,
    /// Test vectors.
    pub vectors: Vec<VectorRow>,
    /// The import; none for those of the program.
    pub import: Option<(instrument::Model, String)>,
    /// Imported texts for it.
    pub texts: Vec<TextsRow>,
    /// May take back.
    pub may_import: bool,
}

fn need(part_need: &Need, package: &Package, tongue: Tongue) -> Say {
    match part_need {
        Need::Always => "instruments.need.always".into(),
        Need::WhenStarted => "instruments.need.when_started".into(),
        Need::FollowUp(stage) => {
            Say::new("instruments.need.follow_up").with("rule", package.rule_in_words(&stage.when).get(tongue))
        }
    }
}

/// Locale key of which direction of the total is better.
fn better_key(better: Better) -> &'static str {
    match better {
        Better::Higher => "instruments.better.higher",
        Better::Lower => "instruments.better.lower",
        Better::None => "instruments.better.none",
    }
}

/// The cut-off set by which a vector is read.
fn set_of<'p>(package: &'p Package, vector: &Vector) -> Option<&'p CutoffSet> {
    let asked = vector.cutoffs.as_deref();
    package
        .cutoffs
        .iter()
        .find(|set| asked.map_or(set.default, |id| set.id == id))
}

/// What a vector must give, in short: `total 17 · positive`, or the missing items.
fn expects(package: &Package, vector: &Vector, tongue: Tongue, (refused, missing): (&str, &str)) -> String {
    let expect = &vector.expect;
    if expect.refused {
        return refused.to_owned();
    }
    let total = expect.total.as_ref().map(ToString::to_string);
    let lacking = (!expect.missing.is_empty()).then(|| format!("{missing} {}", expect.missing.join(", ")));
    let band = expect.band.as_deref().map(|id| {
        let bands = set_of(package, vector).map_or(&[][..], |set| set.bands.as_slice());
        let named = bands.iter().find(|band| band.id == id);
        named.map_or_else(|| id.to_owned(), |band| band.label.get(tongue).to_owned())
    });
    let parts = [total, band, lacking];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

impl ShowPage {
    /// Which one it is; its code is for whoever keeps the library.
    fn lead(&self) -> String {
        if self.may_import {
            format!("{} {}", self.head.code, self.head.version)
        } else {
            self.head.version.clone()
        }
    }

    /// A version as its page shows it; `refused` and `missing` are words.
    pub fn of(head: PackageRow, package: &Package, tongue: Tongue, refused: &str, missing: &str) -> Self {
        let words = |text: &crate::screening::instruments::Text| text.get(tongue).to_owned();
        Self {
            head,
            rater: words(&package.rater),
            better: better_key(package.better),
            source: package.source.clone(),
            copyright: package.licence.copyright.clone().unwrap_or_default(),
            notice: words(&package.licence.notice),
            permission: package.licence.permission.clone().unwrap_or_default(),
            total: format!("{}–{}", package.total.from, package.total.to),
            subscales: package
                .subscales
                .iter()
                .map(|s| (words(&s.name), s.items.len(), format!("{}–{}", s.from, s.to)))
                .collect(),
            parts: package
                .parts
                .iter()
                .map(|part| PartRow {
                    name: words(&part.name),
                    need: need(&part.need, package, tongue),
                    choices: package
                        .choices_of(part)
                        .iter()
                        .map(|c| (c.typed(), words(&c.label), c.points.to_string()))
                        .collect(),
                    items: part
                        .items
                        .iter()
                        .map(|item| ItemRow {
                            id: item.id.clone(),
                            label: words(&package.label(item, None)),
                            weight: item.weight,
                            reversed: package.reverse.contains(&item.id),
                        })
                        .collect(),
                })
                .collect(),
            columns: package
                .columns
                .iter()
                .map(|column| {
                    let labelled = package.items().filter(|(_, item)| column.labels.contains_key(&item.id));
                    let texts = labelled.map(|(_, item)| words(&package.label(item, Some(column))));
                    (words(&column.name), texts.collect())
                })
                .collect(),
            cutoffs: package
                .cutoffs
                .iter()
                .map(|set| CutoffRow {
                    id: set.id.clone(),
                    name: dated(set, tongue),
                    source: set.source.clone(),
                    default: set.default,
                    bands: set
                        .bands
                        .iter()
                        .map(|band| BandRow {
                            label: words(&band.label),
                            rule: words(&package.band_rule(set, band)),
                            positive: band.positive,
                        })
                        .collect(),
                })
                .collect(),
            vectors: package
                .vectors
                .iter()
                .map(|vector| VectorRow {
                    name: vector.name.clone(),
                    cutoffs: set_of(package, vector).map_or_else(String::new, |set| dated(set, tongue)),
                    expects: expects(package, vector, tongue, (refused, missing)),
                })
                .collect(),
            import: None,
            texts: Vec::new(),
            may_import: false,
        }
    }
}

/// Importing a file.
#[derive(Template)]
#[template(path = "instruments/new.html")]
pub struct NewPage {
    /// Who may use it and by which licence.
    pub licence_note: String,
    /// What is wrong with the form.
    pub errors: Errors,
    /// What is wrong with the file.
    pub faults: Vec<Fault>,
}
