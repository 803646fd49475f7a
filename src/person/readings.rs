//! The readings of a character. 乐 is le and yue, and a clerk who looks for 王乐 does not know which of them somebody had in
//! mind; a name is found by each that is in use, and two names sound alike when they can be read alike.

use std::{
    collections::{HashMap, VecDeque},
    sync::LazyLock,
};

/// Readings of a surname, for each of its characters; the first is the one by which names sort and sound.
pub(super) type Readings = Vec<&'static str>;

/// Readings of surnames, by the surname. A character is read this way at the head of a name only.
static SURNAMES: LazyLock<HashMap<&'static str, Vec<Readings>>> = LazyLock::new(|| {
    lines(include_str!("surnames.txt"))
        .map(|(surname, readings)| {
            let readings = readings.split(' ').map(|one| one.split('/').collect());
            (surname, readings.collect())
        })
        .collect()
});

/// Readings in use of characters that have several.
static SEVERAL: LazyLock<HashMap<&'static str, Readings>> = LazyLock::new(|| {
    lines(include_str!("readings.txt"))
        .map(|(character, readings)| (character, readings.split(' ').collect()))
        .collect()
});

/// Ways to spell one name that are kept. A name of two or three characters has fewer; one of many characters is kept with
/// those that differ least from the usual reading.
const MOST: usize = 24;

fn lines(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(' '))
}

/// The readings of a surname; none where it is read like any other character.
pub(super) fn of_surname(surname: &str) -> Option<&'static [Readings]> {
    SURNAMES.get(surname).map(Vec::as_slice)
}

/// The readings in use of a character; empty where there is one only.
pub(super) fn of_character(character: char) -> &'static [&'static str] {
    let mut buffer = [0; 4];
    SEVERAL
        .get(&*character.encode_utf8(&mut buffer))
        .map_or(&[], Vec::as_slice)
}

/// One choice for each part, put together in every way, those with the fewest further choices first, at most [`MOST`].
pub(super) fn put_together(parts: &[Vec<String>]) -> Vec<String> {
    let mut ways: VecDeque<(Vec<usize>, usize)> = VecDeque::from([(vec![0; parts.len()], 0)]);
    let mut all: Vec<String> = Vec::new();
    while let Some((way, from)) = ways.pop_front() {
        let text: String = parts
            .iter()
            .zip(&way)
            .filter_map(|(choices, chosen)| choices.get(*chosen))
            .map(String::as_str)
            .collect();
        if !all.contains(&text) {
            all.push(text);
        }
        if all.len() == MOST {
            break;
        }
        for (at, choices) in parts.iter().enumerate().skip(from) {
            for other in 1..choices.len() {
                let mut next = way.clone();
                if let Some(chosen) = next.get_mut(at) {
                    *chosen = other;
                }
                ways.push_back((next, at + 1));
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use pinyin::{ToPinyin as _, ToPinyinMulti as _};

    use super::*;

    #[test]
    fn every_line_of_the_surname_table_is_read() {
        let text = include_str!("surnames.txt");
        assert_eq!(
            SURNAMES.len(),
            text.lines().filter(|line| !line.starts_with('#')).count(),
            "a surname stands there twice, or a line is broken"
        );
        for (surname, readings) in SURNAMES.iter() {
            assert_eq!(surname.chars().count(), readings.len(), "{surname}");
            let mut all = readings.iter().flatten();
            assert!(all.all(|one| one.chars().all(|c| c.is_ascii_lowercase())), "{surname}");
            let everyday: Vec<&str> = surname
                .chars()
                .filter_map(|c| c.to_pinyin())
                .map(pinyin::Pinyin::plain)
                .collect();
            let first: Vec<&str> = readings.iter().filter_map(|one| one.first().copied()).collect();
            assert!(
                first != everyday || surname.chars().count() > 1,
                "{surname} is read as usual"
            );
        }
    }

    #[test]
    fn every_line_of_the_table_of_readings_is_read() {
        let text = include_str!("readings.txt");
        assert_eq!(
            SEVERAL.len(),
            text.lines().filter(|line| !line.starts_with('#')).count(),
            "a character stands there twice, or a line is broken"
        );
        for (character, readings) in SEVERAL.iter() {
            let mut letters = character.chars();
            let (Some(one), None) = (letters.next(), letters.next()) else {
                panic!("{character} is not one character");
            };
            let known: BTreeSet<String> = one
                .to_pinyin_multi()
                .into_iter()
                .flatten()
                .map(|reading| reading.plain().replace('ü', "v"))
                .collect();
            let mine: BTreeSet<String> = readings.iter().map(|one| (*one).to_owned()).collect();
            assert!(
                mine.len() == readings.len() && mine.len() > 1,
                "{character}: {readings:?}"
            );
            assert!(
                mine.is_subset(&known),
                "{character}: {readings:?}, dictionaries know {known:?}"
            );
        }
    }

    #[test]
    fn names_are_put_together_in_every_way_and_the_usual_ones_first() {
        let parts = [vec!["a", "b"], vec!["c"], vec!["d", "e", "f"]];
        let parts = parts.map(|choices| choices.into_iter().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(put_together(&parts), ["acd", "bcd", "ace", "acf", "bce", "bcf"]);
        assert_eq!(put_together(&[]), [""]);
        let many = vec![vec!["a".to_owned(), "b".to_owned()]; 12];
        let all = put_together(&many);
        assert_eq!(all.len(), MOST);
        assert_eq!(all[0], "a".repeat(12));
        for at in 0..12 {
            let mut one = "a".repeat(12);
            one.replace_range(at..=at, "b");
            assert!(all.contains(&one), "{one}");
        }
    }
}
