//! Sessions in words: when they are, of what, and what a change does to them.

use crate::{problem::Task, solution::Session, words::Words};

/// 周二 9:30–10:30.
pub(super) fn when(words: &Words, s: &Session) -> String {
    words.time_of(s.task, s.day, s.start)
}

/// 9:30–10:30.
pub(super) fn hours(words: &Words, s: &Session) -> String {
    words.span(s.start, words.problem.series(s.task).map_or(1, |series| series.dur))
}

/// To somebody who knows whose session it is: the service, or the class.
pub(super) fn lesson(words: &Words, s: &Session) -> String {
    match s.task {
        Task::Order(_) => words.service_of(s.task),
        Task::Group(_) => words.task(s.task),
    }
}

/// 老师 3，教室 2.
pub(super) fn by_and_in(words: &Words, s: &Session) -> String {
    let (teacher, room) = (words.teacher(s.teacher), words.room(s.room));
    words.pick(format!("{teacher}，{room}"), format!("{teacher}, {room}"))
}
