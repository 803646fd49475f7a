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

mod file;
#[cfg(test)]
mod tests;

use std::{
    fmt::{self, Write as _},
    io,
    path::PathBuf,
};

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
use sha2::{Digest as _, Sha256};

use super::error::Error;

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

impl Keys {
    /// Fresh keys that are kept nowhere: tests, and data that is thrown away.
    pub fn ephemeral() -> Self {
        Self {
            sealing: vec![(1, random_key())],
            index: random_key(),
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
