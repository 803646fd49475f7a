//! Whether the machine's clock is right: deadlines, seals and second factors rest on it.

use super::{Finding, command, ok, warning, wrong};

/// The clock is kept by a time server, as far as this machine tells.
pub async fn time_server() -> Finding {
    if let Some(told) = command("timedatectl", &["show", "--property=NTPSynchronized", "--value"]).await {
        match told.trim() {
            "yes" => return ok("clock", "is kept by a time server"),
            "no" => {
                return wrong(
                    "clock",
                    "is not kept by a time server: timedatectl set-ntp true (or install chrony)",
                );
            }
            _ => {}
        }
    }
    match command("chronyc", &["-n", "tracking"]).await {
        Some(told) if told.contains("Not synchronised") => wrong("clock", "chrony has no time server to follow"),
        Some(told) if told.contains("Leap status") => ok("clock", "is kept by a time server (chrony)"),
        _ => warning(
            "clock",
            "whether a time server keeps it cannot be told from here (in a container: look on the host)",
        ),
    }
}

/// The clock of the database server beside ours, in seconds; both count in everything that is dated.
pub(super) fn beside(seconds: f64) -> Option<Finding> {
    let apart = seconds.abs();
    let found = format!("{apart:.0} s between the clock of this machine and the database server's");
    if apart < 2.0 {
        None
    } else if apart < 60.0 {
        Some(warning("clock", found))
    } else {
        Some(wrong("clock", found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::check::Level;

    #[test]
    fn two_clocks_that_differ_are_told() {
        let level = |seconds| beside(seconds).map(|f| f.level);
        assert_eq!(
            [0.4, -9.0, 3600.0].map(level),
            [None, Some(Level::Warning), Some(Level::Error)]
        );
    }
}
