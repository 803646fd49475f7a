//! Session data from the command line, as somebody types it: exit codes, and what is said where.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::{Value, json};

/// A file that is gone in the end.
struct Desk(PathBuf);

impl Desk {
    fn new(bytes: &[u8]) -> Self {
        let file = std::env::temp_dir().join(format!(
            "starbridge-progress-{}.json",
            starbridge::platform::chance::name()
        ));
        std::fs::write(&file, bytes).unwrap();
        Self(file)
    }

    fn ask(&self, command: &str) -> Output {
        starbridge(&[command, self.0.to_str().unwrap()])
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn starbridge(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_starbridge"))
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .output()
        .unwrap()
}

fn answer(command: &str, file: &Value) -> Value {
    let output = Desk::new(file.to_string().as_bytes()).ask(command);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0), "{text}");
    assert_eq!(text.lines().count(), 1);
    serde_json::from_str(&text).unwrap()
}

#[test]
fn points_and_mastery_are_one_object() {
    let day = |day: u32, right: usize, all: usize| {
        let trials = [vec!["I"; right], vec!["-"; all - right]].concat();
        json!({"day": format!("2026-03-{day:02}"), "session": "1", "by": "王老师", "trials": trials})
    };
    let target = json!({"measure": "percent", "rule": "pct>=80;min=10;run=3d"});
    let records = [day(5, 8, 10), day(2, 8, 10), day(3, 9, 10), day(4, 6, 6)];
    let said = answer("progress", &json!({"target": target, "records": records}));
    let points: Vec<_> = said["points"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["value"].as_f64(), p["hollow"] == true))
        .collect();
    assert_eq!(
        points,
        [
            (Some(80.0), false),
            (Some(90.0), false),
            (Some(100.0), true),
            (Some(80.0), false)
        ]
    );
    let mastery = &said["mastery"];
    assert_eq!(
        (&mastery["met"], &mastery["on"], &mastery["run"]),
        (&json!(true), &json!("2026-03-05"), &json!(3))
    );
    assert_eq!(mastery["say_zh"], "2026 年 3 月 5 日达标：连续 3 天达到要求。");
}

#[test]
fn two_observers_are_one_object() {
    let said = answer(
        "agreement",
        &json!({"method": "interval", "a": [1, 0, 0, 0, 1, 1, 0], "b": [0, 0, 0, 0, 1, 1, 1]}),
    );
    assert_eq!(said, json!({"agreement": 71.4, "kappa": 0.417}));
}

#[test]
fn what_cannot_be_understood_is_one_line_and_two() {
    let wrong = json!({"target": {"measure": "percent", "rule": "pct>=80;mn=3"}, "records": []}).to_string();
    for (command, bytes) in [
        ("progress", wrong.as_bytes()),
        ("progress", b"{"),
        ("progress", b"\xff\xfe"),
        ("agreement", b"{\"method\": \"a\\nb\", \"a\": [], \"b\": []}"),
        ("agreement", b""),
    ] {
        let output = Desk::new(bytes).ask(command);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.contains("starbridge-progress-"), "{said}");
    }
    for command in ["progress", "agreement"] {
        let output = starbridge(&[command, "/nowhere/at/all.json"]);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
        assert_eq!(String::from_utf8(output.stderr).unwrap().lines().count(), 1);
    }
}
