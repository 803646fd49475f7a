//! Text as it is typed on a Chinese keyboard or pasted from Excel.

use unicode_normalization::UnicodeNormalization as _;

use crate::text;

/// Full-width letters, digits and signs (U+FF01 to U+FF5E) become their ASCII twins, the ideographic space a space.
///
/// Everything else is kept. An input method left in full-width mode must not make a correct number wrong.
pub fn half_width(text: &str) -> String {
    text.chars().map(half_width_char).collect()
}

fn half_width_char(c: char) -> char {
    match c {
        '\u{3000}' | '\u{a0}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// Half-width, and besides: cleaned ([`text::cleaned`]), dashes as hyphens, the Chinese full stop as a point, all blanks
/// as one kind. For what is read and not kept.
pub fn narrow(text: &str) -> String {
    half_width(&text::cleaned(text))
        .chars()
        .map(|c| match c {
            '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
            '\u{3002}' => '.',
            c if c.is_whitespace() => ' ',
            c => c,
        })
        .collect()
}

/// A number as written by a clerk, brought to the one form we keep: half-width, upper-case, without any white space.
pub fn compact(text: &str) -> String {
    text::cleaned(text)
        .chars()
        .map(half_width_char)
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// As it is looked for: half-width, in lower case, without accents. `Zoë` is `zoe`, `Łukasz` is `lukasz`.
pub fn folded(text: &str) -> String {
    let lower = half_width(&text::cleaned(text)).to_lowercase();
    if lower.is_ascii() {
        return lower;
    }
    let mut plain = String::with_capacity(lower.len());
    for c in lower.nfd() {
        match c {
            // The accents of Latin, Greek and Cyrillic letters; marks of other scripts are letters of theirs.
            '\u{300}'..='\u{36f}' => {}
            'ø' => plain.push('o'),
            'ł' => plain.push('l'),
            'đ' | 'ð' => plain.push('d'),
            'ħ' => plain.push('h'),
            'ŧ' => plain.push('t'),
            'ı' => plain.push('i'),
            'ß' => plain.push_str("ss"),
            'æ' => plain.push_str("ae"),
            'œ' => plain.push_str("oe"),
            'þ' => plain.push_str("th"),
            _ => plain.push(c),
        }
    }
    plain.nfc().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn full_width_digits_are_digits() {
        assert_eq!(half_width("３３０２１１ｘ　Ａ"), "330211x A");
        assert_eq!(compact(" ３３０２ 11\tx\u{200b}"), "330211X");
        assert_eq!(compact("\u{202d}3302\u{202c}\u{ad}11"), "330211");
        assert_eq!(narrow("２０２４。1\u{2014}5\u{a0}"), "2024.1-5 ");
        assert_eq!(half_width("张三·丰"), "张三·丰");
    }

    #[test]
    fn looked_for_without_accents() {
        for (typed, plain) in [
            ("Zoë Smith", "zoe smith"),
            ("ＺＯＥ", "zoe"),
            ("Łukasz Żółć", "lukasz zolc"),
            ("Søren Strauß", "soren strauss"),
            ("Nguyễn", "nguyen"),
            ("İpek Işık", "ipek isik"),
            ("王小明", "王小明"),
            ("がくë", "がくe"),
            ("ئالىم", "ئالىم"),
        ] {
            assert_eq!(folded(typed), plain, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_is_folded_changes_again(text in any::<String>()) {
            let once = folded(&text);
            prop_assert_eq!(folded(&once), once.clone());
        }
    }
}
