//! Files that belong to something (材料与附件): to a child's file, to an application, to whatever asks for files.
//!
//! A file belongs to its [`Owner`] as soon as it is stored: what is wrong in another field of a form, or a session that ends,
//! costs nothing. On its way in it is told by its content, shown to the virus scanner and looked into by a process of its
//! own ([`examining`]); what that cannot be done with now waits, and nobody opens it before ([`waiting`]).
//!
//! ```text
//! Preparing ─> Ready ─────> Withdrawn
//!    ↑ │         ↑             ↑
//!    │ └────> Refused ─────────┤     found to be nothing to open
//! SetApart ──────┘─────────────┘     no scanner to ask
//! ```
//!
//! A feature that asks for files has its own page and routes: it finds the row that they belong to in its own way, calls
//! [`receive`] and [`service::attach`] in the form's handler, [`send`] where one is opened, and shows [`Files`].

mod adding;
mod examining;
mod kinds;
mod limits;
mod owner;
pub mod queries;
mod routes;
mod sending;
pub mod service;
mod states;
mod views;
mod waiting;

use entities::attachment::attachment;

pub use self::{
    adding::{Received, add, receive},
    examining::{Examined, examine},
    kinds::{Kinds, Typed},
    limits::{limits, why},
    owner::Owner,
    sending::{Shape, send},
    states::{Attachments, opens},
    views::{Addresses, Files},
};
use crate::{
    access::Can,
    platform::{compartment::Table, rule::Described},
    web::{Feature, feature::Section},
};

/// What files bring to the application.
pub const FEATURE: Feature = Feature {
    routes: routes::routes,
    sweeps: &[waiting::SWEEP],
    compartment: &[Table::of::<attachment::Entity>("merge.table.attachment")],
    rules: &[Described::of::<limits::Uploads>()],
    child_file: &[Section {
        order: 45,
        tab: "attachments",
        path: "/attachments",
        key: "attachment.of_child",
        can: Can::ViewAttachments,
    }],
    ..Feature::named("attachment")
};
