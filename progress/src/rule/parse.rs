//! Reading the notation: tokens joined by `;`, in any order.

use std::str::FromStr;

use crate::number::{Amount, Fraction};

use super::kinds::{Bound, Criterion, Direction, Evidence, IntervalKind, Per, Rule, UnitKind, Way};

/// Most of anything that a rule asks for.
const MOST: u32 = 100_000;
/// Most ways; vendors know three alternative checks.
const WAYS: usize = 10;
/// Longest notation.
const LONGEST: usize = 2_000;

/// Why a rule was not understood, to be read after its name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RuleError(String);

impl FromStr for Rule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        if text.len() > LONGEST {
            return Err(RuleError(format!("is longer than {LONGEST} bytes")));
        }
        let mut ways = text.split('|').map(way).collect::<Result<Vec<_>, _>>()?;
        if ways.len() > WAYS {
            return Err(RuleError(format!("has more than {WAYS} alternatives")));
        }
        let others = ways.split_off(1.min(ways.len()));
        let first = ways.pop().ok_or_else(|| RuleError("is empty".to_owned()))?;
        Ok(Self { first, others })
    }
}

/// The tokens of one way, each at most once.
#[derive(Default)]
struct Tokens<'t>(Vec<(&'t str, &'t str, &'t str)>);

impl<'t> Tokens<'t> {
    fn read(text: &'t str) -> Result<Self, RuleError> {
        const KNOWN: &[(&str, &[&str])] = &[
            ("pct", &[">=", "<="]),
            ("count", &[">=", "<="]),
            ("sec", &[">=", "<="]),
            ("steps", &[">=", "<="]),
            ("int", &[">=", "<="]),
            ("level", &["<="]),
            ("share", &[">="]),
            ("kind", &["="]),
            ("len", &["="]),
            ("min", &["="]),
            ("minutes", &[">="]),
            ("unit", &["="]),
            ("first", &["="]),
            ("probe", &["="]),
            ("run", &["="]),
            ("of", &["="]),
            ("op", &["="]),
            ("days", &["="]),
            ("people", &["="]),
            ("place", &["="]),
        ];
        let mut tokens = Self::default();
        for token in text.split(';').map(str::trim) {
            let unknown = || RuleError(format!("has the unknown token {:?}", short(token)));
            let split = [">=", "<=", "="].into_iter().find_map(|sign| {
                token
                    .split_once(sign)
                    .map(|(name, value)| (name.trim(), sign, value.trim()))
            });
            let (name, sign, value) = split.ok_or_else(unknown)?;
            let signs = KNOWN.iter().find(|(known, _)| *known == name).map(|(_, signs)| *signs);
            if !signs.ok_or_else(unknown)?.contains(&sign) || value.is_empty() {
                return Err(unknown());
            }
            if tokens.0.iter().any(|(other, ..)| *other == name) {
                return Err(RuleError(format!("has {name} twice")));
            }
            tokens.0.push((name, sign, value));
        }
        Ok(tokens)
    }

    fn take(&mut self, name: &str) -> Option<(&'t str, &'t str)> {
        let place = self.0.iter().position(|(known, ..)| *known == name)?;
        let (_, sign, value) = self.0.remove(place);
        Some((sign, value))
    }

    /// The value of `name=value`, as somebody reads it.
    fn value<T>(&mut self, name: &str, read: impl FnOnce(&'t str) -> Option<T>) -> Result<Option<T>, RuleError> {
        let Some((_, value)) = self.take(name) else {
            return Ok(None);
        };
        read(value).map(Some).ok_or_else(|| wrong(name, value))
    }

    fn number(&mut self, name: &str) -> Result<Option<u32>, RuleError> {
        self.value(name, whole)
    }

    /// An amount to be reached; `read` gives what stands in the value besides, and the amount.
    fn bound<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&'t str) -> Option<(T, Fraction)>,
    ) -> Result<Option<(Bound, T)>, RuleError> {
        let Some((sign, value)) = self.take(name) else {
            return Ok(None);
        };
        let (besides, amount) = read(value).ok_or_else(|| wrong(name, value))?;
        let direction = if sign == ">=" {
            Direction::AtLeast
        } else {
            Direction::AtMost
        };
        Ok(Some((Bound { direction, amount }, besides)))
    }
}

fn way(text: &str) -> Result<Way, RuleError> {
    let mut tokens = Tokens::read(text)?;
    let (criterion, fluency) = criterion(&mut tokens)?;
    let unit = match tokens.take("unit") {
        None | Some((_, "day")) => UnitKind::Day,
        Some((_, "session")) => UnitKind::Session,
        Some((_, value)) => return Err(wrong("unit", value)),
    };
    let probe = match tokens.take("probe") {
        None => false,
        Some((_, "first")) => true,
        Some((_, value)) => return Err(wrong("probe", value)),
    };
    let way = Way {
        fluency,
        min: tokens.number("min")?,
        minutes: tokens.value("minutes", Amount::minutes)?,
        unit,
        first: tokens.take("first").map(|(_, rung)| rung.to_owned()),
        probe,
        people: tokens.number("people")?,
        places: tokens.number("place")?,
        evidence: evidence(&mut tokens)?,
        criterion,
    };
    match tokens.0.first() {
        None => check(way),
        Some((name, ..)) => Err(RuleError(format!("has {name}, which does not go with the rest of it"))),
    }
}

fn criterion(tokens: &mut Tokens) -> Result<(Criterion, Option<(Bound, Per)>), RuleError> {
    let pct = tokens.bound("pct", |value| Some(((), percent(value, false)?)))?;
    let count = tokens.bound("count", per)?;
    let sec = tokens.bound("sec", |value| Some(((), Fraction::decimal(value)?)))?;
    let steps = tokens.bound("steps", |value| Some(((), percent(value, true)?)))?;
    let int = tokens.bound("int", |value| Some(((), percent(value, false)?)))?;
    let level = tokens.value("level", |rung| Some(rung.to_owned()))?;
    let named = |criterion: Criterion| Ok((criterion, None));
    match (pct, count, sec, steps, int, level) {
        (Some((pct, ())), count, None, None, None, None) => Ok((Criterion::Percent(pct), count)),
        (None, Some((count, per)), None, None, None, None) => named(Criterion::Count(count, per)),
        (None, None, Some((sec, ())), None, None, None) => named(Criterion::Seconds(sec)),
        (None, None, None, Some((steps, ())), None, None) => named(Criterion::Steps(steps)),
        (None, None, None, None, Some((int, ())), None) => {
            let kind = tokens.value("kind", IntervalKind::find)?;
            let length = tokens.value("len", length)?;
            named(Criterion::Intervals(int, kind, length))
        }
        (None, None, None, None, None, Some(rung)) => {
            let share = tokens.bound("share", |value| Some(((), percent(value, false)?)))?;
            let (share, ()) = share.ok_or_else(|| RuleError("has level without share".to_owned()))?;
            named(Criterion::Level(rung, share))
        }
        (None, None, None, None, None, None) => Err(RuleError(
            "must have one of pct, count, sec, steps, int and level".to_owned(),
        )),
        (..) => Err(RuleError("asks for two things at once".to_owned())),
    }
}

fn evidence(tokens: &mut Tokens) -> Result<Evidence, RuleError> {
    let run = tokens.value("run", |value| whole(value.strip_suffix('d').unwrap_or(value)))?;
    let (of, op, days) = (tokens.number("of")?, tokens.number("op")?, tokens.number("days")?);
    match (run, of, op, days) {
        (run, None, None, None) => Ok(Evidence::Run(run.unwrap_or(1))),
        (Some(run), Some(of), None, None) if run <= of => Ok(Evidence::Of(run, of)),
        (Some(_), Some(_), None, None) => Err(RuleError("has a run that is longer than what it is of".to_owned())),
        (None, Some(_), None, None) => Err(RuleError("has of without run".to_owned())),
        (None, None, Some(op), days) => Ok(Evidence::Opportunities {
            op,
            days: days.unwrap_or(1),
        }),
        (None, None, None, Some(_)) => Err(RuleError("has days without op".to_owned())),
        (..) => Err(RuleError("has both a run and a window of opportunities".to_owned())),
    }
}

/// What cannot go together.
fn check(way: Way) -> Result<Way, RuleError> {
    let windowed = matches!(way.evidence, Evidence::Opportunities { .. });
    let trials = matches!(way.criterion, Criterion::Percent(_) | Criterion::Level(..));
    let count = matches!(way.criterion, Criterion::Count(..));
    let poolable = trials || matches!(way.criterion, Criterion::Seconds(_));
    let daily = matches!(way.criterion, Criterion::Count(_, Per::Day));
    let timed = |per: Per| matches!(per, Per::Minute | Per::Hour);
    let what = if windowed && !poolable {
        "has op, which goes with pct, sec and level"
    } else if (way.probe || way.first.is_some()) && !trials {
        "has first or probe, which go with pct and level"
    } else if way.min.is_some() && count {
        "has min, which does not go with count; minutes does"
    } else if way.fluency.is_some_and(|(_, per)| !timed(per)) {
        "has a count beside pct, which must be by min or h"
    } else if way.fluency.is_some() && windowed {
        "has a count beside pct, which does not go with op"
    } else if daily && way.unit == UnitKind::Session {
        "counts by the day and is judged by the session"
    } else {
        return Ok(way);
    };
    Err(RuleError(what.to_owned()))
}

fn whole(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|b| b.is_ascii_digit());
    let number = if plain { text.parse().ok()? } else { return None };
    (1..=MOST).contains(&number).then_some(number)
}

/// A share from 0 to 100. `sign`: the % must stand there, because a number of steps would be something else.
fn percent(text: &str, sign: bool) -> Option<Fraction> {
    let number = match text.strip_suffix('%') {
        Some(number) => number,
        None if sign => return None,
        None => text,
    };
    Fraction::decimal(number).filter(|number| *number <= Fraction::HUNDRED)
}

fn per(text: &str) -> Option<(Per, Fraction)> {
    let (number, per) = match text.split_once('/') {
        None => (text, Per::Unit),
        Some((number, "session")) => (number, Per::Session),
        Some((number, "day")) => (number, Per::Day),
        Some((number, "min")) => (number, Per::Minute),
        Some((number, "h")) => (number, Per::Hour),
        Some(_) => return None,
    };
    Some((per, Fraction::decimal(number)?))
}

/// `30s`.
fn length(text: &str) -> Option<Amount> {
    let number = text.strip_suffix('s')?;
    Fraction::decimal(number)?;
    let length = Amount::read(number.parse().ok()?)?;
    (length >= Amount::INSTANT).then_some(length)
}

fn wrong(name: &str, value: &str) -> RuleError {
    RuleError(format!("cannot have {:?} as {name}", short(value)))
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}
