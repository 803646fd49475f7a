//! Codes that only the keeper of the keys can make, and what tells keys apart without telling them.

use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use super::{CryptoError, KeyBytes, Keys, hex, hmac_of};

/// What a key is recognised by: says nothing about the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPrint {
    /// The number of the key; 0 for the key of the blind index.
    pub number: u8,
    /// 32 hexadecimal digits.
    pub print: String,
}

impl Keys {
    /// The code of a content for one purpose: 64 hexadecimal digits. It proves later that whoever had the keys wrote the
    /// content, and that it is unchanged. It does not change when a key is added or removed.
    ///
    /// # Errors
    /// [`CryptoError::IndexKey`].
    pub fn seal_mac(&self, purpose: &str, content: &[u8]) -> Result<String, CryptoError> {
        Ok(hex(&self.mac(purpose, content)?.finalize().into_bytes()))
    }

    /// The code belongs to this content and this purpose. Takes as long for every wrong one.
    ///
    /// # Errors
    /// [`CryptoError::IndexKey`].
    pub fn verify_mac(&self, purpose: &str, content: &[u8], code: &str) -> Result<bool, CryptoError> {
        let Some(code) = bytes(code) else { return Ok(false) };
        Ok(self.mac(purpose, content)?.verify_slice(&code).is_ok())
    }

    fn mac(&self, purpose: &str, content: &[u8]) -> Result<Hmac<Sha256>, CryptoError> {
        let mut of_index = hmac_of(&self.ring().index)?;
        // No purpose of a blind index begins like this, so no index is ever part of this key.
        of_index.update(b"starbridge seal key\0 1");
        let key = KeyBytes::init_with_mut(|key: &mut [u8; 32]| {
            key.copy_from_slice(&of_index.finalize().into_bytes());
        });
        let mut mac = hmac_of(&key)?;
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(content);
        Ok(mac)
    }

    /// What the keys are recognised by, the key of the blind index first.
    ///
    /// # Errors
    /// [`CryptoError::IndexKey`].
    pub fn prints(&self) -> Result<Vec<KeyPrint>, CryptoError> {
        let ring = self.ring();
        let mut prints = vec![KeyPrint {
            number: 0,
            print: print(&ring.index)?,
        }];
        for (number, key) in &ring.sealing {
            prints.push(KeyPrint {
                number: *number,
                print: print(key)?,
            });
        }
        Ok(prints)
    }
}

fn print(key: &KeyBytes) -> Result<String, CryptoError> {
    let mut mac = hmac_of(key)?;
    mac.update(b"starbridge key print");
    Ok(hex(mac.finalize().into_bytes().split_at(16).0))
}

/// The bytes of 64 lower-case hexadecimal digits.
fn bytes(code: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if code.len() != 64 || code.bytes().any(|c| !matches!(c, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(code.get(index * 2..index * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}
