//! What tasks are about, as the features tell it whose rows these are: the page of a task and the ladder stand before them.

use std::{future::Future, pin::Pin, sync::Arc};

use entities::words::{Focus, What};
use serde_json::Value;

use super::{App, Result, Tx, event::Subject};

/// A page that belongs to a task, besides the one on which it is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// Its address.
    pub href: String,
    /// Locale key of what it is.
    pub key: &'static str,
    /// The icon.
    pub icon: &'static str,
}

/// What is said when silence about a row climbs.
#[derive(Debug)]
pub struct Silence {
    /// The notice: `notice.<template>`.
    pub template: &'static str,
    /// Its words besides the due day and how late it is.
    pub params: Value,
    /// The event.
    pub action: &'static str,
    /// What the event is about.
    pub subject: Subject,
}

/// The pages that belong to what is to be done about the row of a number.
pub type Besides = for<'a> fn(&'a App, What, i64) -> Pin<Box<dyn Future<Output = Result<Vec<Beside>>> + Send + 'a>>;

/// What is said of the row of a number.
pub type Said = for<'a> fn(&'a Tx, i64) -> Pin<Box<dyn Future<Output = Result<Option<Silence>>> + Send + 'a>>;

/// How a feature tells of one kind of row that tasks are about. What it does not say is said of the task itself.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// Which rows.
    pub focus: Focus,
    /// Pages that belong to such a task.
    pub besides: Option<Besides>,
    /// What silence about such a row is called.
    pub silence: Option<Said>,
}

/// What all features tell.
#[derive(Clone, Debug)]
pub struct Abouts(Arc<[About]>);

impl Abouts {
    /// Of all features.
    pub fn of(features: impl IntoIterator<Item = &'static [About]>) -> Self {
        Self(features.into_iter().flatten().copied().collect())
    }

    /// The pages that belong to a task.
    ///
    /// # Errors
    /// Whatever stops a feature that tells.
    pub async fn besides(&self, app: &App, what: What, (focus, id): (Focus, i64)) -> Result<Vec<Beside>> {
        let mut all = Vec::new();
        for besides in self.told(focus).filter_map(|about| about.besides) {
            all.extend(besides(app, what, id).await?);
        }
        Ok(all)
    }

    /// What is said when silence about a row climbs; nothing when it is said of the task.
    ///
    /// # Errors
    /// Whatever stops the feature that tells.
    pub async fn silence(&self, tx: &Tx, (focus, id): (Focus, i64)) -> Result<Option<Silence>> {
        match self.told(focus).find_map(|about| about.silence) {
            Some(said) => said(tx, id).await,
            None => Ok(None),
        }
    }

    fn told(&self, focus: Focus) -> impl Iterator<Item = &About> {
        self.0.iter().filter(move |about| about.focus == focus)
    }
}
