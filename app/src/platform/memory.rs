//! How much memory is free.

use crate::state::Memory;

/// Memory of this machine now; `None` if the system does not tell.
pub fn measure() -> Option<Memory> {
    let memory = nibble_engine::hardware::memory();
    (memory.total_bytes > 0)
        .then_some(Memory { available_bytes: memory.available_bytes, total_bytes: memory.total_bytes })
}
