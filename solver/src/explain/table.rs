//! Small tables in text, whose columns stand under each other in Chinese too.

/// Rows with their columns padded to the widest cell; the numbered columns are set to the right.
pub(super) fn table(rows: &[Vec<String>], right: &[usize]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widest: Vec<usize> = (0..columns)
        .map(|c| {
            rows.iter()
                .filter_map(|row| row.get(c))
                .map(|cell| width(cell))
                .max()
                .unwrap_or(0)
        })
        .collect();
    rows.iter()
        .map(|row| {
            let mut line = String::new();
            for (c, cell) in row.iter().enumerate() {
                let gap = " ".repeat(widest[c].saturating_sub(width(cell)));
                let before = if c == 0 { "" } else { "  " };
                line += before;
                line += &if right.contains(&c) {
                    gap + cell
                } else {
                    format!("{cell}{gap}")
                };
            }
            line.trim_end().to_owned()
        })
        .collect()
}

/// Columns that a text takes up: Chinese letters and punctuation take two.
fn width(text: &str) -> usize {
    text.chars().map(|c| if wide(c) { 2 } else { 1 }).sum()
}

fn wide(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}')
}

#[cfg(test)]
mod tests {
    use super::{table, width};

    #[test]
    fn columns_stand_under_each_other() {
        let rows = [
            vec!["接送".into(), "12".into(), "趟".into()],
            vec!["idle".into(), "9".into()],
        ];
        assert_eq!(table(&rows, &[1]), ["接送  12  趟", "idle   9"]);
        assert_eq!(width("8:30–9:30，周一"), 15);
    }
}
