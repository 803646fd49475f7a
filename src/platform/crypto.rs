//! Sealed text: what may not lie readable in a database or a backup of it.

use std::{collections::BTreeMap, io::Write as _, os::unix::fs::OpenOptionsExt as _, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305,
    aead::{Aead, Payload},
};
use entities::Sealed;
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret as _, SecretBox};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::error::{Error, Result};

/// XChaCha20-Poly1305, written in front so that another algorithm can follow (GB/T 39786 may ask for SM4).
const XCHACHA20: u8 = 1;
const NONCE: usize = 24;

/// The keys of an installation: the newest seals, older ones still open.
pub struct Keys {
    sealing: BTreeMap<u8, SecretBox<[u8; 32]>>,
    index: SecretBox<[u8; 32]>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({} sealing)", self.sealing.len())
    }
}

/// The key file as it lies on the disk.
#[derive(Serialize, Deserialize)]
struct KeyFile {
    /// Key id to key, base64.
    sealing: BTreeMap<u8, String>,
    index: String,
}

impl Keys {
    /// Read the key file; make one when there is none.
    pub fn load_or_create(path: &Path) -> Result<Self> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text).map_err(|e| anyhow::anyhow!("key file {}: {e}", path.display()).into()),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Self::create(path),
            Err(e) => Err(anyhow::anyhow!("key file {}: {e}", path.display()).into()),
        }
    }

    /// Fresh keys that are kept nowhere: tests, and data that is thrown away.
    pub fn ephemeral() -> Self {
        let fresh = || SecretBox::new(Box::new(rand::random::<[u8; 32]>()));
        Self {
            sealing: BTreeMap::from([(1, fresh())]),
            index: fresh(),
        }
    }

    fn create(path: &Path) -> Result<Self> {
        let keys = Self::ephemeral();
        let file = KeyFile {
            sealing: keys
                .sealing
                .iter()
                .map(|(id, key)| (*id, BASE64.encode(key.expose_secret())))
                .collect(),
            index: BASE64.encode(keys.index.expose_secret()),
        };
        let text = serde_json::to_string_pretty(&file).map_err(anyhow::Error::from)?;
        let mut out = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
            .map_err(|e| anyhow::anyhow!("key file {}: {e}", path.display()))?;
        out.write_all(text.as_bytes())
            .and_then(|()| out.sync_all())
            .map_err(anyhow::Error::from)?;
        Ok(keys)
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let file: KeyFile = serde_json::from_str(text)?;
        let key = |text: &str| -> anyhow::Result<SecretBox<[u8; 32]>> {
            let bytes: [u8; 32] = BASE64
                .decode(text)?
                .try_into()
                .map_err(|_| anyhow::anyhow!("a key has 32 bytes"))?;
            Ok(SecretBox::new(Box::new(bytes)))
        };
        anyhow::ensure!(!file.sealing.is_empty(), "no sealing key");
        let sealing = file
            .sealing
            .iter()
            .map(|(id, k)| Ok((*id, key(k)?)))
            .collect::<anyhow::Result<_>>()?;
        Ok(Self {
            sealing,
            index: key(&file.index)?,
        })
    }

    /// Seal text for one purpose (`child.identity_no`): it opens for no other.
    pub fn seal(&self, purpose: &str, plain: &str) -> Result<Sealed> {
        self.seal_bytes(purpose, plain.as_bytes())
    }

    /// Seal any content for one purpose.
    pub fn seal_bytes(&self, purpose: &str, plain: &[u8]) -> Result<Sealed> {
        let (id, key) = self
            .sealing
            .last_key_value()
            .ok_or_else(|| anyhow::anyhow!("no sealing key"))?;
        let nonce: [u8; NONCE] = rand::random();
        let cipher = XChaCha20Poly1305::new(key.expose_secret().into());
        let sealed = cipher
            .encrypt(
                &nonce.into(),
                Payload {
                    msg: plain,
                    aad: purpose.as_bytes(),
                },
            )
            .map_err(|_| anyhow::anyhow!("sealing failed"))?;
        Ok(Sealed([&[XCHACHA20, *id][..], &nonce, &sealed].concat()))
    }

    /// Open sealed text. Tampered with, sealed for another purpose or by an unknown key: an error.
    pub fn open(&self, purpose: &str, sealed: &Sealed) -> Result<String> {
        let plain = self.open_bytes(purpose, sealed)?;
        String::from_utf8(plain).map_err(|e| Error::Internal(e.into()))
    }

    /// Open sealed content.
    pub fn open_bytes(&self, purpose: &str, sealed: &Sealed) -> Result<Vec<u8>> {
        let unreadable = || anyhow::anyhow!("sealed text cannot be opened: wrong key file, or it was changed");
        let (head, rest) = sealed.0.split_at_checked(2).ok_or_else(unreadable)?;
        let (nonce, text) = rest.split_first_chunk::<NONCE>().ok_or_else(unreadable)?;
        let key = match head {
            [XCHACHA20, id] => self.sealing.get(id),
            _ => None,
        };
        let cipher = XChaCha20Poly1305::new(key.ok_or_else(unreadable)?.expose_secret().into());
        let payload = Payload {
            msg: text,
            aad: purpose.as_bytes(),
        };
        Ok(cipher.decrypt(&(*nonce).into(), payload).map_err(|_| unreadable())?)
    }

    /// A keyed hash for equality search: the same text and purpose give the same index, and nobody else can compute it.
    pub fn index(&self, purpose: &str, normalised: &str) -> Result<String> {
        let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(self.index.expose_secret())
            .map_err(|e| Error::Internal(e.into()))?;
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(normalised.as_bytes());
        let hash = mac.finalize().into_bytes();
        Ok(hash.iter().take(16).map(|b| format!("{b:02x}")).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_text_opens_for_its_purpose_only() {
        let keys = Keys::ephemeral();
        let sealed = keys.seal("child.identity_no", "330211202002290016").unwrap();
        assert_eq!(keys.open("child.identity_no", &sealed).unwrap(), "330211202002290016");
        assert!(keys.open("guardian.phone", &sealed).is_err());
        assert!(Keys::ephemeral().open("child.identity_no", &sealed).is_err());
        for at in 0..sealed.0.len() {
            let mut other = sealed.clone();
            other.0[at] ^= 1;
            assert!(keys.open("child.identity_no", &other).is_err(), "byte {at}");
        }
        assert!(keys.open("child.identity_no", &Sealed(vec![1])).is_err());
    }

    #[test]
    fn the_index_depends_on_key_purpose_and_text() {
        let keys = Keys::ephemeral();
        assert_eq!(keys.index("a", "1").unwrap(), keys.index("a", "1").unwrap());
        assert_ne!(keys.index("a", "1").unwrap(), keys.index("b", "1").unwrap());
        assert_ne!(
            keys.index("a", "1").unwrap(),
            Keys::ephemeral().index("a", "1").unwrap()
        );
    }

    #[test]
    fn a_key_file_is_made_once_and_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let path = std::env::temp_dir().join(format!("starbridge-keys-{}.json", uuid::Uuid::now_v7()));
        let sealed = Keys::load_or_create(&path).unwrap().seal("p", "x").unwrap();
        assert_eq!(Keys::load_or_create(&path).unwrap().open("p", &sealed).unwrap(), "x");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::remove_file(&path).unwrap();
    }
}
