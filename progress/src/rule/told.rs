//! A rule in words.

use crate::{
    number::Amount,
    text::{Text, count},
};

use super::kinds::{Bound, Criterion, Direction, Evidence, IntervalKind, Per, Rule, UnitKind, Way};

impl Rule {
    /// In words, for whoever agrees to it.
    pub fn told(&self) -> Text {
        let ways: Vec<Text> = self.ways().map(Way::told).collect();
        let join = |pick: fn(&Text) -> &str, or: &str| ways.iter().map(pick).collect::<Vec<_>>().join(or);
        Text::new(join(|t| &t.zh, "；或者"), join(|t| &t.en, "; or "))
    }
}

impl Way {
    /// In words.
    pub fn told(&self) -> Text {
        let mut pieces = vec![self.criterion.told()];
        if let Some((bound, per)) = self.fluency {
            pieces.push(events(bound, per));
        }
        if let Some(min) = self.min {
            pieces.push(Text::new(
                format!("每次计点至少 {min} 个数据"),
                format!("at least {min} to a point"),
            ));
        }
        if let Some(minutes) = self.minutes.map(Amount::in_minutes) {
            pieces.push(Text::new(
                format!("观察满 {minutes} 分钟"),
                format!("{minutes} minutes observed"),
            ));
        }
        if self.probe {
            pieces.push(Text::new("只计第一个回合", "only the first trial counts"));
        }
        if let Some(rung) = &self.first {
            pieces.push(Text::new(
                format!("第一个回合须为 {rung}"),
                format!("the first trial must be {rung}"),
            ));
        }
        let (unit_zh, unit_en) = self.unit.names();
        pieces.push(match self.evidence {
            Evidence::Run(run) => Text::new(
                format!("连续 {run} {unit_zh}"),
                format!("{} in a row", count(run.into(), unit_en)),
            ),
            Evidence::Of(run, of) => Text::new(
                format!("最近 {of} {unit_zh}中有 {run} {unit_zh}"),
                format!("{run} of the last {}", count(of.into(), unit_en)),
            ),
            Evidence::Opportunities { op, days } => Text::new(
                format!("最近至少 {days} 天、{op} 次机会合计"),
                format!(
                    "the last {} and {} together",
                    count(days.into(), "day"),
                    count(op.into(), "opportunity")
                ),
            ),
        });
        if let Some(people) = self.people {
            pieces.push(Text::new(format!("{people} 位老师"), count(people.into(), "person")));
        }
        if let Some(places) = self.places {
            pieces.push(Text::new(format!("{places} 个地点"), count(places.into(), "place")));
        }
        let join = |pick: fn(&Text) -> &str, between: &str| pieces.iter().map(pick).collect::<Vec<_>>().join(between);
        Text::new(join(|t| &t.zh, "，"), join(|t| &t.en, ", "))
    }
}

impl UnitKind {
    /// What a unit is called behind a number: 天, 次课.
    pub(crate) fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Day => ("天", "day"),
            Self::Session => ("次课", "session"),
        }
    }
}

impl Criterion {
    fn told(&self) -> Text {
        match self {
            Self::Percent(bound) => share("正确率", "correct", *bound),
            Self::Count(bound, per) => events(*bound, *per),
            Self::Seconds(bound) => {
                let (zh, en, amount) = (bound.zh(), bound.en(), bound.amount);
                Text::new(format!("{zh} {amount} 秒"), format!("{en} {amount} s"))
            }
            Self::Steps(bound) => share("独立完成的步骤", "of the steps", *bound),
            Self::Intervals(bound, kind, length) => {
                let kind = kind.map_or(("", ""), IntervalKind::names);
                let length = length.map(|length| length.fraction().to_string());
                let (zh, en) = match length {
                    Some(length) => (
                        format!("{length} 秒{}时距", kind.0),
                        format!("of the {length}-s {}intervals", kind.1),
                    ),
                    None => (format!("{}时距", kind.0), format!("of the {}intervals", kind.1)),
                };
                share(&zh, &en, *bound)
            }
            Self::Level(rung, bound) => share(
                &format!("辅助不多于 {rung} 的回合"),
                &format!("with {rung} or less help"),
                *bound,
            ),
        }
    }
}

impl IntervalKind {
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Partial => ("部分", "partial "),
            Self::Whole => ("全", "whole "),
            Self::Momentary => ("瞬时", "momentary "),
        }
    }
}

impl Bound {
    fn zh(self) -> &'static str {
        match self.direction {
            Direction::AtLeast => "不少于",
            Direction::AtMost => "不超过",
        }
    }

    fn en(self) -> &'static str {
        match self.direction {
            Direction::AtLeast => "at least",
            Direction::AtMost => "at most",
        }
    }
}

fn share(zh: &str, en: &str, bound: Bound) -> Text {
    let (side_zh, side_en, amount) = (bound.zh(), bound.en(), bound.amount);
    Text::new(format!("{zh}{side_zh} {amount}%"), format!("{side_en} {amount} % {en}"))
}

fn events(bound: Bound, per: Per) -> Text {
    let (by_zh, by_en) = match per {
        Per::Unit => ("", ""),
        Per::Session => ("每次课", " a session"),
        Per::Day => ("每天", " a day"),
        Per::Minute => ("每分钟", " a minute"),
        Per::Hour => ("每小时", " an hour"),
    };
    let (zh, en, amount) = (bound.zh(), bound.en(), bound.amount);
    Text::new(format!("{by_zh}{zh} {amount} 次"), format!("{en} {amount}{by_en}"))
}
