//! What is still on its way when the answer is ready is read and thrown away: a browser that is still sending sees the
//! answer only when it may finish, and a broken connection otherwise.

use std::{
    pin::{Pin, pin},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::Request,
    http::header,
    middleware::Next,
    response::Response,
};
use http_body::{Frame, SizeHint};

/// More than most forms take; who sends more is cut off.
const MOST: u64 = 64 * 1024 * 1024;
/// How long a slow line may take for the rest.
const PATIENCE: Duration = Duration::from_secs(30);

/// How much is read of a request: a route that takes files says so. Whoever may send files may choose a film by mistake, and
/// is told so by a page.
#[derive(Clone, Debug, Default)]
pub(super) struct Generous(Arc<AtomicBool>);

impl Generous {
    const MOST: u64 = 4 * 1024 * 1024 * 1024;
    const PATIENCE: Duration = Duration::from_mins(3);

    /// Of this request more is read than of others.
    pub(super) fn be(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn limits(&self) -> (u64, Duration) {
        if self.0.load(Ordering::Relaxed) {
            (Self::MOST, Self::PATIENCE)
        } else {
            (MOST, PATIENCE)
        }
    }
}

/// The layer: stands around everything that may answer before it has read all.
pub async fn read_out(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    // Who waits to be asked has sent nothing yet, and need not.
    let waits = request.headers().contains_key(header::EXPECT);
    let rest = Arc::new(Mutex::new(Rest {
        body: None,
        begun: !waits,
    }));
    let generous = Generous::default();
    let mut request = request.map(|body| {
        Body::new(Lent {
            body: Some(body),
            begun: false,
            owner: Arc::clone(&rest),
        })
    });
    request.extensions_mut().insert(generous.clone());
    let response = next.run(request).await;
    let rest = rest
        .lock()
        .ok()
        .and_then(|mut rest| rest.begun.then(|| rest.body.take())?);
    let (most, patience) = generous.limits();
    if let Some(body) = rest.filter(|body| !body.is_end_stream() && body.size_hint().lower() <= most) {
        let _ = tokio::time::timeout(patience, thrown_away(body, most)).await;
    }
    response
}

async fn thrown_away(body: Body, most: u64) {
    let (mut body, mut read) = (pin!(body), 0);
    while let Some(Ok(frame)) = std::future::poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
        read += frame
            .data_ref()
            .map_or(0, |data| u64::try_from(data.len()).unwrap_or(u64::MAX));
        if read > most {
            return;
        }
    }
}

/// What comes back of a body.
struct Rest {
    body: Option<Body>,
    begun: bool,
}

/// A body that goes back to the layer when its reader lets go of it.
struct Lent {
    body: Option<Body>,
    begun: bool,
    owner: Arc<Mutex<Rest>>,
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Ok(mut rest) = self.owner.lock() {
            rest.body = self.body.take();
            rest.begun |= self.begun;
        }
    }
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.begun = true;
        match &mut self.body {
            Some(body) => Pin::new(body).poll_frame(cx),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map(HttpBody::size_hint).unwrap_or_default()
    }
}
