//! Dated rows of which one follows the other without a gap: what a new one means for those that are there. Pure.

use chrono::NaiveDate;

use super::room::Span;

/// What a new row means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Succession {
    /// The row that begins on the same day: it says the new thing instead.
    pub(super) replaces: Option<usize>,
    /// The row that ends the day before.
    pub(super) shortens: Option<usize>,
    /// The last day of the new one: the day before the next begins, or none.
    pub(super) until: Option<NaiveDate>,
}

/// A row from a day on, among others.
pub(super) fn from(rows: &[Span], day: NaiveDate) -> Succession {
    let next = rows.iter().map(|span| span.from).filter(|from| *from > day).min();
    let replaces = rows.iter().position(|span| span.from == day);
    Succession {
        replaces,
        shortens: match replaces {
            Some(_) => None,
            None => rows.iter().position(|span| span.holds(day)),
        },
        until: next.and_then(|next| next.pred_opt()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_follows_the_other() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let rows = [
            Span::new(day("2026-01-01"), Some(day("2026-06-30"))),
            Span::new(day("2026-07-01"), None),
        ];
        let none = Succession {
            replaces: None,
            shortens: None,
            until: None,
        };
        assert_eq!(from(&[], day("2026-03-01")), none);
        assert_eq!(
            from(&rows, day("2026-09-01")),
            Succession {
                shortens: Some(1),
                ..none
            }
        );
        let between = Succession {
            shortens: Some(0),
            until: Some(day("2026-06-30")),
            ..none
        };
        assert_eq!(from(&rows, day("2026-03-01")), between);
        assert_eq!(
            from(&rows, day("2026-07-01")),
            Succession {
                replaces: Some(1),
                ..none
            }
        );
        let before = Succession {
            until: Some(day("2025-12-31")),
            ..none
        };
        assert_eq!(from(&rows, day("2025-05-01")), before);
    }
}
