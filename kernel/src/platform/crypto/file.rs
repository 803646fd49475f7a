//! The key file: written in one step, read by its owner only.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::Path,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use secrecy::{
    ExposeSecret, SecretBox,
    zeroize::{Zeroize, Zeroizing},
};
use serde::{Deserialize, Serialize};

use super::{CryptoError, KeyBytes, Keys};
use crate::platform::chance;

/// Version of the key file.
const FILE_VERSION: u32 = 1;

/// The key file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    version: u32,
    sealing: Vec<KeyEntry>,
    index: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyEntry {
    id: u8,
    key: String,
}

impl Drop for KeyFile {
    fn drop(&mut self) {
        self.index.zeroize();
        self.sealing.iter_mut().for_each(|entry| entry.key.zeroize());
    }
}

impl Keys {
    /// The keys in the file at `path`.
    ///
    /// # Errors
    /// [`CryptoError::Missing`], [`CryptoError::File`], [`CryptoError::Malformed`].
    pub fn load(path: &Path) -> Result<Self, CryptoError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => Zeroizing::new(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(CryptoError::Missing(path.to_owned())),
            Err(error) => return Err(CryptoError::File(path.to_owned(), error)),
        };
        let malformed = |why| CryptoError::Malformed(path.to_owned(), why);
        // The parser's own message could quote the file.
        let file: KeyFile = serde_json::from_str(&text).map_err(|_| malformed("not the JSON of a key file"))?;
        if file.version != FILE_VERSION {
            return Err(malformed("unknown version"));
        }
        let key = |text: &str| decoded(text).ok_or_else(|| malformed("a key is not 32 bytes in base64"));
        let mut sealing = Vec::new();
        for entry in &file.sealing {
            if sealing.iter().any(|(id, _)| *id == entry.id) {
                return Err(malformed("a key number stands twice"));
            }
            sealing.push((entry.id, key(&entry.key)?));
        }
        if sealing.is_empty() {
            return Err(malformed("no sealing key"));
        }
        sealing.sort_by_key(|(id, _)| *id);
        Ok(Self::of(sealing, key(&file.index)?, Some(path.to_owned())))
    }

    /// Reads the file again, where there is one: another process may have added a key. True when it held other keys than
    /// are known here. The one that seals stays the same.
    ///
    /// # Errors
    /// As [`Keys::load`]; [`CryptoError::Others`] when the file belongs to another installation.
    pub fn refresh(&self) -> Result<bool, CryptoError> {
        let Some(path) = &self.file else { return Ok(false) };
        let read = Self::load(path)?;
        let (prints, known) = (read.prints()?, self.prints()?);
        if prints == known {
            return Ok(false);
        }
        if known.iter().any(|print| {
            prints
                .iter()
                .any(|other| other.number == print.number && other != print)
        }) {
            return Err(CryptoError::Others(path.clone()));
        }
        let read = read.ring();
        self.change(|ring| {
            if read.key(ring.seals_with).is_none() {
                ring.seals_with = read.seals_with;
            }
            ring.sealing.clone_from(&read.sealing);
        });
        Ok(true)
    }

    /// The keys in the file at `path`; new ones, written there, when there is no file. The caller makes sure that an
    /// existing database with sealed text never gets new keys: for it, use [`Keys::load`].
    ///
    /// # Errors
    /// [`CryptoError::File`], [`CryptoError::Malformed`].
    pub fn load_or_create(path: &Path) -> Result<Self, CryptoError> {
        match Self::load(path) {
            Err(CryptoError::Missing(_)) => {
                let made = Self::ephemeral();
                match made.write(path, false) {
                    Ok(()) => Ok(Self {
                        file: Some(path.to_owned()),
                        ..made
                    }),
                    // Another process was faster: its keys are the keys.
                    Err(CryptoError::File(_, error)) if error.kind() == io::ErrorKind::AlreadyExists => {
                        Self::load(path)
                    }
                    Err(error) => Err(error),
                }
            }
            loaded => loaded,
        }
    }

    /// Writes the key file, replacing the one that is there in one step.
    ///
    /// # Errors
    /// [`CryptoError::File`].
    pub fn save(&self, path: &Path) -> Result<(), CryptoError> {
        self.write(path, true)
    }

    /// True when others than the owner may read the file: worth a warning in a check of the installation.
    ///
    /// # Errors
    /// [`CryptoError::File`].
    pub fn is_exposed(path: &Path) -> Result<bool, CryptoError> {
        let metadata = fs::metadata(path).map_err(|error| CryptoError::File(path.to_owned(), error))?;
        Ok(mode(&metadata) & 0o077 != 0)
    }

    /// Writes to a file beside the target first, so that the target is never half a file.
    fn write(&self, path: &Path, replace: bool) -> Result<(), CryptoError> {
        let ring = self.ring();
        let file = KeyFile {
            version: FILE_VERSION,
            sealing: ring
                .sealing
                .iter()
                .map(|(id, key)| KeyEntry {
                    id: *id,
                    key: encoded(key),
                })
                .collect(),
            index: encoded(&ring.index),
        };
        let text = serde_json::to_vec_pretty(&file).map(Zeroizing::new);
        let text = text.map_err(|_| CryptoError::Malformed(path.to_owned(), "keys cannot be written as JSON"))?;
        let beside = path.with_added_extension(chance::name());
        let done = write_beside(&beside, &text).and_then(|()| {
            // A link, unlike a renaming, fails when the target exists.
            if replace {
                fs::rename(&beside, path)
            } else {
                fs::hard_link(&beside, path)
            }
        });
        let _ = fs::remove_file(&beside);
        done.and_then(|()| sync_directory(path))
            .map_err(|error| CryptoError::File(path.to_owned(), error))
    }
}

fn encoded(key: &KeyBytes) -> String {
    BASE64_STANDARD.encode(key.expose_secret())
}

fn decoded(text: &str) -> Option<KeyBytes> {
    let bytes = Zeroizing::new(BASE64_STANDARD.decode(text).ok()?);
    let bytes: &[u8; 32] = bytes.as_slice().try_into().ok()?;
    Some(SecretBox::init_with_mut(|key: &mut [u8; 32]| {
        key.copy_from_slice(bytes);
    }))
}

fn write_beside(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text)?;
    file.sync_all()
}

/// Makes the new name itself survive a power cut.
fn sync_directory(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => File::open(".")?.sync_all(),
        Some(parent) => File::open(parent)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(unix)]
fn mode(metadata: &fs::Metadata) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions())
}

/// Elsewhere the file system's own rules apply.
#[cfg(not(unix))]
fn mode(_: &fs::Metadata) -> u32 {
    0
}
