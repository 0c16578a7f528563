//! How much memory is free.

use crate::state::Memory;

/// Memory of this machine now.
pub fn measure() -> Option<Memory> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let kib = |key: &str| -> Option<u64> {
        let line = text.lines().find(|line| line.starts_with(key))?;
        line.split_whitespace().nth(1)?.parse().ok()
    };
    Some(Memory { available_bytes: kib("MemAvailable:")? * 1024, total_bytes: kib("MemTotal:")? * 1024 })
}
