//! Graphics cards, as their driver tells of them.
//!
//! NVIDIA's through NVML, which comes with the driver and is looked for at run time; Nibble computes on none of them yet.

use nvml_wrapper::Nvml;
use serde::{Deserialize, Serialize};

/// A graphics card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gpu {
    /// Its name.
    pub name: String,
    /// Its memory.
    pub vram_bytes: u64,
    /// What it is programmed with.
    pub backend: String,
}

/// The graphics cards of this machine; none where there is no driver that tells.
pub fn gpus() -> Vec<Gpu> {
    let Ok(nvml) = Nvml::init() else { return Vec::new() };
    let count = nvml.device_count().unwrap_or(0);
    (0..count)
        .filter_map(|index| {
            let device = nvml.device_by_index(index).ok()?;
            let vram_bytes = device.memory_info().ok()?.total;
            Some(Gpu { name: device.name().ok()?, vram_bytes, backend: "cuda".to_owned() })
        })
        .collect()
}
