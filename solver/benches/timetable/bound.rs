//! What no timetable of a week can cost less than.
//!
//! Every child's week is solved exactly as if it were alone: rooms are endless, and a session may stand wherever the family
//! can come and anybody who may lead it works. Of the cost count the child's days (S4 to S7) and the days between the
//! sessions of an order (S3); different starts (S12) and leads who cannot be last week's (S2) by what each order cannot
//! avoid. A child's group is taken as the easiest one for it. Everything else can only add to that.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use solver::problem::{Child, Mask, Problem, Series, Weights};

/// Sessions that a child has in a week.
struct Task {
    sessions: usize,
    dur: usize,
    per_day: usize,
    gap: usize,
    /// Starts at which they may stand, by day.
    starts: Vec<Mask>,
    /// Whether starts and days are its own to cost.
    own: bool,
}

pub(crate) fn bound(problem: &Problem) -> i64 {
    (0..problem.children.len()).map(|c| child(problem, c)).sum()
}

fn child(problem: &Problem, c: usize) -> i64 {
    let child = &problem.children[c];
    let mut tasks = Vec::new();
    let mut cost = 0;
    for order in problem.orders.iter().filter(|order| order.child == c) {
        let series = &order.series;
        let prev = series
            .prev_teacher
            .filter(|&t| !leads(problem, series, child).contains(&t));
        cost += problem.weights.not_prev_teacher * i64::from(prev.is_some()) * series.sessions as i64;
        let task = task(problem, series, child, true);
        cost += problem.weights.extra_start * (least_starts(problem, &task) - 1);
        tasks.push(task);
    }
    let mut choices: Vec<Vec<Task>> = Vec::new();
    for place in problem.places.iter().filter(|place| place.child == c) {
        let mut able: Vec<Task> = Vec::new();
        for group in &problem.groups {
            let fits = group.series.service == place.service
                && group.site == child.site
                && (group.age.0..=group.age.1).contains(&child.age_months)
                && (group.level.0..=group.level.1).contains(&child.level);
            if fits {
                able.push(task(problem, &group.series, child, false));
            }
        }
        able.sort_by_key(|t| (t.sessions, t.dur, t.per_day, t.starts.clone()));
        able.dedup_by_key(|t| (t.sessions, t.dur, t.per_day, t.starts.clone()));
        choices.push(able);
    }
    cost + cheapest(problem, child, &mut tasks, &mut choices)
}

/// The cheapest week over every choice of groups.
fn cheapest(problem: &Problem, child: &Child, tasks: &mut Vec<Task>, choices: &mut Vec<Vec<Task>>) -> i64 {
    let Some(able) = choices.pop() else {
        return week(problem, child, tasks).unwrap_or(0);
    };
    let mut best = None;
    for task in able {
        tasks.push(task);
        let cost = cheapest(problem, child, tasks, choices);
        tasks.pop();
        best = Some(best.map_or(cost, |b: i64| b.min(cost)));
    }
    best.unwrap_or(0)
}

fn leads(problem: &Problem, series: &Series, child: &Child) -> Vec<usize> {
    let able = |t: &usize| {
        let teacher = &problem.teachers[*t];
        teacher.qual[series.service] >= series.min_level.max(1)
            && teacher.sites.contains(&child.site)
            && !child.exclude.contains(t)
    };
    (0..problem.teachers.len()).filter(able).collect()
}

fn task(problem: &Problem, series: &Series, child: &Child, own: bool) -> Task {
    let leads = leads(problem, series, child);
    let starts = |day: usize| {
        let mut mask = 0;
        for &(from, to) in &problem.grid.blocks {
            for start in from..(to + 1).saturating_sub(series.dur) {
                let span = span(start, series.dur);
                let led = |t: &usize| problem.teachers[*t].avail[day] & span == span;
                if child.avail[day] & span == span && leads.iter().any(led) {
                    mask |= 1 << start;
                }
            }
        }
        mask
    };
    Task {
        sessions: series.sessions,
        dur: series.dur,
        per_day: series.max_per_day,
        gap: series.min_day_gap,
        starts: (0..problem.grid.days).map(starts).collect(),
        own,
    }
}

const fn span(start: usize, dur: usize) -> Mask {
    ((1 << dur) - 1) << start
}

/// The fewest different starts with which an order can have all its sessions; three stand for more.
fn least_starts(problem: &Problem, task: &Task) -> i64 {
    let slots = problem.grid.slots;
    let held = |chosen: Mask| -> usize {
        let of_day = |starts: &Mask| {
            let blocks = problem.grid.blocks.iter();
            let halves = blocks.filter(|&&(from, to)| starts & chosen & span(from, to - from) != 0);
            halves.count().min(task.per_day)
        };
        task.starts.iter().map(of_day).sum()
    };
    if (0..slots).any(|a| held(1 << a) >= task.sessions) {
        return 1;
    }
    let two = (0..slots).any(|a| (0..a).any(|b| held(1 << a | 1 << b) >= task.sessions));
    if two { 2 } else { 3 }
}

/// A number for each of eight tasks, or a set of them for each of eight days: eight bits each.
type Packed = u64;

fn nth(packed: Packed, i: usize) -> usize {
    (packed >> (8 * i) & 0xff) as usize
}

/// What a child has on a day: sessions by task, which tasks these are, and the least that it costs.
type Today = (Packed, Packed, i64);

/// The cheapest week of one child, day by day: the state is what of every task is left, and which were held on the days
/// before, the last in front.
fn week(problem: &Problem, child: &Child, tasks: &[Task]) -> Option<i64> {
    assert!(tasks.len() <= 8, "a child of at most eight prescriptions and places");
    let left = tasks
        .iter()
        .rev()
        .fold(0, |all, task| all << 8 | task.sessions as Packed);
    let memory = tasks.iter().map(|t| t.gap).max().unwrap_or(1).saturating_sub(1);
    let known = (1 << (8 * memory.min(7))) - 1;
    let mut states = HashMap::from([((left, 0), 0)]);
    for day in 0..problem.grid.days {
        let rest = problem.grid.days - day - 1;
        let options = day_options(problem, child, tasks, day);
        let mut next: HashMap<(Packed, Packed), i64> = HashMap::new();
        for ((left, before), cost) in &states {
            for (held, today, price) in &options {
                let Some(near) = tomorrow(tasks, *left, *before, *held, rest) else {
                    continue;
                };
                let total = cost + price + problem.weights.day_gap * near;
                let state = (left - held, (before << 8 | today) & known);
                let least = next.entry(state).or_insert(i64::MAX);
                *least = total.min(*least);
            }
        }
        states = next;
    }
    let ended = states.into_iter().filter(|((left, _), _)| *left == 0);
    ended.map(|(_, cost)| cost).min()
}

/// Sessions that are too near to earlier ones, or nothing when a day cannot be like that.
fn tomorrow(tasks: &[Task], left: Packed, before: Packed, held: Packed, rest: usize) -> Option<i64> {
    let mut near = 0;
    for (i, task) in tasks.iter().enumerate() {
        let (left, held) = (nth(left, i), nth(held, i));
        if held > left.min(task.per_day) || left - held > rest * task.per_day {
            return None;
        }
        if task.own && held > 0 {
            near += (1..task.gap).filter(|back| nth(before, back - 1) >> i & 1 == 1).count() as i64;
        }
    }
    Some(near)
}

/// What a child can have on a day.
fn day_options(problem: &Problem, child: &Child, tasks: &[Task], day: usize) -> Vec<Today> {
    let weights = &problem.weights;
    let mut options = BTreeMap::from([((0, 0), (0, 0))]);
    for &block in &problem.grid.blocks {
        let halves = half_options(child, tasks, day, block, weights);
        let mut longer: BTreeMap<(Packed, Packed), (usize, i64)> = BTreeMap::new();
        for ((held, today), (slots, cost)) in &options {
            for (set, (used, price)) in &halves {
                if slots + used <= child.max_day as usize {
                    let one = |i: usize| Packed::from(set >> i & 1) << (8 * i);
                    let more: Packed = (0..tasks.len()).map(one).sum();
                    let key = (held + more, today | Packed::from(*set));
                    let least = longer.entry(key).or_insert((slots + used, i64::MAX));
                    least.1 = least.1.min(cost + price);
                }
            }
        }
        options = longer;
    }
    let short = |slots: usize| {
        let missing = if slots == 0 {
            0
        } else {
            (child.min_day as usize).saturating_sub(slots)
        };
        weights.short_day * missing as i64
    };
    options
        .into_iter()
        .map(|((held, today), (slots, cost))| (held, today, cost + short(slots)))
        .collect()
}

/// Sets of tasks that fit into a half-day, with their slots and the least cost.
fn half_options(
    child: &Child,
    tasks: &[Task],
    day: usize,
    block: (usize, usize),
    weights: &Weights,
) -> BTreeMap<u32, (usize, i64)> {
    let mut found = BTreeMap::from([(0, (0, 0))]);
    let mut open = vec![(0_u32, 0 as Mask)];
    let mut seen = BTreeSet::new();
    while let Some((set, used)) = open.pop() {
        for (i, task) in tasks.iter().enumerate().filter(|(i, _)| set >> i & 1 == 0) {
            for start in (block.0..block.1).filter(|start| task.starts[day] >> start & 1 == 1) {
                let (slots, more) = (span(start, task.dur), set | 1 << i);
                if used & slots == 0 && seen.insert((more, used | slots)) {
                    open.push((more, used | slots));
                }
            }
        }
    }
    for (set, used) in seen {
        let length = 16 - used.leading_zeros() - used.trailing_zeros();
        let idle = i64::from(length - used.count_ones());
        let (mut run, mut rest) = (0, used);
        while rest != 0 {
            rest &= rest >> 1;
            run += 1;
        }
        if run > child.max_run {
            continue;
        }
        let avoided = i64::from((used & child.avoid[day]).count_ones());
        let cost = weights.child_visit + weights.child_idle * idle + weights.avoid_slot * avoided;
        let known = found.entry(set).or_insert((used.count_ones() as usize, i64::MAX));
        known.1 = known.1.min(cost);
    }
    found
}
