//! The door of text: what becomes of every text that comes in, from a page, a file or the command line, so that two
//! texts that look alike are one.

use std::{borrow::Cow, collections::HashMap, sync::LazyLock};

use unicode_normalization::{IsNormalized, UnicodeNormalization as _, char::is_combining_mark, is_nfc_quick};

/// Stands where something stood that may not come in; whoever reads a form refuses it.
pub const REFUSED: char = char::REPLACEMENT_CHARACTER;

/// What becomes of a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Kept,
    /// Nobody sees it and nobody misses it; two equal names would be two with it.
    Dropped,
    Blank,
    LineBreak,
    Refused,
    /// Looks like another one, which is meant.
    Alike,
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
        // Soft hyphen, joiners, marks of direction, fillers, marks of a variant, byte order mark, annotations, tags.
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
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}'
        | '\u{e0100}'..='\u{e01ef}' => Fate::Dropped,
        // Radicals and strokes as PDFs give them, ligatures of Latin letters.
        '\u{2e80}'..='\u{2fdf}' | '\u{31c0}'..='\u{31ef}' | '\u{fb00}'..='\u{fb06}' => Fate::Alike,
        _ => Fate::Kept,
    }
}

/// Radicals and strokes with the characters that they are.
static RADICALS: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let lines = include_str!("radicals.txt")
        .lines()
        .filter(|line| !line.starts_with('#'));
    let pairs = lines.filter_map(|line| {
        let (radical, character) = line.split_once(' ')?;
        radical.chars().next().zip(character.chars().next())
    });
    pairs.collect()
});

/// The text as it may come in: what is pasted along unseen is dropped, tabs become blanks, every kind of line break the
/// plain one, letters that are written in several ways the one way (compatibility ideographs, radicals, accents apart
/// from their letter), and [`REFUSED`] stands for what may not come in.
pub fn cleaned(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| fate(c) == Fate::Kept) {
        return composed(Cow::Borrowed(text));
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
            Fate::Alike => match RADICALS.get(&c) {
                Some(character) => clean.push(*character),
                None => clean.extend(std::iter::once(c).nfkc()),
            },
        }
    }
    composed(Cow::Owned(clean))
}

/// The normal form C: an accent is one with its letter, and a compatibility ideograph is the ideograph.
fn composed(text: Cow<'_, str>) -> Cow<'_, str> {
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => text,
        IsNormalized::No | IsNormalized::Maybe => Cow::Owned(text.nfc().collect()),
    }
}

/// Something in it may not come in.
pub fn is_refused(text: &str) -> bool {
    text.chars().any(|c| fate(c) == Fate::Refused)
}

/// One line as a cell of a file holds it: cleaned, without controls, blanks at the ends and runs of blanks.
pub fn tidy(text: &str) -> String {
    let controls = |c: &char| c.is_control() && !c.is_whitespace();
    let text = if text.contains(|c| controls(&c)) {
        Cow::Owned(text.chars().filter(|c| !controls(c)).collect())
    } else {
        Cow::Borrowed(text)
    };
    cleaned(&text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A mark that belongs to the letter before it.
pub fn is_mark(c: char) -> bool {
    is_combining_mark(c)
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
            ("\u{202d}138 0000 0000\u{202c}", "138 0000 0000"),
            ("葛\u{e0100}\u{fe00}", "葛"),
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
    fn letters_that_look_alike_are_the_same() {
        for (sent, kept) in [
            // Compatibility ideographs, also those beyond the first plane.
            ("\u{f9e1}明", "李明"),
            ("\u{f90a}\u{f9f4}\u{fa12}", "金林晴"),
            ("\u{2f800}\u{2fa1d}", "丽\u{2a600}"),
            // Unified in spite of where they stand.
            ("\u{fa0e}\u{fa11}", "\u{fa0e}\u{fa11}"),
            // Radicals of both blocks.
            ("王⼩⽂", "王小文"),
            ("⻢⻅⻰", "马见龙"),
            ("⺟⼥", "母女"),
            // Accents.
            ("Zoe\u{308} Mu\u{308}ller", "Zoë Müller"),
            ("Nguye\u{302}\u{303}n", "Nguyễn"),
            ("\u{212b}sa \u{fb01}lip", "Åsa filip"),
            // What is meant otherwise stays.
            ("①㎡〇，。１", "①㎡〇，。１"),
        ] {
            assert_eq!(cleaned(sent), kept, "{sent:?}");
        }
    }

    #[test]
    fn one_line_of_a_file() {
        for (sent, kept) in [
            ("  小　明 ", "小 明"),
            ("李\u{b}静", "李 静"),
            ("\u{1a}", ""),
            ("\u{202e}abc\u{7}", "abc"),
            ("王\u{fffd}明", "王\u{fffd}明"),
        ] {
            assert_eq!(tidy(sent), kept, "{sent:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_is_cleaned_changes_again(text in any::<String>()) {
            let once = cleaned(&text).into_owned();
            prop_assert!(once.chars().all(|c| c == '\n' || !c.is_control()));
            prop_assert_eq!(cleaned(&once).into_owned(), once);
        }
    }
}
