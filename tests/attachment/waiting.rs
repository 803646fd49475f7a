//! What nobody can look at now is stored, waits, and is opened by nobody before.

use std::{
    os::unix::fs::symlink,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use entities::words::{AttachmentState, FileFault};
use starbridge::{app::FEATURES, platform::sweep};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use super::{PATH, add, all, can_look, events, files, made, page};
use crate::support::TestApp;

async fn look_again(app: &TestApp) {
    let sweeps = FEATURES.sweeps();
    let sweep = sweeps.iter().find(|sweep| sweep.name == "attachments").unwrap();
    sweep::run_once(&app.app, sweep).await.unwrap();
}

#[tokio::test]
async fn before_the_program_is_built_files_wait_and_then_are_there() {
    let place = std::env::temp_dir().join(format!("starbridge-later-{}", std::process::id()));
    let app = TestApp::with(&["--paper-program", place.to_str().unwrap()]).await;
    let child = app.child("小明").await;
    let mut clerk = app.person("screener").await;
    let photo = made::jpeg(16, 8, &made::of_telephone());
    let sent: [(&str, &[u8]); 2] = [("照片.jpg", &photo), ("厚.pdf", &made::pages(301))];
    let reply = add(&mut clerk, child, &sent).await.is(303);
    clerk
        .open(reply.location.as_deref().unwrap())
        .await
        .says("2 个等待检查")
        .says("还没有安装检查文件的程序");
    assert!(
        all(&app)
            .await
            .iter()
            .all(|one| one.state == AttachmentState::Preparing)
    );
    let path = format!("{PATH}/{}/original", all(&app).await[0].id);
    clerk.get(&path).await.is(404);
    look_again(&app).await;
    assert_eq!(all(&app).await[0].state, AttachmentState::Preparing);

    let usual = TestApp::new().await;
    if !can_look(&usual) {
        return;
    }
    symlink(built(), &place).unwrap();
    look_again(&app).await;
    std::fs::remove_file(&place).unwrap();
    let [picture, paper] = all(&app).await.try_into().unwrap();
    assert_eq!(
        (picture.state, picture.clean_id.is_some()),
        (AttachmentState::Ready, true)
    );
    assert_eq!(
        (paper.state, paper.fault),
        (AttachmentState::Refused, Some(FileFault::TooManyPages))
    );
    assert_eq!(
        (
            events(&app, "attachment.prepared").await.len(),
            events(&app, "attachment.refused").await.len()
        ),
        (1, 1)
    );
    clerk.get(&path).await.is(200);
    clerk.open(&page(child)).await.says("未通过检查").says("超过 300 页");
}

/// Where cargo puts the program.
fn built() -> std::path::PathBuf {
    let here = std::env::current_exe().unwrap();
    let mut folders = here.ancestors().skip(1).take(3);
    folders
        .find_map(|folder| Some(folder.join("paper/starbridge-paper")).filter(|file| file.is_file()))
        .unwrap()
}

/// A scanner that knows one thing, and may be away.
struct Scanner {
    address: String,
    away: Arc<AtomicBool>,
    _works: JoinSet<()>,
}

impl Scanner {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let away = Arc::new(AtomicBool::new(false));
        let mut works = JoinSet::new();
        let is_away = Arc::clone(&away);
        works.spawn(async move {
            loop {
                let (line, _) = listener.accept().await.unwrap();
                if !is_away.load(Ordering::SeqCst) {
                    answer(line).await;
                }
            }
        });
        Self {
            address,
            away,
            _works: works,
        }
    }
}

/// As clamd: a command that ends with a zero, then pieces with their length before them, and one of none.
async fn answer(mut line: TcpStream) {
    let mut command = Vec::new();
    while !command.ends_with(b"\0") {
        command.push(line.read_u8().await.unwrap());
    }
    if command == b"zVERSION\0" {
        line.write_all(b"ClamAV 1.4.2/27500\0").await.unwrap();
        return;
    }
    assert_eq!(command, b"zINSTREAM\0");
    let mut content = Vec::new();
    loop {
        let length = line.read_u32().await.unwrap();
        if length == 0 {
            break;
        }
        let mut piece = vec![0; usize::try_from(length).unwrap()];
        line.read_exact(&mut piece).await.unwrap();
        content.extend(piece);
    }
    let knows = content.windows(68).any(|some| some == made::eicar());
    let said: &[u8] = if knows {
        b"stream: Eicar-Signature FOUND\0"
    } else {
        b"stream: OK\0"
    };
    line.write_all(said).await.unwrap();
}

/// A PDF with the test virus behind its end.
fn infected() -> Vec<u8> {
    let mut file = made::pages(1);
    file.extend(made::eicar());
    file
}

#[tokio::test]
async fn a_virus_is_refused_and_without_the_scanner_nothing_is_taken_for_clean() {
    let scanner = Scanner::new().await;
    let app = TestApp::with(&["--clamav", &scanner.address]).await;
    let child = app.child("小明").await;
    let mut clerk = app.person("screener").await;
    add(&mut clerk, child, &[("a.pdf", &infected())])
        .await
        .is(422)
        .says("有病毒");
    assert_eq!(files(&app).await, (0, 0));

    scanner.away.store(true, Ordering::SeqCst);
    let sent: [(&str, &[u8]); 2] = [("好.pdf", &made::pages(2)), ("坏.pdf", &infected())];
    add(&mut clerk, child, &sent).await.is(303);
    clerk
        .open(&page(child))
        .await
        .says("已隔离")
        .says("杀毒程序暂时无法使用");
    let [good, bad] = all(&app).await.try_into().unwrap();
    assert_eq!([good.state, bad.state], [AttachmentState::SetApart; 2]);
    look_again(&app).await;
    assert_eq!(
        all(&app).await[0].state,
        AttachmentState::SetApart,
        "silence is no answer"
    );
    clerk.get(&format!("{PATH}/{}/original", good.id)).await.is(404);

    scanner.away.store(false, Ordering::SeqCst);
    look_again(&app).await;
    let [good, bad] = all(&app).await.try_into().unwrap();
    assert_eq!(
        (bad.state, bad.fault),
        (AttachmentState::Refused, Some(FileFault::Virus))
    );
    let looked = if can_look(&app) {
        AttachmentState::Ready
    } else {
        AttachmentState::Preparing
    };
    assert_eq!(good.state, looked);
    clerk.open(&page(child)).await.says("有病毒");
    clerk.get(&format!("{PATH}/{}/original", bad.id)).await.is(404);
}

#[tokio::test]
async fn what_was_taken_back_while_it_waited_stays_taken_back() {
    let app = TestApp::with(&["--paper-program", "/nowhere/at/all"]).await;
    let child = app.child("小明").await;
    let mut clerk = app.person("screener").await;
    add(&mut clerk, child, &[("a.pdf", &made::pages(1))]).await.is(303);
    let one = all(&app).await.remove(0);
    let reply = clerk.open(&page(child)).await;
    reply
        .submit_to(&format!("{}/{}/withdrawal", page(child), one.id), &mut clerk)
        .await
        .is(303);
    look_again(&app).await;
    assert_eq!(all(&app).await[0].state, AttachmentState::Withdrawn);
    assert!(events(&app, "attachment.prepared").await.is_empty());
}
