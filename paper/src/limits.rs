//! What this process may take, set by itself as well: whoever starts it by hand is as safe as the server.

use std::{thread, time::Duration};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::failure::Failure;

/// Largest file that may be written.
const PDF: u64 = 64 << 20;
/// The exit code of a process that took too long by the clock on the wall; `sysexits.h` calls it "try again later".
const TOO_LONG: i32 = 75;

/// Before anything is read: time, memory, no core file.
pub(crate) fn before(seconds: u32, megabytes: u32) -> Result<(), Failure> {
    limit(Resource::As, u64::from(megabytes) << 20)?;
    limit(Resource::Cpu, seconds.into())?;
    limit(Resource::Fsize, PDF)?;
    limit(Resource::Core, 0)?;
    thread::spawn(move || {
        thread::sleep(Duration::from_secs(seconds.into()));
        std::process::exit(TOO_LONG)
    });
    Ok(())
}

/// When all is read: no file and no connection can be opened any more.
pub(crate) fn behind() -> Result<(), Failure> {
    limit(Resource::Nofile, 0)
}

/// Whoever started this may have set narrower limits, and they stay.
fn limit(resource: Resource, most: u64) -> Result<(), Failure> {
    let known = getrlimit(resource);
    let narrower = Rlimit {
        current: [Some(most), known.current].into_iter().flatten().min(),
        // Of processor time the first limit says why, the second does not ask.
        maximum: [Some(most.saturating_add(1)), known.maximum]
            .into_iter()
            .flatten()
            .min(),
    };
    setrlimit(resource, narrower).map_err(|error| Failure::System(format!("a limit cannot be set: {error}")))
}
