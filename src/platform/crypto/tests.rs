use std::fs;

use base64::{Engine, prelude::BASE64_STANDARD};

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
