//! A sign-in that is half way, and sessions, when what they were made with changes.

use chrono::TimeDelta;
use entities::{
    AccountId,
    account::{account, session},
};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _};

use super::{add_second_factor, code, id_of, try_in};
use crate::support::{Person, TestApp, people::PASSWORD, story};

const NEW: &str = "Green-Lamp-77";

/// What ends a sign-in that is under way.
#[derive(Clone, Copy, Debug)]
enum Change {
    Password,
    Reset,
    OwnDevices,
    SignOuts,
    Roles,
    Suspension,
    FactorRemoved,
}

async fn make(change: Change, app: &TestApp, doctor: &mut Person, security: &mut Person) {
    let id = id_of(app, "doctor").await;
    let administer = async |by: &mut Person, what: &str, fields: &[(&str, &str)]| {
        let mut page = by.open(&format!("/accounts/{id}")).await;
        for (name, value) in fields {
            page = page.fill(name, value);
        }
        page.submit_to(what, by).await
    };
    match change {
        Change::Password => {
            let page = doctor.open("/account/password").await;
            let page = page.fill("current", PASSWORD).fill("new", NEW).fill("again", NEW);
            page.submit(doctor).await.is(303);
            doctor.open("/account").await.is(200).says("doctor");
        }
        Change::OwnDevices => {
            let nothing: &[(String, String)] = &[];
            doctor.post("/account/sessions/closure", nothing).await.is(303);
            doctor.open("/account").await.is(200).says("doctor");
        }
        Change::Roles => {
            let page = security.open(&format!("/accounts/{id}/edit")).await;
            let page = page.fill("roles", "diagnostician").fill("roles", "rescreener");
            page.submit(security).await.is(303);
        }
        Change::Reset => drop(administer(security, "/password", &[]).await.is(200)),
        Change::SignOuts => drop(administer(security, "/sign-outs", &[]).await.is(303)),
        Change::Suspension => drop(administer(security, "/suspension", &[("reason", "离职")]).await.is(303)),
        Change::FactorRemoved => {
            let reason = [("factor_reason", "手机丢失")];
            administer(security, "/second-factor-removal", &reason).await.is(303);
        }
    }
}

async fn ends_a_sign_in_that_is_half_way(change: Change) {
    story(|app| async move {
        let mut doctor = app.person("doctor").await;
        let secret = add_second_factor(&app, &mut doctor).await;
        let mut security = app.person("city-security").await;
        let mut half_way = app.stranger();
        let reply = try_in(&mut half_way, "doctor", PASSWORD).await.is(303);
        assert!(reply.location.unwrap().starts_with("/sign-in/second-factor"));
        make(change, &app, &mut doctor, &mut security).await;
        app.app.clock.advance(TimeDelta::seconds(60));
        let fields = [("code".to_owned(), code(&secret, &app))];
        let reply = half_way.post("/sign-in/second-factor", &fields).await.is(303);
        assert_eq!(reply.location.as_deref(), Some("/sign-in"), "{change:?}");
        half_way.open("/sign-in").await.says("登录已失效");
        half_way.get("/account").await.is(303);
    })
    .await;
}

#[tokio::test]
async fn a_new_password_ends_it() {
    ends_a_sign_in_that_is_half_way(Change::Password).await;
}

#[tokio::test]
async fn a_reset_password_ends_it() {
    ends_a_sign_in_that_is_half_way(Change::Reset).await;
}

#[tokio::test]
async fn signing_out_everywhere_ends_it() {
    ends_a_sign_in_that_is_half_way(Change::OwnDevices).await;
    ends_a_sign_in_that_is_half_way(Change::SignOuts).await;
}

#[tokio::test]
async fn other_roles_end_it() {
    ends_a_sign_in_that_is_half_way(Change::Roles).await;
}

#[tokio::test]
async fn a_closed_account_ends_it() {
    ends_a_sign_in_that_is_half_way(Change::Suspension).await;
}

#[tokio::test]
async fn a_removed_second_factor_ends_it() {
    ends_a_sign_in_that_is_half_way(Change::FactorRemoved).await;
}

#[tokio::test]
async fn nobody_stays_half_way_for_long() {
    story(|app| async move {
        let mut doctor = app.person("doctor").await;
        let secret = add_second_factor(&app, &mut doctor).await;
        let mut half_way = app.stranger();
        half_way.sign_in("doctor", PASSWORD).await;
        app.app.clock.advance(TimeDelta::minutes(11));
        let fields = [("code".to_owned(), code(&secret, &app))];
        let reply = half_way.post("/sign-in/second-factor", &fields).await.is(303);
        assert_eq!(reply.location.as_deref(), Some("/sign-in"));
    })
    .await;
}

/// A session that was on its way into the table while everybody was signed out is void, although its row came later.
#[tokio::test]
async fn a_session_of_another_epoch_is_void() {
    story(|app| async move {
        let mut doctor = app.person("doctor").await;
        doctor.get("/account").await.is(200);
        let id = id_of(&app, "doctor").await;
        // The epoch alone: signing out everywhere would remove the row of the session, too.
        let row = account::ActiveModel {
            id: Set(AccountId(id)),
            epoch: Set(2),
            ..Default::default()
        };
        row.update(app.app.db.writer()).await.unwrap();
        doctor.get("/account").await.is(303);
    })
    .await;
}

/// Whoever reads the database, or a copy of it, holds nothing that opens a session.
#[tokio::test]
async fn the_cookie_of_a_session_lies_nowhere() {
    story(|app| async move {
        let mut doctor = app.person("doctor").await;
        let cookie = doctor
            .cookies()
            .iter()
            .find(|(name, _)| name == "starbridge")
            .unwrap()
            .1
            .clone();
        let rows = session::Entity::find().all(&*app.app.db).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert!(!format!("{rows:?}").contains(&cookie), "{rows:?}");
        let mut thief = app.stranger();
        thief.brings_cookie("starbridge", &rows[0].id);
        thief.get("/account").await.is(303);
        doctor.get("/account").await.is(200);
        let handle = doctor.open("/account").await.html();
        assert!(!handle.contains(&cookie) && !handle.contains(&rows[0].id));
    })
    .await;
}
