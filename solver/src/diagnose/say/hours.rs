//! Hours that are too few, in sentences.

use super::super::{
    Demand,
    fault::{ChildHours, ChildWindow, FewToWatch, Part, RoomHours, TeacherHours, WatchBound},
    frame::index,
};
use super::{NAMES, children, teachers, times};
use crate::words::Words;

/// The children of some demands.
fn of_children(words: &Words<'_>, demands: &[Demand]) -> Vec<usize> {
    let mut ids: Vec<usize> = demands
        .iter()
        .filter_map(|d| match *d {
            Demand::Order(o) => words.problem.orders.get(o).map(|o| o.child),
            Demand::Group(_) | Demand::Place(_) | Demand::Watching(_) => None,
        })
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// What is wanted: the services, with the site where it is one of several and the level where it is one.
fn wanted(words: &Words<'_>, f: &TeacherHours) -> String {
    let mut names: Vec<String> = Vec::new();
    for w in &f.wishes {
        let service = w.service.map_or_else(String::new, |k| words.service(k));
        let name = match w.part {
            Part::Lead => service,
            Part::Assist => words.pick(format!("{service} 的助教"), format!("assisting {service}")),
            Part::Watch => words.pick("跟岗".to_owned(), "watching".to_owned()),
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut sites: Vec<usize> = f.wishes.iter().filter_map(|w| w.site).collect();
    sites.sort_unstable();
    sites.dedup();
    let least = f.wishes.iter().map(|w| w.level).min().unwrap_or(0);
    let mut notes: Vec<String> = Vec::new();
    if let ([site], true) = (&sites[..], words.problem.sites.len() > 1) {
        notes.push(words.site(*site));
    }
    if least > 1 {
        notes.push(words.pick(format!("要 {least} 级以上的老师"), format!("level {least} or above")));
    }
    let names = words.list(&names);
    if notes.is_empty() {
        return names;
    }
    let notes = notes.join(words.pick("，", ", "));
    words.pick(format!("{names}（{notes}）"), format!("{names} ({notes})"))
}

pub(super) fn of_teachers(words: &Words<'_>, f: &TeacherHours) -> String {
    let what = wanted(words, f);
    let sessions: usize = f
        .wishes
        .iter()
        .filter(|w| w.part != Part::Watch)
        .map(|w| w.sessions)
        .sum();
    let length = |slots: u32| words.length(index(slots));
    let (want, have, lack) = (length(f.wanted), length(f.available), length(f.wanted - f.available));
    let (who, n) = (teachers(words, &f.teachers), f.teachers.len());
    let kids = of_children(words, &f.demands);
    let named = if kids.is_empty() || kids.len() > NAMES {
        String::new()
    } else {
        children(words, &kids)
    };
    let when = times::window(words, &f.window);
    let timed = !f.window.is_empty();
    words.say(
        || {
            let of = if named.is_empty() {
                String::new()
            } else {
                format!("{named}的")
            };
            let amount = if sessions > 0 {
                format!("{sessions} 节、共 {want}")
            } else {
                want.clone()
            };
            let hours = match (&when, timed) {
                (Some(when), _) => format!("只能排在{when}，这些时间里"),
                (None, true) => "只能排在这些儿童来得了的时间，其中".to_owned(),
                (None, false) => String::new(),
            };
            let people = if n == 1 {
                format!("能上的只有{who}，最多给得出 {have}")
            } else if n > NAMES {
                format!("能上的 {n} 位老师合起来最多给得出 {have}")
            } else {
                format!("能上的 {n} 位老师（{who}）合起来最多给得出 {have}")
            };
            format!("{of}{what}：一周要 {amount}，{hours}{people}，差 {lack}。")
        },
        || {
            let of = if named.is_empty() {
                String::new()
            } else {
                format!(" of {named}")
            };
            let amount = if sessions > 0 {
                format!("{}, {want} in all", words.count(sessions, "session", "sessions"))
            } else {
                want.clone()
            };
            let hours = match (&when, timed) {
                (Some(when), _) => format!("; it can only be on {when}, and then"),
                (None, true) => "; in the hours in which the children can come,".to_owned(),
                (None, false) => ",".to_owned(),
            };
            let people = if n == 1 {
                format!("only {who} can give it and has at most {have}")
            } else if n > NAMES {
                format!("the {n} teachers who can give it have at most {have} together")
            } else {
                format!("the {n} teachers who can give it ({who}) have at most {have} together")
            };
            format!("{what}{of} wants {amount} a week{hours} {people}: {lack} too little.")
        },
    )
}

pub(super) fn of_rooms(words: &Words<'_>, f: &RoomHours) -> String {
    let services: Vec<String> = f.services.iter().map(|&k| words.service(k)).collect();
    let (what, site, kind, n) = (words.list(&services), words.site(f.site), &f.room_type, f.rooms);
    let length = |slots: u32| words.length(index(slots));
    let (want, have, lack) = (length(f.wanted), length(f.available), length(f.wanted - f.available));
    let when = times::window(words, &f.window);
    let (sessions, timed) = (f.sessions, !f.window.is_empty());
    words.say(
        || {
            let holding = f.holding.map_or_else(String::new, |c| format!("坐得下 {c} 个儿童的"));
            let hours = match (&when, timed) {
                (Some(when), _) => format!("只能排在{when}，这些时间里"),
                (None, true) => "只能排在这些儿童来得了的时间，其中".to_owned(),
                (None, false) => String::new(),
            };
            format!("{site}的{what}：一周要 {sessions} 节、共 {want}，{hours}{holding}{kind} 教室有 {n} 间，最多排得下 {have}，差 {lack}。")
        },
        || {
            let holding = f.holding.map_or_else(String::new, |c| format!(" that hold {c} children"));
            let hours = match (&when, timed) {
                (Some(when), _) => format!("; they can only be on {when}, and then"),
                (None, true) => "; in the hours in which the children can come,".to_owned(),
                (None, false) => ",".to_owned(),
            };
            let sessions = words.count(sessions, "session", "sessions");
            let rooms = words.count(n, "room", "rooms");
            format!("{what} at {site} wants {sessions}, {want} a week{hours} the {rooms} of type {kind}{holding} have at most {have}: {lack} too little.")
        },
    )
}

fn all(words: &Words<'_>, demands: &[Demand]) -> String {
    let named: Vec<String> = demands
        .iter()
        .map(|d| match *d {
            Demand::Order(o) => words.service_of(crate::problem::Task::Order(o)),
            Demand::Place(i) => words
                .problem
                .places
                .get(i)
                .map_or_else(String::new, |q| words.service(q.service)),
            Demand::Group(_) | Demand::Watching(_) => d.named(words),
        })
        .collect();
    words.list(&named)
}

pub(super) fn of_child(words: &Words<'_>, f: &ChildHours) -> String {
    let (child, what) = (words.child(f.child), all(words, &f.demands));
    let (want, have) = (words.length(index(f.wanted)), words.length(index(f.available)));
    let c = words.problem.children.get(f.child);
    let day = words.length(c.map_or(0, |c| index(c.max_day)));
    let run = words.length(c.map_or(0, |c| index(c.max_run)));
    words.say(
        || format!("{child}：{what}一周共要 {want}，家长能来的时间里（一天最多 {day}，连着最多 {run}）最多排得下 {have}。"),
        || format!("{child}: {what} want {want} a week; the family's hours, with at most {day} a day and {run} in a row, hold {have}."),
    )
}

pub(super) fn of_window(words: &Words<'_>, f: &ChildWindow) -> String {
    let (child, what, want) = (
        words.child(f.child),
        all(words, &f.demands),
        words.length(index(f.wanted)),
    );
    words.say(
        || format!("{child}：{what}（一周共 {want}）放不进家长能来的时间，就算老师和教室全空着也不行。"),
        || format!("{child}: {what}, {want} a week, do not fit into the family's hours, even with every teacher and room free."),
    )
}

pub(super) fn of_watching(words: &Words<'_>, f: &FewToWatch) -> String {
    let (who, mentor) = (teachers(words, &f.trainees), words.teacher(f.mentor));
    let (want, have) = (words.length(index(f.wanted)), words.length(index(f.available)));
    words.say(
        || {
            let why = match f.bound {
                WatchBound::Hours => "两人都在、又都没到课时上限的时间",
                WatchBound::Sessions => "带教老师能上、学员又能在场的个训课",
            };
            format!("{who}一周要跟{mentor}看课 {want}，{why}最多只有 {have}。")
        },
        || {
            let why = match f.bound {
                WatchBound::Hours => "within the hours and limits of both there is",
                WatchBound::Sessions => {
                    "of one-to-one sessions that the mentor may give and the trainee may see there is"
                }
            };
            format!("{who} must watch {mentor} for {want} a week; {why} at most {have}.")
        },
    )
}
