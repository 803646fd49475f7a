//! Checks of what is written, signed and photographed (MD 13-16, 32, 38).

use super::given::{Given, count, most_of_one, most_often};
use crate::money::share_of;

fn share(part: i64, whole: i64) -> i64 {
    share_of(i128::from(part), i128::from(whole)).unwrap_or(0)
}

/// 13: how often the same drawn signature is there.
pub(super) fn same_stroke(given: &Given) -> i64 {
    most_often(&given.strokes)
}

/// 14: the most signatures in a window of so many seconds; its end is outside.
pub(super) fn signature_burst(given: &Given) -> i64 {
    let mut times = given.seconds.clone();
    times.sort_unstable();
    let mut most = 0;
    let mut end: usize = 0;
    for (start, from) in times.iter().enumerate() {
        while times
            .get(end)
            .is_some_and(|time| *time < from.saturating_add(given.window))
        {
            end += 1;
        }
        most = most.max(end.saturating_sub(start));
    }
    i64::try_from(most).unwrap_or(i64::MAX)
}

/// 15: how many guardians' signatures were made on a device of staff, in basis points.
pub(super) fn guardian_signs_on_staff_device(given: &Given) -> i64 {
    let on_staff = given
        .devices
        .iter()
        .filter(|device| given.staff_devices.contains(device));
    share(count(on_staff), count(&given.devices))
}

/// 16: how many sessions were entered later than so many hours, in basis points.
pub(super) fn late_entry_share(given: &Given) -> i64 {
    let late = given.lag_hours.iter().filter(|lag| **lag > given.hours);
    share(count(late), count(&given.lag_hours))
}

/// 32: how often the same note is there, spaces apart.
pub(super) fn cloned_notes(given: &Given) -> i64 {
    let bare = |note: &String| note.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    most_often(given.notes.iter().map(bare))
}

/// 38: children on one picture.
pub(super) fn photo_twice(given: &Given) -> i64 {
    most_of_one(&given.photos)
}
