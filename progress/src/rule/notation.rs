//! Writing a rule in its notation, always in the same order.

use std::fmt;

use crate::number::{Amount, Fraction};

use super::kinds::{Bound, Criterion, Direction, Evidence, Per, Rule, UnitKind, Way};

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, way) in self.ways().enumerate() {
            if place > 0 {
                f.write_str("|")?;
            }
            way.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.criterion {
            Criterion::Percent(bound) => write!(f, "pct{bound}")?,
            Criterion::Count(bound, per) => write!(f, "count{bound}{}", per.suffix())?,
            Criterion::Seconds(bound) => write!(f, "sec{bound}")?,
            Criterion::Steps(bound) => write!(f, "steps{bound}%")?,
            Criterion::Intervals(bound, kind, length) => {
                write!(f, "int{bound}%")?;
                if let Some(kind) = kind {
                    write!(f, ";kind={}", kind.word())?;
                }
                if let Some(length) = length {
                    write!(f, ";len={}s", decimal(Amount::fraction(*length)))?;
                }
            }
            Criterion::Level(rung, share) => write!(f, "level<={rung};share{share}%")?,
        }
        if let Some((bound, per)) = self.fluency {
            write!(f, ";count{bound}{}", per.suffix())?;
        }
        let mut option = |name: &str, value: Option<u32>| value.map_or(Ok(()), |value| write!(f, ";{name}={value}"));
        option("min", self.min)?;
        match self.evidence {
            Evidence::Run(run) => write!(f, ";run={run}d")?,
            Evidence::Of(run, of) => write!(f, ";run={run}d;of={of}")?,
            Evidence::Opportunities { op, days } => write!(f, ";op={op};days={days}")?,
        }
        let mut option = |name: &str, value: Option<u32>| value.map_or(Ok(()), |value| write!(f, ";{name}={value}"));
        option("people", self.people)?;
        option("place", self.places)?;
        if let Some(minutes) = self.minutes {
            write!(f, ";minutes>={}", decimal(minutes.in_minutes()))?;
        }
        if let Some(rung) = &self.first {
            write!(f, ";first={rung}")?;
        }
        if self.probe {
            f.write_str(";probe=first")?;
        }
        match self.unit {
            UnitKind::Day => Ok(()),
            UnitKind::Session => f.write_str(";unit=session"),
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.direction {
            Direction::AtLeast => ">=",
            Direction::AtMost => "<=",
        };
        write!(f, "{sign}{}", decimal(self.amount))
    }
}

impl Per {
    fn suffix(self) -> &'static str {
        match self {
            Self::Unit => "",
            Self::Session => "/session",
            Self::Day => "/day",
            Self::Minute => "/min",
            Self::Hour => "/h",
        }
    }
}

/// All decimals of a number that was read as one.
fn decimal(number: Fraction) -> String {
    const PLACES: u32 = 9;
    let units = number.half_up(PLACES);
    let scale = 10_i128.pow(PLACES);
    let (whole, part) = (units / scale, units % scale);
    let width = usize::try_from(PLACES).unwrap_or_default();
    let text = format!("{whole}.{part:0width$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
