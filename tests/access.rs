//! Who may do what: the whole matrix as a file to read, and every route walked by everybody with ids that are not theirs.

use std::{collections::BTreeMap, fmt::Write as _};

use axum::http::Method;
use entities::{
    ChildId,
    words::{OrganisationKind, Role},
};
use sea_orm::{ConnectionTrait as _, Statement};
use starbridge::{access::Can, children::service::NewChild, web::routes::RouteInfo};

use crate::support::{Person, TestApp, children::toddler, people::PEOPLE, story};

#[tokio::test]
async fn the_role_matrix_reads_as_intended() {
    let app = TestApp::new().await;
    let mut text = String::new();
    for can in Can::ALL {
        let holders: Vec<&str> = Role::ALL
            .iter()
            .filter(|r| can.allows(&[**r]))
            .map(|r| r.as_str())
            .collect();
        writeln!(
            text,
            "{can:?}: {}",
            if holders.len() == Role::ALL.len() {
                "everybody".to_owned()
            } else {
                holders.join(", ")
            }
        )
        .unwrap();
    }
    text.push('\n');
    let mut routes: Vec<_> = app
        .table
        .iter()
        .map(|r| format!("{:?} {} {}", r.can, r.method, r.path))
        .collect();
    routes.sort();
    text.push_str(&routes.join("\n"));
    insta::assert_snapshot!("role_matrix", text);
}

#[tokio::test]
async fn strangers_are_asked_to_sign_in() {
    story(|app| async move {
        let mut stranger = app.stranger();
        for route in app.table.iter().filter(|r| r.can != Can::Anyone) {
            let path = filled(route.path, "1");
            let reply = if route.method == Method::GET {
                stranger.get(&path).await
            } else {
                stranger.post(&path, &[]).await
            };
            assert_eq!(reply.status, 303, "{} {path}", route.method);
            // Guardians have a door of their own.
            let door = if route.can == Can::Guardian { "/my" } else { "/sign-in" };
            let to = reply.location.unwrap();
            assert!(
                to.split('?').next() == Some(door),
                "{} {path} leads to {to}",
                route.method
            );
        }
    })
    .await;
}

#[tokio::test]
async fn every_route_is_walked_by_everybody_with_foreign_ids() {
    story(|app| async move {
        let foreign = child_elsewhere(&app).await;
        for (user_name, role, _) in PEOPLE.iter().filter(|(name, ..)| *name != "elsewhere") {
            let mut person = app.person(user_name).await;
            for route in app.table.iter().filter(|r| !["/sign-out"].contains(&r.path)) {
                let id = if route.path.starts_with("/children/") {
                    foreign.to_string()
                } else {
                    "999999".to_owned()
                };
                let path = filled(route.path, &id);
                let reply = if route.method == Method::GET {
                    person.get(&path).await
                } else {
                    person.post(&path, &[]).await
                };
                let step = format!("{user_name}: {} {path} -> {}", route.method, reply.status);
                assert!(reply.status < 500, "{step}: {}", reply.text());
                if !route.can.allows(&[*role]) {
                    assert_eq!(reply.status, 403, "{step}");
                } else if route.path.contains("{id}") && route.method == Method::GET {
                    assert_eq!(reply.status, 404, "{step}: {}", reply.text());
                } else if route.path.contains("{id}") {
                    assert!([400, 404, 422].contains(&reply.status), "{step}");
                }
            }
        }
    })
    .await;
}

/// Whoever works elsewhere learns nothing, not even that a record exists: what is foreign answers as what is not there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_foreign_answers_as_what_is_not_there() {
    let (app, _) = TestApp::demonstration(400, 5).await;
    let records = records(&app).await;
    for table in [
        "children",
        "referrals",
        "tasks",
        "follow-ups",
        "applications",
        "enrolment-decisions",
        "agreements",
        "agreement-templates",
    ] {
        assert!(!records[table].is_empty(), "no {table} in the demonstration");
    }
    let mut asked = 0;
    for (user_name, role) in neighbours(&app).await {
        let mut person = app.person(&user_name).await;
        for route in app
            .table
            .iter()
            .filter(|r| r.path.contains('{') && r.can.allows(&[role]))
        {
            let Some(ids) = route.path.split('/').nth(1).and_then(|part| records.get(part)) else {
                continue;
            };
            let nothing = told(&mut person, route, "999999999", "999999999").await;
            for (id, part) in ids {
                let foreign = told(&mut person, route, id, part).await;
                assert_eq!(
                    foreign, nothing,
                    "{user_name}: {} {} with {id}",
                    route.method, route.path
                );
                asked += 1;
            }
        }
    }
    assert!(asked > 200, "only {asked} questions");
}

/// Status, target and words of an answer; the words without what differs by itself.
async fn told(person: &mut Person, route: &RouteInfo, id: &str, part: &str) -> (u16, Option<String>, String) {
    let mut ids = [id, part].into_iter();
    let path: Vec<&str> = route
        .path
        .split('/')
        .map(|place| {
            if place.starts_with('{') {
                ids.next().unwrap()
            } else {
                place
            }
        })
        .collect();
    let reply = if route.method == Method::GET {
        person.get(&path.join("/")).await
    } else {
        person
            .post(&path.join("/"), &[("version".to_owned(), "1".to_owned())])
            .await
    };
    let words = reply.text().chars().filter(|c| !c.is_ascii_alphanumeric()).collect();
    (reply.status, reply.location, words)
}

/// Ids of records by the first part of their paths, with that of something that belongs to them.
async fn records(app: &TestApp) -> BTreeMap<&'static str, Vec<(String, String)>> {
    let mut found = BTreeMap::new();
    for (path, query) in [
        (
            "children",
            "SELECT min(c.id) AS a, min(s.id) AS b FROM child c JOIN screen s ON s.child_id = c.id GROUP BY c.district",
        ),
        (
            "referrals",
            "SELECT max(id) AS a, max(id) AS b FROM referral GROUP BY kind, state",
        ),
        (
            "tasks",
            "SELECT max(id) AS a, max(id) AS b FROM task GROUP BY what, state",
        ),
        (
            "follow-ups",
            "SELECT max(id) AS a, max(id) AS b FROM task GROUP BY what, state",
        ),
        (
            "assessments",
            "SELECT max(id) AS a, max(id) AS b FROM assessment GROUP BY state",
        ),
        (
            "applications",
            "SELECT max(id) AS a, max(id) AS b FROM application GROUP BY state",
        ),
        (
            "application-steps",
            "SELECT max(id) AS a, max(id) AS b FROM application_step GROUP BY code",
        ),
        (
            "enrolment-decisions",
            "SELECT max(id) AS a, max(id) AS b FROM enrolment_decision GROUP BY outcome",
        ),
        (
            "agreements",
            "SELECT max(id) AS a, max(id) AS b FROM agreement GROUP BY state",
        ),
        (
            "agreement-templates",
            "SELECT max(id) AS a, max(id) AS b FROM agreement_template GROUP BY state",
        ),
        (
            "duplicates",
            "SELECT max(id) AS a, max(id) AS b FROM duplicate GROUP BY state",
        ),
        (
            "merges",
            "SELECT max(id) AS a, max(id) AS b FROM merge GROUP BY undone_at",
        ),
        ("imports", "SELECT max(id) AS a, max(id) AS b FROM job GROUP BY state"),
        (
            "inbox",
            "SELECT max(id) AS a, max(id) AS b FROM notice GROUP BY account_id",
        ),
    ] {
        let db = &*app.app.db;
        let rows = db
            .query_all_raw(Statement::from_string(db.get_database_backend(), query))
            .await
            .unwrap();
        let ids = rows.iter().map(|row| {
            let (a, b): (i64, i64) = (row.try_get("", "a").unwrap(), row.try_get("", "b").unwrap());
            (a.to_string(), b.to_string())
        });
        found.insert(path, ids.take(6).collect());
    }
    found
}

/// One of each role in the neighbouring district, where no child of the demonstration lives.
async fn neighbours(app: &TestApp) -> Vec<(String, Role)> {
    let mut people = Vec::new();
    for (role, kind, coverage) in [
        (Role::Screener, OrganisationKind::ScreeningSite, "330206001"),
        (Role::Supervisor, OrganisationKind::ScreeningSite, "330206001"),
        (Role::Rescreener, OrganisationKind::RescreenHospital, "330206"),
        (Role::Diagnostician, OrganisationKind::DiagnosingHospital, "330206"),
        (Role::IntakeWorker, OrganisationKind::RehabilitationCentre, "330206"),
        (Role::StreetOfficer, OrganisationKind::StreetFederation, "330206001"),
        (Role::FederationOfficer, OrganisationKind::Federation, "330206"),
        (Role::Assessor, OrganisationKind::RehabilitationCentre, "330206"),
        (Role::Observer, OrganisationKind::EducationBureau, "330206"),
        (Role::EducationOfficer, OrganisationKind::EducationBureau, "330206"),
    ] {
        let place = app.founds(kind, &format!("邻区{}", role.as_str()), coverage).await;
        let user_name = format!("next-{}", role.as_str().replace('_', "-"));
        app.hires(&user_name, role, place).await;
        people.push((user_name, role));
    }
    people
}

/// A child of the neighbouring district, whom nobody of ours may see.
async fn child_elsewhere(app: &TestApp) -> ChildId {
    let new = NewChild {
        division: "330206001".parse().unwrap(),
        ..toddler("邻区儿童")
    };
    app.file("elsewhere", &new).await
}

/// The path with its placeholders filled in.
fn filled(path: &str, id: &str) -> String {
    path.split('/')
        .map(|part| if part.starts_with('{') { id } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

#[expect(clippy::disallowed_methods, reason = "the test waits for them itself")]
#[tokio::test]
async fn files_and_reports_come_in_turn_and_one_account_takes_two_places() {
    story(|app| async move {
        for route in app.table.iter().filter(|r| r.path.ends_with("/export")) {
            assert!(
                route.heavy,
                "{} is a file that anybody may ask for ten times at once",
                route.path
            );
        }
        let mut people = Vec::new();
        for _ in 0..8 {
            people.push(app.person("federation").await);
        }
        let together = people
            .into_iter()
            .map(|mut person| tokio::spawn(async move { person.get("/reports/screening/trends").await }));
        let together: Vec<_> = together.collect();
        let mut turned_away = 0;
        for reply in together {
            let reply = reply.await.unwrap();
            if reply.status == 503 {
                reply.says("系统正忙");
                turned_away += 1;
            } else {
                reply.is(200);
            }
        }
        assert!(
            (1..=4).contains(&turned_away),
            "{turned_away} of eight were turned away"
        );
        // The queue is empty again.
        app.person("federation")
            .await
            .get("/reports/screening/trends")
            .await
            .is(200);
    })
    .await;
}
