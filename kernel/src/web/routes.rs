//! Routes that cannot be added without saying who may use them.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    handler::Handler,
    http::Method,
    middleware::{self, Next},
    response::Response,
    routing::{MethodFilter, MethodRouter, on},
};
use entities::words::Role;
use serde_json::json;

use super::{Ctx, body, heavy, upload, visitor};
use crate::{
    access::Can,
    platform::{App, Error, Result, event},
};

/// Bytes that are kept of what strangers send: their forms hold a name and a password. What others may not use is not
/// read at all before they are refused.
const STRANGERS: usize = 16 * 1024;

/// One route as the walk test and the role matrix read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteInfo {
    /// GET or POST.
    pub method: Method,
    /// With `{id}` and the like.
    pub path: &'static str,
    /// Who may.
    pub can: Can,
    /// It costs much: few at once ([`super::heavy`]).
    pub heavy: bool,
    /// It takes files, which need their time.
    pub files: bool,
}

/// The page of a row, by its table: where a form that made it leads. Events name what was made.
#[derive(Clone, Debug, Default)]
pub struct Pages(Arc<BTreeMap<&'static str, RouteInfo>>);

impl Pages {
    /// The page of a row of a table that has pages, for somebody with these roles.
    pub fn of(&self, table: &str, id: i64, roles: &[Role]) -> Option<String> {
        let route = self.0.get(table).filter(|route| route.can.allows(roles))?;
        let (before, rest) = route.path.split_once('{')?;
        let (_, after) = rest.split_once('}')?;
        Some(format!("{before}{id}{after}"))
    }
}

/// The routes of a feature, each with its permission.
#[derive(Default)]
pub struct Routes {
    router: Router<App>,
    table: Vec<RouteInfo>,
    pages: BTreeMap<&'static str, RouteInfo>,
}

impl Routes {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A page.
    #[must_use]
    pub fn get<T: 'static>(self, path: &'static str, can: Can, handler: impl Handler<T, App>) -> Self {
        self.add(Method::GET, path, can, on(MethodFilter::GET, handler))
    }

    /// A page or a file that costs much: few at once, for one account and in all.
    #[must_use]
    pub fn get_heavy<T: 'static>(self, path: &'static str, can: Can, handler: impl Handler<T, App>) -> Self {
        self.add_heavy(Method::GET, path, can, on(MethodFilter::GET, handler))
    }

    /// A change.
    #[must_use]
    pub fn post<T: 'static>(self, path: &'static str, can: Can, handler: impl Handler<T, App>) -> Self {
        self.add(Method::POST, path, can, on(MethodFilter::POST, handler))
    }

    /// A change that takes files ([`super::upload`]): its body may be long, and take long.
    #[must_use]
    pub fn post_files<T: 'static>(self, path: &'static str, can: Can, handler: impl Handler<T, App>) -> Self {
        let handler = on(MethodFilter::POST, handler)
            .layer(DefaultBodyLimit::max(upload::LARGEST))
            .layer(middleware::from_fn(async |request: Request, next: Next| {
                if let Some(generous) = request.extensions().get::<body::Generous>() {
                    generous.be();
                }
                next.run(request).await
            }));
        let mut added = self.add(Method::POST, path, can, handler);
        if let Some(route) = added.table.last_mut() {
            route.files = true;
        }
        added
    }

    /// A change that costs much.
    #[must_use]
    pub fn post_heavy<T: 'static>(self, path: &'static str, can: Can, handler: impl Handler<T, App>) -> Self {
        self.add_heavy(Method::POST, path, can, on(MethodFilter::POST, handler))
    }

    /// A page, which is that of a row of `table`: where a form that made the row leads.
    #[must_use]
    pub fn page_of<T: 'static>(
        mut self,
        table: &'static str,
        path: &'static str,
        can: Can,
        handler: impl Handler<T, App>,
    ) -> Self {
        let route = RouteInfo {
            method: Method::GET,
            path,
            can,
            heavy: false,
            files: false,
        };
        self.pages.insert(table, route);
        self.get(path, can, handler)
    }

    /// Those of another feature besides.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.table.extend(other.table);
        self.pages.extend(other.pages);
        self
    }

    /// The router, the table that it was made from, and the pages of rows.
    pub fn into_parts(self) -> (Router<App>, Vec<RouteInfo>, Pages) {
        (self.router, self.table, Pages(Arc::new(self.pages)))
    }

    fn add_heavy(self, method: Method, path: &'static str, can: Can, handler: MethodRouter<App>) -> Self {
        let mut added = self.add(
            method,
            path,
            can,
            handler.route_layer(middleware::from_fn(heavy::in_turn)),
        );
        if let Some(route) = added.table.last_mut() {
            route.heavy = true;
        }
        added
    }

    fn add(mut self, method: Method, path: &'static str, can: Can, handler: MethodRouter<App>) -> Self {
        let guard = middleware::from_fn_with_state(can, require);
        let mut answers = handler.route_layer(guard);
        if can == Can::Anyone {
            answers = answers.layer(DefaultBodyLimit::max(STRANGERS));
        }
        self.router = self.router.route(path, answers);
        self.table.push(RouteInfo {
            method,
            path,
            can,
            heavy: false,
            files: false,
        });
        self
    }
}

/// Lets a request through when its roles hold the permission; a refusal is an event.
async fn require(State(can): State<Can>, request: Request, next: Next) -> Result<Response> {
    if can == Can::Anyone {
        return Ok(next.run(request).await);
    }
    let ctx = request.extensions().get::<Ctx>().cloned().ok_or(Error::SignIn)?;
    if can == Can::Guardian && ctx.visitor.is_some() {
        return Ok(next.run(request).await);
    }
    if ctx.who.is_none() {
        // Guardians have a door of their own; whoever stands before it is told nothing about what lies behind.
        if can == Can::Guardian {
            return ctx.go(visitor::DOOR).answer();
        }
        return Err(Error::SignIn);
    }
    if !can.allows(&ctx.actor.roles) {
        if let Some(app) = request.extensions().get::<App>().cloned() {
            let details = json!({ "path": ctx.path, "needs": format!("{can:?}") });
            event::refused(&app, &ctx.actor, "access.refused", event::Subject::none(), details).await?;
        }
        return Err(Error::Forbidden);
    }
    if let Some(gate) = ctx.gate
        && can != Can::OwnAccount
    {
        return ctx.go(gate).answer();
    }
    Ok(next.run(request).await)
}
