//! Names of columns, as people write them.

use entities::{half_width::narrow, text::tidy};

/// A name without what people change in it: blanks, width, case, the mark of required columns, a hint in brackets.
pub(super) fn folded(name: &str) -> String {
    let name: String = narrow(&tidy(name))
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '*')
        .collect();
    let name = name.to_lowercase();
    match name.find('(') {
        Some(at) if at > 0 && name.ends_with(')') => name.get(..at).unwrap_or(&name).to_owned(),
        _ => name,
    }
}
