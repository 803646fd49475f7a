//! A fact in Chinese, without its subject and its full stop.

use super::{
    super::fact::{Fact, Taken},
    session::{hours, lesson, when},
};
use crate::{
    explain::say::decisions,
    problem::{Task, TeacherId},
    solution::Session,
    words::Words,
};

/// Rooms that are named one by one.
const ROOMS: usize = 4;

pub(super) fn predicate(words: &Words, fact: &Fact) -> String {
    match fact {
        Fact::NoSuchTime { day, start } => format!("{} {} 不在上课时间里", words.day(*day), words.clock(*start)),
        &Fact::OverBreak { day, start, dur, end } => format!(
            "{} {} 开始上 {}，就上到休息时间里去了：这半天 {} 结束",
            words.day(day),
            words.clock(start),
            words.length(dur),
            words.end(end)
        ),
        &Fact::AfterClosing { day, start, dur, end } => format!(
            "{} {} 开始上 {}，就过了下班时间：这天 {} 结束",
            words.day(day),
            words.clock(start),
            words.length(dur),
            words.end(end)
        ),
        Fact::NothingPrescribed { .. } => "这周没有要上的课".to_owned(),
        &Fact::ChildAway { day, start, dur, .. } => format!("{} 来不了", words.time(day, start, dur)),
        Fact::ChildBusy { other, .. } => format!(
            "{} 已有课：{}（{}，{}）",
            when(words, other),
            lesson(words, other),
            words.teacher(other.teacher),
            words.room(other.room)
        ),
        &Fact::ChildDayFull {
            day, slots, dur, most, ..
        } => full(words, &words.day(day), "一天", (slots, dur, most)),
        &Fact::TeacherDayFull {
            day, slots, dur, most, ..
        } => full(words, &words.day(day), "一天", (slots, dur, most)),
        &Fact::TeacherWeekFull { slots, dur, most, .. } => full(words, "这周", "一周", (slots, dur, most)),
        &Fact::ChildRunLong {
            day, from, run, most, ..
        }
        | &Fact::TeacherRunLong {
            day, from, run, most, ..
        } => format!(
            "{} 从 {} 起要连上 {}，最多连上 {}",
            words.day(day),
            words.clock(from),
            words.length(run),
            words.length(most)
        ),
        Fact::HalfDayTaken { other, .. } => format!(
            "{}{}已经有一节（{}，{}），半天最多一节",
            words.day(other.day),
            words.half_day(other.start),
            hours(words, other),
            words.teacher(other.teacher)
        ),
        Fact::DayTaken {
            day, sessions, most, ..
        } => format!("{}已经有 {sessions} 节，一天最多 {most} 节", words.day(*day)),
        Fact::NoRoomOfKind { service, .. } => format!("没有能上{}的教室", words.service(*service)),
        Fact::RoomsTaken { day, start, dur, rooms } => {
            format!(
                "{} 能用的教室都有课：{}",
                words.time(*day, *start, *dur),
                taken(words, rooms)
            )
        }
        Fact::Pinned { pin } => format!("已经定好：{}", decisions(words, pin)),
        Fact::NobodyQualified { service } => format!("没有老师有{}的资质", words.service(*service)),
        Fact::LevelLow {
            service, level, least, ..
        } => format!("{}的资质是 {level} 级，要求 {least} 级", words.service(*service)),
        Fact::NotAtSite { site, .. } => format!("不在{}上班", words.site(*site)),
        Fact::Excluded { child, .. } => format!("是{}要回避的老师", words.child(*child)),
        &Fact::TeacherAway { day, start, dur, .. } => format!("{} 不在班", words.time(day, start, dur)),
        Fact::TeacherBusy { teacher, other, .. } => format!(
            "{} {}：{}（{}）",
            when(words, other),
            doing(other, *teacher),
            words.task(other.task),
            words.room(other.room)
        ),
        Fact::NoTimeForWay {
            other, minutes, way, ..
        } => format!(
            "{} 在另一个校区有课（{}），路上要 {way} 分钟，{}",
            when(words, other),
            words.task(other.task),
            gap(*minutes)
        ),
        Fact::TooManyLeads { leads, most, .. } => {
            let leads: Vec<String> = leads.iter().map(|&t| words.teacher(t)).collect();
            format!(
                "不能只接这一节：最多由 {most} 位老师上，其余的课是{}的",
                words.list(&leads)
            )
        }
        Fact::LeadPinned { pin, .. } => format!("和已经定好的不符：{}", decisions(words, pin)),
        Fact::NotMentor {
            trainee, slots, least, ..
        } => format!(
            "不带跟岗的{}，而少了这节课他只看 {}，要看满 {}",
            words.teacher(*trainee),
            words.length(*slots),
            words.length(*least)
        ),
        Fact::WayWithout {
            before,
            after,
            minutes,
            way,
            ..
        } => format!(
            "当天没有这节课，就要从{}（{}）直接赶到{}（{}）：路上要 {way} 分钟，{}",
            words.task(before.task),
            hours(words, before),
            words.task(after.task),
            hours(words, after),
            gap(*minutes)
        ),
    }
}

fn gap(minutes: u32) -> String {
    match minutes {
        0 => "中间没有空".to_owned(),
        _ => format!("中间只有 {minutes} 分钟"),
    }
}

fn full(words: &Words, when: &str, span: &str, (slots, dur, most): (usize, usize, usize)) -> String {
    let (dur, most) = (words.length(dur), words.length(most));
    match slots {
        0 => format!("{span}最多上 {most}，这节课就要 {dur}"),
        _ => format!(
            "{when}已有 {} 的课，再上 {dur} 就超过{span} {most} 的上限",
            words.length(slots)
        ),
    }
}

fn doing(other: &Session, teacher: TeacherId) -> &'static str {
    match other.task {
        _ if other.teacher == teacher => "已有课",
        Task::Order(_) => "要跟岗",
        Task::Group(_) => "要当助教",
    }
}

fn taken(words: &Words, rooms: &[Taken]) -> String {
    let named = rooms.iter().take(ROOMS);
    let named: Vec<String> = named
        .map(|t| format!("{}（{}）", words.room(t.room), words.task(t.by.task)))
        .collect();
    if rooms.len() > ROOMS {
        format!("{}，等 {} 间", named.join("、"), rooms.len())
    } else {
        named.join("、")
    }
}
