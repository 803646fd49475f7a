use std::fs;

use base64::{Engine, prelude::BASE64_STANDARD};

use super::*;
use crate::platform::chance;

const PURPOSE: &str = "child.identity_no";
const NUMBER: &str = "33021120190101001X";

/// A directory of its own that goes away again.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("starbridge-keys-{}", chance::name()));
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
    let keys = Keys::ephemeral();
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
    let keys = Keys::of(vec![(1, key(1))], key(7), None);
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

    let rotated = Keys::load(&directory.file()).unwrap();
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

#[test]
fn a_code_belongs_to_its_content_its_purpose_and_its_keys() {
    let keys = Keys::ephemeral();
    let code = keys.seal_mac("event_seal", b"1 2026-11-02").unwrap();
    let holds = |keys: &Keys, purpose, content: &[u8], code: &str| keys.verify_mac(purpose, content, code).unwrap();
    assert!(holds(&keys, "event_seal", b"1 2026-11-02", &code));
    assert!(!holds(&keys, "backup", b"1 2026-11-02", &code));
    assert!(!holds(&keys, "event_seal", b"1 2026-11-03", &code));
    assert!(!holds(&Keys::ephemeral(), "event_seal", b"1 2026-11-02", &code));
    assert!(!holds(&keys, "event_sea", b"l\x001 2026-11-02", &code));
    for index in 0..code.len() {
        let mut changed = code.clone().into_bytes();
        changed[index] = if changed[index] == b'0' { b'1' } else { b'0' };
        let changed = String::from_utf8(changed).unwrap();
        assert!(!holds(&keys, "event_seal", b"1 2026-11-02", &changed), "{index}");
    }
    for wrong in [
        "",
        "0",
        code.split_at(62).0,
        &format!("{code}00"),
        &code.to_uppercase(),
        &"长".repeat(64),
    ] {
        assert!(!holds(&keys, "event_seal", b"1 2026-11-02", wrong), "{wrong}");
    }
    keys.add_key().unwrap();
    assert!(
        holds(&keys, "event_seal", b"1 2026-11-02", &code),
        "adding a key changes no code"
    );
}

/// Fixed by values computed apart from this program (Python's hmac module).
#[test]
fn codes_and_prints_are_hmac_sha_256() {
    let key = |byte| SecretBox::init_with_mut(|k: &mut [u8; 32]| k.fill(byte));
    let keys = Keys::of(vec![(1, key(1))], key(7), None);
    assert_eq!(
        keys.seal_mac("event_seal", b"1 2026-11-02").unwrap(),
        "90fff94ff6211f79acd2f855a0bdfd943b82fcc46cf019117b57e9a65b242ed7"
    );
    let prints = keys.prints().unwrap();
    assert_eq!((prints[0].number, prints[1].number), (0, 1));
    assert_eq!(prints[0].print, "2984eeb218cb984d9551a18455ef9d81");
    assert_ne!(prints[0].print, prints[1].print);
}

#[test]
fn equal_texts_stay_equal_under_another_key() {
    let keys = Keys::ephemeral();
    let (one, other) = (keys.seal(PURPOSE, NUMBER).unwrap(), keys.seal(PURPOSE, NUMBER).unwrap());
    keys.add_key().unwrap();
    let again = |sealed: &Sealed| keys.reseal(PURPOSE, sealed).unwrap().unwrap();
    assert_eq!(again(&one), again(&one));
    assert_ne!(again(&one), again(&other));
    assert_ne!(again(&one).0[2..26], one.0[2..26], "the nonce is another");
    assert!(is_under(&again(&one), 2) && is_under(&one, 1));
    // Under a third one again another: no nonce is used with two keys.
    let second = again(&one);
    keys.add_key().unwrap();
    let third = again(&one);
    assert!(is_under(&third, 3));
    assert_ne!(third.0[2..26], second.0[2..26]);
}

#[test]
fn a_process_that_meets_a_new_key_reads_the_file_again() {
    let directory = Directory::new();
    let running = Keys::load_or_create(&directory.file()).unwrap();
    let old = running.seal(PURPOSE, NUMBER).unwrap();
    let rotating = Keys::load(&directory.file()).unwrap();
    rotating.add_key().unwrap();
    rotating.save(&directory.file()).unwrap();
    let new = rotating.seal(PURPOSE, NUMBER).unwrap();
    assert_eq!(running.seals_with(), 1);
    assert_eq!(running.open(PURPOSE, &new).unwrap(), NUMBER);
    assert_eq!(running.open(PURPOSE, &old).unwrap(), NUMBER);
    assert_eq!(running.seals_with(), 1, "until it is told to seal with the other");
    running.seal_with(2).unwrap();
    assert!(matches!(running.seal_with(3), Err(CryptoError::UnknownKey(3))));
    rotating.remove_key(1);
    rotating.remove_key(2);
    assert_eq!(rotating.numbers(), [2], "the one that seals stays");
    rotating.save(&directory.file()).unwrap();
    assert!(running.refresh().unwrap());
    assert!(!running.refresh().unwrap());
    assert!(matches!(running.open(PURPOSE, &old), Err(CryptoError::UnknownKey(1))));
    // Somebody puts the file of another installation there.
    Keys::ephemeral().save(&directory.file()).unwrap();
    assert!(matches!(running.refresh(), Err(CryptoError::Others(_))));
    assert_eq!(running.open(PURPOSE, &new).unwrap(), NUMBER);
}
