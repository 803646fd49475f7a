//! The state of a target in words: how far it is, what it still lacks, what was taken back.

use crate::{
    advance::{FAR, Progress, Window},
    day::Day,
    reading::{Missing, Standing},
    rule::{Criterion, Evidence, Way},
    text::{Text, count},
};

pub(crate) fn state(way: &Way, progress: &Progress) -> Text {
    if progress.last.is_none() {
        return Text::sentence(&[Text::new("还没有数据", "No data yet")]);
    }
    let mut pieces = Vec::new();
    let reached = match progress.window {
        Some(window) => window.reached,
        None => progress.run >= way.needed(),
    };
    match (progress.met, progress.on, reached) {
        (true, Some(on), _) => pieces.push(met(way, progress, on)),
        (true | false, _, true) => pieces.extend(too_few(way, progress)),
        (true | false, _, false) => pieces.push(underway(way, progress)),
    }
    if let (false, Some(on)) = (progress.met, progress.on) {
        let (zh, en) = (day_zh(on), on);
        pieces.push(Text::new(
            format!("{zh}曾达标，之后的数据未达到要求"),
            format!("it was met on {en}, and later data took it back"),
        ));
    }
    if let Some((day, Standing::Neutral, Some(missing))) = progress.last {
        pieces.push(lacking(way, day, missing));
    }
    if let Some((first, last)) = progress.span.filter(|(first, last)| last.since(*first) > FAR) {
        let days = last.since(first);
        pieces.push(Text::new(
            format!("这些数据前后相隔 {days} 天，请核对"),
            format!("these data lie {days} days apart: please check"),
        ));
    }
    Text::sentence(&pieces)
}

fn met(way: &Way, progress: &Progress, on: Day) -> Text {
    let (zh, en) = (day_zh(on), on);
    let run = run(way, progress);
    Text::new(format!("{zh}达标：{}", run.zh), format!("Met on {en}: {}", run.en))
}

/// The run or window that reaches the rule.
fn run(way: &Way, progress: &Progress) -> Text {
    let (unit_zh, unit_en) = way.counts().names();
    let n = progress.run;
    match (way.evidence, progress.window) {
        (Evidence::Run(_), _) => Text::new(
            format!("连续 {n} {unit_zh}达到要求"),
            format!("{} in a row reach the rule", count(n, unit_en)),
        ),
        (Evidence::Of(_, of), _) => Text::new(
            format!("最近 {of} {unit_zh}中有 {n} {unit_zh}达到要求"),
            format!("{n} of the last {} reach the rule", count(of.into(), unit_en)),
        ),
        (Evidence::Opportunities { .. }, window) => {
            let days = window.map_or(0, |window| window.days);
            Text::new(
                format!("最近 {days} 天 {n} 次机会合计达到要求"),
                format!(
                    "the last {} with {} reach the rule together",
                    count(days, "day"),
                    count(n, "opportunity")
                ),
            )
        }
    }
}

/// Enough of it, by too few people or in too few places.
fn too_few(way: &Way, progress: &Progress) -> Vec<Text> {
    let mut pieces = Vec::new();
    let run = run(way, progress);
    let mut but = |zh: String, en: String| {
        pieces.push(if pieces.is_empty() {
            Text::new(format!("{}，但{zh}", run.zh), format!("{}, but {en}", capital(&run.en)))
        } else {
            Text::new(zh, en)
        });
    };
    let (people, places) = (progress.people, progress.places);
    let more = |needed: Option<u32>, there: u64| u64::from(needed.unwrap_or(0)).saturating_sub(there);
    let (lack_people, lack_places) = (more(way.people, people), more(way.places, places));
    if lack_people > 0 {
        but(
            format!("只有 {people} 位老师，需要再有 {lack_people} 位"),
            format!("by {} only; {lack_people} more needed", count(people, "person")),
        );
    }
    if lack_places > 0 {
        but(
            format!("只在 {places} 个地点，需要再有 {lack_places} 个"),
            format!("in {} only; {lack_places} more needed", count(places, "place")),
        );
    }
    pieces
}

fn underway(way: &Way, progress: &Progress) -> Text {
    let (unit_zh, unit_en) = way.counts().names();
    let (n, needed) = (progress.run, way.needed());
    match (way.evidence, progress.window) {
        (Evidence::Opportunities { days, .. }, Some(window)) => opportunities(n, needed, u64::from(days), window),
        (Evidence::Of(_, of), _) => Text::new(
            format!("最近 {of} {unit_zh}中已达标 {n}/{needed} {unit_zh}"),
            format!("{n} of {needed} met among the last {}", count(of.into(), unit_en)),
        ),
        (Evidence::Run(_) | Evidence::Opportunities { .. }, _) => Text::new(
            format!("已达标 {n}/{needed} {unit_zh}"),
            format!("{n} of {} met", count(needed, unit_en)),
        ),
    }
}

fn opportunities(n: u64, op: u64, days: u64, window: Window) -> Text {
    let there = window.days;
    let (zh, en) = (
        format!("最近 {there} 天共 {n} 次机会"),
        format!("The last {} hold {}", count(there, "day"), count(n, "opportunity")),
    );
    if window.full {
        return Text::new(
            format!("{zh}，合计未达到要求"),
            format!("{en} and do not reach the rule together"),
        );
    }
    let (more, more_days) = (op.saturating_sub(n), days.saturating_sub(there));
    match (more, more_days) {
        (0, days) => Text::new(
            format!("{zh}，还差 {days} 天"),
            format!("{en}; {} more needed", count(days, "day")),
        ),
        (more, 0) => Text::new(
            format!("{zh}，还差 {more} 次"),
            format!("{en}; {} more needed", count(more, "opportunity")),
        ),
        (more, days) => Text::new(
            format!("{zh}，还差 {more} 次、{days} 天"),
            format!(
                "{en}; {} and {} more needed",
                count(more, "opportunity"),
                count(days, "day")
            ),
        ),
    }
}

/// What a neutral unit lacks.
fn lacking(way: &Way, day: Day, missing: Missing) -> Text {
    let (zh, en) = (day_zh(day), day);
    match missing {
        Missing::Time(seconds) => {
            let minutes = seconds.in_minutes();
            Text::new(
                format!("{zh}还差 {minutes} 分钟观察"),
                format!("{minutes} more min of observation needed on {en}"),
            )
        }
        Missing::Data(n) => {
            let (unit_zh, unit_en) = match way.criterion {
                Criterion::Percent(_) | Criterion::Level(..) => ("个回合", "trial"),
                Criterion::Steps(_) => ("个步骤", "step"),
                Criterion::Intervals(..) => ("个时距", "interval"),
                Criterion::Seconds(_) | Criterion::Count(..) => ("次", "time"),
            };
            Text::new(
                format!("{zh}还差 {n} {unit_zh}"),
                format!(
                    "{n} more {} needed on {en}",
                    count(n, unit_en).trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ')
                ),
            )
        }
    }
}

/// 2026 年 3 月 5 日.
pub(crate) fn day_zh(day: Day) -> String {
    let (year, month, date) = day.calendar();
    format!("{year} 年 {month} 月 {date} 日")
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
