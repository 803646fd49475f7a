//! Text as it may come in, from wherever it comes: without characters that no keyboard has, and not without end.

use std::borrow::Cow;

/// Stands where something stood that may not come in; whoever reads a form refuses it ([`super::Check`]).
pub const REFUSED: char = char::REPLACEMENT_CHARACTER;
/// No field of any form takes more characters.
pub const LONGEST: usize = 10_000;

/// What becomes of a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Kept,
    /// Nobody sees it and nobody misses it; two equal names would be two with it.
    Dropped,
    Blank,
    LineBreak,
    Refused,
}

fn fate(c: char) -> Fate {
    match c {
        '\n' => Fate::Kept,
        '\t' => Fate::Blank,
        // What word processors put between lines.
        '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Fate::LineBreak,
        // Controls; what is no character at all (U+FDD0 and the last two of each plane); what decoding left over.
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fdd0}'..='\u{fdef}' | REFUSED => Fate::Refused,
        _ if u32::from(c) & 0xfffe == 0xfffe => Fate::Refused,
        // Soft hyphen, joiners, marks of direction, fillers, byte order mark, annotations, tags.
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => Fate::Dropped,
        _ => Fate::Kept,
    }
}

/// The text as it may come in: what is pasted along unseen is dropped, tabs become blanks, every kind of line break the
/// plain one, and [`REFUSED`] stands for what may not come in.
pub fn cleaned(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| fate(c) == Fate::Kept) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match fate(c) {
            Fate::Kept => clean.push(c),
            Fate::Dropped => {}
            Fate::Blank => clean.push(' '),
            Fate::LineBreak => {
                if c == '\r' {
                    chars.next_if_eq(&'\n');
                }
                clean.push('\n');
            }
            Fate::Refused => clean.push(REFUSED),
        }
    }
    Cow::Owned(clean)
}

/// Something in it may not come in.
pub fn is_refused(text: &str) -> bool {
    text.chars().any(|c| fate(c) == Fate::Refused)
}

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
    fn what_is_pasted_along_is_dropped_and_what_no_keyboard_has_is_marked() {
        for (sent, kept) in [
            ("王小明", "王小明"),
            ("王\u{200b}小\u{202e}明\u{feff}", "王小明"),
            ("一\r\n二\r三\u{2028}四\u{b}五", "一\n二\n三\n四\n五"),
            ("a\tb", "a b"),
            ("a\0b", "a\u{fffd}b"),
            ("\u{7f}\u{85}\u{9f}\u{1b}", "\u{fffd}\n\u{fffd}\u{fffd}"),
            (
                "\u{fffe}\u{ffff}\u{1fffe}\u{10ffff}\u{fdd0}",
                "\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}",
            ),
            ("阿依古丽·买买提 Ä é 𠮷 \u{3000}", "阿依古丽·买买提 Ä é 𠮷 \u{3000}"),
        ] {
            assert_eq!(cleaned(sent), kept, "{sent:?}");
        }
        assert!(is_refused("a\0") && is_refused("\u{fffd}") && !is_refused("a\tb\r\nc"));
    }

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
        fn nothing_that_is_cleaned_changes_again(text in any::<String>()) {
            let once = cleaned(&text).into_owned();
            prop_assert!(once.chars().all(|c| c == '\n' || !c.is_control()));
            prop_assert_eq!(cleaned(&once).into_owned(), once);
        }

        #[test]
        fn every_file_name_fits(name in any::<String>()) {
            let kept = file_name(&name);
            prop_assert!(kept.len() <= 180 && !kept.contains(['/', '\\', '\0', '\n']));
        }
    }
}
