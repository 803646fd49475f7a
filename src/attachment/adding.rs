//! The form that adds files: read part by part, each file looked at as it comes.

use std::collections::BTreeMap;

use entities::{attachment::attachment, words::FileFault};

use super::{
    examining::{Examined, examine},
    kinds::{FIELD, Kinds, Typed},
    limits::{limits, why},
    owner::Owner,
    service::{self, Label},
    states::opens,
};
use crate::{
    platform::{Actor, App, Check, Error, Errors, Result, Say, file::Limits, words::joined},
    web::{Ctx, upload::Parts},
};

/// Longest title.
const TITLE: usize = 80;

/// What a form brought.
#[derive(Debug)]
pub struct Received {
    /// Its fields of text.
    pub fields: BTreeMap<String, String>,
    /// The files that may be stored.
    pub files: Vec<Examined>,
    /// What is wrong with the others, each by its name.
    pub errors: Errors,
}

impl Received {
    /// A field of text.
    pub fn text(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}

/// Read a form with files. A file that is too large ends the reading: what comes behind it is told as not read.
///
/// # Errors
/// What is no such form; the disk.
pub async fn receive(app: &App, by: &Actor, mut parts: Parts) -> Result<Received> {
    let limits = limits(app, by).await?;
    let most = usize::try_from(limits.files).unwrap_or(usize::MAX);
    let mut received = Received {
        fields: BTreeMap::new(),
        files: Vec::new(),
        errors: Errors::default(),
    };
    let mut seen = 0;
    while let Some(part) = parts.next().await? {
        if part.name != FIELD {
            let name = part.name.clone();
            let text = part.text().await?;
            received.fields.insert(name, text);
            continue;
        }
        let called = part.file_name();
        let Some(spooled) = part.spooled(app, limits.bytes()).await? else {
            received
                .errors
                .add(FIELD, refused(&called, FileFault::TooLarge, &limits));
            break;
        };
        // A field in which nothing was chosen comes as a file without a name.
        if called.is_empty() && spooled.size() == 0 {
            continue;
        }
        seen += 1;
        if seen > most {
            received
                .errors
                .add(FIELD, Say::new("attachment.too_many").with("files", limits.files));
            break;
        }
        match examine(app, &limits, &called, spooled).await? {
            Ok(file) => received.files.push(file),
            Err(fault) => received.errors.add(FIELD, refused(&called, fault, &limits)),
        }
    }
    Ok(received)
}

fn refused(called: &str, fault: FileFault, limits: &Limits) -> Say {
    Say::new("attachment.not_taken")
        .with("name", called)
        .with_word("why", why(fault, limits))
}

/// The whole use case of a page with the field: read, look, store what is sound, and say what came of it. What was typed
/// besides is kept in `typed`, for the page that says what is wrong.
///
/// # Errors
/// `Invalid` with the files that were not taken, beside the field, also when others were stored.
pub async fn add(app: &App, ctx: &Ctx, owner: &Owner, kinds: &Kinds, parts: Parts, typed: &mut Typed) -> Result<Say> {
    let received = receive(app, &ctx.actor, parts).await?;
    *typed = Typed {
        kind: received.text("kind").to_owned(),
        title: received.text("title").to_owned(),
    };
    let mut check = Check::default();
    let kind = kinds.read(&mut check, &typed.kind);
    let title = check.optional_text("title", &typed.title, TITLE);
    let mut errors = received.errors;
    if received.files.is_empty() && errors.is_empty() {
        errors.add(FIELD, "attachment.none_chosen");
    }
    let kind = match check.done(kind) {
        Ok(kind) => kind,
        Err(wrong) => {
            for (field, say) in wrong.all() {
                errors.add(field, say.clone());
            }
            return Err(Error::Invalid(Box::new(errors)));
        }
    };
    let title = kinds.title().or(title);
    let label = Label { kind, title };
    let misnamed: Vec<String> = received
        .files
        .iter()
        .filter(|file| file.misnamed)
        .map(|file| file.name.clone())
        .collect();
    let added = service::attach(app, &ctx.actor, owner, &label, received.files).await?;
    if !errors.is_empty() {
        return Err(Error::Invalid(Box::new(errors)));
    }
    Ok(told(ctx, &added, &misnamed))
}

/// How many are there, and what is remarkable about them.
fn told(ctx: &Ctx, added: &[attachment::Model], misnamed: &[String]) -> Say {
    let waiting = added.iter().filter(|one| !opens(one.state)).count();
    if waiting > 0 {
        return Say::new("attachment.added_waiting")
            .with("files", added.len())
            .with("waiting", waiting);
    }
    if !misnamed.is_empty() {
        let names = joined(ctx.language, misnamed);
        return Say::new("attachment.added_renamed")
            .with("files", added.len())
            .with("names", names);
    }
    Say::new("attachment.added").with("files", added.len())
}
