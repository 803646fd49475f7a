//! Mastery that was decided, and data that changed afterwards.
//!
//! A decision stays as it was made, with its rule and its data. When late or corrected records say something else, a person is
//! told; nothing is taken back in silence.

use crate::{day::Day, mastery::mastery, record::Record, said::day_zh, target::Target, text::Text};

/// What the data say today about a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// The same as then.
    Holds,
    /// They do not reach the rule any more.
    Lost,
    /// They reached it earlier already.
    Earlier(Day),
    /// They reached it only later.
    Later(Day),
}

/// What the records up to the day of the decision say today of a mastery that was reached on a day. Later records are another
/// matter: they show whether it is kept ([`crate::upkeep`]).
pub fn evidence(target: &Target, records: &[Record], reached: Day) -> Evidence {
    let then: Vec<Record> = records.iter().filter(|record| record.day <= reached).cloned().collect();
    match mastery(target, &then).on {
        Some(on) if on == reached => Evidence::Holds,
        Some(on) => Evidence::Earlier(on),
        None => match mastery(target, records).on {
            Some(on) => Evidence::Later(on),
            None => Evidence::Lost,
        },
    }
}

impl Evidence {
    /// Somebody has to look at it.
    pub fn changed(self) -> bool {
        self != Self::Holds
    }

    /// In words; nothing when nothing changed.
    pub fn said(self) -> Option<Text> {
        let (zh, en) = match self {
            Self::Holds => return None,
            Self::Lost => (
                "数据已更正，达标依据不再成立，请核对".to_owned(),
                "The data were corrected and do not reach the rule any more: please check".to_owned(),
            ),
            Self::Earlier(on) => (
                format!("数据已更正，{}已达标，请核对", day_zh(on)),
                format!("The data were corrected and reached the rule on {on} already: please check"),
            ),
            Self::Later(on) => (
                format!("数据已更正，{}才达标，请核对", day_zh(on)),
                format!("The data were corrected and reached the rule on {on} only: please check"),
            ),
        };
        Some(Text::sentence(&[Text::new(zh, en)]))
    }
}
