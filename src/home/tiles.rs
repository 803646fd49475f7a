//! The numbers of the home page, under their headings, as the features count them.

use std::collections::BTreeMap;

use crate::{
    platform::{Actor, App, Result},
    web::{Features, home::Tile},
};

/// Tiles under one heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    /// Locale key of the heading.
    pub key: &'static str,
    /// Its numbers.
    pub tiles: Vec<Tile>,
}

/// The groups of an actor's home page, by the roles held.
pub(crate) async fn groups(app: &App, features: Features, by: &Actor) -> Result<Vec<Group>> {
    let mut groups: BTreeMap<(u16, &'static str), Vec<Tile>> = BTreeMap::new();
    for source in features.tiles() {
        if !(source.group.shown)(by) {
            continue;
        }
        let tiles = groups.entry((source.group.order, source.group.key)).or_default();
        if source.can.allows(&by.roles) {
            tiles.extend((source.count)(app, by).await?);
        }
    }
    let groups = groups.into_iter();
    Ok(groups.map(|((_, key), tiles)| Group { key, tiles }).collect())
}
