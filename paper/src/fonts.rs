//! The Chinese fonts of the system.
//!
//! Only these are used, also for Latin letters: the same paper looks the same on every server, whatever else is installed.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use typst::{
    foundations::Bytes,
    text::{Font, FontBook, FontInfo},
};

use crate::failure::Failure;

/// Where Debian and administrators put fonts.
const FOLDERS: [&str; 2] = ["/usr/share/fonts", "/usr/local/share/fonts"];
/// Whose shapes are those of the mainland; the same files hold the others.
const SCRIPT: &str = "CJK SC";
/// Folders inside folders, so that a circle of links ends.
const DEPTH: usize = 6;

/// Faces in hand.
pub(crate) struct Fonts {
    pub(crate) book: FontBook,
    pub(crate) faces: Vec<Font>,
}

impl Fonts {
    /// Noto Sans and Serif for simplified Chinese, from these folders or the system's.
    pub(crate) fn found(folders: &[PathBuf]) -> Result<Self, Failure> {
        let system = || FOLDERS.iter().map(PathBuf::from).chain(own()).collect();
        let folders: Vec<PathBuf> = if folders.is_empty() { system() } else { folders.to_vec() };
        let mut files = Vec::new();
        for folder in &folders {
            collect(folder, DEPTH, &mut files);
        }
        // What a folder lists first depends on the disk; a paper does not.
        files.sort();
        let mut fonts = Self {
            book: FontBook::new(),
            faces: Vec::new(),
        };
        for file in files {
            let Ok(data) = fs::read(&file) else { continue };
            fonts.take(Bytes::new(data));
        }
        if fonts.faces.is_empty() {
            let looked: Vec<String> = folders.iter().map(|folder| folder.display().to_string()).collect();
            return Err(Failure::Fonts(format!("looked in {}", looked.join(", "))));
        }
        Ok(fonts)
    }

    fn take(&mut self, data: Bytes) {
        for face in Font::iter(data) {
            let info: &FontInfo = face.info();
            if info.family.contains(SCRIPT) {
                self.book.push(info.clone());
                self.faces.push(face);
            }
        }
    }

    /// Their names, each once.
    pub(crate) fn names(&self) -> String {
        let names: Vec<&str> = self.book.families().map(|(name, _)| name).collect();
        names.join(", ")
    }
}

/// The fonts of whoever runs this.
fn own() -> Option<PathBuf> {
    env::home_dir().map(|home| home.join(".local/share/fonts"))
}

/// Every file below a folder that is named as these fonts are everywhere.
fn collect(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            if depth > 0 {
                collect(&path, depth - 1, files);
            }
            continue;
        }
        let name = entry.file_name().to_string_lossy().to_lowercase();
        let font = [".ttc", ".otf", ".ttf"].iter().any(|ending| name.ends_with(ending));
        if font && name.contains("noto") && (name.contains("cjk") || name.contains("sc")) {
            files.push(path);
        }
    }
}
