//! The figures of docs/PERFORMANCE.md: `make bench`.
//!
//! The real program and a bare handler each run as a process of their own, on the same database; the figure of a page is
//! the processor time of the process (on PostgreSQL with that of the server's processes) divided by the requests. Rounds
//! of both alternate, and the median of the rounds counts, so that a busy machine disturbs both alike.
//!
//! `STARBRIDGE_BENCH_CHILDREN` (150000) makes the city smaller for a quick look. The table only shows what misses its
//! figure; it asserts nothing.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::string_slice,
    reason = "a measurement that is surprised fails"
)]

mod bare;
mod machine;
#[path = "../../tests/process/mod.rs"]
mod process;
mod roster;
mod statements;
mod table;

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::Duration,
};

use chrono::{Days, Months};
use entities::{organisation::organisation, words::OrganisationKind};
use process::{Browser, Place, Program};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use starbridge::platform::clock;
use table::{Figure, Table};

/// Searched for: the most frequent surname, so that there are many pages.
const TERM: &str = "王";
const ROUNDS: usize = 7;
const ROSTER: u32 = 10_000;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, bare, url, statements] = arguments.as_slice()
        && bare == "bare"
    {
        return bare::serve(url, Path::new(statements)).await;
    }
    let city = process::number("STARBRIDGE_BENCH_CHILDREN", 150_000);
    let mut table = Table::new(city);
    for server in [None, process::postgres()] {
        if server.is_none() && table.has_columns() {
            eprintln!("TEST_DATABASE_URL is not set: PostgreSQL is left out");
            continue;
        }
        table.begin(if server.is_none() { "SQLite" } else { "PostgreSQL" });
        measure(&mut table, server.as_deref(), city).await;
    }
    println!("\n{table}");
}

async fn measure(table: &mut Table, server: Option<&str>, city: usize) {
    let small = Place::new(server).await;
    let large = Place::new(server).await;
    let count = (city / 10).to_string();
    table.add(Figure::seconds("Demo district", small.run(&["demo", "--children", &count])).at_most(30.0));
    let whole = city.to_string();
    table.add(Figure::seconds("Demo city", large.run(&["demo", "--children", &whole])));

    let month = clock::day_of(clock::Clock::default().now()) - Months::new(1);
    let month = month.format("%Y-%m").to_string();
    let statements = statements::of(&large, TERM, &month).await;
    let file = large.dir.join("statements.json");
    std::fs::write(&file, serde_json::to_vec(&statements).unwrap()).unwrap();

    large.serve().kill();
    let mut starts: Vec<Duration> = (0..5).map(|_| large.serve().ready_after).collect();
    table.add(Figure::seconds("Start on the city", median(&mut starts)).at_most(0.5));

    let program = large.serve();
    sleep(Duration::from_secs(2));
    table.add(Figure::megabytes("Memory after the start", machine::memory(program.pid())).at_most(80.0));
    let postgres = server.and_then(machine::postgres);
    let mut real = Served::program(program, postgres);
    let mut bare = Served::bare(&large.url, &file, postgres);
    let district = small.serve();
    let mut district = Served::program(district, postgres);

    let list = format!("/children?{}", serde_urlencoded::to_string([("q", TERM)]).unwrap());
    let report = format!("/reports/screening?month={month}");
    let [list_bare, list_real, list_small] =
        alternate(200, [(&mut bare, "/list"), (&mut real, &list), (&mut district, &list)]);
    table.add(Figure::milliseconds("List, bare", list_bare));
    table.add(Figure::milliseconds("List with a search term", list_real));
    table.add(Figure::ratio("… against bare", list_real, list_bare).at_most(2.0));
    table.add(Figure::ratio("… against the district alone", list_real, list_small).at_most(1.3));
    let [bare_time, real_time] = alternate(200, [(&mut bare, "/pipeline"), (&mut real, "/pipeline")]);
    table.add(Figure::milliseconds("Pipeline, bare", bare_time));
    table.add(Figure::milliseconds("Pipeline page", real_time));
    table.add(Figure::ratio("… against bare", real_time, bare_time).at_most(3.0));
    let [bare_time, real_time] = alternate(20, [(&mut bare, "/report"), (&mut real, &report)]);
    table.add(Figure::milliseconds("Monthly report, its SQL alone", bare_time));
    table.add(Figure::milliseconds("Monthly report of a district", real_time));
    table.add(Figure::ratio("… against its SQL", real_time, bare_time).at_most(2.0));
    sleep(Duration::from_secs(5));
    table.add(Figure::megabytes("Memory at rest after it", machine::memory(real.pid)).at_most(80.0));

    drop((real, bare, district));
    // Last, because ten thousand more children are not a tenth of the city any more.
    import(table, &small).await;
    large.remove().await;
    small.remove().await;
}

/// The roster of a town, through the command line.
async fn import(table: &mut Table, place: &Place) {
    let file = place.dir.join("roster.xlsx");
    roster::write(&file, ROSTER);
    let db = place.open().await;
    let federation = organisation::Entity::find()
        .filter(organisation::COLUMN.kind.eq(OrganisationKind::Federation))
        .one(&*db)
        .await
        .unwrap()
        .unwrap();
    let id = federation.id.to_string();
    let path = file.to_str().unwrap();
    let taken = place.run(&["import", path, "--organisation", &id, "--good-rows-only"]);
    let last = organisation_children(&db).await;
    table.add(Figure::seconds(&format!("Import of {ROSTER} rows ({last} files)"), taken).at_most(20.0));
    db.close_all().await.unwrap();
}

/// Files that an import opened.
async fn organisation_children(db: &starbridge::platform::Db) -> u64 {
    use entities::event::event;
    use sea_orm::PaginatorTrait as _;
    let since = clock::Clock::default().now() - Days::new(1);
    event::Entity::find()
        .filter(event::COLUMN.action.eq("child.registered"))
        .filter(event::COLUMN.at.gte(since))
        .filter(event::COLUMN.actor.eq("import"))
        .count(&**db)
        .await
        .unwrap()
}

/// A server, and somebody signed in to it.
struct Served {
    pid: u32,
    browser: Browser,
    /// Processes of the database server whose time counts too.
    postgres: Option<u32>,
    _process: Process,
}

enum Process {
    Program(#[expect(dead_code, reason = "ends with it")] Program),
    Bare(Child),
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Self::Bare(child) = self {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Served {
    fn program(program: Program, postgres: Option<u32>) -> Self {
        let mut browser = Browser::new(&program.address);
        let password = starbridge::demo::data::load().unwrap().password;
        browser.sign_in("canlian", &password);
        Self {
            pid: program.pid(),
            browser,
            postgres,
            _process: Process::Program(program),
        }
    }

    fn bare(url: &str, statements: &Path, postgres: Option<u32>) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["bare", url])
            .arg(statements)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.trim().trim_start_matches("http://").to_owned();
        Self {
            pid: process.id(),
            browser: Browser::new(&address),
            postgres,
            _process: Process::Bare(process),
        }
    }

    fn processor_time(&self) -> Duration {
        let database = self.postgres.map(machine::children).unwrap_or_default();
        let database: Duration = database.into_iter().map(machine::processor_time).sum();
        machine::processor_time(self.pid) + database
    }

    fn ask(&mut self, path: &str, times: u32) {
        for _ in 0..times {
            let reply = self.browser.get(path).unwrap();
            assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        }
    }
}

/// Processor time of one request each, in turns.
fn alternate<const N: usize>(times: u32, mut pages: [(&mut Served, &str); N]) -> [Duration; N] {
    let mut taken: [Vec<Duration>; N] = std::array::from_fn(|_| Vec::new());
    for (served, path) in &mut pages {
        served.ask(path, times / 10);
    }
    for _ in 0..ROUNDS {
        for ((served, path), taken) in pages.iter_mut().zip(&mut taken) {
            let before = served.processor_time();
            served.ask(path, times);
            taken.push(served.processor_time().saturating_sub(before) / times);
        }
    }
    taken.map(|mut rounds| median(&mut rounds))
}

fn median(rounds: &mut [Duration]) -> Duration {
    rounds.sort();
    rounds[rounds.len() / 2]
}
