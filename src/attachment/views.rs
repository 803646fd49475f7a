//! The list of files with the field that adds to it, and the page of a child's file.

use std::collections::BTreeMap;

use askama::Template;
use entities::{
    AccountId, AttachmentId, FileId,
    attachment::attachment,
    child::child,
    words::{AttachmentState, FileFault, FileKind, Material},
};

use super::{
    kinds::{FIELD, Kinds, Typed},
    limits::{limits, why},
    states::{Attachments, opens},
};
use crate::{
    account,
    platform::{
        App, Choice, Errors, Result, Say, clock,
        file::{self, Limits},
        paper::look,
        states::Machine as _,
    },
    web::{Ctx, ctx::Part, filters},
};

/// Where the field sends, and where files are opened.
#[derive(Clone, Debug, Default)]
pub struct Addresses {
    /// The form that adds; none: nothing can be added here.
    pub add: Option<String>,
    /// Before `/{attachment}/withdrawal`.
    pub withdraw: String,
    /// Before `/{attachment}/original`, `/picture`, `/thumbnail`.
    pub open: String,
    /// The kind of owner whose files are taken back here; others of the list are taken back where they were brought.
    pub owner: &'static str,
}

/// The list of files with its field: a piece of a page (`ctx.part(&files)`).
#[derive(Debug, Template)]
#[template(path = "ui/files.html")]
pub struct Files {
    /// Tells several of one page apart.
    id: String,
    rows: Vec<Row>,
    addresses: Addresses,
    kinds: Vec<Choice>,
    limits: Limits,
    errors: Errors,
    /// In words, as it was typed.
    title: String,
    /// The program that looks into files is not there.
    nobody_looks: bool,
}

/// A file as the list shows it.
#[derive(Debug)]
struct Row {
    id: AttachmentId,
    version: i32,
    title: String,
    name: String,
    about: String,
    media: FileKind,
    state: AttachmentState,
    why: Option<Say>,
    has_picture: bool,
    has_thumbnail: bool,
    may_withdraw: bool,
}

impl Row {
    fn look(&self) -> (&'static str, &'static str) {
        Attachments::of(self.state).look
    }

    fn opens(&self) -> bool {
        opens(self.state)
    }

    fn is_waiting(&self) -> bool {
        Attachments::is_open(self.state)
    }
}

impl Files {
    /// Of these files, which the reader may see.
    pub async fn of(
        app: &App,
        ctx: &Ctx,
        files: &[attachment::Model],
        addresses: Addresses,
        kinds: &Kinds,
    ) -> Result<Self> {
        let limits = limits(app, &ctx.actor).await?;
        let people = account::queries::names(&*app.db, files.iter().filter_map(|file| file.added_by)).await?;
        let stored = file::labels(&*app.db, files.iter().map(|file| file.file_id)).await?;
        let own = ctx.actor.workplace.as_ref().map(|place| place.id);
        let may_add = addresses.add.is_some();
        let mut rows = Vec::with_capacity(files.len());
        for one in files.iter().filter(|one| one.state != AttachmentState::Withdrawn) {
            rows.push(Row {
                may_withdraw: may_add && own == Some(one.organisation_id) && one.owner_kind == addresses.owner,
                ..row(ctx, one, kinds, &people, &stored, &limits)
            });
        }
        let kinds = match kinds {
            Kinds::One { .. } => Vec::new(),
            Kinds::Choose(all) => all
                .iter()
                .map(|(code, say)| Choice {
                    value: code.clone(),
                    label: ctx.say(say.clone()),
                    selected: code == Material::Other.as_str(),
                })
                .collect(),
        };
        Ok(Self {
            id: FIELD.to_owned(),
            rows,
            addresses,
            kinds,
            limits,
            errors: Errors::default(),
            title: String::new(),
            nobody_looks: !look::is_there(&app.config),
        })
    }

    /// With what was typed, and what is wrong with it.
    #[must_use]
    pub fn again(mut self, typed: &Typed, errors: Errors) -> Self {
        for choice in &mut self.kinds {
            choice.selected = choice.value == typed.kind;
        }
        self.title.clone_from(&typed.title);
        self.errors = errors;
        self
    }

    /// Under another name, where a page has several.
    #[must_use]
    pub fn called(mut self, id: impl Into<String>) -> Self {
        self.id = id.into();
        self
    }

    fn waits(&self) -> bool {
        self.rows.iter().any(Row::is_waiting)
    }

    fn too_large(&self) -> Say {
        why(FileFault::TooLarge, &self.limits)
    }

    fn hint(&self) -> Say {
        Say::new("attachment.files.hint")
            .with("megabytes", self.limits.megabytes)
            .with("files", self.limits.files)
    }

    /// What the browser offers, and what telephones turn their pictures into.
    fn accept(&self) -> &'static str {
        "application/pdf,image/jpeg,image/png,.pdf,.jpg,.jpeg,.png"
    }
}

fn row(
    ctx: &Ctx,
    one: &attachment::Model,
    kinds: &Kinds,
    people: &BTreeMap<AccountId, String>,
    stored: &BTreeMap<FileId, (String, i64)>,
    limits: &Limits,
) -> Row {
    let (name, size) = stored.get(&one.file_id).cloned().unwrap_or_default();
    let kind = kinds.name(&one.kind).map(|say| ctx.say(say));
    let title = match (kind, &one.title) {
        (Some(kind), Some(title)) => format!("{kind} · {title}"),
        (Some(one), None) => one,
        (None, Some(title)) => title.clone(),
        (None, None) => name.clone(),
    };
    let who = one.added_by.and_then(|id| people.get(&id).cloned());
    let mut about = vec![size_in_words(size)];
    if let Some(pages) = one.pages {
        about.push(ctx.say(Say::new("attachment.pages").with("pages", pages)));
    }
    about.push(clock::shown(one.added_at));
    about.extend(who);
    Row {
        id: one.id,
        version: one.version,
        title,
        name,
        about: about.join(" · "),
        media: one.media,
        state: one.state,
        why: one.fault.map(|fault| why(fault, limits)),
        has_picture: one.clean_id.is_some(),
        has_thumbnail: one.thumbnail_id.is_some(),
        may_withdraw: false,
    }
}

/// `812 KB`, `3.4 MB`.
fn size_in_words(bytes: i64) -> String {
    let kilobytes = (bytes + 1023) / 1024;
    if kilobytes < 1000 {
        return format!("{kilobytes} KB");
    }
    let tenths = (kilobytes * 10 + 512) / 1024;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

/// The files of a child's file.
#[derive(Template)]
#[template(path = "attachment/attachments.html")]
pub(super) struct AttachmentsPage {
    /// The child.
    pub(super) child: child::Model,
    /// The list and the field.
    pub(super) files: Part,
    /// What is wrong with what was sent.
    pub(super) errors: Errors,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_told_as_people_read_them() {
        assert_eq!(size_in_words(0), "0 KB");
        assert_eq!(size_in_words(1), "1 KB");
        assert_eq!(size_in_words(831_000), "812 KB");
        assert_eq!(size_in_words(20 << 20), "20.0 MB");
    }
}
