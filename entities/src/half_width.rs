//! Text as it is typed on a Chinese keyboard or pasted from Excel.

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

/// A number as written by a clerk, brought to the one form we keep: half-width, upper-case, without any white space.
pub(crate) fn compact(text: &str) -> String {
    text.chars()
        .map(half_width_char)
        .filter(|c| !c.is_whitespace() && *c != '\u{feff}' && *c != '\u{200b}')
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_digits_are_digits() {
        assert_eq!(half_width("３３０２１１ｘ　Ａ"), "330211x A");
        assert_eq!(compact(" ３３０２ 11\tx\u{200b}"), "330211X");
        assert_eq!(half_width("张三·丰"), "张三·丰");
    }
}
