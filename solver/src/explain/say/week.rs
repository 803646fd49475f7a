//! The week in sentences.

use super::{
    Text, broken,
    contributor::{contributor, others},
    decisions, label, points, units,
};
use crate::{
    explain::{Missing, TeacherReport, TermReport, WeekReport},
    words::Words,
};

/// Contributors that are told of each term.
const CONTRIBUTORS: usize = 3;
/// Items of a list of what is missing.
const MISSING: usize = 20;
/// Teachers with the fullest and with the emptiest weeks.
const TEACHERS: usize = 3;

impl WeekReport {
    /// The report for people. The words are those of the problem that was looked at.
    pub fn text(&self, words: &Words) -> String {
        let mut text = Text::default();
        self.summary(words, &mut text);
        self.faults(words, &mut text);
        self.costs(words, &mut text);
        self.people(words, &mut text);
        self.load(words, &mut text);
        self.by_centre(words, &mut text);
        text.done()
    }

    fn summary(&self, words: &Words, text: &mut Text) {
        let (children, teachers) = (words.problem.children.len(), words.problem.teachers.len());
        let (name, held, prescribed) = (&self.instance, self.held, self.prescribed);
        text.line(words.say(
            || {
                format!(
                    "{name} 的课表：{children} 名儿童，{teachers} 位老师，一周应上 {prescribed} 节课，排了 {held} 节。"
                )
            },
            || {
                format!(
                    "The timetable of {name}: {}, {}, {prescribed} sessions prescribed, {held} in the timetable.",
                    words.count(children, "child", "children"),
                    words.count(teachers, "teacher", "teachers")
                )
            },
        ));
        if self.feasible {
            text.line(words.say(
                || "可以公布：课都排上了，没有违反任何一条规定。".to_owned(),
                || "It can be published: nothing is missing, and no rule is broken.".to_owned(),
            ));
            return;
        }
        let sessions: usize = self.missing.iter().map(|m| m.sessions).sum();
        let places: usize = self.unplaced.iter().map(|u| u.places).sum();
        let (rules, pins) = (self.broken.len(), self.unkept.len());
        let mut said = Vec::new();
        if sessions > 0 {
            said.push(words.pick(
                format!("{sessions} 节课没有排上"),
                format!("{} missing", words.count(sessions, "session is", "sessions are")),
            ));
        }
        if places > 0 {
            said.push(words.pick(
                format!("{places} 个集体课名额没有落实"),
                format!(
                    "{} missing",
                    words.count(places, "place in a class is", "places in classes are")
                ),
            ));
        }
        if rules > 0 {
            said.push(words.pick(
                format!("{rules} 条规定没有守住"),
                format!("{} broken", words.count(rules, "rule is", "rules are")),
            ));
        }
        if pins > 0 {
            said.push(words.pick(
                format!("{pins} 处事先定好的没有照办"),
                format!("{} not kept", words.count(pins, "decision is", "decisions are")),
            ));
        }
        let said = said.join(words.pick("，", ", "));
        text.line(words.say(
            || format!("还不能公布：{said}。"),
            || format!("It cannot be published yet: {said}."),
        ));
    }

    fn faults(&self, words: &Words, text: &mut Text) {
        if !self.missing.is_empty() {
            text.heading(words.pick("没有排上的课", "Sessions that are missing").to_owned());
            some(words, text, self.missing.iter().map(|m| m.sentence(words)).collect());
        }
        if !self.unplaced.is_empty() {
            text.heading(
                words
                    .pick("没有落实的集体课名额", "Places in classes that are missing")
                    .to_owned(),
            );
            let items = self.unplaced.iter().map(|u| {
                let (child, service, n) = (words.child(u.child), words.service(u.service), u.places);
                words.say(
                    || format!("{child}：{service}，{n} 个名额。"),
                    || format!("{child}: {service}, {}.", words.count(n, "place", "places")),
                )
            });
            some(words, text, items.collect());
        }
        if !self.broken.is_empty() {
            text.heading(words.pick("没有守住的规定", "Rules that are broken").to_owned());
            for rule in &self.broken {
                broken(words, text, rule);
            }
        }
        if !self.unkept.is_empty() {
            text.heading(
                words
                    .pick("事先定好、课表没有照办的", "Decisions that are not kept")
                    .to_owned(),
            );
            let items = self.unkept.iter().map(|pin| {
                let (task, decided) = (words.task(pin.task), decisions(words, pin));
                words.say(|| format!("{task}：{decided}。"), || format!("{task}: {decided}."))
            });
            some(words, text, items.collect());
        }
    }

    fn costs(&self, words: &Words, text: &mut Text) {
        let total = points(words, self.cost);
        text.heading(words.pick(
            format!("代价：一共 {total}，越少越好"),
            format!("The cost: {total} in all, the fewer the better"),
        ));
        let head = words.pick(
            ["", "数量", "每个", "小计", "占比"],
            ["", "how much", "each", "cost", "share"],
        );
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        for t in self.terms.iter().filter(|t| t.units > 0) {
            rows.push(vec![
                label(words, t.term).to_owned(),
                units(words, t.term, t.units),
                t.weight.to_string(),
                t.cost.to_string(),
                percent(t.permille),
            ]);
        }
        text.table(&rows, &[1, 2, 3, 4]);
        let slot = words.length(1);
        text.item(&words.pick(format!("一个时段是 {slot}。"), format!("A slot is {slot}.")));
        let none = self.terms.iter().filter(|t| t.units == 0);
        let none: Vec<String> = none.map(|t| label(words, t.term).to_owned()).collect();
        if !none.is_empty() {
            let none = words.list(&none);
            text.item(&words.pick(format!("一点没有的：{none}。"), format!("None of: {none}.")));
        }
    }

    fn people(&self, words: &Words, text: &mut Text) {
        let dear: Vec<&TermReport> = self.terms.iter().filter(|t| t.cost > 0).collect();
        if dear.is_empty() {
            return;
        }
        text.heading(words.pick("代价在谁身上", "Whose it is").to_owned());
        for t in dear {
            let (name, cost) = (label(words, t.term), points(words, t.cost));
            let unit = t.term.sentence(words.language);
            text.line(words.say(
                || format!("· {name}（{cost}）：{unit}"),
                || format!("· {name} ({cost}): {}", small(unit)),
            ));
            for c in t.contributors.iter().take(CONTRIBUTORS) {
                text.item(&contributor(words, t.term, c));
            }
            let rest = t.contributors.get(CONTRIBUTORS..).unwrap_or_default();
            if !rest.is_empty() {
                text.item(&others(words, rest));
            }
            let least: usize = t.contributors.iter().filter_map(|c| c.least).sum();
            if least > 0 {
                text.item(&words.pick(
                    format!("{} 趟里有 {least} 趟按处方少不了。", t.units),
                    format!("Of {} trips {least} cannot be spared by the prescriptions.", t.units),
                ));
            }
        }
    }

    fn load(&self, words: &Words, text: &mut Text) {
        let slots = words.length(self.teachers.iter().map(|t| t.slots).sum());
        let most = words.length(self.teachers.iter().map(|t| t.most).sum());
        let share = percent(thousandths(self.utilisation));
        let over = self.teachers.iter().filter(|t| t.slots > t.target).count();
        text.heading(words.pick(
            format!("老师的课时：一共 {slots}，上限合计 {most}，用了 {share}；{over} 位超过目标"),
            format!("Teachers' hours: {slots} of at most {most}, which is {share}; {over} above their targets"),
        ));
        let head = words.pick(
            ["", "带课", "助教跟岗", "课时", "目标", "上限", "空档"],
            ["", "leads", "assists", "hours", "target", "most", "waiting"],
        );
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        let row = |t: &TeacherReport| {
            vec![
                words.teacher(t.teacher),
                t.leads.to_string(),
                t.seconds.to_string(),
                words.length(t.slots),
                words.length(t.target),
                words.length(t.most),
                words.length(t.idle),
            ]
        };
        let (full, rest) = self.teachers.split_at(TEACHERS.min(self.teachers.len()));
        let empty = rest.get(rest.len().saturating_sub(TEACHERS)..).unwrap_or_default();
        rows.extend(full.iter().map(row));
        if rest.len() > empty.len() {
            rows.push(vec!["…".to_owned()]);
        }
        rows.extend(empty.iter().map(row));
        text.table(&rows, &[1, 2, 3, 4, 5, 6]);
    }

    fn by_centre(&self, words: &Words, text: &mut Text) {
        if self.centres.len() < 2 {
            return;
        }
        text.heading(words.pick("各中心", "By centre").to_owned());
        let head = words.pick(
            ["", "儿童", "老师", "课", "缺", "代价"],
            ["", "children", "teachers", "sessions", "missing", "cost"],
        );
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        for c in &self.centres {
            let name = match c.centre {
                Some(id) => words.pick(format!("中心 {id}"), format!("centre {id}")),
                None => words.pick("几个中心都去的老师", "teachers of several").to_owned(),
            };
            let mut row = vec![name];
            row.extend([c.children, c.teachers, c.sessions, c.missing].map(|n| n.to_string()));
            row.push(c.cost.to_string());
            rows.push(row);
        }
        text.table(&rows, &[1, 2, 3, 4, 5]);
    }
}

/// The first of some items, and how many more there are.
fn some(words: &Words, text: &mut Text, items: Vec<String>) {
    for item in items.iter().take(MISSING) {
        text.item(item);
    }
    let more = items.len().saturating_sub(MISSING);
    if more > 0 {
        text.item(&words.pick(format!("……还有 {more} 项。"), format!("… and {more} more.")));
    }
}

/// A sentence that goes on after a colon.
fn small(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// Thousandths as per cent: 12.5%.
fn percent(thousandths: i64) -> String {
    format!("{}.{}%", thousandths / 10, thousandths % 10)
}

/// A share that was rounded to thousandths.
#[allow(
    clippy::cast_possible_truncation,
    clippy::as_conversions,
    reason = "a share is no large number"
)]
fn thousandths(share: f64) -> i64 {
    (share * 1000.0).round() as i64
}

impl Missing {
    /// Of which prescription or class how many sessions have no time.
    pub fn sentence(&self, words: &Words<'_>) -> String {
        let (task, n, of) = (words.task(self.task), self.sessions, self.prescribed);
        words.say(
            || format!("{task}：少 {n} 节（应上 {of} 节）。"),
            || format!("{task}: {n} of {} missing.", words.count(of, "session", "sessions")),
        )
    }
}
