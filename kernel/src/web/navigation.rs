//! The main navigation: what somebody's roles let them open.

use crate::access::Can;
use entities::words::Role;

/// One entry.
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

/// Every entry, in order, with the permission that its page needs.
const ENTRIES: &[(&str, &str, &str, Can)] = &[
    ("/", "nav.home", "home", Can::Work),
    ("/children", "nav.children", "child", Can::ViewChildren),
    ("/checks", "nav.checks", "screening", Can::Screen),
    ("/referrals", "nav.referrals", "referral", Can::ViewChildren),
    ("/follow-ups", "nav.follow_ups", "contact", Can::ViewChildren),
    ("/pipeline", "nav.pipeline", "filter", Can::ViewChildren),
    ("/assessments", "nav.assessments", "instrument", Can::Assess),
    ("/imports", "nav.imports", "import", Can::Import),
    ("/duplicates", "nav.duplicates", "duplicate", Can::Merge),
    ("/reports/screening", "nav.reports", "report", Can::ViewReports),
    ("/reports/tracing", "nav.tracing", "history", Can::OpenNumbers),
    ("/organisations", "nav.organisations", "organisation", Can::Configure),
    ("/parameters", "nav.rules", "settings", Can::Configure),
    ("/calendars", "nav.calendars", "calendar", Can::Configure),
    ("/instruments", "nav.instruments", "template", Can::ViewInstruments),
    ("/accounts", "nav.accounts", "staff", Can::ManageAccounts),
    ("/events", "nav.events", "audit", Can::Audit),
    ("/operations", "nav.operations", "settings", Can::Operate),
];

/// The entries for some roles; the longest path that leads to `path` is the current one.
pub fn entries(roles: &[Role], path: &str) -> Vec<NavItem> {
    let leads = |href: &str| path == href || (href != "/" && path.starts_with(&format!("{href}/")));
    let current = ENTRIES
        .iter()
        .filter(|e| leads(e.0))
        .map(|e| e.0)
        .max_by_key(|href| href.len());
    ENTRIES
        .iter()
        .filter(|(_, _, _, can)| can.allows(roles))
        .map(|&(href, key, icon, _)| NavItem {
            href,
            key,
            icon,
            current: Some(href) == current,
        })
        .collect()
}
