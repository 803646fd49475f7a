//! The columns of a roster: what they are called, what goes into them, and the empty workbook made of them.

use std::{collections::BTreeMap, sync::LazyLock};

use chrono::{Days, NaiveDate, NaiveDateTime};
use entities::{
    half_width::half_width,
    words::{ConsentPurpose, IdentityKind, Kinship, Language, ScreenOutcome, Sex, Vocabulary},
};
use serde::Deserialize;

use crate::{
    person::Ethnicity,
    platform::{
        Error, Result, words,
        workbook::{self, Cell, Column, Limits, Sheet, Template, TemplateColumn, TemplateKind},
    },
};

/// Days in which a child who is still in the programme can have been born: seven years and a little.
const PROGRAMME_DAYS: u64 = 8 * 366;
/// Results that settle a check.
const RESULTS: [ScreenOutcome; 4] = [
    ScreenOutcome::Normal,
    ScreenOutcome::Abnormal,
    ScreenOutcome::Refused,
    ScreenOutcome::Elsewhere,
];
/// Rows of the template that are prepared for input.
const PREPARED_ROWS: u32 = 2_000;

#[derive(Debug, Deserialize)]
struct Data {
    nothing: Vec<String>,
    column: Vec<Known>,
    sex: Aliases,
    identity_kind: Aliases,
    kinship: Aliases,
    screened_result: Aliases,
    consent_purpose: Aliases,
}

type Aliases = BTreeMap<String, Vec<String>>;

#[derive(Debug, Deserialize)]
struct Known {
    key: String,
    #[serde(default)]
    required: bool,
    names: Vec<String>,
    example: String,
}

static DATA: LazyLock<std::result::Result<Data, toml::de::Error>> =
    LazyLock::new(|| toml::from_str(include_str!("columns.toml")));

fn data() -> Result<&'static Data> {
    DATA.as_ref()
        .map_err(|error| anyhow::anyhow!("columns of the roster: {error}").into())
}

/// The columns as the reader of workbooks wants them; the first name of each is the one in the asker's language.
pub fn columns(language: Language) -> Result<Vec<Column>> {
    let columns = data()?.column.iter().map(|known| Column {
        key: known.key.as_str(),
        names: [language, Language::Chinese, Language::English]
            .into_iter()
            .map(|language| heading(language, &known.key))
            .chain(known.names.iter().cloned())
            .collect(),
        required: known.required,
    });
    Ok(columns.collect())
}

/// Read a file's sheet.
///
/// # Errors
/// Why the file as a whole cannot be used, at the field `file`.
pub async fn read(bytes: Vec<u8>) -> Result<Sheet> {
    let columns = columns(Language::Chinese)?;
    let read = move || workbook::read(&bytes, &columns, &Limits::default());
    let sheet = tokio::task::spawn_blocking(read).await?;
    sheet.map_err(|error| Error::field("file", &error))
}

/// The keys of all columns.
pub fn keys() -> Result<impl Iterator<Item = &'static str>> {
    Ok(data()?.column.iter().map(|known| known.key.as_str()))
}

/// The cell says in words that there is nothing, and may. The kind of document has a word for that.
pub fn says_nothing(key: &str, cell: &Cell) -> Result<bool> {
    let data = data()?;
    let may = key != "identity_kind" && data.column.iter().any(|known| known.key == key && !known.required);
    let text = half_width(&cell.shown()).trim().to_lowercase();
    Ok(may && data.nothing.contains(&text))
}

fn heading(language: Language, key: &str) -> String {
    words::raw(language, &format!("roster.column.{key}")).into_owned()
}

/// The empty workbook. `places` are the names of the divisions that may be chosen.
pub fn template(language: Language, places: Vec<String>, today: NaiveDate, made_at: NaiveDateTime) -> Result<Vec<u8>> {
    let earliest = today.checked_sub_days(Days::new(PROGRAMME_DAYS)).unwrap_or(today);
    let columns = data()?.column.iter().map(|known| TemplateColumn {
        header: heading(language, &known.key),
        required: known.required,
        kind: kind(&known.key, language, &places, (earliest, today)),
        explanation: words::raw(language, &format!("roster.about.{}", known.key)).into_owned(),
        example: known.example.clone(),
    });
    let template = Template {
        name: words::raw(language, "roster.template.sheet").into_owned(),
        note: words::raw(language, "roster.template.note").into_owned(),
        columns: columns.collect(),
        rows: PREPARED_ROWS,
    };
    Ok(template.to_xlsx(made_at, language)?)
}

fn kind(key: &str, language: Language, places: &[String], (earliest, today): (NaiveDate, NaiveDate)) -> TemplateKind {
    match key {
        "sex" => TemplateKind::Choice(labels::<Sex>(language)),
        "identity_kind" => TemplateKind::Choice(labels::<IdentityKind>(language)),
        "guardian1_kinship" | "guardian2_kinship" => TemplateKind::Choice(labels::<Kinship>(language)),
        "ethnicity" => TemplateKind::Choice(Ethnicity::all().iter().map(|one| one.name(language)).collect()),
        "division" if !places.is_empty() => TemplateKind::Choice(places.to_vec()),
        "screened_result" => TemplateKind::Choice(
            RESULTS
                .iter()
                .map(|word| words::raw(language, word.word()).into_owned())
                .collect(),
        ),
        "birth_on" | "resident_since" | "screened_on" | "consented_on" => TemplateKind::Date {
            from: earliest,
            to: today,
        },
        _ => TemplateKind::Text,
    }
}

fn labels<W: Vocabulary>(language: Language) -> Vec<String> {
    W::ALL
        .iter()
        .map(|word| words::raw(language, word.word()).into_owned())
        .collect()
}

/// What a choice cell means: the stored word, its name in either language, or something people write instead.
/// Anything else is given back as it is, and refused by the form.
pub fn choice(key: &str, text: &str) -> Result<String> {
    let data = data()?;
    Ok(match key {
        "sex" => match Sex::from_code(half_width(text).trim()) {
            Some(sex) => sex.as_str().to_owned(),
            None => meant::<Sex>(&data.sex, text),
        },
        "identity_kind" => meant::<IdentityKind>(&data.identity_kind, text),
        "guardian1_kinship" | "guardian2_kinship" => meant::<Kinship>(&data.kinship, text),
        "consent_purpose" => meant::<ConsentPurpose>(&data.consent_purpose, text),
        "screened_result" => meant::<ScreenOutcome>(&data.screened_result, text),
        _ => text.to_owned(),
    })
}

fn meant<W: Vocabulary>(aliases: &Aliases, text: &str) -> String {
    let folded = half_width(text).trim().to_lowercase();
    let named = |word: &W| {
        word.as_str() == folded
            || [Language::Chinese, Language::English]
                .iter()
                .any(|language| words::raw(*language, word.word()).to_lowercase() == folded)
    };
    if let Some(word) = W::ALL.iter().find(|word| named(word)) {
        return word.as_str().to_owned();
    }
    let alias = aliases.iter().find(|(_, names)| names.contains(&folded));
    alias.map_or_else(|| text.to_owned(), |(word, _)| word.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_its_words() {
        for known in &data().unwrap().column {
            for language in [Language::Chinese, Language::English] {
                for key in [
                    format!("roster.column.{}", known.key),
                    format!("roster.about.{}", known.key),
                ] {
                    assert_ne!(words::raw(language, &key), key, "{language:?}");
                }
            }
        }
    }

    #[test]
    fn people_write_choices_in_their_own_words() {
        for (key, text, word) in [
            ("sex", "1", "male"),
            ("sex", "１", "male"),
            ("sex", "女", "female"),
            ("sex", "Boy", "male"),
            ("guardian1_kinship", "妈妈", "mother"),
            ("guardian2_kinship", "Father", "father"),
            ("identity_kind", "身份证", "citizen_id"),
            ("sex", "?", "?"),
        ] {
            assert_eq!(choice(key, text).unwrap(), word, "{text}");
        }
    }
}
