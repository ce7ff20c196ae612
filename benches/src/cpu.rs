//! What a thread and a process cost, where the system tells.

use std::time::Duration;

/// How long the calling thread has been on a processor; `None` where the system does not say.
pub(crate) fn of_this_thread() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanos = text.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanos))
}

/// The memory that a process has for itself, in bytes: without the program and the database, which are mapped from files and
/// given back when somebody else needs the room; `None` where the system does not say.
pub(crate) fn private_memory(process: u32) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = text.lines().find_map(|l| l.strip_prefix("RssAnon:"))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// A thread that works is seen to work, and this process occupies something.
    #[test]
    fn work_and_memory_are_seen() {
        let before = of_this_thread().unwrap();
        let mut x = 1_u64;
        for i in 0..30_000_000_u64 {
            x = std::hint::black_box(x.wrapping_mul(i | 1));
        }
        assert!(of_this_thread().unwrap() > before);
        assert!(private_memory(std::process::id()).unwrap() > 100_000);
    }
}
