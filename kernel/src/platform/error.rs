//! What can go wrong, told once. `web::error` turns each into a page.

use sea_orm::{DbErr, SqlErr};

use super::{db::Trouble, form::Errors, words::Say};

/// The result of everything that may fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure, by what the user can do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Sign in first.
    #[error("sign in first")]
    SignIn,
    /// Signed in, but not allowed.
    #[error("not allowed")]
    Forbidden,
    /// There is no such thing, or it is not yours to see.
    #[error("not found")]
    NotFound,
    /// The request itself cannot be read.
    #[error("unreadable request: {0}")]
    Unreadable(String),
    /// More was sent than the page takes.
    #[error("too large")]
    TooLarge,
    /// The form does not add up; errors by field.
    #[error("invalid form")]
    Invalid(Box<Errors>),
    /// The rules of the trade say no.
    #[error("refused: {}", .0.key())]
    Refused(Box<Say>),
    /// The page was older than the record: somebody changed it meanwhile, in the words of a locale key.
    #[error("changed meanwhile: {}", .0.key())]
    Stale(Box<Say>),
    /// This form was already submitted; the token tells what came of it.
    #[error("already submitted")]
    Repeated(String),
    /// Too much is going on, or the database is away; nothing was saved; try again.
    #[error("busy")]
    Busy,
    /// There is no room on the disk; nothing was saved.
    #[error("the disk is full")]
    Full,
    /// The database did not answer a commit: nobody knows whether it happened.
    #[error("nobody knows whether it was saved")]
    Unsettled,
    /// Our fault.
    #[error(transparent)]
    Internal(#[from] anyhow::Error),
}

impl Error {
    /// The rules of the trade say no, in the words of a locale key.
    pub fn refused(say: impl Into<Say>) -> Self {
        Self::Refused(Box::new(say.into()))
    }

    /// The page was older than the record.
    pub fn stale() -> Self {
        Self::stale_as("error.stale")
    }

    /// The page was older than the record, and the sentence tells more about it.
    pub fn stale_as(say: impl Into<Say>) -> Self {
        Self::Stale(Box::new(say.into()))
    }

    /// One field is wrong.
    pub fn field(name: &'static str, say: impl Into<Say>) -> Self {
        let mut errors = Errors::default();
        errors.add(name, say);
        Self::Invalid(Box::new(errors))
    }

    /// A violated unique constraint, so that a caller may name it in the words of the trade.
    pub fn is_duplicate(error: &DbErr) -> bool {
        matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
    }
}

/// What the libraries that everybody uses say has gone wrong is nobody's fault in front of the screen.
macro_rules! our_fault {
    ($($foreign:ty),+ $(,)?) => {
        $(impl From<$foreign> for Error {
            fn from(error: $foreign) -> Self {
                Self::Internal(error.into())
            }
        })+
    };
}

our_fault!(
    serde_json::Error,
    tokio::task::JoinError,
    std::num::TryFromIntError,
    std::io::Error,
);

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        match Trouble::of(&error) {
            Trouble::Contention | Trouble::Lost => {
                // The page says no more than that it is busy; whoever looks for the reason finds it here.
                tracing::warn!("{error}");
                Self::Busy
            }
            Trouble::Full => Self::Full,
            Trouble::Storage | Trouble::Other => Self::Internal(error.into()),
        }
    }
}

impl From<workbook::WriteError> for Error {
    fn from(error: workbook::WriteError) -> Self {
        Self::Internal(error.into())
    }
}
