//! The result in words: what scored, which cut-off set was used, which rule applied, what to do.
//!
//! Written for staff. It never names a diagnosis: a score is a reason for the next step, not a finding.

use super::definition::{Band, Better, Column, CutoffSet, Definition, FollowUp, Item, ItemText};
use super::points::Points;
use super::rule::Rule;
use super::score::{Mark, Sheet, Verdict};
use super::text::{Spoken, Text, say};

impl Definition {
    /// When a band of a cut-off set applies, in words.
    pub fn band_rule(&self, set: &CutoffSet, band: &Band) -> Text {
        band.when
            .as_ref()
            .map_or_else(|| otherwise(self, set), |when| rule(self, when, false))
    }

    /// A rule in words.
    pub fn rule_in_words(&self, when: &Rule) -> Text {
        rule(self, when, false)
    }
}

pub(super) fn explain(sheet: &Sheet<'_>, column: Option<&Column>, verdict: &Verdict<'_>, warnings: &[Text]) -> Text {
    let mut sentences = Vec::new();
    if let Some(column) = column {
        sentences.push(say("by_column", &[("column", &column.name)]));
    }
    match verdict {
        Verdict::Open => sentences.push(open(sheet)),
        Verdict::FollowUp(stage) => sentences.push(pending(sheet, stage)),
        Verdict::NoCutoffs => {
            sentences.extend(figures(sheet));
            sentences.push(no_cutoffs(sheet.package.better));
        }
        Verdict::Band(set, band) => {
            sentences.extend(figures(sheet));
            sentences.push(scored(sheet, column));
            sentences.push(reading(sheet.package, set, band));
            sentences.extend(band.advice.clone());
            sentences.push(say("not_a_diagnosis", &[]));
        }
    }
    sentences.extend_from_slice(warnings);
    Text::join(&sentences, "sentence")
}

/// Which items are missing; the sum so far is named, and that it is no score.
fn open(sheet: &Sheet<'_>) -> Text {
    let missing = missing(sheet);
    let (number, list, sum) = (missing.len(), Text::join(&missing, "list"), sheet.measure("total"));
    say("open", &[("number", &number), ("items", &list), ("sum", &sum)])
}

fn missing(sheet: &Sheet<'_>) -> Vec<Text> {
    sheet.missing().map(|item| sheet.package.neutral_label(item)).collect()
}

fn pending(sheet: &Sheet<'_>, stage: &FollowUp) -> Text {
    let missing = missing(sheet);
    let rule = rule(sheet.package, &stage.when, false);
    let (total, list) = (sheet.measure("total"), Text::join(&missing, "list"));
    say(
        "pending",
        &[
            ("total", &total),
            ("rule", &rule),
            ("label", &stage.label),
            ("items", &list),
        ],
    )
}

/// Total, subscales and counts.
fn figures(sheet: &Sheet<'_>) -> Vec<Text> {
    let package = sheet.package;
    let total = say(
        "total_line",
        &[
            ("name", &measure_name(package, "total")),
            ("total", &sheet.measure("total")),
            ("from", &package.total.from),
            ("to", &package.total.to),
        ],
    );
    let subscales = sheet.subscales().map(|(subscale, points)| (&subscale.name, points));
    let counts = package
        .counts
        .iter()
        .map(|count| (&count.name, sheet.measure(&count.id)));
    let figures: Vec<Text> = subscales
        .chain(counts)
        .map(|(name, points)| say("figure", &[("name", name), ("points", &points)]))
        .collect();
    if figures.is_empty() {
        return vec![total];
    }
    vec![
        total,
        say("figures_line", &[("figures", &Text::join(&figures, "list"))]),
    ]
}

/// The items worth more than the least they can give; with their points, unless each is worth one.
fn scored(sheet: &Sheet<'_>, column: Option<&Column>) -> Text {
    let marks: Vec<&Mark<'_>> = sheet.counted().filter(|mark| mark.scored()).collect();
    let one_each = marks.iter().all(|mark| mark.points == Points::whole(1));
    let items: Vec<Text> = marks
        .into_iter()
        .map(|mark| match named(sheet.package, mark.item, column) {
            name if one_each => name,
            name => say("item_points", &[("name", &name), ("points", &mark.points)]),
        })
        .collect();
    if items.is_empty() {
        return say("none_scored", &[]);
    }
    say("scored_line", &[("items", &Text::join(&items, "list"))])
}

/// Cut-off set, rule, band.
fn reading(package: &Definition, set: &CutoffSet, band: &Band) -> Text {
    let rule = package.band_rule(set, band);
    let name = match &set.dated {
        Some(date) => say("dated", &[("name", &set.name), ("date", date)]),
        None => set.name.clone(),
    };
    let values: [(&str, &dyn Spoken); 4] = [
        ("set", &set.id),
        ("name", &name),
        ("rule", &rule),
        ("label", &band.label),
    ];
    say("reading", &values)
}

/// The rule of a last band: none of the others.
fn otherwise(package: &Definition, set: &CutoffSet) -> Text {
    let others = set.bands.iter().filter_map(|other| other.when.as_ref());
    let others: Vec<Text> = others.map(|when| rule(package, when, false)).collect();
    say("otherwise", &[("rules", &Text::join(&others, "semicolon"))])
}

/// A rule in words; `inner` puts an alternative in brackets.
fn rule(package: &Definition, when: &Rule, inner: bool) -> Text {
    match when {
        Rule::Range { measure, from, to } => {
            let name = measure_name(package, measure);
            match (from, to) {
                (Some(from), Some(to)) if from == to => say("rule_exactly", &[("name", &name), ("points", from)]),
                (Some(from), Some(to)) => say("rule_between", &[("name", &name), ("from", from), ("to", to)]),
                (Some(from), None) => say("rule_from", &[("name", &name), ("from", from)]),
                (None, Some(to)) => say("rule_to", &[("name", &name), ("to", to)]),
                (None, None) => name,
            }
        }
        Rule::Part { part, started } => {
            let name = package
                .parts
                .iter()
                .find(|other| other.id == *part)
                .map(|part| part.name.clone());
            let name = name.unwrap_or_default();
            if *started {
                say("rule_started", &[("part", &name)])
            } else {
                say("rule_not_started", &[("part", &name)])
            }
        }
        Rule::All(rules) => joined(package, rules, "and", inner),
        Rule::Any(rules) => joined(package, rules, "or", inner),
    }
}

fn joined(package: &Definition, rules: &[Rule], word: &str, inner: bool) -> Text {
    let rules: Vec<Text> = rules.iter().map(|when| rule(package, when, true)).collect();
    let all = Text::join(&rules, word);
    if inner {
        say("in_brackets", &[("rules", &all)])
    } else {
        all
    }
}

fn measure_name(package: &Definition, id: &str) -> Text {
    if id == "total" {
        return package.total.name.clone().unwrap_or_else(|| say("total", &[]));
    }
    let subscale = package
        .subscales
        .iter()
        .find(|subscale| subscale.id == id)
        .map(|subscale| &subscale.name);
    let count = package
        .counts
        .iter()
        .find(|count| count.id == id)
        .map(|count| &count.name);
    subscale.or(count).cloned().unwrap_or_default()
}

fn no_cutoffs(better: Better) -> Text {
    match better {
        Better::Higher => say("no_cutoffs_higher", &[]),
        Better::Lower => say("no_cutoffs_lower", &[]),
        Better::None => say("no_cutoffs_none", &[]),
    }
}

/// An item by its neutral name, with its words where the package itself may ship them.
fn named(package: &Definition, item: &Item, column: Option<&Column>) -> Text {
    let neutral = package.neutral_label(item);
    let label = package.label(item, column);
    if package.licence.item_text == ItemText::Shipped && label != neutral {
        say("named", &[("name", &neutral), ("words", &label)])
    } else {
        neutral
    }
}
