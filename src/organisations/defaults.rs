//! What a new database starts with, from the data files beside this one.

/// The edition of the shipped list of divisions, as the day it stands for. Raised with the list, so that databases of
/// older programs fill in what is new.
pub(super) const EDITION: i64 = 20_251_106;

/// Code and name of the divisions of the country down to the county, and of a few streets.
pub(super) fn divisions() -> impl Iterator<Item = (&'static str, &'static str)> {
    [include_str!("data/country.tsv"), include_str!("data/streets.tsv")]
        .into_iter()
        .flat_map(str::lines)
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t'))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use entities::division_code::DivisionCode;

    use super::*;

    #[test]
    fn the_country_is_complete_and_every_division_lies_in_another() {
        let codes: BTreeSet<&str> = divisions().map(|(code, _)| code).collect();
        assert_eq!(codes.len(), divisions().count(), "no code stands twice");
        let counties = codes.iter().filter(|code| code.len() == 6).count();
        assert_eq!(
            (codes.iter().filter(|code| code.len() == 2).count(), counties),
            (34, 2847)
        );
        for (code, name) in divisions() {
            let read = DivisionCode::parse(code).unwrap();
            assert_eq!(read.as_str(), code, "padding is left off");
            assert!(
                read.parent().is_none_or(|parent| codes.contains(parent.as_str())),
                "{code}"
            );
            assert_eq!(name, name.trim());
        }
        for known in [
            ("530127", "嵩明县"),
            ("441900", ""),
            ("4419", "东莞市"),
            ("469024", "临高县"),
        ] {
            let name = divisions()
                .find(|(code, _)| *code == known.0)
                .map_or("", |(_, name)| name);
            assert_eq!(name, known.1);
        }
    }
}
