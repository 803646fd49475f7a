//! Settings that nobody reads, because their names are misspelt.

use std::collections::BTreeSet;

use super::{Finding, warning, wrong};

/// What every setting begins with.
const PREFIX: &str = "STARBRIDGE_";
/// Names that differ by more are not meant.
const NEAR: usize = 4;
/// The same outside of our prefix, where most names are none of our business.
const VERY_NEAR: usize = 2;

/// The text of the settings file of systemd.
#[derive(Clone, Copy, Debug)]
pub struct SettingsFile<'a> {
    /// Where it lies.
    pub path: &'a str,
    /// What is in it.
    pub text: &'a str,
}

/// Names in the environment and in the settings file, beside the names that are read.
pub fn settings(known: &BTreeSet<String>, environment: &[String], file: Option<SettingsFile<'_>>) -> Vec<Finding> {
    let mut found = Vec::new();
    for name in environment.iter().filter(|name| !known.contains(*name)) {
        let near = nearest(known, name, false);
        if name.starts_with(PREFIX) || near.is_some_and(|(_, away)| away <= VERY_NEAR) {
            found.push(wrong("settings", format!("{name} is no setting{}", meant(near))));
        }
    }
    if let Some(file) = file {
        found.extend(in_file(known, file));
    }
    found
}

fn in_file(known: &BTreeSet<String>, file: SettingsFile<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for (number, line) in (1..).zip(file.text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        let place = format!("{}:{number}", file.path);
        // What stands behind the sign may be a password.
        let Some((name, _)) = line.split_once('=') else {
            found.push(wrong("settings", format!("{place} is not NAME=VALUE and is not read")));
            continue;
        };
        if known.contains(name) {
            if !seen.insert(name.to_owned()) {
                found.push(warning(
                    "settings",
                    format!("{place}: {name} stands twice, the last one holds"),
                ));
            }
            continue;
        }
        let tidy = name.trim().trim_start_matches("export ").trim();
        found.push(wrong(
            "settings",
            if known.contains(tidy) {
                format!("{place}: write {tidy}=VALUE, without blanks around the name and without export")
            } else {
                format!("{place}: {tidy} is no setting{}", meant(nearest(known, tidy, true)))
            },
        ));
    }
    found
}

/// The setting that was probably meant; in our own file also by whoever forgot the prefix.
fn nearest<'a>(known: &'a BTreeSet<String>, name: &str, ours: bool) -> Option<(&'a String, usize)> {
    let away = |known: &String| {
        let away = strsim::damerau_levenshtein(known, name);
        let bare = known.trim_start_matches(PREFIX);
        if ours {
            away.min(strsim::damerau_levenshtein(bare, name) + 1)
        } else {
            away
        }
    };
    let near = known
        .iter()
        .map(|known| (known, away(known)))
        .min_by_key(|(_, away)| *away);
    near.filter(|(_, away)| *away <= NEAR)
}

fn meant(near: Option<(&String, usize)>) -> String {
    match near {
        Some((name, _)) => format!("; is {name} meant?"),
        None => " of this program; `starbridge serve --help` names them all".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> BTreeSet<String> {
        ["SMTP_URL", "DATABASE_URL", "LISTEN", "KEY_FILE"]
            .map(|name| format!("{PREFIX}{name}"))
            .into()
    }

    fn told(environment: &[&str], text: &str) -> Vec<String> {
        let environment: Vec<String> = environment.iter().map(|&name| name.to_owned()).collect();
        let file = SettingsFile { path: "s.env", text };
        let found = settings(&known(), &environment, Some(file));
        found.into_iter().map(|f| f.found).collect()
    }

    #[test]
    fn what_is_spelt_right_is_not_told() {
        assert!(
            told(
                &["STARBRIDGE_LISTEN", "PATH", "HOME", "LISTEN_FDS"],
                "# x\n\nSTARBRIDGE_LISTEN=1\n"
            )
            .is_empty()
        );
    }

    #[test]
    fn a_misspelt_setting_is_told_with_the_right_one() {
        let found = told(
            &["STARBRIDGE_SMPT_URL", "STARBRIGE_LISTEN", "STARBRIDGE_UNHEARD_OF"],
            "",
        );
        assert_eq!(
            found[0],
            "STARBRIDGE_SMPT_URL is no setting; is STARBRIDGE_SMTP_URL meant?"
        );
        assert_eq!(found[1], "STARBRIGE_LISTEN is no setting; is STARBRIDGE_LISTEN meant?");
        assert!(
            found[2].starts_with("STARBRIDGE_UNHEARD_OF is no setting of this program"),
            "{}",
            found[2]
        );
    }

    #[test]
    fn lines_of_the_file_are_told_by_number_and_never_by_value() {
        let text = "STARBRIDGE_SMTP_URL = smtps://u:secret@h\nSMTP_URL=smtps://u:secret@h\nsecret\nexport STARBRIDGE_LISTEN=1\n\
                    STARBRIDGE_KEY_FILE=a\nSTARBRIDGE_KEY_FILE=b\n";
        let found = told(&[], text);
        assert!(
            found[0].starts_with("s.env:1: write STARBRIDGE_SMTP_URL=VALUE"),
            "{}",
            found[0]
        );
        assert_eq!(
            found[1],
            "s.env:2: SMTP_URL is no setting; is STARBRIDGE_SMTP_URL meant?"
        );
        assert_eq!(found[2], "s.env:3 is not NAME=VALUE and is not read");
        assert!(
            found[3].starts_with("s.env:4: write STARBRIDGE_LISTEN=VALUE"),
            "{}",
            found[3]
        );
        assert_eq!(
            found[4],
            "s.env:6: STARBRIDGE_KEY_FILE stands twice, the last one holds"
        );
        assert!(found.iter().all(|line| !line.contains("secret")), "{found:?}");
    }
}
