//! Who is in which group, and what nobody gets or needs.

use std::collections::BTreeMap;

use crate::{
    problem::{ChildId, ServiceId},
    score::{Findings, example::Example, rules::Hard, week::Week},
};

/// Places that no group gives (H16).
pub(in crate::score) fn unplaced(week: &Week) -> usize {
    let placed = placed(week);
    needed(week)
        .iter()
        .map(|(key, n)| n.saturating_sub(placed.get(key).copied().unwrap_or(0)))
        .sum()
}

/// H16: members of the wrong site, age or level, groups of the wrong size, and places that nobody needs.
pub(in crate::score) fn membership(week: &Week, found: &mut Findings) {
    for (group, g) in week.problem.groups.iter().enumerate() {
        let members = &week.solution.members[group];
        for &child in members {
            let kid = &week.problem.children[child];
            if kid.site != g.site {
                found.bad(Hard::Membership, Example::MemberSite { child, group }, 1);
            }
            if !(g.age.0..=g.age.1).contains(&kid.age_months) {
                found.bad(
                    Hard::Membership,
                    Example::MemberAge {
                        child,
                        group,
                        months: kid.age_months,
                    },
                    1,
                );
            }
            if !(g.level.0..=g.level.1).contains(&kid.level) {
                found.bad(
                    Hard::Membership,
                    Example::MemberLevel {
                        child,
                        group,
                        level: kid.level,
                    },
                    1,
                );
            }
        }
        let (n, least, most) = (members.len(), g.min_size, g.max_size);
        found.bad(
            Hard::Membership,
            Example::GroupLarge {
                group,
                members: n,
                most,
            },
            n.saturating_sub(most),
        );
        found.bad(
            Hard::Membership,
            Example::GroupSmall {
                group,
                members: n,
                least,
            },
            least.saturating_sub(n),
        );
    }
    let needed = needed(week);
    for ((child, service), n) in placed(week) {
        let surplus = n.saturating_sub(needed.get(&(child, service)).copied().unwrap_or(0));
        found.bad(
            Hard::Membership,
            Example::SurplusPlace {
                child,
                service,
                places: n,
            },
            surplus,
        );
    }
}

fn needed(week: &Week) -> BTreeMap<(ChildId, ServiceId), usize> {
    let mut needed = BTreeMap::new();
    for place in &week.problem.places {
        *needed.entry((place.child, place.service)).or_default() += 1;
    }
    needed
}

fn placed(week: &Week) -> BTreeMap<(ChildId, ServiceId), usize> {
    let mut placed = BTreeMap::new();
    for (group, members) in week.problem.groups.iter().zip(&week.solution.members) {
        for &child in members {
            *placed.entry((child, group.series.service)).or_default() += 1;
        }
    }
    placed
}
