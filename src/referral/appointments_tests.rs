use chrono::TimeZone as _;
use chrono_tz::Asia::Shanghai;
use entities::words::Language;

use super::*;
use crate::platform::calendar::CalendarYear;

/// A hospital that sees as many as others of its kind, and one that sees more.
const PLACE: OrganisationId = OrganisationId(1);
const BIG: OrganisationId = OrganisationId(2);

fn hours() -> Hours {
    Hours {
        opens: "07:30".into(),
        closes: "18:00".into(),
        rescreen_per_hour: 4,
        diagnosis_per_hour: 0,
        intake_per_hour: 1,
        places: vec![OfPlace {
            organisation: BIG,
            per_hour: 9,
        }],
    }
}

/// A moment on the users' clocks.
fn at(text: &str) -> DateTime<Utc> {
    let local = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
    Shanghai.from_local_datetime(&local).unwrap().with_timezone(&Utc)
}

fn found(when: &str, due: &str, kind: ReferralKind, taken: u64) -> Vec<Doubt> {
    let calendar = Calendar::new(CalendarYear::shipped().unwrap());
    let most = hours().most(kind, PLACE);
    doubts(
        at(when),
        due.parse().unwrap(),
        &calendar,
        &hours(),
        Room { taken, most },
    )
}

fn codes(when: &str, due: &str, kind: ReferralKind, taken: u64) -> Vec<&'static str> {
    found(when, due, kind, taken).iter().map(Doubt::code).collect()
}

#[test]
fn every_kind_of_doubt_has_its_borders() {
    use ReferralKind::{Diagnosis, Intake, Rescreen};
    let none: &[&str] = &[];
    for (when, due, kind, taken, doubts) in [
        // A Friday within everything.
        ("2026-12-04 09:30", "2026-12-04", Rescreen, 3, none),
        // After the due day.
        ("2026-12-07 09:30", "2026-12-04", Rescreen, 0, &["late"]),
        ("2026-12-04 09:30", "2026-12-03", Rescreen, 0, &["late"]),
        // Days off: a Saturday, a Sunday, a holiday in the week; and a Saturday that is worked.
        ("2026-12-05 09:30", "2026-12-31", Rescreen, 0, &["day_off"]),
        ("2026-12-06 09:30", "2026-12-31", Rescreen, 0, &["day_off"]),
        ("2026-10-01 09:30", "2026-12-31", Rescreen, 0, &["day_off"]),
        ("2026-02-14 09:30", "2026-12-31", Rescreen, 0, none),
        // Off by law in a year whose table nobody has yet; a day beside it is not guessed.
        ("2031-01-01 09:30", "2031-12-31", Rescreen, 0, &["day_off"]),
        ("2031-05-01 09:30", "2031-12-31", Rescreen, 0, &["day_off"]),
        ("2031-10-03 09:30", "2031-12-31", Rescreen, 0, &["day_off"]),
        ("2031-01-02 09:30", "2031-12-31", Rescreen, 0, none),
        // Night.
        ("2026-12-04 07:29", "2026-12-31", Rescreen, 0, &["closed"]),
        ("2026-12-04 07:30", "2026-12-31", Rescreen, 0, none),
        ("2026-12-04 17:59", "2026-12-31", Rescreen, 0, none),
        ("2026-12-04 18:00", "2026-12-31", Rescreen, 0, &["closed"]),
        ("2026-12-04 02:00", "2026-12-31", Rescreen, 0, &["closed"]),
        // A full hour; no limit where nobody set one.
        ("2026-12-04 09:30", "2026-12-31", Rescreen, 4, &["full"]),
        ("2026-12-04 09:30", "2026-12-31", Diagnosis, 900, none),
        ("2026-12-04 09:30", "2026-12-31", Intake, 1, &["full"]),
        // Everything at once.
        (
            "2026-12-06 23:00",
            "2026-12-04",
            Intake,
            2,
            &["late", "day_off", "closed", "full"],
        ),
    ] {
        assert_eq!(
            codes(when, due, kind, taken),
            doubts,
            "{when}, due {due}, {kind:?}, {taken}"
        );
    }
}

#[test]
fn doubts_name_their_figures() {
    let late = |when: &str| found(when, "2026-12-04", ReferralKind::Rescreen, 0).remove(0);
    let day = |text: &str| crate::platform::day::parse(text).unwrap();
    assert_eq!(
        late("2026-12-08 09:00"),
        Doubt::Late {
            due_on: day("2026-12-04"),
            days: 4,
            working_days: 2
        }
    );
    // The days after a Friday are no working days late, and late all the same.
    assert_eq!(late("2026-12-06 09:00").say().key(), "appointment.late.days");
    let off = found("2026-10-01 09:00", "2026-12-31", ReferralKind::Rescreen, 0).remove(0);
    assert!(matches!(off, Doubt::DayOff { holiday: Some(_), .. }), "{off:?}");
    let full = found("2026-12-04 09:45", "2026-12-31", ReferralKind::Rescreen, 5).remove(0);
    let hour = NaiveTime::from_hms_opt(9, 0, 0).unwrap();
    assert_eq!(
        full,
        Doubt::Full {
            hour,
            taken: 5,
            most: 4
        }
    );
    // Every sentence has the figures of its doubt.
    for doubt in found("2026-12-06 23:15", "2026-12-04", ReferralKind::Intake, 2) {
        let text = doubt.say().in_words(Language::Chinese);
        assert!(!text.contains("%{"), "{text}");
    }
}

#[test]
fn who_says_yes_says_it_to_what_was_asked() {
    let two = found("2026-12-06 09:00", "2026-12-04", ReferralKind::Rescreen, 0);
    let anyway = Anyway {
        asked: asked("2026-12-06T09:00", &asks(&two)),
        why: "家长只有周日有空".into(),
    };
    assert_eq!(anyway.asked, "2026-12-06T09:00 late day_off");
    assert!(anyway.covers(&two) && anyway.covers(&[]));
    let more = found("2026-12-06 22:00", "2026-12-04", ReferralKind::Rescreen, 0);
    assert!(!anyway.covers(&more), "nobody asked about the night");
}

#[test]
fn hours_that_cannot_be_read_close_nobody_out() {
    for (opens, closes, readable) in [
        ("07:30", "18:00", true),
        (" 8:00", "17:00 ", true),
        ("18:00", "07:30", false),
        ("08:00", "08:00", false),
        ("early", "late", false),
    ] {
        let hours = Hours {
            opens: opens.into(),
            closes: closes.into(),
            ..hours()
        };
        assert_eq!(hours.times().is_some(), readable, "{opens} {closes}");
    }
}

#[test]
fn an_organisation_goes_before_its_kind() {
    use ReferralKind::{Diagnosis, Intake, Rescreen};
    for (kind, at, most) in [
        (Rescreen, PLACE, Some(4)),
        (Rescreen, BIG, Some(9)),
        (Diagnosis, PLACE, None),
        (Diagnosis, BIG, Some(9)),
        (Intake, PLACE, Some(1)),
    ] {
        assert_eq!(hours().most(kind, at), most, "{kind:?} at {at:?}");
    }
    let nobody_set = OfPlace {
        organisation: PLACE,
        per_hour: 0,
    };
    let hours = Hours {
        places: vec![nobody_set],
        ..hours()
    };
    assert_eq!(hours.most(Rescreen, PLACE), None);
    assert!(hours.check().is_ok());
    let twice = Hours {
        places: vec![nobody_set, nobody_set],
        ..hours
    };
    assert_eq!(twice.check().unwrap_err().0, "place");
}
