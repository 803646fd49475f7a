//! Absences on a published week of 60 children: the three shipped ones, and as many random ones as are asked for.

use crate::{
    run::{self, Report},
    sizes::{self, Settings},
    table::{self, Table},
};

/// Shipped absences, and what the changes that mend each may cost.
const SHIPPED: [(&str, f64); 3] = [("ev1", 65.0), ("ev2", 125.0), ("ev3", 55.0)];
/// Seconds of the first answer and of the final one, the reading of the files in them.
const FIRST: f64 = 0.1;
const FINAL: f64 = 1.0;
/// Seconds that a repair is given, as the command line does when nothing is said.
const GIVEN: &str = "0.9";

pub(crate) fn table(settings: &Settings) -> Table {
    let mut table = Table::new([
        "absence",
        "first answer after",
        "its changes cost",
        "final answer after",
        "its changes cost",
        "cancelled",
        "families moved",
    ]);
    table.row([
        "at most".to_owned(),
        table::time(FIRST),
        String::new(),
        table::time(FINAL),
        SHIPPED.map(|(_, most)| most.to_string()).join(" / "),
        "0".to_owned(),
        String::new(),
    ]);
    let week = sizes::reference("instances/r60.json");
    for (name, most) in SHIPPED {
        let event = sizes::reference(&format!("instances/r60.{name}.json"));
        let report = run::ask(&["repair", &week, &event, GIVEN, "1"]);
        say(name, &report);
        table.row(row(name.to_owned(), &[report], 0.5, Some(most)));
    }
    let reports = random(settings);
    if !reports.is_empty() {
        let count = reports.len();
        table.row(row(format!("{count} random: median"), &reports, 0.5, None));
        table.row(row(format!("{count} random: 99th percentile"), &reports, 0.99, None));
    }
    table
}

/// One teacher away for a day, in every fifth of them two, on our own timetable of the shipped week.
fn random(settings: &Settings) -> Vec<Report> {
    if settings.events == 0 {
        return Vec::new();
    }
    let week = sizes::reference("instances/r60.json");
    let seconds = settings.longest().min(10.0);
    let published = sizes::place().join("r60.published.json").display().to_string();
    run::ask(&["solve", &week, &seconds.to_string(), "1", "1", &published]);
    let mut reports = Vec::new();
    for seed in 1..=settings.events {
        let event = sizes::place().join("r60.event.json").display().to_string();
        let away = if seed % 5 == 0 { "2" } else { "1" };
        let seed = seed.to_string();
        sizes::python(
            &sizes::reference("mkevent.py"),
            &[&week, &published, &event, "--seed", &seed, "--teachers", away],
        );
        let report = run::ask(&["repair", &week, &event, GIVEN, &seed]);
        say(&format!("random absence {seed}"), &report);
        reports.push(report);
    }
    reports
}

fn say(name: &str, report: &Report) {
    eprintln!(
        "{name}: first after {:.3} s, changes {}; final after {:.3} s, changes {}, cancelled {}, broken {}",
        report.number("first"),
        report.number("first_change"),
        report.number("took"),
        report.number("change"),
        report.number("cancelled"),
        report.number("broken")
    );
}

/// Of every figure the value below which a share of the reports are, each figure for itself.
fn row(name: String, reports: &[Report], share: f64, most: Option<f64>) -> Vec<String> {
    let at = |figure: &str| {
        let mut all: Vec<f64> = reports.iter().map(|r| r.number(figure)).collect();
        all.sort_by(f64::total_cmp);
        let nth = (all.len() as f64 * share).ceil().max(1.0) as usize - 1;
        all[nth]
    };
    let (first, last, change) = (at("first"), at("took"), at("change"));
    let broken: f64 = reports.iter().map(|r| r.number("broken")).sum();
    let name = table::marked(name, broken > 0.0);
    vec![
        name,
        table::marked(table::time(first), first > FIRST),
        at("first_change").to_string(),
        table::marked(table::time(last), last > FINAL),
        table::marked(change.to_string(), most.is_some_and(|most| change > most)),
        table::marked(at("cancelled").to_string(), most.is_some() && at("cancelled") > 0.0),
        at("families").to_string(),
    ]
}
