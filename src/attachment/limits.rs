//! How much is taken: a dated rule of the installation.

use entities::words::FileFault;
use serde::{Deserialize, Serialize};

use crate::platform::{
    Actor, App, Result, Say,
    file::Limits,
    parameter,
    rule::{Field, Part, Rule, RuleForm},
};

/// The rule: what is taken of files.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Uploads(Limits);

impl Rule for Uploads {
    const CODE: &'static str = "uploads";
    const FORM: RuleForm = RuleForm {
        order: 200,
        name: "rule.uploads",
        lead: "rule.uploads.lead",
        parts: &[Part::Fields(&[
            Field::whole("megabytes", "rule.uploads.megabytes", 1, Limits::MEGABYTES).unit("rule.unit.megabytes"),
            Field::whole("files", "rule.uploads.files", 1, Limits::FILES).unit("rule.unit.files"),
            Field::whole("side", "rule.uploads.side", 1_000, 60_000).unit("rule.unit.pixels"),
            Field::whole("megapixels", "rule.uploads.megapixels", 4, 100)
                .hint("rule.uploads.megapixels.hint")
                .unit("rule.unit.megapixels"),
            Field::whole("pages", "rule.uploads.pages", 1, 2_000).unit("rule.unit.pages"),
        ])],
    };
    const AT_ONCE: bool = true;

    const SHIPPED: &'static str = include_str!("dated.toml");
}

/// What is taken today.
pub async fn limits(app: &App, by: &Actor) -> Result<Limits> {
    let rule: Uploads = parameter::get(&*app.db, Uploads::CODE, by.coverage(), by.today()).await?;
    Ok(rule.0)
}

/// Why a file is not taken, and what can be done about it.
pub fn why(fault: FileFault, limits: &Limits) -> Say {
    let say = Say::new(format!("file.refused.{}", fault.as_str()));
    match fault {
        FileFault::TooLarge => say.with("megabytes", limits.megabytes),
        FileFault::TooManyPages => say.with("pages", limits.pages),
        FileFault::TooWide => say.with("side", limits.side),
        FileFault::TooManyPixels => say.with("megapixels", limits.megapixels),
        FileFault::NotAccepted
        | FileFault::Telephone
        | FileFault::Archive
        | FileFault::Empty
        | FileFault::Encrypted
        | FileFault::Damaged
        | FileFault::Unpacks
        | FileFault::Virus => say,
    }
}
