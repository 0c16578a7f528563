//! Measurement of the available memory.

use nibble_engine::hardware::{SystemMemory, memory};

/// Memory of this machine now; `None` if the system does not report it.
pub fn measure() -> Option<SystemMemory> {
    Some(memory()).filter(|memory| memory.total_bytes > 0)
}
