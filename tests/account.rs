//! Signing in and out.

mod half_way;
mod management;
mod own;
mod second_factor;
mod session_end;
mod strangers;
mod tries;

use entities::event::event;
use scraper::{Html, Selector};
use sea_orm::{EntityTrait as _, QueryFilter as _, QueryOrder as _};
use totp_rs::{Algorithm, Secret, TOTP};

use crate::support::{Person, TestApp, page::Reply, people::PASSWORD, story};

#[tokio::test]
async fn a_screener_signs_in_and_out() {
    story(|app| async move {
        let mut screener = app.stranger();
        let page = screener.open("/sign-in").await.says("登录");
        let page = page
            .fill("user_name", "screener")
            .fill("password", "wrong")
            .submit(&mut screener)
            .await;
        let page = page.is(422).says("用户名或密码不正确");
        let reply = page
            .fill("user_name", "screener")
            .fill("password", PASSWORD)
            .submit(&mut screener)
            .await;
        assert_eq!(reply.location.as_deref(), Some("/"));
    })
    .await;
}

/// The id of an account, as the addresses of its pages have it.
async fn id_of(app: &TestApp, user_name: &str) -> i64 {
    let found = starbridge::account::queries::by_user_name(&*app.app.db, user_name)
        .await
        .unwrap();
    found.unwrap().id.0
}

/// What a fact on a page says.
pub(crate) fn fact(page: &Reply, term: &str) -> String {
    let html = Html::parse_document(&page.html());
    let facts = Selector::parse("dl.facts > div").unwrap();
    let found = html.select(&facts).find_map(|row| {
        let text: Vec<String> = ["dt", "dd"]
            .map(|part| {
                let part = row.select(&Selector::parse(part).unwrap()).next().unwrap();
                part.text().collect::<String>().trim().to_owned()
            })
            .into();
        (text[0] == term).then(|| text[1].clone())
    });
    found.unwrap_or_else(|| panic!("no fact {term}: {}", page.text()))
}

/// The code that an authenticator application shows.
fn code(secret: &str, app: &TestApp) -> String {
    let bytes = Secret::Encoded(secret.replace(' ', "")).to_bytes().unwrap();
    let totp = TOTP::new(Algorithm::SHA1, 6, 1, 30, bytes, None, "x".to_owned()).unwrap();
    totp.generate(u64::try_from(app.app.clock.now().timestamp()).unwrap())
}

async fn add_second_factor(app: &TestApp, person: &mut Person) -> String {
    person
        .open("/account/second-factor")
        .await
        .submit_to("/secret", person)
        .await
        .is(303);
    let page = person.open("/account/second-factor").await;
    let secret = fact(&page, "密钥");
    page.fill("code", code(&secret, app))
        .submit_to("/account/second-factor?", person)
        .await
        .is(303);
    secret
}

/// The value of an option by its words.
pub(crate) fn option(page: &Reply, field: &str, words: &str) -> String {
    let html = Html::parse_document(&page.html());
    let options = Selector::parse(&format!("select[name={field}] option")).unwrap();
    let found = html
        .select(&options)
        .find(|o| o.text().collect::<String>().contains(words));
    found.unwrap().attr("value").unwrap().to_owned()
}

/// The events of an action so far, the oldest first.
async fn events(app: &TestApp, action: &str) -> Vec<event::Model> {
    event::Entity::find()
        .filter(event::COLUMN.action.eq(action))
        .order_by_asc(event::COLUMN.id)
        .all(&*app.app.db)
        .await
        .unwrap()
}

/// Try a user name and a password without looking at the page first.
async fn try_in(person: &mut Person, user_name: &str, password: &str) -> Reply {
    let fields = [("user_name", user_name), ("password", password)];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    person.post("/sign-in", &fields).await
}

/// Somebody with a new browser at a network address.
fn stranger_at(app: &std::sync::Arc<TestApp>, address: &str) -> Person {
    let mut stranger = app.stranger();
    stranger.comes_from(&format!("{address}:4000"));
    stranger
}
