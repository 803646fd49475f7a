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
        // Marks that a sign held apart have an order of their own.
        let term = text::cleaned(&term).into_owned();
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
    let letters: String = folded(typed).chars().filter(|c| c.is_alphanumeric()).collect();
    text::cleaned(&letters).into_owned()
}
