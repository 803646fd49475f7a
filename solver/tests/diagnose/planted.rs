//! Weeks that are known to have a timetable: no argument may say that they have none.

use std::{io::ErrorKind, path::PathBuf, process::Command};

use solver::{diagnose::faults, read};

fn here(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn silent(path: &PathBuf) {
    let problem = read::problem(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(faults(&problem), [], "{}", path.display());
}

#[test]
fn nothing_is_said_against_the_reference_weeks() {
    silent(&here("reference/instances/r60.json"));
    silent(&here("reference/instances/r300.json"));
}

#[test]
fn nothing_is_said_against_fresh_weeks() {
    let to = std::env::temp_dir().join(format!("starbridge-planted-{}", std::process::id()));
    std::fs::create_dir_all(&to).unwrap();
    for (seed, children, teachers, centres) in [
        (1, 30, 10, 1),
        (2, 60, 20, 1),
        (3, 60, 20, 1),
        (4, 60, 20, 2),
        (5, 120, 36, 1),
        (6, 90, 28, 2),
    ] {
        let file = to.join(format!("{seed}.json"));
        let made = Command::new("python3")
            .arg(here("reference/gen.py"))
            .args([
                "--children",
                &format!("{children}"),
                "--teachers",
                &format!("{teachers}"),
            ])
            .args([
                "--centres",
                &format!("{centres}"),
                "--seed",
                &format!("{seed}"),
                "--out",
            ])
            .arg(&file)
            .output();
        match made {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                assert!(std::env::var_os("CI").is_none(), "python3 is needed for fresh weeks");
                return;
            }
            made => assert!(made.unwrap().status.success(), "gen.py, seed {seed}"),
        }
        silent(&file);
    }
    std::fs::remove_dir_all(&to).unwrap();
}
