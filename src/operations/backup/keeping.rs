//! Which backups stay: those of the last two days, and the last of each of the newest days, weeks and months that have one.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime, TimeDelta, Utc};

use super::archive::{self, Looks};
use crate::{
    operations::files,
    platform::{Result, clock},
};

/// How the names begin.
const PREFIX: &str = "starbridge-";
/// The moment in a name.
const MOMENT: &str = "%Y%m%dT%H%M%SZ";
/// Nothing younger is cleared: after an incident the backup of an hour ago may be the last good one of that day.
const YOUNG: TimeDelta = TimeDelta::days(2);
/// What a run that was killed left is removed after this long.
const LEFT: TimeDelta = TimeDelta::days(1);

/// How many of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// Days.
    pub days: usize,
    /// Weeks.
    pub weeks: usize,
    /// Months.
    pub months: usize,
}

/// The name of a backup taken now.
pub fn name(now: DateTime<Utc>, encrypted: bool) -> String {
    let ending = if encrypted { "zip.age" } else { "zip" };
    format!("{PREFIX}{}.{ending}", now.format(MOMENT))
}

/// When a file of this name was taken; none: it is not one of ours.
fn taken_at(name: &str) -> Option<DateTime<Utc>> {
    let rest = name.strip_prefix(PREFIX)?;
    let moment = rest.strip_suffix(".zip").or_else(|| rest.strip_suffix(".zip.age"))?;
    Some(NaiveDateTime::parse_from_str(moment, MOMENT).ok()?.and_utc())
}

/// One of our files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Where.
    pub file: PathBuf,
    /// When.
    pub taken_at: DateTime<Utc>,
    /// It can be read as a backup. One that is not good is never removed and never counts.
    pub good: bool,
}

/// Our backups in a folder, oldest first.
pub fn list(folder: &Path) -> Result<Vec<Kept>> {
    let mut found = Vec::new();
    for file in names(folder)? {
        let Some(taken_at) = file.file_name().and_then(|n| n.to_str()).and_then(taken_at) else {
            continue;
        };
        let good = match archive::looks(&file) {
            Ok(Looks::Plain) => archive::is_whole(&file),
            Ok(Looks::Encrypted) => true,
            Ok(Looks::Database | Looks::Strange) | Err(_) => false,
        };
        found.push(Kept { file, taken_at, good });
    }
    found.sort_by(|a, b| (a.taken_at, &a.file).cmp(&(b.taken_at, &b.file)));
    Ok(found)
}

fn names(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |e: std::io::Error| files::failed("read", folder, &e);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if fs::symlink_metadata(&path).is_ok_and(|m| m.is_file()) {
            names.push(path);
        }
    }
    Ok(names)
}

/// What clearing a folder did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cleared {
    /// Backups removed.
    pub removed: Vec<PathBuf>,
    /// Ours by name, but not readable as backups: left where they are.
    pub not_good: Vec<PathBuf>,
}

/// Remove the good ones that no rule keeps, and what a killed run left behind.
pub fn clear(folder: &Path, keep: Keep, now: DateTime<Utc>) -> Result<Cleared> {
    let found = list(folder)?;
    let (good, not_good): (Vec<Kept>, Vec<Kept>) = found.into_iter().partition(|k| k.good);
    let times: Vec<DateTime<Utc>> = good.iter().map(|k| k.taken_at).collect();
    let staying = staying(&times, keep, now);
    let mut cleared = Cleared {
        not_good: not_good.into_iter().map(|k| k.file).collect(),
        ..Cleared::default()
    };
    for kept in good.into_iter().filter(|k| !staying.contains(&k.taken_at)) {
        fs::remove_file(&kept.file).map_err(|e| files::failed("remove", &kept.file, &e))?;
        cleared.removed.push(kept.file);
    }
    for file in names(folder)? {
        if is_left_over(&file, now) {
            files::forget(&file);
        }
    }
    Ok(cleared)
}

/// Half a backup of a run that was killed, long ago.
fn is_left_over(file: &Path, now: DateTime<Utc>) -> bool {
    let whole = file.file_name().and_then(|n| n.to_str()).and_then(|name| {
        let (whole, ending) = name.rsplit_once('.')?;
        ["part", "content", "opened", "scratch"]
            .contains(&ending)
            .then_some(whole)
    });
    let taken = whole.and_then(|w| taken_at(w).or_else(|| taken_at(w.strip_suffix(".part")?)));
    taken.is_some_and(|at| at + LEFT < now)
}

/// The moments that stay: what is young, and the newest of each of the newest days, weeks and months.
pub fn staying(times: &[DateTime<Utc>], keep: Keep, now: DateTime<Utc>) -> BTreeSet<DateTime<Utc>> {
    let mut newest_first: Vec<DateTime<Utc>> = times.to_vec();
    newest_first.sort_unstable_by(|a, b| b.cmp(a));
    let mut staying: BTreeSet<DateTime<Utc>> = newest_first.first().copied().into_iter().collect();
    staying.extend(newest_first.iter().copied().filter(|at| *at + YOUNG > now));
    staying.extend(of_each(&newest_first, keep.days, |day| (day.num_days_from_ce(), 0)));
    staying.extend(of_each(&newest_first, keep.weeks, |day| {
        (day.iso_week().year(), day.iso_week().week())
    }));
    staying.extend(of_each(&newest_first, keep.months, |day| (day.year(), day.month())));
    staying
}

fn of_each(newest_first: &[DateTime<Utc>], count: usize, period: fn(NaiveDate) -> (i32, u32)) -> Vec<DateTime<Utc>> {
    let mut kept = Vec::new();
    let mut last = None;
    for at in newest_first {
        let this = period(clock::day_of(*at));
        if last == Some(this) {
            continue;
        }
        if kept.len() == count {
            break;
        }
        last = Some(this);
        kept.push(*at);
    }
    kept
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;
    use proptest::prelude::*;

    use super::*;

    fn at(day: i64, hour: i64) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0).unwrap() + TimeDelta::days(day) + TimeDelta::hours(hour)
    }

    #[test]
    fn a_year_of_nights_leaves_days_weeks_and_months() {
        let keep = Keep {
            days: 35,
            weeks: 8,
            months: 12,
        };
        let nights: Vec<_> = (0..365).map(|day| at(day, 18)).collect();
        let staying = staying(&nights, keep, at(400, 0));
        // 35 days; three more ends of weeks before them; ends of months before those.
        assert!(staying.contains(&at(364, 18)) && staying.contains(&at(330, 18)));
        assert!(!staying.contains(&at(329, 18)), "a Friday 36 days ago");
        assert!((45..=52).contains(&staying.len()), "{}", staying.len());
        // 18:00 UTC is two in the morning of the next day there: the last of March's nights is UTC's 30th.
        assert!(staying.contains(&Utc.with_ymd_and_hms(2026, 3, 30, 18, 0, 0).unwrap()));
    }

    #[test]
    fn several_of_one_day_stay_for_two_days() {
        let keep = Keep {
            days: 35,
            weeks: 8,
            months: 12,
        };
        let times = [at(10, 2), at(10, 9), at(10, 11)];
        assert_eq!(staying(&times, keep, at(10, 11)).len(), 3);
        assert_eq!(
            staying(&times, keep, at(12, 9)),
            [at(10, 11)].into(),
            "young to the minute"
        );
    }

    #[test]
    fn names_tell_the_moment_and_nothing_else_is_ours() {
        let moment = Utc.with_ymd_and_hms(2026, 11, 29, 20, 30, 5).unwrap();
        assert_eq!(name(moment, false), "starbridge-20261129T203005Z.zip");
        assert_eq!(taken_at(&name(moment, false)), Some(moment));
        assert_eq!(taken_at(&name(moment, true)), Some(moment));
        for other in [
            "starbridge-2026.zip",
            "2026-11-23.db",
            "starbridge-20261129T203005Z.zip.part",
            "notes.zip",
        ] {
            assert_eq!(taken_at(other), None, "{other}");
        }
        let left = Path::new("/b/starbridge-20261129T203005Z.zip.part");
        assert!(is_left_over(left, moment + TimeDelta::days(2)));
        assert!(!is_left_over(left, moment), "it may be under way");
        assert!(!is_left_over(Path::new("/b/other.part"), moment + TimeDelta::days(2)));
    }

    #[test]
    fn what_is_not_good_is_left_and_does_not_count() {
        let folder = std::env::temp_dir().join(format!("starbridge-keeping-{}", crate::platform::chance::name()));
        fs::create_dir_all(&folder).unwrap();
        for day in 0..3 {
            let file = folder.join(name(at(day, 0), true));
            fs::write(&file, "age-encryption.org/v1\n").unwrap();
        }
        // The newest is an empty file: a disk was full. Somebody else's file lies beside.
        fs::write(folder.join(name(at(3, 0), false)), "").unwrap();
        fs::write(folder.join("starbridge-of-old.zip"), "x").unwrap();
        let keep = Keep {
            days: 2,
            weeks: 0,
            months: 0,
        };
        let cleared = clear(&folder, keep, at(4, 0)).unwrap();
        assert_eq!(cleared.removed, [folder.join(name(at(0, 0), true))]);
        assert_eq!(cleared.not_good, [folder.join(name(at(3, 0), false))]);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 4);
        fs::remove_dir_all(&folder).unwrap();
    }

    proptest! {
        #[test]
        fn the_newest_stays_and_every_period_has_its_last(
            hours in proptest::collection::btree_set(0_i64..20_000, 1..200),
            days in 1_usize..40, weeks in 0_usize..10, months in 0_usize..14, later in 0_i64..100,
        ) {
            let times: Vec<_> = hours.iter().map(|h| at(0, *h)).collect();
            let keep = Keep { days, weeks, months };
            let now = *times.last().unwrap() + TimeDelta::hours(later);
            let stay = staying(&times, keep, now);
            prop_assert!(stay.contains(times.last().unwrap()));
            let young = times.iter().filter(|at| **at + YOUNG > now).count();
            prop_assert!(stay.len() <= days + weeks + months + 1 + young);
            prop_assert!(times.iter().rev().take(young).all(|at| stay.contains(at)));
            // Clearing again clears nothing: what stays, stays.
            let left: Vec<_> = stay.iter().copied().collect();
            prop_assert_eq!(&staying(&left, keep, now), &stay);
            // The newest days that have a backup all have one.
            let mut with: Vec<_> = times.iter().map(|t| clock::day_of(*t)).collect();
            with.dedup();
            for day in with.iter().rev().take(days) {
                prop_assert!(stay.iter().any(|t| clock::day_of(*t) == *day));
            }
        }
    }
}
