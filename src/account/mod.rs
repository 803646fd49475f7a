//! Accounts: who signs in, with which password and second factor, from which browsers.
//!
//! An account belongs to one organisation and holds roles in it. There are no default accounts outside the demo.
//! Signing in is in [`sign_in`], with what stops guessing in [`tries`], [`places`] and [`limit`]; at every request
//! [`session`] recognises who is in. What the owner of an account does is in [`own`], [`second_factor`] and
//! [`sessions`]; what the security administrator does with the accounts of others in [`management`].

pub mod forms;
pub mod limit;
pub mod management;
pub mod own;
pub mod password;
pub mod places;
pub mod queries;
pub mod routes;
pub mod rules;
pub mod second_factor;
pub mod service;
pub mod session;
pub mod sessions;
mod set_up;
pub mod sign_in;
mod tiles;
pub mod tries;
pub mod views;

pub use limit::SignInLimit;

use crate::{
    access::Can,
    web::{Feature, navigation::Entry},
};

/// What accounts bring to the application.
pub const FEATURE: Feature = Feature {
    routes: routes::routes,
    navigation: &[Entry {
        order: 160,
        href: "/accounts",
        key: "nav.accounts",
        icon: "staff",
        can: Can::ManageAccounts,
    }],
    tiles: &[tiles::TILES],
    set_up: &[set_up::SET_UP],
    ..Feature::named("account")
};
