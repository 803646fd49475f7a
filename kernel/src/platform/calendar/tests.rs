use super::*;
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}
fn shipped() -> Calendar {
    Calendar::new(CalendarYear::shipped().unwrap())
}

proptest! {
    #[test]
    fn working_days_are_those_that_one_counts(start in 0i64..2500, length in -3i64..900) {
        let calendar = shipped();
        let from = day("2022-12-20") + chrono::TimeDelta::days(start);
        let until = from + chrono::TimeDelta::days(length);
        let between: Vec<NaiveDate> = from.iter_days().skip(1).take_while(|day| *day <= until).collect();
        let working = between.iter().filter(|day| calendar.is_working_day(**day).working).count();
        let missing: BTreeSet<i32> = between
            .iter()
            .filter_map(|day| calendar.is_working_day(*day).warning.map(|YearMissing(year)| year))
            .collect();
        let counted = calendar.working_days_between(from, until);
        prop_assert_eq!(counted, (u32::try_from(working).unwrap(), missing.into_iter().collect::<Vec<_>>()));
    }
}

#[test]
fn the_shipped_tables_are_the_published_ones() {
    let tables = CalendarYear::shipped().unwrap();
    let figures: Vec<(i32, usize, usize)> = tables
        .iter()
        .map(|table| {
            let off = table.days.iter().filter(|day| day.is_off_day).count();
            (table.year, off, table.days.len() - off)
        })
        .collect();
    assert_eq!(figures, [(2025, 28, 5), (2026, 33, 6)]);
    for table in &tables {
        assert!(table.source.contains("国办发明电"));
        for adjusted in table.days.iter().filter(|day| !day.is_off_day) {
            assert!(
                adjusted.date.weekday().num_days_from_monday() >= 5,
                "{adjusted:?} is no weekend"
            );
        }
    }
}

#[test]
fn holidays_and_adjusted_weekends() {
    let calendar = shipped();
    for (date, working) in [
        ("2025-01-26", true),
        ("2025-01-27", true),
        ("2025-01-28", false),
        ("2025-02-04", false),
        ("2025-02-08", true),
        ("2025-02-09", false),
        ("2025-10-08", false),
        ("2025-10-11", true),
        ("2026-01-04", true),
        ("2026-02-14", true),
        ("2026-02-16", false),
        ("2026-05-09", true),
        ("2026-06-19", false),
        ("2026-09-20", true),
        ("2026-11-23", true),
        ("2026-11-28", false),
    ] {
        let answer = calendar.is_working_day(day(date));
        assert_eq!((answer.working, answer.warning), (working, None), "{date}");
    }
    assert_eq!(calendar.is_working_day(day("2026-02-14")).holiday, Some("春节"));
    assert_eq!(calendar.is_working_day(day("2026-11-28")).holiday, None);
}

#[test]
fn a_year_without_a_table_warns_and_does_not_guess() {
    let calendar = shipped();
    let answer = calendar.is_working_day(day("2027-02-06"));
    assert_eq!(
        answer,
        Answer {
            working: false,
            holiday: None,
            warning: Some(YearMissing(2027))
        }
    );
    // New Year's Day of an unknown year is not turned into a day off by us.
    assert!(calendar.is_working_day(day("2027-01-01")).working);
    assert_eq!(
        calendar.add_working_days(day("2026-12-31"), 1),
        (day("2027-01-01"), vec![2027])
    );
    assert_eq!(
        calendar.add_working_days(day("2026-12-30"), 1),
        (day("2026-12-31"), vec![])
    );
    assert_eq!(
        calendar.working_days_between(day("2024-12-30"), day("2025-01-02")),
        (2, vec![2024])
    );
    assert_eq!(calendar.source(2027), None);
}

#[test]
fn deadlines_in_working_days() {
    let calendar = shipped();
    for (from, n, due) in [
        ("2026-02-13", 0, "2026-02-13"),
        ("2026-02-13", 1, "2026-02-14"),
        ("2026-02-13", 2, "2026-02-24"),
        ("2026-02-13", 6, "2026-02-28"),
        ("2026-02-13", 7, "2026-03-02"),
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-09-30", 4, "2026-10-12"),
        ("2025-09-30", 7, "2025-10-16"),
        ("2026-02-18", 1, "2026-02-24"),
    ] {
        assert_eq!(
            calendar.add_working_days(day(from), n),
            (day(due), vec![]),
            "{from} + {n}"
        );
    }
}

#[test]
fn tables_of_the_holiday_cn_form_are_read() {
    let json = r#"{"$schema": "x", "year": 2019, "papers": ["http://www.gov.cn/a", "http://www.gov.cn/b"], "days": [
        {"name": "元旦", "date": "2018-12-29", "isOffDay": false},
        {"name": "元旦", "date": "2019-01-01", "isOffDay": true}]}"#;
    let table = CalendarYear::from_holiday_cn(json, "upload").unwrap();
    assert_eq!((table.year, table.days.len()), (2019, 2));
    assert_eq!(table.source, "http://www.gov.cn/a http://www.gov.cn/b");
    // The notice for 2019 also decides about the last Saturday of 2018, whose own table is missing.
    let calendar = Calendar::new([table]);
    assert_eq!(calendar.is_working_day(day("2018-12-29")).warning, None);
    assert!(calendar.is_working_day(day("2018-12-29")).working);
    assert_eq!(
        calendar.is_working_day(day("2018-12-28")).warning,
        Some(YearMissing(2018))
    );

    let days = r#"[{"name": "元旦", "date": "2027-01-01", "isOffDay": true}]"#;
    let table = CalendarYear::from_holiday_cn(days, "upload").unwrap();
    assert_eq!((table.year, table.source.as_str()), (2027, "upload"));
    let again = serde_json::to_string(&table.days).unwrap();
    assert_eq!(CalendarYear::from_holiday_cn(&again, "upload").unwrap(), table);
}

#[test]
fn bad_tables_are_refused() {
    let key = |json: &str| CalendarYear::from_holiday_cn(json, "upload").unwrap_err().key();
    assert_eq!(key(r#"{"year": 2027, "papers": [], "days": []}"#), "calendar.empty");
    assert_eq!(key("[]"), "calendar.empty");
    assert_eq!(key("<html>"), "calendar.format");
    assert_eq!(
        key(r#"[{"name": "元旦", "date": "2027-02-30", "isOffDay": true}]"#),
        "calendar.format"
    );
    assert_eq!(
        key(r#"{"year": 2027, "days": [{"name": "元旦", "date": "2020-01-01", "isOffDay": true}]}"#),
        "calendar.other_year"
    );
    assert_eq!(
        key(r#"[{"name": "a", "date": "2027-01-02", "isOffDay": true},
                {"name": "a", "date": "2027-01-02", "isOffDay": false}]"#),
        "calendar.contradiction"
    );
}

#[test]
fn rows_make_the_same_calendar() {
    let tables = CalendarYear::shipped().unwrap();
    let years = tables.iter().map(|table| calendar_year::Model {
        year: table.year,
        source: table.source.clone(),
    });
    let days = tables
        .iter()
        .flat_map(|table| table.days.clone())
        .map(calendar_day::Model::from);
    let calendar = Calendar::from_rows(years, days);
    assert_eq!(calendar.source(2026), shipped().source(2026));
    for date in day("2024-12-25").iter_days().take(800) {
        assert_eq!(calendar.is_working_day(date), shipped().is_working_day(date));
    }
}

#[test]
fn the_later_notice_has_the_last_word() {
    let table = |year, is_off_day| CalendarYear {
        year,
        source: year.to_string(),
        days: vec![CalendarDay {
            name: "元旦".into(),
            date: day("2027-12-31"),
            is_off_day,
        }],
    };
    for tables in [
        [table(2027, false), table(2028, true)],
        [table(2028, true), table(2027, false)],
    ] {
        assert!(!Calendar::new(tables).is_working_day(day("2027-12-31")).working);
    }
}

proptest! {
    #[test]
    fn adding_and_counting_are_inverse(start in 0_u64..800, n in 0_u16..120) {
        let calendar = shipped();
        let from = day("2024-12-01") + chrono::Days::new(start);
        let (due, missing) = calendar.add_working_days(from, n);
        prop_assert_eq!(calendar.working_days_between(from, due), (u32::from(n), missing));
        prop_assert!(n == 0 || calendar.is_working_day(due).working);
        // One more is always later.
        prop_assert!(calendar.add_working_days(from, n + 1).0 > due);
    }

    #[test]
    fn a_later_start_is_never_due_earlier(start in 0_u64..800, later in 0_u64..30, n in 0_u16..60) {
        let calendar = shipped();
        let from = day("2024-12-01") + chrono::Days::new(start);
        let due = calendar.add_working_days(from, n).0;
        prop_assert!(calendar.add_working_days(from + chrono::Days::new(later), n).0 >= due);
    }
}
