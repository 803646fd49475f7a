//! Masks: what a list, a mail or a log may show of a person.
//!
//! GB/T 35273-2020 个人信息安全规范 asks for de-identified display where the full value is not needed. A mask shows the
//! edges that let a clerk tell two rows apart and never the middle; what is too short to have a middle is hidden whole.

/// A person's name: the first and the last character stay, `张*`, `张*丰`, `欧**娜`. A single character is hidden.
pub fn name(name: &str) -> String {
    let name = name.trim();
    match name.chars().count() {
        0 => String::new(),
        1 => "*".to_owned(),
        2 => keep(name, 1, 0),
        _ => keep(name, 1, 1),
    }
}

/// An 18-digit identity number: the first four and the last four stay, `3302**********0016`.
pub fn citizen_id(number: &str) -> String {
    keep(number.trim(), 4, 4)
}

/// A telephone number: mobile `138****5678`; a landline keeps its area code and the last two digits, `0574-******56`.
pub fn phone(number: &str) -> String {
    let number = number.trim();
    match number.split_once('-') {
        Some((area, local)) => format!("{area}-{}", keep(local, 0, 2)),
        None => keep(number, 3, 4),
    }
}

/// An e-mail address: the first letter and the domain stay, `z***@example.cn`; the number of stars says nothing.
pub fn email(address: &str) -> String {
    let address = address.trim();
    let Some((local, domain)) = address.rsplit_once('@') else {
        return hide(address);
    };
    match local.chars().next() {
        Some(first) if local.chars().nth(1).is_some() => format!("{first}***@{domain}"),
        _ => format!("***@{domain}"),
    }
}

/// Any other number on paper (passport, birth certificate, disability card): two characters at each end stay,
/// `T3******56`.
pub fn document(number: &str) -> String {
    keep(number.trim(), 2, 2)
}

/// Keeps `head` characters at the beginning and `tail` at the end. Where less than four characters would be hidden the
/// whole text is hidden; only a name, which keeps two characters at most, may have a middle of one.
fn keep(text: &str, head: usize, tail: usize) -> String {
    let length = text.chars().count();
    let hidden = length.saturating_sub(head + tail);
    if hidden == 0 || (head + tail > 2 && hidden < 4) {
        return hide(text);
    }
    let stars = head..head + hidden;
    text.chars()
        .enumerate()
        .map(|(at, c)| if stars.contains(&at) { '*' } else { c })
        .collect()
}

fn hide(text: &str) -> String {
    text.chars().map(|_| '*').collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn masks_of_the_norm() {
        assert_eq!(name("张三"), "张*");
        assert_eq!(name("张三丰"), "张*丰");
        assert_eq!(name("欧阳娜娜"), "欧**娜");
        assert_eq!(name("阿卜杜拉·买买提"), "阿******提");
        assert_eq!(name(" 张 "), "*");
        assert_eq!(name(""), "");
        assert_eq!(citizen_id("330211202002290016"), "3302**********0016");
        assert_eq!(phone("13812345678"), "138****5678");
        assert_eq!(phone("0574-86251234"), "0574-******34");
        assert_eq!(email("zhang@example.cn"), "z***@example.cn");
        assert_eq!(email("z@example.cn"), "***@example.cn");
        assert_eq!(email("not an address"), "**************");
        assert_eq!(document("T330123456"), "T3******56");
    }

    #[test]
    fn the_unusual_shows_less_not_more() {
        assert_eq!(citizen_id("33021"), "*****");
        assert_eq!(citizen_id("330211200"), "*********");
        assert_eq!(phone("12345"), "*****");
        assert_eq!(document("AB123"), "*****");
        assert_eq!(phone(""), "");
    }

    /// The characters of `text` that the mask left readable must be its edges.
    fn only_edges(text: &str, mask: &str, head: usize, tail: usize) {
        let (text, mask): (Vec<char>, Vec<char>) = (text.chars().collect(), mask.chars().collect());
        assert_eq!(text.len(), mask.len());
        for (at, shown) in mask.iter().enumerate() {
            if *shown != '*' {
                assert_eq!(*shown, text[at]);
                assert!(at < head || at >= text.len() - tail, "{mask:?} shows position {at}");
            }
        }
        assert!(text.is_empty() || mask.contains(&'*'));
    }

    proptest! {
        #[test]
        fn the_middle_is_never_shown(text in "[a-zA-Z0-9\u{4e00}-\u{4eff}]{0,24}") {
            only_edges(&text, &name(&text), 1, 1);
            only_edges(&text, &citizen_id(&text), 4, 4);
            only_edges(&text, &phone(&text), 3, 4);
            only_edges(&text, &document(&text), 2, 2);
        }

        #[test]
        fn nothing_at_all_breaks_a_mask(text in "\\PC{0,40}") {
            let _ = (name(&text), citizen_id(&text), phone(&text), email(&text), document(&text));
        }

        #[test]
        fn the_local_part_of_an_address_is_hidden(local in "[a-z0-9.]{2,20}") {
            let first = local.chars().next().unwrap();
            prop_assert_eq!(email(&format!("{local}@example.cn")), format!("{first}***@example.cn"));
        }
    }
}
