//! A chain in words, for those who decide whether it is the right one.

use entities::words::Language;

use super::{known, views::Read};
use crate::platform::{
    Say,
    approval::{Chain, Condition, KnownKind, Step},
    words,
};

/// Every step of a chain as people read it.
pub fn read(chain: &Chain, language: Language) -> Vec<Read> {
    let one = |(n, step): (usize, &Step)| Read {
        stage: n + 1,
        name: step.name.get(language).to_owned(),
        who: who(step, language),
        days: days(step, language),
        outcomes: words::joined(
            language,
            step.outcomes
                .iter()
                .map(|one| words::raw(language, one.word()).into_owned()),
        ),
        fields: words::joined(language, step.fields.iter().map(|field| field.name.get(language))),
        when: words::joined(language, step.when.iter().map(|one| condition(one, language))),
    };
    chain.steps().map(one).collect()
}

fn who(step: &Step, language: Language) -> String {
    let kind = step
        .organisation
        .map(|kind| words::raw(language, kind.word()).into_owned());
    let roles = step
        .roles
        .iter()
        .map(|role| words::raw(language, role.word()).into_owned());
    kind.into_iter().chain(roles).collect::<Vec<_>>().join(" · ")
}

fn days(step: &Step, language: Language) -> String {
    let mut parts: Vec<String> = Vec::new();
    if let Some(days) = step.working_days {
        parts.push(Say::new("review_chain.days").with("days", days).in_words(language));
    }
    if step.least_working_days > 0 {
        let say = Say::new("review_chain.least").with("days", step.least_working_days);
        parts.push(say.in_words(language));
    }
    parts.join(" · ")
}

/// A condition in words: "age in months over 72".
pub fn condition(one: &Condition, language: Language) -> String {
    let fact = known::FACTS.iter().find(|fact| fact.code == one.fact);
    let label = fact.map_or(one.fact.clone(), |fact| words::raw(language, fact.label).into_owned());
    let value = match fact.map(|fact| fact.kind) {
        Some(KnownKind::Word(all)) => {
            let said = one.words().map(|word| {
                let key = all.iter().find(|(code, _)| *code == word);
                key.map_or(word.to_owned(), |(_, key)| words::raw(language, key).into_owned())
            });
            words::joined(language, said)
        }
        Some(KnownKind::Number) | None => one.value.clone(),
    };
    format!("{label} {} {value}", words::raw(language, one.is.key()))
}
