pub mod calendar;
pub mod hanzi;
