//! Who may do what ([`permission`]) and see whom ([`scope`]).

pub mod permission;
pub mod scope;

pub use permission::Can;
