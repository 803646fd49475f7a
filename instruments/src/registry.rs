//! All instruments this installation knows.

use std::sync::OnceLock;

use super::check::PackageError;
use super::item_texts::ItemTexts;
use super::package::Package;
use super::text::{Spoken, say};

/// The packages of the product. Adding an instrument is adding a file here.
const BUILT_IN: [&str; 9] = [
    include_str!("data/wscmbd.toml"),
    include_str!("data/m-chat-r.toml"),
    include_str!("data/m-chat-r-f.toml"),
    include_str!("data/chat-23.toml"),
    include_str!("data/abc.toml"),
    include_str!("data/cars.toml"),
    include_str!("data/cabs.toml"),
    include_str!("data/atec.toml"),
    include_str!("data/development.toml"),
];

/// Verified packages, several versions of an instrument side by side.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    packages: Vec<Package>,
}

impl Registry {
    /// The built-in packages, verified on the first call, that is at start-up. An error here is a defect of the build
    /// and must stop the program.
    pub fn built_in() -> Result<&'static Registry, &'static PackageError> {
        static REGISTRY: OnceLock<Result<Registry, PackageError>> = OnceLock::new();
        REGISTRY.get_or_init(Registry::load).as_ref()
    }

    fn load() -> Result<Registry, PackageError> {
        let mut registry = Registry::default();
        for toml in BUILT_IN {
            registry.add(Package::parse(toml)?)?;
        }
        Ok(registry)
    }

    /// Adds a package, such as one that an administrator imported; it becomes the current version of its instrument.
    /// A version that is already there with another content is refused: results name code and version, and must mean
    /// the same for ever.
    pub fn add(&mut self, package: Package) -> Result<(), PackageError> {
        match self.version(&package.code, &package.version) {
            Some(known) if *known == package => Ok(()),
            Some(_) => {
                let message = say(
                    "version_taken",
                    &[("code", &package.code), ("version", &package.version)],
                );
                Err(PackageError::one("version", message))
            }
            None => {
                self.packages.push(package);
                Ok(())
            }
        }
    }

    /// Shows licensed texts in place of the neutral labels of the instrument and version they are for.
    pub fn import_texts(&mut self, texts: &ItemTexts) -> Result<(), PackageError> {
        let wanted = |package: &&mut Package| package.code == texts.instrument && package.version == texts.version;
        let Some(package) = self.packages.iter_mut().find(wanted) else {
            let values: [(&str, &dyn Spoken); 2] = [("code", &texts.instrument), ("version", &texts.version)];
            return Err(PackageError::one("instrument", say("texts_of_nothing", &values)));
        };
        *package = package.with_texts(texts)?;
        Ok(())
    }

    /// The current version of an instrument: the one added last.
    pub fn get(&self, code: &str) -> Option<&Package> {
        self.packages.iter().rev().find(|package| package.code == code)
    }

    /// One version of an instrument, for reading an old result.
    pub fn version(&self, code: &str, version: &str) -> Option<&Package> {
        self.packages
            .iter()
            .find(|package| package.code == code && package.version == version)
    }

    /// Every version of every instrument, in the order in which they were added.
    pub fn all(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter()
    }

    /// The current version of every instrument, in the order in which they were first added.
    pub fn current(&self) -> impl Iterator<Item = &Package> {
        let first_of_its_code =
            |index: usize, code: &str| self.packages.iter().position(|other| other.code == code) == Some(index);
        let firsts = self
            .packages
            .iter()
            .enumerate()
            .filter(move |(index, package)| first_of_its_code(*index, &package.code));
        firsts.filter_map(|(_, package)| self.get(&package.code))
    }
}
