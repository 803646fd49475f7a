//! Files of a child's file: added, opened, taken back, refused, waiting.

mod hostile;
pub(crate) mod made;
mod waiting;

use std::sync::Arc;

use entities::{
    ChildId,
    attachment::attachment,
    event::event,
    kept::{file_content, stored_file},
    words::{AttachmentState, FileKind, Material},
};
use sea_orm::{EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _};
use serde_json::Value;
use starbridge::platform::paper::Printer;

use crate::support::{TestApp, page::Reply, people::Person, story};

const PATH: &str = "/attachments";

/// Files can be looked into, where the program was built: `make test` builds it.
pub(crate) fn can_look(app: &TestApp) -> bool {
    let found = Printer::found(&app.app.config);
    assert!(found.is_ok() || std::env::var_os("STARBRIDGE_TEST_PAPER").is_none());
    found.is_ok()
}

fn page(child: ChildId) -> String {
    format!("/children/{child}{PATH}")
}

async fn add(who: &mut Person, child: ChildId, files: &[(&str, &[u8])]) -> Reply {
    let fields = [("kind", Material::Household.as_str()), ("title", "")];
    let html = who.open(&page(child)).await.is(200).html();
    assert!(html.contains("enctype=\"multipart/form-data\""), "{html}");
    who.upload_all(&page(child), &fields, "files", files).await
}

async fn all(app: &TestApp) -> Vec<attachment::Model> {
    attachment::Entity::find()
        .order_by_asc(attachment::COLUMN.id)
        .all(&*app.app.db)
        .await
        .unwrap()
}

async fn files(app: &TestApp) -> (u64, u64) {
    let db = &*app.app.db;
    (
        stored_file::Entity::find().count(db).await.unwrap(),
        file_content::Entity::find().count(db).await.unwrap(),
    )
}

pub(crate) async fn events(app: &TestApp, action: &str) -> Vec<Value> {
    let found = event::Entity::find()
        .filter(event::COLUMN.action.eq(action))
        .order_by_asc(event::COLUMN.id)
        .all(&*app.app.db)
        .await
        .unwrap();
    found.into_iter().map(|one| one.details).collect()
}

#[tokio::test]
async fn several_files_are_added_at_once_opened_and_taken_back() {
    story(|app: Arc<TestApp>| async move {
        if !can_look(&app) {
            return;
        }
        let child = app.child("小明").await;
        let mut clerk = app.person("screener").await;
        let photo = made::jpeg(16, 8, &made::of_telephone());
        let sent: [(&str, &[u8]); 3] = [
            ("户口簿.jpg", &photo),
            ("诊断.pdf", &made::pages(2)),
            ("截图.png", &made::small_png()),
        ];
        add(&mut clerk, child, &sent).await.is(303);
        let mut shown = clerk.open(&page(child)).await.is(200);
        for said in ["户口簿", "诊断.pdf", "截图.png", "2 页", "可打开"] {
            shown = shown.says(said);
        }
        let [picture, paper, screen] = all(&app).await.try_into().unwrap();
        assert_eq!(
            [picture.media, paper.media, screen.media],
            [FileKind::Jpeg, FileKind::Pdf, FileKind::Png]
        );
        assert!(
            [&picture, &paper, &screen]
                .iter()
                .all(|one| one.state == AttachmentState::Ready)
        );
        assert_eq!(paper.pages, Some(2));
        assert_eq!(events(&app, "attachment.added").await.len(), 3);

        // As it came, and said to be saved; what is shown is upright and tells no place.
        let original = clerk.get(&format!("{PATH}/{}/original", picture.id)).await.is(200);
        assert_eq!(original.body, photo);
        assert!(
            original
                .header("content-disposition")
                .starts_with("attachment; filename*=UTF-8''")
        );
        let clean = clerk.get(&format!("{PATH}/{}/picture", picture.id)).await.is(200);
        for (name, holds) in [
            ("content-type", "image/jpeg"),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "sandbox"),
            ("cache-control", "no-store"),
        ] {
            assert!(clean.header(name).contains(holds), "{name}: {}", clean.header(name));
        }
        assert!(!clean.body.windows(4).any(|some| some == b"GPS-" || some == b"Exif"));
        assert_eq!(size_of(&clean.body), (8, 16));
        let small = clerk.get(&format!("{PATH}/{}/thumbnail", paper.id)).await.is(200);
        assert!(small.header("cache-control").starts_with("private, max-age="));
        assert!(small.body.starts_with(&[0xFF, 0xD8, 0xFF]));
        let opened = events(&app, "attachment.opened").await;
        let shapes: Vec<&str> = opened.iter().map(|one| one["shape"].as_str().unwrap()).collect();
        assert_eq!(shapes, ["original", "picture"]);

        // Taken back: it stays on record, and nobody opens it.
        let reply = clerk.open(&page(child)).await;
        reply
            .submit_to(&format!("{}/{}/withdrawal", page(child), picture.id), &mut clerk)
            .await
            .is(303);
        clerk.open(&page(child)).await.is(200).omits("户口簿.jpg");
        clerk.get(&format!("{PATH}/{}/original", picture.id)).await.is(404);
        assert_eq!(all(&app).await[0].state, AttachmentState::Withdrawn);
        assert_eq!(events(&app, "attachment.withdrawn").await.len(), 1);
    })
    .await;
}

/// Width and height of a JPEG of one scan.
fn size_of(jpeg: &[u8]) -> (u16, u16) {
    let at = jpeg.windows(2).position(|mark| mark == [0xFF, 0xC0]).unwrap();
    let number = |at: usize| u16::from_be_bytes([jpeg[at], jpeg[at + 1]]);
    (number(at + 7), number(at + 5))
}

#[tokio::test]
async fn the_same_file_counts_once_and_lies_once() {
    story(|app| async move {
        let child = app.child("小明").await;
        let other = app.child("小红").await;
        let mut clerk = app.person("screener").await;
        let paper = made::pages(1);
        add(&mut clerk, child, &[("甲.pdf", &paper)]).await.is(303);
        let once = files(&app).await;
        // The answer was lost, and it is sent again; under another name it is still the same.
        add(&mut clerk, child, &[("甲.pdf", &paper), ("乙.pdf", &paper)])
            .await
            .is(303);
        assert_eq!((all(&app).await.len(), files(&app).await), (1, once));
        // Another child's is another attachment of the same bytes.
        add(&mut clerk, other, &[("甲.pdf", &paper)]).await.is(303);
        assert_eq!(all(&app).await.len(), 2);
        assert_eq!(files(&app).await.1, once.1);
    })
    .await;
}

#[tokio::test]
async fn who_brought_it_in_opens_it_and_the_federation_above_and_nobody_else() {
    story(|app| async move {
        if !can_look(&app) {
            return;
        }
        let (child, referral) = app.accepted("小明").await;
        let _ = referral;
        let mut clerk = app.person("screener").await;
        add(&mut clerk, child, &[("户口簿.pdf", &made::pages(1))]).await.is(303);
        let one = all(&app).await.remove(0);
        let path = format!("{PATH}/{}/original", one.id);
        app.person("federation").await.get(&path).await.is(200);
        // The hospital sees the child, and not what the health centre collected.
        let mut hospital = app.person("rescreener").await;
        hospital.open(&page(child)).await.is(200).omits("户口簿.pdf");
        hospital.get(&path).await.is(404);
        for stranger in ["neighbour", "elsewhere"] {
            let mut stranger = app.person(stranger).await;
            stranger.get(&path).await.is(404);
            stranger.get(&page(child)).await.is(404);
        }
        // Nobody takes back what others brought in, nor adds to a child that is not his.
        let fields = [("version".to_owned(), "1".to_owned())];
        let back = format!("{}/{}/withdrawal", page(child), one.id);
        hospital.post(&back, &fields).await.is(404);
        let mut neighbour = app.person("neighbour").await;
        neighbour
            .upload(&page(child), &[("kind", "other")], ("files", "a.pdf", &made::pages(1)))
            .await
            .is(404);
        assert_eq!(all(&app).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_sound_stays_though_another_field_is_wrong() {
    story(|app| async move {
        let child = app.child("小明").await;
        let mut clerk = app.person("screener").await;
        // A kind that nobody knows: nothing is stored under a wrong name.
        let reply = clerk
            .upload(
                &page(child),
                &[("kind", "nothing")],
                ("files", "a.pdf", &made::pages(1)),
            )
            .await;
        reply.is(422);
        assert!(all(&app).await.is_empty());
        // One of three is none: it is named beside the field, the others are there.
        let sent: [(&str, &[u8]); 3] = [
            ("甲.pdf", &made::pages(1)),
            ("乙.docx", b"PK\x03\x04 and so on"),
            ("丙.png", &made::small_png()),
        ];
        let reply = add(&mut clerk, child, &sent).await.is(422);
        reply.says("乙.docx").says("压缩包").says("甲.pdf").says("丙.png");
        assert_eq!(all(&app).await.len(), 2);
        // Nothing chosen.
        add(&mut clerk, child, &[("", b"")]).await.is(422).says("请选择文件");
    })
    .await;
}

#[tokio::test]
async fn the_script_of_the_field_gets_the_list_or_the_reason() {
    story(|app| async move {
        let child = app.child("小明").await;
        let mut clerk = app.person("screener").await;
        let fields = [("kind", "birth")];
        let list = clerk
            .uploads_in_place(&page(child), &fields, ("出生证.pdf", &made::pages(1)))
            .await
            .is(200);
        assert!(list.html().contains("data-files-list") && !list.html().contains("<html"));
        list.says("出生证.pdf");
        let wrong = clerk
            .uploads_in_place(&page(child), &fields, ("a.gif", b"GIF89a"))
            .await
            .is(422);
        assert!(wrong.html().contains("class=\"wrong\"") && !wrong.html().contains("<html"));
        wrong.says("只收 PDF、JPEG、PNG");
        assert_eq!(all(&app).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_large_file_lies_in_pieces_and_comes_back_whole_and_an_exchanged_one_does_not() {
    story(|app| async move {
        if !can_look(&app) {
            return;
        }
        let child = app.child("小明").await;
        let mut clerk = app.person("screener").await;
        let mut paper = made::pages(1);
        // Comments of a PDF: three megabytes that nothing unpacks.
        paper.extend((0..3_000_000_u32).map(|n| {
            if n % 80 == 0 {
                b'\n'
            } else if n % 80 == 1 {
                b'%'
            } else {
                b'a'
            }
        }));
        paper.extend(b"\n%%EOF\n");
        add(&mut clerk, child, &[("大.pdf", &paper)]).await.is(303);
        let one = all(&app).await.remove(0);
        assert_eq!(one.state, AttachmentState::Ready);
        assert!(files(&app).await.1 >= 6, "{:?}", files(&app).await);
        let path = format!("{PATH}/{}/original", one.id);
        let reply = clerk.get(&path).await.is(200);
        assert!(reply.body == paper);

        // The last piece exchanged: the answer breaks off before it is whole.
        let stored = stored_file::Entity::find_by_id(one.file_id)
            .one(&*app.app.db)
            .await
            .unwrap()
            .unwrap();
        let other = app.app.keys.seal_bytes("file", b"other").unwrap();
        let change = file_content::ActiveModel {
            content: sea_orm::ActiveValue::Set(other),
            ..Default::default()
        };
        file_content::Entity::update_many()
            .set(change)
            .filter(file_content::COLUMN.hash.eq(stored.hash))
            .filter(file_content::COLUMN.number.eq(5))
            .exec(app.app.db.writer())
            .await
            .unwrap();
        let got = app.person("screener").await.breaks_off(&path).await;
        assert!(got < paper.len(), "{got}");
        app.logged_an_error("is not what was brought in");
    })
    .await;
}
