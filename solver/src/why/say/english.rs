//! A fact in English, without its subject and its full stop.

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

/// `many`: of several people.
pub(super) fn predicate(words: &Words, fact: &Fact, many: bool) -> String {
    let verb = |one: &'static str, more: &'static str| if many { more } else { one };
    let (is, has, does) = (verb("is", "are"), verb("has", "have"), verb("does", "do"));
    match fact {
        Fact::NoSuchTime { day, start } => {
            format!("no session can begin on {} {}", words.day(*day), words.clock(*start))
        }
        &Fact::OverBreak { day, start, dur, end } => format!(
            "{} from {} {} would run into the break: this half-day ends at {}",
            words.length(dur),
            words.day(day),
            words.clock(start),
            words.end(end)
        ),
        &Fact::AfterClosing { day, start, dur, end } => format!(
            "{} from {} {} would run past closing at {}",
            words.length(dur),
            words.day(day),
            words.clock(start),
            words.end(end)
        ),
        Fact::NothingPrescribed { .. } => "has no session this week".to_owned(),
        &Fact::ChildAway { day, start, dur, .. } => format!("cannot come {}", words.time(day, start, dur)),
        Fact::ChildBusy { other, .. } => format!(
            "has a session {}: {} ({}, {})",
            when(words, other),
            lesson(words, other),
            words.teacher(other.teacher),
            words.room(other.room)
        ),
        &Fact::ChildDayFull {
            day, slots, dur, most, ..
        }
        | &Fact::TeacherDayFull {
            day, slots, dur, most, ..
        } => full(words, has, &format!("on {}", words.day(day)), "day", (slots, dur, most)),
        &Fact::TeacherWeekFull { slots, dur, most, .. } => full(words, has, "this week", "week", (slots, dur, most)),
        &Fact::ChildRunLong {
            day, from, run, most, ..
        }
        | &Fact::TeacherRunLong {
            day, from, run, most, ..
        } => format!(
            "would have {} in a row on {} from {}, {} at most",
            words.length(run),
            words.day(day),
            words.clock(from),
            words.length(most)
        ),
        Fact::HalfDayTaken { other, .. } => format!(
            "has a session on {} {} already ({}, {}), one a half-day at most",
            words.day(other.day),
            words.half_day(other.start),
            hours(words, other),
            words.teacher(other.teacher)
        ),
        Fact::DayTaken {
            day, sessions, most, ..
        } => format!(
            "has {} on {} already, {most} a day at most",
            words.count(*sessions, "session", "sessions"),
            words.day(*day)
        ),
        Fact::NoRoomOfKind { service, .. } => format!("has no room for {}", words.service(*service)),
        Fact::RoomsTaken { day, start, dur, rooms } => {
            format!(
                "every room for it is taken {}: {}",
                words.time(*day, *start, *dur),
                taken(words, rooms)
            )
        }
        Fact::Pinned { pin } => format!("is decided already: {}", decisions(words, pin)),
        Fact::NobodyQualified { service } => format!("no teacher is qualified for {}", words.service(*service)),
        Fact::LevelLow {
            service, level, least, ..
        } => format!("{has} level {level} in {}, it takes {least}", words.service(*service)),
        Fact::NotAtSite { site, .. } => format!("{does} not work at {}", words.site(*site)),
        Fact::Excluded { child, .. } => format!("{is} ruled out by the family of {}", words.child(*child)),
        &Fact::TeacherAway { day, start, dur, .. } => format!("{is} not at work {}", words.time(day, start, dur)),
        Fact::TeacherBusy { teacher, other, .. } => format!(
            "{} {} ({}, {})",
            doing(other, *teacher, many),
            words.task(other.task),
            when(words, other),
            words.room(other.room)
        ),
        Fact::NoTimeForWay {
            other, minutes, way, ..
        } => format!(
            "{has} {} {} at another site, {way} min away with {minutes} min between",
            words.task(other.task),
            when(words, other)
        ),
        Fact::TooManyLeads { leads, most, .. } => {
            let leads: Vec<String> = leads.iter().map(|&t| words.teacher(t)).collect();
            format!(
                "cannot take this session alone: {} at most, and the others are led by {}",
                words.count(*most, "teacher", "teachers"),
                words.list(&leads)
            )
        }
        Fact::LeadPinned { pin, .. } => format!("{is} not what is decided: {}", decisions(words, pin)),
        Fact::NotMentor {
            trainee, slots, least, ..
        } => format!(
            "{does} not train {}, who without this session watches {} of {}",
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
            "would without this session go straight from {} ({}) to {} ({}), {way} min away with {minutes} min between",
            words.task(before.task),
            when(words, before),
            words.task(after.task),
            hours(words, after)
        ),
    }
}

fn full(words: &Words, has: &str, when: &str, span: &str, (slots, dur, most): (usize, usize, usize)) -> String {
    let (dur, most) = (words.length(dur), words.length(most));
    match slots {
        0 => format!("may have {most} a {span}, this session alone takes {dur}"),
        _ => format!(
            "{has} {} {when} already; {dur} more would be over the {most} of a {span}",
            words.length(slots)
        ),
    }
}

fn doing(other: &Session, teacher: TeacherId, many: bool) -> &'static str {
    let leads = other.teacher == teacher;
    match (other.task, many) {
        (_, false) if leads => "leads",
        (_, true) if leads => "lead",
        (Task::Order(_), false) => "watches",
        (Task::Order(_), true) => "watch",
        (Task::Group(_), false) => "assists",
        (Task::Group(_), true) => "assist",
    }
}

fn taken(words: &Words, rooms: &[Taken]) -> String {
    let named = rooms.iter().take(ROOMS);
    let named: Vec<String> = named
        .map(|t| format!("{} ({})", words.room(t.room), words.task(t.by.task)))
        .collect();
    if rooms.len() > ROOMS {
        format!("{} and {} more", named.join(", "), rooms.len() - ROOMS)
    } else {
        named.join(", ")
    }
}
