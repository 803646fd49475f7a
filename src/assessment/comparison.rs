//! Two raters, one child: item by item.

use entities::screening::assessment;

use super::service::unfit;
use crate::{
    platform::Result,
    screening::instruments::{Agreement, Answers, Choice, Column, Language as Tongue, Outcome, Package, Value},
};

/// One item as the two answered it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its name.
    pub item: String,
    /// Answer of the first rater, in words.
    pub first: String,
    /// Answer of the second rater, in words.
    pub second: String,
    /// They differ.
    pub differs: bool,
}

/// The answers of a finished sheet.
pub fn answers(row: &assessment::Model) -> Result<Answers> {
    Ok(serde_json::from_value(row.answers.clone())?)
}

/// What a sheet came to; none while it is filled in, and of one that was given up.
pub fn outcome(row: &assessment::Model) -> Result<Option<Outcome>> {
    if row.result.as_object().is_none_or(serde_json::Map::is_empty) {
        return Ok(None);
    }
    Ok(Some(
        serde_json::from_value(row.result.clone()).map_err(anyhow::Error::from)?,
    ))
}

/// What an answer is called.
pub fn answer_in_words(package: &Package, item: &str, value: &Value, tongue: Tongue) -> String {
    let choices = package.item(item).map_or(&[][..], |(part, _)| package.choices_of(part));
    let choice = choices.iter().find(|c| c.value == *value);
    choice.map_or_else(|| value.to_string(), |choice| choice_in_words(choice, tongue))
}

/// What a choice is called; a number, which is what stands on the form of the instrument, is shown with its words.
pub fn choice_in_words(choice: &Choice, tongue: Tongue) -> String {
    let label = choice.label.get(tongue);
    match &choice.value {
        Value::Number(number) if label != number.to_string() => format!("{number} {label}"),
        Value::Number(_) | Value::Word(_) => label.to_owned(),
    }
}

/// The items that either of the two was asked, and how far they agree.
pub fn compare(
    package: &Package,
    column: Option<&Column>,
    (first, second): (&Answers, &Answers),
    tongue: Tongue,
) -> Result<(Vec<Line>, Agreement)> {
    let agreement = package.compare(first, second).map_err(unfit)?;
    let lines = package
        .items()
        .filter(|(_, item)| first.get(&item.id).is_some() || second.get(&item.id).is_some())
        .map(|(_, item)| {
            let words = |answers: &Answers| match answers.get(&item.id) {
                Some(value) => answer_in_words(package, &item.id, value, tongue),
                None => "—".to_owned(),
            };
            Line {
                item: package.label(item, column).get(tongue).to_owned(),
                first: words(first),
                second: words(second),
                differs: first.get(&item.id) != second.get(&item.id),
            }
        })
        .collect();
    Ok((lines, agreement))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screening::instruments::Registry;

    #[test]
    fn differences_and_open_items_are_named() {
        let package = Registry::built_in().unwrap().get("cabs").unwrap();
        let sheet = |last: Option<&str>| {
            let json: Vec<String> = (1..14).map(|n| format!("\"{n}\": 1")).collect();
            let last = last.map(|v| format!(", \"14\": {v}")).unwrap_or_default();
            Answers::from_json(&format!("{{{}{last}}}", json.join(","))).unwrap()
        };
        let (lines, agreement) = compare(package, None, (&sheet(Some("1")), &sheet(Some("2"))), Tongue::En).unwrap();
        assert_eq!((agreement.compared, agreement.alike), (14, 13));
        let different: Vec<&Line> = lines.iter().filter(|l| l.differs).collect();
        assert_eq!(different.len(), 1);
        assert_eq!(different[0].second, "2 often (nearly every day)");
        let (lines, agreement) = compare(package, None, (&sheet(Some("1")), &sheet(None)), Tongue::En).unwrap();
        assert_eq!((agreement.compared, lines[13].second.as_str()), (13, "—"));
    }
}
