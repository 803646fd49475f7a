//! What stands against each lead: one line for those of whom the same is to be said.

use super::section;
use crate::{
    why::{Fact, Lead},
    words::{Language, Words},
};

/// Those who have the child now, then the others.
pub(super) fn lines(words: &Words, leads: &[Lead], lines: &mut Vec<String>) {
    let (present, others): (Vec<&Lead>, Vec<&Lead>) = leads.iter().partition(|l| l.present);
    section(
        words,
        lines,
        ("现在的老师：", "the present teacher:"),
        grouped(words, &present, |_| true),
    );
    let alone = |f: &&Fact| matches!(f, Fact::TooManyLeads { .. });
    let change = others.iter().find_map(|l| l.facts.iter().find(alone));
    let all = others.iter().all(|l| l.facts.iter().any(|f| alone(&f)));
    match change {
        // What would be said of everybody is said once.
        Some(Fact::TooManyLeads { leads, most, .. }) if all => {
            let names: Vec<String> = leads.iter().map(|&t| words.teacher(t)).collect();
            let names = words.list(&names);
            let chinese = format!("换别的老师，就要连{names}的其余几节一起换（这项训练最多 {most} 位老师）：");
            let english = format!(
                "another teacher would have to take over the sessions of {names} as well ({} at most):",
                words.count(*most, "teacher", "teachers")
            );
            section(
                words,
                lines,
                (&chinese, &english),
                grouped(words, &others, |f| !alone(&f)),
            );
        }
        _ => section(
            words,
            lines,
            ("别的老师：", "other teachers:"),
            grouped(words, &others, |_| true),
        ),
    }
}

/// First who could, then who could if others made way, then those of whom only what is given need be told.
fn grouped(words: &Words, leads: &[&Lead], told: impl Fn(&Fact) -> bool) -> Vec<String> {
    let against = |lead: &Lead, many: bool| -> Vec<String> {
        let open = lead.can_be_mended();
        let facts = lead.facts.iter().filter(|f| told(f) && (open || !f.can_be_mended()));
        facts.map(|f| f.against(words, lead, many)).collect()
    };
    let mut groups: Vec<(Vec<&Lead>, Vec<String>)> = Vec::new();
    for &lead in leads {
        let against = against(lead, false);
        match groups.iter_mut().find(|(_, known)| *known == against) {
            Some((alike, _)) => alike.push(lead),
            None => groups.push((vec![lead], against)),
        }
    }
    groups.sort_by_key(|(alike, against)| (alike.iter().any(|l| !l.can_be_mended()), against.len()));
    let line = |(alike, mut told): (Vec<&Lead>, Vec<String>)| {
        let names: Vec<String> = alike.iter().map(|l| words.teacher(l.teacher)).collect();
        let names = words.list(&names);
        if let ([first, _, ..], Language::English) = (alike.as_slice(), words.language) {
            told = against(first, true);
        }
        if told.is_empty() {
            return words.say(|| format!("{names}：那时有空。"), || format!("{names}: free then."));
        }
        words.say(
            || format!("{names}：{}。", told.join("；")),
            || format!("{names} {}.", told.join("; ")),
        )
    };
    groups.into_iter().map(line).collect()
}
