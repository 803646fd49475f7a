//! Members of groups: times first where exchanges do not do, and members by force.

use super::{made, r60};
use crate::{
    engine::{
        construct, members,
        model::Model,
        search::{Scope, Search},
        state::State,
    },
    problem::{Place, Problem},
};

const MORNING: u16 = 0b0000_0011_1111;
const AFTERNOON: u16 = 0b1_1111_1100_0000;

/// Two groups of at most eight, and so many children who come in the mornings and in the afternoons only.
fn two_groups(mornings: usize, afternoons: usize) -> Problem {
    let mut p = r60();
    let service = p.groups[0].series.service;
    p.groups.truncate(1);
    let group = &mut p.groups[0];
    (group.age, group.level) = ((0, 200), (0, 9));
    (group.min_size, group.max_size) = (4, 8);
    p.groups.push(p.groups[0].clone());
    let site = p.groups[0].site;
    p.orders.clear();
    for c in &mut p.children {
        c.site = site;
    }
    p.places = (0..mornings + afternoons)
        .map(|child| Place { child, service })
        .collect();
    for c in 0..mornings + afternoons {
        let mask = if c < mornings { MORNING } else { AFTERNOON };
        p.children[c].avail.fill(mask);
    }
    for t in &mut p.teachers {
        t.trainee = None;
    }
    p
}

/// Everybody into the first group or the second in turn: mornings and afternoons mixed.
fn mixed<'m, 'p>(m: &'m Model<'p>) -> Search<'m, 'p> {
    let mut state = State::new(m);
    for q in 0..m.places.len() {
        state.join(m, q, q as u32 % 2);
    }
    Search::new(m, state, Scope::all(m), 1)
}

#[test]
fn mornings_and_afternoons_mixed_in_two_full_groups_come_apart() {
    let p = two_groups(8, 8);
    let m = Model::new(&p);
    let mut search = mixed(&m);
    members::members(&mut search);
    assert_eq!((search.state.members[0].len(), search.state.members[1].len()), (8, 8));
    construct::build(&mut search);
    assert_eq!(search.state.missing, 0);
}

#[test]
fn where_no_times_suit_everybody_nobody_is_sent_away() {
    // Three cannot be a group, and cannot come with the others.
    let p = two_groups(3, 8);
    let m = Model::new(&p);
    let mut search = mixed(&m);
    members::members(&mut search);
    let members: usize = search.state.members.iter().map(Vec::len).sum();
    assert_eq!(members, 11);
    construct::build(&mut search);
    construct::force(&mut search, 20);
    assert!(search.state.missing > 0);
}

#[test]
fn a_group_that_lacks_a_member_gets_one_in_a_full_week() {
    let p = r60();
    let m = Model::new(&p);
    let mut seen = 0;
    for seed in 0..12 {
        let state = made(&m, seed);
        let mut search = Search::new(&m, state, Scope::all(&m), seed);
        let least = |q: &usize| {
            let g = search.state.place_group[*q] as usize;
            search.state.members[g].len() == p.groups[g].min_size && m.places[*q].groups.len() > 1
        };
        let Some(place) = (0..m.places.len()).find(least) else {
            continue;
        };
        if search.missing() > 0 {
            continue;
        }
        search.state.leave(&m, place);
        seen += 1;
        let mut search = Search::new(&m, search.state, Scope::all(&m), seed);
        construct::force(&mut search, 40);
        assert_eq!(search.missing(), 0, "seed {seed}");
    }
    assert!(seen > 2, "{seen} weeks had such a group");
}
