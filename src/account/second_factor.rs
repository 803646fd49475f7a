//! The second factor: a time-based code of an authenticator application (RFC 6238).
//!
//! A secret is made, shown to its owner alone, and counts once a code proves that the application has it. Every code
//! works once. Only the security administrator takes a second factor away.

use chrono::{DateTime, TimeDelta, Utc};
use entities::{account::account, half_width::compact, words::Factor};
use qrcodegen::{QrCode, QrCodeEcc};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set};
use serde_json::json;
use totp_rs::{Algorithm, Secret, TOTP};

use super::{
    places::Origin,
    service,
    sign_in::{self, SignIn, SignedIn},
    tries::{self, LOCKED_FOR, Try},
};
use crate::platform::{
    Actor, App, Error, Result, Say, chance, clock,
    event::{self, Subject},
};

const PURPOSE: &str = "account.totp_secret";
/// Seconds that a code is shown.
const STEP: u64 = 30;
const DIGITS: usize = 6;
/// Bytes of a secret; RFC 4226 recommends the length of the hash.
const SECRET: usize = 20;

/// What the owner copies into the authenticator application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolment {
    /// The secret in groups of four letters, to be typed.
    pub secret: String,
    /// `otpauth://…`: opens the application where it is installed on the same machine.
    pub link: String,
    /// The link as a code to be photographed.
    pub picture: Picture,
}

/// A QR code as a drawing: the policy of the pages takes no pictures from data, so it stands in the page itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Modules along each side, with the quiet zone.
    pub side: i32,
    /// The dark modules as the path of an SVG drawing.
    pub path: String,
}

/// Light modules around a code, which its readers look for (ISO/IEC 18004).
const QUIET: i32 = 4;

impl Picture {
    fn of(text: &str) -> Result<Self> {
        let code = QrCode::encode_text(text, QrCodeEcc::Medium)
            .map_err(|e| anyhow::anyhow!("no code for a link of {} characters: {e}", text.len()))?;
        let size = code.size();
        let dark = (0..size).flat_map(|y| (0..size).map(move |x| (x, y)));
        let path = dark
            .filter(|(x, y)| code.get_module(*x, *y))
            .map(|(x, y)| format!("M{},{}h1v1h-1z", x + QUIET, y + QUIET))
            .collect();
        Ok(Self {
            side: size + 2 * QUIET,
            path,
        })
    }
}

/// Make a new secret for one's own account; it counts after [`confirm`].
pub async fn begin(app: &App, by: &Actor) -> Result<()> {
    let id = by.person()?;
    let bytes: [u8; SECRET] = chance::bytes();
    let Secret::Encoded(secret) = Secret::Raw(bytes.to_vec()).to_encoded() else {
        return Err(anyhow::anyhow!("a secret without letters").into());
    };
    let sealed = app.keys.seal(PURPOSE, &secret)?;
    let tx = app.db.write(by, "").await?;
    let account = service::load(&*tx, id).await?;
    if account.totp_confirmed_at.is_some() {
        return Err(Error::refused("second_factor.already"));
    }
    let row = account::ActiveModel {
        id: Set(id),
        totp_secret: Set(Some(sealed)),
        totp_last_step: Set(None),
        ..Default::default()
    };
    row.update(&*tx).await?;
    event::record(
        &tx,
        by,
        "account.second_factor_begun",
        Subject::new("account", id.0),
        json!({}),
    )
    .await?;
    tx.commit().await
}

/// The secret that waits for its first code; none when there is none or it was confirmed.
pub fn pending(app: &App, account: &account::Model) -> Result<Option<Enrolment>> {
    if account.totp_confirmed_at.is_some() {
        return Ok(None);
    }
    let Some(totp) = totp(app, account)? else {
        return Ok(None);
    };
    let letters: Vec<char> = totp.get_secret_base32().chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|four| four.iter().collect()).collect();
    let link = totp.get_url();
    Ok(Some(Enrolment {
        secret: groups.join(" "),
        picture: Picture::of(&link)?,
        link,
    }))
}

/// The first code: from now on sign-in asks for one.
pub async fn confirm(app: &App, by: &Actor, code: &str) -> Result<()> {
    let id = by.person()?;
    let tx = app.db.write(by, "").await?;
    let account = service::load(&*tx, id).await?;
    if account.totp_confirmed_at.is_some() {
        return Err(Error::refused("second_factor.already"));
    }
    let totp = totp(app, &account)?.ok_or_else(|| Error::refused("second_factor.no_secret"))?;
    let step = accepted_step(&totp, code, by.now, None).ok_or_else(|| Error::field("code", "second_factor.wrong"))?;
    let row = account::ActiveModel {
        id: Set(id),
        totp_confirmed_at: Set(Some(by.now)),
        totp_last_step: Set(Some(step)),
        ..Default::default()
    };
    row.update(&*tx).await?;
    event::record(
        &tx,
        by,
        "account.second_factor_added",
        Subject::new("account", id.0),
        json!({}),
    )
    .await?;
    tx.commit().await
}

/// The second half of a sign-in, while the first still counts. A wrong or used code is a failure of the second factor, which
/// is counted apart from the password.
pub async fn pass(app: &App, by: &Actor, half: &SignedIn, code: &str, from: &Origin) -> Result<SignIn> {
    let tx = app.db.write(&by.without_submission(), "").await?;
    let account = service::load(&*tx, half.account).await?;
    if account.epoch != half.epoch || account.disabled_at.is_some() {
        return Ok(SignIn::Void);
    }
    let one = Try {
        account: account.id,
        factor: Factor::SecondFactor,
        place: from.place(&*tx, by, account.id).await?,
    };
    let locked = || Say::new("second_factor.locked").with("minutes", LOCKED_FOR.num_minutes());
    if !tries::reserve_in(&tx, by, &one).await? {
        tx.commit_quietly().await?;
        let details = json!({ "account": account.user_name, "why": "second_factor_locked" });
        let subject = Subject::new("account", account.id.0);
        event::refused(app, by, "account.sign_in_failed", subject, details).await?;
        return Ok(SignIn::Refused(locked()));
    }
    let step = match totp(app, &account)? {
        Some(totp) => accepted_step(&totp, code, by.now, account.totp_last_step),
        None => None,
    };
    let Some(step) = step else {
        let closed = tries::failed_in(&tx, by, &one, &account.user_name).await?;
        tx.commit().await?;
        let wrong = Say::new("second_factor.wrong");
        return Ok(SignIn::Refused(if closed { locked() } else { wrong }));
    };
    tries::succeeded_in(&tx, by, &one).await?;
    let row = account::ActiveModel {
        id: Set(account.id),
        totp_last_step: Set(Some(step)),
        ..Default::default()
    };
    row.update(&*tx).await?;
    sign_in::welcome_in(&tx, by, &account, from).await?;
    tx.commit().await?;
    Ok(SignIn::Done(half.clone()))
}

fn totp(app: &App, account: &account::Model) -> Result<Option<TOTP>> {
    let Some(sealed) = &account.totp_secret else {
        return Ok(None);
    };
    let bytes = Secret::Encoded(app.keys.open(PURPOSE, sealed)?)
        .to_bytes()
        .map_err(|e| anyhow::anyhow!("an unreadable second factor: {e}"))?;
    let totp = TOTP::new(
        Algorithm::SHA1,
        DIGITS,
        1,
        STEP,
        bytes,
        Some("Starbridge".to_owned()),
        account.user_name.clone(),
    );
    Ok(Some(totp.map_err(anyhow::Error::from)?))
}

/// The time step whose code this is: the present one or a neighbour, for clocks that differ a little. Steps up to `last`
/// were used.
fn accepted_step(totp: &TOTP, code: &str, now: DateTime<Utc>, last: Option<i64>) -> Option<i64> {
    let code = compact(code);
    let present = u64::try_from(now.timestamp()).ok()? / STEP;
    // A step beyond was accepted while a clock ran ahead, and would shut the owner out until then.
    let newest = clock::furthest(now, TimeDelta::seconds(2 * i64::try_from(STEP).ok()?)).timestamp()
        / i64::try_from(STEP).ok()?;
    [present, present.checked_sub(1)?, present + 1]
        .into_iter()
        .filter(|step| totp.generate(step * STEP) == code)
        .filter_map(|step| i64::try_from(step).ok())
        .find(|step| last.is_none_or(|last| *step > last || last > newest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_becomes_a_drawing() {
        let picture = Picture::of("otpauth://totp/Starbridge:wang?secret=ABCDEFGH&issuer=Starbridge").unwrap();
        assert_eq!((picture.side - 2 * QUIET - 17) % 4, 0, "a size that codes have");
        // The finder in the corner begins behind the quiet zone.
        assert!(picture.path.starts_with("M4,4h1v1h-1zM5,4h1v1h-1z"), "{}", picture.path);
        assert!(Picture::of(&"x".repeat(4000)).is_err());
    }

    #[test]
    fn a_code_works_once_and_only_around_its_time() {
        let totp = TOTP::new(
            Algorithm::SHA1,
            DIGITS,
            1,
            STEP,
            b"12345678901234567890".to_vec(),
            None,
            "somebody".to_owned(),
        )
        .unwrap();
        // RFC 6238 appendix B: at 59 s the eight-digit code is 94287082.
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        assert_eq!(accepted_step(&totp, "287082", at(59), None), Some(1));
        assert_eq!(accepted_step(&totp, " 287 082 ", at(89), None), Some(1));
        assert_eq!(accepted_step(&totp, "287082", at(59), Some(1)), None);
        assert_eq!(accepted_step(&totp, "287082", at(120), None), None);
        assert_eq!(accepted_step(&totp, "", at(59), None), None);
        // The present step is 1; 5 is the furthest that a server a minute ahead can have accepted.
        assert_eq!(accepted_step(&totp, "287082", at(59), Some(5)), None);
        assert_eq!(accepted_step(&totp, "287082", at(59), Some(6)), Some(1));
    }
}
