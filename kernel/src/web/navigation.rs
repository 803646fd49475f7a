//! The main navigation: what somebody's roles let them open, out of what the features bring.

use entities::words::{OrganisationKind, Role};

use super::feature::Features;
use crate::access::Can;

/// An entry as its feature brings it.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The lower, the further up.
    pub order: u16,
    /// Where it leads.
    pub href: &'static str,
    /// Locale key of its name.
    pub key: &'static str,
    /// Icon by name.
    pub icon: &'static str,
    /// What its page needs.
    pub can: Can,
}

/// An entry as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavItem {
    /// Where it leads.
    pub href: &'static str,
    /// Locale key of its name.
    pub key: &'static str,
    /// Icon by name.
    pub icon: &'static str,
    /// The page belongs to it.
    pub current: bool,
}

/// The entries for some roles at an organisation of a kind; the longest path that leads to `path` is the current one.
pub fn entries(features: Features, roles: &[Role], at: OrganisationKind, path: &str) -> Vec<NavItem> {
    let all = features.navigation();
    let leads = |href: &str| path == href || (href != "/" && path.starts_with(&format!("{href}/")));
    let current = all
        .iter()
        .map(|entry| entry.href)
        .filter(|href| leads(href))
        .max_by_key(|href| href.len());
    all.iter()
        .filter(|entry| {
            entry.can.allows(roles) || (roles.contains(&Role::Supervisor) && features.is_led(entry.href, at))
        })
        .map(|entry| NavItem {
            href: entry.href,
            key: entry.key,
            icon: entry.icon,
            current: Some(entry.href) == current,
        })
        .collect()
}
