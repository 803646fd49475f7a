//! The figures of docs/SOLVER.md: `make bench-solver`.
//!
//! Every search runs in a process of its own, one after the other, so that its time and its memory are its own; the referee
//! scores what it leaves. The weeks are made by `solver/reference/gen.py` under `target/` and kept there. What misses its
//! figure is marked; nothing is asserted.
//!
//! For a quick look: `STARBRIDGE_BENCH_SIZES` (r60,r300,r300x,r1000,r5000), `STARBRIDGE_BENCH_SECONDS` (1,10,60: a search of
//! its own each), `STARBRIDGE_BENCH_SEEDS` (weeks of each size: as many as the size says), `STARBRIDGE_BENCH_EVENTS` (100
//! random absences), `STARBRIDGE_BENCH_PEERS` (0 leaves CP-SAT out).

#![allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::float_cmp,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement has its own clock and settings, and fails when it is surprised"
)]

mod absences;
mod bound;
mod peers;
mod picture;
mod run;
mod sizes;
mod table;

use run::Report;
use sizes::{SIZES, Settings, Size};
use table::Table;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["solve", week, seconds, seed, threads, out] => run::solve(week, seconds, seed, threads, out),
        ["repair", week, event, seconds, seed] => run::repair(week, event, seconds, seed),
        ["score", week, timetable] => run::score(week, timetable),
        ["bound", week] => run::bound(week),
        _ => everything(&Settings::read()),
    }
}

/// A week, and what its searches of rising length came to.
struct Week {
    size: &'static Size,
    seed: u32,
    bound: i64,
    searches: Vec<(f64, Report)>,
}

fn everything(settings: &Settings) {
    let mut weeks = Vec::new();
    for size in SIZES.iter().filter(|size| settings.wants(size)) {
        for seed in settings.seeds(size) {
            let path = sizes::week(size, seed);
            let bound = run::ask(&["bound", &path]).number("bound") as i64;
            let mut searches = Vec::new();
            for seconds in settings.seconds_of(size) {
                let out = sizes::timetable(size, seed, seconds);
                let (text, threads) = (seconds.to_string(), size.threads.to_string());
                let report = run::ask(&["solve", &path, &text, &seed.to_string(), &threads, &out]);
                eprintln!("{} {seed}, {seconds} s: {}", size.name, report.line());
                searches.push((seconds, report));
            }
            weeks.push(Week {
                size,
                seed,
                bound,
                searches,
            });
        }
    }
    println!("\n{}, {} build\n", table::processor(), table::profile());
    println!("{}", weeks_table(settings, &weeks));
    println!("{}", terms_table(&weeks));
    if settings.wants(&SIZES[0]) {
        println!("{}", absences::table(settings));
    }
    peers::tables(settings, &weeks);
    if let Some(path) = picture::draw(&weeks) {
        eprintln!("the picture of the cost over time: {path}");
    }
}

/// What every search came to, with what the size is to reach above it.
fn weeks_table(settings: &Settings, weeks: &[Week]) -> Table {
    let mut head = vec!["week".to_owned(), "feasible after".to_owned()];
    head.extend(settings.seconds.iter().map(|s| format!("cost after {s} s")));
    head.extend(["never below", "memory", "moves a second"].map(str::to_owned));
    let mut table = Table::new(head);
    let mut size = "";
    for week in weeks {
        if week.size.name != size {
            size = week.size.name;
            table.row(wanted(settings, week.size));
        }
        let mut cells = vec![format!("{size}, seed {}", week.seed)];
        let slowest = week
            .searches
            .iter()
            .map(|(_, r)| r.optional("feasible"))
            .try_fold(0.0_f64, |a, b| Some(a.max(b?)));
        cells.push(match slowest {
            Some(after) => table::marked(table::time(after), after > week.size.feasible),
            None => table::marked("not always".to_owned(), true),
        });
        for seconds in &settings.seconds {
            let search = week.searches.iter().find(|(s, _)| s == seconds);
            cells.push(search.map_or_else(String::new, |(_, report)| cost(week.size, *seconds, report)));
        }
        cells.push(table::grouped(week.bound));
        let memory = week
            .searches
            .iter()
            .map(|(_, r)| r.number("memory"))
            .fold(0.0, f64::max);
        cells.push(table::marked(
            format!("{memory:.0} MB"),
            week.size.memory.is_some_and(|most| memory > most),
        ));
        let speed = week
            .searches
            .last()
            .map_or(0.0, |(_, r)| r.number("moves") / r.number("took"));
        cells.push(format!("{:.2} million", speed / 1e6));
        table.row(cells);
    }
    table
}

fn wanted(settings: &Settings, size: &Size) -> Vec<String> {
    let mut cells = vec![format!("**{}**, at most", size.describe())];
    cells.push(table::time(size.feasible));
    for seconds in &settings.seconds {
        cells.push(size.cost(*seconds).map(table::grouped).unwrap_or_default());
    }
    cells.push(String::new());
    cells.push(size.memory.map(|most| format!("{most:.0} MB")).unwrap_or_default());
    cells.push(String::new());
    cells
}

/// The cost, or what is missing; and the time where it was more than allowed.
fn cost(size: &Size, seconds: f64, report: &Report) -> String {
    let (missing, cost, took) = (
        report.number("missing"),
        report.number("cost") as i64,
        report.number("took"),
    );
    let late = took > seconds * 1.05 + 0.05;
    let over = size.cost(seconds).is_some_and(|most| cost > most);
    let text = if missing > 0.0 {
        format!("{missing} missing")
    } else {
        table::grouped(cost)
    };
    let text = if late {
        format!("{text} in {}", table::time(took))
    } else {
        text
    };
    table::marked(text, over || late || (missing > 0.0 && size.cost(seconds).is_some()))
}

/// The cost of the longest search on the first week of each size, term by term.
fn terms_table(weeks: &[Week]) -> Table {
    let mut firsts: Vec<&Week> = Vec::new();
    for week in weeks.iter().filter(|w| !w.searches.is_empty()) {
        if firsts.iter().all(|first| first.size.name != week.size.name) {
            firsts.push(week);
        }
    }
    let mut head = vec!["term".to_owned()];
    for week in &firsts {
        let seconds = week.searches.last().map_or(0.0, |(s, _)| *s);
        head.push(format!("{}, {seconds} s", week.size.name));
    }
    let mut table = Table::new(head);
    let keys = solver::score::Soft::ALL.map(solver::score::Soft::key);
    for key in keys.into_iter().chain(["cost"]) {
        let mut cells = vec![key.replace('_', " ")];
        for week in &firsts {
            let units = week.searches.last().map_or(0.0, |(_, r)| r.number(key));
            cells.push(table::grouped(units as i64));
        }
        table.row(cells);
    }
    table
}
