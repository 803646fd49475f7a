//! Numbers of rows in few words.

/// So many stretches are listed.
const LISTED: usize = 40;

/// A run of rows: `5`, or `5–12`.
pub fn row_run(first: u32, last: u32) -> String {
    if last > first {
        format!("{first}–{last}")
    } else {
        first.to_string()
    }
}

/// Numbers in ascending order: `3、5–8`. Long lists end in an ellipsis.
pub fn row_list(numbers: &[u32]) -> String {
    let mut stretches: Vec<(u32, u32)> = Vec::new();
    for &number in numbers {
        match stretches.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(number) => *last = number,
            _ => stretches.push((number, number)),
        }
    }
    let listed = stretches
        .iter()
        .take(LISTED)
        .map(|(first, last)| row_run(*first, *last));
    let mut parts: Vec<String> = listed.collect();
    if stretches.len() > LISTED {
        parts.push("…".to_owned());
    }
    parts.join("、")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_rows_are_short() {
        for (numbers, text) in [
            (&[][..], ""),
            (&[7][..], "7"),
            (&[3, 5, 6, 7, 8, 10][..], "3、5–8、10"),
            (&[u32::MAX][..], "4294967295"),
        ] {
            assert_eq!(row_list(numbers), text);
        }
        let many: Vec<u32> = (1..200).map(|n| n * 2).collect();
        assert!(row_list(&many).ends_with("80、…"));
    }
}
