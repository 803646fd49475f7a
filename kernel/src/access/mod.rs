//! Who may do what ([`permission`]) and see whom ([`scope`]), and which organisations an administrator looks after
//! ([`places`]).

pub mod permission;
pub mod places;
pub mod scope;

pub use permission::Can;
