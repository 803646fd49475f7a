//! A file on its way in: sealed piece by piece to a place on the disk that has no name, so that nothing is left of it when it
//! is let go of, or when the program is killed.

use std::{fs, io, os::unix::fs::OpenOptionsExt as _, path::Path};

use entities::Sealed;
use sha2::{Digest as _, Sha256};
use tokio::{
    fs::File,
    io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _},
};

use super::{PIECE, PURPOSE};
use crate::platform::{App, Error, Result, chance, crypto::hex};

/// What its kind is told by.
const HEAD: usize = 1024;

/// A file that is being written.
pub struct Spool {
    app: App,
    file: File,
    /// Not sealed yet: less than a piece.
    waiting: Vec<u8>,
    /// Where the sealed pieces begin and how long they are.
    places: Vec<(u64, usize)>,
    hash: Sha256,
    size: u64,
    head: Vec<u8>,
}

/// A file that is there as a whole.
pub struct Spooled {
    app: App,
    file: File,
    places: Vec<(u64, usize)>,
    hash: String,
    size: u64,
    head: Vec<u8>,
}

impl Spool {
    /// An empty one.
    pub async fn begin(app: &App) -> Result<Self> {
        let folder = app.config.data_dir.join("spool");
        let made = tokio::task::spawn_blocking(move || without_name(&folder)).await?;
        Ok(Self {
            app: app.clone(),
            file: File::from_std(made.map_err(failed)?),
            waiting: Vec::with_capacity(PIECE),
            places: Vec::new(),
            hash: Sha256::new(),
            size: 0,
            head: Vec::new(),
        })
    }

    /// What has come so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// More of it.
    pub async fn write(&mut self, mut bytes: &[u8]) -> Result<()> {
        self.hash.update(bytes);
        self.size += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let lacks = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend(bytes.iter().take(lacks));
        while !bytes.is_empty() {
            let room = (PIECE - self.waiting.len()).min(bytes.len());
            let (now, later) = bytes.split_at(room);
            self.waiting.extend_from_slice(now);
            bytes = later;
            if self.waiting.len() == PIECE {
                self.seal().await?;
            }
        }
        Ok(())
    }

    async fn seal(&mut self) -> Result<()> {
        let sealed = self.app.keys.seal_bytes(PURPOSE, &self.waiting)?;
        self.waiting.clear();
        let begins = self.places.last().map_or(0, |(begins, length)| {
            begins + u64::try_from(*length).unwrap_or(u64::MAX)
        });
        self.places.push((begins, sealed.0.len()));
        self.file.write_all(&sealed.0).await.map_err(failed)
    }

    /// That was all.
    pub async fn finish(mut self) -> Result<Spooled> {
        if !self.waiting.is_empty() {
            self.seal().await?;
        }
        self.file.flush().await.map_err(failed)?;
        Ok(Spooled {
            app: self.app,
            file: self.file,
            places: self.places,
            hash: hex(&self.hash.finalize()),
            size: self.size,
            head: self.head,
        })
    }
}

impl Spooled {
    /// Hex SHA-256 of the bytes.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// How many bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The first of them, which tell what it is.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// A piece as it lies there; none behind the last.
    pub(super) async fn sealed(&mut self, number: i32) -> Result<Option<Sealed>> {
        let place = usize::try_from(number).ok().and_then(|number| self.places.get(number));
        let Some((begins, length)) = place.copied() else {
            return Ok(None);
        };
        let mut sealed = vec![0; length];
        self.file.seek(io::SeekFrom::Start(begins)).await.map_err(failed)?;
        self.file.read_exact(&mut sealed).await.map_err(failed)?;
        Ok(Some(Sealed(sealed)))
    }

    /// A piece; none behind the last.
    pub(super) async fn piece(&mut self, number: i32) -> Result<Option<Vec<u8>>> {
        let sealed = self.sealed(number).await?;
        let opened = sealed.map(|piece| self.app.keys.open_bytes(PURPOSE, &piece));
        Ok(opened.transpose()?)
    }
}

impl std::fmt::Debug for Spool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Spool({})", self.size)
    }
}

impl std::fmt::Debug for Spooled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Spooled({}, {})", self.hash, self.size)
    }
}

/// A file that lost its name as soon as it had one.
fn without_name(folder: &Path) -> io::Result<fs::File> {
    fs::create_dir_all(folder)?;
    let path = folder.join(chance::secret_name());
    let file = fs::OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)?;
    fs::remove_file(&path)?;
    Ok(file)
}

/// What a disk says that is full, or not to be written to.
fn failed(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::Full,
        _ => Error::Internal(anyhow::anyhow!(
            "an upload cannot be written to the data directory: {error}"
        )),
    }
}
