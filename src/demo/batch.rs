//! The rows of many children, table by table, and writing them in bulk.

use entities::{
    child::{care, child, child_term, consent, departure, guardian, guardianship, residence},
    event::event,
    screening::pathway,
};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Iterable as _};

use super::life::Life;
use crate::platform::{Result, Tx};

/// SQLite takes 32,766 bound values a statement, PostgreSQL twice as many.
const BOUND: usize = 30_000;

/// The rows of some children.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) children: Vec<child::ActiveModel>,
    pub(super) terms: Vec<child_term::ActiveModel>,
    pub(super) guardians: Vec<guardian::ActiveModel>,
    pub(super) guardianships: Vec<guardianship::ActiveModel>,
    pub(super) residences: Vec<residence::ActiveModel>,
    pub(super) consents: Vec<consent::ActiveModel>,
    pub(super) departures: Vec<departure::ActiveModel>,
    pub(super) care: Vec<care::ActiveModel>,
    pub(super) pathways: Vec<pathway::ActiveModel>,
    pub(super) events: Vec<event::ActiveModel>,
    pub(super) lives: Vec<Life>,
}

impl Batch {
    /// Write them all, what others hang on first.
    pub(super) async fn write(self, tx: &Tx) -> Result<()> {
        let mut all = Life::default();
        for life in self.lives {
            all.checks.extend(life.checks);
            all.screens.extend(life.screens);
            all.referrals.extend(life.referrals);
            all.steps.extend(life.steps);
            all.rescreens.extend(life.rescreens);
            all.diagnoses.extend(life.diagnoses);
            all.assessments.extend(life.assessments);
            all.contacts.extend(life.contacts);
            all.tasks.extend(life.tasks);
        }
        insert(tx, self.children).await?;
        insert(tx, self.terms).await?;
        insert(tx, self.guardians).await?;
        insert(tx, self.guardianships).await?;
        insert(tx, self.residences).await?;
        insert(tx, self.consents).await?;
        insert(tx, self.departures).await?;
        insert(tx, models(all.checks)).await?;
        insert(tx, models(all.screens)).await?;
        insert(tx, models(all.referrals)).await?;
        insert(tx, models(all.steps)).await?;
        insert(tx, models(all.rescreens)).await?;
        insert(tx, models(all.diagnoses)).await?;
        insert(tx, models(all.assessments)).await?;
        insert(tx, models(all.tasks)).await?;
        insert(tx, models(all.contacts)).await?;
        insert(tx, self.care).await?;
        insert(tx, self.pathways).await?;
        insert(tx, self.events).await
    }
}

fn models<M, A>(rows: Vec<M>) -> Vec<A>
where
    M: IntoActiveModel<A>,
    A: ActiveModelTrait,
{
    rows.into_iter()
        .map(|row| row.into_active_model().reset_all())
        .collect()
}

/// Insert rows, as many at once as a statement takes.
pub(super) async fn insert<A>(tx: &Tx, rows: Vec<A>) -> Result<()>
where
    A: ActiveModelTrait,
{
    let columns = <A::Entity as EntityTrait>::Column::iter().count().max(1);
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let chunk: Vec<A> = rows.by_ref().take(BOUND / columns).collect();
        A::Entity::insert_many(chunk).exec_without_returning(&**tx).await?;
    }
    Ok(())
}
