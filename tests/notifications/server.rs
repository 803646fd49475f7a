//! Servers for tests: one that takes mail, one that takes posts.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};

/// An SMTP server that keeps what it is given.
pub(crate) struct SmtpServer {
    address: std::net::SocketAddr,
    mails: Arc<Mutex<Vec<String>>>,
}

impl SmtpServer {
    pub(crate) async fn start() -> Self {
        Self::listen(true).await
    }

    /// Takes the mail and goes away without a word.
    pub(crate) async fn closing_after_the_mail() -> Self {
        Self::listen(false).await
    }

    #[expect(clippy::disallowed_methods, reason = "it ends with the test")]
    async fn listen(answers: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mails = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&mails);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&kept), answers));
            }
        });
        Self { address, mails }
    }

    pub(crate) fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    pub(crate) fn mails(&self) -> Vec<String> {
        self.mails.lock().unwrap().clone()
    }
}

async fn serve(stream: TcpStream, mails: Arc<Mutex<Vec<String>>>, answers: bool) {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 test\r\n").await.unwrap();
    let mut line = String::new();
    while stream.read_line(&mut line).await.unwrap_or(0) > 0 {
        let command = line.trim().to_uppercase();
        line.clear();
        let reply: &[u8] = match command.split(' ').next().unwrap() {
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await.unwrap();
                let mut mail = String::new();
                while stream.read_line(&mut line).await.unwrap() > 0 && line != ".\r\n" {
                    mail.push_str(&line);
                    line.clear();
                }
                line.clear();
                mails.lock().unwrap().push(mail);
                if !answers {
                    return;
                }
                b"250 taken\r\n"
            }
            "QUIT" => b"221 bye\r\n",
            _ => b"250 ok\r\n",
        };
        if stream.write_all(reply).await.is_err() {
            return;
        }
    }
}

/// A gateway that answers one post; gives its head and body.
#[expect(clippy::disallowed_methods, reason = "it ends with the test")]
pub(crate) async fn gateway(status: u16) -> (String, oneshot::Receiver<(String, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/send", listener.local_addr().unwrap());
    let (tell, told) = oneshot::channel();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            stream.read_line(&mut head).await.unwrap();
        }
        let length = head
            .to_lowercase()
            .lines()
            .find_map(|l| {
                l.strip_prefix("content-length: ")
                    .map(|n| n.trim().parse::<usize>().unwrap())
            })
            .unwrap();
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.unwrap();
        let answer = format!("HTTP/1.1 {status} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        stream.write_all(answer.as_bytes()).await.unwrap();
        let _ = tell.send((head, String::from_utf8(body).unwrap()));
    });
    (url, told)
}
