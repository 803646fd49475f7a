//! Names in Chinese characters: how they are read, found and compared.
//!
//! Clerks look for a child by any part of the name, by the initials of its pinyin (`zsf`) or by the whole pinyin
//! (`zhangsanfeng`). Full-text indexes find nothing for two characters, and most names have two or three; so every name
//! is stored with a small set of terms, and a search is "begins with" on them.

use entities::{
    half_width::{folded, half_width},
    text,
};
use pinyin::ToPinyin;

use super::readings::{self, Readings, put_together};

/// The dot between the parts of a name (GB 2312 and many keyboards have their own).
const DOT: char = '·';

/// A name as we keep it: half-width Latin letters, one kind of middle dot, no space at the ends, beside a dot or beside
/// Chinese characters (`张　三`, as lists align it), single spaces between the words of every other script.
pub fn tidy_name(name: &str) -> String {
    let name = half_width(name);
    let mut tidy = String::with_capacity(name.len());
    let closed = |c: char| is_character(c) || one_dot(c, false) == DOT;
    for word in name.split_whitespace() {
        if !tidy.is_empty() && !tidy.ends_with(closed) && !word.starts_with(closed) {
            tidy.push(' ');
        }
        let mut rest = word.chars().peekable();
        while let Some(c) = rest.next() {
            let between_characters = tidy.ends_with(is_character) && rest.peek().copied().is_some_and(is_character);
            tidy.push(one_dot(c, between_characters));
        }
    }
    tidy
}

/// A full stop between Chinese characters is a middle dot that was not found on the keyboard.
fn one_dot(c: char, between_characters: bool) -> char {
    match c {
        '•' | '・' | '‧' | '･' | '∙' | '⋅' => DOT,
        '.' if between_characters => DOT,
        _ => c,
    }
}

/// Whether this is a Chinese character.
fn is_character(c: char) -> bool {
    matches!(u32::from(c), 0x3400..=0x9fff | 0xf900..=0xfaff | 0x2_0000..=0x3_ffff)
}

/// A part of a name that is read as one: a Chinese character, or a run of other letters and digits.
struct Part {
    /// The reading: toneless pinyin with ü written v, or the letters in lower case.
    reading: String,
    /// Others that are in use.
    others: Vec<&'static str>,
    kind: Kind,
}

impl Part {
    /// Every way to write it, the usual one first. Where the pinyin has ü there is also the spelling of passports,
    /// GB/T 28039-2011 中国人名汉语拼音字母拼写规则 (吕: `lv`, `lyu`).
    fn spellings(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for reading in std::iter::once(self.reading.as_str()).chain(self.others.iter().copied()) {
            let passport = match self.kind {
                Kind::Character => reading.replace('v', "yu"),
                Kind::Letters | Kind::Digits => reading.to_owned(),
            };
            for one in [reading.to_owned(), passport].map(|one| search_query(&one)) {
                if !all.contains(&one) {
                    all.push(one);
                }
            }
        }
        all
    }

    /// What it begins with: of a number all digits.
    fn begins(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for one in self.spellings() {
            let begin = match self.kind {
                Kind::Digits => one,
                Kind::Character | Kind::Letters => one.chars().take(1).collect(),
            };
            if !all.contains(&begin) {
                all.push(begin);
            }
        }
        all
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Character,
    Letters,
    Digits,
}

fn parts(name: &str) -> Vec<Part> {
    let name = folded(&tidy_name(name));
    let surname = surname_reading(&name);
    let mut parts: Vec<Part> = Vec::new();
    let mut joins = false;
    for (at, c) in name.chars().enumerate() {
        if let Some(pinyin) = c.to_pinyin() {
            let usual = pinyin.plain().replace('ü', "v");
            let own = surname.get(at).map_or(&[][..], Vec::as_slice);
            let reading = own.first().map_or(usual, |one| (*one).to_owned());
            let others = if own.is_empty() { readings::of_character(c) } else { own };
            parts.push(Part {
                others: others.iter().copied().filter(|one| *one != reading).collect(),
                reading,
                kind: Kind::Character,
            });
            joins = false;
            continue;
        }
        let Some(kind) = kind_of(c) else {
            // An apostrophe or full stop inside a Latin name does not part it.
            joins = joins && matches!(c, '\'' | '’' | '.' | '-');
            continue;
        };
        match parts.last_mut() {
            Some(last) if joins && last.kind == kind && kind != Kind::Character => {
                last.reading.extend(c.to_lowercase());
            }
            _ => parts.push(Part {
                reading: c.to_lowercase().collect(),
                others: Vec::new(),
                kind,
            }),
        }
        joins = true;
    }
    parts
}

/// What a character without pinyin is; `None` for signs and spaces. A Chinese character nobody can read stands for
/// itself.
fn kind_of(c: char) -> Option<Kind> {
    match c {
        _ if c.is_numeric() => Some(Kind::Digits),
        _ if is_character(c) => Some(Kind::Character),
        _ if c.is_alphabetic() => Some(Kind::Letters),
        _ => None,
    }
}

/// The reading of the surname at the head of a tidy name, one syllable for each of its characters; empty where the
/// everyday reading is right. Compound surnames go first, but a name needs something after its surname: 单于 alone is
/// a Shan called 于. Names with a dot begin with the given name and have no surname in this sense.
fn surname_reading(name: &str) -> &'static [Readings] {
    if name.contains(DOT) {
        return &[];
    }
    let ends: Vec<usize> = name.char_indices().map(|(at, c)| at + c.len_utf8()).take(3).collect();
    let head = |characters: usize| {
        let end = *ends.get(characters.checked_sub(1)?)?;
        readings::of_surname(name.get(..end)?)
    };
    let compound = if ends.len() > 2 { head(2) } else { None };
    compound.or_else(|| head(1)).unwrap_or_default()
}

/// The syllables of a name, toneless, ü written v: 吕布 is `["lv", "bu"]`. Latin words and numbers stand for themselves.
pub fn syllables(name: &str) -> Vec<String> {
    parts(name).into_iter().map(|part| part.reading).collect()
}

/// The initials of a name: 张三丰 is `zsf`. Of a Latin word its first letter, of a number all digits.
pub fn initials(name: &str) -> String {
    parts(name).iter().fold(String::new(), |mut initials, part| {
        match part.kind {
            Kind::Digits => initials.push_str(&part.reading),
            Kind::Character | Kind::Letters => initials.extend(part.reading.chars().next()),
        }
        initials
    })
}

/// The whole pinyin of a name without spaces: 张三丰 is `zhangsanfeng`.
pub fn full_pinyin(name: &str) -> String {
    syllables(name).concat()
}

/// What two names that sound alike have in common, for finding duplicates: 李明 and 黎鸣 are both `li ming`.
pub fn homophone_key(name: &str) -> String {
    syllables(name).join(" ")
}

/// The names can be read alike: character by character they have a reading in common.
pub fn may_sound_alike(one: &str, other: &str) -> bool {
    let (one, other) = (parts(one), parts(other));
    let alike = |(a, b): (&Part, &Part)| {
        let read = |part: &Part, reading: &str| part.reading == reading || part.others.contains(&reading);
        read(b, &a.reading) || a.others.iter().any(|reading| read(b, reading))
    };
    one.len() == other.len() && one.iter().zip(&other).all(alike)
}

/// What is stored beside a name so that "begins with" finds any part of it: every ending of the name, and its initials and
/// its pinyin by every reading in use. In lower case, without spaces and dots; search with [`search_query`].
pub fn search_terms(name: &str) -> Vec<String> {
    let key = search_query(name);
    let mut terms: Vec<String> = endings(&key).collect();
    // Also for those who leave the dots of Müller out.
    let plain = plain_query(name);
    if plain != key {
        terms.extend(endings(&plain).filter(|term| !terms.contains(term)).collect::<Vec<_>>());
    }
    let parts = parts(name);
    let initials: Vec<_> = parts.iter().map(Part::begins).collect();
    let whole: Vec<_> = parts.iter().map(Part::spellings).collect();
    for term in put_together(&initials).into_iter().chain(put_together(&whole)) {
        if !term.is_empty() && !terms.contains(&term) {
            terms.push(term);
        }
    }
    terms
}

fn endings(key: &str) -> impl Iterator<Item = String> + '_ {
    key.char_indices()
        .filter_map(|(at, _)| key.get(at..))
        .map(str::to_owned)
}

/// What a person typed into a search field, in the form of [`search_terms`]: lower case, without spaces, dots and
/// other signs, without accents, ü written v.
pub fn search_query(typed: &str) -> String {
    let lower = text::cleaned(typed).to_lowercase();
    let with_v = lower.replace(['ü', 'ǖ', 'ǘ', 'ǚ', 'ǜ'], "v");
    plain_query(&with_v)
}

/// The same with ü written u.
fn plain_query(typed: &str) -> String {
    folded(typed).chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn surnames_are_read_as_surnames() {
        for (name, key) in [
            ("张三丰", "zhang san feng"),
            ("单雄信", "shan xiong xin"),
            ("曾小明", "zeng xiao ming"),
            ("仇英", "qiu ying"),
            ("解晓东", "xie xiao dong"),
            ("朴智星", "piao zhi xing"),
            ("查良镛", "zha liang yong"),
            ("区小美", "ou xiao mei"),
            ("盖文", "ge wen"),
            ("翟天临", "zhai tian lin"),
            ("覃小雨", "qin xiao yu"),
            ("缪小宇", "miao xiao yu"),
            ("乐嘉禾", "yue jia he"),
            ("尉小凤", "wei xiao feng"),
            ("任小北", "ren xiao bei"),
            ("华小佗", "hua xiao tuo"),
        ] {
            assert_eq!(homophone_key(name), key, "{name}");
        }
    }

    #[test]
    fn compound_surnames_go_first() {
        for (name, key) in [
            ("尉迟恭", "yu chi gong"),
            ("万俟小雨", "mo qi xiao yu"),
            ("长孙无忌", "zhang sun wu ji"),
            ("澹台明月", "tan tai ming yue"),
            ("乐正小天", "yue zheng xiao tian"),
            ("单于小兵", "chan yu xiao bing"),
            ("欧阳娜娜", "ou yang na na"),
            ("令狐冲", "ling hu chong"),
            // Two characters: a surname and a given name.
            ("单于", "shan yu"),
            ("曾", "zeng"),
        ] {
            assert_eq!(homophone_key(name), key, "{name}");
        }
    }

    #[test]
    fn the_same_character_in_a_given_name_is_read_as_usual() {
        assert_eq!(homophone_key("王单"), "wang dan");
        assert_eq!(homophone_key("王解"), "wang jie");
        assert_eq!(homophone_key("李查"), "li cha");
        assert_eq!(homophone_key("曾单区"), "zeng dan qu");
    }

    #[test]
    fn names_with_a_dot_have_no_surname_position() {
        assert_eq!(homophone_key("阿卜杜拉·买买提"), "a bo du la mai mai ti");
        assert_eq!(homophone_key("单增·卓玛"), "dan zeng zhuo ma");
        for dot in ['•', '・', '‧', '･', '．', '.'] {
            assert_eq!(tidy_name(&format!("单增{dot}卓玛")), "单增·卓玛");
        }
        assert_eq!(tidy_name("John F. 王"), "John F.王");
        assert_eq!(initials("阿卜杜拉·买买提"), "abdlmmt");
    }

    #[test]
    fn letters_and_digits_are_kept() {
        assert_eq!(initials("小明A2"), "xma2");
        assert_eq!(full_pinyin("小明A2"), "xiaominga2");
        assert_eq!(homophone_key("Anna O'Brien"), "anna obrien");
        assert_eq!(initials("Anna O'Brien"), "ao");
        assert_eq!(homophone_key("Ｌｉ　Ｍｉｎｇ"), homophone_key("李明"));
        assert_eq!(initials("李明12"), "lm12");
        assert_eq!(homophone_key("Müller"), "muller");
        assert_eq!(homophone_key("Zoë Smith"), homophone_key("Zoe Smith"));
    }

    #[test]
    fn a_character_nobody_can_read_stands_for_itself() {
        assert_eq!(syllables("王\u{2ebf0}"), ["wang", "\u{2ebf0}"]);
        assert_eq!(initials("王\u{2ebf0}"), "w\u{2ebf0}");
    }

    #[test]
    fn names_are_tidied() {
        assert_eq!(tidy_name(" 张　三 "), "张三");
        assert_eq!(tidy_name("Li   Ming"), "Li Ming");
        assert_eq!(tidy_name("李 Ming"), "李Ming");
        assert_eq!(tidy_name("　"), "");
        // Blanks between letters of any script stay.
        for name in [
            "Zoë Smith",
            "José María",
            "Анна Иванова",
            "김 민준",
            "Ömer Çelik",
            "John F. Smith",
            "ئالىم قادىر",
        ] {
            assert_eq!(tidy_name(&format!(" {} ", name.replace(' ', "　 "))), name);
        }
        assert_eq!(tidy_name("Anna · Lee"), "Anna·Lee");
    }

    #[test]
    fn terms_of_a_name() {
        assert_eq!(search_terms("张三丰"), ["张三丰", "三丰", "丰", "zsf", "zhangsanfeng"]);
        assert_eq!(search_terms("吕 布"), ["吕布", "布", "lb", "lvbu", "lyubu"]);
        for typed in ["müller", "muller", "mvller", "ÜLLER", "ller"] {
            let query = search_query(typed);
            assert!(
                search_terms("Müller").iter().any(|term| term.starts_with(&query)),
                "{typed}"
            );
        }
        for typed in ["zoe", "Zoë", "smith", "zoe smith", "zs", "ＺＯＥ"] {
            let query = search_query(typed);
            assert!(
                search_terms("Zoë Smith").iter().any(|term| term.starts_with(&query)),
                "{typed}"
            );
        }
        assert_eq!(search_query("lǚ"), search_query("lü"));
        assert_eq!(search_query("zhāng"), "zhang");
        assert_eq!(search_terms("Bo"), ["bo", "o", "b"]);
        assert_eq!(search_terms(""), Vec::<String>::new());
        assert!(search_terms("阿卜杜拉·买买提").contains(&"杜拉买买提".to_owned()));
    }

    #[test]
    fn homophones_have_one_key() {
        assert_eq!(homophone_key("李明"), homophone_key("黎鸣"));
        assert_eq!(homophone_key("张 伟"), homophone_key("章炜"));
        assert_ne!(homophone_key("李西安"), homophone_key("李先"));
    }

    /// Names of the common shape, from characters in everyday use.
    fn any_name() -> impl Strategy<Value = String> {
        "[\u{4e00}-\u{9fa5}]{2,4}"
    }

    proptest! {
        #[test]
        fn any_part_of_a_name_finds_it(name in any_name(), from in 0_usize..4, length in 1_usize..5) {
            let part: String = name.chars().skip(from).take(length).collect();
            let query = search_query(&part);
            prop_assert!(search_terms(&name).iter().any(|term| term.starts_with(&query)));
        }

        #[test]
        fn the_beginning_of_its_pinyin_and_initials_finds_it(name in any_name(), length in 1_usize..20) {
            for reading in [full_pinyin(&name), initials(&name)] {
                let query = search_query(&reading.chars().take(length).collect::<String>());
                prop_assert!(search_terms(&name).iter().any(|term| term.starts_with(&query)));
            }
        }

        #[test]
        fn initials_have_one_letter_for_each_character(name in any_name()) {
            prop_assert_eq!(initials(&name).chars().count(), name.chars().count());
            prop_assert_eq!(syllables(&name).len(), name.chars().count());
        }

        #[test]
        fn nothing_breaks_a_name(text in "\\PC{0,30}") {
            let tidy = tidy_name(&text);
            prop_assert_eq!(tidy_name(&tidy), tidy.clone());
            prop_assert_eq!(homophone_key(&tidy), homophone_key(&text));
            for term in search_terms(&text) {
                prop_assert_eq!(search_query(&term), term.clone());
            }
        }
    }
}
