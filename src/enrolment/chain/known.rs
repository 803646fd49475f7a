//! What conditions of a chain of enrolment may ask for, and what such a chain has to be besides being one. Pure.

use entities::words::{Economy, EnrolmentMode, Language, ReviewOutcome};

use crate::platform::{
    Say,
    approval::{Chain, Facts, Flaw, Known, KnownKind, Place, Step},
    words,
};

/// Completed months of life on the day whose age counts.
pub const AGE_MONTHS: &str = "age_months";
/// The mode that is applied for.
pub const MODE: &str = "mode";
/// The situation of the family.
pub const ECONOMY: &str = "economy";
/// A disability card is there.
pub const CARD: &str = "card";
/// The household is registered in the district.
pub const HOUSEHOLD: &str = "household";
/// What the tests of the person came to.
pub const ELIGIBLE: &str = "eligible";

const YES_NO: KnownKind = KnownKind::Word(&[("yes", "referral.yes"), ("no", "referral.no")]);

/// Every fact.
pub const FACTS: &[Known] = &[
    Known {
        code: AGE_MONTHS,
        label: "review_chain.fact.age_months",
        kind: KnownKind::Number,
    },
    Known {
        code: MODE,
        label: "review_chain.fact.mode",
        kind: KnownKind::Word(&[
            (EnrolmentMode::FullDay.as_str(), EnrolmentMode::FullDay.word()),
            (EnrolmentMode::HalfDay.as_str(), EnrolmentMode::HalfDay.word()),
            (EnrolmentMode::Hourly.as_str(), EnrolmentMode::Hourly.word()),
        ]),
    },
    Known {
        code: ECONOMY,
        label: "review_chain.fact.economy",
        kind: KnownKind::Word(&[
            (Economy::Ordinary.as_str(), Economy::Ordinary.word()),
            (Economy::Subsistence.as_str(), Economy::Subsistence.word()),
            (Economy::LowIncome.as_str(), Economy::LowIncome.word()),
            (Economy::Orphan.as_str(), Economy::Orphan.word()),
            (Economy::Destitute.as_str(), Economy::Destitute.word()),
        ]),
    },
    Known {
        code: CARD,
        label: "review_chain.fact.card",
        kind: YES_NO,
    },
    Known {
        code: HOUSEHOLD,
        label: "review_chain.fact.household",
        kind: YES_NO,
    },
    Known {
        code: ELIGIBLE,
        label: "review_chain.fact.eligible",
        kind: YES_NO,
    },
];

/// The words that a fact can be, with their keys; none where it is a number or unknown.
fn words_of(fact: &str) -> &'static [(&'static str, &'static str)] {
    match FACTS.iter().find(|known| known.code == fact).map(|known| known.kind) {
        Some(KnownKind::Word(all)) => all,
        Some(KnownKind::Number) | None => &[],
    }
}

const BETWEEN: [char; 3] = [',', '，', '、'];

/// What somebody typed for a fact, in either language or as facts have it, as facts have it. What is no word of it stays.
pub fn typed(fact: &str, value: &str) -> String {
    let all = words_of(fact);
    if all.is_empty() {
        return value.trim().to_owned();
    }
    let mut codes = Vec::new();
    let mut rest = value.trim();
    while !rest.is_empty() {
        let (code, after) = first_of(all, rest);
        if !code.is_empty() {
            codes.push(code);
        }
        rest = after.trim_start();
    }
    codes.join(",")
}

/// The first word of what was typed, and what follows it. A word may hold what stands between two others, so the longest
/// that is known counts.
fn first_of<'a>(all: &[(&'a str, &str)], typed: &'a str) -> (&'a str, &'a str) {
    let known = all.iter().flat_map(|(code, key)| {
        let said = Language::ALL
            .iter()
            .map(|language| words::raw(*language, key).into_owned());
        said.chain([(*code).to_owned()]).map(|word| (*code, word))
    });
    let found = known.filter_map(|(code, word)| {
        let begin = typed.get(..word.len())?;
        let after = typed.get(word.len()..)?.trim_start();
        let ends = after.is_empty() || after.starts_with(BETWEEN);
        (ends && begin.to_lowercase() == word.to_lowercase()).then_some((code, after))
    });
    let (code, after) = found.min_by_key(|(_, after)| after.len()).unwrap_or_else(|| {
        let end = typed.find(BETWEEN).unwrap_or(typed.len());
        let (word, after) = typed.split_at_checked(end).unwrap_or((typed, ""));
        (word.trim(), after)
    });
    (code, after.strip_prefix(BETWEEN).unwrap_or(after))
}

/// The words of a fact as the reader's language has them; what is none is shown as it was typed.
pub fn shown(fact: &str, value: &str, language: Language) -> String {
    let all = words_of(fact);
    let word = |part: &str| {
        let found = all.iter().find(|(code, _)| *code == part);
        found.map(|(_, key)| words::raw(language, key).into_owned())
    };
    let parts = value.split(BETWEEN).map(str::trim).filter(|part| !part.is_empty());
    let said: Option<Vec<String>> = parts.map(word).collect();
    match said {
        Some(said) if !all.is_empty() => words::joined(language, said),
        _ => value.to_owned(),
    }
}

/// Yes or no as facts have it.
pub const fn yes(holds: bool) -> &'static str {
    if holds { "yes" } else { "no" }
}

/// What an invented application is about, until somebody says otherwise.
pub fn sample() -> Facts {
    Facts::default()
        .number(AGE_MONTHS, 48)
        .word(MODE, EnrolmentMode::FullDay.as_str())
        .word(ECONOMY, Economy::Ordinary.as_str())
        .word(CARD, "no")
        .word(HOUSEHOLD, "yes")
        .word(ELIGIBLE, "yes")
}

/// It gives the family an answer.
pub const fn is_answer(outcome: ReviewOutcome) -> bool {
    match outcome {
        ReviewOutcome::Admitted | ReviewOutcome::Trial | ReviewOutcome::Waiting | ReviewOutcome::ReferredOn => true,
        ReviewOutcome::Approved | ReviewOutcome::Returned | ReviewOutcome::Refused => false,
    }
}

/// It gives a place.
pub const fn is_place(outcome: ReviewOutcome) -> bool {
    matches!(outcome, ReviewOutcome::Admitted | ReviewOutcome::Trial)
}

/// What is wrong with a chain for enrolment: the last stage is one step that always comes and answers the family, all the
/// others pass on.
pub fn flaws(chain: &Chain) -> Vec<Flaw> {
    let mut flaws = chain.flaws(FACTS);
    let last = chain.stages.len().saturating_sub(1);
    for (n, stage) in chain.stages.iter().enumerate() {
        if n == last && stage.steps.len() > 1 {
            flaws.push(flaw(Place::Chain, "review_chain.flaw.last_alone"));
        }
        for (m, step) in stage.steps.iter().enumerate() {
            let say = if n == last { last_step(step) } else { other_step(step) };
            flaws.extend(say.map(|key| flaw(Place::Step(n, m, "outcomes"), key)));
            if n == last && !step.when.is_empty() {
                flaws.push(flaw(Place::Condition(n, m, 0), "review_chain.flaw.last_always"));
            }
            if step.organisation.is_none() {
                flaws.push(flaw(Place::Step(n, m, "organisation"), "form.required"));
            }
        }
    }
    flaws
}

fn flaw(place: Place, key: &'static str) -> Flaw {
    Flaw {
        place,
        say: Say::new(key),
    }
}

fn last_step(step: &Step) -> Option<&'static str> {
    let goes_on = || step.outcomes.iter().filter(|outcome| outcome.goes_on());
    let answers = goes_on().all(|outcome| is_answer(*outcome));
    (!answers || goes_on().next().is_none()).then_some("review_chain.flaw.last_answers")
}

fn other_step(step: &Step) -> Option<&'static str> {
    step.outcomes
        .iter()
        .any(|outcome| is_answer(*outcome))
        .then_some("review_chain.flaw.others_pass_on")
}

#[cfg(test)]
mod tests {
    use super::{super::shipped, *};

    #[test]
    fn the_chain_that_is_shipped_is_one() {
        let shipped = shipped::chain().unwrap();
        assert_eq!(flaws(&shipped.chain), []);
        let codes: Vec<_> = shipped.chain.steps().map(|(n, step)| (n, step.code.as_str())).collect();
        assert_eq!(
            codes,
            [
                (0, "materials"),
                (1, "assessment"),
                (2, "federation"),
                (3, "joint_federation"),
                (3, "joint_education"),
                (4, "publicity"),
                (5, "decision"),
            ]
        );
    }

    #[test]
    fn words_of_a_condition_are_typed_in_either_language() {
        for text in ["全日制，半日制", "full_day,half_day", " 全日制 、half_day "] {
            assert_eq!(typed(MODE, text), "full_day,half_day", "{text}");
        }
        assert_eq!(typed(HOUSEHOLD, "否"), "no");
        assert_eq!(typed(MODE, "全日制,夜间"), "full_day,夜间");
        assert_eq!(typed(AGE_MONTHS, " 72 "), "72");
        for language in Language::ALL {
            for known in FACTS {
                for (code, _) in words_of(known.code) {
                    let said = shown(known.code, code, *language);
                    assert!(!said.contains('_'), "{said}");
                    assert_eq!(typed(known.code, &said), *code, "{said}");
                }
            }
        }
        assert_eq!(
            typed(ECONOMY, "夜间、，孤儿、事实无人抚养或福利机构儿童,x"),
            "夜间,orphan,x"
        );
        assert_eq!(shown(MODE, "夜间", Language::Chinese), "夜间");
        assert_eq!(shown(AGE_MONTHS, "72", Language::Chinese), "72");
    }

    #[test]
    fn the_last_step_answers_and_the_others_pass_on() {
        let mut chain = shipped::chain().unwrap().chain;
        chain.stages[5].steps[0].outcomes = vec![ReviewOutcome::Approved];
        chain.stages[0].steps[0].outcomes.push(ReviewOutcome::Admitted);
        chain.stages[1].steps[0].organisation = None;
        let found = flaws(&chain);
        let said: Vec<_> = found.iter().map(|flaw| flaw.say.key()).collect();
        assert_eq!(
            said,
            [
                "review_chain.flaw.others_pass_on",
                "form.required",
                "review_chain.flaw.last_answers"
            ]
        );
    }
}
