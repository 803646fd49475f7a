//! How names are written, how they sound, by what they are found; and those that can be read in several ways.

use proptest::prelude::*;

use super::hanzi::*;

#[test]
fn a_name_is_found_by_every_reading_in_use() {
    for (name, spelled) in [
        ("王乐", &["wangle", "wangyue", "wl", "wy"][..]),
        (
            "仇重阳",
            &[
                "qiuchongyang",
                "qiuzhongyang",
                "chouchongyang",
                "chouzhongyang",
                "qcy",
                "qzy",
                "ccy",
            ],
        ),
        ("单晟", &["shansheng", "shancheng", "dansheng", "dancheng", "ss", "dc"]),
        ("陈朝", &["chenchao", "chenzhao", "cc", "cz"]),
        ("覃茜", &["qinxi", "qinqian", "tanxi", "qq"]),
        ("李行长", &["lixingchang", "lihangzhang", "lxz"]),
        ("阿卜杜拉·买买提", &["abudulamaimaiti", "abodulamaimaiti", "abdlmmt"]),
    ] {
        let terms = search_terms(name);
        for spelled in spelled {
            assert!(
                terms.contains(&(*spelled).to_owned()),
                "{name}: {spelled} is not among {terms:?}"
            );
        }
    }
    // What nobody says finds nobody: 王 has been read yu, 曾 is no ceng as a surname.
    assert!(!search_terms("王明").contains(&"yuming".to_owned()));
    assert!(!search_terms("曾明").contains(&"cengming".to_owned()));
    assert_eq!(search_query("wang yue"), search_query("Wangyue"));
    assert_eq!(search_query("Wang Yue"), search_query("WANG-YUE"));
}

#[test]
fn names_that_can_be_read_alike() {
    for (one, other) in [("单晟", "善胜"), ("陈朝", "陈昭"), ("王乐", "王月"), ("李明", "黎鸣")] {
        assert!(may_sound_alike(one, other), "{one} {other}");
        assert!(may_sound_alike(other, one), "{other} {one}");
    }
    assert!(!may_sound_alike("陈朝", "陈陈"));
    assert!(!may_sound_alike("李明", "李明明"));
}

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

#[test]
fn marks_that_a_sign_held_apart_are_put_in_order() {
    for term in search_terms("\u{aab2}\u{11660}\u{5b0}") {
        assert_eq!(search_query(&term), term);
    }
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
