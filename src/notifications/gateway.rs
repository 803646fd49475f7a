//! The gateway for SMS or WeCom: configured, not coded. Every message is one JSON post.
//!
//! ```json
//! {"id": "…", "to": "13800000000", "subject": "…", "text": "…", "language": "zh-CN", "template": "screening.rescreen_needed"}
//! ```
//!
//! `X-Starbridge-Signature: sha256=HEX` is the HMAC-SHA-256 of the body under the configured secret; `Idempotency-Key` is
//! the `id`, the same for every attempt. Any 2xx means taken. Any other status means not taken, and it is tried again.

use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::ExposeSecret as _;
use serde_json::json;
use sha2::Sha256;

use super::{handover::Handover, mail::Letter};
use crate::platform::{
    App, Error, Result,
    crypto::{fingerprint, hex},
};

/// For the whole exchange.
const PATIENCE: Duration = Duration::from_secs(15);
/// For reaching the gateway at all.
const CONNECT: Duration = Duration::from_secs(5);

/// Post a message.
pub(super) async fn send(app: &App, letter: &Letter, template: &str) -> Result<Handover> {
    let Some(url) = &app.config.webhook_url else {
        return Ok(Handover::Never("delivery.no_gateway".to_owned()));
    };
    let id = fingerprint(letter.key.as_bytes());
    let body = json!({
        "id": id,
        "to": letter.to.address,
        "subject": letter.subject,
        "text": letter.body,
        "language": letter.to.language,
        "template": template,
    })
    .to_string();
    let signature = match &app.config.webhook_secret {
        Some(secret) => Some(signature(secret.expose_secret(), &body)?),
        None => None,
    };
    let url = url.expose_secret().to_owned();
    tokio::task::spawn_blocking(move || post(&url, &id, signature, body))
        .await
        .map_err(|e| Error::Internal(e.into()))
}

/// The HMAC of a body.
pub fn signature(secret: &str, body: &str) -> Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(anyhow::Error::from)?;
    mac.update(body.as_bytes());
    Ok(format!("sha256={}", hex(&mac.finalize().into_bytes())))
}

fn post(url: &str, id: &str, signature: Option<String>, body: String) -> Handover {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .timeout_connect(Some(CONNECT))
        .http_status_as_error(false)
        .max_redirects(0)
        .build()
        .into();
    let mut request = agent
        .post(url)
        .header("content-type", "application/json")
        .header("idempotency-key", id);
    if let Some(signature) = signature {
        request = request.header("x-starbridge-signature", signature);
    }
    match request.send(body) {
        Ok(answer) if answer.status().is_success() => Handover::Done,
        Ok(answer) => Handover::Later(format!("HTTP {}", answer.status())),
        Err(error) => failed(&error),
    }
}

/// An error's own text could quote the address, which may hold a token: only its kind is told.
fn failed(error: &ureq::Error) -> Handover {
    use ureq::{Error as E, Timeout};
    match error {
        E::HostNotFound => Handover::Unreachable("delivery.gateway_not_found".to_owned()),
        E::ConnectionFailed | E::Timeout(Timeout::Connect | Timeout::Resolve) => {
            Handover::Unreachable("delivery.gateway_unreachable".to_owned())
        }
        E::Io(io) if io.kind() == std::io::ErrorKind::ConnectionRefused => {
            Handover::Unreachable("delivery.gateway_unreachable".to_owned())
        }
        E::BadUri(_) => Handover::Never("delivery.gateway_address".to_owned()),
        _ => Handover::Unknown,
    }
}
