//! The server loop. A connection costs memory before anybody is known, so there are only so many, and none is waited for
//! without end: not for the head of a request, not between two requests, not until somebody takes an answer, not when the
//! server stops.

use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    extract::{ConnectInfo, Request},
};
use http_body::{Frame, SizeHint};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Sleep,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt as _;

/// What connections may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at one time; further ones wait in the queue of the operating system.
    pub connections: usize,
    /// Until the head of a request has come, and between two requests.
    pub head: Duration,
    /// Until whoever asked takes something more of the answer.
    pub answer: Duration,
    /// Until requests under way have been answered when the server stops; then they are cut off.
    pub stop: Duration,
}

impl Limits {
    /// Those of the pages. The connections stay below the 1024 open files that a process has where nobody raises it.
    pub const PAGES: Self = Self {
        connections: 800,
        head: Duration::from_secs(20),
        answer: Duration::from_mins(1),
        stop: Duration::from_secs(30),
    };
    /// Those of `/metrics`, which one program reads.
    pub const METRICS: Self = Self {
        connections: 16,
        head: Duration::from_secs(20),
        answer: Duration::from_secs(20),
        stop: Duration::from_secs(2),
    };
}

/// Longest head of a request, and what is buffered of an answer: 800 connections times this is what strangers can hold.
const BUFFER: usize = 64 * 1024;
/// For the last bytes of an answer to leave.
const LINGER: Duration = Duration::from_millis(300);

/// Serve until told to stop, and until what is under way has been answered.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: CancellationToken) {
    let seats = Arc::new(Semaphore::new(limits.connections));
    let open = TaskTracker::new();
    loop {
        let next = async {
            let seat = Arc::clone(&seats).acquire_owned().await;
            (seat, listener.accept().await)
        };
        let (seat, accepted) = tokio::select! {
            () = stop.cancelled() => break,
            next = next => next,
        };
        match (seat, accepted) {
            (Ok(seat), Ok((stream, address))) => {
                open.spawn(talk(stream, address, router.clone(), limits, stop.clone(), seat));
            }
            (Err(_), _) => break,
            (_, Err(error)) => {
                tracing::warn!("a connection was not accepted: {error}");
                // Out of files or memory: what is open has to end first.
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
    // Who stands in the queue of the operating system was let in, as far as a proxy knows, and may have sent a form.
    while let Ok(Ok((stream, address))) = tokio::time::timeout(Duration::ZERO, listener.accept()).await {
        let Ok(seat) = Arc::clone(&seats).try_acquire_owned() else {
            break;
        };
        open.spawn(talk(stream, address, router.clone(), limits, stop.clone(), seat));
    }
    drop(listener);
    open.close();
    open.wait().await;
}

/// One connection, request after request.
async fn talk(
    stream: TcpStream,
    address: SocketAddr,
    router: Router,
    limits: Limits,
    stop: CancellationToken,
    _seat: OwnedSemaphorePermit,
) {
    // Answers leave at once and not with the next ones.
    let _ = stream.set_nodelay(true);
    let under_way = UnderWay::default();
    let counted = under_way.clone();
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let (router, one) = (router.clone(), counted.one_more());
        let mut request: Request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(address));
        async move {
            let response = router.oneshot(request).await?;
            Ok::<_, Infallible>(response.map(|body| Counted { body, _one: one }))
        }
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head)
            .max_buf_size(BUFFER)
            .serve_connection(TokioIo::new(Taken::by(stream, limits.answer)), service)
    );
    tokio::select! {
        ended = connection.as_mut() => return told(ended),
        () = stop.cancelled() => {}
    }
    // A request that is on its way is still read: nobody could send a form a second time.
    tokio::select! {
        ended = connection.as_mut() => return told(ended),
        () = tokio::time::sleep(LINGER) => {}
    }
    connection.as_mut().graceful_shutdown();
    tokio::select! {
        ended = connection.as_mut() => told(ended),
        () = under_way.nothing() => {}
        () = tokio::time::sleep(limits.stop) => tracing::warn!("a request was cut off, because the server stops"),
    }
}

/// A stream whose other end has to take what is sent: who asks for much and reads nothing does not keep a seat.
struct Taken {
    stream: TcpStream,
    patience: Duration,
    /// Runs while the other end takes nothing.
    until: Option<Pin<Box<Sleep>>>,
}

impl Taken {
    fn by(stream: TcpStream, patience: Duration) -> Self {
        Self {
            stream,
            patience,
            until: None,
        }
    }

    fn in_time<T>(&mut self, cx: &mut Context<'_>, sent: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if sent.is_ready() {
            self.until = None;
            return sent;
        }
        let patience = self.patience;
        let until = self.until.get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        until
            .as_mut()
            .poll(cx)
            .map(|()| Err(io::Error::from(io::ErrorKind::TimedOut)))
    }
}

impl AsyncRead for Taken {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, into)
    }
}

impl AsyncWrite for Taken {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let sent = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.in_time(cx, sent)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let sent = Pin::new(&mut self.stream).poll_write_vectored(cx, bytes);
        self.in_time(cx, sent)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Strangers break connections as they like.
fn told(ended: Result<(), hyper::Error>) {
    if let Err(error) = ended {
        tracing::debug!("a connection broke: {error}");
    }
}

/// Requests whose answers have not left.
#[derive(Clone, Default)]
struct UnderWay(Arc<AtomicUsize>);

impl UnderWay {
    fn one_more(&self) -> One {
        self.0.fetch_add(1, Ordering::Relaxed);
        One(Arc::clone(&self.0))
    }

    /// There have been none for a while: whoever sends half a head is not waited for.
    async fn nothing(&self) {
        loop {
            tokio::time::sleep(LINGER).await;
            if self.0.load(Ordering::Relaxed) == 0 {
                return;
            }
        }
    }
}

/// One of them, until its answer was taken or dropped.
struct One(Arc<AtomicUsize>);

impl Drop for One {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// An answer that counts as under way until its last byte was taken.
struct Counted {
    body: Body,
    _one: One,
}

impl HttpBody for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        time::timeout,
    };

    use super::*;

    const SHORT: Duration = Duration::from_millis(400);
    const LONG: Duration = Duration::from_secs(20);
    /// More than the buffers of both ends hold.
    const LARGE: usize = 32 << 20;

    async fn started(head: Duration) -> (SocketAddr, CancellationToken, TaskTracker) {
        let limits = Limits {
            connections: 2,
            head,
            answer: SHORT,
            stop: Duration::from_secs(5),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let slow = get(async || {
            tokio::time::sleep(Duration::from_millis(900)).await;
            "done"
        });
        let long = get(async || vec![b'x'; LARGE]);
        let router = Router::new()
            .route("/", get(async || "here"))
            .route("/slow", slow)
            .route("/long", long);
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        tasks.spawn(serve(listener, router, limits, stop.clone()));
        tasks.close();
        (address, stop, tasks)
    }

    async fn sent(address: SocketAddr, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    async fn rest_of(mut stream: TcpStream) -> String {
        let mut rest = Vec::new();
        let read = timeout(Duration::from_secs(3), stream.read_to_end(&mut rest)).await;
        read.expect("the connection stays open").ok();
        String::from_utf8_lossy(&rest).into_owned()
    }

    const ASKED: &str = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    #[tokio::test]
    async fn nobody_is_waited_for_without_end() {
        let (address, ..) = started(SHORT).await;
        assert!(
            !rest_of(sent(address, "GET / HTTP/1.1\r\nHost: ").await)
                .await
                .contains("200 OK")
        );
        assert_eq!(rest_of(sent(address, "").await).await, "");
        // An answer, and then nothing more is asked.
        assert!(rest_of(sent(address, ASKED).await).await.ends_with("here"));
    }

    #[tokio::test]
    async fn further_connections_wait_for_a_seat() {
        let (address, ..) = started(SHORT).await;
        let (_first, _second) = (sent(address, "").await, sent(address, "").await);
        tokio::time::sleep(Duration::from_millis(50)).await;
        let mut third = sent(address, ASKED).await;
        let mut buffer = [0; 15];
        assert!(
            timeout(Duration::from_millis(100), third.read_exact(&mut buffer))
                .await
                .is_err()
        );
        // The silent ones are sent away, and the third is served.
        timeout(Duration::from_secs(3), third.read_exact(&mut buffer))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(&buffer, b"HTTP/1.1 200 OK");
    }

    #[tokio::test]
    async fn who_does_not_take_an_answer_keeps_no_seat() {
        let (address, ..) = started(LONG).await;
        let asked = "GET /long HTTP/1.1\r\nHost: x\r\n\r\n";
        let silent = [sent(address, asked).await, sent(address, asked).await];
        tokio::time::sleep(Duration::from_millis(50)).await;
        let mut third = sent(address, ASKED).await;
        let mut buffer = [0; 15];
        timeout(Duration::from_secs(3), third.read_exact(&mut buffer))
            .await
            .expect("a seat becomes free")
            .unwrap();
        assert_eq!(&buffer, b"HTTP/1.1 200 OK");
        // Whoever takes it slowly gets all of it.
        let mut slow = sent(address, asked).await;
        let (mut taken, mut piece) = (0, vec![0; 1 << 20]);
        while taken < LARGE {
            let read = timeout(SHORT * 2, slow.read(&mut piece)).await.unwrap().unwrap();
            assert!(read > 0, "cut off after {taken} bytes");
            taken += read;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        drop(silent);
    }

    #[tokio::test]
    async fn stopping_waits_for_an_answer_and_not_for_half_a_question() {
        let (address, stop, tasks) = started(LONG).await;
        let asked = sent(address, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n").await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        stop.cancel();
        timeout(Duration::from_secs(3), tasks.wait()).await.expect("it stops");
        assert!(rest_of(asked).await.ends_with("done"), "what was asked is answered");

        let (address, stop, tasks) = started(LONG).await;
        let _half = sent(address, "GET /slow HT").await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        stop.cancel();
        timeout(Duration::from_secs(3), tasks.wait())
            .await
            .expect("it does not wait for the rest of the head");
    }
}
