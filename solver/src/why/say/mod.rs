//! The answer in sentences, as one would give it to the head of teaching.

mod change;
mod chinese;
mod english;
mod leads;
mod session;

use super::{
    Verdict, Why,
    fact::{Fact, Role},
    place::Lead,
};
use crate::words::{Language, Words};
use session::{by_and_in, when};

impl Fact {
    /// In one sentence.
    pub fn sentence(&self, words: &Words) -> String {
        words.say(
            || format!("{}。", self.clause(words)),
            || format!("{}.", self.clause(words)),
        )
    }

    /// The sentence without its full stop.
    fn clause(&self, words: &Words) -> String {
        let (subject, predicate) = (self.subject(words), self.predicate(words, false));
        if subject.is_empty() {
            return predicate;
        }
        format!("{subject} {predicate}")
    }

    fn predicate(&self, words: &Words, many: bool) -> String {
        match words.language {
            Language::Chinese => chinese::predicate(words, self),
            Language::English => english::predicate(words, self, many),
        }
    }

    /// Whom or what it is about; nothing where the predicate says it.
    fn subject(&self, words: &Words) -> String {
        match *self {
            Self::NoSuchTime { .. }
            | Self::OverBreak { .. }
            | Self::AfterClosing { .. }
            | Self::RoomsTaken { .. }
            | Self::NobodyQualified { .. } => String::new(),
            Self::ChildAway { child, .. }
            | Self::ChildBusy { child, .. }
            | Self::ChildDayFull { child, .. }
            | Self::ChildRunLong { child, .. } => words.child(child),
            Self::NothingPrescribed { task } | Self::HalfDayTaken { task, .. } | Self::DayTaken { task, .. } => {
                words.task(task)
            }
            Self::Pinned { ref pin } => words.task(pin.task),
            Self::NoRoomOfKind { site, .. } => words.site(site),
            Self::LevelLow { teacher, .. }
            | Self::TooManyLeads { teacher, .. }
            | Self::LeadPinned { teacher, .. }
            | Self::NotMentor { teacher, .. }
            | Self::WayWithout { teacher, .. } => words.teacher(teacher),
            Self::NotAtSite { teacher, role, .. }
            | Self::Excluded { teacher, role, .. }
            | Self::TeacherAway { teacher, role, .. }
            | Self::TeacherBusy { teacher, role, .. }
            | Self::TeacherDayFull { teacher, role, .. }
            | Self::TeacherWeekFull { teacher, role, .. }
            | Self::TeacherRunLong { teacher, role, .. }
            | Self::NoTimeForWay { teacher, role, .. } => {
                let name = words.teacher(teacher);
                match role {
                    Role::Lead => name,
                    Role::Watching => words.pick(format!("跟岗的{name}"), format!("{name} (watching)")),
                    Role::Assisting => words.pick(format!("助教{name}"), format!("{name} (assisting)")),
                }
            }
        }
    }

    /// What stands against a lead, to be read after the lead's name; `many` of several leads alike.
    fn against(&self, words: &Words, lead: &Lead, many: bool) -> String {
        let watching = matches!(
            self,
            Self::NotAtSite { role, .. }
            | Self::Excluded { role, .. }
            | Self::TeacherAway { role, .. }
            | Self::TeacherBusy { role, .. }
            | Self::TeacherDayFull { role, .. }
            | Self::TeacherWeekFull { role, .. }
            | Self::TeacherRunLong { role, .. }
            | Self::NoTimeForWay { role, .. } if *role != Role::Lead
        );
        if self.teacher() == Some(lead.teacher) && !watching {
            self.predicate(words, many)
        } else {
            self.clause(words)
        }
    }
}

impl Why {
    /// For people, line by line.
    pub fn lines(&self, words: &Words) -> Vec<String> {
        let mut lines = vec![self.answer(words)];
        if self.amiss > 0 {
            let n = self.amiss;
            lines.push(words.say(
                || format!("注意：这份课表本身还有 {n} 处不合规定或没排上。"),
                || {
                    format!(
                        "note: the timetable itself has {} amiss.",
                        words.count(n, "thing", "things")
                    )
                },
            ));
        }
        if self.verdict == Verdict::Free {
            let heads = ("可以这样排：", "it can be:");
            section(
                words,
                &mut lines,
                heads,
                self.placements.iter().map(|p| p.sentence(words)),
            );
            return lines;
        }
        let (open, given): (Vec<&Fact>, Vec<&Fact>) = self.facts.iter().partition(|f| f.can_be_mended());
        let heads = ("给定的条件就不允许：", "what is given rules it out:");
        section(words, &mut lines, heads, given.into_iter().map(|f| f.sentence(words)));
        let heads = ("不管谁来上，都碍着：", "in the way, whoever leads it:");
        section(words, &mut lines, heads, open.into_iter().map(|f| f.sentence(words)));
        leads::lines(words, &self.leads, &mut lines);
        if self.verdict == Verdict::Blocked {
            self.repair_lines(words, &mut lines);
        }
        lines
    }

    fn answer(&self, words: &Words) -> String {
        let q = &self.question;
        let task = crate::problem::Task::Order(q.order);
        let (name, time) = (words.task(task), words.time_of(task, q.day, q.start));
        let now = match (self.moving, self.verdict) {
            (Some(s), Verdict::There) => by_and_in(words, &s),
            (Some(s), _) => {
                let (when, with) = (when(words, &s), by_and_in(words, &s));
                words.pick(format!("现在在 {when}，{with}"), format!("now {when}, {with}"))
            }
            (None, _) => words.pick("有一节还没排上", "one has no time yet").to_owned(),
        };
        words.say(
            || match self.verdict {
                Verdict::There => format!("{name} 本来就在 {time}（{now}）。"),
                Verdict::Free => format!("{name} 可以排在 {time}，别的课都不用动（{now}）。"),
                Verdict::Blocked => format!("{name} 排不进 {time}，除非动别的课（{now}）。"),
                Verdict::Never => format!("{name} 不能排在 {time}，挪别的课也没用（{now}）。"),
            },
            || match self.verdict {
                Verdict::There => format!("{name} is on {time} already ({now})."),
                Verdict::Free => format!("{name} can be on {time}, nothing else has to move ({now})."),
                Verdict::Blocked => format!("{name} cannot be on {time} unless something else moves ({now})."),
                Verdict::Never => format!("{name} cannot be on {time}, whatever else moves ({now})."),
            },
        )
    }

    fn repair_lines(&self, words: &Words, lines: &mut Vec<String>) {
        if self.repairs.is_empty() {
            lines.push(words.say(
                || "没有找到既不违反规定又能排进去的办法。".to_owned(),
                || "no way was found that breaks no rule.".to_owned(),
            ));
            return;
        }
        lines.push(words.say(
            || "办法（都验算过，影响家庭少的在前）：".to_owned(),
            || "ways, all of them verified, the fewest families first:".to_owned(),
        ));
        for (n, repair) in self.repairs.iter().enumerate() {
            let mut told = repair.lines(words).into_iter();
            lines.extend(told.next().map(|head| format!("  {}. {head}", n + 1)));
            lines.extend(told.map(|change| format!("     - {change}")));
        }
    }
}

/// A heading and what stands under it, unless that is nothing.
fn section(words: &Words, lines: &mut Vec<String>, head: (&str, &str), items: impl IntoIterator<Item = String>) {
    let mut items = items.into_iter().peekable();
    if items.peek().is_some() {
        lines.push(words.say(|| head.0.to_owned(), || head.1.to_owned()));
        lines.extend(items.map(|item| format!("  - {item}")));
    }
}
