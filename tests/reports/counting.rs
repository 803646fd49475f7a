//! Numbers worked out by hand, and by chance.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entities::{
    ChildId, ScreenId,
    words::{ScreenOutcome, Sex},
};
use sea_orm::ActiveValue::Set;
use starbridge::reports::screening::{
    children::{self, Cell},
    columns,
    figures::{self, Figures},
    indicators,
    request::{By, Mode, Span},
};

use super::{
    LUOTUO, ZHUANGSHI, asked, day, report,
    rows::{Rows, october},
};
use crate::support::{dice::Dice, opening_time, story};

#[track_caller]
fn expect(figures: &Figures, span: Span, numbers: &[(&str, [i64; 3])]) {
    for (indicator, [total, zhuangshi, luotuo]) in numbers {
        let found = [None, Some(ZHUANGSHI), Some(LUOTUO)].map(|row| figures.count(span, indicator, row));
        assert_eq!(found, [*total, *zhuangshi, *luotuo], "{indicator}");
    }
}

#[tokio::test]
async fn a_month_is_counted_as_by_hand() {
    story(|app| async move {
        october(&Rows::new(&app).await).await;
        let figures = report(&app, "2026-10", Mode::Period).await;
        expect(
            &figures,
            Span::Period,
            &[
                // Not the absorbed file, the child that died, nor the one that turned seven on the 31st.
                ("residents", [11, 7, 4]),
                // The moved child's check was due before it moved; the survivor's counts once.
                ("due", [5, 5, 0]),
                ("visits", [8, 8, 0]),
                ("late_entries", [1, 1, 0]),
                ("screened", [6, 6, 0]),
                ("screened_male", [1, 1, 0]),
                ("screened_female", [5, 5, 0]),
                ("positive", [2, 2, 0]),
                ("referred", [2, 2, 0]),
                ("rescreened", [1, 0, 1]),
                ("rescreen_abnormal", [1, 0, 1]),
                ("diagnosed", [1, 0, 1]),
                ("autism", [1, 0, 1]),
                ("autism_male", [1, 0, 1]),
                ("autism_female", [0, 0, 0]),
                ("refused", [1, 1, 0]),
                ("lost", [1, 1, 0]),
                ("overdue_rescreen", [1, 1, 0]),
                ("overdue_diagnosis", [0, 0, 0]),
            ],
        );
        expect(
            &figures,
            Span::YearToDate,
            &[
                ("residents", [11, 7, 4]),
                ("due", [6, 6, 0]),
                ("screened", [9, 6, 3]),
                ("positive", [5, 2, 3]),
                ("rescreened", [3, 0, 3]),
                ("autism", [1, 0, 1]),
            ],
        );
    })
    .await;
}

#[tokio::test]
async fn a_period_may_exceed_and_a_cohort_may_not() {
    story(|app| async move {
        october(&Rows::new(&app).await).await;
        let september = report(&app, "2026-09", Mode::Period).await;
        expect(
            &september,
            Span::Period,
            &[("positive", [1, 0, 1]), ("rescreened", [2, 0, 2])],
        );
        for month in ["2026-08", "2026-09", "2026-10", "2026"] {
            for (by, mode) in By::ALL
                .iter()
                .flat_map(|by| [(by, Mode::Cohort), (by, Mode::default())])
            {
                let cohort = figures::count(&*app.app.db, &asked(month, mode, *by)).await.unwrap();
                let keys = cohort.rows.iter().map(|row| Some(row.key.as_str())).chain([None]);
                for row in keys {
                    for column in columns::columns() {
                        if let columns::Column::Share(rate) = column {
                            let top = cohort.count(Span::Period, rate.numerator(mode), row);
                            let of = cohort.count(Span::Period, rate.denominator(mode), row);
                            // Detection relates a followed cohort to everybody screened.
                            assert!(
                                top <= of || rate.per == 1000,
                                "{month} {by:?} {row:?} {} {top}/{of}",
                                rate.key
                            );
                        }
                    }
                }
            }
        }
        // What is asked for without a choice counts what happened, and takes rates of those who were followed.
        assert_eq!(Mode::default(), Mode::Both);
        let (both, period) = (
            report(&app, "2026-09", Mode::Both).await,
            report(&app, "2026-09", Mode::Period).await,
        );
        for (span, counts) in &period.spans {
            for column in columns::columns() {
                if let columns::Column::Count(key) = column {
                    assert_eq!(both.spans[span].get(*key), counts.get(*key), "{key}");
                }
            }
        }
        let year = report(&app, "2026", Mode::Cohort).await;
        expect(
            &year,
            Span::Period,
            &[
                ("positive", [5, 2, 3]),
                ("rescreened", [3, 0, 3]),
                ("rescreen_abnormal", [1, 0, 1]),
                ("diagnosed", [1, 0, 1]),
                ("autism", [1, 0, 1]),
            ],
        );
    })
    .await;
}

#[tokio::test]
async fn every_number_is_the_length_of_its_list_and_the_rows_add_up() {
    story(|app| async move {
        october(&Rows::new(&app).await).await;
        let db = &*app.app.db;
        for mode in Mode::ALL {
            for by in By::ALL {
                let request = asked("2026-10", *mode, *by);
                let figures = figures::count(db, &request).await.unwrap();
                for span in request.spans() {
                    let lists = figures::lists(db, &request, *span).await.unwrap();
                    assert_eq!(figures::sizes(&lists), figures.spans[span], "{mode:?} {by:?} {span:?}");
                    for indicator in indicators::all().filter(|i| figures.spans[span].contains_key(i.key)) {
                        let rows = figures.rows.iter().map(|row| Some(row.key.as_str()));
                        let mut sum = 0;
                        for row in rows.chain([None]) {
                            let cell = Cell {
                                request: &request,
                                span: *span,
                                indicator,
                                row,
                            };
                            let listed = i64::try_from(children::total(db, cell).await.unwrap()).unwrap();
                            assert_eq!(
                                listed,
                                figures.count(*span, indicator.key, row),
                                "{} {row:?}",
                                indicator.key
                            );
                            if row.is_some() {
                                sum += listed;
                            } else {
                                assert_eq!(sum, listed, "{} {by:?}: the rows do not add up", indicator.key);
                            }
                        }
                    }
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn later_moves_change_no_past_report() {
    story(|app| async move {
        let rows = Rows::new(&app).await;
        let named = october(&rows).await;
        let before = report(&app, "2026-09", Mode::Period).await;
        rows.moves(named["diagnosed"], ZHUANGSHI, "2026-10-28").await;
        rows.moves(named["plain"], "330206001", "2026-11-01").await;
        assert_eq!(report(&app, "2026-09", Mode::Period).await, before);
        let october = report(&app, "2026-10", Mode::Period).await;
        // Counted where the child lived when it was seen, and as a resident where it lived at the end.
        expect(
            &october,
            Span::Period,
            &[("rescreened", [1, 0, 1]), ("residents", [11, 8, 3])],
        );
    })
    .await;
}

/// Small numbers that look random and are the same every time.
/// Whatever was recorded in whatever order, the rows add up, and the report agrees with a count written down without
/// any database.
#[tokio::test]
async fn random_districts_add_up() {
    for seed in 1..=3 {
        story(|app| async move {
            let rows = Rows::new(&app).await;
            let mut dice = Dice(seed);
            let mut screened: BTreeMap<ChildId, (NaiveDate, ScreenId, &str, bool)> = BTreeMap::new();
            let mut visits: BTreeMap<&str, i64> = BTreeMap::new();
            for _ in 0..30 {
                let home = dice.pick(&[ZHUANGSHI, LUOTUO]);
                let child = rows
                    .child(dice.pick(&[Sex::Male, Sex::Female]), "2023-05-05", home)
                    .await;
                for _ in 0..dice.below(4) {
                    let street = dice.pick(&[ZHUANGSHI, LUOTUO]);
                    let on = format!("2026-{:02}-{:02}", 9 + dice.below(3), 1 + dice.below(28));
                    let abnormal = dice.below(3) == 0;
                    let outcome = if abnormal {
                        ScreenOutcome::Abnormal
                    } else {
                        ScreenOutcome::Normal
                    };
                    let id = rows.screen(child, street, &on, outcome).await;
                    if dice.below(6) == 0 {
                        rows.change_screen(id, |row| row.withdrawn_at = Set(Some(opening_time())))
                            .await;
                        continue;
                    }
                    if dice.below(4) == 0 {
                        rows.rescreen(child, street, &on, abnormal).await;
                    }
                    if !on.starts_with("2026-10") {
                        continue;
                    }
                    *visits.entry(street).or_default() += 1;
                    let (was, last) = screened
                        .get(&child)
                        .map_or((false, None), |s| (s.3, Some((s.0, s.1, s.2))));
                    let this = (day(&on), id, street);
                    let latest = last.filter(|l| (l.0, l.1) > (this.0, this.1)).unwrap_or(this);
                    screened.insert(child, (latest.0, latest.1, latest.2, was || abnormal));
                }
            }
            let figures = report(&app, "2026-10", Mode::Period).await;
            for street in [ZHUANGSHI, LUOTUO] {
                let here = screened.values().filter(|s| s.2 == street);
                let persons = i64::try_from(here.clone().count()).unwrap();
                let positive = i64::try_from(here.filter(|s| s.3).count()).unwrap();
                let counted = |key| figures.count(Span::Period, key, Some(street));
                assert_eq!(
                    counted("visits"),
                    visits.get(street).copied().unwrap_or(0),
                    "seed {seed}"
                );
                assert_eq!(
                    (counted("screened"), counted("positive")),
                    (persons, positive),
                    "seed {seed}"
                );
            }
            for mode in Mode::ALL {
                for by in By::ALL {
                    let request = asked("2026-10", *mode, *by);
                    let figures = figures::count(&*app.app.db, &request).await.unwrap();
                    for indicator in indicators::ALL {
                        let rows = figures.rows.iter();
                        let sum: i64 = rows
                            .map(|row| figures.count(Span::Period, indicator.key, Some(&row.key)))
                            .sum();
                        assert_eq!(
                            sum,
                            figures.count(Span::Period, indicator.key, None),
                            "{} {by:?}",
                            indicator.key
                        );
                    }
                }
            }
        })
        .await;
    }
}
