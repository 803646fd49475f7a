//! What the kernel promises whoever stands on it.

mod troubles;

use std::time::Duration;

use axum::{body::Body, http::Request, http::header};
use chrono::TimeDelta;
use entities::work::sweep_run;
use sea_orm::EntityTrait as _;
use starbridge::platform::sweep::{self, Sweep};
use tower::ServiceExt as _;

use crate::support::story;

/// The work of this sweep is to see what happens to somebody who begins it meanwhile.
fn busy() -> Sweep {
    Sweep {
        name: "busy",
        every: Duration::from_secs(1),
        run: |app, by| {
            Box::pin(async move {
                let row = sweep_run::Entity::find_by_id("busy".to_owned()).one(&*app.db).await?;
                let row = row.ok_or(anyhow::anyhow!("nobody holds it"))?;
                assert_eq!((row.started_at, row.finished_at), (by.now, None));
                assert_eq!(row.leased_until, by.now + TimeDelta::minutes(10));
                app.clock.advance(TimeDelta::minutes(10) - TimeDelta::seconds(1));
                assert_eq!(sweep::run_once(app, &idle()).await?, None, "it is held for ten minutes");
                app.clock.advance(TimeDelta::seconds(1));
                assert_eq!(
                    sweep::run_once(app, &idle()).await?.as_deref(),
                    Some("done"),
                    "and no longer"
                );
                Ok("late".to_owned())
            })
        },
    }
}

fn idle() -> Sweep {
    Sweep {
        run: |_, _| Box::pin(async { Ok("done".to_owned()) }),
        ..busy()
    }
}

#[tokio::test]
async fn a_sweep_is_one_process_for_ten_minutes() {
    story(|app| async move {
        assert_eq!(sweep::age(&app.app, &busy()).await.unwrap(), None, "it never ran");
        sweep::run_once(&app.app, &busy()).await.unwrap();
        let row = sweep_run::Entity::find_by_id("busy".to_owned()).one(&*app.app.db).await;
        let row = row.unwrap().unwrap();
        assert_eq!(row.outcome.as_deref(), Some("done"), "the later run stands");
        assert_eq!(row.started_at, app.app.clock.now());
        // A server that starts counts from there.
        app.app.clock.advance(TimeDelta::seconds(90));
        let age = sweep::age(&app.app, &busy()).await.unwrap();
        assert_eq!(age, Some(Duration::from_secs(90)));
    })
    .await;
}

#[tokio::test]
async fn pages_are_kept_by_nobody_and_what_they_load_is() {
    story(|app| async move {
        for (path, kept) in [
            ("/sign-in", "no-store"),
            ("/no-such-page", "no-store"),
            ("/assets/", "public"),
        ] {
            let path = match path {
                "/assets/" => {
                    let page = app.stranger().open("/sign-in").await.html();
                    let asset = page.split('"').find(|part| part.starts_with("/assets/"));
                    asset.expect("the page loads something").to_owned()
                }
                path => path.to_owned(),
            };
            let request = Request::get(&path).body(Body::empty()).unwrap();
            let answer = app.router.clone().oneshot(request).await.unwrap();
            let headers = answer.headers();
            let says = |name: header::HeaderName| {
                headers
                    .get(name)
                    .map(|v| v.to_str().unwrap().to_owned())
                    .unwrap_or_default()
            };
            assert!(
                says(header::CACHE_CONTROL).starts_with(kept),
                "{path}: {}",
                says(header::CACHE_CONTROL)
            );
            assert_eq!(says(header::X_CONTENT_TYPE_OPTIONS), "nosniff", "{path}");
            assert_eq!(says(header::X_FRAME_OPTIONS), "DENY", "{path}");
            assert_eq!(says(header::REFERRER_POLICY), "same-origin", "{path}");
            assert!(
                says(header::CONTENT_SECURITY_POLICY).contains("default-src 'self'"),
                "{path}"
            );
        }
    })
    .await;
}
