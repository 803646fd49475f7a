//! Text as it may come in, from wherever it comes: in its one form (`entities::text`), and not without end.

pub use entities::text::{REFUSED, cleaned, is_refused};

/// No field of any form takes more characters.
pub const LONGEST: usize = 10_000;

/// The first `longest` characters.
pub fn cut(text: &str, longest: usize) -> &str {
    match text.char_indices().nth(longest) {
        Some((end, _)) => text.get(..end).unwrap_or_default(),
        None => text,
    }
}

/// The name of a file as it is kept and offered: its last part, on one line, and not longer than every system takes
/// (255 bytes, and a Chinese character has three), with its ending.
pub fn file_name(name: &str) -> String {
    /// Bytes, with room for what a download adds.
    const LONGEST: usize = 180;
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = cleaned(name)
        .chars()
        .filter(|c| !matches!(c, '\n' | '"' | ':' | '*' | '?' | '<' | '>' | '|' | &REFUSED))
        .collect();
    let name = name.trim().trim_start_matches('.');
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if ending.len() <= 10 => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    let mut end = LONGEST - ending.len();
    while !stem.is_char_boundary(end.min(stem.len())) {
        end -= 1;
    }
    format!("{}{ending}", stem.get(..end.min(stem.len())).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn file_names_are_bare_short_and_keep_their_ending() {
        assert_eq!(file_name("C:\\temp\\名册.xlsx"), "名册.xlsx");
        assert_eq!(file_name("../../.ssh/名\n册\0.csv"), "名册.csv");
        assert_eq!(file_name("..."), "");
        let long = file_name(&format!("{}.xlsx", "王".repeat(3000)));
        assert!(long.len() <= 180 && long.ends_with("王.xlsx"), "{long}");
        assert!(file_name(&"a.".repeat(3000)).len() <= 180);
        assert!(file_name(&format!("a.{}", "王".repeat(3000))).len() <= 180);
    }

    proptest! {
        #[test]
        fn every_file_name_fits(name in any::<String>()) {
            let kept = file_name(&name);
            prop_assert!(kept.len() <= 180 && !kept.contains(['/', '\\', '\0', '\n']));
        }
    }
}
