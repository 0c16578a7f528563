//! Hardware and system that the program runs on.

use nibble_engine::hardware::{hardware, system_name};

use crate::state::Machine;

/// Looks at this machine; asks drivers, so it may take a moment.
pub fn look() -> Machine {
    let found = hardware();
    Machine {
        system: system_name(),
        cpu: found.cpu,
        level: found.levels.last().cloned().unwrap_or_default(),
        cores: found.cores,
        gpus: found.gpus.into_iter().map(|gpu| gpu.name).collect(),
    }
}
