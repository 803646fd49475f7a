//! What is not taken, each with its own word beside the field, and nothing is left of it.

use super::{PATH, add, all, can_look, files, made, page};
use crate::support::story;

#[tokio::test]
async fn what_is_no_file_of_ours_is_refused_by_its_content() {
    story(|app| async move {
        let child = app.child("小明").await;
        let mut clerk = app.person("screener").await;
        let heic = b"\0\0\0\x18ftypheic\0\0\0\0heicmif1".as_slice();
        let program = b"MZ\x90\0".as_slice();
        let page_of_web = b"<!doctype html><script>alert(1)</script>".as_slice();
        for (name, content, said) in [
            ("照片.jpg", heic, "兼容性最佳"),
            ("照片.heic", heic, "HEIC"),
            ("申请表.pdf", b"PK\x03\x04\x14\0".as_slice(), "压缩包"),
            ("发票.pdf", program, "只收 PDF、JPEG、PNG"),
            ("发票.pdf", page_of_web, "只收 PDF、JPEG、PNG"),
            (
                "图.svg",
                b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
                "只收 PDF、JPEG、PNG",
            ),
            ("空.pdf", b"", "文件是空的"),
        ] {
            let reply = add(&mut clerk, child, &[(name, content)]).await.is(422);
            assert!(reply.html().contains("id=\"files-error\""), "{name}");
            reply.says(said).says(name);
        }
        assert!(all(&app).await.is_empty());
        assert_eq!(files(&app).await, (0, 0));
    })
    .await;
}

#[tokio::test]
async fn what_is_too_large_is_told_as_soon_as_it_is() {
    story(|app| async move {
        let child = app.child("小明").await;
        let mut clerk = app.person("screener").await;
        let mut large = made::pages(1);
        large.resize((20 << 20) + 1, b'\n');
        let sent: [(&str, &[u8]); 2] = [("大.pdf", &large), ("后.pdf", &made::pages(1))];
        add(&mut clerk, child, &sent)
            .await
            .is(422)
            .says("大.pdf")
            .says("超过 20 MB");
        assert!(all(&app).await.is_empty(), "what came behind it was not read");
        // Exactly as much as is taken.
        large.truncate(20 << 20);
        add(&mut clerk, child, &[("大.pdf", &large)]).await.is(303);
        assert_eq!(all(&app).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn too_many_at_once_are_counted() {
    story(|app| async move {
        let child = app.child("小明").await;
        let mut clerk = app.person("screener").await;
        let papers: Vec<(String, Vec<u8>)> = (1..=11).map(|n| (format!("{n}.pdf"), made::pages(n))).collect();
        let sent: Vec<(&str, &[u8])> = papers
            .iter()
            .map(|(name, file)| (name.as_str(), file.as_slice()))
            .collect();
        add(&mut clerk, child, &sent).await.is(422).says("一次最多 10 个");
        assert_eq!(all(&app).await.len(), 10);
    })
    .await;
}

#[tokio::test]
async fn what_hurts_whoever_opens_it_is_refused_after_a_look_inside() {
    story(|app| async move {
        if !can_look(&app) {
            return;
        }
        let child = app.child("小明").await;
        let mut clerk = app.person("screener").await;
        let photo = made::jpeg(64, 64, &[]);
        let cut = &photo[..photo.len() - 3];
        let wide = made::png(30_000, 30_000, &[0; 64]);
        let many = made::png(9_000, 9_000, &[0; 64]);
        let mut broken = made::small_png();
        let middle = broken.len() / 2;
        broken.truncate(middle);
        for (name, content, said) in [
            ("半张.jpg", cut, "已损坏"),
            ("半张.png", broken.as_slice(), "已损坏"),
            ("宽.png", wide.as_slice(), "20000 像素"),
            ("多.png", many.as_slice(), "64 百万像素"),
            ("锁.pdf", &made::locked(), "设有密码"),
            ("厚.pdf", &made::pages(301), "超过 300 页"),
            ("空壳.pdf", b"%PDF-1.7\nnothing at all", "已损坏"),
            ("无底.pdf", &bottomless(), "展开后过大"),
        ] {
            add(&mut clerk, child, &[(name, content)])
                .await
                .is(422)
                .says(name)
                .says(said);
        }
        assert!(all(&app).await.is_empty());
        assert_eq!(files(&app).await, (0, 0));
    })
    .await;
}

/// Ten times ten times ten …: a tree of ten levels in which each node is ten times its child.
fn bottomless() -> Vec<u8> {
    let mut objects = vec!["<< /Type /Catalog /Pages 2 0 R >>".to_owned()];
    for level in 0..10 {
        let kid = format!("{} 0 R ", level + 3);
        objects.push(format!(
            "<< /Type /Pages /Count 10000000000 /Kids [{}] >>",
            kid.repeat(10)
        ));
    }
    objects.push("<< /Type /Page /MediaBox [0 0 595 842] >>".to_owned());
    made::pdf(&objects, "")
}

#[tokio::test]
async fn a_name_that_lies_is_mended_and_said() {
    story(|app| async move {
        if !can_look(&app) {
            return;
        }
        let child = app.child("小明").await;
        let mut clerk = app.person("screener").await;
        let reply = add(&mut clerk, child, &[("户口簿.jpg", &made::pages(1))]).await.is(303);
        let shown = clerk.open(reply.location.as_deref().unwrap()).await;
        shown.says("按内容保存为：户口簿.pdf");
        let one = all(&app).await.remove(0);
        let reply = clerk.get(&format!("{PATH}/{}/original", one.id)).await.is(200);
        assert_eq!(reply.header("content-type"), "application/pdf");
        // A picture that is something else behind its end: what is shown is the picture alone.
        let mut both = made::jpeg(16, 8, &[]);
        both.extend(b"PK\x03\x04 <script>alert(1)</script>");
        add(&mut clerk, child, &[("两样.jpg", &both)]).await.is(303);
        let two = all(&app).await.remove(1);
        let clean = clerk.get(&format!("{PATH}/{}/picture", two.id)).await.is(200);
        assert!(!String::from_utf8_lossy(&clean.body).contains("<script>"));
        assert!(clerk.open(&page(child)).await.text().contains("两样.jpg"));
    })
    .await;
}

/// The answer is a page: what is left of the film is read and thrown away, because browsers show no answer before they have
/// sent everything.
#[tokio::test]
async fn whoever_chooses_a_film_of_a_gigabyte_sees_a_page() {
    story(|app| async move {
        let child = app.child("小明").await;
        let mut clerk = app.person("screener").await;
        let (reply, taken) = clerk.sends_a_film(&page(child), 1 << 30).await;
        reply.is(422).says("film.mp4").says("超过 20 MB");
        assert!(taken >= 1 << 30, "{taken}");
        // A browser is led to the page that it may reload.
        clerk.browses();
        let (reply, taken) = clerk.sends_a_film(&page(child), 1 << 30).await;
        assert!(taken >= 1 << 30, "{taken}");
        clerk
            .open(reply.is(303).location.as_deref().unwrap())
            .await
            .says("film.mp4");
        assert_eq!(files(&app).await, (0, 0));
    })
    .await;
}
