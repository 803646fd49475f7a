//! What instruments are called.

use std::sync::Arc;

use entities::{screening::assessment, words::Language};
use sea_orm::ConnectionTrait;

use super::instruments::{Library, library};
use crate::{platform::Result, screening::instruments::Language as Tongue};

/// The instruments of this installation, by name.
#[derive(Clone, Debug)]
pub struct Instruments(Arc<Library>);

/// All of them.
pub async fn instruments_of(db: &impl ConnectionTrait) -> Result<Instruments> {
    library::load(db).await.map(Instruments)
}

impl Instruments {
    /// The name of the instrument that was filled in; its code where its package is gone.
    pub fn name(&self, row: &assessment::Model, language: Language) -> String {
        let tongue = Tongue::from_tag(language.as_str());
        match self.0.version(&row.instrument, &row.instrument_version) {
            Some(package) => package.name.get(tongue).to_owned(),
            None => row.instrument.to_uppercase(),
        }
    }
}
