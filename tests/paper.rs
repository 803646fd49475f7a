//! Papers on the server's side: the program is found, confined, and its failures become ours.

use std::time::{Duration, Instant};

use serde_json::json;
use starbridge::platform::{
    Error,
    paper::{Limits, Printer, Request, Trouble},
};

use crate::support::TestApp;

/// The program, where it was built: `make test` builds it, whoever runs a test by hand may not have.
fn printer(app: &TestApp) -> Option<Printer> {
    let found = Printer::found(&app.app.config);
    if std::env::var_os("STARBRIDGE_TEST_PAPER").is_some() {
        return Some(found.expect("`make paper` was here"));
    }
    found.ok()
}

#[tokio::test]
async fn a_paper_is_made_in_a_process_of_its_own() {
    let app = TestApp::new().await;
    let Some(printer) = printer(&app) else { return };
    let names = printer.check().await.unwrap();
    assert!(names.contains("Noto Serif CJK SC"), "{names}");
    let request = Request::template(
        "table",
        json!({ "title": "名单", "head": ["姓名"], "rows": [["王小明"]] }),
    );
    let pdf = printer.print(&request).await.unwrap();
    assert!(pdf.starts_with(b"%PDF-"));
    assert_eq!(pdf, printer.print(&request).await.unwrap());
}

#[tokio::test]
async fn a_paper_that_takes_too_much_is_stopped() {
    let app = TestApp::new().await;
    let Some(printer) = printer(&app) else { return };
    let endless = Request::source(
        "#let n = 0\n#for a in range(100000) { for b in range(100000) { n += 1 } }",
        json!(null),
    );
    let limits = Limits::default();
    for short in [
        Limits {
            patience: Duration::from_secs(1),
            ..limits
        },
        Limits { seconds: 1, ..limits },
    ] {
        #[expect(clippy::disallowed_methods, reason = "how long a process really took")]
        let began = Instant::now();
        let told = printer.clone().within(short).print(&endless).await.unwrap_err();
        assert_eq!(told, Trouble::TooMuch("time"));
        assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    }
    let large = Request::source(
        "#let a = (\"x\" * 1000000,)\n#for n in range(30) { a += a }\n#a.map(t => t + \"y\").join()",
        json!(null),
    );
    let told = printer
        .clone()
        .within(Limits {
            megabytes: 400,
            ..limits
        })
        .print(&large)
        .await
        .unwrap_err();
    assert!(matches!(told, Trouble::TooMuch(_) | Trouble::Broken(_)), "{told}");
    // The next one is none the worse for it.
    assert!(printer.print(&Request::source("x", json!(null))).await.is_ok());
}

#[tokio::test]
async fn what_is_wrong_with_a_paper_is_told_by_whose_fault_it_is() {
    let app = TestApp::new().await;
    let Some(printer) = printer(&app) else { return };
    let picture = Request::source("#image(\"/seal.png\")", json!(null)).with_file("seal.png", b"no picture");
    let told = printer.print(&picture).await.unwrap_err();
    assert!(
        matches!(&told, Trouble::Picture(words) if words.starts_with("seal.png")),
        "{told}"
    );
    assert!(matches!(Error::from(told), Error::Refused(_)));
    let template = Request::source("#nothing", json!(null));
    let told = printer.print(&template).await.unwrap_err();
    assert!(
        matches!(&told, Trouble::Broken(words) if words.contains("main.typ:1:2")),
        "{told}"
    );
    assert!(matches!(Error::from(told), Error::Internal(_)));
}

#[tokio::test]
async fn the_administrator_reads_what_is_missing() {
    let app = TestApp::with(&["--paper-program", "/no/such/program"]).await;
    let mut system = app.person("system").await;
    system
        .open("/operations")
        .await
        .says("没有制作 PDF 的程序（starbridge-paper）");
    let plain = TestApp::new().await;
    if printer(&plain).is_none() {
        return;
    }
    let folder = app.app.config.data_dir.join("no-fonts");
    std::fs::create_dir(&folder).unwrap();
    let app = TestApp::with(&["--paper-fonts", folder.to_str().unwrap()]).await;
    let mut system = app.person("system").await;
    system.open("/operations").await.says("fonts-noto-cjk");
}
