//! How many tries somebody has. A try is counted before anything is compared, so that many at once are no more than one
//! after the other; the fifth that fails closes the count for a while. Only time, an administrator and a new password open it.
//!
//! Each factor of an account is counted by itself, and so is each place that the account is known at (see
//! [`super::places`]); everywhere else is one place. So five guesses lock out everybody but those who were in before.

use chrono::{DateTime, TimeDelta, Utc};
use entities::{
    AccountId,
    account::{account, sign_in_count},
    words::Factor,
};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _,
    sea_query::OnConflict,
};
use serde_json::json;

use super::places;
use crate::platform::{
    Actor, App, Result, Tx, clock,
    event::{self, Subject},
};

/// Failures after which an account is locked (GB/T 22239-2019 8.1.4.1 wants a limit; the figure is assessors' practice).
const FAILURES: i32 = 5;
/// For so long. Failures are forgotten after the same time.
pub const LOCKED_FOR: TimeDelta = TimeDelta::minutes(15);
/// Names that nobody has are counted, too, so that they take as long; never refused, so that nobody can fill the count.
pub(super) const NOBODY: AccountId = AccountId(0);

/// A count of failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    failures: i32,
    counted_at: DateTime<Utc>,
    locked_until: Option<DateTime<Utc>>,
}

impl Count {
    fn empty(now: DateTime<Utc>) -> Self {
        Self {
            failures: 0,
            counted_at: now,
            locked_until: None,
        }
    }

    /// With one more try, which counts as a failure until it is known better; none when it is full.
    fn reserved(self, now: DateTime<Utc>) -> Option<Self> {
        if self
            .locked_until
            .is_some_and(|until| clock::lasts(until, now, LOCKED_FOR))
        {
            return None;
        }
        // Requests that run side by side do not come to the door in the order of their instants.
        let lately = !clock::is_ahead(self.counted_at, now, TimeDelta::zero()) && now < self.counted_at + LOCKED_FOR;
        let before = if lately && self.locked_until.is_none() {
            self.failures
        } else {
            0
        };
        (before < FAILURES).then_some(Self {
            failures: before + 1,
            counted_at: now,
            locked_until: None,
        })
    }

    /// The reserved try failed. The last one closes the count.
    fn failed(self, now: DateTime<Utc>) -> Self {
        let closes = self.failures >= FAILURES && self.locked_until.is_none();
        Self {
            locked_until: if closes {
                Some(now + LOCKED_FOR)
            } else {
                self.locked_until
            },
            ..self
        }
    }

    /// The reserved try was right: it is no failure, and the others stay what they are.
    fn succeeded(self) -> Self {
        Self {
            failures: (self.failures - 1).max(0),
            ..self
        }
    }
}

/// Which count a try belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Try {
    pub(super) account: AccountId,
    pub(super) factor: Factor,
    pub(super) place: String,
}

/// A try that may be made: counted, and committed before anything is compared.
pub(super) async fn reserve(app: &App, by: &Actor, one: &Try) -> Result<bool> {
    let tx = app.db.write(&by.without_submission(), "").await?;
    let admitted = reserve_in(&tx, by, one).await?;
    tx.commit_quietly().await?;
    Ok(admitted)
}

/// The same as part of a transaction that compares at once. A refusal writes as well, so that it takes as long.
pub(super) async fn reserve_in(tx: &Tx, by: &Actor, one: &Try) -> Result<bool> {
    let count = load(tx, by, one).await?;
    let next = count.reserved(by.now);
    store(tx, one, next.unwrap_or(count)).await?;
    Ok(next.is_some() || one.account == NOBODY)
}

/// A reserved try failed: an event. Says whether the count is closed now.
pub(super) async fn failed_in(tx: &Tx, by: &Actor, one: &Try, user_name: &str) -> Result<bool> {
    let before = load(tx, by, one).await?;
    let count = before.failed(by.now);
    store(tx, one, count).await?;
    let row = account::ActiveModel {
        id: Set(one.account),
        failed_sign_ins: Set(count.failures),
        ..Default::default()
    };
    let closes = before.locked_until != count.locked_until;
    let row = if closes {
        account::ActiveModel {
            locked_until: Set(count.locked_until),
            ..row
        }
    } else {
        row
    };
    row.update(&**tx).await?;
    let action = if closes {
        "account.locked"
    } else {
        "account.sign_in_failed"
    };
    let details = json!({
        "account": user_name, "why": one.factor, "failures": count.failures, "place": places::kind(&one.place),
    });
    event::record(tx, by, action, Subject::new("account", one.account.0), details).await?;
    Ok(closes)
}

/// A reserved try was right.
pub(super) async fn succeeded_in(tx: &Tx, by: &Actor, one: &Try) -> Result<()> {
    let count = load(tx, by, one).await?.succeeded();
    store(tx, one, count).await
}

/// Open every count of an account, whatever closed it.
pub(super) async fn clear_in(tx: &Tx, account: AccountId) -> Result<()> {
    sign_in_count::Entity::delete_many()
        .filter(sign_in_count::COLUMN.account_id.eq(account))
        .exec(&**tx)
        .await?;
    let row = account::ActiveModel {
        id: Set(account),
        failed_sign_ins: Set(0),
        locked_until: Set(None),
        ..Default::default()
    };
    row.update(&**tx).await?;
    Ok(())
}

/// As much work as counting a failure, where there is none to be counted.
pub(super) async fn pretend(app: &App, by: &Actor) -> Result<()> {
    let nobody = Try {
        account: NOBODY,
        factor: Factor::Password,
        place: String::new(),
    };
    reserve(app, by, &nobody).await.map(|_| ())
}

async fn load(tx: &Tx, by: &Actor, one: &Try) -> Result<Count> {
    let id = (one.account, one.factor, one.place.clone());
    let row = sign_in_count::Entity::find_by_id(id).one(&**tx).await?;
    Ok(row.map_or(Count::empty(by.now), |row| Count {
        failures: row.failures,
        counted_at: row.counted_at,
        locked_until: row.locked_until,
    }))
}

async fn store(tx: &Tx, one: &Try, count: Count) -> Result<()> {
    use sign_in_count::Column;
    let row = sign_in_count::ActiveModel {
        account_id: Set(one.account),
        factor: Set(one.factor),
        place: Set(one.place.clone()),
        failures: Set(count.failures),
        counted_at: Set(count.counted_at),
        locked_until: Set(count.locked_until),
    };
    let id = [Column::AccountId, Column::Factor, Column::Place];
    let rest = [Column::Failures, Column::CountedAt, Column::LockedUntil];
    sign_in_count::Entity::insert(row)
        .on_conflict(OnConflict::columns(id).update_columns(rest).to_owned())
        .exec_without_returning(&**tx)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::seconds(seconds)
    }

    /// Reserve as many as there are, all before the first outcome.
    fn burst(count: &mut Count, now: DateTime<Utc>) -> usize {
        let mut admitted = 0;
        while let Some(next) = count.reserved(now) {
            *count = next;
            admitted += 1;
        }
        admitted
    }

    #[test]
    fn five_at_once_are_five() {
        let mut count = Count::empty(at(0));
        assert_eq!(burst(&mut count, at(0)), 5);
        for _ in 0..5 {
            count = count.failed(at(1));
        }
        assert_eq!(count.locked_until, Some(at(1) + LOCKED_FOR));
        assert_eq!(count.reserved(at(900)), None);
        assert_eq!(burst(&mut count, at(901)), 5, "time alone opens it");
    }

    #[test]
    fn a_full_count_waits_for_its_outcomes_and_not_for_ever() {
        let mut count = Count::empty(at(0));
        burst(&mut count, at(0));
        assert_eq!(count.reserved(at(899)), None, "the process may have been killed");
        assert_eq!(burst(&mut count, at(900)), 5);
    }

    #[test]
    fn a_right_try_takes_back_only_itself() {
        let mut count = Count::empty(at(0));
        for _ in 0..4 {
            count = count.reserved(at(0)).unwrap().failed(at(0));
        }
        count = count.reserved(at(1)).unwrap().succeeded();
        assert_eq!(count.failures, 4);
        count = count.reserved(at(2)).unwrap().failed(at(2));
        assert_eq!(count.locked_until, Some(at(2) + LOCKED_FOR));
        assert_eq!(
            count.succeeded().locked_until,
            Some(at(2) + LOCKED_FOR),
            "a success opens no lock"
        );
    }

    #[test]
    fn requests_out_of_order_count_and_a_clock_that_ran_ahead_does_not() {
        let mut count = Count::empty(at(0));
        for second in [3, 1, 4, 0, 2] {
            count = count.reserved(at(second)).unwrap();
        }
        assert_eq!(count.reserved(at(0)), None);
        let mut ahead = Count::empty(at(0));
        burst(&mut ahead, at(86_400));
        let mut ahead = ahead.failed(at(86_400));
        assert_eq!(burst(&mut ahead, at(10)), 5);
    }

    proptest! {
        /// Whatever comes in whatever order, with outcomes up to 400 s after their try: a count never lets more than five
        /// failures through before it was closed, or quiet, for a quarter of an hour.
        #[test]
        fn no_more_than_five_failures_in_a_run(moves in proptest::collection::vec((0..4_u8, 0..400_i64), 1..200)) {
            let (mut count, mut now, mut open) = (Count::empty(at(0)), 0, 0);
            let mut failures: Vec<i64> = Vec::new();
            for (what, seconds) in moves {
                now += seconds;
                for _ in 0..if seconds > 10 { open } else { 0 } {
                    count = count.failed(at(now));
                    failures.push(now);
                    open -= 1;
                }
                match what {
                    0 | 1 => if let Some(next) = count.reserved(at(now)) {
                        (count, open) = (next, open + 1);
                    },
                    2 if open > 0 => {
                        (count, open) = (count.failed(at(now)), open - 1);
                        failures.push(now);
                    }
                    3 if open > 0 => (count, open) = (count.succeeded(), open - 1),
                    _ => {}
                }
            }
            for (n, first) in failures.iter().enumerate() {
                let close = failures.iter().skip(n).take_while(|at| **at < first + 440).count();
                prop_assert!(close <= 5, "{failures:?}");
            }
        }
    }
}
