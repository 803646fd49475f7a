pub mod platform;
pub mod reports;
pub mod screening;
