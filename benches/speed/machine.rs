//! What the kernel knows about processes (`/proc`, Linux only).

use std::{fs, time::Duration};

/// The kernel counts processor time in ticks of 10 ms.
const TICK: Duration = Duration::from_millis(10);

/// Processor time that a process has used so far.
pub(crate) fn processor_time(pid: u32) -> Duration {
    let fields = stat(pid);
    let ticks = |n: usize| fields.get(n).and_then(|t| t.parse::<u32>().ok()).unwrap_or(0);
    TICK * (ticks(11) + ticks(12))
}

/// Memory of a process that is in use, in MB.
pub(crate) fn memory(pid: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let kb = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
    kb.unwrap_or(0.0) / 1024.0
}

/// The processes that one started.
pub(crate) fn children(parent: u32) -> Vec<u32> {
    all()
        .filter(|pid| stat(*pid).get(1) == Some(&parent.to_string()))
        .collect()
}

/// The PostgreSQL server that listens on a port.
pub(crate) fn postgres(url: &str) -> Option<u32> {
    let port = url.rsplit_once(':')?.1.split('/').next()?.to_owned();
    all().find(|pid| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let words: Vec<&[u8]> = line.split(|c| *c == 0).collect();
        words.first().is_some_and(|program| program.ends_with(b"postgres")) && words.contains(&port.as_bytes())
    })
}

/// What the processor is called, and how many there are.
pub(crate) fn processor() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": ").map(|(_, name)| name))
        .unwrap_or("unknown processor");
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{count} x {name}")
}

fn all() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// The fields behind the name, which may hold blanks: state, parent, …
fn stat(pid: u32) -> Vec<String> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let rest = text.rsplit_once(") ").map_or("", |(_, rest)| rest);
    rest.split_whitespace().map(str::to_owned).collect()
}
