//! The locale files: both languages of a key side by side, read when the program starts.

use std::{borrow::Cow, collections::HashMap, fmt, fs, path::Path, sync::OnceLock};

use entities::words::Language;
use rust_i18n_support::{Backend as _, SimpleBackend};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};

/// Where the files lie in the sources.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../locales");

static LOADED: OnceLock<SimpleBackend> = OnceLock::new();

/// The locale files cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// There is none.
    #[error("there are no locale files")]
    None,
    /// One cannot be read as what it is.
    #[error("locale file {file}: {why}")]
    File {
        /// Its name.
        file: String,
        /// What the parser says, with line and column.
        why: String,
    },
    /// One key stands in two files.
    #[error("{key} stands in {file} and in another locale file")]
    Twice {
        /// The key.
        key: String,
        /// The second file that has it.
        file: String,
    },
}

/// A file: its format (`_version`, the second of rust-i18n), then key after key.
#[derive(Default)]
struct File {
    version: u8,
    keys: Vec<(String, Texts)>,
}

/// Read key by key and not by way of a map of anything, where `No` and `12` would be no texts.
impl<'de> Deserialize<'de> for File {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = File;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("keys with their texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<File, A::Error> {
                let mut file = File::default();
                while let Some(key) = map.next_key::<String>()? {
                    if key == "_version" {
                        file.version = map.next_value()?;
                    } else {
                        file.keys.push((key, map.next_value()?));
                    }
                }
                Ok(file)
            }
        }
        from.deserialize_map(Keys)
    }
}

/// What a key says. A language that lacks it is spoken for by Chinese.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Texts {
    #[serde(rename = "zh-CN")]
    chinese: String,
    en: Option<String>,
}

/// Take the words from these files, by name and content, for the rest of the process. The program calls it first of all;
/// whoever does not (tests, benchmarks) reads what lies in the sources.
pub fn load(files: impl IntoIterator<Item = (String, String)>) -> Result<(), Broken> {
    let read = read(files)?;
    // Words that were already asked for stay: they are the same.
    let _ = LOADED.set(read);
    Ok(())
}

/// The locale files of the sources.
pub fn sources() -> Result<Vec<(String, String)>, Broken> {
    let folder = Path::new(FOLDER);
    let broken = |file: &Path, why: std::io::Error| Broken::File {
        file: file.display().to_string(),
        why: why.to_string(),
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(|why| broken(folder, why))?.flatten() {
        let path = entry.path();
        let text = fs::read_to_string(&path).map_err(|why| broken(&path, why))?;
        files.push((entry.file_name().to_string_lossy().into_owned(), text));
    }
    Ok(files)
}

/// The text of a key, in Chinese where the language lacks it.
pub(crate) fn text(language: Language, key: &str) -> Option<Cow<'static, str>> {
    let loaded = LOADED.get_or_init(|| {
        sources().and_then(read).unwrap_or_else(|broken| {
            tracing::error!("{broken}");
            SimpleBackend::new()
        })
    });
    loaded
        .translate(language.as_str(), key)
        .or_else(|| loaded.translate(Language::Chinese.as_str(), key))
}

/// Texts are never given back: they live as long as the process, so that saying one copies nothing.
fn read(files: impl IntoIterator<Item = (String, String)>) -> Result<SimpleBackend, Broken> {
    let (mut chinese, mut english) = (HashMap::new(), HashMap::new());
    for (name, text) in files {
        let broken = |why: String| Broken::File {
            file: name.clone(),
            why,
        };
        let file: File = serde_saphyr::from_str(&text).map_err(|error| broken(error.to_string()))?;
        if file.version != 2 {
            return Err(broken(format!("_version is {} and not 2", file.version)));
        }
        for (key, texts) in file.keys {
            let key: &'static str = key.leak();
            if chinese.insert(Cow::Borrowed(key), lasting(texts.chinese)).is_some() {
                return Err(Broken::Twice {
                    key: key.to_owned(),
                    file: name,
                });
            }
            english.extend(texts.en.map(|text| (Cow::Borrowed(key), lasting(text))));
        }
    }
    if chinese.is_empty() {
        return Err(Broken::None);
    }
    Ok([
        (Cow::Borrowed(Language::Chinese.as_str()), chinese),
        (Cow::Borrowed(Language::English.as_str()), english),
    ]
    .into_iter()
    .collect())
}

fn lasting(text: String) -> Cow<'static, str> {
    Cow::Borrowed(text.leak())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Result<SimpleBackend, Broken> {
        read([("a.yml".to_owned(), text.to_owned())])
    }

    #[test]
    fn the_files_of_the_sources_can_be_read() {
        let read = read(sources().unwrap()).unwrap();
        assert_eq!(read.translate("en", "word.sex.male").unwrap(), "Male");
        assert_eq!(read.translate("zh-CN", "word.sex.male").unwrap(), "男");
    }

    #[test]
    fn every_form_of_a_text_is_kept_as_it_stands() {
        let read = one(
            "_version: 2\n# said to nobody\nno:\n  zh-CN: 否\n  en: No\ntwelve:\n  zh-CN: 12\n  en: true\n\"ui.colon\":\n  zh-CN: \"：\"\n  en: \": \"\n\
                        long:\n  zh-CN: |\n    一\n    二\n  en: 'it''s %{n}: 100%'\n",
        );
        let read = read.unwrap();
        let say = |language: &str, key: &str| read.translate(language, key).map(Cow::into_owned);
        assert_eq!(say("zh-CN", "no").as_deref(), Some("否"));
        assert_eq!(say("en", "no").as_deref(), Some("No"));
        assert_eq!(say("zh-CN", "twelve").as_deref(), Some("12"));
        assert_eq!(say("en", "twelve").as_deref(), Some("true"));
        assert_eq!(say("en", "ui.colon").as_deref(), Some(": "));
        assert_eq!(say("zh-CN", "long").as_deref(), Some("一\n二\n"));
        assert_eq!(say("en", "long").as_deref(), Some("it's %{n}: 100%"));
    }

    #[test]
    fn what_is_broken_is_named() {
        for (text, why) in [
            ("", "a.yml"),
            ("_version: 2\n", "there are no locale files"),
            ("_version: 1\na:\n  zh-CN: 一\n", "_version is 1"),
            ("a:\n  zh-CN: 一\n", "_version is 0"),
            ("_version: 2\na:\n  en: One\n", "zh-CN"),
            ("_version: 2\na:\n  zh-CN: 一\n  fr: un\n", "fr"),
            ("_version: 2\na:\n  zh-CN: 一\na:\n  zh-CN: 二\n", "a"),
            ("_version: 2\na:\n  zh-CN: [一\n", "a.yml"),
        ] {
            let said = one(text).err().map(|broken| broken.to_string()).unwrap_or_default();
            assert!(said.contains(why), "{text:?}: {said}");
        }
        let file = |name: &str| (name.to_owned(), "_version: 2\na:\n  zh-CN: 一\n".to_owned());
        assert_eq!(
            read([file("a.yml"), file("b.yml")]).err().unwrap().to_string(),
            "a stands in b.yml and in another locale file"
        );
    }

    #[test]
    fn chinese_speaks_for_a_language_that_lacks_a_key() {
        let read = one("_version: 2\na:\n  zh-CN: 一\n").unwrap();
        assert_eq!(read.translate("en", "a"), None);
        assert_eq!(crate::raw(Language::English, "no.such.key"), "no.such.key");
    }
}
