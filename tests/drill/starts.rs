//! How a server starts: beside another one, on a damaged file, and what it leaves for others to read.

use std::{
    fs,
    io::{Seek as _, SeekFrom, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    time::Duration,
};

use starbridge::operations::alone;

use super::{
    ALONE,
    process::{self, Place},
};

#[tokio::test(flavor = "multi_thread")]
async fn one_file_has_one_server_and_one_database_takes_two_first_starts_at_once() {
    let _alone = ALONE.lock().await;
    let place = Place::new(process::postgres().as_deref()).await;
    if process::postgres().is_some() {
        let (one, other) = std::thread::scope(|threads| {
            let one = threads.spawn(|| place.serve());
            let other = threads.spawn(|| place.serve());
            (one.join().unwrap(), other.join().unwrap())
        });
        assert_ne!(one.address, other.address);
        place.run(&["check"]);
        drop((one, other));
    } else {
        let first = place.serve();
        let refused = place.refused(&["serve"]);
        let pid = first.pid().to_string();
        assert!(
            refused.contains("another server") && refused.contains(&pid),
            "{refused}"
        );
        // Commands work beside it, and its end makes room, also when it had no time for goodbyes.
        place.run(&["sweep", "--all"]);
        first.kill();
        drop(place.serve());
    }
    place.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_file_is_not_served() {
    let _alone = ALONE.lock().await;
    if process::postgres().is_some() {
        return;
    }
    let place = Place::new(None).await;
    place.run(&["demo", "--children", "30"]);
    let file = place.dir.join("starbridge.db");
    let good = fs::read(&file).unwrap();
    for damage in ["a torn page", "cut short", "not a database"] {
        fs::write(&file, &good).unwrap();
        for ending in ["-wal", "-shm"] {
            let _ = fs::remove_file(place.dir.join(format!("starbridge.db{ending}")));
        }
        let mut target = fs::OpenOptions::new().write(true).open(&file).unwrap();
        match damage {
            "a torn page" => {
                target.seek(SeekFrom::Start(40 * 4096)).unwrap();
                target.write_all(&[0x5a; 16384]).unwrap();
            }
            "cut short" => target
                .set_len(u64::try_from(good.len()).unwrap() / 2 / 4096 * 4096)
                .unwrap(),
            _ => target.write_all(&[0x5a; 100]).unwrap(),
        }
        drop(target);
        let refused = place.refused(&["serve"]);
        assert!(refused.contains("is damaged and is not served"), "{damage}: {refused}");
        // Where the look takes longer than the start may, it is told at its end.
        let told = match alone::refuse_damage(&place.url, Duration::ZERO).await {
            Ok(looking) => looking.unwrap().end().await.unwrap_err(),
            Err(at_once) => at_once,
        };
        let told = told.to_string();
        assert!(told.contains("is damaged and is not served"), "{damage}: {told}");
    }
    place.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_writes_is_for_its_owner_alone() {
    let _alone = ALONE.lock().await;
    let place = Place::new(process::postgres().as_deref()).await;
    place.run(&["demo", "--children", "30"]);
    let open = place.dir.join("starbridge.db");
    if open.exists() {
        // An earlier version left it like this.
        fs::set_permissions(&open, fs::Permissions::from_mode(0o644)).unwrap();
    }
    let program = place.serve();
    place.run(&["sweep", "--all"]);
    drop(program);
    let mut seen = Vec::new();
    walk(&place.dir, &mut seen);
    for (file, mode) in &seen {
        // The log is ours: the service manager's in earnest.
        assert!(file == "log" || mode.trailing_zeros() >= 6, "{file} has mode {mode:o}");
    }
    assert!(seen.iter().any(|(file, _)| file == "keys.json"), "{seen:?}");
    place.remove().await;
}

fn walk(folder: &Path, seen: &mut Vec<(String, u32)>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if path.is_dir() {
            walk(&path, seen);
        } else {
            seen.push((name, fs::metadata(&path).unwrap().permissions().mode() & 0o777));
        }
    }
}
