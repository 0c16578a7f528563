//! Q4_1: 32 weights in 20 bytes, 5 bits each. A scale and a minimum, for weights that are not centred on zero.
//!
//! ```text
//! byte  0..2    d        f16
//!       2..4    m        f16
//!       4..20   qs[16]   byte j: low nibble = weight j, high nibble = weight j + 16
//! weight = q · d + m
//! ```

use super::{Unpacked, f16_at, nibbles};

/// Weights in a block.
pub const LEN: usize = 32;
/// Bytes of a block.
pub const BYTES: usize = 20;

/// Reads one block.
pub fn unpack(block: &[u8; BYTES], out: &mut Unpacked) {
    out.start(LEN, 32);
    out.scales[0] = f16_at(block, 0);
    out.mins[0] = -f16_at(block, 2);
    for (code, q) in out.codes.iter_mut().zip(nibbles(&block[4..])) {
        *code = q as i8;
    }
}
