//! Where somebody stands on a waiting list, in words: the rule and its day, the group and what brought the child there, the day
//! that counts, between which places of the group, how long others waited, and what would change it. Never a bare rank.

use entities::words::OfferState;

use super::{
    facts::{WaitingList, last_day, put_off_until, waits_for_a_call},
    order::{Change, Condition, Place},
};
use crate::{
    platform::{Say, words},
    web::Ctx,
};

/// What a page says of somebody who waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The group.
    pub group: String,
    /// What brought the child there.
    pub because: String,
    /// The day that counts, and why where it is not that of the application.
    pub since: String,
    /// Between which places of the group.
    pub range: String,
    /// How long the last of the group waited.
    pub waited: String,
    /// What would bring it further forward; empty in the first group.
    pub would_change: Vec<String>,
    /// What was offered.
    pub offered: String,
    /// How that looks.
    pub offered_look: (&'static str, &'static str),
}

/// The rule, its day, and the norm or decision that it follows.
pub(super) fn rule(list: &WaitingList) -> Say {
    Say::new("waiting.rule")
        .with("from", list.rule.valid_from)
        .with("source", &list.rule.source)
}

/// All of it about one place.
pub(super) fn told(ctx: &Ctx, list: &WaitingList, place: &Place) -> Told {
    let (offered, offered_look) = offered(ctx, list, place);
    Told {
        group: name(ctx, list, &place.group),
        because: because(ctx, place),
        since: since(ctx, place),
        range: range(ctx, place),
        waited: waited(ctx, list, &place.group),
        would_change: place
            .would_change
            .iter()
            .map(|change| would(ctx, list, change))
            .collect(),
        offered,
        offered_look,
    }
}

fn name(ctx: &Ctx, list: &WaitingList, code: &str) -> String {
    let row = list.rule.value.groups.iter().find(|row| row.code == code);
    row.map_or_else(|| code.to_owned(), |row| row.name(ctx.language).to_owned())
}

fn because(ctx: &Ctx, place: &Place) -> String {
    if place.with_twin {
        return ctx.say("waiting.because.twin");
    }
    if place.because.is_empty() {
        return ctx.say("waiting.because.everybody");
    }
    words::joined(ctx.language, place.because.iter().map(|one| ctx.say(condition(*one))))
}

fn since(ctx: &Ctx, place: &Place) -> String {
    match place.silent_on {
        Some(day) => ctx.say(Say::new("waiting.since.silent").with("day", day)),
        None => ctx.say(Say::new("waiting.since").with("day", place.since)),
    }
}

fn range(ctx: &Ctx, place: &Place) -> String {
    ctx.say(within(place.range, place.of))
}

/// Between which places of its group somebody stands.
pub fn within((from, to): (usize, usize), of: usize) -> Say {
    let say = if from == to {
        Say::new("waiting.range.one").with("from", from)
    } else {
        Say::new("waiting.range").with("from", from).with("to", to)
    };
    say.with("of", of)
}

fn waited(ctx: &Ctx, list: &WaitingList, group: &str) -> String {
    let last = list.last_waits(group);
    let least = usize::try_from(list.terms.least_waits).unwrap_or(usize::MAX);
    match last.iter().min().zip(last.iter().max()) {
        Some((least_days, most_days)) if last.len() >= least => ctx.say(
            Say::new("waiting.waited")
                .with("n", last.len())
                .with("from", least_days)
                .with("to", most_days),
        ),
        Some(_) | None => ctx.say(Say::new("waiting.waited.unknown").with("n", last.len())),
    }
}

fn would(ctx: &Ctx, list: &WaitingList, change: &Change) -> String {
    let lacks = change.lacks.iter().map(|one| ctx.say(condition(*one)));
    ctx.say(
        Say::new("waiting.would")
            .with("lacks", words::joined(ctx.language, lacks))
            .with("group", name(ctx, list, &change.group)),
    )
}

fn condition(one: Condition) -> Say {
    match one {
        Condition::From(months) => Say::new("waiting.condition.from").with("months", months),
        Condition::Below(months) => Say::new("waiting.condition.below").with("months", months),
        Condition::Severe => Say::new("waiting.condition.severe"),
        Condition::Subsistence => Say::new("waiting.condition.subsistence"),
        Condition::LowIncome => Say::new("waiting.condition.low_income"),
        Condition::SiblingEnrolled => Say::new("waiting.condition.sibling_enrolled"),
        Condition::SiblingWaits => Say::new("waiting.condition.sibling_waits"),
        Condition::Moved => Say::new("waiting.condition.moved"),
        Condition::Returned => Say::new("waiting.condition.returned"),
    }
}

fn offered(ctx: &Ctx, list: &WaitingList, place: &Place) -> (String, (&'static str, &'static str)) {
    let quiet = ("neutral", "todo");
    let Some(last) = list.offers_of(place.application).last() else {
        return (ctx.say("waiting.offered.none"), quiet);
    };
    let look = crate::places::offer::states::of(last.state).look;
    if waits_for_a_call(&list.offers, last) {
        return (ctx.say("waiting.offered.call"), ("warning", "contact"));
    }
    if let Some(until) = put_off_until(last, ctx.actor.today()) {
        return (ctx.say(Say::new("waiting.offered.put_off").with("day", until)), look);
    }
    if last.state == OfferState::Open {
        return (
            ctx.say(Say::new("waiting.offered.open").with("day", last_day(last))),
            look,
        );
    }
    (ctx.say(last.state.word()), look)
}
