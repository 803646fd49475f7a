//! One search in a process of its own: what it is asked, and what it reports, a name and a number a line.

use std::{
    collections::BTreeMap,
    process::{Command, Stdio},
    sync::Mutex,
    time::{Duration, Instant},
};

use solver::{
    engine::{self, Limits, Options, Outcome, Progress},
    problem::Problem,
    read,
    score::{Score, Soft, score as referee, score_repair},
    write,
};

/// A point of a search: seconds, things missing, cost of the best timetable.
pub(crate) type Point = (f64, i64, i64);

/// What a process said.
#[derive(Default)]
pub(crate) struct Report {
    numbers: BTreeMap<String, f64>,
    pub texts: BTreeMap<String, String>,
    pub points: Vec<Point>,
}

impl Report {
    /// Read what a process of ours or a peer printed.
    pub(crate) fn read(text: &str) -> Self {
        let mut report = Self::default();
        for line in text.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                ["point", at, missing, cost] => {
                    if let (Ok(at), Ok(missing), Ok(cost)) = (at.parse(), missing.parse(), cost.parse()) {
                        report.points.push((at, missing, cost));
                    }
                }
                [name, rest @ ..] => match rest.first().map(|word| word.parse()) {
                    Some(Ok(number)) if rest.len() == 1 => {
                        report.numbers.insert((*name).to_owned(), number);
                    }
                    _ => {
                        report.texts.insert((*name).to_owned(), rest.join(" "));
                    }
                },
                [] => {}
            }
        }
        report
    }

    pub(crate) fn optional(&self, name: &str) -> Option<f64> {
        self.numbers.get(name).copied()
    }

    pub(crate) fn number(&self, name: &str) -> f64 {
        self.optional(name).unwrap_or(f64::NAN)
    }

    /// Numbers of another report replace those of the same name.
    pub(crate) fn take_over(&mut self, other: &Self) {
        self.numbers
            .extend(other.numbers.iter().map(|(name, number)| (name.clone(), *number)));
    }

    /// In a line, for those who wait.
    pub(crate) fn line(&self) -> String {
        let feasible = self
            .optional("feasible")
            .map_or_else(|| "not feasible".to_owned(), |t| format!("feasible after {t:.3} s"));
        format!(
            "{feasible}, cost {}, missing {}, {:.1} MB, {:.2} s",
            self.number("cost"),
            self.number("missing"),
            self.number("memory"),
            self.number("took")
        )
    }
}

/// Run this program again with other arguments, and wait.
pub(crate) fn ask(arguments: &[&str]) -> Report {
    let done = Command::new(std::env::current_exe().expect("this program"))
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()
        .expect("this program again");
    assert!(done.status.success(), "{arguments:?} failed");
    Report::read(&String::from_utf8_lossy(&done.stdout))
}

/// The most memory that this process has had, in megabytes.
fn peak_memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kb = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
    kb.unwrap_or(f64::NAN) / 1024.0
}

fn week(path: &str) -> Problem {
    let bytes = std::fs::read(path).expect("a week");
    read::problem(&bytes).expect("a week that can be read")
}

fn seconds(text: &str) -> Duration {
    Duration::from_secs_f64(text.parse().expect("seconds"))
}

/// Make a timetable; the time counts from the start of the process, reading included.
pub(crate) fn solve(path: &str, time: &str, seed: &str, threads: &str, out: &str) {
    let began = Instant::now();
    let clock = move || began.elapsed();
    let problem = week(path);
    let points = Mutex::new(Vec::new());
    let note = |now: Progress| {
        if let Ok(mut points) = points.lock() {
            points.push((now.elapsed.as_secs_f64(), now.missing, now.cost));
        }
    };
    let options = Options {
        iterations: None,
        time: Some(seconds(time)),
        clock: Some(&clock),
        seed: seed.parse().expect("a seed"),
        threads: threads.parse().expect("a number of threads"),
        progress: Some(&note),
        ..Options::default()
    };
    let found = engine::solve(&problem, &options);
    report(&found, began.elapsed());
    for (at, missing, cost) in points.into_inner().unwrap_or_default() {
        println!("point {at} {missing} {cost}");
    }
    judged(&referee(&problem, &found.solution));
    std::fs::write(out, write::write_solution(&problem, &found.solution)).expect("the timetable is written");
}

/// Mend a timetable after an absence.
pub(crate) fn repair(path: &str, event: &str, time: &str, seed: &str) {
    let began = Instant::now();
    let clock = move || began.elapsed();
    let problem = week(path);
    let bytes = std::fs::read(event).expect("an event");
    let event = read::event(&problem, &bytes).expect("an event that can be read");
    let options = Options {
        iterations: None,
        time: Some(seconds(time)),
        clock: Some(&clock),
        seed: seed.parse().expect("a seed"),
        ..Options::default()
    };
    let found = engine::repair(&problem, &event, &Limits::default(), &options);
    report(&found, began.elapsed());
    if let Some((at, first)) = &found.first {
        let change = score_repair(&problem, first, &event).change.expect("a repair");
        println!("first {}", at.as_secs_f64());
        println!("first_change {}", change.perturbation_cost);
        println!("first_cancelled {}", change.cancelled);
    }
    let score = score_repair(&problem, &found.solution, &event);
    let change = score.change.expect("a repair");
    println!("change {}", change.perturbation_cost);
    println!("cancelled {}", change.cancelled);
    println!("families {}", change.families_moved);
    println!("broken {}", score.hard_total());
    judged(&score);
}

/// Score a timetable that somebody else made.
pub(crate) fn score(path: &str, timetable: &str) {
    let problem = week(path);
    let bytes = std::fs::read(timetable).expect("a timetable");
    let solution = read::solution(&problem, &bytes).expect("a timetable that can be read");
    judged(&referee(&problem, &solution));
}

/// What no timetable of a week can cost less than.
pub(crate) fn bound(path: &str) {
    println!("bound {}", crate::bound::bound(&week(path)));
}

/// Memory first: the referee's is not the search's.
fn report(found: &Outcome, took: Duration) {
    println!("memory {}", peak_memory());
    println!("took {}", took.as_secs_f64());
    println!("moves {}", found.moves);
    if let Some(after) = found.feasible_after {
        println!("feasible {}", after.as_secs_f64());
    }
}

/// By the referee: things missing or broken, the cost, and what each term costs.
fn judged(score: &Score) {
    println!("missing {}", score.unscheduled + score.unplaced + score.hard_total());
    println!("cost {}", score.soft_cost());
    for term in Soft::ALL {
        println!("{} {}", term.key(), score.weighted(term));
    }
}
