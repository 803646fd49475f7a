//! People, times and lengths in words, for the sentences of every report: 儿童 12, 周二 9:30–10:30, 1.5 小时.

use crate::problem::{ChildId, Day, GroupId, OrderId, Problem, RoomId, ServiceId, SiteId, Slot, Task, TeacherId};

/// A language that sentences are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Simplified Chinese.
    Chinese,
    /// English.
    English,
}

impl Language {
    /// The text in this language.
    pub fn pick<T>(self, chinese: T, english: T) -> T {
        match self {
            Self::Chinese => chinese,
            Self::English => english,
        }
    }
}

/// How people and places are called in sentences.
pub trait Names {
    /// A teacher, therapist or trainee.
    fn teacher(&self, id: TeacherId, language: Language) -> String;

    /// A child.
    fn child(&self, id: ChildId, language: Language) -> String;

    /// A room.
    fn room(&self, id: RoomId, language: Language) -> String;

    /// A site.
    fn site(&self, id: SiteId, language: Language) -> String;

    /// A group.
    fn group(&self, id: GroupId, language: Language) -> String;
}

/// Everybody by number, as it stands in the files: 儿童 12, 老师 3, 教室 2.
pub struct Ids;

impl Names for Ids {
    fn teacher(&self, id: TeacherId, language: Language) -> String {
        language.pick(format!("老师 {id}"), format!("teacher {id}"))
    }

    fn child(&self, id: ChildId, language: Language) -> String {
        language.pick(format!("儿童 {id}"), format!("child {id}"))
    }

    fn room(&self, id: RoomId, language: Language) -> String {
        language.pick(format!("教室 {id}"), format!("room {id}"))
    }

    fn site(&self, id: SiteId, language: Language) -> String {
        language.pick(format!("校区 {id}"), format!("site {id}"))
    }

    fn group(&self, id: GroupId, language: Language) -> String {
        language.pick(format!("{id} 班"), format!("group {id}"))
    }
}

/// The words of one language for one week.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    /// Whose people and times are spoken of.
    pub problem: &'a Problem,
    /// How people are called.
    pub names: &'a dyn Names,
    /// In which language.
    pub language: Language,
}

impl<'a> Words<'a> {
    /// Words in which everybody is called by number.
    pub fn new(problem: &'a Problem, language: Language) -> Self {
        Self {
            problem,
            names: &Ids,
            language,
        }
    }

    /// The text of this language.
    pub fn pick<T>(&self, chinese: T, english: T) -> T {
        self.language.pick(chinese, english)
    }

    /// A sentence put together from parts: Chinese with spaces around Latin letters and digits, English with a capital.
    pub fn say(&self, chinese: impl FnOnce() -> String, english: impl FnOnce() -> String) -> String {
        match self.language {
            Language::Chinese => spaced(&chinese()),
            Language::English => capital(&english()),
        }
    }

    /// A teacher, therapist or trainee.
    pub fn teacher(&self, id: TeacherId) -> String {
        self.names.teacher(id, self.language)
    }

    /// A child.
    pub fn child(&self, id: ChildId) -> String {
        self.names.child(id, self.language)
    }

    /// A room.
    pub fn room(&self, id: RoomId) -> String {
        self.names.room(id, self.language)
    }

    /// A site.
    pub fn site(&self, id: SiteId) -> String {
        self.names.site(id, self.language)
    }

    /// A service, as the centre calls it.
    pub fn service(&self, id: ServiceId) -> String {
        self.problem
            .services
            .get(id)
            .map_or_else(String::new, |s| s.name.clone())
    }

    /// The service of an order or a group.
    pub fn service_of(&self, task: Task) -> String {
        self.problem
            .series(task)
            .map_or_else(String::new, |s| self.service(s.service))
    }

    /// A class: its service and its name.
    pub fn group(&self, id: GroupId) -> String {
        let (service, name) = (self.service_of(Task::Group(id)), self.names.group(id, self.language));
        self.pick(format!("{service} {name}"), format!("{service} ({name})"))
    }

    /// A prescription: whose, and what.
    pub fn order(&self, id: OrderId) -> String {
        let child = self
            .problem
            .orders
            .get(id)
            .map_or_else(String::new, |o| self.child(o.child));
        let service = self.service_of(Task::Order(id));
        self.pick(format!("{child} 的 {service}"), format!("{service} of {child}"))
    }

    /// A prescription or a class.
    pub fn task(&self, task: Task) -> String {
        match task {
            Task::Order(id) => self.order(id),
            Task::Group(id) => self.group(id),
        }
    }

    /// A day of the week.
    pub fn day(&self, day: Day) -> String {
        const CHINESE: [&str; 7] = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];
        const ENGLISH: [&str; 7] = [
            "Monday",
            "Tuesday",
            "Wednesday",
            "Thursday",
            "Friday",
            "Saturday",
            "Sunday",
        ];
        let name = self.pick(CHINESE, ENGLISH).get(day).map(|name| (*name).to_owned());
        let nth = day.saturating_add(1);
        name.unwrap_or_else(|| self.pick(format!("第 {nth} 天"), format!("day {nth}")))
    }

    /// When a slot begins: 9:30.
    pub fn clock(&self, slot: Slot) -> String {
        match self.problem.grid.starts.get(slot) {
            Some(&minutes) => clock(minutes),
            None => {
                let nth = slot.saturating_add(1);
                self.pick(format!("第 {nth} 个时段"), format!("slot {nth}"))
            }
        }
    }

    /// From the beginning of a slot to the end of the last of `dur` slots: 9:30–10:30. Only the beginning where the end
    /// lies outside its half-day.
    pub fn span(&self, start: Slot, dur: usize) -> String {
        let end = start.saturating_add(dur);
        let within = |&(from, to): &(Slot, Slot)| from <= start && start < end && end <= to;
        if self.problem.grid.blocks.iter().any(within) {
            format!("{}–{}", self.clock(start), self.end(end))
        } else {
            self.clock(start)
        }
    }

    /// When the slot before this one ends: 11:30.
    pub fn end(&self, slot: Slot) -> String {
        let grid = &self.problem.grid;
        let last = slot.checked_sub(1).and_then(|last| grid.starts.get(last));
        last.map_or_else(|| self.clock(slot), |&minutes| clock(minutes + grid.slot_minutes))
    }

    /// When a session is: 周二 9:30–10:30.
    pub fn time(&self, day: Day, start: Slot, dur: usize) -> String {
        format!("{} {}", self.day(day), self.span(start, dur))
    }

    /// When a session of a task is.
    pub fn time_of(&self, task: Task, day: Day, start: Slot) -> String {
        self.time(day, start, self.problem.series(task).map_or(1, |s| s.dur))
    }

    /// The half-day of a slot: 上午, 下午 where there are two; else when it begins.
    pub fn half_day(&self, slot: Slot) -> String {
        let blocks = &self.problem.grid.blocks;
        let nth = blocks.iter().position(|&(from, to)| (from..to).contains(&slot));
        match (nth, blocks.len()) {
            (Some(0), 2) => self.pick("上午", "morning").to_owned(),
            (Some(1), 2) => self.pick("下午", "afternoon").to_owned(),
            (Some(_), 1) => self.pick("全天", "day").to_owned(),
            (Some(n), _) => {
                let from = blocks.get(n).map_or_else(String::new, |b| self.clock(b.0));
                self.pick(format!("{from} 开始的半天"), format!("half-day from {from}"))
            }
            (None, _) => self.clock(slot),
        }
    }

    /// So many slots as a length of time: 30 分钟, 1.5 小时.
    pub fn length(&self, slots: usize) -> String {
        let minutes = u64::try_from(slots)
            .unwrap_or(u64::MAX)
            .saturating_mul(u64::from(self.problem.grid.slot_minutes));
        let (hours, rest) = (minutes / 60, minutes % 60);
        match (hours, rest) {
            (_, 0) if hours > 0 => self.pick(format!("{hours} 小时"), format!("{hours} h")),
            (_, 30) if hours > 0 => self.pick(format!("{hours}.5 小时"), format!("{hours}.5 h")),
            (0, _) => self.pick(format!("{rest} 分钟"), format!("{rest} min")),
            _ => self.pick(format!("{hours} 小时 {rest} 分钟"), format!("{hours} h {rest} min")),
        }
    }

    /// Several things: A、B和C; A, B and C.
    pub fn list(&self, items: &[String]) -> String {
        match items {
            [] => String::new(),
            [one] => one.clone(),
            [first @ .., last] => {
                let first = first.join(self.pick("、", ", "));
                self.pick(format!("{first}和{last}"), format!("{first} and {last}"))
            }
        }
    }

    /// A number of things in English: 1 family, 2 families.
    pub fn count(&self, n: usize, one: &str, many: &str) -> String {
        format!("{n} {}", if n == 1 { one } else { many })
    }
}

fn clock(minutes: u32) -> String {
    format!("{}:{:02}", minutes / 60, minutes % 60)
}

/// A space wherever Chinese meets Latin letters or digits, none between Chinese and Chinese.
pub fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut last: Option<char> = None;
    let mut gap = false;
    for c in text.chars() {
        if c == ' ' {
            gap = true;
            continue;
        }
        if let Some(before) = last {
            let meets = (is_han(before) && is_latin(c)) || (is_latin(before) && is_han(c));
            let none = is_full(before) || is_full(c) || (is_han(before) && is_han(c));
            if meets || (gap && !none) {
                out.push(' ');
            }
        }
        out.push(c);
        (last, gap) = (Some(c), false);
    }
    out
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

fn is_latin(c: char) -> bool {
    c.is_ascii_alphanumeric()
}

fn is_full(c: char) -> bool {
    matches!(c, '，' | '。' | '、' | '；' | '：' | '（' | '）' | '“' | '”')
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}
