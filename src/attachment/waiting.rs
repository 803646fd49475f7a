//! What could not be looked at when it came in: the scanner was away, the program that looks was not built, too many came at
//! once. It is looked at again until that succeeds; nothing is taken for sound because time has passed.

use std::time::Duration;

use entities::{AttachmentId, words::FileFault};

use super::{
    examining::{Standing, look_at},
    limits::limits,
    queries, service,
};
use crate::platform::{
    Actor, App, Result,
    file::{self, Source},
    paper::look,
    scanner::Scanner,
    sweep::{Failures, Sweep},
};

/// Looks at what waits.
pub(super) const SWEEP: Sweep = Sweep {
    name: "attachments",
    every: Duration::from_secs(60),
    run: |app, by| Box::pin(run(app, by)),
};

/// Files asked about at once.
const AT_ONCE: u64 = 100;
/// What ends the process that looks so often is nothing that people scan.
const TRIES: i32 = 5;

async fn run(app: &App, by: &Actor) -> Result<String> {
    if let Some(scanner) = Scanner::of(&app.config)
        && let Err(error) = scanner.version().await
    {
        tracing::warn!("the virus scanner does not answer: {error}");
        return Ok("files=0".to_owned());
    }
    let limits = limits(app, by).await?;
    let can_look = look::is_there(&app.config);
    let (mut files, mut failures, mut last) = (0, Failures::default(), AttachmentId(0));
    loop {
        let some = queries::waiting(&*app.db, last, AT_ONCE).await?;
        let Some(end) = some.last() else { break };
        last = end.id;
        for one in some {
            let look = async {
                let stored = file::find(&*app.db, one.file_id).await?;
                let mut standing = look_at(app, &limits, one.media, &mut Source::kept(app, &stored)).await?;
                if matches!(standing, Standing::Preparing) && can_look && one.tries >= TRIES {
                    standing = Standing::Wrong(FileFault::Unpacks);
                }
                service::prepared(app, by, &one, &stored.name, standing).await
            };
            if failures.note(look.await) == Some(true) {
                files += 1;
            }
        }
    }
    failures.or(format!("files={files}"))
}
