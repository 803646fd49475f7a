//! The pages of assessments.

use askama::Template;
use entities::{AssessmentId, ChildId, child::child, screening::assessment, words::AssessmentState};

use super::{
    comparison::{Line, answer_in_words, choice_in_words},
    drafts::Kept,
    forms::{NewForm, SecondForm, field_of},
    service::unfit,
    sheet,
};
use crate::{
    platform::{Errors, Result, Say},
    screening::instruments::{
        Column, ItemText, Language as Tongue, LicenceStatus, Need, Outcome, Package, Part, Value,
    },
    web::{Choice, Ctx, List, Page, filters},
};

/// The language that instruments speak to the reader.
pub fn tongue(ctx: &Ctx) -> Tongue {
    Tongue::from_tag(ctx.locale)
}

/// Locale key of a licence status.
pub fn licence_key(status: LicenceStatus) -> &'static str {
    match status {
        LicenceStatus::Official => "instruments.licence.official",
        LicenceStatus::Restricted => "instruments.licence.restricted",
        LicenceStatus::Unclear => "instruments.licence.unclear",
        LicenceStatus::Own => "instruments.licence.own",
    }
}

/// Locale key of where the words of the items come from.
pub fn texts_key(text: ItemText) -> &'static str {
    match text {
        ItemText::Shipped => "instruments.texts.shipped",
        ItemText::Neutral => "instruments.texts.neutral",
        ItemText::Imported => "instruments.texts.imported",
    }
}

/// An instrument that can be chosen.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Version.
    pub version: String,
    /// Who fills it in.
    pub rater: String,
    /// Number of items.
    pub items: usize,
    /// Who may use it, and what may be shown.
    pub notice: String,
    /// Whether items carry neutral names.
    pub texts: &'static str,
    /// Chosen.
    pub chosen: bool,
    /// Ages it is made for, in months; none when for all.
    pub ages: Option<Say>,
}

impl Offer {
    /// As the page shows it.
    pub fn of(package: &Package, chosen: &str, tongue: Tongue) -> Self {
        Self {
            code: package.code.clone(),
            name: package.name.get(tongue).to_owned(),
            version: package.version.clone(),
            rater: package.rater.get(tongue).to_owned(),
            items: package
                .items()
                .filter(|(part, _)| !sheet::is_second_stage(part))
                .count(),
            notice: package.licence.notice.get(tongue).to_owned(),
            texts: texts_key(package.licence.item_text),
            chosen: package.code == chosen,
            ages: ages(package),
        }
    }
}

/// The ages an instrument is made for.
pub fn ages(package: &Package) -> Option<Say> {
    let window = package.age.map(|age| (age.from_months, age.to_months));
    let columns = || Some((package.columns.first()?.from_months, package.columns.last()?.to_months));
    let (from, to) = window.or_else(columns)?;
    Some(if to >= 1200 {
        Say::new("instruments.ages.from").with("from", from)
    } else {
        Say::new("instruments.ages.between").with("from", from).with("to", to)
    })
}

/// Choosing an instrument.
#[derive(Template)]
#[template(path = "assessments/new.html")]
pub struct NewPage {
    /// The child.
    pub child: child::Model,
    /// What was typed.
    pub form: NewForm,
    /// What is wrong.
    pub errors: Errors,
    /// The age on that day, in words.
    pub age: Option<Say>,
    /// The age is corrected for prematurity.
    pub corrected: bool,
    /// Instruments for that age.
    pub offers: Vec<Offer>,
    /// Instruments for other ages.
    pub others: Vec<Offer>,
    /// Today as the browser wants it.
    pub today: String,
}

/// One way to answer an item.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The key that enters it.
    pub key: u8,
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

/// The result so far, once there is one.
#[derive(Clone, Debug)]
pub struct Score {
    /// What the total is called; none for "total".
    pub name: Option<String>,
    /// The total.
    pub total: String,
    /// Look of the band.
    pub look: (&'static str, &'static str),
    /// The band in words; none without cut-offs.
    pub band: Option<String>,
    /// Explanation in words.
    pub explanation: String,
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

/// Look of a result: a risk is told by icon and word.
pub fn look(positive: Option<bool>) -> (&'static str, &'static str) {
    match positive {
        Some(true) => ("warning", "warning"),
        Some(false) => ("success", "done"),
        None => ("neutral", "info"),
    }
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
        self.package
            .column(Some(super::service::months(&self.row)))
            .map_err(unfit)
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

/// A cut-off set with its date.
pub fn dated(set: &crate::screening::instruments::CutoffSet, tongue: Tongue) -> String {
    match &set.dated {
        Some(date) => format!("{} ({date})", set.name.get(tongue)),
        None => set.name.get(tongue).to_owned(),
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
            key: choice.key,
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

/// An assessment in a list.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The row.
    pub row: assessment::Model,
    /// The instrument.
    pub name: String,
    /// Who filled it in.
    pub rater: String,
    /// Total; empty while it is not finished, and while the reader is to rate without knowing it.
    pub total: String,
    /// Band in words.
    pub band: String,
    /// Its look.
    pub look: (&'static str, &'static str),
    /// What the reader can do with it.
    pub own_sheet: bool,
    /// May be opened.
    pub opens: bool,
    /// The reader may add the second rating.
    pub second: bool,
    /// The two ratings can be compared.
    pub compared: bool,
    /// The child, in lists of several.
    pub child: Option<child::Model>,
}

impl Entry {
    /// Look of its state.
    pub fn state_look(&self) -> (&'static str, &'static str) {
        match self.row.state {
            AssessmentState::Draft => ("info", "draft"),
            AssessmentState::Final => ("success", "done"),
            AssessmentState::Withdrawn => ("neutral", "cancelled"),
        }
    }
}

/// The assessments of a child.
#[derive(Template)]
#[template(path = "assessments/of_child.html")]
pub struct OfChildPage {
    /// The child.
    pub child: child::Model,
    /// What was asked for.
    pub list: List,
    /// What was found.
    pub found: Page<Entry>,
}

/// One's own sheets and what one finished.
#[derive(Template)]
#[template(path = "assessments/index.html")]
pub struct IndexPage {
    /// What was asked for.
    pub list: List,
    /// What was found.
    pub found: Page<Entry>,
}

/// A counted answer.
#[derive(Clone, Debug)]
pub struct Counted {
    /// The item.
    pub item: String,
    /// The answer in words.
    pub answer: String,
    /// Its points.
    pub points: String,
}

/// A finished assessment.
#[derive(Template)]
#[template(path = "assessments/show.html")]
pub struct ShowPage {
    /// The row.
    pub row: assessment::Model,
    /// The child.
    pub child: child::Model,
    /// The instrument.
    pub name: String,
    /// The owner's line.
    pub copyright: String,
    /// Who filled it in.
    pub person: String,
    /// Where.
    pub organisation: String,
    /// The result.
    pub score: Score,
    /// Sums over some of the items.
    pub subscales: Vec<(String, String)>,
    /// Cut-off set with name and date; empty without one.
    pub cutoffs: String,
    /// Where the cut-off set was published.
    pub cutoffs_source: String,
    /// What the reader should know besides.
    pub warnings: Vec<String>,
    /// Every counted answer.
    pub counted: Vec<Counted>,
    /// The two ratings of the round can be compared: the first one.
    pub compared: Option<AssessmentId>,
    /// The reader may add the second rating.
    pub second: bool,
    /// The reader may withdraw it.
    pub withdrawable: bool,
    /// Where the reader came from: the form that can attach it.
    pub back: Option<(String, &'static str)>,
}

/// Beginning the second rating.
#[derive(Template)]
#[template(path = "assessments/second.html")]
pub struct SecondPage {
    /// The first rating.
    pub first: AssessmentId,
    /// The child.
    pub child: child::Model,
    /// The instrument.
    pub name: String,
    /// Version.
    pub version: String,
    /// Who filled the first in.
    pub person: String,
    /// When the first was filled in.
    pub performed_on: String,
    /// What was typed.
    pub form: SecondForm,
    /// What is wrong.
    pub errors: Errors,
    /// Today as the browser wants it.
    pub today: String,
}

/// One side of a comparison.
#[derive(Clone, Debug)]
pub struct Side {
    /// The assessment.
    pub id: AssessmentId,
    /// Who.
    pub person: String,
    /// When.
    pub performed_on: String,
    /// Total.
    pub total: String,
    /// Band in words.
    pub band: String,
}

/// Two ratings side by side.
#[derive(Template)]
#[template(path = "assessments/comparison.html")]
pub struct ComparisonPage {
    /// The child.
    pub child: child::Model,
    /// The instrument.
    pub name: String,
    /// Version.
    pub version: String,
    /// The first rating.
    pub first: Side,
    /// The second rating.
    pub second: Side,
    /// Item by item.
    pub lines: Vec<Line>,
    /// Items that both answered.
    pub compared: usize,
    /// Items that both answered alike.
    pub alike: usize,
    /// The second rater had opened the first sheet before.
    pub not_blind: bool,
}

impl ComparisonPage {
    /// Agreement in per cent, rounded.
    fn per_cent(&self) -> String {
        match self.compared {
            0 => "—".to_owned(),
            n => format!("{}%", (self.alike * 200 + n) / (2 * n)),
        }
    }

    fn different(&self) -> usize {
        self.lines.iter().filter(|line| line.differs).count()
    }
}

/// Where the list of a child's assessments is.
pub fn of_child(id: ChildId) -> String {
    format!("/children/{id}/assessments")
}
