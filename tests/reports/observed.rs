//! Somebody who sees numbers but no children asks for everything there is, and finds out nothing of what is hidden.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use super::{LUOTUO, ZHUANGSHI, rows::Rows, rows::october};
use crate::support::{Person, story};
use entities::{event::event, words::ScreenOutcome};
use sea_orm::{EntityTrait as _, PaginatorTrait as _, QueryFilter as _};

/// The lines of a table's file, without the names of its rows.
async fn table(by: &mut Person, asked: &str) -> Vec<Vec<String>> {
    let csv = by
        .get(&format!("/reports/screening/export?format=csv&{asked}"))
        .await
        .is(200)
        .html();
    let lines = csv.lines().skip(1);
    lines.map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

/// Its numbers by row and column; shares are left out.
fn numbers(table: &[Vec<String>]) -> BTreeMap<(String, usize), i64> {
    let cells = table.iter().flat_map(|line| {
        let numbers = line.iter().enumerate().skip(2);
        numbers.filter_map(|(at, cell)| Some(((line[1].clone(), at), cell.parse().ok()?)))
    });
    cells.collect()
}

#[tokio::test]
async fn nothing_hidden_follows_from_all_that_an_observer_can_ask() {
    story(|app| async move {
        let rows = Rows::new(&app).await;
        let named = october(&rows).await;
        // 20 January: the last quarter is published.
        app.app.clock.advance(TimeDelta::days(79));
        let mut federation = app.person("federation").await;
        let mut bureau = app.person("bureau").await;
        let mut hidden = BTreeSet::new();
        for month in ["2026-08", "2026-09", "2026-10", "2026-Q3", "2026-Q4", "2026"] {
            let counted = numbers(&table(&mut federation, &format!("month={month}")).await);
            hidden.extend(counted.into_iter().filter(|(_, n)| (1..5).contains(n)));
        }
        assert!(hidden.len() > 40, "only {} small numbers are to be found", hidden.len());

        let mut published = BTreeSet::new();
        for quarter in ["2026-Q4", "2026-Q3", "2026-Q2", "2026-Q1", "2025-Q4"] {
            for place in ["division=330211&by=street", "division=330211&by=age"] {
                published.insert(table(&mut bureau, &format!("month={quarter}&{place}")).await);
            }
            for street in [ZHUANGSHI, LUOTUO] {
                published.insert(table(&mut bureau, &format!("month={quarter}&division={street}")).await);
            }
        }
        // Months against months, the year to date, years, the other way of counting, other rows, streets alone.
        let mut seen: BTreeMap<usize, BTreeSet<i64>> = BTreeMap::new();
        for month in [
            "", "2027-01", "2026-12", "2026-11", "2026-10", "2026-09", "2026-08", "2026-Q4", "2026", "2025",
        ] {
            for mode in ["period", "cohort"] {
                for by in ["street", "age", "site"] {
                    for division in ["", "330211", ZHUANGSHI, LUOTUO] {
                        let asked = format!("month={month}&mode={mode}&by={by}&division={division}");
                        let table = table(&mut bureau, &asked).await;
                        for ((_, column), number) in numbers(&table) {
                            seen.entry(column).or_default().insert(number);
                        }
                        assert!(published.contains(&table), "{asked} is a table of its own: {table:?}");
                    }
                }
            }
        }
        assert!(seen.values().flatten().any(|n| *n > 0), "nothing was told at all");
        let found = hidden.iter().filter(|((_, column), n)| {
            let of_column = seen.get(column).into_iter().flatten();
            let mut others = of_column
                .clone()
                .flat_map(|a| of_column.clone().map(move |b| (a - b).abs()));
            others.any(|difference| difference == *n)
        });
        assert_eq!(found.count(), 0, "small numbers are differences of what is told");
        for (column, numbers) in &seen {
            assert!(numbers.iter().all(|n| n % 5 == 0), "column {column}: {numbers:?}");
        }

        // Pages say what files say, and the charts and the home page are made of the same numbers.
        for page in [
            "/",
            "/reports/screening?month=2026-10",
            "/reports/screening/trends",
            "/reports/screening/trends?month=2026-09&by=age",
        ] {
            let page = bureau.open(page).await.is(200);
            for number in page.html().split("class=\"num\">").skip(1) {
                let number: String = number.chars().take_while(char::is_ascii_digit).collect();
                assert!(
                    number.parse::<i64>().map_or(true, |n| n % 5 == 0),
                    "{number}: {}",
                    page.text()
                );
            }
            assert!(
                page.links()
                    .iter()
                    .all(|link| !link.contains("/reports/screening/children") && !link.contains("frozen"))
            );
        }

        // What is entered late, and what is asked a second time, changes nothing.
        let before = table(&mut bureau, "month=2026-Q4").await;
        for name in ["plain", "clear_one", "clear_two", "late"] {
            rows.screen(named[name], ZHUANGSHI, "2026-12-01", ScreenOutcome::Abnormal)
                .await;
        }
        assert_eq!(table(&mut bureau, "month=2026-Q4").await, before);
        let now = numbers(&table(&mut federation, "month=2026-Q4").await);
        assert_ne!(now, numbers(&before), "the federation sees the new screens");
        let told = event::Entity::find().filter(event::COLUMN.action.eq("report.published"));
        assert_eq!(
            told.count(&*app.app.db).await.unwrap(),
            5,
            "one event of each quarter that was told"
        );
    })
    .await;
}

#[tokio::test]
async fn an_observer_reaches_no_other_numbers() {
    story(|app| async move {
        october(&Rows::new(&app).await).await;
        let mut federation = app.person("federation").await;
        let page = federation
            .open("/reports/screening?month=2026-10&division=330211")
            .await;
        let frozen = page
            .submit_to("/reports/frozen", &mut federation)
            .await
            .location
            .unwrap();
        let mut bureau = app.person("bureau").await;
        for path in [
            "/reports/frozen".to_owned(),
            frozen.clone(),
            format!("{frozen}/export?format=csv"),
            format!("{frozen}/changes"),
            "/reports/screening/children?month=2026-10&span=period&cell=positive".to_owned(),
            "/reports/tracing".to_owned(),
            "/reports/tracing/export".to_owned(),
        ] {
            bureau.get(&path).await.is(403);
        }
        for other in ["330206", "3302", "33"] {
            bureau
                .get(&format!("/reports/screening?division={other}"))
                .await
                .is(404);
            bureau
                .get(&format!("/reports/screening/export?division={other}"))
                .await
                .is(404);
            bureau
                .get(&format!("/reports/screening/trends?division={other}"))
                .await
                .is(404);
        }
        bureau.get("/reports/screening?month=2026-13").await.is(422);
        // The page offers what is published, and says how it is told.
        let page = bureau.open("/reports/screening").await.is(200);
        page.says("2026-Q3")
            .says("2023-Q4")
            .says("5 的倍数")
            .omits("2026-Q4")
            .omits("队列口径");
    })
    .await;
}

#[tokio::test]
async fn the_sweep_publishes_the_last_quarter_of_every_district() {
    story(|app| async move {
        october(&Rows::new(&app).await).await;
        app.person("bureau").await.open("/").await.is(200).omits("诊断人数");
        let sweep = starbridge::reports::published::SWEEP;
        let outcome = starbridge::platform::sweep::run_once(&app.app, &sweep)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(outcome, "districts=2");
        app.person("bureau").await.open("/").await.is(200).says("诊断人数");
        let again = starbridge::platform::sweep::run_once(&app.app, &sweep)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(again, "");
    })
    .await;
}
