//! The people of the test district, and what they do with pages.

use std::{
    convert::Infallible,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    extract::ConnectInfo,
    http::{Method, Request, header, request::Builder},
    response::Response,
};
use entities::{
    OrganisationId,
    account::{account, account_role},
    division_code::DivisionCode,
    organisation::organisation,
    words::{OrganisationKind, Role},
};
use http_body::Frame;
use migrations::{Migrator, sea_orm_migration::MigratorTrait as _};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait, QueryFilter as _};
use starbridge::{
    account::service::{NewAccount, open_account},
    organisations::{divisions, forms::OrganisationInput},
    platform::{Actor, Db, Passwords, Workplace},
};
use tower::ServiceExt as _;

use super::{TestApp, page::Reply};

/// Everybody's password in the test district.
pub(crate) const PASSWORD: &str = "Orange-Boat-2026";

/// Who works where: user name, role, organisation.
pub(crate) const PEOPLE: &[(&str, Role, &str)] = &[
    ("screener", Role::Screener, "庄市街道社区卫生服务中心"),
    ("neighbour", Role::Screener, "骆驼街道社区卫生服务中心"),
    ("lead", Role::Supervisor, "庄市街道社区卫生服务中心"),
    ("rescreener", Role::Rescreener, "区妇幼保健院"),
    ("rescreen-lead", Role::Supervisor, "区妇幼保健院"),
    ("doctor", Role::Diagnostician, "市妇女儿童医院"),
    ("intake", Role::IntakeWorker, "区孤独症儿童康复中心"),
    ("street", Role::StreetOfficer, "庄市街道残联"),
    ("federation", Role::FederationOfficer, "区残联"),
    ("assessor", Role::Assessor, "区孤独症儿童康复中心"),
    ("bureau", Role::Observer, "区教育局"),
    ("education", Role::EducationOfficer, "区教育局"),
    ("system", Role::SystemAdmin, "区残联"),
    ("security", Role::SecurityAdmin, "区残联"),
    ("audit", Role::AuditAdmin, "区残联"),
    ("elsewhere", Role::FederationOfficer, "邻区残联"),
    ("city-system", Role::SystemAdmin, "市残联"),
    ("city-security", Role::SecurityAdmin, "市残联"),
];

/// The organisations of the test district: name, kind, coverage.
pub(crate) const ORGANISATIONS: &[(&str, OrganisationKind, &str)] = &[
    ("区残联", OrganisationKind::Federation, "330211"),
    ("庄市街道残联", OrganisationKind::StreetFederation, "330211004"),
    ("庄市街道社区卫生服务中心", OrganisationKind::ScreeningSite, "330211004"),
    ("骆驼街道社区卫生服务中心", OrganisationKind::ScreeningSite, "330211003"),
    ("区妇幼保健院", OrganisationKind::RescreenHospital, "330211"),
    ("市妇女儿童医院", OrganisationKind::DiagnosingHospital, "3302"),
    ("区孤独症儿童康复中心", OrganisationKind::RehabilitationCentre, "330211"),
    ("区教育局", OrganisationKind::EducationBureau, "330211"),
    ("邻区残联", OrganisationKind::Federation, "330206"),
    ("市残联", OrganisationKind::Federation, "3302"),
];

/// Migrate an empty database and install what every district has.
pub(crate) async fn found(db: &Db) {
    Migrator::up(db.writer(), None).await.unwrap();
    starbridge::organisations::service::install(
        db,
        &Actor::system("install", super::opening_time()),
        &starbridge::app::FEATURES.rules(),
    )
    .await
    .unwrap();
}

/// A password as it is kept.
pub(crate) async fn hashed(password: &str) -> String {
    let by = Actor::system("settle", super::opening_time());
    let mut turn = Passwords::default().turn(&by).await.unwrap();
    turn.hash(password.to_owned()).await.unwrap()
}

/// Migrate an empty database and people it.
pub(crate) async fn settle(db: &Db) {
    use entities::{
        account::{account, account_role},
        organisation::organisation,
        words::{Language, Theme},
    };
    found(db).await;
    let now = super::opening_time();
    let mut places = std::collections::HashMap::new();
    for (name, kind, coverage) in ORGANISATIONS {
        let row = organisation::ActiveModel {
            kind: Set(*kind),
            name: Set((*name).to_owned()),
            coverage: Set((*coverage).to_owned()),
            version: Set(1),
            created_at: Set(now),
            ..Default::default()
        };
        let id = organisation::Entity::insert(row)
            .exec(db.writer())
            .await
            .unwrap()
            .last_insert_id;
        places.insert(*name, id);
    }
    let password_hash = hashed(PASSWORD).await;
    for (user_name, role, place) in PEOPLE {
        let row = account::ActiveModel {
            user_name: Set((*user_name).to_owned()),
            display_name: Set(format!("{user_name}（测试）")),
            email: Set(Some(format!("{user_name}@example.org"))),
            organisation_id: Set(places[place]),
            language: Set(Language::Chinese),
            theme: Set(Theme::Light),
            large_type: Set(false),
            password_hash: Set(password_hash.clone()),
            password_changed_at: Set(now),
            must_change_password: Set(false),
            failed_sign_ins: Set(0),
            epoch: Set(1),
            version: Set(1),
            created_at: Set(now),
            ..Default::default()
        };
        let id = account::Entity::insert(row)
            .exec(db.writer())
            .await
            .unwrap()
            .last_insert_id;
        let role = account_role::ActiveModel {
            account_id: Set(id),
            role: Set(*role),
        };
        account_role::Entity::insert(role)
            .exec_without_returning(db.writer())
            .await
            .unwrap();
    }
}

/// Somebody with a browser: keeps cookies, opens pages, submits forms.
#[derive(Clone)]
pub(crate) struct Person {
    router: Router,
    cookies: Vec<(String, String)>,
    address: Option<SocketAddr>,
    referer: Option<String>,
    browses: bool,
}

impl Person {
    pub(crate) fn new(router: Router) -> Self {
        Self {
            router,
            cookies: Vec::new(),
            address: None,
            referer: None,
            browses: false,
        }
    }

    /// Come from a network address instead of nowhere.
    pub(crate) fn comes_from(&mut self, address: &str) {
        self.address = Some(address.parse().unwrap());
    }

    /// Come by a link of another page.
    pub(crate) fn comes_by(&mut self, referer: &str) {
        self.referer = Some(referer.to_owned());
    }

    /// From now on as a browser: it asks for pages, and says from which one it comes.
    pub(crate) fn browses(&mut self) {
        self.browses = true;
    }

    /// Come with a cookie that somebody made.
    pub(crate) fn brings_cookie(&mut self, name: &str, value: &str) {
        self.cookies.push((name.to_owned(), value.to_owned()));
    }

    /// The cookies that are kept so far.
    pub(crate) fn cookies(&self) -> &[(String, String)] {
        &self.cookies
    }

    /// Sign in through the page; fails when that does not work.
    pub(crate) async fn sign_in(&mut self, user_name: &str, password: &str) {
        let reply = self
            .open("/sign-in")
            .await
            .fill("user_name", user_name)
            .fill("password", password)
            .submit(self)
            .await;
        assert_eq!(reply.status, 303, "{user_name} cannot sign in: {}", reply.text());
    }

    /// Open a page and follow redirects.
    pub(crate) async fn open(&mut self, path: &str) -> Reply {
        let mut reply = self.get(path).await;
        for _ in 0..5 {
            let Some(to) = reply.location.clone() else { break };
            reply = self.get(&to).await;
        }
        reply
    }

    /// Open a page and stay where the answer is.
    pub(crate) async fn get(&mut self, path: &str) -> Reply {
        self.send(Request::get(path).body(Body::empty()).unwrap(), path).await
    }

    /// Post fields to a path, without a page that offers them.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(String, String)]) -> Reply {
        let body = serde_urlencoded::to_string(fields).unwrap();
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap();
        self.send(request, path).await
    }

    /// Post a button of a page as its script does, which puts what comes into the page.
    pub(crate) async fn asks_in_place(&mut self, path: &str) -> Reply {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("hx-request", "true")
            .body(Body::empty())
            .unwrap();
        self.send(request, path).await
    }

    /// Post a file and fields as a browser does with an upload form.
    pub(crate) async fn upload(&mut self, path: &str, fields: &[(&str, &str)], file: (&str, &str, &[u8])) -> Reply {
        let (field, name, content) = file;
        self.upload_all(path, fields, field, &[(name, content)]).await
    }

    /// The same with several files in one field.
    pub(crate) async fn upload_all(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        field: &str,
        files: &[(&str, &[u8])],
    ) -> Reply {
        self.send(filled(fields, field, files, Request::post(path)), path).await
    }

    /// One file as the script of the field sends it, which puts what comes into the page.
    pub(crate) async fn uploads_in_place(&mut self, path: &str, fields: &[(&str, &str)], file: (&str, &[u8])) -> Reply {
        let request = Request::post(path).header("hx-request", "true");
        self.send(filled(fields, "files", &[file], request), path).await
    }

    /// Choose a film by mistake: a file of so many bytes, made as it is sent. Says how much was taken off the line.
    pub(crate) async fn sends_a_film(&mut self, path: &str, bytes: usize) -> (Reply, usize) {
        let head = "--edge\r\nContent-Disposition: form-data; name=\"files\"; filename=\"film.mp4\"\r\n\r\n%PDF-";
        let taken = Arc::new(AtomicUsize::new(0));
        let film = Film {
            head: Some(head.into()),
            left: bytes,
            taken: Arc::clone(&taken),
        };
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
            .body(Body::new(film))
            .unwrap();
        let reply = self.send(request, path).await;
        (reply, taken.load(Ordering::Relaxed))
    }

    /// Post something that says it is so many bytes long.
    pub(crate) async fn announce(&mut self, path: &str, bytes: u64) -> Reply {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
            .header(header::CONTENT_LENGTH, bytes)
            .body(Body::from("--edge\r\n"))
            .unwrap();
        self.send(request, path).await
    }

    /// How many bytes come of a file whose answer breaks off before its end.
    pub(crate) async fn breaks_off(&mut self, path: &str) -> usize {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let mut body = self.answered(request, path).await.into_body();
        let mut came = 0;
        loop {
            match std::future::poll_fn(|cx| HttpBody::poll_frame(Pin::new(&mut body), cx)).await {
                Some(Ok(frame)) => came += frame.data_ref().map_or(0, Bytes::len),
                Some(Err(_)) => return came,
                None => panic!("{path} came to its end"),
            }
        }
    }

    async fn send(&mut self, request: Request<Body>, path: &str) -> Reply {
        Reply::read(self.answered(request, path).await, path).await
    }

    async fn answered(&mut self, mut request: Request<Body>, path: &str) -> Response {
        let cookies = self
            .cookies
            .iter()
            .map(|(k, v)| format!("{k}={v}"))
            .collect::<Vec<_>>()
            .join("; ");
        let headers = request.headers_mut();
        headers.insert(header::HOST, "starbridge.test".parse().unwrap());
        headers.insert(header::ORIGIN, "http://starbridge.test".parse().unwrap());
        headers.insert("sec-fetch-site", "same-origin".parse().unwrap());
        if !cookies.is_empty() {
            headers.insert(header::COOKIE, cookies.parse().unwrap());
        }
        if let Some(referer) = &self.referer {
            headers.insert(header::REFERER, referer.parse().unwrap());
        }
        if let Some(address) = self.address {
            request.extensions_mut().insert(ConnectInfo(address));
        }
        let looks = request.method() == Method::GET;
        if self.browses {
            let kinds = "text/html,application/xhtml+xml,*/*;q=0.8";
            request.headers_mut().insert(header::ACCEPT, kinds.parse().unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        if self.browses && looks && !response.status().is_redirection() {
            let page = path.split('#').next().unwrap();
            self.referer = Some(format!("http://starbridge.test{page}"));
        }
        for set in response.headers().get_all(header::SET_COOKIE) {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.retain(|(n, _)| n != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        response
    }
}

impl TestApp {
    /// One more organisation; the street that it serves is entered where the country's list has none.
    pub(crate) async fn founds(&self, kind: OrganisationKind, name: &str, coverage: &str) -> OrganisationId {
        let by = Actor::system("test", self.app.clock.now());
        let code: DivisionCode = coverage.parse().unwrap();
        if divisions::division(&*self.app.db, &by, coverage).await.is_err() {
            divisions::add(&self.app, &by, &code, format!("{coverage}街道"))
                .await
                .unwrap();
        }
        let new = OrganisationInput {
            kind,
            name: name.to_owned(),
            coverage: code,
            credit_code: None,
            legal_person: None,
            phone: None,
            address: None,
        };
        starbridge::organisations::service::found(&self.app, &by, new)
            .await
            .unwrap()
    }

    /// One more colleague, with everybody's password.
    pub(crate) async fn hires(&self, user_name: &str, role: Role, place: OrganisationId) {
        let new = NewAccount {
            user_name: user_name.to_owned(),
            display_name: user_name.to_owned(),
            email: None,
            organisation: place,
            roles: vec![role],
            password: PASSWORD.to_owned(),
            must_change: false,
        };
        let by = Actor::system("test", self.app.clock.now());
        open_account(&self.app, &by, new).await.unwrap();
    }

    /// Somebody of the district as the services know them.
    pub(crate) async fn actor(&self, user_name: &str) -> Actor {
        let db = &*self.app.db;
        let account = account::Entity::find()
            .filter(account::COLUMN.user_name.eq(user_name))
            .one(db)
            .await
            .unwrap()
            .unwrap();
        let place = organisation::Entity::find_by_id(account.organisation_id)
            .one(db)
            .await
            .unwrap()
            .unwrap();
        let roles = account_role::Entity::find()
            .filter(account_role::COLUMN.account_id.eq(account.id))
            .all(db)
            .await
            .unwrap();
        Actor {
            account: Some(account.id),
            workplace: Some(Workplace {
                id: place.id,
                kind: place.kind,
                name: place.name,
                coverage: place.coverage,
            }),
            roles: roles.into_iter().map(|r| r.role).collect(),
            ..Actor::system(user_name, self.app.clock.now())
        }
    }
}

/// A body that is made as it is read.
struct Film {
    head: Option<Bytes>,
    left: usize,
    taken: Arc<AtomicUsize>,
}

impl HttpBody for Film {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let next = self.head.take().or_else(|| {
            let some = self.left.min(65536);
            self.left -= some;
            (some > 0).then(|| Bytes::from(vec![b'a'; some]))
        });
        if let Some(some) = &next {
            self.taken.fetch_add(some.len(), Ordering::Relaxed);
        }
        Poll::Ready(next.map(|some| Ok(Frame::data(some))))
    }
}

/// An upload form as a browser writes it.
fn filled(fields: &[(&str, &str)], field: &str, files: &[(&str, &[u8])], request: Builder) -> Request<Body> {
    let edge = "----starbridge-test";
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(format!("--{edge}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    for (name, content) in files {
        body.extend(
            format!("--{edge}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n")
                .bytes(),
        );
        body.extend_from_slice(content);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{edge}--\r\n").bytes());
    request
        .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={edge}"))
        .body(Body::from(body))
        .unwrap()
}
