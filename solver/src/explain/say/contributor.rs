//! Who makes how much of a term, in a sentence.

use super::{points, units};
use crate::{
    explain::Contributor,
    problem::{Series, Task, TeacherId},
    score::{Soft, Whose},
    words::Words,
};

/// Who makes how much of a term, and with what.
pub(super) fn contributor(words: &Words, term: Soft, c: &Contributor) -> String {
    let who = match c.whose {
        Whose::Order(id) => words.order(id),
        Whose::Group(id) => words.group(id),
        Whose::Child(id) => words.child(id),
        Whose::Teacher(id) => words.teacher(id),
    };
    let what = match term {
        Soft::ExtraTeacher => {
            let leads = words.list(&leads(words, c, None));
            words.pick(format!("由{leads}轮着上"), format!("with {leads}"))
        }
        Soft::NotPrevTeacher => strangers(words, c),
        Soft::DayGap => {
            let mut days: Vec<usize> = c.lessons.iter().map(|l| l.session.day).collect();
            days.dedup();
            let days = words.list(&days.into_iter().map(|d| words.day(d)).collect::<Vec<_>>());
            let apart = series(words, c).map_or(0, |s| s.min_day_gap);
            words.pick(
                format!("排在{days}，最好隔 {apart} 天一次"),
                format!("on {days}; {apart} days apart would be right"),
            )
        }
        Soft::ChildVisit => {
            let (n, least) = (units(words, term, c.units), c.least.unwrap_or(0));
            words.pick(format!("{n}，最少 {least} 趟"), format!("{n}, {least} at the least"))
        }
        Soft::OverTarget => {
            let over = words.length(c.units);
            words.pick(format!("超 {over}"), format!("{over} above"))
        }
        Soft::ExtraRoom => {
            let mut rooms: Vec<usize> = c.lessons.iter().map(|l| l.session.room).collect();
            rooms.sort_unstable();
            rooms.dedup();
            words.list(&rooms.into_iter().map(|r| words.room(r)).collect::<Vec<_>>())
        }
        Soft::ExtraStart => {
            let mut starts: Vec<usize> = c.lessons.iter().map(|l| l.session.start).collect();
            starts.sort_unstable();
            starts.dedup();
            words.list(&starts.into_iter().map(|u| words.clock(u)).collect::<Vec<_>>())
        }
        Soft::AvoidSlot | Soft::ChildIdle | Soft::ShortDay | Soft::TeacherIdle | Soft::ExtraSite => {
            by_day(words, term, c)
        }
    };
    if c.lessons.is_empty() {
        return words.say(|| format!("{who}：{what}。"), || format!("{who}: {what}."));
    }
    let numbers = numbers(words, c);
    words.say(
        || format!("{who}：{what}（{numbers} 号课）。"),
        || format!("{who}: {what} (no. {numbers})."),
    )
}

/// The numbers of the sessions: 3、7–11.
fn numbers(words: &Words, c: &Contributor) -> String {
    let mut numbers: Vec<usize> = c.lessons.iter().map(|l| l.number).collect();
    numbers.sort_unstable();
    let runs = numbers.chunk_by(|a, b| a + 1 == *b).map(|run| match run {
        [first, .., last] => format!("{first}–{last}"),
        one => one.iter().map(ToString::to_string).collect(),
    });
    runs.collect::<Vec<_>>().join(words.pick("、", ", "))
}

/// Those who are not told one by one.
pub(super) fn others(words: &Words, rest: &[Contributor]) -> String {
    let (n, cost) = (rest.len(), points(words, rest.iter().map(|c| c.cost).sum()));
    let (chinese, one, many) = match rest.first().map(|c| c.whose) {
        Some(Whose::Child(_)) => ("名儿童", "other child", "other children"),
        Some(Whose::Teacher(_)) => ("位老师", "other teacher", "other teachers"),
        _ => ("项", "other", "others"),
    };
    words.pick(
        format!("其余 {n} {chinese}，共 {cost}。"),
        format!("{}: {cost}.", words.count(n, one, many)),
    )
}

/// 周一 30 分钟; 2 小时（周一 1.5 小时、周三 30 分钟）.
fn by_day(words: &Words, term: Soft, c: &Contributor) -> String {
    let days = c.days.iter().map(|d| {
        let much = if term == Soft::ExtraSite {
            // A site too many means one more than that.
            let n = d.units + 1;
            words.pick(format!("{n} 个校区"), words.count(n, "site", "sites"))
        } else {
            words.length(d.units)
        };
        format!("{} {much}", words.day(d.day))
    });
    let days: Vec<String> = days.collect();
    if days.len() < 2 || term == Soft::ExtraSite {
        return words.list(&days);
    }
    let (all, days) = (words.length(c.units), words.list(&days));
    words.pick(format!("{all}（{days}）"), format!("{all} ({days})"))
}

fn strangers(words: &Words, c: &Contributor) -> String {
    let before = series(words, c).and_then(|s| s.prev_teacher);
    let last = before.map_or_else(String::new, |t| words.teacher(t));
    let now = words.list(&leads(words, c, before));
    let (n, of) = (c.units, c.lessons.len());
    if n == of {
        return words.pick(
            format!("上周是{last}，这周 {n} 节都是{now}上"),
            format!("{last} last week, now {now}"),
        );
    }
    words.pick(
        format!("上周是{last}，这周 {of} 节里有 {n} 节是{now}上"),
        format!("{last} last week, now {n} of {of} with {now}"),
    )
}

/// The leads of a task, without one.
fn leads(words: &Words, c: &Contributor, without: Option<TeacherId>) -> Vec<String> {
    let mut leads: Vec<TeacherId> = c.lessons.iter().map(|l| l.session.teacher).collect();
    leads.retain(|&t| Some(t) != without);
    leads.sort_unstable();
    leads.dedup();
    leads.into_iter().map(|t| words.teacher(t)).collect()
}

fn series<'a>(words: &Words<'a>, c: &Contributor) -> Option<&'a Series> {
    let task = match c.whose {
        Whose::Order(id) => Task::Order(id),
        Whose::Group(id) => Task::Group(id),
        Whose::Child(_) | Whose::Teacher(_) => return None,
    };
    words.problem.series(task)
}
