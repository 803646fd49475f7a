//! A disk that is full, broken, slow or cut short at random moments while everybody is at work.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    os::unix::fs::FileExt as _,
    process::Command,
    thread::sleep,
    time::Duration,
};

use rand::{RngExt as _, SeedableRng as _, rngs::SmallRng, seq::IndexedRandom as _};
use starbridge::platform::db::Writing;

use super::{
    ALONE, checks, filled_place,
    people::Team,
    process::{self, Browser, Place, Program, now},
};

/// What the preloaded library can do (`tests/faults/faults.c`).
const FAULTS: [(i32, &str); 6] = [
    (1, "full"),
    (2, "broken write"),
    (3, "broken sync"),
    (4, "short write"),
    (5, "slow"),
    (6, "broken read"),
];
/// Faults between two restarts.
const ROUND: usize = 10;

/// The disk below a place.
struct Disk(File);

impl Disk {
    /// The programs of this place stand on it from now on.
    fn below(place: &mut Place) -> Self {
        let library = place.dir.join("faults.so");
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .arg(&library)
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/faults/faults.c"))
            .arg("-ldl")
            .status()
            .expect("a C compiler, as for the build");
        assert!(built.success());
        let control = place.dir.join("faults.control");
        std::fs::write(&control, [0; 20]).unwrap();
        for (name, value) in [
            ("LD_PRELOAD", library.display().to_string()),
            ("DISK_FAULTS_CONTROL", control.display().to_string()),
            ("DISK_FAULTS_IN", "/starbridge.db".to_owned()),
        ] {
            place.settings.push((name, value));
        }
        Self(OpenOptions::new().read(true).write(true).open(control).unwrap())
    }

    /// After so many operations, so many fail.
    fn arm(&self, fault: i32, countdown: i32, length: i32, pause: i32) {
        let numbers = [countdown, length, pause, 0].map(i32::to_le_bytes).concat();
        self.0.write_all_at(&numbers, 4).unwrap();
        self.0.write_all_at(&fault.to_le_bytes(), 0).unwrap();
    }

    fn mend(&self) {
        self.0.write_all_at(&[0; 4], 0).unwrap();
    }

    fn hits(&self) -> i32 {
        let mut hits = [0; 4];
        self.0.read_exact_at(&mut hits, 16).unwrap();
        i32::from_le_bytes(hits)
    }

    /// One fault at a random moment; which, if anything met it.
    fn fail_once(&self, rng: &mut SmallRng) -> Option<&'static str> {
        let (fault, name) = *FAULTS.choose(rng).unwrap();
        let length = if rng.random_bool(0.5) {
            1
        } else {
            rng.random_range(2..60)
        };
        self.arm(fault, rng.random_range(0..40), length, rng.random_range(20..1200));
        let patience = now() + Duration::from_millis(500);
        while self.hits() < length && now() < patience {
            sleep(Duration::from_millis(2));
        }
        sleep(Duration::from_millis(rng.random_range(0..60)));
        let met = self.hits() > 0;
        self.mend();
        sleep(Duration::from_millis(rng.random_range(0..60)));
        met.then_some(name)
    }
}

/// As soon as the disk is well again the server is ready, and nobody holds the lock of the writers.
async fn can_be_written(place: &Place, program: &Program) {
    let mut probe = Browser::new(&program.address);
    let patience = now() + Duration::from_secs(10);
    loop {
        let ready = probe.get("/health/ready").unwrap();
        if ready.status == 200 {
            break;
        }
        assert!(now() < patience, "not ready: {}\n{}", ready.text, place.last_words());
        sleep(Duration::from_millis(50));
    }
    let outside = place.open().await;
    assert_eq!(outside.writing().await, Writing::Works, "{}", place.last_words());
    outside.close_all().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fails_loses_nothing_that_was_acknowledged() {
    let _alone = ALONE.lock().await;
    if process::postgres().is_some() {
        // Its disk is its own; what the program sees of it are errors, which tests/durability.rs plays.
        return;
    }
    let points = process::number("STARBRIDGE_DRILL_FAULTS", 50);
    let seed = process::number("STARBRIDGE_DRILL_SEED", starbridge::platform::chance::below(1_000_000));
    println!("STARBRIDGE_DRILL_SEED={seed}");
    let mut rng = SmallRng::seed_from_u64(u64::try_from(seed).unwrap());
    let mut place = filled_place().await;
    let disk = Disk::below(&mut place);
    let before = checks::Books::read(&place).await;
    let mut program = place.serve();
    let mut team = Team::sign_in(&place, &program.address).await;
    let mut met: BTreeMap<&str, usize> = BTreeMap::new();
    for _ in 0..points.div_ceil(ROUND) {
        team.work(|_| {
            for name in (0..ROUND).filter_map(|_| disk.fail_once(&mut rng)) {
                *met.entry(name).or_default() += 1;
            }
        });
        can_be_written(&place, &program).await;
        if rng.random_bool(0.5) {
            program.kill();
        } else {
            program.ask_to_stop();
            program.end();
        }
        program = place.serve();
        team.moves_to(&program.address);
    }
    let deeds = team.deeds();
    // Once as others see it while the server runs, once after the next start.
    checks::every_deed_is_in_the_trail_once(&place, &deeds).await;
    program.kill();
    let program = place.serve();
    checks::every_deed_is_in_the_trail_once(&place, &deeds).await;
    before.add_up(&place).await;
    drop(program);
    place.run(&["check"]);
    let all: usize = met.values().sum();
    println!("{all} of {points} faults were met {met:?}: {deeds}");
    assert!(all * 2 > points, "only {all} of {points} faults were met");
    place.remove().await;
}
