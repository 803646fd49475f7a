//! The numbers of the home page, and what lists open on: a number opens exactly its rows, for everybody and in both languages.

use scraper::{Html, Selector};
use starbridge::demo;

use crate::support::{TestApp, page::Reply, people::Person, story};

/// Every number of somebody's home page with where it leads.
fn tiles(home: &Reply) -> Vec<(String, String, String)> {
    let html = Html::parse_document(&home.html());
    let part = |tile: scraper::ElementRef<'_>, css: &str| {
        let part = tile.select(&Selector::parse(css).unwrap()).next().unwrap();
        part.text().collect::<String>().trim().to_owned()
    };
    let stats = Selector::parse("main a.stat").unwrap();
    html.select(&stats)
        .map(|tile| {
            let href = tile.attr("href").unwrap().to_owned();
            (href, part(tile, ".stat-label"), part(tile, ".stat-number"))
        })
        .collect()
}

/// What a page says that it holds.
fn total(page: &Reply) -> u64 {
    let html = Html::parse_document(&page.html());
    let parts = Selector::parse("main [data-total]").unwrap();
    let numbers = html
        .select(&parts)
        .map(|part| part.attr("data-total").unwrap().parse::<u64>().unwrap());
    let numbers: Vec<u64> = numbers.collect();
    assert!(!numbers.is_empty(), "no number: {}", page.text());
    numbers.iter().sum()
}

/// Rows on a page, where there are no others.
fn rows(page: &Reply) -> usize {
    let html = Html::parse_document(&page.html());
    html.select(&Selector::parse("main tbody tr").unwrap()).count()
}

async fn speak(person: &mut Person, language: &str) {
    let fields = [("locale", language), ("back", "/")].map(|(k, v)| (k.to_owned(), v.to_owned()));
    person.post("/preferences", &fields).await.is(303);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_number_opens_a_page_that_holds_as_many() {
    let (app, sign_ins) = TestApp::demonstration(1200, 1).await;
    let password = demo::data::load().unwrap().password;
    let (mut compared, mut with_rows) = (0, 0);
    for one in &sign_ins {
        let mut person = app.stranger();
        person.sign_in(&one.user_name, &password).await;
        for language in ["zh-CN", "en"] {
            speak(&mut person, language).await;
            let home = person.open("/").await.is(200);
            let tiles = tiles(&home);
            // Whoever reads published quarters alone has no number before one is published.
            assert!(!tiles.is_empty() || one.user_name == "jiaoyu", "{}", one.user_name);
            for (href, label, number) in tiles {
                let name = format!("{} {language} {label} {href}", one.user_name);
                let page = person.get(&href).await.is(200);
                compared += 1;
                // A report has many numbers: this is one of its sums.
                if href.starts_with("/reports/") {
                    assert!(page.cells().contains(&number), "{name}: {number} {:?}", page.cells());
                    continue;
                }
                let more = number.ends_with('+');
                let number: u64 = number.replace([',', '+'], "").parse().unwrap();
                assert_eq!(total(&page), number, "{name}");
                let text = page.text();
                assert!(
                    !more || text.contains("以上") || text.contains("超过") || text.contains("more"),
                    "{name}"
                );
                // What fits on a page stands there, row by row.
                if (1..=50).contains(&number) && page.html().contains("class=\"pager\"") {
                    assert!(rows(&page) >= usize::try_from(number).unwrap(), "{name}");
                    with_rows += 1;
                }
            }
        }
    }
    assert!(
        compared > 100 && with_rows > 20,
        "{compared} numbers, {with_rows} with rows"
    );
}

#[tokio::test]
async fn lists_open_on_what_is_ours_and_open_and_everything_is_one_link_away() {
    story(|app| async move {
        let (_, id) = app.sent("王小明").await;
        app.sent("李小红").await;
        let mut hospital = app.person("rescreener").await;
        let page = hospital.open("/referrals").await.says("王小明").says("李小红");
        // What is shown is said: in the tab, in the fields, in the links to the files.
        assert!(page.html().contains("name=\"view\" value=\"ours\""));
        assert!(
            page.links()
                .iter()
                .any(|link| link.contains("/referrals/export?") && link.contains("view=ours"))
        );
        let all = page.links().into_iter().find(|link| link.contains("view=all")).unwrap();
        let answer = hospital.open(&format!("/referrals/{id}")).await;
        let answer = answer.fill("decline_reason", "床位已满");
        answer.submit_to("/decline", &mut hospital).await.is(303);
        hospital.open("/referrals").await.omits("王小明").says("李小红");
        hospital.open(&all).await.says("王小明").says("李小红");
        // The file without a question is what the page opens on.
        let file = hospital.get("/referrals/export?format=csv").await.is(200);
        let file = String::from_utf8_lossy(&file.body).into_owned();
        assert!(file.contains("李小红") && !file.contains("王小明"), "{file}");
        // Whoever asks for anything else gets all that there is, as filters that were kept before do.
        hospital
            .open("/referrals?kind=rescreen")
            .await
            .says("王小明")
            .says("李小红");

        // A federation looks on: what has not ended anywhere; of the tasks its own.
        let mut federation = app.person("federation").await;
        federation.open("/referrals").await.omits("王小明").says("李小红");
        federation.open("/referrals?view=all").await.says("王小明");
        federation.open("/tasks").await.omits("王小明").omits("李小红");
        federation.open("/tasks?state=open").await.says("王小明").says("李小红");
        // The sender has to find another way for the one, and waits for the other.
        let mut sender = app.person("screener").await;
        sender.open("/referrals").await.says("王小明").omits("李小红");
    })
    .await;
}

#[tokio::test]
async fn accounts_and_organisations_open_without_what_was_closed() {
    story(|app| async move {
        let mut security = app.person("security").await;
        let account = app.actor("rescreener").await.account.unwrap();
        security.open("/accounts").await.says("rescreener");
        let page = security
            .open(&format!("/accounts/{account}"))
            .await
            .fill("reason", "离职");
        page.submit_to("/suspension", &mut security).await.is(303);
        let page = security
            .open("/accounts")
            .await
            .omits("rescreener（测试）")
            .says("rescreen-lead");
        // Hospitals of the city are no business of the district's.
        assert!(!page.text().contains("doctor（测试）"), "{}", page.text());
        let all = security.open("/accounts?state=&whose=&role=").await;
        all.says("rescreener（测试）");
        security
            .open("/accounts?state=disabled")
            .await
            .says("rescreener（测试）");
        let mut system = app.person("system").await;
        let page = system.open("/organisations").await.says("区妇幼保健院");
        assert!(
            page.links().iter().any(|link| link.contains("state=open")),
            "{:?}",
            page.links()
        );
    })
    .await;
}
