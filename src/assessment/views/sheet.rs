//! A sheet being filled in.

use askama::Template;
use entities::{child::child, screening::assessment};

use super::{Score, dated, look, tongue};
use crate::{
    assessment::{
        comparison::{answer_in_words, choice_in_words},
        forms::field_of,
        service::{self, unfit},
        sheet::{self, Kept},
    },
    platform::{Errors, Result},
    screening::instruments::{Column, ItemText, Language as Tongue, Need, Outcome, Package, Part, Value},
    web::{Choice, Ctx, filters},
};

/// One way to answer an item.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What is typed to enter it; empty where nothing is.
    pub key: String,
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// Chosen.
    pub selected: bool,
}

/// One item of a sheet.
#[derive(Clone, Debug)]
pub struct ItemRow {
    /// Name of its field.
    pub field: String,
    /// In front of it.
    pub number: String,
    /// What is asked.
    pub sentence: String,
    /// How it can be answered.
    pub answers: Vec<Answer>,
}

/// A part of a sheet.
#[derive(Clone, Debug)]
pub struct PartRows {
    /// Its heading.
    pub name: String,
    /// Needed only once it is begun.
    pub optional: bool,
    /// Its items.
    pub items: Vec<ItemRow>,
}

/// How a sheet stands: nothing is said of a score before it is complete.
#[derive(Template)]
#[template(path = "assessments/standing.html")]
pub struct Standing {
    /// Nothing is answered yet.
    pub untouched: bool,
    /// Items without an answer on this page: field and name.
    pub missing: Vec<(String, String)>,
    /// The first stage is complete; so many items are asked again.
    pub second_stage: Option<usize>,
    /// The result.
    pub score: Option<Score>,
}

impl Standing {
    /// How a sheet stands, as the page of a stage tells it.
    pub fn of(package: &Package, kept: &Kept, outcome: &Outcome, stage: u8, tongue: Tongue) -> Self {
        let at_second = |id: &str| package.item(id).is_some_and(|(part, _)| sheet::is_second_stage(part));
        let (second, first): (Vec<&String>, Vec<&String>) = outcome.missing.iter().partition(|id| at_second(id));
        let here = if stage == 2 { &second } else { &first };
        let missing = here
            .iter()
            .filter_map(|id| package.item(id))
            .map(|(_, item)| (field_of(&item.id), package.neutral_label(item).get(tongue).to_owned()))
            .collect();
        Self {
            untouched: kept.answers.iter().next().is_none(),
            missing,
            second_stage: (stage == 1 && outcome.follow_up_needed).then_some(second.len()),
            score: outcome.complete.then(|| Score {
                name: package.total.name.as_ref().map(|name| name.get(tongue).to_owned()),
                total: outcome.total.to_string(),
                look: look(outcome.positive),
                band: outcome.band_label.as_ref().map(|label| label.get(tongue).to_owned()),
                explanation: outcome.explanation.get(tongue).to_owned(),
            }),
        }
    }
}

/// An item that two open pages answer differently.
#[derive(Clone, Debug)]
pub struct Conflict {
    /// The field.
    pub field: String,
    /// The item.
    pub item: String,
    /// As this page has it.
    pub here: String,
    /// As the other page saved it.
    pub there: String,
}

/// Filling a sheet in.
#[derive(Template)]
#[template(path = "assessments/sheet.html")]
pub struct SheetPage {
    /// The sheet.
    pub row: assessment::Model,
    /// The child.
    pub child: child::Model,
    /// The instrument.
    pub name: String,
    /// Who fills it in.
    pub rater: String,
    /// What the owner wants to be said.
    pub copyright: String,
    /// Who may use it.
    pub notice: String,
    /// Items carry neutral names.
    pub neutral: bool,
    /// The heading of the age's items.
    pub column: String,
    /// 1 or 2.
    pub stage: u8,
    /// The instrument has a second stage.
    pub staged: bool,
    /// The items.
    pub parts: Vec<PartRows>,
    /// Cut-off sets; empty when there is no choice.
    pub cutoffs: Vec<Choice>,
    /// The only one, or the one chosen at the first stage.
    pub cutoffs_fixed: String,
    /// How it stands.
    pub standing: Standing,
    /// The revision that this page was made from.
    pub base: u32,
    /// What is wrong.
    pub errors: Errors,
    /// What another page has otherwise.
    pub conflicts: Vec<Conflict>,
}

impl SheetPage {
    /// The age that the items are for, where it matters.
    fn heading(&self) -> &str {
        if self.column.is_empty() {
            "assessment.sheet"
        } else {
            &self.column
        }
    }
}

/// What a sheet's page is made from.
pub struct SheetState<'a> {
    /// The sheet.
    pub row: assessment::Model,
    /// The child.
    pub child: child::Model,
    /// Its package.
    pub package: &'a Package,
    /// What is kept, or was typed.
    pub kept: Kept,
    /// The stage to show.
    pub stage: u8,
}

impl SheetState<'_> {
    /// The items' words for the child's age.
    pub fn column(&self) -> Result<Option<&Column>> {
        self.package.column(Some(service::months(&self.row))).map_err(unfit)
    }

    /// The page.
    pub fn page(self, ctx: &Ctx, outcome: &Outcome) -> Result<SheetPage> {
        let tongue = tongue(ctx);
        let (package, kept) = (self.package, &self.kept);
        let chosen = outcome.cutoffs.clone().unwrap_or_default();
        let cutoffs: Vec<Choice> = package
            .cutoffs
            .iter()
            .map(|set| Choice::new(&set.id, dated(set, tongue), &chosen))
            .collect();
        let choice = cutoffs.len() > 1 && self.stage == 1;
        Ok(SheetPage {
            name: package.name.get(tongue).to_owned(),
            rater: package.rater.get(tongue).to_owned(),
            copyright: package.licence.copyright.clone().unwrap_or_default(),
            notice: package.licence.notice.get(tongue).to_owned(),
            neutral: package.licence.item_text == ItemText::Neutral,
            column: self
                .column()?
                .map_or_else(String::new, |c| c.name.get(tongue).to_owned()),
            stage: self.stage,
            staged: package.parts.iter().any(sheet::is_second_stage),
            parts: part_rows(package, self.column()?, kept, self.stage, tongue)?,
            cutoffs: if choice { cutoffs } else { Vec::new() },
            cutoffs_fixed: if choice { String::new() } else { chosen },
            standing: Standing::of(package, kept, outcome, self.stage, tongue),
            base: kept.revision,
            errors: Errors::default(),
            conflicts: Vec::new(),
            row: self.row,
            child: self.child,
        })
    }
}

fn part_rows(
    package: &Package,
    column: Option<&Column>,
    kept: &Kept,
    stage: u8,
    tongue: Tongue,
) -> Result<Vec<PartRows>> {
    let mut rows: Vec<(&Part, PartRows)> = Vec::new();
    for (part, item) in sheet::shown(package, &kept.answers, stage).map_err(unfit)? {
        let row = ItemRow {
            field: field_of(&item.id),
            number: item.id.clone(),
            sentence: package.label(item, column).get(tongue).to_owned(),
            answers: answers(package, part, kept.answers.get(&item.id), tongue),
        };
        match rows.last_mut() {
            Some((last, group)) if last.id == part.id => group.items.push(row),
            _ => rows.push((
                part,
                PartRows {
                    name: part.name.get(tongue).to_owned(),
                    optional: part.need == Need::WhenStarted,
                    items: vec![row],
                },
            )),
        }
    }
    Ok(rows.into_iter().map(|(_, group)| group).collect())
}

fn answers(package: &Package, part: &Part, chosen: Option<&Value>, tongue: Tongue) -> Vec<Answer> {
    let choices = package.choices_of(part);
    choices
        .iter()
        .map(|choice| Answer {
            key: choice.typed(),
            value: choice.value.to_string(),
            label: choice_in_words(choice, tongue),
            selected: Some(&choice.value) == chosen,
        })
        .collect()
}

/// Where this page and the other one differ, on the items that this page shows.
pub fn conflicts(state: &SheetState<'_>, there: &Kept, tongue: Tongue) -> Result<Vec<Conflict>> {
    let package = state.package;
    let column = state.column()?;
    let words = |kept: &Kept, id: &str| match kept.answers.get(id) {
        Some(value) => answer_in_words(package, id, value, tongue),
        None => "—".to_owned(),
    };
    Ok(sheet::shown(package, &state.kept.answers, state.stage)
        .map_err(unfit)?
        .into_iter()
        .filter(|(_, item)| state.kept.answers.get(&item.id) != there.answers.get(&item.id))
        .map(|(_, item)| Conflict {
            field: field_of(&item.id),
            item: package.label(item, column).get(tongue).to_owned(),
            here: words(&state.kept, &item.id),
            there: words(there, &item.id),
        })
        .collect())
}
