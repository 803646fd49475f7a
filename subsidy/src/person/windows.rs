//! Times: what was approved, when families may apply, when children may come over.

use chrono::NaiveDate;

use super::Verdict;
use crate::{
    calendar::{Days, Month},
    facts::Span,
    reason::{Reason, WindowKind},
};

/// Whether a month was approved; where nothing is said of approvals at all, it was.
pub fn approval(approvals: Option<&[Span]>, month: Month) -> Verdict {
    match approvals {
        None => Verdict::Met,
        Some(windows) if windows.iter().any(|span| span.holds(month)) => Verdict::Met,
        Some(windows) => Verdict::Unmet(Reason::Approval {
            month,
            windows: windows.to_vec(),
        }),
    }
}

/// Whether a day lies in one of the times for something; where none is said, every day does.
pub fn window(kind: WindowKind, windows: &[Days], day: NaiveDate) -> Verdict {
    if windows.is_empty() || windows.iter().any(|window| window.hold(day)) {
        return Verdict::Met;
    }
    Verdict::Unmet(Reason::Window {
        kind,
        day,
        windows: windows.to_vec(),
        next: windows
            .iter()
            .filter_map(|window| window.from)
            .filter(|from| *from > day)
            .min(),
    })
}
