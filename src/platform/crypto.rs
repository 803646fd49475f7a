//! Sealed text: identity numbers, telephones and diagnoses as they lie in the database.
//!
//! Sealing is XChaCha20-Poly1305 with a random nonce. In front of the ciphertext stand the number of the algorithm and
//! the number of the key, so that both can change one day; they and the *purpose* (for example `child.identity_no`) are
//! authenticated, so that a telephone pasted into the column of identity numbers does not open.
//!
//! ```text
//! 1 byte algorithm │ 1 byte key │ 24 bytes nonce │ ciphertext and 16 bytes tag
//! ```
//!
//! Equality search goes by a blind index: HMAC-SHA-256 with a key of its own over purpose and normalised text. Whoever
//! has the database without the key file can neither read nor compare.
//!
//! The key file is JSON and only its owner may read it. The newest key seals, all keys open: after
//! [`Keys::add_key`] everything old stays readable, and [`Keys::reseal`] brings it under the new key piece by piece.
//! Without the file everything sealed is lost: back it up, apart from the database.

use std::{
    fmt::{self, Write as _},
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use entities::Sealed;
use hmac::{Hmac, Mac};
use rand::RngExt;
use secrecy::{
    ExposeSecret, SecretBox,
    zeroize::{Zeroize, Zeroizing},
};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::error::Error;

/// Number of XChaCha20-Poly1305 in front of what it sealed.
const XCHACHA: u8 = 1;
/// Bytes in front of the nonce.
const HEAD: usize = 2;
/// Bytes of a nonce.
const NONCE: usize = 24;
/// Version of the key file.
const FILE_VERSION: u32 = 1;

type KeyBytes = SecretBox<[u8; 32]>;

/// What can go wrong with keys and sealed text. Nothing of a key or of a text is ever part of it.
#[derive(Debug, thiserror::Error)]
pub enum CryptoError {
    /// There is no key file.
    #[error("there is no key file at {}", .0.display())]
    Missing(PathBuf),
    /// The key file cannot be read or written.
    #[error("key file {}: {}", .0.display(), .1)]
    File(PathBuf, #[source] io::Error),
    /// The key file is not what this program wrote.
    #[error("key file {} is malformed: {}", .0.display(), .1)]
    Malformed(PathBuf, &'static str),
    /// All 255 numbers for keys are used.
    #[error("no number is left for another key")]
    NoKeyNumber,
    /// The key of the blind index has a length that HMAC does not take.
    #[error("unusable key of the blind index")]
    IndexKey,
    /// Too long to be sealed (256 GB).
    #[error("too long to be sealed")]
    TooLong,
    /// Too short, or sealed by an algorithm this program does not know.
    #[error("this is not sealed text")]
    NotSealed,
    /// Sealed by a key that is not in the key file.
    #[error("sealed by key {0}, which is not in the key file")]
    UnknownKey(u8),
    /// Changed since it was sealed, or sealed for another purpose or by another key of the same number.
    #[error("sealed text was changed or belongs elsewhere")]
    Tampered,
    /// Opens, but is no text.
    #[error("sealed bytes are not text")]
    NotText,
}

impl From<CryptoError> for Error {
    fn from(error: CryptoError) -> Self {
        Self::Internal(error.into())
    }
}

/// The keys of an installation: the newest seals, older ones still open.
pub struct Keys {
    /// At least one, by rising number; the last one seals.
    sealing: Vec<(u8, KeyBytes)>,
    index: KeyBytes,
}

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
    /// Fresh keys that are kept nowhere: tests, and data that is thrown away.
    pub fn ephemeral() -> Self {
        Self {
            sealing: vec![(1, random_key())],
            index: random_key(),
        }
    }

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
        Ok(Self {
            sealing,
            index: key(&file.index)?,
        })
    }

    /// The keys in the file at `path`; new ones, written there, when there is no file. The caller makes sure that an
    /// existing database with sealed text never gets new keys: for it, use [`Keys::load`].
    ///
    /// # Errors
    /// [`CryptoError::File`], [`CryptoError::Malformed`].
    pub fn load_or_create(path: &Path) -> Result<Self, CryptoError> {
        match Self::load(path) {
            Err(CryptoError::Missing(_)) => {
                let keys = Self::ephemeral();
                match keys.write(path, false) {
                    Ok(()) => Ok(keys),
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

    /// Adds a key that seals from now on; the old ones keep opening. [`Keys::save`] makes it last.
    ///
    /// # Errors
    /// [`CryptoError::NoKeyNumber`].
    pub fn add_key(&mut self) -> Result<u8, CryptoError> {
        let newest = self.sealing.last().map_or(0, |(id, _)| *id);
        let id = newest.checked_add(1).ok_or(CryptoError::NoKeyNumber)?;
        self.sealing.push((id, random_key()));
        Ok(id)
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

    /// Seals text for one purpose (`child.identity_no`): it opens for no other. Sealing twice gives two different results.
    ///
    /// # Errors
    /// [`CryptoError::TooLong`].
    pub fn seal(&self, purpose: &str, plain: &str) -> Result<Sealed, CryptoError> {
        self.seal_bytes(purpose, plain.as_bytes())
    }

    /// Seals any content for one purpose.
    ///
    /// # Errors
    /// [`CryptoError::TooLong`].
    pub fn seal_bytes(&self, purpose: &str, plain: &[u8]) -> Result<Sealed, CryptoError> {
        let (id, key) = self.sealing.last().ok_or(CryptoError::NoKeyNumber)?;
        let nonce: [u8; NONCE] = rand::random();
        let payload = Payload {
            msg: plain,
            aad: &bound(*id, purpose),
        };
        let ciphertext = cipher(key)
            .encrypt(&nonce.into(), payload)
            .map_err(|_| CryptoError::TooLong)?;
        Ok(Sealed([&[XCHACHA, *id], nonce.as_slice(), &ciphertext].concat()))
    }

    /// The text that was sealed for `purpose`.
    ///
    /// # Errors
    /// [`CryptoError::NotSealed`], [`CryptoError::UnknownKey`], [`CryptoError::Tampered`], [`CryptoError::NotText`].
    pub fn open(&self, purpose: &str, sealed: &Sealed) -> Result<String, CryptoError> {
        String::from_utf8(self.open_bytes(purpose, sealed)?).map_err(|error| {
            error.into_bytes().zeroize();
            CryptoError::NotText
        })
    }

    /// The content that was sealed for `purpose`.
    ///
    /// # Errors
    /// As [`Keys::open`], except for text.
    pub fn open_bytes(&self, purpose: &str, sealed: &Sealed) -> Result<Vec<u8>, CryptoError> {
        let (head, rest) = sealed.0.split_first_chunk::<HEAD>().ok_or(CryptoError::NotSealed)?;
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE>().ok_or(CryptoError::NotSealed)?;
        let [XCHACHA, id] = *head else {
            return Err(CryptoError::NotSealed);
        };
        let (_, key) = self
            .sealing
            .iter()
            .find(|(known, _)| *known == id)
            .ok_or(CryptoError::UnknownKey(id))?;
        let payload = Payload {
            msg: ciphertext,
            aad: &bound(id, purpose),
        };
        cipher(key)
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| CryptoError::Tampered)
    }

    /// The same text under the newest key; `None` when it already is.
    ///
    /// # Errors
    /// As [`Keys::open_bytes`] and [`Keys::seal`].
    pub fn reseal(&self, purpose: &str, sealed: &Sealed) -> Result<Option<Sealed>, CryptoError> {
        let newest = self.sealing.last().map(|(id, _)| *id);
        if sealed.0.get(1).copied() == newest && sealed.0.first() == Some(&XCHACHA) {
            return Ok(None);
        }
        let plain = Zeroizing::new(self.open_bytes(purpose, sealed)?);
        self.seal_bytes(purpose, &plain).map(Some)
    }

    /// The blind index of a text for equality search: 32 hexadecimal digits that only the keeper of the keys can compute.
    /// `normalised` must be written in one way only (an identity number in capitals, a telephone without blanks), or equal
    /// things will not be found.
    ///
    /// # Errors
    /// [`CryptoError::IndexKey`].
    pub fn index(&self, purpose: &str, normalised: &str) -> Result<String, CryptoError> {
        let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(self.index.expose_secret());
        let mut mac = mac.map_err(|_| CryptoError::IndexKey)?;
        // Purposes hold no NUL, so that it keeps purpose and text apart.
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(normalised.as_bytes());
        Ok(hex(mac.finalize().into_bytes().split_at(16).0))
    }

    /// Writes to a file beside the target first, so that the target is never half a file.
    fn write(&self, path: &Path, replace: bool) -> Result<(), CryptoError> {
        let file = KeyFile {
            version: FILE_VERSION,
            sealing: self
                .sealing
                .iter()
                .map(|(id, key)| KeyEntry {
                    id: *id,
                    key: encoded(key),
                })
                .collect(),
            index: encoded(&self.index),
        };
        let text = serde_json::to_vec_pretty(&file).map(Zeroizing::new);
        let text = text.map_err(|_| CryptoError::Malformed(path.to_owned(), "keys cannot be written as JSON"))?;
        let beside = path.with_added_extension(hex(&rand::random::<[u8; 8]>()));
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

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Keys")
            .field(&self.sealing.iter().map(|(id, _)| id).collect::<Vec<_>>())
            .finish()
    }
}

fn cipher(key: &KeyBytes) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.expose_secret().into())
}

/// What is authenticated besides the text.
fn bound(id: u8, purpose: &str) -> Vec<u8> {
    [&[XCHACHA, id], purpose.as_bytes()].concat()
}

fn random_key() -> KeyBytes {
    SecretBox::init_with_mut(|bytes: &mut [u8; 32]| rand::rng().fill(bytes))
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

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    const PURPOSE: &str = "child.identity_no";
    const NUMBER: &str = "33021120190101001X";

    /// A directory of its own that goes away again.
    struct Directory(PathBuf);

    impl Directory {
        fn new() -> Self {
            let path = std::env::temp_dir().join(format!("starbridge-keys-{}", hex(&rand::random::<[u8; 8]>())));
            fs::create_dir(&path).unwrap();
            Self(path)
        }

        fn file(&self) -> PathBuf {
            self.0.join("keys.json")
        }

        fn names(&self) -> Vec<String> {
            fs::read_dir(&self.0)
                .unwrap()
                .map(|e| e.unwrap().file_name().into_string().unwrap())
                .collect()
        }
    }

    impl Drop for Directory {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn what_is_sealed_opens_again() {
        let keys = Keys::ephemeral();
        for plain in ["", NUMBER, "小明，住址：招宝山街道", &"长".repeat(10_000)] {
            let sealed = keys.seal(PURPOSE, plain).unwrap();
            assert_eq!(keys.open(PURPOSE, &sealed).unwrap(), plain);
            assert_eq!(sealed.0.len(), HEAD + NONCE + plain.len() + 16);
        }
        let bytes = keys.seal_bytes(PURPOSE, &[0xFF, 0x00]).unwrap();
        assert_eq!(keys.open_bytes(PURPOSE, &bytes).unwrap(), [0xFF, 0x00]);
        assert!(matches!(keys.open(PURPOSE, &bytes), Err(CryptoError::NotText)));
    }

    #[test]
    fn equal_texts_do_not_look_equal() {
        let keys = Keys::ephemeral();
        let (one, two) = (keys.seal(PURPOSE, NUMBER).unwrap(), keys.seal(PURPOSE, NUMBER).unwrap());
        assert_ne!(one, two);
        assert!(!one.0.windows(4).any(|w| w == &NUMBER.as_bytes()[..4]));
    }

    #[test]
    fn every_changed_byte_and_every_truncation_is_noticed() {
        let keys = Keys::ephemeral();
        let sealed = keys.seal(PURPOSE, NUMBER).unwrap();
        for index in 0..sealed.0.len() {
            for bit in 0..8 {
                let mut changed = sealed.clone();
                changed.0[index] ^= 1 << bit;
                let error = keys.open(PURPOSE, &changed).unwrap_err();
                match index {
                    0 => assert!(matches!(error, CryptoError::NotSealed)),
                    1 => assert!(matches!(error, CryptoError::UnknownKey(_))),
                    _ => assert!(matches!(error, CryptoError::Tampered)),
                }
            }
            assert!(keys.open(PURPOSE, &Sealed(sealed.0[..index].to_vec())).is_err());
        }
        let longer = Sealed([sealed.0.as_slice(), &[0]].concat());
        assert!(matches!(keys.open(PURPOSE, &longer), Err(CryptoError::Tampered)));
    }

    #[test]
    fn another_purpose_or_other_keys_do_not_open() {
        let keys = Keys::ephemeral();
        let sealed = keys.seal(PURPOSE, NUMBER).unwrap();
        for purpose in ["guardian.phone", "", "child.identity_n", "child.identity_no "] {
            assert!(
                matches!(keys.open(purpose, &sealed), Err(CryptoError::Tampered)),
                "{purpose}"
            );
        }
        assert!(matches!(
            Keys::ephemeral().open(PURPOSE, &sealed),
            Err(CryptoError::Tampered)
        ));
    }

    #[test]
    fn the_newest_key_seals_and_old_keys_open() {
        let mut keys = Keys::ephemeral();
        let old = keys.seal(PURPOSE, NUMBER).unwrap();
        let index = keys.index(PURPOSE, NUMBER).unwrap();
        assert_eq!(keys.reseal(PURPOSE, &old).unwrap(), None);
        assert_eq!(keys.add_key().unwrap(), 2);
        let new = keys.seal(PURPOSE, NUMBER).unwrap();
        assert_eq!((old.0[1], new.0[1]), (1, 2));
        assert_eq!(keys.open(PURPOSE, &old).unwrap(), NUMBER);
        let resealed = keys.reseal(PURPOSE, &old).unwrap().unwrap();
        assert_eq!(resealed.0[1], 2);
        assert_eq!(keys.open(PURPOSE, &resealed).unwrap(), NUMBER);
        assert_eq!(
            keys.index(PURPOSE, NUMBER).unwrap(),
            index,
            "the index does not change with the keys"
        );
        for id in 3..=255 {
            assert_eq!(keys.add_key().unwrap(), id);
        }
        assert!(matches!(keys.add_key(), Err(CryptoError::NoKeyNumber)));
    }

    #[test]
    fn an_index_is_equal_for_equal_things_only() {
        let keys = Keys::ephemeral();
        let index = keys.index(PURPOSE, NUMBER).unwrap();
        assert_eq!(index, keys.index(PURPOSE, NUMBER).unwrap());
        assert_eq!(index.len(), 32);
        assert_ne!(index, keys.index("guardian.phone", NUMBER).unwrap());
        assert_ne!(index, keys.index(PURPOSE, "33021120190101002X").unwrap());
        assert_ne!(index, Keys::ephemeral().index(PURPOSE, NUMBER).unwrap());
        assert_ne!(keys.index("ab", "c").unwrap(), keys.index("a", "bc").unwrap());
    }

    /// The construction is fixed by a value computed apart from this program (Python's hmac module), so that an
    /// upgrade of a library cannot quietly make everything unfindable.
    #[test]
    fn the_index_is_hmac_sha_256() {
        let key = |byte| SecretBox::init_with_mut(|k: &mut [u8; 32]| k.fill(byte));
        let keys = Keys {
            sealing: vec![(1, key(1))],
            index: key(7),
        };
        assert_eq!(
            keys.index("child.identity_no", NUMBER).unwrap(),
            "7bdee78895c32c85252cdf9e653f9a1e"
        );
    }

    #[test]
    fn the_file_is_private_complete_and_lasting() {
        let directory = Directory::new();
        let keys = Keys::load_or_create(&directory.file()).unwrap();
        let sealed = keys.seal(PURPOSE, NUMBER).unwrap();
        let again = Keys::load_or_create(&directory.file()).unwrap();
        assert_eq!(again.open(PURPOSE, &sealed).unwrap(), NUMBER);
        assert_eq!(
            again.index(PURPOSE, NUMBER).unwrap(),
            keys.index(PURPOSE, NUMBER).unwrap()
        );
        assert_eq!(directory.names(), ["keys.json"], "nothing is left beside it");
        assert!(!Keys::is_exposed(&directory.file()).unwrap());

        let mut rotated = Keys::load(&directory.file()).unwrap();
        rotated.add_key().unwrap();
        rotated.save(&directory.file()).unwrap();
        let loaded = Keys::load(&directory.file()).unwrap();
        assert_eq!(loaded.seal(PURPOSE, "").unwrap().0[1], 2);
        assert_eq!(loaded.open(PURPOSE, &sealed).unwrap(), NUMBER);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(
                fs::metadata(directory.file()).unwrap().permissions().mode() & 0o777,
                0o600
            );
            fs::set_permissions(directory.file(), fs::Permissions::from_mode(0o644)).unwrap();
            assert!(Keys::is_exposed(&directory.file()).unwrap());
        }
    }

    #[test]
    fn two_processes_that_start_together_get_the_same_keys() {
        let directory = Directory::new();
        let path = directory.file();
        let indexes: Vec<_> = std::thread::scope(|scope| {
            let started: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| Keys::load_or_create(&path).unwrap().index(PURPOSE, NUMBER).unwrap()))
                .collect();
            started.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(indexes.iter().all(|index| *index == indexes[0]));
    }

    #[test]
    fn missing_and_malformed_files_say_so_without_quoting() {
        let directory = Directory::new();
        assert!(matches!(Keys::load(&directory.file()), Err(CryptoError::Missing(_))));
        let nowhere = directory.0.join("not/there/keys.json");
        assert!(matches!(Keys::load_or_create(&nowhere), Err(CryptoError::File(..))));
        let key = BASE64_STANDARD.encode([9; 32]);
        let entry = format!("{{\"id\":1,\"key\":\"{key}\"}}");
        for text in [
            String::new(),
            "secret-secret".to_owned(),
            format!("{{\"version\":1,\"sealing\":[],\"index\":\"{key}\"}}"),
            format!("{{\"version\":2,\"sealing\":[{entry}],\"index\":\"{key}\"}}"),
            format!("{{\"version\":1,\"sealing\":[{entry},{entry}],\"index\":\"{key}\"}}"),
            format!("{{\"version\":1,\"sealing\":[{entry}],\"index\":\"secret\"}}"),
            format!("{{\"version\":1,\"sealing\":[{{\"id\":256,\"key\":\"{key}\"}}],\"index\":\"{key}\"}}"),
            format!("{{\"version\":1,\"secret\":1,\"sealing\":[{entry}],\"index\":\"{key}\"}}"),
        ] {
            fs::write(directory.file(), &text).unwrap();
            let error = Keys::load_or_create(&directory.file()).unwrap_err();
            assert!(matches!(error, CryptoError::Malformed(..)), "{text}");
            assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
            assert_eq!(
                fs::read_to_string(directory.file()).unwrap(),
                text,
                "a bad file is never replaced"
            );
        }
        fs::write(
            directory.file(),
            format!("{{\"version\":1,\"sealing\":[{entry}],\"index\":\"{key}\"}}"),
        )
        .unwrap();
        Keys::load(&directory.file()).unwrap();
    }

    #[test]
    fn nothing_is_printed() {
        let keys = Keys::ephemeral();
        assert_eq!(format!("{keys:?}"), "Keys([1])");
        let sealed = keys.seal(PURPOSE, NUMBER).unwrap();
        assert!(!format!("{sealed:?}").contains("3302"));
    }
}
