//! What hangs on one file changes hands: table by table, by the rules. Nothing here writes down what it did; the pictures
//! before and after do.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entities::{
    ChildId,
    child::{care, child, child_term, consent, departure, guardianship, residence},
    communication::{message, notice},
    import::parked_row,
    screening::{assessment, contact, diagnosis, follow_up, planned_check, referral, rescreen, screen},
    words::{CheckState, FollowUpState, ReferralKind, ReferralState},
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    prelude::Expr,
};

use super::rules::{self, Ending};
use crate::{
    children::queries,
    platform::{Actor, Result, Tx},
    referral::{is_open, may_move, move_in},
};

/// The file that goes and the file that stays.
#[derive(Clone, Copy, Debug)]
pub struct Hands {
    /// Its file is closed.
    pub from: ChildId,
    /// Everything is here afterwards.
    pub to: ChildId,
}

macro_rules! change_hands {
    ($tx:expr, $hands:expr, $($module:ident),+) => {
        $($module::Entity::update_many()
            .col_expr($module::Column::ChildId, Expr::value($hands.to))
            .filter($module::Column::ChildId.eq($hands.from))
            .exec(&**$tx)
            .await?;)+
    };
}

impl Hands {
    /// Everything but the child's own row.
    pub async fn join_in(self, tx: &Tx, by: &Actor, home_of_absorbed: bool) -> Result<()> {
        let theirs = self.open_rows_in(tx).await?;
        self.checks_in(tx).await?;
        self.residences_in(tx, by.today(), home_of_absorbed).await?;
        self.guardians_in(tx).await?;
        self.care_in(tx).await?;
        change_hands!(
            tx, self, consent, departure, screen, referral, rescreen, diagnosis, assessment, follow_up, contact,
            message, notice, parked_row
        );
        self.settle_referrals_in(tx, by, &theirs).await?;
        self.settle_tasks_in(tx, by, &theirs).await
    }

    /// Checks that only the absorbed file plans change hands. Where both plan one, the survivor's row remains; it takes
    /// the result over when only the other was done, and the screens of the other belong to it from now on.
    async fn checks_in(self, tx: &Tx) -> Result<()> {
        let of = async |child: ChildId| {
            planned_check::Entity::find()
                .filter(planned_check::COLUMN.child_id.eq(child))
                .order_by_asc(planned_check::COLUMN.age_months)
                .all(&**tx)
                .await
        };
        let ours = of(self.to).await?;
        for theirs in of(self.from).await? {
            let Some(own) = ours.iter().find(|own| own.age_months == theirs.age_months) else {
                let mut row = theirs.into_active_model();
                row.child_id = Set(self.to);
                row.update(&**tx).await?;
                continue;
            };
            if rules::absorbed_check_stands(own.state, theirs.state) {
                let mut row = own.clone().into_active_model();
                row.state = Set(theirs.state);
                row.screen_id = Set(theirs.screen_id);
                row.district = Set(theirs.district.clone());
                row.street = Set(theirs.street.clone());
                row.update(&**tx).await?;
            }
            screen::Entity::update_many()
                .col_expr(screen::Column::PlannedCheckId, Expr::value(own.id))
                .filter(screen::COLUMN.planned_check_id.eq(theirs.id))
                .exec(&**tx)
                .await?;
            let mut row = theirs.into_active_model();
            row.state = Set(CheckState::Cancelled);
            row.screen_id = Set(None);
            row.update(&**tx).await?;
        }
        Ok(())
    }

    /// Of two places where the child lives now one stands; all that were stay.
    async fn residences_in(self, tx: &Tx, today: NaiveDate, home_of_absorbed: bool) -> Result<()> {
        let lasting = async |child: ChildId| {
            residence::Entity::find()
                .filter(residence::COLUMN.child_id.eq(child))
                .filter(residence::COLUMN.until_on.is_null())
                .order_by_desc(residence::COLUMN.id)
                .one(&**tx)
                .await
        };
        if let Some((ours, theirs)) = lasting(self.to).await?.zip(lasting(self.from).await?) {
            let (stands, goes) = if home_of_absorbed {
                (theirs, ours)
            } else {
                (ours, theirs)
            };
            let same = stands.division == goes.division;
            match rules::ending(same, goes.from_on, today) {
                Ending::Never => {
                    if same && goes.from_on < stands.from_on {
                        let mut row = stands.into_active_model();
                        row.from_on = Set(goes.from_on);
                        row.update(&**tx).await?;
                    }
                    residence::Entity::delete_by_id(goes.id).exec(&**tx).await?;
                }
                Ending::OnTheDay => {
                    let mut row = goes.into_active_model();
                    row.until_on = Set(Some(today));
                    row.update(&**tx).await?;
                }
            }
        }
        change_hands!(tx, self, residence);
        Ok(())
    }

    /// A guardian who answers for both files does so once; whoever was asked first stays so.
    async fn guardians_in(self, tx: &Tx) -> Result<()> {
        let ours = queries::guardians(&**tx, self.to).await?;
        let has_first = ours.iter().any(|(tie, _)| tie.is_first && tie.ended_on.is_none());
        for (tie, person) in queries::guardians(&**tx, self.from).await? {
            let known = ours.iter().any(|(own, other)| {
                let same = other.id == person.id
                    || (other.name == person.name
                        && other.phone_index.is_some()
                        && other.phone_index == person.phone_index);
                same && (own.ended_on.is_none() || tie.ended_on.is_some())
            });
            if known {
                guardianship::Entity::delete_by_id(tie.id).exec(&**tx).await?;
                continue;
            }
            let first = tie.is_first && !has_first;
            let mut row = tie.into_active_model();
            row.child_id = Set(self.to);
            row.is_first = Set(first);
            row.update(&**tx).await?;
        }
        Ok(())
    }

    /// Whoever may open the one file may open the other; the ties to the absorbed file stay, so that it forwards.
    async fn care_in(self, tx: &Tx) -> Result<()> {
        let theirs = care::Entity::find()
            .filter(care::COLUMN.child_id.eq(self.from))
            .all(&**tx)
            .await?;
        for tie in theirs {
            let known = care::Entity::find_by_id((tie.organisation_id, self.to))
                .one(&**tx)
                .await?;
            if let Some(known) = known {
                let ended = rules::tie_ended(known.ended_at, tie.ended_at);
                if ended != known.ended_at {
                    let mut row = known.into_active_model();
                    row.ended_at = Set(ended);
                    row.update(&**tx).await?;
                }
            } else {
                let mut row = tie.into_active_model().reset_all();
                row.child_id = Set(self.to);
                care::Entity::insert(row).exec_without_returning(&**tx).await?;
            }
        }
        Ok(())
    }

    async fn open_rows_in(self, tx: &Tx) -> Result<Theirs> {
        let referrals = referral::Entity::find()
            .filter(referral::COLUMN.child_id.eq(self.from))
            .all(&**tx)
            .await?;
        let tasks = follow_up::Entity::find()
            .filter(follow_up::COLUMN.child_id.eq(self.from))
            .filter(follow_up::COLUMN.state.eq(FollowUpState::Open))
            .all(&**tx)
            .await?;
        Ok(Theirs {
            referrals: referrals
                .into_iter()
                .filter(|r| is_open(r.state))
                .map(|r| (r.id, r.kind))
                .collect(),
            tasks: tasks.into_iter().map(|task| task.id).collect(),
        })
    }

    async fn settle_referrals_in(self, tx: &Tx, by: &Actor, theirs: &Theirs) -> Result<()> {
        let all = referral::Entity::find()
            .filter(referral::COLUMN.child_id.eq(self.to))
            .order_by_asc(referral::COLUMN.id)
            .all(&**tx)
            .await?;
        for kind in ReferralKind::ALL {
            let open: Vec<_> = all
                .iter()
                .filter(|r| r.kind == *kind && is_open(r.state))
                .cloned()
                .collect();
            let moved = open
                .iter()
                .filter(|r| theirs.referrals.contains(&(r.id, r.kind)))
                .count();
            // Several of one file alone were so before, and are somebody's decision.
            if moved == 0 || moved == open.len() {
                continue;
            }
            for r in rules::superfluous_referrals(&open) {
                if may_move(r.state, ReferralState::Cancelled) {
                    move_in(tx, by, r, ReferralState::Cancelled, None, Default::default()).await?;
                }
            }
        }
        Ok(())
    }

    async fn settle_tasks_in(self, tx: &Tx, by: &Actor, theirs: &Theirs) -> Result<()> {
        let open = follow_up::Entity::find()
            .filter(follow_up::COLUMN.child_id.eq(self.to))
            .filter(follow_up::COLUMN.state.eq(FollowUpState::Open))
            .order_by_asc(follow_up::COLUMN.id)
            .all(&**tx)
            .await?;
        let mut seen = Vec::new();
        for task in &open {
            let group = (task.kind, task.organisation_id);
            if seen.contains(&group) {
                continue;
            }
            seen.push(group);
            let alike: Vec<_> = open
                .iter()
                .filter(|other| (other.kind, other.organisation_id) == group)
                .cloned()
                .collect();
            let moved = alike.iter().filter(|t| theirs.tasks.contains(&t.id)).count();
            if moved == 0 || moved == alike.len() {
                continue;
            }
            for extra in rules::superfluous_tasks(&alike) {
                let version = extra.version + 1;
                let mut row = extra.clone().into_active_model();
                row.state = Set(FollowUpState::Cancelled);
                row.closed_at = Set(Some(by.now));
                row.closed_by = Set(by.account);
                row.version = Set(version);
                row.update(&**tx).await?;
            }
        }
        Ok(())
    }

    /// Whatever either file was found by leads to the survivor, in the district where the child lives.
    pub async fn terms_in(self, tx: &Tx, district: &str) -> Result<()> {
        let both = child_term::COLUMN.child_id.is_in([self.from, self.to]);
        let known = child_term::Entity::find().filter(both.clone()).all(&**tx).await?;
        child_term::Entity::delete_many().filter(both).exec(&**tx).await?;
        let terms: BTreeSet<String> = known.into_iter().map(|row| row.term).collect();
        let rows = terms.into_iter().map(|term| child_term::ActiveModel {
            district: Set(district.to_owned()),
            term: Set(term),
            child_id: Set(self.to),
        });
        child_term::Entity::insert_many(rows)
            .exec_without_returning(&**tx)
            .await?;
        Ok(())
    }

    /// The checks that are still to be done are done where the child lives.
    pub async fn place_checks_in(self, tx: &Tx, home: &child::Model) -> Result<()> {
        planned_check::Entity::update_many()
            .col_expr(planned_check::Column::District, Expr::value(home.district.as_str()))
            .col_expr(planned_check::Column::Street, Expr::value(home.street.as_str()))
            .filter(planned_check::COLUMN.child_id.eq(self.to))
            .filter(
                planned_check::COLUMN
                    .state
                    .is_in([CheckState::Pending, CheckState::BeforeOpening]),
            )
            .exec(&**tx)
            .await?;
        Ok(())
    }
}

/// What was open on the absorbed file before it changed hands.
struct Theirs {
    referrals: Vec<(entities::ReferralId, ReferralKind)>,
    tasks: Vec<entities::FollowUpId>,
}
