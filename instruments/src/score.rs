//! The engine: from answers to an outcome, by nothing but what the package says.

use std::collections::BTreeMap;

use super::answers::{Answers, InputError, Value};
use super::definition::{Band, Choice, CutoffSet, Definition, FollowUp, Item, Need, Part, Subscale};
use super::explain;
use super::outcome::{ItemScore, Outcome, SubscaleScore};
use super::points::Points;
use super::rule::Rule;
use super::text::{Text, say};

/// What scoring needs besides the answers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// The child's age in completed months: required by instruments with age columns, otherwise only compared with the
    /// age window. Whether it is corrected for preterm birth is the caller's decision.
    pub age_months: Option<u32>,
    /// Name of a cut-off set; the package's default when absent.
    pub cutoffs: Option<&'a str>,
}

/// Ages beyond this are typing errors.
const OLDEST_MONTHS: u32 = 1200;

pub(super) fn score(package: &Definition, answers: &Answers, options: &Options<'_>) -> Result<Outcome, InputError> {
    if let Some(age) = options.age_months.filter(|age| *age > OLDEST_MONTHS) {
        return Err(InputError::new("age_impossible", &[("age", &age)]));
    }
    let column = package.column(options.age_months)?;
    let cutoffs = package.cutoff_set(options.cutoffs)?;
    let sheet = Sheet::mark(package, answers)?;
    let missing: Vec<String> = sheet.missing().map(|item| item.id.clone()).collect();
    let verdict = sheet.verdict(cutoffs);
    let warnings = sheet.warnings(options.age_months);
    let (band, band_label) = match &verdict {
        Verdict::Open | Verdict::NoCutoffs => (None, None),
        Verdict::FollowUp(stage) => (Some(stage.pending.clone()), Some(stage.label.clone())),
        Verdict::Band(_, band) => (Some(band.id.clone()), Some(band.label.clone())),
    };
    Ok(Outcome {
        instrument: package.code.clone(),
        version: package.version.clone(),
        age_months: options.age_months,
        complete: missing.is_empty(),
        missing,
        total: sheet.measure("total"),
        subscales: sheet
            .subscales()
            .map(|(subscale, points)| SubscaleScore {
                id: subscale.id.clone(),
                points,
            })
            .collect(),
        positive: if let Verdict::Band(_, band) = &verdict {
            Some(band.positive)
        } else {
            None
        },
        band,
        band_label,
        follow_up_needed: matches!(verdict, Verdict::FollowUp(_)),
        cutoffs: cutoffs.map(|set| set.id.clone()),
        item_scores: sheet.counted().map(Mark::score).collect(),
        explanation: explain::explain(&sheet, column, &verdict, &warnings),
        warnings,
    })
}

/// One valid answer and what it is worth.
#[derive(Clone, Copy)]
pub(super) struct Mark<'p> {
    pub(super) item: &'p Item,
    part: &'p Part,
    choice: &'p Choice,
    lowest: Points,
    pub(super) points: Points,
}

impl<'p> Mark<'p> {
    /// Reads one answer by the package.
    fn read(package: &'p Definition, part: &'p Part, item: &'p Item, value: &Value) -> Result<Mark<'p>, InputError> {
        let choices = package.choices_of(part);
        let Some(choice) = choices.iter().find(|choice| choice.value == *value) else {
            return Err(InputError::wrong_answer(&item.id, &value.to_string(), choices));
        };
        let points = worth(package, choices, item, choice);
        let lowest = choices
            .iter()
            .map(|choice| worth(package, choices, item, choice))
            .min()
            .unwrap_or_default();
        Ok(Mark {
            item,
            part,
            choice,
            lowest,
            points,
        })
    }

    /// Whether it is worth more than the least its item can give.
    pub(super) fn scored(&self) -> bool {
        self.points > self.lowest
    }

    fn score(&self) -> ItemScore {
        ItemScore {
            item: self.item.id.clone(),
            answer: self.choice.value.clone(),
            points: self.points,
        }
    }
}

/// How the sheet reads.
pub(super) enum Verdict<'p> {
    /// Needed answers are missing.
    Open,
    /// The first stage is complete, its follow-up is not.
    FollowUp(&'p FollowUp),
    /// Complete, and the instrument has no cut-offs.
    NoCutoffs,
    /// Complete and read.
    Band(&'p CutoffSet, &'p Band),
}

/// A sheet as far as it is filled.
pub(super) struct Sheet<'p> {
    pub(super) package: &'p Definition,
    marks: BTreeMap<&'p str, Mark<'p>>,
    needed: Vec<&'p Item>,
    follow_up: Option<&'p FollowUp>,
}

impl<'p> Sheet<'p> {
    /// Reads every answer by the package and finds out which items are needed.
    pub(super) fn mark(package: &'p Definition, answers: &Answers) -> Result<Sheet<'p>, InputError> {
        let mut marks = BTreeMap::new();
        for (part, item) in package.items() {
            if let Some(value) = answers.get(&item.id) {
                marks.insert(item.id.as_str(), Mark::read(package, part, item, value)?);
            }
        }
        if let Some((id, _)) = answers.iter().find(|(id, _)| !marks.contains_key(id)) {
            return Err(InputError::unknown_item(&package.code, id));
        }
        let mut sheet = Sheet {
            package,
            marks,
            needed: Vec::new(),
            follow_up: None,
        };
        sheet.needed = package
            .parts
            .iter()
            .filter(|part| match part.need {
                Need::Always => true,
                Need::WhenStarted => sheet.started(part),
                Need::FollowUp(_) => false,
            })
            .flat_map(|part| &part.items)
            .collect();
        if sheet.missing().next().is_none() {
            sheet.ask_again();
        }
        Ok(sheet)
    }

    /// Opens the follow-up stages that the completed sheet calls for: one question for every item that scored.
    fn ask_again(&mut self) {
        for part in &self.package.parts {
            let Need::FollowUp(stage) = &part.need else { continue };
            if !self.holds(&stage.when) {
                continue;
            }
            let first_stage = |item: &Item| self.marks.get(item.follows.as_deref()?);
            let again = part
                .items
                .iter()
                .filter(|item| first_stage(item).is_some_and(Mark::scored));
            let again: Vec<&Item> = again.collect();
            self.needed.extend(again);
            self.follow_up = Some(stage);
        }
    }

    /// The items this child needs, in order.
    pub(super) fn needed(&self) -> &[&'p Item] {
        &self.needed
    }

    /// Needed items without an answer, in order.
    pub(super) fn missing(&self) -> impl Iterator<Item = &'p Item> {
        self.needed
            .iter()
            .copied()
            .filter(|item| !self.marks.contains_key(item.id.as_str()))
    }

    /// The answers that count: those to needed items, in order.
    pub(super) fn counted(&self) -> impl Iterator<Item = &Mark<'p>> {
        self.needed.iter().filter_map(|item| self.marks.get(item.id.as_str()))
    }

    /// The total, a subscale or a count.
    pub(super) fn measure(&self, id: &str) -> Points {
        let package = self.package;
        if id == "total" {
            return self.sum(|mark| package.total.parts.contains(&mark.part.id));
        }
        if let Some(subscale) = package.subscales.iter().find(|subscale| subscale.id == id) {
            return self.sum(|mark| subscale.items.contains(&mark.item.id));
        }
        let Some(count) = package.counts.iter().find(|count| count.id == id) else {
            return Points::ZERO;
        };
        let in_range = self.counted().filter(|mark| within(mark.points, count.from, count.to));
        in_range.map(|_| Points::whole(1)).sum()
    }

    fn sum(&self, belongs: impl Fn(&Mark<'_>) -> bool) -> Points {
        self.counted()
            .filter(|mark| belongs(mark))
            .map(|mark| mark.points)
            .sum()
    }

    pub(super) fn holds(&self, rule: &Rule) -> bool {
        match rule {
            Rule::Range { measure, from, to } => within(self.measure(measure), *from, *to),
            Rule::Part { part, started } => self
                .package
                .parts
                .iter()
                .any(|other| other.id == *part && self.started(other) == *started),
            Rule::All(rules) => rules.iter().all(|rule| self.holds(rule)),
            Rule::Any(rules) => rules.iter().any(|rule| self.holds(rule)),
        }
    }

    fn verdict(&self, cutoffs: Option<&'p CutoffSet>) -> Verdict<'p> {
        if self.missing().next().is_some() {
            return self.follow_up.map_or(Verdict::Open, Verdict::FollowUp);
        }
        let Some(set) = cutoffs else { return Verdict::NoCutoffs };
        let band = set
            .bands
            .iter()
            .find(|band| band.when.as_ref().is_none_or(|rule| self.holds(rule)));
        band.map_or(Verdict::Open, |band| Verdict::Band(set, band))
    }

    /// The subscales whose items are asked, with their sums.
    pub(super) fn subscales(&self) -> impl Iterator<Item = (&'p Subscale, Points)> {
        let asked = |id: &String| self.needed.iter().any(|item| item.id == *id);
        let subscales = self
            .package
            .subscales
            .iter()
            .filter(move |subscale| subscale.items.iter().any(asked));
        subscales.map(|subscale| (subscale, self.measure(&subscale.id)))
    }

    fn warnings(&self, age_months: Option<u32>) -> Vec<Text> {
        let mut warnings = Vec::new();
        if let (Some(window), Some(age)) = (self.package.age, age_months)
            && !window.contains(age)
        {
            let (from, to) = (window.from_months, window.to_months);
            warnings.push(say("warn_age", &[("age", &age), ("from", &from), ("to", &to)]));
        }
        let stray: Vec<Text> = self
            .package
            .items()
            .map(|(_, item)| item)
            .filter(|item| self.marks.contains_key(item.id.as_str()))
            .filter(|item| !self.needed.iter().any(|needed| needed.id == item.id))
            .map(|item| self.package.neutral_label(item))
            .collect();
        if !stray.is_empty() {
            warnings.push(say("warn_stray", &[("items", &Text::join(&stray, "list"))]));
        }
        warnings
    }

    fn started(&self, part: &Part) -> bool {
        part.items.iter().any(|item| self.marks.contains_key(item.id.as_str()))
    }
}

/// Points of a choice after reversal and weight. A reversed item mirrors its choices: the lowest is worth the most.
pub(super) fn worth(package: &Definition, choices: &[Choice], item: &Item, choice: &Choice) -> Points {
    let points = if package.reverse.contains(&item.id) {
        let lowest = choices.iter().map(|choice| choice.points).min().unwrap_or_default();
        let highest = choices.iter().map(|choice| choice.points).max().unwrap_or_default();
        lowest + highest - choice.points
    } else {
        choice.points
    };
    points.times(item.weight)
}

fn within(points: Points, from: Option<Points>, to: Option<Points>) -> bool {
    from.is_none_or(|from| points >= from) && to.is_none_or(|to| points <= to)
}
