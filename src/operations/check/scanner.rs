//! Whether uploaded files are shown to a virus scanner.

use super::{Finding, ok, wrong};
use crate::platform::{Config, scanner::Scanner};

/// The scanner of the settings is really asked.
pub async fn uploads(config: &Config) -> Finding {
    match Scanner::of(config) {
        None => ok(
            "uploads",
            "uploaded files are shown to no virus scanner (STARBRIDGE_CLAMAV names one)",
        ),
        Some(scanner) => judged(scanner.version().await),
    }
}

fn judged(version: std::io::Result<String>) -> Finding {
    match version {
        Ok(version) => ok("uploads", format!("uploaded files are shown to {version}")),
        Err(error) => wrong(
            "uploads",
            format!(
                "the virus scanner does not answer ({error}): uploaded files are set apart, and nobody can open them"
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::check::Level;

    #[test]
    fn a_scanner_that_is_away_is_wrong() {
        let away = judged(Err(std::io::Error::from(std::io::ErrorKind::ConnectionRefused)));
        assert_eq!(away.level, Level::Error);
        assert!(away.found.contains("set apart"));
        let there = judged(Ok("ClamAV 1.4.2".to_owned()));
        assert!(there.level == Level::Ok && there.found.contains("ClamAV 1.4.2"));
    }
}
