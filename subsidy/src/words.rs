//! Amounts and dates in words (大写), as bank papers and settlement forms have them (ME).
//!
//! One 零 stands for zeros inside. Where the last digit of 元, 万 or 亿 is 0 and the next lower digit is not, one 零 *may* be
//! written, at most one in all: we print the one behind 元, and accept the others. 整 follows 元 and may follow 角.

use chrono::{Datelike as _, NaiveDate};

use crate::{error::Error, money::Fen};

const DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];
const UNITS: [&str; 4] = ["", "拾", "佰", "仟"];
const GROUPS: [&str; 3] = ["", "万", "亿"];

/// An amount in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InWords {
    /// What is printed.
    pub printed: String,
    /// What a reader must accept as well; 元 and 圆, 整 and 正 count as the same.
    pub also: Vec<String>,
}

/// Where the one optional 零 stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Optional {
    Nowhere,
    /// Behind 元.
    Yuan,
    /// Behind this group of four digits: 1 is 万, 2 is 亿.
    Group(usize),
}

/// An amount in words: −400 yuan are 负肆佰元整.
pub fn amount(fen: Fen) -> Result<InWords, Error> {
    let size = fen.get().unsigned_abs();
    if size > Fen::LARGEST.get().unsigned_abs() {
        return Err(Error::new("words_range", &[]));
    }
    let sign = if fen < Fen::ZERO { "负" } else { "" };
    let (yuan, jiao, fen) = (size / 100, digit(size / 10), digit(size));
    if size == 0 {
        return Ok(InWords {
            printed: "零元整".to_owned(),
            also: Vec::new(),
        });
    }
    let mut forms = Vec::new();
    let places = optional(yuan, jiao);
    // The printed place comes first, then none, then the others.
    let printed = if places.contains(&Optional::Yuan) {
        Optional::Yuan
    } else {
        Optional::Nowhere
    };
    let others = places.into_iter().filter(|place| *place != printed);
    for place in [printed].into_iter().chain(others) {
        let mut form = format!("{sign}{}", integer(yuan, place));
        form.push_str(&decimals(yuan, jiao, fen, place));
        match (jiao, fen) {
            (0, 0) => forms.push(form + "整"),
            (_, 0) => {
                forms.push(form.clone());
                forms.push(form + "整");
            }
            (_, _) => forms.push(form),
        }
    }
    let mut forms = forms.into_iter();
    Ok(InWords {
        printed: forms.next().unwrap_or_default(),
        also: forms.collect(),
    })
}

/// The amount that words stand for; nothing where nobody should accept them. 人民币 may stand before them.
pub fn read(words: &str) -> Option<Fen> {
    let words = words.strip_prefix("人民币").unwrap_or(words);
    let words: String = words
        .chars()
        .map(|c| {
            if c == '圆' {
                '元'
            } else if c == '正' {
                '整'
            } else {
                c
            }
        })
        .collect();
    let fen = figure(&words)?;
    let forms = amount(fen).ok()?;
    (forms.printed == words || forms.also.contains(&words)).then_some(fen)
}

/// A day in words: 贰零贰陆年零壹拾月零贰拾日.
pub fn date(day: NaiveDate) -> String {
    let year: String = day
        .year()
        .to_string()
        .chars()
        .filter_map(|c| c.to_digit(10))
        .filter_map(spoken)
        .collect();
    format!(
        "{year}年{}月{}日",
        numbered(day.month(), &[1, 2, 10]),
        numbered(day.day(), &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 30])
    )
}

fn digit(number: u64) -> u32 {
    u32::try_from(number % 10).unwrap_or_default()
}

fn spoken(digit: u32) -> Option<char> {
    DIGITS.get(usize::try_from(digit).ok()?).copied()
}

/// A month or a day; those that could be added to take a 零 in front.
fn numbered(number: u32, with_zero: &[u32]) -> String {
    let mut words = String::new();
    if with_zero.contains(&number) {
        words.push('零');
    }
    if number >= 10 {
        words.extend(spoken(number / 10));
        words.push('拾');
    }
    if number < 10 || !number.is_multiple_of(10) {
        words.extend(spoken(number % 10));
    }
    words
}

/// Groups of four digits, the lowest first.
fn groups(yuan: u64) -> [u64; 3] {
    [yuan % 10_000, yuan / 10_000 % 10_000, yuan / 100_000_000]
}

/// Where a 零 may stand or not: nowhere is always one of them.
fn optional(yuan: u64, jiao: u32) -> Vec<Optional> {
    let mut places = vec![Optional::Nowhere];
    if yuan > 0 && yuan.is_multiple_of(10) && jiao > 0 {
        places.push(Optional::Yuan);
    }
    let groups = groups(yuan);
    for (number, pair) in groups.windows(2).enumerate() {
        if let [below, above] = *pair
            && above > 0
            && above.is_multiple_of(10)
            && below >= 1000
        {
            places.push(Optional::Group(number + 1));
        }
    }
    places
}

/// Yuan in words, without 元; nothing for none.
fn integer(yuan: u64, place: Optional) -> String {
    let mut words = String::new();
    // Zeros between what was said and what comes.
    let mut gap = false;
    for (number, (group, name)) in groups(yuan).into_iter().zip(GROUPS).enumerate().rev() {
        for (power, unit) in UNITS.into_iter().enumerate().rev() {
            let digit = digit(group / 10_u64.pow(u32::try_from(power).unwrap_or_default()));
            if digit == 0 {
                gap = !words.is_empty();
                continue;
            }
            // A gap that ends with a group is only an optional 零: it is said where somebody chose it.
            let between_groups = power == 3 && !previous_empty(yuan, number);
            if gap && (!between_groups || place == Optional::Group(number + 1)) {
                words.push('零');
            }
            gap = false;
            words.extend(spoken(digit));
            words.push_str(unit);
        }
        if group > 0 {
            words.push_str(name);
        }
    }
    words
}

/// Whether the group above this one holds nothing.
fn previous_empty(yuan: u64, number: usize) -> bool {
    groups(yuan).get(number + 1).is_none_or(|above| *above == 0)
}

fn decimals(yuan: u64, jiao: u32, fen: u32, place: Optional) -> String {
    let mut words = String::new();
    if yuan > 0 {
        words.push('元');
    }
    if jiao > 0 {
        if place == Optional::Yuan {
            words.push('零');
        }
        words.extend(spoken(jiao));
        words.push('角');
    }
    if fen > 0 {
        if jiao == 0 && yuan > 0 {
            words.push('零');
        }
        words.extend(spoken(fen));
        words.push('分');
    }
    words
}

/// The figure behind words, whatever 零 they have; [`read`] looks afterwards whether they are well written.
fn figure(words: &str) -> Option<Fen> {
    let (negative, words) = words.strip_prefix('负').map_or((false, words), |rest| (true, rest));
    let words = words.strip_suffix('整').unwrap_or(words);
    let (yuan, rest) = words.split_once('元').unwrap_or(("", words));
    let (mut total, mut group, mut open): (i64, i64, i64) = (0, 0, 0);
    for c in yuan.chars() {
        if let Some(digit) = DIGITS.iter().position(|known| *known == c) {
            open = i64::try_from(digit).ok()?;
            continue;
        }
        match c {
            '拾' | '佰' | '仟' => {
                let unit = match c {
                    '拾' => 10,
                    '佰' => 100,
                    _ => 1000,
                };
                group = group.checked_add(open.checked_mul(unit)?)?;
            }
            '万' => total = total.checked_add(group.checked_add(open)?.checked_mul(10_000)?)?,
            '亿' => total = total.checked_add(group.checked_add(open)?)?.checked_mul(100_000_000)?,
            _ => return None,
        }
        if matches!(c, '万' | '亿') {
            group = 0;
        }
        open = 0;
    }
    let yuan = total.checked_add(group)?.checked_add(open)?;
    let (mut small, mut open): (i64, i64) = (0, 0);
    for c in rest.chars() {
        if let Some(digit) = DIGITS.iter().position(|known| *known == c) {
            open = i64::try_from(digit).ok()?;
            continue;
        }
        small += match c {
            '角' => open * 10,
            '分' => open,
            _ => return None,
        };
        if small > 1000 {
            return None;
        }
        open = 0;
    }
    let fen = yuan.checked_mul(100)?.checked_add(small)?;
    Some(Fen::new(if negative { -fen } else { fen }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_optional_zero_is_printed_behind_yuan_and_the_others_are_accepted() {
        let all = |fen| {
            let words = amount(Fen::new(fen)).unwrap();
            ([vec![words.printed], words.also]).concat()
        };
        assert_eq!(
            all(100_050),
            ["壹仟元零伍角", "壹仟元零伍角整", "壹仟元伍角", "壹仟元伍角整"]
        );
        assert_eq!(all(105_000_000_000), ["壹拾亿伍仟万元整", "壹拾亿零伍仟万元整"]);
        assert_eq!(all(1005), ["壹拾元零伍分"]);
        assert_eq!(all(0), ["零元整"]);
        assert_eq!(
            all(10_000_050),
            ["壹拾万元零伍角", "壹拾万元零伍角整", "壹拾万元伍角", "壹拾万元伍角整"]
        );
        assert_eq!(all(99_999_999_999_999).len(), 1);
        assert!(amount(Fen::new(i64::MIN)).is_err());
    }

    /// Each was seen in the wild (ME).
    #[test]
    fn what_converters_print_wrongly_is_not_accepted() {
        for wrong in [
            "拾万元",
            "壹拾万零元整",
            "壹拾元零整",
            "壹亿万元整",
            "贰亿零元整",
            "零元零伍分",
            "柒角柒分整",
            "壹仟零零伍元整",
            "壹拾元伍分",
            "壹拾万零柒仟元零伍角叁分",
            "元",
            "",
            "壹",
            "负零元整",
            "壹元零整",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert_eq!(read("人民币壹拾万圆正"), Some(Fen::new(10_000_000)));
        assert_eq!(read("柒角捌分"), Some(Fen::new(78)));
    }
}
