//! Graphics cards, as reported by their driver.
//!
//! NVIDIA's through NVML, which is installed with the driver and loaded at run time; Nibble computes on none of them yet.

use nvml_wrapper::Nvml;
use serde::{Deserialize, Serialize};

/// A graphics card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gpu {
    /// Name of the card.
    pub name: String,
    /// Memory of the card in bytes.
    pub vram_bytes: u64,
    /// Programming interface of the card, such as `cuda`.
    pub backend: String,
}

/// The graphics cards of this machine; empty without a driver that reports them.
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
