//! Telling people: notices in the inbox of colleagues, messages to guardians outside.
//!
//! Features write both in the transaction of their cause, by way of [`telling`]. Here they are read ([`routes`]) and sent
//! ([`delivery`]). A text is made when it is read or sent, in the reader's language; names are looked up then and are
//! kept nowhere. Parameters of a text:
//! - `%{child}`, `%{file_no}`: the child it is about; `%{receiver}`: who reads it; `%{link}`: where to act, with the host;
//! - a whole number under one of [`text::ORGANISATIONS`] is the id of an organisation and becomes its name;
//! - a word of a vocabulary (`"kind": "rescreen"` in `referral.overdue`) becomes `word.kind.rescreen` or, where there is
//!   none, `word.referral_kind.rescreen`;
//! - everything else stands as it is.

mod cause;
mod compartment;
pub mod delivery;
mod family_notice;
pub mod gateway;
mod handover;
pub mod mail;
pub mod mailbox;
pub mod meaning;
pub mod queries;
pub mod receiver;
pub mod routes;
pub mod service;
pub mod smtp;
pub mod telling;
pub mod text;
mod tiles;
pub mod views;

pub use family_notice::FamilyNotice;
pub use meaning::{CODE, CODE_HOLDS};
pub use telling::{News, tell_roles, way};

use crate::{
    access::Can,
    web::{Feature, feature::Section},
};

/// Notices that something came back: whoever they were told has to read it.
pub const RESULTS: &[&str] = &["referral.result", "referral.declined"];

/// What notices and messages bring to the application.
pub const FEATURE: Feature = Feature {
    routes: routes::routes,
    sweeps: &[delivery::SWEEP],
    compartment: compartment::TABLES,
    tiles: &[tiles::TILES],
    set_up: &[tiles::SET_UP],
    child_file: &[Section {
        order: 50,
        tab: "messages",
        path: "/messages",
        key: "child.tab.messages",
        can: Can::ViewChildren,
    }],
    ..Feature::named("notifications")
};
