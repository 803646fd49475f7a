//! Decisions that cannot be kept, in sentences.

use super::super::fault::{PinFault, WrongPins};
use crate::{
    problem::{Pin, TeacherId},
    words::Words,
};

/// What is decided contradicts itself, and by which rule.
pub(super) fn wrong(words: &Words<'_>, f: &WrongPins) -> String {
    let pins: Vec<&Pin> = f.pins.iter().filter_map(|&i| words.problem.pins.get(i)).collect();
    let named = |pin: &&Pin| {
        let what = words.task(pin.task);
        match terms(words, pin) {
            Some(terms) => words.pick(format!("{what}（{terms}）"), format!("{what} ({terms})")),
            None => what,
        }
    };
    let what = words.list(&pins.iter().map(named).collect::<Vec<_>>());
    let why = why(words, f.because, pins.first().copied());
    words.say(
        || format!("已经定下的安排没法照办：{what}{why}。"),
        || format!("what is fixed cannot be kept: {what} {why}."),
    )
}

/// What a pin decides: 周三 15:00–15:30，老师 0.
pub(super) fn terms(words: &Words<'_>, pin: &Pin) -> Option<String> {
    let when = match (pin.day, pin.start) {
        (Some(d), Some(u)) => Some(words.time_of(pin.task, d, u)),
        (Some(d), None) => Some(words.day(d)),
        (None, Some(u)) => Some(words.clock(u)),
        (None, None) => None,
    };
    let people = [pin.teacher, pin.second]
        .into_iter()
        .flatten()
        .map(|t| words.teacher(t));
    let room = pin.room.map(|r| words.room(r));
    let terms: Vec<String> = when.into_iter().chain(people).chain(room).collect();
    (!terms.is_empty()).then(|| terms.join(words.pick("，", ", ")))
}

/// Why a decision cannot be kept, to be read after what it is about.
pub(super) fn why(words: &Words<'_>, because: PinFault, pin: Option<&Pin>) -> String {
    let teacher = |t| words.teacher(t);
    match because {
        PinFault::Outside => words.pick(
            "定在这周没有的时间".to_owned(),
            "is fixed at a time that the week does not have".to_owned(),
        ),
        PinFault::AcrossBreak => words.pick(
            "定得太晚，上到上午或下午结束也上不完一节".to_owned(),
            "is fixed so late that it would not be over when the half-day ends".to_owned(),
        ),
        PinFault::Lead(t) => {
            let (who, why) = (teacher(t), unfit(words, t, pin));
            words.pick(
                format!("定给了{who}，但这位老师{why}"),
                format!("is fixed with {who}, who {why}"),
            )
        }
        PinFault::Second(t) => {
            let who = teacher(t);
            words.pick(
                format!("定了{who}在场，但这位老师既不能当助教，也不能跟岗"),
                format!("is fixed with {who} beside, who may neither assist nor watch"),
            )
        }
        PinFault::Room => room(words, pin),
        PinFault::ChildAway(c) => {
            let who = words.child(c);
            words.pick(
                format!("定在{who}来不了的时间"),
                format!("is fixed when {who} cannot come"),
            )
        }
        PinFault::FewCome => words.pick(
            "定的时间能来的儿童凑不够最少人数".to_owned(),
            "is fixed when fewer children can come than it needs".to_owned(),
        ),
        PinFault::TeacherAway(t) => {
            let who = teacher(t);
            words.pick(
                format!("定在{who}不上班的时间"),
                format!("is fixed when {who} is not at work"),
            )
        }
        PinFault::NobodyThen => words.pick(
            "定的时间没有能上这门课的老师上班".to_owned(),
            "is fixed when nobody who may lead it is at work".to_owned(),
        ),
        PinFault::NoTime => words.pick(
            "定的时间，要到场的人凑不齐".to_owned(),
            "is fixed when those who must be there cannot all be".to_owned(),
        ),
        PinFault::TeacherTwice(t) => {
            let who = teacher(t);
            words.pick(
                format!("把{who}同一时间定在两处"),
                format!("put {who} in two places at once"),
            )
        }
        PinFault::ChildTwice(c) => {
            let who = words.child(c);
            words.pick(
                format!("给{who}同一时间定了两节课"),
                format!("give {who} two sessions at once"),
            )
        }
        PinFault::RoomTwice => words.pick(
            "同一时间定在同一间教室".to_owned(),
            "are fixed in one room at once".to_owned(),
        ),
        PinFault::Day => words.pick(
            "定在同一个半天，或者一天里定得太多".to_owned(),
            "are fixed in one half-day, or too many on one day".to_owned(),
        ),
        PinFault::Leads(n) => words.pick(
            format!("定给了 {n} 位不同的老师，超过规定"),
            format!("are fixed with {n} different teachers, more than allowed"),
        ),
        PinFault::TooMany(n) => words.pick(
            format!("定得太多，一周只有 {n} 节"),
            format!("are more than the week has of it: {n}"),
        ),
    }
}

/// Why somebody may not lead a pinned session.
fn unfit(words: &Words<'_>, t: TeacherId, pin: Option<&Pin>) -> String {
    let p = words.problem;
    let at = pin.and_then(|pin| Some((p.teachers.get(t)?, p.site(pin.task)?, p.series(pin.task)?)));
    let Some((teacher, site, series)) = at else {
        return words.pick("不能上".to_owned(), "may not lead it".to_owned());
    };
    let level = teacher.qual.get(series.service).copied().unwrap_or(0);
    if level == 0 {
        words.pick(
            "没有这门课的资质".to_owned(),
            "is not qualified for the service".to_owned(),
        )
    } else if level < series.min_level {
        words.pick(
            "级别不够".to_owned(),
            "is not of the level that is asked for".to_owned(),
        )
    } else if !teacher.sites.contains(&site) {
        words.pick("不在这个校区上班".to_owned(), "does not work at the site".to_owned())
    } else {
        words.pick(
            "在这个儿童的回避名单里".to_owned(),
            "is ruled out by the family".to_owned(),
        )
    }
}

/// What is wrong with the room that a session is pinned to.
fn room(words: &Words<'_>, pin: Option<&Pin>) -> String {
    let p = words.problem;
    let at = pin.and_then(|pin| {
        let room = p.rooms.get(pin.room?)?;
        Some((room, p.site(pin.task)?, p.services.get(p.series(pin.task)?.service)?))
    });
    match at {
        Some((room, site, _)) if room.site != site => words.pick(
            "定的教室在别的校区".to_owned(),
            "is fixed in a room at another site".to_owned(),
        ),
        Some((room, _, service)) if room.kind != service.room_kind => words.pick(
            "定的教室不是这门课用的类型".to_owned(),
            "is fixed in a room of another type".to_owned(),
        ),
        Some(_) | None => words.pick(
            "定的教室坐不下".to_owned(),
            "is fixed in a room that is too small".to_owned(),
        ),
    }
}
