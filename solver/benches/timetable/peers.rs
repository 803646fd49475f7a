//! Google's CP-SAT on the same weeks, where a Python with ortools is at hand.

use std::process::{Command, Stdio};

use crate::{
    Week,
    run::{self, Report},
    sizes::{self, Settings},
    table::{self, Table},
};

/// Weeks that the peer is given: the first of each of these sizes.
const SIZES: [&str; 2] = ["r60", "r300"];

/// The peers' tables, or why there are none.
pub(crate) fn tables(settings: &Settings, weeks: &[Week]) {
    if !settings.peers {
        return;
    }
    let Some(python) = python() else {
        println!("CP-SAT is not here: `make bench-peers` installs it under target/ and runs both.");
        return;
    };
    for size in SIZES {
        if let Some(week) = weeks.iter().find(|w| w.size.name == size && !w.searches.is_empty()) {
            println!("{}", side_by_side(&python, settings, week));
        }
    }
}

/// The Python of `make bench-peers`, else the system's, when it knows ortools.
fn python() -> Option<String> {
    let own = format!("{}/peers/bin/python", env!("CARGO_TARGET_TMPDIR"));
    [own, "python3".to_owned()].into_iter().find(|python| {
        let mut known = Command::new(python);
        known.args(["-c", "import ortools.sat.python.cp_model"]);
        known
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    })
}

fn side_by_side(python: &str, settings: &Settings, week: &Week) -> Table {
    let mut table = Table::new([
        format!("{}, seed {}, {} s", week.size.name, week.seed, settings.longest()),
        "searched".to_owned(),
        "first timetable after".to_owned(),
        "cost".to_owned(),
        "proved: not below".to_owned(),
        "memory".to_owned(),
        "model built in".to_owned(),
    ]);
    if let Some((_, own)) = week.searches.last() {
        table.row([
            format!("Starbridge, threads: {}", week.size.threads),
            table::time(own.number("took")),
            own.optional("feasible").map_or("none".to_owned(), table::time),
            table::grouped(own.number("cost") as i64),
            table::grouped(week.bound),
            format!("{:.0} MB", own.number("memory")),
            "with it".to_owned(),
        ]);
    }
    for workers in ["1", "2"] {
        let (name, report) = cpsat(python, settings, week, workers);
        let figure = |name: &str| report.optional(name).filter(|n| n.is_finite());
        table.row([
            format!("{name}, workers: {workers}"),
            searched(&report),
            figure("first").map_or("none".to_owned(), table::time),
            figure("cost").map_or("–".to_owned(), |cost| {
                let missing = report.number("missing") > 0.0;
                table::marked(table::grouped(cost as i64), missing)
            }),
            figure("proved").map_or("–".to_owned(), |n| table::grouped(n.ceil() as i64)),
            figure("memory").map_or("–".to_owned(), |mb| format!("{mb:.0} MB")),
            figure("built").map_or("–".to_owned(), table::time),
        ]);
    }
    table
}

/// How long the peer searched, and how much of that it had the processors to itself.
fn searched(report: &Report) -> String {
    let (took, had) = (report.number("took"), report.number("processor"));
    format!("{}, processor {}", table::time(took), table::time(had))
}

/// One run of the peer; what it leaves is scored by our referee.
fn cpsat(python: &str, settings: &Settings, week: &Week, workers: &str) -> (String, Report) {
    let path = sizes::week(week.size, week.seed);
    let out = sizes::place().join(format!("{}-{}.cpsat.json", week.size.name, week.seed));
    let out = out.display().to_string();
    let _ = std::fs::remove_file(&out);
    let script = format!("{}/../benches/peers/cpsat.py", env!("CARGO_MANIFEST_DIR"));
    let seconds = settings.longest().to_string();
    let done = Command::new(python)
        .args([
            &script,
            &path,
            "--seconds",
            &seconds,
            "--workers",
            workers,
            "--out",
            &out,
        ])
        .stderr(Stdio::inherit())
        .output()
        .expect("a Python");
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    let judged = std::path::Path::new(&out)
        .exists()
        .then(|| run::ask(&["score", &path, &out]));
    let mut report = Report::read(&text);
    if let Some(judged) = judged {
        report.take_over(&judged);
    }
    eprintln!("CP-SAT, {workers} workers: {}", text.replace('\n', ", "));
    let name = report
        .texts
        .get("solver")
        .cloned()
        .unwrap_or_else(|| "CP-SAT".to_owned());
    (name, report)
}
