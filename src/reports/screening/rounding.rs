//! Rounding, for readers who see numbers but no children: one to four children of a street could be recognised.
//!
//! What is rounded to the nearest multiple of [`STEP`] is not a number but the sum of the rows down to it; a row is told
//! as the difference of two such sums. So the rows add up to a total that is off by 2 at most, each row is off by 4 at
//! most, nothing is lost when every street has one case, and, as the sums of a column overlap nowhere else, each number
//! could have been at least three others. Boys and girls are parts of one such column and not columns beside it: a total
//! that was rounded by itself would tell something about its parts.

use super::figures::{Counts, Row};

/// Every number is a multiple of it.
pub const STEP: i64 = 5;

/// Numbers that are told as the sum of their parts and of what is left.
const PARTS: [(&str, [&str; 2]); 2] = [
    ("screened", ["screened_male", "screened_female"]),
    ("autism", ["autism_male", "autism_female"]),
];

/// What was counted, and what was told of it.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    counted: i64,
    told: i64,
}

impl Sum {
    /// One more number: what is told of it.
    fn add(&mut self, number: i64) -> i64 {
        self.counted += number;
        let told = nearest(self.counted);
        let of_this = told - self.told;
        self.told = told;
        of_this
    }
}

/// The nearest multiple of [`STEP`].
pub fn nearest(number: i64) -> i64 {
    (number + STEP / 2).div_euclid(STEP) * STEP
}

/// The numbers of some rows, rounded in the order of the rows.
pub fn rounded(counts: &Counts, rows: &[Row]) -> Counts {
    let mut told = Counts::new();
    let mut tell = |key: &str, row: &Row, number: i64| {
        if number != 0 {
            told.entry(key.to_owned()).or_default().insert(row.key.clone(), number);
        }
    };
    let number = |key: &str, row: &Row| {
        counts
            .get(key)
            .and_then(|by_row| by_row.get(&row.key))
            .copied()
            .unwrap_or(0)
    };
    let in_parts = |key: &str| PARTS.iter().any(|(whole, parts)| *whole == key || parts.contains(&key));
    for key in counts.keys().filter(|key| !in_parts(key)) {
        let mut sum = Sum::default();
        for row in rows {
            tell(key, row, sum.add(number(key, row)));
        }
    }
    for (whole, parts) in PARTS {
        let mut sum = Sum::default();
        for row in rows {
            let mut all = 0;
            let mut rest = number(whole, row);
            for part in parts {
                let counted = number(part, row);
                let of_part = sum.add(counted);
                tell(part, row, of_part);
                all += of_part;
                rest -= counted;
            }
            tell(whole, row, all + sum.add(rest));
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    fn rows(n: usize) -> Vec<Row> {
        (0..n)
            .map(|n| Row {
                key: n.to_string(),
                name: String::new(),
            })
            .collect()
    }

    fn told(columns: &[(&str, &[i64])]) -> Vec<Vec<i64>> {
        let by_row = |numbers: &[i64]| {
            let rows = numbers.iter().enumerate();
            rows.map(|(n, number)| (n.to_string(), *number))
                .collect::<BTreeMap<_, _>>()
        };
        let counts: Counts = columns
            .iter()
            .map(|(key, numbers)| ((*key).to_owned(), by_row(numbers)))
            .collect();
        let rows = rows(columns[0].1.len());
        let rounded = rounded(&counts, &rows);
        let of = |key: &str, row: &Row| rounded.get(key).and_then(|r| r.get(&row.key)).copied().unwrap_or(0);
        columns
            .iter()
            .map(|(key, _)| rows.iter().map(|row| of(key, row)).collect())
            .collect()
    }

    /// Every list of `n` numbers up to `most`.
    fn lists(n: usize, most: i64) -> Vec<Vec<i64>> {
        let mut lists = vec![Vec::new()];
        for _ in 0..n {
            lists = lists
                .into_iter()
                .flat_map(|list| {
                    (0..=most).map(move |number| {
                        let mut longer = list.clone();
                        longer.push(number);
                        longer
                    })
                })
                .collect();
        }
        lists
    }

    /// For everything that can be told, which numbers may stand behind each cell of it: the attack that knows how it is
    /// made and tries every possibility.
    fn attack(all: impl Iterator<Item = (Vec<Vec<i64>>, Vec<i64>)>) -> BTreeMap<Vec<Vec<i64>>, Vec<BTreeSet<i64>>> {
        let mut behind: BTreeMap<Vec<Vec<i64>>, Vec<BTreeSet<i64>>> = BTreeMap::new();
        for (told, numbers) in all {
            let cells = behind
                .entry(told)
                .or_insert_with(|| vec![BTreeSet::new(); numbers.len()]);
            for (cell, number) in cells.iter_mut().zip(numbers) {
                cell.insert(number);
            }
        }
        behind
    }

    #[test]
    fn every_number_of_a_column_could_be_three_others() {
        // Up to 14, so that whatever is consistent with what is told up to 5 a row is among them.
        let all = lists(3, 14).into_iter().map(|list| (told(&[("due", &list)]), list));
        for (told, cells) in attack(all) {
            if told[0].iter().all(|n| *n <= 5) {
                assert!(cells.iter().all(|cell| cell.len() >= 3), "{told:?}: {cells:?}");
            }
        }
    }

    #[test]
    fn every_number_of_boys_and_girls_could_be_another() {
        let all = lists(4, 9).into_iter().map(|list| {
            let (boys, girls) = ([list[0], list[2]], [list[1], list[3]]);
            let all = [list[0] + list[1], list[2] + list[3]];
            let told = told(&[
                ("screened", &all),
                ("screened_male", &boys),
                ("screened_female", &girls),
            ]);
            (told, [&list[..], &all[..]].concat())
        });
        for (told, cells) in attack(all) {
            if told.iter().flatten().all(|n| *n <= 5) {
                assert!(cells.iter().all(|cell| cell.len() >= 3), "{told:?}: {cells:?}");
            }
        }
    }

    #[test]
    fn two_ways_of_cutting_one_total_tell_no_number() {
        // Streets and ages of the same children.
        let all = lists(3, 9).into_iter().flat_map(|list| {
            let total = list[0] + list[1];
            (0..=total.min(list[2])).map(move |young| {
                let (streets, ages) = ([list[0], list[1]], [young, total - young]);
                let told = [told(&[("due", &streets)]), told(&[("due", &ages)])].concat();
                (told, [streets, ages].concat())
            })
        });
        for (told, cells) in attack(all) {
            if told.iter().flatten().all(|n| *n <= 5) {
                assert!(cells.iter().all(|cell| cell.len() >= 2), "{told:?}: {cells:?}");
            }
        }
    }

    #[test]
    fn a_number_that_is_part_of_another_is_not_told_by_it() {
        // Positive children among the screened ones, in every row.
        let all = lists(4, 7)
            .into_iter()
            .filter(|list| list[1] <= list[0] && list[3] <= list[2])
            .map(|list| {
                let told = told(&[("due", &[list[0], list[2]]), ("positive", &[list[1], list[3]])]);
                (told, list)
            });
        for (told, cells) in attack(all) {
            if told.iter().flatten().all(|n| *n <= 5) && told[0].iter().sum::<i64>() <= 5 {
                assert!(cells.iter().all(|cell| cell.len() >= 2), "{told:?}: {cells:?}");
            }
        }
    }

    #[test]
    fn one_case_in_every_street_is_not_lost() {
        let numbers = told(&[("due", &[1; 12])]);
        assert_eq!(numbers[0].iter().sum::<i64>(), 10);
        assert_eq!(told(&[("due", &[300, 0, 2])])[0], [300, 0, 0]);
    }

    proptest! {
        #[test]
        fn rows_are_near_and_add_up(list in prop::collection::vec(0_i64..400, 1..15), boys in 0_i64..100) {
            let parts: Vec<i64> = list.iter().map(|n| n * boys / 100).collect();
            let girls: Vec<i64> = list.iter().zip(&parts).map(|(n, boys)| n - boys).collect();
            let told = told(&[("screened", &list), ("screened_male", &parts), ("screened_female", &girls)]);
            for (column, counted) in told.iter().zip([&list, &parts, &girls]) {
                for (told, counted) in column.iter().zip(counted) {
                    prop_assert!(told % STEP == 0 && *told >= 0 && (told - counted).abs() < STEP);
                }
            }
            let (total, exact) = (told[0].iter().sum::<i64>(), list.iter().sum::<i64>());
            prop_assert!((total - exact).abs() <= STEP / 2);
            for ((all, boys), girls) in told[0].iter().zip(&told[1]).zip(&told[2]) {
                prop_assert_eq!(*all, boys + girls);
            }
        }
    }
}
