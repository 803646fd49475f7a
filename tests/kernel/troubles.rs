//! The page of a failure that is nobody's fault in front of the screen: what became of what was sent, and the form again
//! where it can be sent again.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{Method, header},
    middleware::{self, Next},
    routing::any,
};
use entities::words::Language;
use serde_json::json;
use starbridge::{
    platform::{
        Error,
        event::{self, Subject},
    },
    web::{Ctx, Who, error, routes::Pages},
};
use tower::ServiceExt as _;

use crate::support::{TestApp, page::Reply, story};

async fn ctx(app: &TestApp) -> Ctx {
    Ctx {
        locale: "zh-CN",
        language: Language::Chinese,
        theme: "light",
        large_type: false,
        who: Some(Who {
            display_name: "初筛".to_owned(),
            organisation: "社区卫生服务中心".to_owned(),
            role_keys: Vec::new(),
        }),
        ends_at: None,
        actor: app.actor("screener").await,
        features: starbridge::app::FEATURES,
        nav: Vec::new(),
        unread: 0,
        flash: None,
        once: "next".to_owned(),
        path: "/somewhere".to_owned(),
        posted: false,
        back: None,
        session: None,
        request_id: "test".to_owned(),
        htmx: false,
        demo: false,
        gate: None,
        visitor: None,
    }
}

/// A page fails, after something was saved or before.
async fn fails(app: &Arc<TestApp>, method: Method, saves: bool, with: fn() -> Error) -> Reply {
    let (ctx, with_app) = (ctx(app).await, app.app.clone());
    let handler = move |ctx: Ctx| async move {
        if saves {
            let tx = with_app.db.write(&ctx.actor, "").await?;
            event::record(&tx, &ctx.actor, "test.saved", Subject::none(), json!({})).await?;
            tx.commit().await?;
        }
        Err::<(), Error>(with())
    };
    let router: Router = Router::new()
        .route("/somewhere", any(handler))
        .layer(middleware::from_fn_with_state(
            (app.app.clone(), Pages::default()),
            error::render,
        ))
        .layer(middleware::from_fn(move |mut request: Request, next: Next| {
            request.extensions_mut().insert(ctx.clone());
            next.run(request)
        }));
    let request = Request::builder()
        .method(method.clone())
        .uri("/somewhere?once=abc")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let typed = if method == Method::POST { "name=Wang" } else { "" };
    let response = router.oneshot(request.body(Body::from(typed)).unwrap()).await.unwrap();
    Reply::read(response, "/somewhere").await
}

/// Brings the form back; offers to open the page again.
fn offers(reply: &Reply) -> (bool, bool) {
    let html = reply.html();
    (
        html.contains("name=\"name\" value=\"Wang\""),
        reply.text().contains("重试 "),
    )
}

/// Makes the error anew for each request.
type Fails = fn() -> Error;

#[tokio::test]
async fn what_became_of_a_form_is_said_and_what_may_be_sent_again_comes_back() {
    let internal = || Error::Internal(anyhow::anyhow!("it broke"));
    let (nothing, form, again) = ((false, false), (true, false), (false, true));
    let busy = "没有保存任何内容";
    let unsettled = "可能已经保存，也可能没有";
    let after = "已保存，页面未能显示";
    story(|app| async move {
        let cases: [(Method, bool, Fails, u16, &str, (bool, bool)); 10] = [
            (Method::GET, false, || Error::Busy, 503, busy, again),
            (Method::POST, false, || Error::Busy, 503, busy, form),
            (Method::GET, false, || Error::Full, 503, "磁盘已满", nothing),
            (Method::POST, false, || Error::Full, 503, "磁盘已满", form),
            // Who only looks has nothing that might have been saved.
            (Method::GET, false, || Error::Unsettled, 503, busy, again),
            (Method::POST, false, || Error::Unsettled, 503, unsettled, form),
            (Method::GET, false, internal, 500, "", nothing),
            (Method::POST, false, internal, 500, "", form),
            (Method::POST, true, internal, 500, after, nothing),
            (Method::POST, true, || Error::Busy, 503, after, nothing),
        ];
        for (method, saves, with, status, says, offered) in cases {
            let reply = fails(&app, method.clone(), saves, with).await.is(status).says(says);
            assert_eq!(offers(&reply), offered, "{method} {saves} {}", with());
            if says != after {
                reply.omits(after);
            }
        }
        app.logged_an_error("it broke");
    })
    .await;
}
