use chrono::Days;
use proptest::prelude::*;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}
fn weeks(weeks: u8) -> Option<GestationalWeeks> {
    GestationalWeeks::new(weeks).ok()
}
fn term_child(born: &str) -> Vec<PlannedCheck> {
    plan(day(born), None, &CheckAgeRules::default())
}
fn day_after(day: NaiveDate) -> NaiveDate {
    day.succ_opt().unwrap()
}
fn row(check: &PlannedCheck) -> String {
    format!(
        "{} {} [{} {}] {} {}",
        check.age_months, check.opens_on, check.on_time_from, check.on_time_until, check.closes_on, check.due_on
    )
}

#[test]
fn the_eleven_ages_of_the_norm() {
    let rules = CheckAgeRules::default();
    rules.check().unwrap();
    let ages: Vec<u8> = rules.ages.iter().map(|age| age.months).collect();
    assert_eq!(ages, [3, 6, 8, 12, 18, 24, 30, 36, 48, 60, 72]);
}

#[test]
fn the_plan_of_a_child_born_at_term() {
    let rows: Vec<String> = term_child("2023-03-10").iter().map(row).collect();
    assert_eq!(
        rows,
        [
            "3 2023-04-25 [2023-05-10 2023-07-10] 2023-07-24 2023-06-10",
            "6 2023-07-25 [2023-08-10 2023-10-10] 2023-10-10 2023-09-10",
            "8 2023-10-11 [2023-10-11 2023-12-10] 2024-01-09 2023-11-10",
            "12 2024-01-10 [2024-02-10 2024-04-10] 2024-06-09 2024-03-10",
            "18 2024-06-10 [2024-08-10 2024-10-10] 2024-12-09 2024-09-10",
            "24 2024-12-10 [2025-02-10 2025-04-10] 2025-06-09 2025-03-10",
            "30 2025-06-10 [2025-08-10 2025-10-10] 2025-12-09 2025-09-10",
            "36 2025-12-10 [2026-02-10 2026-04-10] 2026-09-09 2026-03-10",
            "48 2026-09-10 [2026-12-10 2027-06-10] 2027-09-09 2027-03-10",
            "60 2027-09-10 [2027-12-10 2028-06-10] 2028-09-09 2028-03-10",
            "72 2028-09-10 [2028-12-10 2029-06-10] 2030-03-09 2029-03-10",
        ]
    );
}

#[test]
fn a_child_of_the_29th_of_february() {
    let plan = term_child("2020-02-29");
    let due: Vec<String> = plan.iter().map(|check| check.due_on.to_string()).collect();
    assert_eq!(due[3..6], ["2021-02-28", "2021-08-29", "2022-02-28"]);
    assert_eq!(plan[8].due_on, day("2024-02-29"));
    // The seventh birthday is 28 February 2027; the day before is the last one of the programme.
    assert_eq!(plan[10].closes_on, day("2027-02-27"));
}

#[test]
fn preterm_children_are_checked_by_their_corrected_age_for_two_years() {
    let birth = day("2023-01-01");
    let checks = plan(birth, weeks(32), &CheckAgeRules::default());
    // Eight weeks early: full term was 26 February.
    let due: Vec<(u8, String, bool)> = checks
        .iter()
        .map(|check| (check.age_months, check.due_on.to_string(), check.corrected))
        .collect();
    assert_eq!(due[0], (3, "2023-05-26".to_owned(), true));
    assert_eq!(due[4], (18, "2024-08-26".to_owned(), true));
    assert_eq!(due[5], (24, "2025-01-01".to_owned(), false));
    assert_eq!(due[10], (72, "2029-01-01".to_owned(), false));
    assert_eq!(checks.last().unwrap().closes_on, day("2029-12-31"));
    let term = plan(birth, weeks(37), &CheckAgeRules::default());
    assert_eq!(term, plan(birth, None, &CheckAgeRules::default()));
}

#[test]
fn a_window_may_begin_by_the_corrected_age_and_end_by_the_birth_date() {
    let rules = CheckAgeRules::default();
    // Twelve weeks early: full term was 26 March 2023; 21 corrected months are reached on 26 December 2024.
    let checks = plan(day("2023-01-01"), weeks(28), &rules);
    let (eighteen, twenty_four) = (&checks[4], &checks[5]);
    assert!(eighteen.corrected && !twenty_four.corrected);
    assert_eq!(
        [eighteen, twenty_four].map(row),
        [
            "18 2024-06-26 [2024-08-26 2024-10-26] 2024-12-25 2024-09-26",
            "24 2024-12-26 [2024-12-26 2025-02-01] 2025-03-31 2025-01-01",
        ]
    );
    // Sixteen weeks early: 21 corrected months would come after the second birthday, on which the correction ends.
    let checks = plan(day("2023-01-01"), weeks(24), &rules);
    assert_eq!(
        (checks[4].closes_on, checks[5].opens_on),
        (day("2025-01-01"), day("2025-01-02"))
    );
    // Counted by the corrected age, the limit comes later, and the check at 24 months with it.
    let mut rules = rules;
    rules.preterm.limit_by = entities::words::AgeUsed::Corrected;
    let checks = plan(day("2023-01-01"), weeks(28), &rules);
    assert!(checks[5].corrected);
    assert_eq!(checks[5].due_on, day("2025-03-26"));
}

#[test]
fn a_window_that_the_age_passes_over_is_none() {
    let mut rules = CheckAgeRules::default();
    rules.preterm.until_months = 5;
    // Twenty weeks early: on the day after five months the age in use goes from 0 to 5 months.
    let ages: Vec<u8> = plan(day("2023-01-01"), weeks(20), &rules)
        .iter()
        .map(|check| check.age_months)
        .collect();
    assert_eq!(ages, [6, 8, 12, 18, 24, 30, 36, 48, 60, 72]);
}

#[test]
fn every_day_of_a_visit_has_one_column() {
    let plan = term_child("2023-03-10");
    let column = |date: &str| column_for(&plan, day(date)).map(|check| check.age_months);
    assert_eq!(column("2023-04-24"), None);
    assert_eq!(column("2023-04-25"), Some(3));
    assert_eq!(column("2024-12-09"), Some(18));
    assert_eq!(column("2024-12-10"), Some(24));
    assert_eq!(column("2030-03-09"), Some(72));
    assert_eq!(column("2030-03-10"), None);
}

#[test]
fn the_column_of_a_chosen_age() {
    let rules = CheckAgeRules::default();
    let column = |months, days| rules.column_for_age(Age { months, days });
    assert_eq!(column(1, 14), None);
    assert_eq!(column(1, 15), Some(3));
    assert_eq!(column(7, 0), Some(6));
    assert_eq!(column(7, 1), Some(8));
    assert_eq!(column(83, 30), Some(72));
    assert_eq!(column(84, 0), None);
}

#[test]
fn early_on_time_caught_up_and_entered_late() {
    let check = term_child("2023-03-10")[4];
    let class = |on: &str| timing(&check, day(on), day(on)).class;
    assert_eq!(class("2024-06-09"), TimingClass::BeforeWindow);
    assert_eq!(class("2024-06-10"), TimingClass::Early);
    assert_eq!(class("2024-08-09"), TimingClass::Early);
    assert_eq!(class("2024-08-10"), TimingClass::OnTime);
    assert_eq!(class("2024-10-10"), TimingClass::OnTime);
    assert_eq!(class("2024-10-11"), TimingClass::CatchUp);
    assert_eq!(class("2024-12-09"), TimingClass::CatchUp);
    assert_eq!(class("2024-12-10"), TimingClass::AfterWindow);

    let late = |done: &str, entered: &str| timing(&check, day(done), day(entered));
    let on_time = TimingClass::OnTime;
    assert_eq!(
        late("2024-09-10", "2024-12-09"),
        Timing {
            class: on_time,
            entered_late: false
        }
    );
    assert_eq!(
        late("2024-09-10", "2025-05-01"),
        Timing {
            class: on_time,
            entered_late: true
        }
    );
    assert!(!late("2024-12-10", "2025-05-01").entered_late);
}

#[test]
fn the_state_of_a_check_that_was_not_done() {
    let check = term_child("2023-03-10")[4];
    let states = [
        "2024-06-09",
        "2024-06-10",
        "2024-10-10",
        "2024-10-11",
        "2024-12-09",
        "2024-12-10",
    ]
    .map(|today| check.state_on(day(today)));
    assert_eq!(
        states,
        [
            WindowState::Upcoming,
            WindowState::Open,
            WindowState::Open,
            WindowState::CatchUp,
            WindowState::CatchUp,
            WindowState::Closed
        ]
    );
}

#[test]
fn a_child_who_comes_or_goes_is_asked_for_what_fell_into_its_stay() {
    let plan = term_child("2023-03-10");
    let ages = |from: Option<&str>, until: Option<&str>| -> Vec<u8> {
        while_resident(&plan, from.map(day), until.map(day))
            .map(|check| check.age_months)
            .collect()
    };
    assert_eq!(ages(None, None).len(), 11);
    assert_eq!(ages(Some("2024-12-09"), Some("2025-06-09")), [18, 24]);
    assert_eq!(ages(Some("2024-12-10"), Some("2025-06-10")), [24, 30]);
    assert_eq!(ages(None, Some("2023-04-24")), [0_u8; 0]);
    assert_eq!(ages(Some("2030-03-10"), None), [0_u8; 0]);
}

#[test]
fn rules_are_json_in_a_row() {
    let rules = CheckAgeRules::default();
    let json = serde_json::to_string(&rules).unwrap();
    assert_eq!(CheckAgeRules::from_json(&json).unwrap(), rules);
    let by_hand = r#"{"version": "local", "source": "trial", "ends_at_months": 48,
        "preterm": {"preterm_below_weeks": 37, "term_weeks": 40, "until_months": 0},
        "ages": [{"months": 18, "opens": {"months": 17}, "on_time": {"months": 0, "days": 14}},
                 {"months": 24, "opens": {"months": 22, "days": 10}, "on_time": {"months": 1}}]}"#;
    let rules = CheckAgeRules::from_json(by_hand).unwrap();
    let rows: Vec<String> = plan(day("2023-01-01"), weeks(30), &rules).iter().map(row).collect();
    assert_eq!(
        rows,
        [
            "18 2024-06-01 [2024-06-17 2024-07-15] 2024-11-10 2024-07-01",
            "24 2024-11-11 [2024-12-01 2025-02-01] 2026-12-31 2025-01-01",
        ]
    );
}

#[test]
fn rules_that_contradict_themselves_are_refused() {
    let refused = |change: fn(&mut CheckAgeRules)| {
        let mut rules = CheckAgeRules::default();
        change(&mut rules);
        let json = serde_json::to_string(&rules).unwrap();
        CheckAgeRules::from_json(&json).unwrap_err().to_string()
    };
    assert_eq!(refused(|rules| rules.ages.clear()), "check_ages.empty");
    assert_eq!(refused(|rules| rules.ages.swap(1, 2)), "check_ages.window: 6");
    assert_eq!(refused(|rules| rules.ages[2].opens.days = 0), "check_ages.window: 8");
    assert_eq!(refused(|rules| rules.ages[2].opens.months = 9), "check_ages.window: 8");
    assert_eq!(refused(|rules| rules.ages[0].opens.days = 28), "check_ages.days: 28");
    assert_eq!(refused(|rules| rules.ends_at_months = 75), "check_ages.end");
    assert_eq!(refused(|rules| rules.preterm.term_weeks = 30), "check_ages.term");
    assert!(
        CheckAgeRules::from_json("{}")
            .unwrap_err()
            .to_string()
            .starts_with("check_ages.format: ")
    );
}

fn any_birth() -> impl Strategy<Value = NaiveDate> {
    (0_u64..12_000).prop_map(|days| day("2005-01-01") + Days::new(days))
}
fn any_weeks() -> impl Strategy<Value = Option<GestationalWeeks>> {
    prop_oneof![
        Just(None),
        (20_u8..=44).prop_map(|weeks| GestationalWeeks::new(weeks).ok())
    ]
}
/// Correction may end at any age, also where check ages lie close together.
fn any_rules() -> impl Strategy<Value = CheckAgeRules> {
    (0_u32..60, any::<bool>()).prop_map(|(until_months, by_corrected)| {
        let mut rules = CheckAgeRules::default();
        rules.preterm.until_months = until_months;
        if by_corrected {
            rules.preterm.limit_by = entities::words::AgeUsed::Corrected;
        }
        rules
    })
}

proptest! {
    #[test]
    fn windows_never_overlap_nor_leave_a_gap(birth in any_birth(), weeks in any_weeks(), rules in any_rules()) {
        let checks = plan(birth, weeks, &rules);
        prop_assert!(rules.preterm.until_months < 15 || checks.len() == 11);
        for pair in checks.windows(2) {
            prop_assert_eq!(day_after(pair[0].closes_on), pair[1].opens_on);
            prop_assert!(pair[0].due_on < pair[1].due_on && pair[0].age_months < pair[1].age_months);
            prop_assert!(pair[0].corrected || !pair[1].corrected);
        }
        for check in &checks {
            prop_assert!(birth < check.opens_on && check.opens_on <= check.on_time_from);
            prop_assert!(check.on_time_from <= check.due_on && check.due_on <= check.on_time_until);
            prop_assert!(check.on_time_until <= check.closes_on);
        }
        prop_assert_eq!(day_after(checks.last().unwrap().closes_on), add_months(birth, 84));
        prop_assert_eq!(plan(birth, weeks, &rules), checks);
    }

    #[test]
    fn exactly_one_column_on_every_day(birth in any_birth(), weeks in any_weeks(), at in 0_u64..2_700) {
        let checks = plan(birth, weeks, &CheckAgeRules::default());
        let on = birth + Days::new(at);
        let holding = checks.iter().filter(|check| check.holds(on)).count();
        let inside = on >= checks[0].opens_on && on < add_months(birth, 84);
        prop_assert_eq!(holding, usize::from(inside));
        prop_assert_eq!(column_for(&checks, on).is_some(), inside);
    }

    #[test]
    fn age_and_day_give_the_same_column(
        birth in any_birth(), weeks in any_weeks(), rules in any_rules(), at in 0_u64..2_700,
    ) {
        let on = birth + Days::new(at);
        let by_day = column_for(&plan(birth, weeks, &rules), on).map(|check| check.age_months);
        prop_assert_eq!(by_day, rules.column_on(birth, weeks, on));
    }

    #[test]
    fn a_check_done_in_its_column_is_never_outside_its_window(
        birth in any_birth(), weeks in any_weeks(), at in 60_u64..2_500, entered in 0_u64..900,
    ) {
        let checks = plan(birth, weeks, &CheckAgeRules::default());
        let on = birth + Days::new(at);
        if let Some(check) = column_for(&checks, on) {
            let timing = timing(check, on, on + Days::new(entered));
            prop_assert!(!matches!(timing.class, TimingClass::BeforeWindow | TimingClass::AfterWindow));
            prop_assert_eq!(timing.entered_late, on + Days::new(entered) > check.closes_on);
        }
    }
}
