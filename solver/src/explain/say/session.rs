//! A session in sentences.

use std::collections::BTreeSet;

use super::{Text, broken, by_term, decisions, lead::lead, points, signed};
use crate::{
    explain::{Alternative, SessionReport},
    problem::Task,
    solution::Session,
    words::Words,
};

/// Other times that are told.
const TIMES: usize = 5;

impl SessionReport {
    /// The report for people. The words are those of the problem that was looked at.
    pub fn text(&self, words: &Words) -> String {
        let mut text = Text::default();
        self.what(words, &mut text);
        self.faults(words, &mut text);
        self.costs(words, &mut text);
        lead(words, &mut text, self);
        self.elsewhere(words, &mut text);
        text.done()
    }

    fn what(&self, words: &Words, text: &mut Text) {
        let (number, s) = (self.lesson.number, self.lesson.session);
        let (task, time) = (words.task(s.task), words.time_of(s.task, s.day, s.start));
        let (lead, room) = (words.teacher(s.teacher), words.room(s.room));
        let site = words.problem.site(s.task).map_or_else(String::new, |id| words.site(id));
        let second = self.second(words);
        text.line(words.say(
            || format!("{number} 号课：{task}，{time}，{lead}上{second}，在{site}{room}。"),
            || format!("Session {number}: {task}, {time}, with {lead}{second}, in {room} at {site}."),
        ));
        if let Task::Group(_) = s.task {
            let n = self.children.len();
            let children = words.list(&self.children.iter().map(|&c| words.child(c)).collect::<Vec<_>>());
            text.line(words.say(
                || format!("{n} 名儿童：{children}。"),
                || format!("{}: {children}.", words.count(n, "child", "children")),
            ));
        }
        let (nth, held, prescribed) = (self.nth, self.held, self.prescribed);
        let fixed = if self.pin.is_some() {
            words.pick("事先定好了", "it was decided beforehand")
        } else {
            words.pick("没有事先定死", "nothing about it was decided beforehand")
        };
        text.line(words.say(
            || {
                let all = if held == prescribed {
                    String::new()
                } else {
                    format!("（应上 {prescribed} 节）")
                };
                format!("一周 {held} 节{all}里的第 {nth} 节；{fixed}。")
            },
            || {
                let all = if held == prescribed {
                    String::new()
                } else {
                    format!(" ({prescribed} prescribed)")
                };
                format!("Number {nth} of {held} in the week{all}; {fixed}.")
            },
        ));
        if let Some(pin) = &self.pin {
            let decided = decisions(words, pin);
            text.line(words.say(
                || format!("定好的是：{decided}。这些不能动。"),
                || format!("What was decided stays: {decided}."),
            ));
        }
    }

    fn second(&self, words: &Words) -> String {
        let s = self.lesson.session;
        s.second.map_or_else(String::new, |id| {
            let second = words.teacher(id);
            match s.task {
                Task::Group(_) => words.pick(format!("，{second}助教"), format!(", {second} assisting")),
                Task::Order(_) => words.pick(format!("，{second}跟岗"), format!(", {second} watching")),
            }
        })
    }

    fn faults(&self, words: &Words, text: &mut Text) {
        if self.broken.is_empty() {
            return;
        }
        text.heading(
            words
                .pick("因为这一节，没有守住的规定", "Rules that are broken because of it")
                .to_owned(),
        );
        for rule in &self.broken {
            broken(words, text, rule);
        }
    }

    fn costs(&self, words: &Words, text: &mut Text) {
        text.heading(words.pick("它的代价", "What it costs").to_owned());
        let cost = &self.cost;
        let (n, terms) = (points(words, cost.cost.saturating_abs()), by_term(words, cost));
        text.item(&match (cost.cost, terms.is_empty()) {
            (_, true) => words.say(
                || "有没有这一节，一周的代价一样。".to_owned(),
                || "The week costs the same with it and without it.".to_owned(),
            ),
            (0, false) => words.say(
                || format!("有没有这一节，一周的代价合起来一样：{terms}。"),
                || format!("The week costs the same with it and without it: {terms}."),
            ),
            (1.., false) => words.say(
                || format!("有了这一节，一周多 {n}：{terms}。"),
                || format!("With it the week costs {n} more: {terms}."),
            ),
            (_, false) => words.say(
                || format!("有了这一节，一周反而少 {n}：{terms}。"),
                || format!("With it the week costs {n} less: {terms}."),
            ),
        });
    }

    fn elsewhere(&self, words: &Words, text: &mut Text) {
        text.heading(
            words
                .pick("别的都不动，它还能在哪里", "Where else it could be, all else as it is")
                .to_owned(),
        );
        if self.pin.is_some() && self.alternatives.is_empty() {
            text.item(&words.say(
                || "事先定好了，不去别处。".to_owned(),
                || "Nowhere, as it was decided beforehand.".to_owned(),
            ));
            return;
        }
        text.item(&self.tightness(words));
        let Some(best) = self.alternatives.first() else {
            text.item(&words.say(|| "没有别的位置。".to_owned(), || "There is no other place.".to_owned()));
            return;
        };
        text.item(&self.verdict(words, best));
        text.table(&self.rows(words), &[0]);
    }

    /// How many times there are, and what is left of them.
    fn tightness(&self, words: &Words) -> String {
        let t = self.times;
        let (all, family, staffed, possible) = (t.all, t.family, t.staffed, t.possible);
        let left = match (family, staffed, possible) {
            (0, ..) => words.pick(
                "没有一个孩子来得了又空着".to_owned(),
                "at none of them can the family come and is free".to_owned(),
            ),
            (_, 0, _) => words.pick(
                format!("孩子来得了又空着的有 {family} 个，其中没有一个老师和教室也空着"),
                format!("at {family} the family can come and is free, and then no lead or no room is"),
            ),
            (.., 0) => words.pick(
                format!("孩子来得了又空着的有 {family} 个，其中老师和教室也空着的 {staffed} 个，但都守不住规定"),
                format!("at {family} the family can come and is free, at {staffed} a lead and a room too, but each would break a rule"),
            ),
            _ => words.pick(
                format!(
                    "孩子来得了又空着的有 {family} 个，其中老师和教室也空着的 {staffed} 个，规定也都守得住的 {possible} 个"
                ),
                format!(
                    "at {family} the family can come and is free, at {staffed} a lead and a room too, at {possible} with every rule kept"
                ),
            ),
        };
        words.say(
            || format!("除了现在的时间，一周还有 {all} 个时间放得下这一节：{left}。"),
            || {
                format!(
                    "The week has {} for it: {left}.",
                    words.count(all, "other time", "other times")
                )
            },
        )
    }

    fn verdict(&self, words: &Words, best: &Alternative) -> String {
        let there = place(words, self.lesson.session, best.session);
        let cost = best.cost.cost;
        let n = points(words, cost.saturating_abs());
        match (self.broken.is_empty(), cost) {
            (false, 1..) => words.say(
                || format!("{there}，就守住了规定，一周多 {n}。"),
                || format!("{there} no rule is broken; the week costs {n} more."),
            ),
            (false, 0) => words.say(
                || format!("{there}，就守住了规定，代价一样。"),
                || format!("{there} no rule is broken, at the same cost."),
            ),
            (false, _) => words.say(
                || format!("{there}，就守住了规定，一周还少 {n}。"),
                || format!("{there} no rule is broken, and the week costs {n} less."),
            ),
            (true, ..0) => words.say(
                || format!("有更便宜的位置：{there}，一周少 {n}。"),
                || format!("There is a cheaper place: {there} the week costs {n} less."),
            ),
            (true, 0) => words.say(
                || format!("没有更便宜的位置；{there}，代价一样。"),
                || format!("There is no cheaper place; {there} the cost is the same."),
            ),
            (true, _) => words.say(
                || format!("没有更便宜的位置；最接近的也要多 {n}。"),
                || format!("There is no cheaper place; the next costs {n} more."),
            ),
        }
    }

    /// The cheapest place of each of the cheapest times.
    fn rows(&self, words: &Words) -> Vec<Vec<String>> {
        let mut seen = BTreeSet::new();
        let mut rows = Vec::new();
        for a in &self.alternatives {
            let s = a.session;
            if rows.len() == TIMES || !seen.insert((s.day, s.start)) {
                continue;
            }
            let mut who = words.teacher(s.teacher);
            if let Some(second) = s.second {
                who += &format!(" + {}", words.teacher(second));
            }
            rows.push(vec![
                signed(a.cost.cost),
                words.time_of(s.task, s.day, s.start),
                who,
                words.room(s.room),
                by_term(words, &a.cost),
            ]);
        }
        rows
    }
}

/// A place, by what is not as it is now.
fn place(words: &Words, now: Session, then: Session) -> String {
    let mut parts = Vec::new();
    if (now.day, now.start) != (then.day, then.start) {
        let time = words.time_of(then.task, then.day, then.start);
        parts.push(words.pick(format!("挪到{time}"), format!("on {time}")));
    }
    if now.teacher != then.teacher {
        let teacher = words.teacher(then.teacher);
        parts.push(words.pick(format!("换{teacher}上"), format!("with {teacher}")));
    }
    if now.second != then.second {
        parts.push(match then.second.map(|t| words.teacher(t)) {
            Some(t) => words.pick(format!("{t}助教"), format!("{t} assisting")),
            None => words.pick("不带跟岗".to_owned(), "nobody watching".to_owned()),
        });
    }
    if now.room != then.room {
        let room = words.room(then.room);
        parts.push(words.pick(format!("用{room}"), format!("in {room}")));
    }
    parts.join(words.pick("，", ", "))
}
