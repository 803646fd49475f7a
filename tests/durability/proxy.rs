//! A line to PostgreSQL that breaks when it is told to: at any moment, or around a commit.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// Where the line breaks at the next commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// It does not.
    Never,
    /// The server never hears of it.
    Before,
    /// The server commits, and nobody hears its answer.
    After,
}

/// The line.
pub(super) struct Proxy {
    port: u16,
    server: String,
    cut: Arc<Mutex<Cut>>,
    away: Arc<AtomicBool>,
    breaks: watch::Sender<u32>,
}

impl Proxy {
    /// To the server at this address.
    #[expect(clippy::disallowed_methods, reason = "it ends with the test")]
    pub(super) async fn to(url: &str) -> Self {
        let server = host_of(url).to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self {
            port: listener.local_addr().unwrap().port(),
            server: server.clone(),
            cut: Arc::new(Mutex::new(Cut::Never)),
            away: Arc::default(),
            breaks: watch::Sender::new(0),
        };
        let (cut, away, breaks) = (proxy.cut.clone(), proxy.away.clone(), proxy.breaks.clone());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if away.load(Ordering::SeqCst) {
                    continue;
                }
                let server = TcpStream::connect(&server).await.unwrap();
                tokio::spawn(carry(client, server, cut.clone(), breaks.subscribe()));
            }
        });
        proxy
    }

    /// The same database, through this line.
    pub(super) fn url(&self, url: &str) -> String {
        url.replace(&self.server, &format!("127.0.0.1:{}", self.port))
    }

    /// Break at the next commit.
    pub(super) fn cut(&self, cut: Cut) {
        *self.cut.lock().unwrap() = cut;
    }

    /// Break every connection that there is.
    pub(super) fn break_all(&self) {
        self.breaks.send_modify(|n| *n += 1);
    }

    /// The server goes away, or comes back.
    pub(super) fn is_away(&self, away: bool) {
        self.away.store(away, Ordering::SeqCst);
        if away {
            self.break_all();
        }
    }
}

fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").unwrap().1;
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    rest.split('/').next().unwrap()
}

async fn carry(mut client: TcpStream, mut server: TcpStream, cut: Arc<Mutex<Cut>>, mut breaks: watch::Receiver<u32>) {
    let (mut asked, mut answered) = (vec![0; 65536], vec![0; 65536]);
    loop {
        tokio::select! {
            read = client.read(&mut asked) => {
                let Ok(n @ 1..) = read else { return };
                if asked[..n].windows(7).any(|bytes| bytes == b"COMMIT\0") {
                    let now = std::mem::replace(&mut *cut.lock().unwrap(), Cut::Never);
                    if now == Cut::Before {
                        return;
                    }
                    if now == Cut::After {
                        server.write_all(&asked[..n]).await.unwrap();
                        let _ = server.read(&mut answered).await;
                        return;
                    }
                }
                if server.write_all(&asked[..n]).await.is_err() {
                    return;
                }
            }
            read = server.read(&mut answered) => {
                let Ok(n @ 1..) = read else { return };
                if client.write_all(&answered[..n]).await.is_err() {
                    return;
                }
            }
            _ = breaks.changed() => return,
        }
    }
}
