//! Drills: the real program with many people at work, and killed in the middle of it.
//!
//! As part of the tests they are short; `make drill` lets 32 people work for a minute and kills 50 times, on both
//! databases. `STARBRIDGE_DRILL_SECONDS`, `STARBRIDGE_DRILL_KILLS` and `STARBRIDGE_DRILL_CHILDREN` say how long and how
//! large; `STARBRIDGE_DRILL_GUESSES` how many guess at once; `TEST_DATABASE_URL` says that PostgreSQL is meant.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a drill that is surprised fails"
)]

mod checks;
mod clock;
mod faults;
#[path = "../support/fields.rs"]
mod fields;
mod forms;
mod guesses;
mod leaving;
mod mail;
mod people;
#[path = "../process/mod.rs"]
mod process;
mod starts;

use std::{sync::atomic::Ordering, thread::sleep, time::Duration};

use people::Team;
use process::Place;
use starbridge::platform::chance;
use tokio::sync::Mutex;

/// Two drills at once would measure each other.
static ALONE: Mutex<()> = Mutex::const_new(());

async fn filled_place() -> Place {
    let place = Place::new(process::postgres().as_deref()).await;
    let children = process::number("STARBRIDGE_DRILL_CHILDREN", 800).to_string();
    place.run(&["demo", "--children", &children]);
    place
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_work_lose_nothing() {
    let _alone = ALONE.lock().await;
    let seconds = process::number("STARBRIDGE_DRILL_SECONDS", 4);
    let place = filled_place().await;
    let before = checks::Books::read(&place).await;
    let program = place.serve();
    let mut team = Team::sign_in(&place, &program.address).await;
    team.work(|_| sleep(Duration::from_secs(u64::try_from(seconds).unwrap())));
    let deeds = team.deeds();
    deeds.nothing_unanswered();
    deeds.no_server_error(&place);
    checks::every_deed_is_in_the_trail_once(&place, &deeds).await;
    before.add_up(&place).await;
    println!("{seconds} s: {deeds}");
    drop(program);
    place.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_a_kill() {
    let _alone = ALONE.lock().await;
    let kills = process::number("STARBRIDGE_DRILL_KILLS", 3);
    let mut place = filled_place().await;
    let server = mail::Server::start();
    place.settings.push(("STARBRIDGE_SMTP_URL", server.url()));
    let before = checks::Books::read(&place).await;
    let mut program = place.serve();
    let mut team = Team::sign_in(&place, &program.address).await;
    for _ in 0..kills {
        // Mail is delivered at the same time, and dies with the server.
        let mut delivering = place.start(&["sweep", "deliver"]);
        team.work(|done| {
            let enough = 3 + chance::below(27);
            let latest = process::now() + Duration::from_secs(10);
            while done.load(Ordering::Relaxed) < enough && process::now() < latest {
                sleep(Duration::from_secs_f64(chance::within(0.005..0.05)));
            }
            program.kill();
            let _ = delivering.kill();
            let _ = delivering.wait();
        });
        checks::ten_minutes_pass(&place).await;
        program = place.serve();
        team.moves_to(&program.address);
    }
    let deeds = team.deeds();
    deeds.no_server_error(&place);
    checks::every_deed_is_in_the_trail_once(&place, &deeds).await;
    before.add_up(&place).await;
    mail::deliver_the_rest(&place).await;
    server.nobody_heard_twice(&place).await;
    println!("{kills} kills: {deeds}; {} mails", server.count());
    drop(program);
    place.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_guess_nothing_and_cost_little() {
    let _alone = ALONE.lock().await;
    let mut place = filled_place().await;
    place.settings.push(("STARBRIDGE_TRUST_PROXY", "true".to_owned()));
    let program = place.serve();
    let password = starbridge::demo::data::load().unwrap().password;
    guesses::many_at_once_are_five(&place, &program, &Team::first(&place).await, &password).await;
    println!("{}", guesses::strangers_cost_little(&program));
    drop(program);
    place.remove().await;
}
