//! The diagnosis in sentences.

mod fault;
mod hours;
mod item;
mod pins;
mod times;

use super::{Conflict, Demand, Diagnosis};
use crate::words::Words;

/// So many names are listed; the rest are counted.
const NAMES: usize = 6;
/// So many things of a kind are told in full; the rest are counted.
const TOLD: usize = 12;

impl Demand {
    /// What is to be, for people.
    pub fn named(self, words: &Words<'_>) -> String {
        match self {
            Self::Order(o) => words.order(o),
            Self::Group(g) => words.group(g),
            Self::Place(i) => {
                let place = words.problem.places.get(i);
                let child = place.map_or_else(String::new, |q| words.child(q.child));
                let service = place.map_or_else(String::new, |q| words.service(q.service));
                words.pick(
                    format!("{child} 在 {service} 的名额"),
                    format!("the place of {child} in {service}"),
                )
            }
            Self::Watching(t) => {
                let who = words.teacher(t);
                words.pick(format!("{who} 的跟岗"), format!("what {who} must watch"))
            }
        }
    }

    /// The same with how much it is: 一周 3 节、每节 1 小时.
    fn in_full(self, words: &Words<'_>) -> String {
        let task = match self {
            Self::Order(o) => crate::problem::Task::Order(o),
            Self::Group(g) => crate::problem::Task::Group(g),
            Self::Place(_) | Self::Watching(_) => return self.named(words),
        };
        let named = self.named(words);
        let Some(series) = words.problem.series(task) else {
            return named;
        };
        let (n, length) = (series.sessions, words.length(series.dur));
        words.pick(
            format!("{named}（一周 {n} 节，每节 {length}）"),
            format!("{named} ({n} × {length} a week)"),
        )
    }
}

impl Conflict {
    /// What cannot hold together, for people.
    pub fn sentence(&self, words: &Words<'_>) -> String {
        let all: Vec<String> = self.demands.iter().map(|d| d.in_full(words)).collect();
        let (all, n) = (words.list(&all), self.demands.len());
        let few = self.teachers.len() <= NAMES && !self.teachers.is_empty();
        let teachers: Vec<String> = self.teachers.iter().map(|&t| words.teacher(t)).collect();
        let teachers = words.list(&teachers);
        words.say(
            || {
                let who = if few {
                    format!("能上的只有{teachers}。")
                } else {
                    String::new()
                };
                if n == 1 {
                    return format!("{all}怎么排都排不下，其他课全让开也不行。{who}");
                }
                let proof = if self.smallest {
                    "各种排法都试过了；去掉其中任何一项，其余的就排得下。"
                } else {
                    "各种排法都试过了；其中也许还有不相干的。"
                };
                format!("这 {n} 项不能同时排下：{all}。{who}{proof}")
            },
            || {
                let who = if few {
                    format!(" Only {teachers} can give them.")
                } else {
                    String::new()
                };
                if n == 1 {
                    return format!("{all} cannot be held at all, even if everything else makes way.{who}");
                }
                let proof = if self.smallest {
                    "Every way was tried; without any one of them the others can be held."
                } else {
                    "Every way was tried; some of them may have nothing to do with it."
                };
                format!("these {n} cannot be held together: {all}.{who} {proof}")
            },
        )
    }
}

impl Diagnosis {
    /// All of it, line by line.
    pub fn report(&self, words: &Words<'_>) -> Vec<String> {
        let mut lines = Vec::new();
        let faults: Vec<String> = self.faults.iter().map(|f| f.sentence(words)).collect();
        section(
            words,
            &mut lines,
            ("按数量算就排不下：", "Impossible by counting:"),
            &faults,
        );
        let sets: Vec<String> = self.conflicts.iter().map(|c| c.sentence(words)).collect();
        section(
            words,
            &mut lines,
            ("互相冲突，不能都排：", "Impossible together:"),
            &sets,
        );
        if !self.open.is_empty() {
            let open: Vec<String> = self.open.iter().map(|d| d.named(words)).collect();
            let (open, n) = (some(words, &open), self.open.len());
            lines.push(words.say(
                || format!("没有证明排不下，只是还没找到排法（{n} 项）：{open}。可以多给些时间再排。"),
                || format!("no way was found yet, nor proved that there is none ({n}): {open}. More time may help."),
            ));
        }
        let todo: Vec<String> = self.todo.iter().map(|i| i.sentence(words)).collect();
        section(
            words,
            &mut lines,
            ("还没排上的，容易解决的在前：", "Still to be done, the easiest first:"),
            &todo,
        );
        lines
    }
}

/// A heading and what stands under it.
fn section(words: &Words<'_>, lines: &mut Vec<String>, heading: (&str, &str), items: &[String]) {
    if items.is_empty() {
        return;
    }
    lines.push(words.pick(heading.0, heading.1).to_owned());
    lines.extend(items.iter().take(TOLD).map(|item| format!("- {item}")));
    let more = items.len().saturating_sub(TOLD);
    if more > 0 {
        lines.push(words.pick(format!("- 另外还有 {more} 条。"), format!("- And {more} more.")));
    }
}

/// Names, and how many more there are.
fn some(words: &Words<'_>, names: &[String]) -> String {
    if names.len() <= NAMES {
        return words.list(names);
    }
    let (first, n) = (&names[..NAMES], names.len());
    words.pick(
        format!("{}等 {n} 个", first.join("、")),
        format!("{} and {} more", first.join(", "), n - NAMES),
    )
}

/// Teachers by name, or how many they are.
fn teachers(words: &Words<'_>, ids: &[usize]) -> String {
    if ids.len() > NAMES {
        return words.pick(format!("{} 位老师", ids.len()), format!("{} teachers", ids.len()));
    }
    words.list(&ids.iter().map(|&t| words.teacher(t)).collect::<Vec<_>>())
}

/// Children by name.
fn children(words: &Words<'_>, ids: &[usize]) -> String {
    let names: Vec<String> = ids.iter().map(|&c| words.child(c)).collect();
    some(words, &names)
}

/// Classes by name.
fn groups(words: &Words<'_>, ids: &[usize]) -> String {
    let names: Vec<String> = ids.iter().map(|&g| words.group(g)).collect();
    some(words, &names)
}
