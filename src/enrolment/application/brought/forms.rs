//! That a paper was received, as it is typed.

use entities::words::Issuer;
use serde::Deserialize;

use super::service::Received;
use crate::{
    enrolment::rules::{DEFERRAL, Material, PERMIT},
    platform::{Check, Errors, Version},
};

/// What is asked of a paper when it is received.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Asks {
    /// The day of issue, from which it counts.
    pub(super) issued_on: bool,
    /// It has days of its own and somebody who issued it.
    pub(super) days: bool,
    /// They have to be there.
    pub(super) must: bool,
}

impl Asks {
    /// What a rule asks of a paper; nothing of one that it does not know any more.
    pub(super) fn of(rule: Option<&Material>) -> Self {
        rule.map_or_else(Self::default, |rule| Self {
            issued_on: rule.valid_months > 0,
            days: [DEFERRAL, PERMIT].contains(&rule.code.as_str()),
            must: rule.code == DEFERRAL,
        })
    }

    /// One press is enough.
    pub(super) const fn nothing(self) -> bool {
        !self.issued_on && !self.days
    }
}

/// What the page sends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct ReceiptForm {
    /// The version that was read.
    pub(super) version: String,
    /// When it was issued.
    pub(super) issued_on: String,
    /// From when it holds.
    pub(super) valid_from: String,
    /// Until when.
    pub(super) valid_until: String,
    /// Who issued it.
    pub(super) issuer: String,
}

impl ReceiptForm {
    /// The version that was read.
    pub(super) fn version(&self) -> Version {
        Version::typed(&self.version)
    }

    /// What is said of the paper, or everything that is wrong with it.
    pub(super) fn input(&self, asks: Asks) -> Result<Received, Errors> {
        let mut check = Check::default();
        let issued_on = check.optional_date("issued_on", &self.issued_on);
        let valid_from = check.optional_date("valid_from", &self.valid_from);
        let valid_until = check.optional_date("valid_until", &self.valid_until);
        let issuer = match self.issuer.trim() {
            "" => None,
            _ => check.word::<Issuer>("issuer", &self.issuer),
        };
        let typed = |text: &str| !text.trim().is_empty();
        if asks.issued_on && !typed(&self.issued_on) {
            check.wrong("issued_on", "form.required");
        }
        if asks.must {
            for (field, text) in [
                ("valid_from", &self.valid_from),
                ("valid_until", &self.valid_until),
                ("issuer", &self.issuer),
            ] {
                if !typed(text) {
                    check.wrong(field, "form.required");
                }
            }
        }
        let begins = valid_from.or(issued_on);
        if begins.zip(valid_until).is_some_and(|(from, until)| until < from) {
            check.wrong("valid_until", "material.lacks.order");
        }
        check.done(Some(Received {
            issued_on,
            valid_from,
            valid_until,
            issuer,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(form: &ReceiptForm, asks: Asks) -> Vec<String> {
        let errors = form.input(asks).err().unwrap_or_default();
        errors.all().iter().map(|(field, _)| (*field).to_owned()).collect()
    }

    #[test]
    fn what_the_rule_asks_has_to_be_said() {
        let rule = |code: &str, valid_months| Material {
            code: code.to_owned(),
            valid_months,
            ..Material::default()
        };
        let plain = Asks::of(Some(&rule("photo", 0)));
        assert!(plain.nothing() && Asks::of(None).nothing());
        assert!(wrong(&ReceiptForm::default(), plain).is_empty());
        let exam = Asks::of(Some(&rule("physical_exam", 3)));
        assert_eq!(wrong(&ReceiptForm::default(), exam), ["issued_on"]);
        let deferral = Asks::of(Some(&rule(DEFERRAL, 0)));
        assert_eq!(
            wrong(&ReceiptForm::default(), deferral),
            ["issuer", "valid_from", "valid_until"]
        );
        let form = ReceiptForm {
            valid_from: "2026-09-01".to_owned(),
            valid_until: "2026-08-31".to_owned(),
            issuer: "nobody".to_owned(),
            ..ReceiptForm::default()
        };
        assert_eq!(wrong(&form, deferral), ["issuer", "valid_until"]);
    }
}
