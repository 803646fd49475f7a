//! Checks of money: totals, prices, caps, accounts, bills (MD 19-23, 25-28, 31, 36, 39).

use std::collections::BTreeSet;

use super::given::{Given, count, most_of_one};
use crate::money::{rounded, share_of};

fn whole(sum: i128) -> i64 {
    i64::try_from(sum.max(0)).unwrap_or(i64::MAX)
}

fn sum(all: &[i64]) -> i128 {
    all.iter().copied().map(i128::from).sum()
}

/// 19: billed and not signed.
pub(super) fn lines_without_session(given: &Given) -> i64 {
    let signed: BTreeSet<_> = given.signed.iter().collect();
    count(given.billed.iter().filter(|id| !signed.contains(id)))
}

/// 20: rows and columns that do not add up.
pub(super) fn cross_foot(given: &Given) -> i64 {
    let all = given.rows.iter().chain(&given.columns);
    count(all.filter(|row| i128::from(row.total) != sum(&row.parts)))
}

/// 21: what all payers paid beyond the fee.
pub(super) fn paid_over_cost(given: &Given) -> i64 {
    let paid = sum(&[
        given.insurance_fen,
        given.other_fen,
        given.subsidy_fen,
        given.parent_fen,
    ]);
    whole(paid - i128::from(given.gross_fen))
}

/// 22: charges above the list of the day.
pub(super) fn price_over_list(given: &Given) -> i64 {
    count(
        given
            .charged_listed_fen
            .iter()
            .filter(|(charged, listed)| charged > listed),
    )
}

/// 23: how many lines lie exactly at the cap, in basis points; 0 for a few.
pub(super) fn cap_hugging(given: &Given) -> i64 {
    let lines = count(&given.self_paid_fen);
    if lines < i64::from(given.min_lines) {
        return 0;
    }
    let at_cap = count(given.self_paid_fen.iter().filter(|paid| **paid == given.cap_fen));
    share_of(i128::from(at_cap), i128::from(lines)).unwrap_or(0)
}

/// 25: families of one account.
pub(super) fn shared_account(given: &Given) -> i64 {
    most_of_one(&given.accounts)
}

/// 26: accounts of staff among the payees.
pub(super) fn staff_account(given: &Given) -> i64 {
    common(&given.payee_accounts, &given.staff_accounts)
}

/// 37: guardians among the families of staff.
pub(super) fn staff_relative(given: &Given) -> i64 {
    common(&given.guardian_ids, &given.staff_family_ids)
}

fn common<T: Ord>(one: &[T], other: &[T]) -> i64 {
    let (one, other): (BTreeSet<&T>, BTreeSet<&T>) = (one.iter().collect(), other.iter().collect());
    count(one.intersection(&other))
}

/// 27: bills that were there already: by number, or by code and number.
pub(super) fn invoice_twice(given: &Given) -> i64 {
    let distinct: BTreeSet<_> = given.invoices.iter().collect();
    count(&given.invoices).saturating_sub(count(distinct))
}

/// 28: what bills lack of the claim.
pub(super) fn invoice_short(given: &Given) -> i64 {
    whole(i128::from(given.claimed_fen) - sum(&given.invoices_fen))
}

/// 31: moves after which the stock was below zero.
pub(super) fn stock_negative(given: &Given) -> i64 {
    let mut stock: i128 = 0;
    count(given.moves.iter().filter(|step| {
        stock += i128::from(**step);
        stock < 0
    }))
}

/// 36: what families have paid ahead.
pub(super) fn prepaid_too_far(given: &Given) -> i64 {
    given.prepaid_fen
}

/// 36: as much as a district lets them.
pub(super) fn prepaid_limit(given: &Given) -> i64 {
    given.month_fee_fen.saturating_mul(given.max_months)
}

/// 39: this month in basis points of the median before; 0 where nothing was before.
pub(super) fn spike(given: &Given) -> i64 {
    let mut before = given.before.clone();
    before.sort_unstable();
    let middle = |at: usize| before.get(at).copied().map_or(0, i128::from);
    // Twice the median, so that the mean of two stays whole.
    let half = before.len() / 2;
    let twice = if before.len().is_multiple_of(2) {
        before
            .len()
            .checked_sub(1)
            .map_or(0, |_| middle(half - 1) + middle(half))
    } else {
        middle(half) * 2
    };
    let points = rounded(i128::from(given.now) * 20_000, twice);
    points.and_then(|points| i64::try_from(points).ok()).unwrap_or(0)
}
