//! The timetable from the command line, as somebody types it: exit codes, and what is said where.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::{Value, json};

const R60: &str = "solver/reference/instances/r60.json";

/// A folder for what a test writes; gone in the end.
struct Desk(PathBuf);

impl Desk {
    fn new() -> Self {
        let dir = std::env::temp_dir().join(format!("starbridge-desk-{}", starbridge::platform::chance::name()));
        std::fs::create_dir_all(&dir).unwrap();
        Self(dir)
    }

    fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.file(name), text).unwrap();
        self.file(name)
    }

    /// A finished timetable of the small centre.
    fn timetable(&self) -> String {
        let out = self.file("week.json");
        let done = starbridge(&["solve", R60, "--iterations", "100000", "--out", &out]);
        assert_eq!(code(&done), 0, "{}", said(&done));
        out
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn starbridge(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_starbridge"))
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .output()
        .unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn printed(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The small centre with something changed.
fn changed(change: impl FnOnce(&mut Value)) -> String {
    let mut week: Value = serde_json::from_slice(&std::fs::read(R60).unwrap()).unwrap();
    change(&mut week);
    week.to_string()
}

#[test]
fn a_week_is_made_scored_explained_and_asked_about() {
    let desk = Desk::new();
    let week = desk.timetable();

    let score = starbridge(&["timetable", "score", R60, &week]);
    assert_eq!(code(&score), 0);
    let score: Value = serde_json::from_str(&printed(&score)).unwrap();
    assert_eq!(score["hard_total"], 0);

    let whole = starbridge(&["timetable", "explain", R60, &week]);
    assert_eq!(code(&whole), 0);
    assert!(printed(&whole).contains("可以公布"), "{}", printed(&whole));
    let one = starbridge(&["timetable", "explain", R60, &week, "--session", "3", "--language", "en"]);
    assert!(printed(&one).starts_with("Session 3"), "{}", printed(&one));
    let none = starbridge(&["timetable", "explain", R60, &week, "--session", "99999"]);
    assert_eq!((code(&none), printed(&none).as_str()), (2, ""));

    let why = |day, start| {
        let place = ["--order", "0", "--day", day, "--start", start];
        starbridge(&[&["timetable", "why", R60, &week][..], &place].concat())
    };
    // An hour that begins half an hour before the centre closes.
    let never = why("0", "12");
    assert_eq!(code(&never), 3, "{}", said(&never));
    assert!(!printed(&never).is_empty());
    let outside = why("6", "0");
    assert_eq!(code(&outside), 3, "{}", said(&outside));
}

#[test]
fn the_same_seed_and_moves_make_the_same_week() {
    let made = || printed(&starbridge(&["solve", R60, "--iterations", "20000", "--seed", "7"]));
    let first = made();
    assert!(!first.is_empty());
    assert_eq!(first, made());
}

#[test]
fn an_absence_is_mended_within_its_cap() {
    let desk = Desk::new();
    let event = "solver/reference/instances/r60.ev1.json";
    let out = desk.file("mended.json");
    let capped = ["solve", R60, "--repair", event, "--iterations", "20000", "--out", &out];
    let done = starbridge(&[&capped[..], &["--max-families-moved", "0"]].concat());
    assert!([0, 3].contains(&code(&done)), "{}", said(&done));
    let score = starbridge(&["timetable", "score", R60, &out, "--repair", event]);
    let score: Value = serde_json::from_str(&printed(&score)).unwrap();
    assert_eq!(score["hard_total"], 0, "{score}");
    let cancelled = score["repair"]["cancelled"].as_u64().unwrap();
    // What could not be held is named, and the exit code tells.
    assert_eq!(code(&done), if cancelled == 0 { 0 } else { 3 });
    assert_eq!(said(&done).contains("应上"), cancelled > 0, "{}", said(&done));
}

#[test]
fn what_cannot_be_is_said_in_words_and_the_rest_is_written() {
    let desk = Desk::new();
    // Nobody may give the first service any more.
    let week = changed(|week| {
        for teacher in week["teachers"].as_array_mut().unwrap() {
            teacher["qual"].as_object_mut().unwrap().remove("0");
        }
    });
    let week = desk.write("nobody.json", &week);
    let (out, findings) = (desk.file("best.json"), desk.file("findings.json"));
    let arguments = [
        "solve",
        &week,
        "--seconds",
        "1",
        "--out",
        &out,
        "--diagnosis",
        &findings,
    ];
    let done = starbridge(&arguments);
    assert_eq!(code(&done), 3, "{}", said(&done));
    assert!(said(&done).contains("没有"), "{}", said(&done));
    let best: Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
    assert!(best["sessions"].as_array().unwrap().len() > 100);
    let findings: Value = serde_json::from_slice(&std::fs::read(&findings).unwrap()).unwrap();
    assert!(!findings["faults"].as_array().unwrap().is_empty());
    let english = starbridge(&[&arguments[..], &["--language", "en"]].concat());
    assert!(!said(&english).contains("没有"), "{}", said(&english));
}

#[test]
fn a_pin_that_cannot_be_kept_costs_its_session_and_is_named() {
    let desk = Desk::new();
    let whole: Value = serde_json::from_slice(&std::fs::read(desk.timetable()).unwrap()).unwrap();
    let all = whole["sessions"].as_array().unwrap().len();
    for (pins, lost, chinese, english) in [
        (
            json!([{"order": 0, "day": 9, "start": 0}]),
            1,
            "定在这周没有的时间",
            "a time that the week does not have",
        ),
        (
            json!([{"order": 1, "room": 5}, {"order": 1, "room": 6}, {"order": 1, "room": 7}]),
            3,
            "定的教室",
            "is fixed in a room",
        ),
    ] {
        let week = desk.write("pinned.json", &changed(|week| week["pins"] = pins.clone()));
        let out = desk.file("pinned.week.json");
        let arguments = ["solve", &week, "--iterations", "20000", "--out", &out];
        let done = starbridge(&arguments);
        assert_eq!(code(&done), 3, "{}", said(&done));
        assert!(said(&done).contains(chinese), "{}", said(&done));
        let made: Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
        assert_eq!(made["sessions"].as_array().unwrap().len() + lost, all, "{pins}");
        let english_too = starbridge(&[&arguments[..], &["--language", "en"]].concat());
        assert!(said(&english_too).contains(english), "{}", said(&english_too));
    }
}

#[test]
fn bad_input_is_one_line_and_nothing_else() {
    let desk = Desk::new();
    let broken = desk.write("broken.json", "{\"format\":");
    let foreign = changed(|week| week["orders"][0]["child"] = 9999.into());
    let foreign = desk.write("foreign.json", &foreign);
    let absent = desk.file("absent.json");
    for file in [&broken, &foreign, &absent] {
        let done = starbridge(&["solve", file]);
        assert_eq!((code(&done), printed(&done).as_str()), (2, ""), "{file}");
        assert_eq!(said(&done).lines().count(), 1, "{}", said(&done));
    }
}
