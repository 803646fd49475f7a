//! What is typed to make an agreement, to sign it, to give it up.

use std::collections::BTreeMap;

use entities::{
    AgreementId, GuardianId,
    words::{SeenDocument, SignatureMethod},
};
use serde::Deserialize;

use super::{service::NewAgreement, text::BLANKS};
use crate::{
    platform::{Actor, Check, Errors, Result, Version, form::allowed, identity::Identity},
    signature::{SignatureForm, service::How},
};

/// Longest text of a blank that is typed.
const TYPED: usize = 300;
/// Longest reason.
const REASON: usize = 300;

/// An agreement as it is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct AgreementForm {
    /// The text.
    pub template: String,
    /// Those who sign.
    pub guardians: Vec<String>,
    /// The one that it amends.
    pub amends: String,
    /// Blanks that are typed.
    pub fee: String,
    /// See there.
    pub times: String,
    /// See there.
    pub remarks: String,
}

impl AgreementForm {
    /// What was typed into a blank.
    pub fn typed(&self, code: &str) -> &str {
        match code {
            "fee" => &self.fee,
            "times" => &self.times,
            "remarks" => &self.remarks,
            _ => "",
        }
    }

    /// What is asked for.
    pub fn input(&self) -> Result<NewAgreement, Errors> {
        let mut check = Check::default();
        let template = check.parse("template", &self.template);
        let guardians: Option<Vec<GuardianId>> = self.guardians.iter().map(|id| id.parse().ok()).collect();
        if guardians.is_none() {
            check.wrong("guardians", "form.choice");
        }
        let amends: Option<AgreementId> = check.optional_parse("amends", &self.amends);
        let mut typed = BTreeMap::new();
        for blank in BLANKS.iter().filter(|blank| blank.typed) {
            let text = self.typed(blank.code).trim();
            match allowed(text, TYPED) {
                Ok(()) => {
                    typed.insert(blank.code, text.replace('\n', " "));
                }
                Err(say) => check.wrong(blank.code, say),
            }
        }
        let new = template.zip(guardians).map(|(template, guardians)| NewAgreement {
            template,
            guardians,
            typed,
            amends,
        });
        check.done(new)
    }
}

/// A signature: one's own, or of a guardian who sits in front of it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SignForm {
    /// The hash of what the page shows.
    pub hash: String,
    /// The guardian who signs here.
    pub guardian: String,
    /// `on_paper`: a printed copy was signed; otherwise here.
    pub method: String,
    /// The document that was looked at; empty where none was.
    pub document: String,
    /// Points; empty where nothing was drawn.
    pub ink: String,
    /// The name, typed.
    pub typed: String,
    /// Agrees to sign in this way.
    pub agreed: String,
}

impl SignForm {
    /// The field itself.
    pub fn signature(&self) -> SignatureForm {
        SignatureForm {
            ink: self.ink.clone(),
            typed: self.typed.clone(),
            agreed: self.agreed.clone(),
        }
    }

    /// How somebody of a name signs on a screen.
    pub fn on_screen(&self, name: &str) -> Result<How, Errors> {
        self.signature().input(name).map(How::Screen)
    }

    /// The guardian.
    pub fn guardian(&self) -> Result<GuardianId, Errors> {
        let mut check = Check::default();
        let guardian = check.parse("guardian", &self.guardian);
        check.done(guardian)
    }

    /// How a guardian of a name signs at the centre, and who staff say that it is.
    pub fn at_centre(&self, by: &Actor, name: &str) -> Result<(How, Identity)> {
        let mut check = Check::default();
        let document = if self.document.is_empty() {
            None
        } else {
            check.word::<SeenDocument>("document", &self.document)
        };
        let on_paper = self.method == SignatureMethod::OnPaper.as_str();
        check.done(Some(()))?;
        let how = if on_paper { How::Paper } else { self.on_screen(name)? };
        let identity = match document {
            Some(document) => Identity::witnessed(document, by.person()?),
            None => Identity::UNCHECKED,
        };
        Ok((how, identity))
    }
}

/// Several agreements that are signed by one act, each with the hash of what was shown: `7:ab12…`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct TogetherForm {
    /// Which.
    pub pick: Vec<String>,
    /// Points.
    pub ink: String,
    /// The name.
    pub typed: String,
    /// Agrees to sign in this way.
    pub agreed: String,
}

impl TogetherForm {
    /// The field itself.
    pub fn signature(&self) -> SignatureForm {
        SignatureForm {
            ink: self.ink.clone(),
            typed: self.typed.clone(),
            agreed: self.agreed.clone(),
        }
    }

    /// What is signed, and how, by somebody of a name.
    pub fn input(&self, name: &str) -> Result<(Vec<(AgreementId, String)>, How), Errors> {
        let picked: Option<Vec<(AgreementId, String)>> = self
            .pick
            .iter()
            .map(|one| {
                let (id, hash) = one.split_once(':')?;
                Some((id.parse().ok()?, hash.to_owned()))
            })
            .collect();
        let mut picked = picked.ok_or_else(|| Errors::field("pick", "form.choice"))?;
        picked.sort();
        picked.dedup();
        if picked.is_empty() {
            return Err(Errors::field("pick", "agreement.together.none"));
        }
        Ok((picked, self.signature().input(name).map(How::Screen)?))
    }
}

/// An agreement is given up.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct WithdrawForm {
    /// The version that was read.
    pub version: String,
    /// Why.
    pub reason: String,
}

impl WithdrawForm {
    /// The version and the reason.
    pub fn input(&self) -> Result<(Version, String), Errors> {
        let mut check = Check::default();
        let reason = check.note("reason", &self.reason, REASON);
        check.done(reason.map(|reason| (Version::typed(&self.version), reason)))
    }
}
