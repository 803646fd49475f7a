//! Everything about HTTP that is not a feature: context, routes, forms, lists, errors as pages.

mod after;
mod again;
pub mod assets;
pub mod body;
pub mod ctx;
pub mod draft;
pub mod error;
pub mod feature;
pub mod field;
pub mod filters;
pub mod find;
pub mod finding;
pub mod flash;
pub mod form;
pub mod frame;
pub mod headers;
pub mod heavy;
pub mod home;
pub mod job;
pub mod kept;
pub mod listen;
pub mod listing;
mod markup;
pub mod navigation;
pub mod paper;
pub mod reveal;
pub mod routes;
pub mod stored;
pub mod summary;
pub mod upload;
pub mod visitor;

pub use ctx::{Ctx, Who};
pub use feature::{Feature, Features};
pub use find::local_path;
pub use finding::{Finding, Findings};
pub use flash::Flash;
pub use form::{Form, Path, Query};
pub use listing::{Cell, Column, Filter, Listing};
pub use routes::Routes;
pub use visitor::Visitor;

/// Lists and choices, as pages name them.
pub use crate::platform::{Choice, List, Page, PlaceField, choices};

/// What every handler answers.
pub type Answer = crate::platform::Result<axum::response::Response>;
