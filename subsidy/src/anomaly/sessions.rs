//! Checks of sessions: who was where, when (MD 1-6, 17-18, 24).

use std::collections::{BTreeMap, BTreeSet};

use super::given::{Given, Session, count};
use crate::facts::Code;

fn overlap(a: &Session, b: &Session) -> bool {
    a.date == b.date && a.start < b.end && b.start < a.end
}

/// Pairs among those of one person that overlap: sorted, so that a month of a district is not a matter of squares.
fn pairs<'a>(
    sessions: impl IntoIterator<Item = &'a Session>,
    whose: impl Fn(&Session) -> Option<&Code>,
    counts: impl Fn(&Session, &Session) -> bool,
) -> i64 {
    let mut by_person: BTreeMap<_, Vec<&Session>> = BTreeMap::new();
    for session in sessions {
        if let Some(person) = whose(session) {
            by_person
                .entry((person.clone(), session.date))
                .or_default()
                .push(session);
        }
    }
    let mut found: i64 = 0;
    for mut day in by_person.into_values() {
        day.sort_by_key(|session| session.start);
        for (at, first) in day.iter().enumerate() {
            let later = day.iter().skip(at + 1).take_while(|second| second.start < first.end);
            let pairs = count(later.filter(|second| overlap(first, second) && counts(first, second)));
            found = found.saturating_add(pairs);
        }
    }
    found
}

/// 1: a child at two places at once.
pub(super) fn child_two_places(given: &Given) -> i64 {
    let apart = |a: &Session, b: &Session| a.institution.is_none() || a.institution != b.institution;
    pairs(&given.sessions, |session| session.child.as_ref(), apart)
}

/// 2: a teacher with two sessions at once; a group is one, however many children it has.
pub(super) fn teacher_overlap(given: &Given) -> i64 {
    let mut groups = BTreeSet::new();
    let distinct = given.sessions.iter().filter(|session| {
        !session.group || groups.insert((&session.teacher, session.date, session.start, session.end))
    });
    pairs(distinct, |session| session.teacher.as_ref(), |_, _| true)
}

/// 3: a group billed as single sessions: one teacher and start, several children.
pub(super) fn group_billed_single(given: &Given) -> i64 {
    let single = Code::new("single");
    let mut children: BTreeMap<_, BTreeSet<&Option<Code>>> = BTreeMap::new();
    for session in given
        .sessions
        .iter()
        .filter(|session| session.billed.as_ref() == Some(&single))
    {
        let slot = (&session.teacher, session.date, session.start);
        children.entry(slot).or_default().insert(&session.child);
    }
    count(children.into_values().filter(|children| children.len() > 1))
}

/// 4: the longest day of a teacher in minutes; a slot counts once, however many children it has.
pub(super) fn teacher_day_minutes(given: &Given) -> i64 {
    let mut days: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for session in &given.sessions {
        let slots = days.entry((&session.teacher, session.date)).or_default();
        slots.insert((session.start, session.end));
    }
    let minutes = |slots: BTreeSet<(super::Time, super::Time)>| -> i64 {
        slots
            .into_iter()
            .map(|(start, end)| i64::from(end.0.saturating_sub(start.0)))
            .sum()
    };
    days.into_values().map(minutes).max().unwrap_or(0)
}

/// 6: sessions outside opening hours.
pub(super) fn outside_hours(given: &Given) -> i64 {
    count(given.sessions.iter().filter(|session| {
        given.open.is_some_and(|open| session.start < open) || given.close.is_some_and(|close| close < session.end)
    }))
}

/// 17: children of a class in which everybody came every day; 0 where somebody did not, or too few are asked about.
pub(super) fn perfect_class(given: &Given) -> i64 {
    let children = count(&given.attended_of_planned);
    let perfect = given
        .attended_of_planned
        .iter()
        .all(|(attended, planned)| attended >= planned);
    if perfect && children >= i64::from(given.min_children) {
        children
    } else {
        0
    }
}

/// 18: minutes billed beyond presence less breaks.
pub(super) fn breaks_billed(given: &Given) -> i64 {
    let taught = given.present_minutes.saturating_sub(given.break_minutes);
    given.billed_minutes.saturating_sub(taught).max(0)
}

/// 24: the largest group.
pub(super) fn group_too_big(given: &Given) -> i64 {
    given.sizes.iter().copied().max().unwrap_or(0)
}
