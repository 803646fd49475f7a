//! Hashing passwords. One hash fills 19 MiB on purpose, so only a few are made at once; a short queue waits before them, and
//! whoever comes after that is asked to come again.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread::available_parallelism,
};

use anyhow::anyhow;
use argon2::{
    ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{
    actor::Actor,
    chance,
    error::{Error, Result},
};

/// Most hashes at once: more would only wait for the same memory bus.
const MOST: usize = 4;
/// How many strangers may wait. A health centre that begins its day fits, and waits less than two seconds.
const STRANGERS: usize = 64;
/// How many may wait altogether: strangers never keep out those who are signed in, or come with a browser that was.
const EVERYBODY: usize = 96;

/// The places where passwords are hashed.
pub struct Passwords {
    places: Arc<Semaphore>,
    waiting: AtomicUsize,
}

/// What is asked of the system for one hash, of which only [`Params::DEFAULT`]'s blocks are ever touched. A piece of more
/// than 32 MiB goes back to the system as soon as it is dropped; smaller ones the C library keeps for each thread.
const ASKED: usize = 33 * 1024 * 1024 / size_of::<Block>();

impl Default for Passwords {
    fn default() -> Self {
        let places = available_parallelism().map_or(1, usize::from).min(MOST);
        Self {
            places: Arc::new(Semaphore::new(places)),
            waiting: AtomicUsize::new(0),
        }
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passwords")
            .field("free", &self.places.available_permits())
            .field("waiting", &self.waiting)
            .finish_non_exhaustive()
    }
}

impl Passwords {
    /// A place, at once or after a short wait; [`Error::Busy`] when too many wait already.
    pub async fn turn(&self, by: &Actor) -> Result<Turn> {
        self.turn_of(by.account.is_some()).await
    }

    /// The same for somebody who is known by other means than being signed in, or not known.
    pub async fn turn_of(&self, known: bool) -> Result<Turn> {
        let room = if known { EVERYBODY } else { STRANGERS };
        let _waiting = Waiting::enter(&self.waiting, room).ok_or(Error::Busy)?;
        let permit = self.places.clone().acquire_owned().await;
        let permit = permit.map_err(|e| Error::Internal(e.into()))?;
        let mut blocks = Vec::with_capacity(ASKED);
        blocks.resize(Params::DEFAULT.block_count(), Block::new());
        Ok(Turn(Some(Place {
            blocks,
            _permit: permit,
        })))
    }
}

/// Somebody who waits; gone when it is dropped, also because the browser gave up.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn enter(waiting: &'a AtomicUsize, room: usize) -> Option<Self> {
        let entered = Self(waiting);
        (waiting.fetch_add(1, Ordering::Relaxed) < room).then_some(entered)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A place with its memory.
struct Place {
    blocks: Vec<Block>,
    _permit: OwnedSemaphorePermit,
}

/// A turn at hashing: as many hashes as one task needs, one after the other.
pub struct Turn(Option<Place>);

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Turn")
    }
}

impl Turn {
    /// The PHC string to keep (argon2id).
    pub async fn hash(&mut self, password: String) -> Result<String> {
        self.work(move |blocks| {
            let salt = Salt::new(&chance::bytes::<16>()).map_err(failed)?;
            let output = fill(
                Algorithm::default(),
                Version::default(),
                Params::DEFAULT,
                &password,
                &salt,
                blocks,
            )?;
            let kept = PasswordHash {
                algorithm: ARGON2ID_IDENT,
                version: Some(Version::default().into()),
                params: ParamsString::try_from(&Params::DEFAULT).map_err(failed)?,
                salt: Some(salt),
                hash: Some(output),
            };
            Ok(kept.to_string())
        })
        .await
    }

    /// Is it the one that was kept?
    pub async fn verify(&mut self, password: String, kept: String) -> Result<bool> {
        self.work(move |blocks| {
            let unreadable = |e: &dyn fmt::Display| Error::Internal(anyhow!("a kept password is unreadable: {e}"));
            let kept = PasswordHash::new(&kept).map_err(|e| unreadable(&e))?;
            let (Some(salt), Some(expected)) = (&kept.salt, &kept.hash) else {
                return Err(unreadable(&"salt or hash is missing"));
            };
            let algorithm = Algorithm::try_from(kept.algorithm.as_str()).map_err(|e| unreadable(&e))?;
            let version = kept.version.map_or(Ok(Version::default()), Version::try_from);
            let params = Params::try_from(&kept).map_err(|e| unreadable(&e))?;
            let output = fill(
                algorithm,
                version.map_err(|e| unreadable(&e))?,
                params,
                &password,
                salt,
                blocks,
            )?;
            // Compared in constant time.
            Ok(output == *expected)
        })
        .await
    }

    /// As long as a real check, where nothing is to be compared.
    pub async fn pretend(&mut self, password: String) -> Result<()> {
        self.hash(password).await.map(|_| ())
    }

    /// Work where it blocks nobody. The place goes along: a request that is given up does not free it before the work is
    /// done.
    async fn work<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut [Block]) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let mut place = self.0.take().ok_or(Error::Busy)?;
        let done = tokio::task::spawn_blocking(move || {
            let outcome = work(&mut place.blocks);
            (place, outcome)
        });
        let (place, outcome) = done.await.map_err(|e| Error::Internal(e.into()))?;
        self.0 = Some(place);
        outcome
    }
}

fn fill(
    algorithm: Algorithm,
    version: Version,
    params: Params,
    password: &str,
    salt: &Salt,
    blocks: &mut [Block],
) -> Result<Output> {
    let mut output = [0; Output::MAX_LENGTH];
    let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    let output = output
        .get_mut(..length)
        .ok_or_else(|| anyhow!("hashing: an output of {length} bytes"))?;
    Argon2::new(algorithm, version, params)
        .hash_password_into_with_memory(password.as_bytes(), salt.as_ref(), output, blocks)
        .map_err(failed)?;
    Output::new(output).map_err(failed)
}

fn failed(error: impl fmt::Display) -> Error {
    Error::Internal(anyhow!("hashing: {error}"))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use entities::AccountId;

    use super::*;

    fn nobody() -> Actor {
        Actor::system("nobody", DateTime::UNIX_EPOCH)
    }

    #[tokio::test]
    async fn what_was_hashed_is_recognised_and_nothing_else() {
        let passwords = Passwords::default();
        let mut turn = passwords.turn(&nobody()).await.unwrap();
        let kept = turn.hash("Orange-Boat-2026".to_owned()).await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(turn.verify("Orange-Boat-2026".to_owned(), kept.clone()).await.unwrap());
        assert!(!turn.verify("Orange-Boat-2027".to_owned(), kept).await.unwrap());
        assert!(turn.verify(String::new(), "nonsense".to_owned()).await.is_err());
    }

    #[tokio::test]
    async fn kept_passwords_of_other_settings_are_read() {
        use argon2::password_hash::PasswordHasher as _;
        let params = Params::new(64, 1, 2, Some(16)).unwrap();
        let kept = Argon2::from(params)
            .hash_password(b"Orange-Boat-2026")
            .unwrap()
            .to_string();
        let passwords = Passwords::default();
        let mut turn = passwords.turn(&nobody()).await.unwrap();
        assert!(turn.verify("Orange-Boat-2026".to_owned(), kept.clone()).await.unwrap());
        assert!(!turn.verify("orange-boat-2026".to_owned(), kept).await.unwrap());
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "how long hashing takes is no time of the trade"
    )]
    #[tokio::test]
    async fn pretending_takes_as_long_as_looking() {
        let passwords = Passwords::default();
        let mut turn = passwords.turn(&nobody()).await.unwrap();
        let kept = turn.hash("Orange-Boat-2026".to_owned()).await.unwrap();
        let (mut looked, mut pretended) = (std::time::Duration::MAX, std::time::Duration::MAX);
        // The shortest of several: whatever else the machine does only adds to them.
        for _ in 0..5 {
            let begun = std::time::Instant::now();
            assert!(!turn.verify("Orange-Boat-2027".to_owned(), kept.clone()).await.unwrap());
            looked = looked.min(begun.elapsed());
            let begun = std::time::Instant::now();
            turn.pretend("Orange-Boat-2027".to_owned()).await.unwrap();
            pretended = pretended.min(begun.elapsed());
        }
        assert!(pretended * 2 > looked, "{pretended:?} instead of {looked:?}");
    }

    #[expect(clippy::disallowed_methods, reason = "the test waits for them itself")]
    #[tokio::test]
    async fn strangers_beyond_the_queue_are_sent_away_and_people_signed_in_are_not() {
        let passwords = Arc::new(Passwords::default());
        let mut turns = Vec::new();
        while passwords.places.available_permits() > 0 {
            turns.push(passwords.turn(&nobody()).await.unwrap());
        }
        let wait = |by: Actor| {
            let passwords = passwords.clone();
            tokio::spawn(async move { passwords.turn(&by).await.map(drop) })
        };
        let queue: Vec<_> = (0..STRANGERS).map(|_| wait(nobody())).collect();
        while passwords.waiting.load(Ordering::Relaxed) < STRANGERS {
            tokio::task::yield_now().await;
        }
        assert!(matches!(passwords.turn(&nobody()).await, Err(Error::Busy)));
        let somebody = Actor {
            account: Some(AccountId(1)),
            ..nobody()
        };
        let signed_in = wait(somebody);
        drop(turns);
        for waited in queue.into_iter().chain([signed_in]) {
            waited.await.unwrap().unwrap();
        }
        assert_eq!(passwords.waiting.load(Ordering::Relaxed), 0);
    }
}
