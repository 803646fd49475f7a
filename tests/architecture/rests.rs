//! A new word of a closed vocabulary must be decided about wherever its words are told apart.

use std::collections::BTreeMap;

use super::{house, known};

/// `_ =>`, `other =>` or `!matches!` beside words of our own, also in pairs: a state that is added later would fall into it unseen. (The lint of that name also counts
/// the enums of others, which grow without us.)
#[test]
fn matches_on_our_words_name_them_all() {
    let house = house();
    let enums = house.enums();
    let mut found = BTreeMap::new();
    for source in &house.sources {
        for rest in &source.rests {
            let ours = rest.arms.iter().find(|path| {
                let ours = path.len() > 1 && !path[0].starts_with("::");
                ours && enums.contains(path[path.len() - 2].as_str())
            });
            if let Some(path) = ours {
                let place = format!("{}:{}", source.file.display(), rest.line);
                found.insert(format!("{} on {}", source.file.display(), path[path.len() - 2]), place);
            }
        }
    }
    known("matches with a rest", &found);
}
