//! The first week of a district: what is set up in which order, and how far it is.
//!
//! What the database or the configuration can tell is computed by the feature whose line it is; what only a person can say
//! (rules were read, texts are licensed, the restore was tried by somebody) is ticked, which is an event. The page is
//! everybody's to read and the system administrator's to tick.

use chrono::{Datelike as _, NaiveDate};
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::{
    platform::{
        Actor, App, Error, Result, Say, counter,
        event::{self, Subject},
    },
    web::{
        Features,
        home::{SetUp, Standing},
    },
};

/// How a line stands.
#[derive(Clone, Debug)]
pub struct Line {
    /// Which.
    pub step: SetUp,
    /// Done.
    pub done: bool,
    /// What is there, or what is missing.
    pub told: Vec<Say>,
}

/// Every line, in the order of the set-up.
pub async fn lines(app: &App, features: Features, by: &Actor) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for step in features.set_up() {
        let (done, told) = match step.stands {
            Some(stands) => stands(app, by).await?,
            None => ticked(&*app.db, by, &step).await?,
        };
        lines.push(Line { step, done, told });
    }
    Ok(lines)
}

/// Lines that are still open.
pub async fn open(app: &App, features: Features, by: &Actor) -> Result<usize> {
    let lines = lines(app, features, by).await?;
    Ok(lines.iter().filter(|line| !line.done).count())
}

/// The counter that keeps a tick: the day on which it was set; 0 when it was taken back.
fn tick_name(by: &Actor, step: &SetUp) -> String {
    format!("first_week:{}:{}", by.district(), step.name)
}

async fn ticked(db: &impl ConnectionTrait, by: &Actor, step: &SetUp) -> Result<Standing> {
    let day = counter::read(db, &tick_name(by, step))
        .await?
        .and_then(|value| i32::try_from(value).ok())
        .filter(|days| *days > 0)
        .and_then(NaiveDate::from_num_days_from_ce_opt);
    Ok(match day {
        Some(day) => (true, vec![Say::new("first_week.ticked").with("on", day)]),
        None => (false, vec![Say::new("first_week.unticked")]),
    })
}

/// Say that a line is done, or that it is not after all.
///
/// # Errors
/// Not found when the line is computed.
pub async fn tick(app: &App, by: &Actor, step: &SetUp, done: bool) -> Result<()> {
    if !step.is_ticked() {
        return Err(Error::NotFound);
    }
    let tx = app.db.write(by, "").await?;
    let day = if done { by.today().num_days_from_ce().into() } else { 0 };
    counter::keep_in(&tx, &tick_name(by, step), day).await?;
    let action = if done {
        "first_week.ticked"
    } else {
        "first_week.unticked"
    };
    let details = json!({ "line": step.name, "district": by.district() });
    event::record(&tx, by, action, Subject::none(), details).await?;
    tx.commit().await
}
