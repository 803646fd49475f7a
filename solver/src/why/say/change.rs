//! What changes, as one would tell a colleague.

use super::session::{by_and_in, when};
use crate::{
    explain::{
        Difference,
        say::{bracketed, signed},
    },
    problem::Task,
    solution::Session,
    why::{Change, Placement, Repair},
    words::Words,
};

impl Change {
    /// 把…从…挪到…，改由…上.
    pub fn sentence(&self, words: &Words) -> String {
        let (task, to) = (words.task(self.to.task), when(words, &self.to));
        let Some(from) = self.from else {
            let with = by_and_in(words, &self.to);
            return words.say(
                || format!("给{task}排上 {to}（{with}）。"),
                || format!("put {task} on {to} ({with})."),
            );
        };
        let mut parts = Vec::new();
        if (from.day, from.start) == (self.to.day, self.to.start) {
            parts.push(words.pick(
                format!("{task} 时间不变（{to}）"),
                format!("{task} stays at its time ({to})"),
            ));
        } else {
            let from = when(words, &from);
            parts.push(words.pick(
                format!("把{task}从 {from} 挪到 {to}"),
                format!("move {task} from {from} to {to}"),
            ));
        }
        parts.extend(self.people(words, &from));
        words.say(
            || format!("{}。", parts.join("，")),
            || format!("{}.", parts.join(", ")),
        )
    }

    /// Who and where, as far as that is not as it was.
    fn people(&self, words: &Words, from: &Session) -> Vec<String> {
        let to = &self.to;
        let mut parts = Vec::new();
        if from.teacher != to.teacher {
            let (old, new) = (words.teacher(from.teacher), words.teacher(to.teacher));
            parts.push(words.pick(format!("由{old}改为{new}上"), format!("led by {new} instead of {old}")));
        }
        if from.second != to.second {
            let (chinese, english) = match to.task {
                Task::Order(_) => ("跟岗", "watched"),
                Task::Group(_) => ("当助教", "assisted"),
            };
            parts.extend(from.second.map(|t| {
                let name = words.teacher(t);
                words.pick(format!("{name}不再{chinese}"), format!("no longer {english} by {name}"))
            }));
            parts.extend(to.second.map(|t| {
                let name = words.teacher(t);
                words.pick(format!("{name}来{chinese}"), format!("now {english} by {name}"))
            }));
        }
        if from.room != to.room {
            let (old, new) = (words.room(from.room), words.room(to.room));
            parts.push(words.pick(format!("{old}换到{new}"), format!("in {new} instead of {old}")));
        }
        parts
    }
}

impl Placement {
    /// With whom, where, and what it costs.
    pub fn sentence(&self, words: &Words) -> String {
        let (with, cost) = (by_and_in(words, &self.session), cost(words, &self.cost));
        words.say(|| format!("{with}：{cost}。"), || format!("{with}: {cost}."))
    }
}

impl Repair {
    /// Whom it concerns and what it costs, then what changes.
    pub fn lines(&self, words: &Words) -> Vec<String> {
        let families: Vec<String> = self.families.iter().map(|&c| words.child(c)).collect();
        let (n, cost) = (families.len(), cost(words, &self.cost));
        let leads = match self.leads_changed {
            0 => String::new(),
            n => words.pick(
                format!("，另有 {n} 节换老师"),
                format!(", {} with another lead", words.count(n, "session", "sessions")),
            ),
        };
        let head = words.say(
            || match n {
                0 => format!("家庭都不用改时间{leads}，{cost}："),
                _ => format!("影响 {n} 个家庭（{}）{leads}，{cost}：", families.join("、")),
            },
            || {
                let count = words.count(n, "family", "families");
                match n {
                    0 => format!("no family concerned{leads}, {cost}:"),
                    _ => format!("{count} concerned ({}){leads}, {cost}:", families.join(", ")),
                }
            },
        );
        let changes = self.changes.iter().map(|c| c.sentence(words));
        std::iter::once(head).chain(changes).collect()
    }
}

/// 本周成本 +4（接送 +2，老师空档 +2）.
fn cost(words: &Words, difference: &Difference) -> String {
    let terms = bracketed(words, difference);
    match difference.cost {
        0 => words.pick(
            format!("本周成本不变{terms}"),
            format!("the week costs the same{terms}"),
        ),
        more => {
            let more = signed(more);
            words.pick(
                format!("本周成本 {more}{terms}"),
                format!("cost of the week {more}{terms}"),
            )
        }
    }
}
