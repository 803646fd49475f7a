//! Every key that this module says exists in both languages, and every one of the file is said.

use std::collections::BTreeSet;

#[test]
fn keys_and_words_agree() {
    let yaml = include_str!("../../../locales/workbook.yml");
    let mut keys = BTreeSet::new();
    let mut current = String::new();
    let mut languages = 0;
    for line in yaml.lines().skip(1) {
        if let Some(key) = line.strip_suffix(':').filter(|l| !l.starts_with(' ')) {
            assert!(current.is_empty() || languages == 2, "{current} lacks a language");
            current = key.to_owned();
            languages = 0;
            assert!(keys.insert(current.clone()), "{current} twice");
        } else if line.starts_with("  zh-CN: ") || line.starts_with("  en: ") {
            languages += 1;
        }
    }
    assert_eq!(languages, 2, "{current} lacks a language");

    let sources = [
        include_str!("../cell.rs"),
        include_str!("../error.rs"),
        include_str!("../marked.rs"),
        include_str!("../report.rs"),
        include_str!("../style.rs"),
        include_str!("../template.rs"),
    ]
    .concat();
    let mut said: BTreeSet<String> = sources
        .split('"')
        .filter(|text| text.starts_with("workbook.") && !text.contains(['{', ' ', '\n']))
        .map(str::to_owned)
        .collect();
    said.extend(["column", "required", "explanation", "example"].map(|head| format!("workbook.template.{head}")));
    assert_eq!(keys, said);
}
