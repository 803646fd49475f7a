//! The scoring: ranges of total and subscales as checksums, cut-off sets, rules.

use super::super::definition::{Band, CutoffSet, Definition, Item, Need, Part};
use super::super::points::Points;
use super::super::rule::Rule;
use super::super::score::worth;
use super::super::text::Spoken;
use super::Faults;

pub(super) fn check(package: &Definition, faults: &mut Faults) {
    totals(package, faults);
    subscales(package, faults);
    counts(package, faults);
    let names = package.subscales.iter().map(|subscale| subscale.id.as_str());
    let names = names.chain(package.counts.iter().map(|count| count.id.as_str()));
    faults.ids("subscales", names.chain(["total"]));
    for part in &package.parts {
        if let Need::FollowUp(stage) = &part.need {
            let place = format!("parts.{}.need", part.id);
            faults.text(&place, &stage.label);
            faults.ids(&place, [stage.pending.as_str()]);
            rule(package, &stage.when, &place, faults);
        }
    }
    faults.ids("cutoffs", package.cutoffs.iter().map(|set| set.id.as_str()));
    let defaults = package.cutoffs.iter().filter(|set| set.default).count();
    faults.unless(
        package.cutoffs.is_empty() || defaults == 1,
        "cutoffs",
        "fault_default_set",
        &[("number", &defaults)],
    );
    for set in &package.cutoffs {
        cutoff_set(package, set, faults);
    }
}

fn totals(package: &Definition, faults: &mut Faults) {
    for part in &package.total.parts {
        let known = package.parts.iter().any(|other| other.id == *part);
        faults.unless(known, "total", "fault_part_unknown", &[("part", part)]);
    }
    if let Some(name) = &package.total.name {
        faults.text("total.name", name);
    }
    let summed = package
        .items()
        .filter(|(part, _)| package.total.parts.contains(&part.id));
    declared(
        "total",
        reach(package, summed),
        (package.total.from, package.total.to),
        faults,
    );
}

fn subscales(package: &Definition, faults: &mut Faults) {
    for subscale in &package.subscales {
        let place = format!("subscales.{}", subscale.id);
        faults.text(&place, &subscale.name);
        faults.ids(&place, subscale.items.iter().map(String::as_str));
        for id in &subscale.items {
            faults.unless(
                package.item(id).is_some(),
                &place,
                "fault_item_unknown",
                &[("item", id)],
            );
        }
        let summed = subscale.items.iter().filter_map(|id| package.item(id));
        declared(&place, reach(package, summed), (subscale.from, subscale.to), faults);
    }
}

/// The range that the items really give must be the one the package declares: the checksum on weights and lists.
fn declared(place: &str, real: (Points, Points), stated: (Points, Points), faults: &mut Faults) {
    let values: [(&str, &dyn Spoken); 4] = [
        ("from", &real.0),
        ("to", &real.1),
        ("stated_from", &stated.0),
        ("stated_to", &stated.1),
    ];
    faults.unless(real == stated, place, "fault_sum", &values);
}

fn counts(package: &Definition, faults: &mut Faults) {
    for count in &package.counts {
        let place = format!("counts.{}", count.id);
        faults.text(&place, &count.name);
        faults.unless(
            count.from.is_some() || count.to.is_some(),
            &place,
            "fault_count_open",
            &[],
        );
    }
}

fn cutoff_set(package: &Definition, set: &CutoffSet, faults: &mut Faults) {
    let place = format!("cutoffs.{}", set.id);
    faults.text(&place, &set.name);
    faults.unless(!set.source.trim().is_empty(), &place, "fault_source_missing", &[]);
    if let Some(date) = &set.dated {
        faults.unless(is_date(date), &place, "fault_date", &[("date", date)]);
    }
    faults.ids(&place, set.bands.iter().map(|band| band.id.as_str()));
    for band in &set.bands {
        let place = format!("{place}.{}", band.id);
        faults.text(&place, &band.label);
        if let Some(advice) = &band.advice {
            faults.text(&place, advice);
        }
        if let Some(when) = &band.when {
            rule(package, when, &place, faults);
        }
    }
    match set.bands.split_last() {
        None => faults.add(&place, "fault_no_bands", &[]),
        Some((last, others)) => {
            let open = others.iter().find(|band| band.when.is_none());
            if let Some(band) = open {
                faults.add(&format!("{place}.{}", band.id), "fault_band_hides", &[]);
            } else if last.when.is_some() {
                cover(package, set, &place, faults);
            }
        }
    }
}

/// Bands without an "otherwise" must be ranges of one measure that cover it without gap or overlap.
fn cover(package: &Definition, set: &CutoffSet, place: &str, faults: &mut Faults) {
    let Some((measure, mut stretches)) = stretches(set) else {
        return faults.add(place, "fault_bands_need_otherwise", &[]);
    };
    let Some((lowest, highest)) = range_of(package, measure) else {
        return;
    };
    let step = step_of(package, measure);
    stretches.sort_by_key(|stretch| stretch.from.unwrap_or(lowest));
    let mut next = lowest;
    for Stretch { band, from, to } in stretches {
        let (from, to) = (from.unwrap_or(lowest), to.unwrap_or(highest));
        let place = format!("{place}.{}", band.id);
        let values: [(&str, &dyn Spoken); 2] = [("from", &from), ("next", &next)];
        faults.unless(from <= next, &place, "fault_bands_gap", &values);
        faults.unless(from >= next, &place, "fault_bands_overlap", &values);
        next = to + step;
    }
    let values: [(&str, &dyn Spoken); 2] = [("next", &next), ("highest", &highest)];
    faults.unless(next > highest, place, "fault_bands_end", &values);
}

/// A band as a stretch of the measure it reads.
struct Stretch<'p> {
    band: &'p Band,
    from: Option<Points>,
    to: Option<Points>,
}

/// The measure that all bands read, and their stretches of it; none when they read more than one thing.
fn stretches(set: &CutoffSet) -> Option<(&str, Vec<Stretch<'_>>)> {
    let Rule::Range {
        measure: the_measure, ..
    } = set.bands.first()?.when.as_ref()?
    else {
        return None;
    };
    let mut stretches = Vec::new();
    for band in &set.bands {
        match band.when.as_ref()? {
            Rule::Range { measure, from, to } if measure == the_measure => {
                stretches.push(Stretch {
                    band,
                    from: *from,
                    to: *to,
                });
            }
            Rule::Range { .. } | Rule::Part { .. } | Rule::All(_) | Rule::Any(_) => return None,
        }
    }
    Some((the_measure, stretches))
}

fn rule(package: &Definition, when: &Rule, place: &str, faults: &mut Faults) {
    match when {
        Rule::Range { measure, from, to } => {
            let Some((lowest, highest)) = range_of(package, measure) else {
                return faults.add(place, "fault_measure_unknown", &[("measure", measure)]);
            };
            let (from, to) = (from.unwrap_or(lowest), to.unwrap_or(highest));
            let possible = from <= to && to >= lowest && from <= highest;
            faults.unless(possible, place, "fault_rule_never", &[("measure", measure)]);
        }
        Rule::Part { part, .. } => {
            let known = package.parts.iter().any(|other| other.id == *part);
            faults.unless(known, place, "fault_part_unknown", &[("part", part)]);
        }
        Rule::All(rules) | Rule::Any(rules) => {
            for inner in rules {
                rule(package, inner, place, faults);
            }
        }
    }
}

/// Lowest and highest value of a measure.
fn range_of(package: &Definition, measure: &str) -> Option<(Points, Points)> {
    // Items of parts that need not be answered may contribute nothing.
    if measure == "total" {
        let optional = |part: &Part| part.need != Need::Always && package.total.parts.contains(&part.id);
        let (from, to) = (package.total.from, package.total.to);
        let may_be_empty = package.parts.iter().any(optional);
        return Some((if may_be_empty { from.min(Points::ZERO) } else { from }, to));
    }
    if let Some(subscale) = package.subscales.iter().find(|subscale| subscale.id == measure) {
        return Some((subscale.from.min(Points::ZERO), subscale.to));
    }
    package.counts.iter().any(|count| count.id == measure).then(|| {
        let items = u32::try_from(package.items().count()).unwrap_or(u32::MAX);
        (Points::ZERO, Points::whole(items))
    })
}

/// The smallest amount by which a measure can change.
fn step_of(package: &Definition, measure: &str) -> Points {
    if package.counts.iter().any(|count| count.id == measure) {
        return Points::whole(1);
    }
    let points = package.items().flat_map(|(part, item)| {
        let choices = package.choices_of(part);
        let least = worths(package, part, item).min().unwrap_or_default();
        choices
            .iter()
            .map(move |choice| worth(package, choices, item, choice) - least)
    });
    points.fold(Points::ZERO, Points::common_step)
}

fn reach<'a>(package: &'a Definition, items: impl Iterator<Item = (&'a Part, &'a Item)>) -> (Points, Points) {
    items.fold((Points::ZERO, Points::ZERO), |(lowest, highest), (part, item)| {
        let least = worths(package, part, item).min().unwrap_or_default();
        let most = worths(package, part, item).max().unwrap_or_default();
        (lowest + least, highest + most)
    })
}

fn worths<'a>(package: &'a Definition, part: &'a Part, item: &'a Item) -> impl Iterator<Item = Points> + 'a {
    let choices = package.choices_of(part);
    choices.iter().map(move |choice| worth(package, choices, item, choice))
}

/// A year, a month or a day: `2010`, `2010-07`, `2010-07-22`.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let digits = |part: &str, length: usize| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
    match parts.as_slice() {
        [year] => digits(year, 4),
        [year, month] => digits(year, 4) && digits(month, 2),
        [year, month, day] => digits(year, 4) && digits(month, 2) && digits(day, 2),
        _ => false,
    }
}
