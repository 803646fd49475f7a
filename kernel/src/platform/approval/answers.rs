//! What is filled in when a step is decided.

use std::collections::BTreeMap;

use super::{
    super::{
        Errors, Say,
        form::{allowed, day_of},
    },
    chain::{Field, FieldKind, Step},
};

/// Most characters of a text that has no limit of its own.
const TEXT: i64 = 2000;

/// What was filled in, field by field; what was left empty is not there.
pub type Answers = BTreeMap<String, String>;

/// What was typed into the fields of a step: days as they are kept, numbers without what does not count. Where the step does
/// not go on, nothing has to be filled in. `name` is the field's name on the page, `offered` the instruments that can be
/// chosen.
///
/// # Errors
/// By field, under its name on the page.
pub fn read(
    step: &Step,
    typed: &BTreeMap<String, String>,
    goes_on: bool,
    name: impl Fn(&str) -> String,
    offered: &[String],
) -> Result<Answers, Errors> {
    let mut errors = Errors::default();
    let mut answers = Answers::new();
    let filled = |code: &str| typed.get(code).is_some_and(|text| !text.trim().is_empty());
    for field in &step.fields {
        let text = typed.get(&field.code).map_or("", |text| text.trim());
        if text.is_empty() {
            let with = field.required_with.as_deref().is_some_and(filled);
            if goes_on && field.required || with {
                errors.add(name(&field.code), "form.required");
            }
            continue;
        }
        match one(field, text, offered) {
            Ok(answer) => {
                answers.insert(field.code.clone(), answer);
            }
            Err(say) => errors.add(name(&field.code), say),
        }
    }
    if errors.is_empty() { Ok(answers) } else { Err(errors) }
}

fn one(field: &Field, text: &str, offered: &[String]) -> Result<String, Say> {
    match field.kind {
        FieldKind::Text => {
            let most = field.most.unwrap_or(TEXT).clamp(1, TEXT);
            allowed(text, usize::try_from(most).unwrap_or_default())?;
            Ok(text.to_owned())
        }
        FieldKind::Number => {
            let plain = entities::half_width::half_width(text);
            let number: i64 = plain.trim().parse().map_err(|_| Say::new("form.unreadable"))?;
            let (least, most) = (field.least.unwrap_or(i64::MIN), field.most.unwrap_or(i64::MAX));
            match (number < least, number > most) {
                (true, _) => Err(Say::new("approval.answer.least").with("least", least)),
                (_, true) => Err(Say::new("approval.answer.most").with("most", most)),
                (false, false) => Ok(number.to_string()),
            }
        }
        FieldKind::Date => Ok(day_of(text)?.to_string()),
        FieldKind::Choice => {
            let found = field.choices.iter().any(|one| one.code == text);
            found.then(|| text.to_owned()).ok_or_else(|| "form.choice".into())
        }
        FieldKind::Instrument => {
            let found = offered.iter().any(|one| one == text);
            found.then(|| text.to_owned()).ok_or_else(|| "form.choice".into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::chain::Choice, *};

    fn field(code: &str, kind: FieldKind) -> Field {
        Field {
            code: code.to_owned(),
            kind,
            ..Field::default()
        }
    }

    #[test]
    fn answers_are_read_field_by_field() {
        let choice = |code: &str| Choice {
            code: code.to_owned(),
            ..Choice::default()
        };
        let step = Step {
            fields: vec![
                Field {
                    required: true,
                    ..field("report", FieldKind::Text)
                },
                Field {
                    least: Some(0),
                    most: Some(40),
                    ..field("hours", FieldKind::Number)
                },
                field("seen_on", FieldKind::Date),
                Field {
                    choices: vec![choice("yes"), choice("no")],
                    ..field("fits", FieldKind::Choice)
                },
                field("scale", FieldKind::Instrument),
                field("objections", FieldKind::Text),
                Field {
                    required_with: Some("objections".to_owned()),
                    ..field("answer", FieldKind::Text)
                },
            ],
            ..Step::default()
        };
        let read = |typed: &[(&str, &str)], goes_on| {
            let typed = typed.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
            read(&step, &typed, goes_on, |code| format!("f-{code}"), &["7".to_owned()])
        };
        let good = [
            ("report", " 好 "),
            ("hours", "２０"),
            ("seen_on", "2026年11月2日"),
            ("fits", "yes"),
            ("scale", "7"),
        ];
        let answers = read(&good, true).unwrap();
        assert_eq!(answers["report"], "好");
        assert_eq!(answers["hours"], "20");
        assert_eq!(answers["seen_on"], "2026-11-02");
        assert!(!answers.contains_key("objections"));

        let bad = [
            ("hours", "41"),
            ("seen_on", "soon"),
            ("fits", "perhaps"),
            ("scale", "8"),
            ("objections", "有异议"),
        ];
        let errors = read(&bad, true).unwrap_err();
        let wrong: Vec<_> = errors.all().iter().map(|(field, _)| (*field).to_owned()).collect();
        assert_eq!(
            wrong,
            ["f-answer", "f-fits", "f-hours", "f-report", "f-scale", "f-seen_on"]
        );
        assert!(read(&[], false).is_ok(), "what does not go on may be empty");
        assert!(
            read(&[("objections", "x")], false).is_err(),
            "an objection has an answer always"
        );
    }
}
