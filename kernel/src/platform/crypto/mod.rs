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
//! The key file is JSON and only its owner may read it. One key seals, all keys open: after
//! [`Keys::add_key`] everything old stays readable, and [`Keys::reseal`] brings it under the new key piece by piece.
//! A process that meets a key it does not know reads the file again, so a rotation needs no restart.
//! Without the file everything sealed is lost: back it up, apart from the database.
//!
//! What must not be changed unnoticed (days of the trail, backups, frozen reports) carries a code of [`Keys::seal_mac`],
//! made with a key that follows from the key of the blind index: whoever writes to the database cannot make one.

mod file;
mod mac;
pub mod registry;
#[cfg(test)]
mod tests;

use std::{
    fmt::{self, Write as _},
    io,
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
};

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use entities::Sealed;
use hmac::{Hmac, Mac};
use secrecy::{
    ExposeSecret, SecretBox,
    zeroize::{Zeroize, Zeroizing},
};
use sha2::{Digest as _, Sha256};

pub use mac::KeyPrint;

use super::{chance, error::Error};

/// Number of XChaCha20-Poly1305 in front of what it sealed.
const XCHACHA: u8 = 1;
/// Bytes in front of the nonce.
const HEAD: usize = 2;
/// Bytes of a nonce.
const NONCE: usize = 24;

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
    /// The file holds keys of another installation than before.
    #[error("key file {} holds the keys of another installation", .0.display())]
    Others(PathBuf),
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

/// The keys of an installation: one seals, the others still open.
pub struct Keys {
    ring: RwLock<Arc<Ring>>,
    /// Where they were read; none for keys that are kept nowhere.
    file: Option<PathBuf>,
}

/// The keys at one moment.
#[derive(Clone)]
struct Ring {
    /// At least one, by rising number.
    sealing: Vec<(u8, Arc<KeyBytes>)>,
    /// The number of the one that seals.
    seals_with: u8,
    index: Arc<KeyBytes>,
}

impl Ring {
    fn key(&self, number: u8) -> Option<&KeyBytes> {
        let found = self.sealing.iter().find(|(known, _)| *known == number);
        found.map(|(_, key)| &**key)
    }
}

impl Keys {
    /// Fresh keys that are kept nowhere: tests, and data that is thrown away.
    pub fn ephemeral() -> Self {
        Self::of(vec![(1, random_key())], random_key(), None)
    }

    fn of(sealing: Vec<(u8, KeyBytes)>, index: KeyBytes, file: Option<PathBuf>) -> Self {
        let ring = Ring {
            seals_with: sealing.last().map_or(0, |(number, _)| *number),
            sealing: sealing
                .into_iter()
                .map(|(number, key)| (number, Arc::new(key)))
                .collect(),
            index: Arc::new(index),
        };
        Self {
            ring: RwLock::new(Arc::new(ring)),
            file,
        }
    }

    fn ring(&self) -> Arc<Ring> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self, change: impl FnOnce(&mut Ring)) {
        let mut ring = self.ring.write().unwrap_or_else(PoisonError::into_inner);
        let mut changed = Ring::clone(&ring);
        change(&mut changed);
        *ring = Arc::new(changed);
    }

    /// Adds a key that seals from now on; the old ones keep opening. [`Keys::save`] makes it last.
    ///
    /// # Errors
    /// [`CryptoError::NoKeyNumber`].
    pub fn add_key(&self) -> Result<u8, CryptoError> {
        let newest = self.ring().sealing.last().map_or(0, |(number, _)| *number);
        let number = newest.checked_add(1).ok_or(CryptoError::NoKeyNumber)?;
        self.change(|ring| {
            ring.sealing.push((number, Arc::new(random_key())));
            ring.seals_with = number;
        });
        Ok(number)
    }

    /// Forgets a key under which nothing is left. The one that seals stays.
    pub fn remove_key(&self, number: u8) {
        self.change(|ring| {
            let seals_with = ring.seals_with;
            ring.sealing
                .retain(|(known, _)| *known != number || *known == seals_with);
        });
    }

    /// Seals with this key from now on.
    ///
    /// # Errors
    /// [`CryptoError::UnknownKey`].
    pub fn seal_with(&self, number: u8) -> Result<(), CryptoError> {
        if self.ring().key(number).is_none() {
            return Err(CryptoError::UnknownKey(number));
        }
        self.change(|ring| ring.seals_with = number);
        Ok(())
    }

    /// The number of the key that seals.
    pub fn seals_with(&self) -> u8 {
        self.ring().seals_with
    }

    /// The numbers of all keys, rising.
    pub fn numbers(&self) -> Vec<u8> {
        self.ring().sealing.iter().map(|(number, _)| *number).collect()
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
        seal_with(&self.ring(), purpose, plain, chance::bytes())
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
        match open_with(&self.ring(), purpose, sealed) {
            // Another process may have added a key since.
            Err(CryptoError::UnknownKey(_)) if self.refresh()? => open_with(&self.ring(), purpose, sealed),
            opened => opened,
        }
    }

    /// The same content under the key that seals now; `None` when it already is. Equal sealed texts stay equal, so that
    /// what was compared by its bytes can still be compared.
    ///
    /// # Errors
    /// As [`Keys::open_bytes`] and [`Keys::seal`].
    pub fn reseal(&self, purpose: &str, sealed: &Sealed) -> Result<Option<Sealed>, CryptoError> {
        let ring = self.ring();
        if is_under(sealed, ring.seals_with) {
            return Ok(None);
        }
        let plain = Zeroizing::new(self.open_bytes(purpose, sealed)?);
        // The nonce follows from the old text, whose own nonce was random: it is used for this content alone.
        let mut mac = hmac_of(&ring.index)?;
        mac.update(b"reseal\0");
        mac.update(&[ring.seals_with]);
        mac.update(&sealed.0);
        let digest: [u8; 32] = mac.finalize().into_bytes().into();
        let (nonce, _) = digest.split_first_chunk::<NONCE>().ok_or(CryptoError::IndexKey)?;
        seal_with(&ring, purpose, &plain, *nonce).map(Some)
    }

    /// The blind index of a text for equality search: 32 hexadecimal digits that only the keeper of the keys can compute.
    /// `normalised` must be written in one way only (an identity number in capitals, a telephone without blanks), or equal
    /// things will not be found.
    ///
    /// # Errors
    /// [`CryptoError::IndexKey`].
    pub fn index(&self, purpose: &str, normalised: &str) -> Result<String, CryptoError> {
        let mut mac = hmac_of(&self.ring().index)?;
        // Purposes hold no NUL, so that it keeps purpose and text apart.
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(normalised.as_bytes());
        Ok(hex(mac.finalize().into_bytes().split_at(16).0))
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Keys").field(&self.numbers()).finish()
    }
}

/// Sealed by the key of this number.
pub fn is_under(sealed: &Sealed, number: u8) -> bool {
    sealed.0.starts_with(&[XCHACHA, number])
}

fn seal_with(ring: &Ring, purpose: &str, plain: &[u8], nonce: [u8; NONCE]) -> Result<Sealed, CryptoError> {
    let number = ring.seals_with;
    let key = ring.key(number).ok_or(CryptoError::UnknownKey(number))?;
    let payload = Payload {
        msg: plain,
        aad: &bound(number, purpose),
    };
    let ciphertext = cipher(key)
        .encrypt(&nonce.into(), payload)
        .map_err(|_| CryptoError::TooLong)?;
    Ok(Sealed([&[XCHACHA, number], nonce.as_slice(), &ciphertext].concat()))
}

fn open_with(ring: &Ring, purpose: &str, sealed: &Sealed) -> Result<Vec<u8>, CryptoError> {
    let (head, rest) = sealed.0.split_first_chunk::<HEAD>().ok_or(CryptoError::NotSealed)?;
    let (nonce, ciphertext) = rest.split_first_chunk::<NONCE>().ok_or(CryptoError::NotSealed)?;
    let [XCHACHA, number] = *head else {
        return Err(CryptoError::NotSealed);
    };
    let key = ring.key(number).ok_or(CryptoError::UnknownKey(number))?;
    let payload = Payload {
        msg: ciphertext,
        aad: &bound(number, purpose),
    };
    cipher(key)
        .decrypt(&XNonce::from(*nonce), payload)
        .map_err(|_| CryptoError::Tampered)
}

fn hmac_of(key: &KeyBytes) -> Result<Hmac<Sha256>, CryptoError> {
    <Hmac<Sha256> as KeyInit>::new_from_slice(key.expose_secret()).map_err(|_| CryptoError::IndexKey)
}

fn cipher(key: &KeyBytes) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.expose_secret().into())
}

/// What is authenticated besides the text.
fn bound(id: u8, purpose: &str) -> Vec<u8> {
    [&[XCHACHA, id], purpose.as_bytes()].concat()
}

fn random_key() -> KeyBytes {
    SecretBox::init_with_mut(|bytes: &mut [u8; 32]| chance::fill(bytes))
}

/// SHA-256 of a content, in hexadecimal digits: tells whether two are the same.
pub fn fingerprint(content: &[u8]) -> String {
    hex(&Sha256::digest(content))
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
