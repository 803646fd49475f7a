//! What is known of a child and of the months it was served.

mod code;
mod person;
mod statement;

pub use code::{Code, Codes, Fact, Facts};
pub(crate) use person::application;
pub use person::{Change, History, Override, Paper, Person};
pub use statement::{Opening, Span, Statement, Used};
