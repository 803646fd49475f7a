//! Children and classes: whether every class gets enough members and every child a place.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Demand, Fault,
    fault::{FewMembers, FewPlaces, NoGroup},
    frame::{Frame, index, number},
};
use crate::{
    flow::Flow,
    problem::{GroupId, ServiceId},
};

/// Classes and places that cannot be filled.
pub(super) fn faults(frame: &Frame<'_>) -> Vec<Fault> {
    let mut found: Vec<Fault> = homeless(frame).collect();
    let mut services = BTreeMap::<ServiceId, Vec<GroupId>>::new();
    for (g, group) in frame.problem.groups.iter().enumerate() {
        services.entry(group.series.service).or_default().push(g);
    }
    for (service, groups) in services {
        found.extend(few_places(frame, service));
        found.extend(few_members(frame, service, &groups));
    }
    found
}

/// Children who fit into no class.
fn homeless<'f>(frame: &'f Frame<'_>) -> impl Iterator<Item = Fault> + 'f {
    let p = frame.problem;
    let none = p
        .places
        .iter()
        .enumerate()
        .filter(|(i, _)| frame.groups_of[*i].is_empty());
    none.map(|(i, place)| {
        let child = &p.children[place.child];
        let of_service = || p.groups.iter().filter(|g| g.series.service == place.service);
        let here = || of_service().filter(|g| g.site == child.site);
        Fault::NoGroup(NoGroup {
            demand: Demand::Place(i),
            child: place.child,
            service: place.service,
            held: of_service().count(),
            at_site: here().count(),
            of_age: here()
                .filter(|g| (g.age.0..=g.age.1).contains(&child.age_months))
                .count(),
            of_level: here()
                .filter(|g| (g.level.0..=g.level.1).contains(&child.level))
                .count(),
        })
    })
}

/// Most members of a class: as it is planned, and as its rooms hold.
pub(super) fn seats(frame: &Frame<'_>, group: GroupId) -> usize {
    let line = &frame.lines[frame.problem.orders.len() + group];
    let most = frame.problem.groups[group].max_size;
    // Without a session no room is needed; that no room holds the fewest is told of the class itself.
    let room = line.pool.map_or(0, |q| index(frame.pools[q].largest));
    if line.series.sessions == 0 || room < frame.problem.groups[group].min_size {
        return most;
    }
    most.min(room)
}

/// More children than the classes that fit them hold.
fn few_places(frame: &Frame<'_>, service: ServiceId) -> Vec<Fault> {
    let p = frame.problem;
    let of = |i: &usize| p.places[*i].service == service && !frame.groups_of[*i].is_empty();
    let places: Vec<usize> = (0..p.places.len()).filter(of).collect();
    let mut flow = Flow::default();
    let (source, sink) = (flow.node(), flow.node());
    let mut nodes = BTreeMap::new();
    let wishes: Vec<(usize, usize)> = places
        .iter()
        .map(|&i| {
            let wish = flow.node();
            flow.arc(source, wish, 1);
            for &g in &frame.groups_of[i] {
                let group = *nodes.entry(g).or_insert_with(|| {
                    let node = flow.node();
                    flow.arc(node, sink, number(seats(frame, g)));
                    node
                });
                flow.arc(wish, group, 1);
            }
            (wish, i)
        })
        .collect();
    if flow.run(source, sink) == number(places.len()) {
        return Vec::new();
    }
    let part = flow.cut(source);
    let parts: BTreeSet<usize> = wishes.iter().filter_map(|(node, _)| part[*node]).collect();
    let fault = |of: usize| {
        let mine = || wishes.iter().filter(|(node, _)| part[*node] == Some(of));
        let groups: BTreeSet<GroupId> = mine().flat_map(|(_, i)| frame.groups_of[*i].iter().copied()).collect();
        Fault::FewPlaces(FewPlaces {
            service,
            available: groups.iter().map(|&g| number(seats(frame, g))).sum(),
            groups: groups.into_iter().collect(),
            demands: mine().map(|(_, i)| Demand::Place(*i)).collect(),
            children: mine().map(|(_, i)| p.places[*i].child).collect(),
        })
    };
    parts.into_iter().map(fault).collect()
}

/// Classes that together need more members than there are children for them.
fn few_members(frame: &Frame<'_>, service: ServiceId, groups: &[GroupId]) -> Vec<Fault> {
    let p = frame.problem;
    let mut flow = Flow::default();
    let (source, sink) = (flow.node(), flow.node());
    let mut children = BTreeMap::new();
    let mut wanted = 0;
    let wishes: Vec<(usize, GroupId)> = groups
        .iter()
        .map(|&g| {
            let node = flow.node();
            wanted += number(p.groups[g].min_size);
            flow.arc(source, node, number(p.groups[g].min_size));
            for &i in &frame.candidates[g] {
                let place = *children.entry(i).or_insert_with(|| {
                    let place = flow.node();
                    flow.arc(place, sink, 1);
                    place
                });
                flow.arc(node, place, 1);
            }
            (node, g)
        })
        .collect();
    if flow.run(source, sink) == wanted {
        return Vec::new();
    }
    let part = flow.cut(source);
    let parts: BTreeSet<usize> = wishes.iter().filter_map(|(node, _)| part[*node]).collect();
    let fault = |of: usize| {
        let mine = || {
            wishes
                .iter()
                .filter(|(node, _)| part[*node] == Some(of))
                .map(|(_, g)| *g)
        };
        let children: BTreeSet<usize> = mine()
            .flat_map(|g| frame.candidates[g].iter().map(|&i| p.places[i].child))
            .collect();
        Fault::FewMembers(FewMembers {
            groups: mine().collect(),
            service,
            wanted: mine().map(|g| p.groups[g].min_size).sum(),
            children: children.into_iter().collect(),
        })
    };
    parts.into_iter().map(fault).collect()
}
