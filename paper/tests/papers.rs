//! The real program: what it makes, and what stops it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that is surprised fails")]

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

/// One pixel.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

fn program(arguments: &[&str], request: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_starbridge-paper"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut to = child.stdin.take().unwrap();
    // Who ends before it heard everything says why.
    let _ = to.write_all(request);
    drop(to);
    child.wait_with_output().unwrap()
}

fn asked(arguments: &[&str], request: &Value) -> Output {
    program(arguments, request.to_string().as_bytes())
}

fn made(request: &Value) -> Vec<u8> {
    let output = asked(&[], request);
    assert!(output.status.success(), "{}", words(&output));
    assert!(output.stdout.starts_with(b"%PDF-"));
    output.stdout
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A folder of this test alone.
fn place(name: &str) -> PathBuf {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&place);
    fs::create_dir_all(&place).unwrap();
    place
}

/// What a program of poppler-utils says of a PDF.
fn poppler(name: &str, pdf: &[u8], arguments: &[&str]) -> String {
    let file = place(&format!("{name}-{}", pdf.len())).join("paper.pdf");
    fs::write(&file, pdf).unwrap();
    let output = Command::new(name).arg(&file).args(arguments).output();
    let output = output.expect("poppler-utils is installed (scripts/test-needs.sh)");
    assert!(output.status.success(), "{name}: {}", words(&output));
    String::from_utf8(output.stdout).unwrap()
}

fn list() -> Value {
    let rows: Vec<[String; 3]> = (1..=60)
        .map(|n| {
            [
                n.to_string(),
                format!("王小明{n}"),
                "初筛异常，转介至复筛机构".to_owned(),
            ]
        })
        .collect();
    json!({
        "template": "table",
        "data": {
            "title": "鼓楼区筛查异常儿童名单",
            "facts": [["统计月份", "2026年11月"], ["机构", "鼓楼区妇幼保健院"]],
            "foot": "制表：初筛员2026-11-30",
            "head": ["序号", "姓名", "去向"],
            "numbers": [0],
            "rows": rows,
            "notes": ["本表含个人信息，请妥善保管。"],
        },
    })
}

#[test]
fn a_chinese_list_of_two_pages_can_be_read_and_searched() {
    let pdf = made(&list());
    // Between Chinese and digits there is a little room, which is read as a blank.
    let text: String = poppler("pdftotext", &pdf, &["-layout", "-"])
        .split_whitespace()
        .collect();
    for said in [
        "鼓楼区筛查异常儿童名单",
        "统计月份:2026年11月",
        "王小明1",
        "王小明60",
        "初筛异常，转介至复筛机构",
        "第1页，共2页",
        "第2页，共2页",
        "制表：初筛员2026-11-30",
        "本表含个人信息，请妥善保管。",
    ] {
        assert!(text.contains(said), "{said} is missing in\n{text}");
    }
    // The head of the table stands on both pages.
    assert_eq!(text.matches("序号").count(), 2, "{text}");
    assert!(poppler("pdfinfo", &pdf, &[]).contains("Pages:           2"));
    let fonts = poppler("pdffonts", &pdf, &[]);
    let fonts: Vec<&str> = fonts.lines().skip(2).collect();
    assert!(!fonts.is_empty());
    for font in fonts {
        assert!(font.contains("Noto"), "{font}");
        // Embedded, as a subset, with the characters behind the shapes.
        assert!(font.contains(" yes yes yes "), "{font}");
    }
}

/// Two papers as the server describes them: one with a receipt, one of several pages that does not hold any more.
fn papers() -> Value {
    let blocks = json!([
        { "kind": "facts", "rows": [[{ "label": "儿童姓名", "text": "欧阳小雨" }, { "label": "档案号", "text": "330211-2026-00001" }]] },
        { "kind": "heading", "text": "转介原因" },
        { "kind": "text", "text": "语言落后" },
        { "kind": "points", "items": ["不会说三个物品的名称"] },
        { "kind": "table", "head": ["评估工具", "总分"], "rows": [["孤独症行为量表", "70"]] },
        { "kind": "lines", "label": "医师建议", "count": 3 },
        { "kind": "signatures", "labels": ["医师签名：", "日期："] },
        { "kind": "seal", "place": "区妇幼保健院", "stamp": "（公章）", "day": "2026年11月2日" },
    ]);
    let receipt = json!({ "cut": "沿此线撕下", "title": "转介回执", "blocks": blocks });
    let mut long = blocks.clone();
    let text = json!({ "kind": "text", "text": "很长的说明。".repeat(400) });
    long.as_array_mut().unwrap().push(text);
    let paper = |number: &str, mark: Value, blocks: &Value, receipt: &Value| {
        json!({
            "title": "转介单", "numbered": format!("编号：{number}"), "versioned": "版次 2", "mark": mark,
            "blocks": blocks, "receipt": receipt,
        })
    };
    json!({
        "template": "paper",
        "day": "2026-11-02",
        "data": {
            "title": "转介单", "english": false, "foot": "打印：区妇幼保健院",
            "papers": [
                paper("330211-ZJ-000001", Value::Null, &blocks, &receipt),
                paper("330211-ZJ-000002", json!({ "word": "已撤回", "told": "不再有效。" }), &long, &Value::Null),
            ],
        },
    })
}

#[test]
fn papers_of_several_rows_are_counted_each_by_itself() {
    let pdf = made(&papers());
    let text = poppler("pdftotext", &pdf, &["-layout", "-"]);
    let pages: Vec<String> = text
        .split('\u{c}')
        .map(|page| page.split_whitespace().collect())
        .filter(|page: &String| !page.is_empty())
        .collect();
    assert_eq!(pages.len(), 3, "{text}");
    for (page, said) in [
        (0, "编号：330211-ZJ-000001"),
        (0, "欧阳小雨"),
        (0, "沿此线撕下"),
        (0, "转介回执"),
        (0, "第1页，共1页"),
        (1, "编号：330211-ZJ-000002"),
        (1, "已撤回不再有效。"),
        (1, "第1页，共2页"),
        (2, "第2页，共2页"),
    ] {
        assert!(pages[page].contains(said), "{said} is missing in\n{}", pages[page]);
    }
    assert!(!pages[0].contains("已撤回"), "{}", pages[0]);
    assert_eq!(pdf, made(&papers()));
}

#[test]
fn signatures_stand_on_the_paper_as_they_were_drawn() {
    let signed = |path: Value| {
        let rows =
            json!([{ "label": "乙方（监护人）", "name": "王丽", "path": path, "told": ["签名级别：有身份核验"] }]);
        let mut asked = papers();
        asked["data"]["papers"] = json!([{
            "title": "协议", "numbered": "编号：330211-XY-2026-0001", "versioned": "版次 4", "mark": null,
            "blocks": [{ "kind": "signed", "rows": rows }], "receipt": null,
        }]);
        made(&asked)
    };
    let drawn = signed(json!("M20 60L60 120L100 40L160 110L240 50"));
    let typed = signed(Value::Null);
    for pdf in [&drawn, &typed] {
        let text: String = poppler("pdftotext", pdf, &["-layout", "-"])
            .split_whitespace()
            .collect();
        assert!(
            text.contains("乙方（监护人）王丽") && text.contains("签名级别：有身份核验"),
            "{text}"
        );
    }
    // The strokes are lines of the page, and no picture of one.
    assert!(drawn.len() > typed.len());
    assert_eq!(poppler("pdfimages", &drawn, &["-list"]).lines().count(), 2);
}

#[test]
fn the_same_request_gives_the_same_bytes() {
    let dated = json!({
        "source": "#import \"/house.typ\": *\n#show: house\n#datetime.today().display() #image(\"/seal.png\")",
        "files": { "seal.png": PNG },
        "day": "2026-11-30",
    });
    assert_eq!(made(&dated), made(&dated));
    assert_eq!(made(&list()), made(&list()));
    assert!(poppler("pdftotext", &made(&dated), &["-"]).contains("2026-11-30"));
}

#[test]
fn without_a_day_there_is_no_today() {
    let output = asked(&[], &json!({ "source": "#datetime.today()" }));
    assert_eq!(output.status.code(), Some(70));
    assert!(words(&output).contains("main.typ:1:"), "{}", words(&output));
}

#[test]
fn a_broken_picture_is_named() {
    let half = BASE64_STANDARD.decode(PNG).unwrap();
    let half = BASE64_STANDARD.encode(&half[..half.len() / 2]);
    for (name, bytes) in [
        ("cut.png", half.as_str()),
        ("text.jpg", "bm8gcGljdHVyZQ=="),
        ("open.svg", "PHN2Zz4="),
    ] {
        let output = asked(
            &[],
            &json!({ "source": "x", "files": { "good.png": PNG, name: bytes } }),
        );
        assert_eq!(output.status.code(), Some(65), "{name}: {}", words(&output));
        assert!(words(&output).starts_with(&format!("{name}: ")), "{}", words(&output));
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_bomb_is_stopped_in_time() {
    for source in [
        // Turns for ever.
        "#let n = 0\n#for a in range(100000) { for b in range(100000) { n += 1 } }",
        // Pages without end.
        "#for n in range(100000000) [#pagebreak() x]",
    ] {
        #[expect(clippy::disallowed_methods, reason = "how long a process really took")]
        let began = Instant::now();
        let output = asked(&["--seconds", "2", "--megabytes", "700"], &json!({ "source": source }));
        assert!(!output.status.success(), "{source}");
        assert!(output.stdout.is_empty());
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "{source}: {:?}",
            began.elapsed()
        );
    }
}

#[test]
fn a_bomb_is_stopped_in_memory() {
    use std::os::unix::process::ExitStatusExt as _;
    let source = "#let a = (\"x\" * 1000000,)\n#for n in range(30) { a += a }\n#a.map(t => t + \"y\").join()";
    let output = asked(&["--megabytes", "500"], &json!({ "source": source }));
    // The allocator is told no, and the process ends; or the typesetter itself refuses.
    let refused = output.status.signal() == Some(6) || output.status.code().is_some_and(|code| code != 0);
    assert!(refused, "{:?} {}", output.status, words(&output));
    assert!(output.stdout.is_empty());
}

#[test]
fn nothing_of_the_machine_can_be_read() {
    for source in [
        "#read(\"/etc/hostname\")",
        "#read(\"../../../../etc/hostname\")",
        "#image(\"/usr/share/pixmaps/debian-logo.png\")",
        "#import \"@preview/cetz:0.3.0\"",
        "#json(\"/proc/self/environ\")",
    ] {
        let output = asked(&[], &json!({ "source": source }));
        assert_eq!(output.status.code(), Some(70), "{source}: {}", words(&output));
        assert!(output.stdout.is_empty());
    }
    let sent = json!({ "source": "#read(\"/note.txt\")", "files": { "note.txt": BASE64_STANDARD.encode("只有这些") } });
    assert!(poppler("pdftotext", &made(&sent), &["-"]).contains("只有这些"));
}

#[test]
fn without_a_chinese_font_the_package_is_named() {
    let empty = place("no-fonts");
    for check in [&["--check"][..], &[]] {
        let arguments = [check, &["--fonts", empty.to_str().unwrap()]].concat();
        let output = asked(&arguments, &json!({ "source": "星桥" }));
        assert_eq!(output.status.code(), Some(69));
        assert!(
            words(&output).contains("apt-get install fonts-noto-cjk"),
            "{}",
            words(&output)
        );
    }
    let output = program(&["--check"], b"");
    assert!(output.status.success(), "{}", words(&output));
    assert!(String::from_utf8_lossy(&output.stdout).contains("CJK SC"));
}

#[test]
fn a_request_that_cannot_be_read_says_why() {
    let output = program(&[], b"{\"template\": \"nothing\"}");
    assert_eq!(output.status.code(), Some(64));
    assert!(words(&output).contains("there is no template nothing"));
    assert_eq!(program(&[], b"no JSON").status.code(), Some(64));
}

#[test]
fn files_instead_of_pipes() {
    let place = place("files");
    let (request, pdf) = (place.join("request.json"), place.join("paper.pdf"));
    fs::write(&request, list().to_string()).unwrap();
    let output = program(&[request.to_str().unwrap(), pdf.to_str().unwrap()], b"");
    assert!(output.status.success(), "{}", words(&output));
    assert_eq!(fs::read(&pdf).unwrap(), made(&list()));
}
