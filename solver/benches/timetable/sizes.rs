//! The weeks that are measured, and what is to be reached on each (release build, this kind of machine).

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Weeks of one size.
pub(crate) struct Size {
    pub name: &'static str,
    children: u32,
    teachers: u32,
    centres: u32,
    pub threads: usize,
    /// Of the generator; the first are those of its authors.
    seeds: &'static [u32],
    /// Seconds until nothing is missing.
    pub feasible: f64,
    /// Seconds, and what the week may cost after a search of so long.
    costs: &'static [(f64, i64)],
    /// Megabytes.
    pub memory: Option<f64>,
    /// A search of fewer seconds is left out.
    least: f64,
}

pub(crate) const SIZES: [Size; 5] = [
    Size {
        name: "r60",
        children: 60,
        teachers: 20,
        centres: 1,
        threads: 1,
        seeds: &[1, 11, 12],
        feasible: 0.05,
        costs: &[(1.0, 1_318), (10.0, 1_150), (60.0, 1_090)],
        memory: None,
        least: 0.0,
    },
    Size {
        name: "r300",
        children: 300,
        teachers: 90,
        centres: 3,
        threads: 1,
        seeds: &[2, 21, 22],
        feasible: 1.0,
        costs: &[(1.0, 7_000), (10.0, 6_300), (60.0, 5_800)],
        memory: None,
        least: 0.0,
    },
    Size {
        name: "r300x",
        children: 300,
        teachers: 90,
        centres: 1,
        threads: 1,
        seeds: &[5, 51, 52],
        feasible: 1.0,
        costs: &[(1.0, 7_000), (10.0, 6_300), (60.0, 5_800)],
        memory: None,
        least: 0.0,
    },
    Size {
        name: "r1000",
        children: 1_000,
        teachers: 300,
        centres: 8,
        threads: 2,
        seeds: &[3, 31],
        feasible: 3.0,
        costs: &[(10.0, 24_500), (60.0, 22_000)],
        memory: Some(100.0),
        least: 5.0,
    },
    Size {
        name: "r5000",
        children: 5_000,
        teachers: 1_500,
        centres: 40,
        threads: 2,
        seeds: &[4, 41],
        feasible: 15.0,
        costs: &[(60.0, 125_000)],
        memory: None,
        least: 30.0,
    },
];

impl Size {
    /// What a search of so many seconds may leave it cost.
    pub(crate) fn cost(&self, seconds: f64) -> Option<i64> {
        let found = self.costs.iter().find(|(s, _)| (s - seconds).abs() < 1e-9);
        found.map(|(_, cost)| *cost)
    }

    /// In words.
    pub(crate) fn describe(&self) -> String {
        let Self { children, teachers, .. } = self;
        let centres = match self.centres {
            1 => "one centre".to_owned(),
            n => format!("{n} centres"),
        };
        let threads = if self.threads > 1 {
            format!(", {} threads", self.threads)
        } else {
            String::new()
        };
        format!("{children} children, {teachers} teachers, {centres}{threads}")
    }
}

/// What is to be measured, by the environment.
pub(crate) struct Settings {
    sizes: Option<Vec<String>>,
    pub seconds: Vec<f64>,
    seeds: Option<usize>,
    pub events: u32,
    pub peers: bool,
}

impl Settings {
    pub(crate) fn read() -> Self {
        let list = |name: &str| {
            let text = std::env::var(name).ok().filter(|text| !text.trim().is_empty())?;
            Some(text.split(',').map(|word| word.trim().to_owned()).collect::<Vec<_>>())
        };
        let number = |name: &str| Some(list(name)?.first()?.parse().expect("a number"));
        let seconds = list("STARBRIDGE_BENCH_SECONDS")
            .map(|words| words.iter().map(|word| word.parse().expect("seconds")).collect());
        Self {
            sizes: list("STARBRIDGE_BENCH_SIZES"),
            seconds: seconds.unwrap_or_else(|| vec![1.0, 10.0, 60.0]),
            seeds: number("STARBRIDGE_BENCH_SEEDS"),
            events: number("STARBRIDGE_BENCH_EVENTS").unwrap_or(100) as u32,
            peers: number("STARBRIDGE_BENCH_PEERS") != Some(0),
        }
    }

    pub(crate) fn wants(&self, size: &Size) -> bool {
        let named = |sizes: &Vec<String>| sizes.iter().any(|name| name == size.name);
        self.sizes.as_ref().is_none_or(named)
    }

    /// The lengths of the searches on a size.
    pub(crate) fn seconds_of(&self, size: &Size) -> Vec<f64> {
        self.seconds.iter().copied().filter(|s| *s >= size.least).collect()
    }

    /// The longest of all.
    pub(crate) fn longest(&self) -> f64 {
        self.seconds.iter().copied().fold(0.0, f64::max)
    }

    /// The weeks of a size, by the seeds of the generator; beyond those that the size names, fresh ones.
    pub(crate) fn seeds(&self, size: &Size) -> Vec<u32> {
        let fresh = (0..).map(|i| size.seeds.iter().max().unwrap_or(&0) + 1_000 + i);
        let all = size.seeds.iter().copied().chain(fresh);
        all.take(self.seeds.unwrap_or(size.seeds.len())).collect()
    }
}

/// Where the weeks and what was made of them are kept.
pub(crate) fn place() -> PathBuf {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("timetables");
    std::fs::create_dir_all(&place).expect("a place for the weeks");
    place
}

/// A file of the crate's definition.
pub(crate) fn reference(name: &str) -> String {
    format!("{}/reference/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// The file of a week, made when it is not there.
pub(crate) fn week(size: &Size, seed: u32) -> String {
    let path = place().join(format!("{}-{seed}.json", size.name));
    let text = path.display().to_string();
    if !path.exists() {
        eprintln!("making {text}");
        let (children, teachers) = (size.children.to_string(), size.teachers.to_string());
        let (centres, seed) = (size.centres.to_string(), seed.to_string());
        // Made in another place: a generator that was stopped leaves no half week.
        let making = place().join("making");
        std::fs::create_dir_all(&making).expect("a place to make it");
        let made = making.join(path.file_name().unwrap_or_default()).display().to_string();
        python(
            &reference("gen.py"),
            &[
                "--children",
                &children,
                "--teachers",
                &teachers,
                "--centres",
                &centres,
                "--seed",
                &seed,
                "--out",
                &made,
            ],
        );
        std::fs::rename(&made, &path).expect("the week is moved to its name");
    }
    text
}

/// Where the timetable of a search is left.
pub(crate) fn timetable(size: &Size, seed: u32, seconds: f64) -> String {
    let path = place().join(format!("{}-{seed}.{seconds}s.json", size.name));
    path.display().to_string()
}

/// Run a script of the definition.
pub(crate) fn python(script: &str, arguments: &[&str]) {
    let done = Command::new("python3").arg(script).args(arguments).output();
    let done = done.expect("python3, which makes the weeks");
    assert!(
        done.status.success(),
        "{script}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
}
