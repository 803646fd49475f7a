//! The order of those who wait: total, independent of how the rows came, twins together, nobody pushed back by a later group.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::{places::rules::Priority, platform::rule::Rule as _};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The rule that is shipped.
fn rule() -> Priority {
    Priority::shipped().unwrap().value
}

fn waits(id: i64, applied_on: &str) -> Waits {
    Waits {
        application: ApplicationId(id),
        child: ChildId(id),
        together: ApplicationId(id),
        age_months: 60,
        severe: false,
        economy: Economy::Ordinary,
        sibling_enrolled: false,
        sibling_waits: false,
        moved: false,
        returned: false,
        applied_on: day(applied_on),
        silent_on: None,
    }
}

fn numbers(places: &[Place]) -> Vec<i64> {
    places.iter().map(|place| place.application.0).collect()
}

#[test]
fn groups_come_first_then_days_then_numbers() {
    let poor = Waits {
        economy: Economy::Destitute,
        ..waits(4, "2026-11-01")
    };
    let young = Waits {
        age_months: 35,
        ..waits(5, "2026-10-01")
    };
    let all = [
        waits(1, "2026-09-02"),
        waits(2, "2026-09-01"),
        waits(3, "2026-09-01"),
        poor,
        young,
    ];
    let places = order(&rule(), &all);
    assert_eq!(numbers(&places), [4, 5, 2, 3, 1]);
    let general = &places[2];
    assert_eq!(
        (general.group.as_str(), general.range, general.of),
        ("general", (1, 2), 3)
    );
    assert_eq!(places[4].range, (3, 3));
    assert_eq!(places[0].because, [Condition::Subsistence]);
    assert_eq!(places[1].because, [Condition::Below(36)]);
    assert!(general.because.is_empty());
}

#[test]
fn what_would_change_is_what_can_still_come() {
    let places = order(&rule(), &[waits(1, "2026-09-01")]);
    let lacks = |group: &str| {
        let change = places[0].would_change.iter().find(|change| change.group == group);
        change.map(|change| change.lacks.clone())
    };
    assert_eq!(lacks("hardship"), Some(vec![Condition::Subsistence]));
    assert_eq!(lacks("early"), Some(vec![Condition::Severe]), "nobody grows younger");
    assert_eq!(lacks("general"), None);
}

#[test]
fn silence_moves_down_once_within_the_group() {
    let silent = Waits {
        silent_on: Some(day("2026-10-10")),
        ..waits(1, "2026-09-01")
    };
    let places = order(&rule(), &[silent, waits(2, "2026-10-01"), waits(3, "2026-10-11")]);
    assert_eq!(numbers(&places), [2, 1, 3]);
    assert_eq!(places[1].silent_on, Some(day("2026-10-10")));
}

#[test]
fn twins_stand_where_the_first_of_them_does() {
    let first = Waits {
        severe: true,
        sibling_waits: true,
        ..waits(1, "2026-10-05")
    };
    let second = Waits {
        together: ApplicationId(1),
        sibling_waits: true,
        ..waits(7, "2026-10-06")
    };
    let places = order(&rule(), &[waits(3, "2026-09-01"), second, first]);
    assert_eq!(numbers(&places), [1, 7, 3]);
    assert_eq!(
        (places[1].group.as_str(), places[1].with_twin, places[1].range),
        ("early", true, (1, 2))
    );
    assert!(!places[0].with_twin);
}

prop_compose! {
    fn anybody()(
        age_months in 12_u32..90,
        severe in any::<bool>(),
        economy in prop::sample::select(Economy::ALL),
        (sibling_enrolled, sibling_waits, moved, returned) in any::<(bool, bool, bool, bool)>(),
        applied in 0_u64..20,
        silent in proptest::option::of(0_u64..20),
    ) -> Waits {
        let on = |n| day("2026-09-01") + chrono::Days::new(n);
        Waits {
            age_months, severe, economy, sibling_enrolled, sibling_waits, moved, returned,
            applied_on: on(applied),
            silent_on: silent.map(on),
            ..waits(0, "2026-09-01")
        }
    }
}

/// Some who wait; of every three the last two may be twins.
fn list() -> impl Strategy<Value = Vec<Waits>> {
    prop::collection::vec((anybody(), any::<bool>()), 1..14).prop_map(|some| {
        let mut all: Vec<Waits> = Vec::new();
        for (n, (mut one, twin)) in (1_i64..).zip(some) {
            one.application = ApplicationId(n);
            one.child = ChildId(n);
            one.together = match all.last() {
                Some(before) if twin && before.together == before.application => before.application,
                _ => one.application,
            };
            all.push(one);
        }
        all
    })
}

proptest! {
    #[test]
    fn the_order_is_total_and_does_not_depend_on_how_the_rows_came(all in list(), turn in 0_usize..14) {
        let places = order(&rule(), &all);
        let seen: BTreeSet<i64> = numbers(&places).into_iter().collect();
        prop_assert_eq!(seen.len(), all.len(), "everybody stands in one place");
        let mut turned = all.clone();
        turned.rotate_left(turn % all.len());
        prop_assert_eq!(order(&rule(), &turned), places);
    }

    #[test]
    fn twins_stand_together(all in list()) {
        let places = numbers(&order(&rule(), &all));
        for one in all.iter().filter(|one| one.together != one.application) {
            let at = |id: ApplicationId| places.iter().position(|place| *place == id.0).unwrap();
            prop_assert_eq!(at(one.application).abs_diff(at(one.together)), 1);
        }
    }

    #[test]
    fn nobody_of_an_earlier_group_is_moved_by_one_of_a_later(all in list(), more in anybody()) {
        let before = order(&rule(), &all);
        let more = Waits { application: ApplicationId(99), child: ChildId(99), together: ApplicationId(99), ..more };
        let group = order(&rule(), std::slice::from_ref(&more))[0].group.clone();
        let mut all = all;
        all.push(more);
        let after = order(&rule(), &all);
        let at = |group: &str| rule().groups.iter().position(|row| row.code == group).unwrap();
        for (place, one) in before.iter().enumerate() {
            if at(&one.group) < at(&group) {
                prop_assert_eq!(&after[place], one);
            }
        }
        // Within a group everybody keeps the order among themselves.
        let others: Vec<i64> = numbers(&after).into_iter().filter(|id| *id != 99).collect();
        prop_assert_eq!(others, numbers(&before));
    }

    #[test]
    fn a_range_says_between_which_places_of_the_group_somebody_stands(all in list()) {
        let places = order(&rule(), &all);
        for (n, one) in places.iter().enumerate() {
            let within = 1 + places[..n].iter().filter(|other| other.group == one.group).count();
            prop_assert!(one.range.0 <= within && within <= one.range.1 && one.range.1 <= one.of);
        }
    }
}
