//! Names that can be read in several ways.

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
