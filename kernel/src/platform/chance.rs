//! Chance, and the only place that it comes from: the machine's own generator, so that nobody can guess what is made of it.
//!
//! What somebody wants to see again, the demonstration or a search, takes a seed and has a generator of its own.
#![expect(clippy::disallowed_methods, reason = "whoever needs chance asks here")]

use std::ops::Range;

use rand::RngExt as _;

/// So many bytes.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    fill(&mut bytes);
    bytes
}

/// Bytes where they are wanted, so that a key lies in one place only.
pub fn fill(bytes: &mut [u8]) {
    rand::rng().fill(bytes);
}

/// One of the numbers from 0 to `n - 1`; 0 where there is none.
pub fn below(n: usize) -> usize {
    if n == 0 { 0 } else { rand::random_range(0..n) }
}

/// A number of a range.
pub fn within(range: Range<f64>) -> f64 {
    rand::random_range(range)
}

/// A name that nothing else has. Later ones sort behind earlier ones, so whoever knows one can guess when it was made.
pub fn name() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}

/// A name that nothing else has, and that tells nothing.
pub fn secret_name() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_is_never_the_same_and_stays_where_it_is_asked_to() {
        assert_ne!(bytes::<16>(), bytes::<16>());
        assert_ne!(name(), name());
        assert_ne!(secret_name(), secret_name());
        assert_eq!((below(0), below(1)), (0, 0));
        assert!((0..100).all(|_| below(3) < 3 && (0.8..1.2).contains(&within(0.8..1.2))));
        assert!((0..3).all(|n| (0..1000).any(|_| below(3) == n)), "every number comes");
    }

    #[test]
    fn names_sort_by_the_time_at_which_they_were_made() {
        let names: Vec<String> = (0..100).map(|_| name()).collect();
        assert!(names.is_sorted() && names.iter().all(|name| name.len() == 32));
    }
}
