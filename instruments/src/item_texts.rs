//! The slot for licensed words: a centre that has the owner's permission imports the texts of an instrument.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::check::PackageError;
use super::definition::ItemText;
use super::package::Package;
use super::text::{Spoken, Text, say};

/// Texts for one version of one instrument.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemTexts {
    /// Code of the instrument.
    pub instrument: String,
    /// Version of the package.
    pub version: String,
    /// On what permission the texts are shown: who gave it, when, to whom.
    pub permission: String,
    /// Item -> its words. The instrument is used whole, so every item must be there.
    pub items: BTreeMap<String, Text>,
}

impl ItemTexts {
    /// Reads texts from TOML.
    pub fn parse(toml: &str) -> Result<ItemTexts, PackageError> {
        if toml.len() > Package::MAX_BYTES {
            return Err(PackageError::one(
                "",
                say("package_too_large", &[("limit", &(Package::MAX_BYTES / 1024))]),
            ));
        }
        toml::from_str(toml).map_err(|error| PackageError::syntax(toml, &error))
    }
}

impl Package {
    /// The same instrument with licensed texts in place of its neutral labels. Scoring does not change, so the version
    /// does not change either.
    pub fn with_texts(&self, texts: &ItemTexts) -> Result<Package, PackageError> {
        if (&texts.instrument, &texts.version) != (&self.code, &self.version) {
            let values: [(&str, &dyn Spoken); 2] = [("code", &self.code), ("version", &self.version)];
            return Err(PackageError::one("instrument", say("texts_of_another", &values)));
        }
        if self.licence.item_text == ItemText::Shipped {
            return Err(PackageError::one(
                "instrument",
                say("texts_not_needed", &[("code", &self.code)]),
            ));
        }
        if let Some(unknown) = texts.items.keys().find(|id| self.item(id).is_none()) {
            return Err(PackageError::one(
                "items",
                say("fault_item_unknown", &[("item", unknown)]),
            ));
        }
        if let Some((_, item)) = self.items().find(|(_, item)| !texts.items.contains_key(&item.id)) {
            return Err(PackageError::one(
                "items",
                say("texts_incomplete", &[("item", &item.id)]),
            ));
        }
        let mut definition = (**self).clone();
        definition.licence.item_text = ItemText::Imported;
        definition.licence.permission = Some(texts.permission.clone());
        for item in definition.parts.iter_mut().flat_map(|part| &mut part.items) {
            item.label = texts.items.get(&item.id).cloned();
        }
        Package::verified(definition)
    }
}
