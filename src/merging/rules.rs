//! What stands where both files hold the same thing. Pure; the reasons are in docs/DECISIONS.md.

use std::cmp::Reverse;

use chrono::{DateTime, NaiveDate, Utc};
use entities::{
    screening::{follow_up, referral},
    words::{CheckState, ReferralState},
};

/// Both files plan the same check: the one that was done stands, else the survivor's. True: the absorbed file's.
pub fn absorbed_check_stands(survivor: CheckState, absorbed: CheckState) -> bool {
    absorbed == CheckState::Done && survivor != CheckState::Done
}

/// How far a referral has come; none when it is closed.
fn progress(state: ReferralState) -> Option<u8> {
    match state {
        ReferralState::Proposed => Some(0),
        ReferralState::Sent => Some(1),
        ReferralState::Accepted => Some(2),
        ReferralState::NoShow => Some(3),
        ReferralState::Appointed => Some(4),
        ReferralState::Completed
        | ReferralState::Declined
        | ReferralState::Recalled
        | ReferralState::Forwarded
        | ReferralState::Lost
        | ReferralState::Cancelled => None,
    }
}

/// Of open referrals of one kind the one that has come furthest stays open; of equals the older. The others are
/// cancelled: the family is not called twice for the same thing.
pub fn superfluous_referrals(open: &[referral::Model]) -> Vec<&referral::Model> {
    let rank = |r: &referral::Model| (Reverse(progress(r.state)), r.since, r.id);
    rest(open, rank)
}

/// Of open tasks of one kind at one organisation the one that is due first stays open.
pub fn superfluous_tasks(open: &[follow_up::Model]) -> Vec<&follow_up::Model> {
    rest(open, |task: &follow_up::Model| (task.due_on, task.id))
}

/// All but the first by a rank.
fn rest<T, K: Ord>(all: &[T], rank: impl Fn(&T) -> K) -> Vec<&T> {
    let mut sorted: Vec<&T> = all.iter().collect();
    sorted.sort_by_key(|one| rank(one));
    sorted.into_iter().skip(1).collect()
}

/// What becomes of a residence that lasts when another one lasts, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It ends on the day of the merge.
    OnTheDay,
    /// It never was: it began on that day or later, or is the same place.
    Never,
}

/// The residence that does not stand.
pub fn ending(same_place: bool, from_on: NaiveDate, today: NaiveDate) -> Ending {
    if same_place || from_on >= today {
        Ending::Never
    } else {
        Ending::OnTheDay
    }
}

/// The day on which putting a decision off is over must be to come, and within a year.
pub fn may_wait_until(day: NaiveDate, today: NaiveDate) -> bool {
    day > today && day <= today + chrono::Days::new(366)
}

/// A tie that lasts wins over one that has ended.
pub fn tie_ended(one: Option<DateTime<Utc>>, other: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    one.zip(other).map(|(one, other)| one.max(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_that_was_done_stands() {
        use CheckState::{Cancelled, Done, Pending};
        let mut table = Vec::new();
        for survivor in [Pending, Done, Cancelled] {
            for absorbed in [Pending, Done, Cancelled] {
                if absorbed_check_stands(survivor, absorbed) {
                    table.push((survivor, absorbed));
                }
            }
        }
        assert_eq!(table, [(Pending, Done), (Cancelled, Done)]);
    }

    #[test]
    fn only_one_place_lasts() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = day("2026-11-02");
        assert_eq!(ending(false, day("2025-01-01"), today), Ending::OnTheDay);
        assert_eq!(ending(false, today, today), Ending::Never);
        assert_eq!(ending(true, day("2025-01-01"), today), Ending::Never);
    }

    #[test]
    fn open_states_have_an_order_and_closed_ones_none() {
        for state in ReferralState::ALL {
            assert_eq!(
                progress(*state).is_some(),
                crate::referral::is_open(*state),
                "{state:?}"
            );
        }
    }

    #[test]
    fn waiting_ends() {
        let today: NaiveDate = "2026-11-02".parse().unwrap();
        assert!(!may_wait_until(today, today));
        assert!(may_wait_until(today + chrono::Days::new(1), today));
        assert!(!may_wait_until(today + chrono::Days::new(367), today));
    }
}
