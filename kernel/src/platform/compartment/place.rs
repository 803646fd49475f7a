//! Where rows say that a child lives or lived, and which of them go along.

use sea_orm::Condition;

pub(super) const DISTRICT: &str = "district";
pub(super) const STREET: &str = "street";
const DIVISION: &str = "division";

/// What the columns `district`, `street` and `division` of a table mean.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// They are not there, or mean something else.
    Nowhere,
    /// Where the child lived when it happened: stays, unless that very place gets another code.
    Then,
    /// Where the child lives: these rows go where it goes.
    Now(fn() -> Condition),
}

/// Every row.
pub fn every_row() -> Condition {
    Condition::all()
}

pub(super) fn district(code: &str) -> &str {
    code.get(..6).unwrap_or_default()
}

pub(super) fn street(code: &str) -> &str {
    code.get(..9).unwrap_or_default()
}

/// Columns in which a code is replaced, each with what is written into the row that has it.
pub(super) fn levels_of_change<'a>(from: &str, to: &'a str) -> Vec<(&'static str, Vec<(&'static str, &'a str)>)> {
    let upper = [(DISTRICT, district(to)), (STREET, street(to))];
    match from.len() {
        ..=6 => vec![(DISTRICT, vec![(DISTRICT, to)])],
        7..=9 => vec![(STREET, upper.to_vec()), (DIVISION, vec![(DIVISION, to)])],
        // A village may go over into another street by its new code.
        _ => vec![(DIVISION, [&upper[..], &[(DIVISION, to)]].concat())],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_replaced_on_its_level() {
        assert_eq!(
            levels_of_change("330211", "330299"),
            [("district", vec![("district", "330299")])]
        );
        assert_eq!(
            levels_of_change("330211004", "330205009"),
            [
                ("street", vec![("district", "330205"), ("street", "330205009")]),
                ("division", vec![("division", "330205009")]),
            ]
        );
        let village = levels_of_change("330211004001", "330211009001");
        assert_eq!(
            village,
            [(
                "division",
                vec![
                    ("district", "330211"),
                    ("street", "330211009"),
                    ("division", "330211009001")
                ]
            )]
        );
    }
}
