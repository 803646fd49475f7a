//! Strangers: many guesses at once, and whatever costs the server something before anybody is known.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    sync::Barrier,
    time::Duration,
};

use entities::{account::account, event::event};
use sea_orm::{EntityTrait as _, QueryFilter as _};

use super::process::{self, Browser, Place, Program};

/// What the server may take while strangers do what they like, in MB.
const MEMORY: u64 = 300;

/// Tries at one account from as many addresses at the same moment, and whether the right password gets in afterwards.
pub(crate) async fn many_at_once_are_five(place: &Place, program: &Program, user_name: &str, password: &str) {
    let guesses = process::number("STARBRIDGE_DRILL_GUESSES", 40);
    let together = Barrier::new(guesses);
    std::thread::scope(|threads| {
        for n in 0..guesses {
            let (together, address) = (&together, &program.address);
            threads.spawn(move || {
                let mut browser = Browser::new(address);
                browser.from = Some(format!("203.0.{}.{}", 113 + n / 200, n % 200 + 1));
                together.wait();
                let reply = try_in(&mut browser, user_name, &format!("Wrong-One-{n}"));
                // Beyond the queue they are asked to come again.
                assert!([422, 503].contains(&reply), "{reply}");
            });
        }
    });
    let mut owner = Browser::new(&program.address);
    owner.from = Some("198.51.100.99".to_owned());
    assert_eq!(try_in(&mut owner, user_name, password), 422, "the lock holds");
    let db = place.open().await;
    let account = account::Entity::find()
        .filter(account::COLUMN.user_name.eq(user_name))
        .one(&*db)
        .await
        .unwrap()
        .unwrap();
    let tried = event::Entity::find()
        .filter(event::COLUMN.subject_kind.eq("account"))
        .filter(event::COLUMN.subject_id.eq(account.id.0))
        .all(&*db)
        .await
        .unwrap();
    let compared = tried.iter().filter(|e| e.details["why"] == "password").count();
    assert_eq!(compared, 5, "of {guesses} guesses at once");
    assert!(account.locked_until.is_some());
    db.close_all().await.unwrap();
}

fn try_in(browser: &mut Browser, user_name: &str, password: &str) -> u16 {
    let fields = [("user_name", user_name), ("password", password)];
    browser.post("/sign-in", &fields).unwrap().status
}

/// Sign-ins, long forms, heads without an end, pages that nobody takes, all at once: the server stays small, and serves
/// people afterwards.
pub(crate) fn strangers_cost_little(program: &Program) -> String {
    let before = memory(program, "VmRSS");
    for round in 0..3 {
        std::thread::scope(|threads| {
            for n in 0..240 {
                let address = &program.address;
                threads.spawn(move || match n % 6 {
                    0..3 => drop(sign_in(address, round * 240 + n)),
                    3 => raw(address, &long_form(1_000_000)),
                    4 => raw(
                        address,
                        &format!("GET /sign-in HTTP/1.1\r\nHost: x\r\nX-Long: {}", "x".repeat(400_000)),
                    ),
                    _ => raw(
                        address,
                        "GET /assets/app.css HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n",
                    ),
                });
            }
        });
    }
    let (peak, after) = (memory(program, "VmHWM"), memory(program, "VmRSS"));
    let told = format!("memory {before} MB, at most {peak} MB, {after} MB afterwards");
    assert!(peak < MEMORY, "{told}");
    let page = Browser::new(&program.address).get("/sign-in").unwrap();
    assert_eq!(page.status, 200);
    told
}

fn sign_in(address: &str, n: usize) -> u16 {
    let mut browser = Browser::new(address);
    browser.from = Some(format!("192.0.{}.{}", n / 200, n % 200 + 1));
    let status = try_in(&mut browser, &format!("nobody{n}"), "x");
    assert!([422, 503].contains(&status), "{status}");
    status
}

fn long_form(bytes: usize) -> String {
    let kind = "Content-Type: application/x-www-form-urlencoded";
    format!(
        "POST /sign-in HTTP/1.1\r\nHost: x\r\n{kind}\r\nContent-Length: {}\r\n\r\nuser_name=nobody&password={}",
        bytes + 25,
        "x".repeat(bytes)
    )
}

/// Send something and read little of what comes, slowly.
fn raw(address: &str, text: &str) {
    let Ok(mut stream) = TcpStream::connect(address) else {
        return;
    };
    let _ = stream.set_read_timeout(Some(Duration::from_secs(2)));
    let _ = stream.set_write_timeout(Some(Duration::from_secs(2)));
    // The server may hang up in the middle of it: that is its right.
    let _ = stream.write_all(text.as_bytes());
    std::thread::sleep(Duration::from_millis(300));
    let _ = stream.read(&mut [0; 512]);
}

/// A figure of `/proc/PID/status`, in MB.
fn memory(program: &Program, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", program.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    let kilobytes: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kilobytes / 1024
}
