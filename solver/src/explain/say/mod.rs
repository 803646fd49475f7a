//! What the reports have found, in sentences and small tables.

mod contributor;
mod lead;
mod session;
mod week;

use super::{Broken, Difference, table::table};
use crate::{problem::Pin, score::Soft, words::Words};

/// A text made of lines.
#[derive(Default)]
struct Text {
    lines: Vec<String>,
}

impl Text {
    fn line(&mut self, line: String) {
        self.lines.push(line);
    }

    /// A heading, an empty line before it.
    fn heading(&mut self, line: String) {
        if !self.lines.is_empty() {
            self.lines.push(String::new());
        }
        self.lines.push(line);
    }

    /// An item below a line.
    fn item(&mut self, line: &str) {
        self.lines.push(format!("  {line}"));
    }

    fn table(&mut self, rows: &[Vec<String>], right: &[usize]) {
        for row in table(rows, right) {
            self.item(&row);
        }
    }

    fn done(self) -> String {
        self.lines.join("\n")
    }
}

/// A term in a word or two.
fn label(words: &Words, term: Soft) -> &'static str {
    match term {
        Soft::ExtraTeacher => words.pick("多换老师", "extra leads"),
        Soft::NotPrevTeacher => words.pick("不是上周的老师", "not last week's lead"),
        Soft::DayGap => words.pick("隔天太近", "days too close"),
        Soft::AvoidSlot => words.pick("家长不方便的时间", "unwanted times"),
        Soft::ChildIdle => words.pick("儿童干等", "children waiting"),
        Soft::ChildVisit => words.pick("接送", "family trips"),
        Soft::ShortDay => words.pick("来一天课太少", "short days"),
        Soft::TeacherIdle => words.pick("老师空档", "teachers waiting"),
        Soft::OverTarget => words.pick("超过目标课时", "over target hours"),
        Soft::ExtraSite => words.pick("老师跑校区", "changes of site"),
        Soft::ExtraRoom => words.pick("多换教室", "extra rooms"),
        Soft::ExtraStart => words.pick("钟点不固定", "extra start times"),
    }
}

/// So many units of a term.
fn units(words: &Words, term: Soft, n: usize) -> String {
    let (chinese, one, many) = match term {
        Soft::ExtraTeacher => ("位", "lead", "leads"),
        Soft::NotPrevTeacher => ("节", "session", "sessions"),
        Soft::DayGap => ("对", "pair", "pairs"),
        Soft::ChildVisit => ("趟", "trip", "trips"),
        Soft::ExtraSite => ("次", "site", "sites"),
        Soft::ExtraRoom => ("间", "room", "rooms"),
        Soft::ExtraStart => ("个钟点", "time", "times"),
        Soft::AvoidSlot | Soft::ChildIdle | Soft::ShortDay | Soft::TeacherIdle | Soft::OverTarget => {
            ("个时段", "slot", "slots")
        }
    };
    words.pick(format!("{n} {chinese}"), words.count(n, one, many))
}

/// A cost.
fn points(words: &Words, cost: i64) -> String {
    words.pick(
        format!("{cost} 分"),
        format!("{cost} {}", if cost == 1 { "point" } else { "points" }),
    )
}

/// More or less: +3, −2, 0.
pub(crate) fn signed(n: i64) -> String {
    match n {
        0 => "0".to_owned(),
        1.. => format!("+{n}"),
        _ => format!("−{}", n.unsigned_abs()),
    }
}

/// What a change does, term by term: 接送 +2，老师空档 −1.
fn by_term(words: &Words, difference: &Difference) -> String {
    let terms = difference.terms.iter().filter(|d| d.cost != 0);
    let terms: Vec<String> = terms
        .map(|d| format!("{} {}", label(words, d.term), signed(d.cost)))
        .collect();
    terms.join(words.pick("，", ", "))
}

/// The same in brackets; nothing where no term changes.
pub(crate) fn bracketed(words: &Words, difference: &Difference) -> String {
    let terms = by_term(words, difference);
    if terms.is_empty() {
        return terms;
    }
    words.pick(format!("（{terms}）"), format!(" ({terms})"))
}

/// What is decided, field by field.
pub(crate) fn decisions(words: &Words, pin: &Pin) -> String {
    let mut said = Vec::new();
    said.extend(pin.day.map(|day| words.day(day)));
    said.extend(pin.start.map(|start| {
        let clock = words.clock(start);
        words.pick(format!("{clock} 开始"), format!("from {clock}"))
    }));
    said.extend(pin.teacher.map(|t| {
        let teacher = words.teacher(t);
        words.pick(format!("{teacher}上"), format!("with {teacher}"))
    }));
    said.extend(pin.second.map(|t| {
        let teacher = words.teacher(t);
        words.pick(format!("{teacher}在旁"), format!("{teacher} beside"))
    }));
    said.extend(pin.room.map(|r| {
        let room = words.room(r);
        words.pick(format!("在{room}"), format!("in {room}"))
    }));
    said.join(words.pick("，", ", "))
}

/// A broken rule and where it is broken.
fn broken(words: &Words, text: &mut Text, broken: &Broken) {
    let (rule, n) = (broken.rule.sentence(words.language), broken.times);
    text.line(words.pick(
        format!("· {rule}（计 {n} 次）"),
        format!(
            "· {rule} (counted {})",
            if n == 1 {
                "once".to_owned()
            } else {
                format!("{n} times")
            }
        ),
    ));
    for example in &broken.examples {
        text.item(&example.sentence(words.problem, words.names, words.language));
    }
    // One example may count for more than one, so it is the full list that tells that there are others.
    let (told, all) = (broken.examples.len(), crate::score::EXAMPLES);
    if told >= all && n > told {
        text.item(words.pick("……不止这些。", "… and more."));
    }
}
