//! Q5_1: 32 weights in 24 bytes, 6 bits each. Q4_1 with a fifth bit kept apart.
//!
//! ```text
//! byte  0..2    d        f16
//!       2..4    m        f16
//!       4..8    qh       u32, bit i = fifth bit of weight i
//!       8..24   qs[16]   byte j: low nibble = weight j, high nibble = weight j + 16
//! weight = q · d + m
//! ```

use super::{Unpacked, f16_at, nibbles};

/// Weights in a block.
pub const LEN: usize = 32;
/// Bytes of a block.
pub const BYTES: usize = 24;

/// Reads one block.
pub fn unpack(block: &[u8; BYTES], out: &mut Unpacked) {
    out.start(LEN, 32);
    out.scales[0] = f16_at(block, 0);
    out.mins[0] = -f16_at(block, 2);
    let high = u32::from_le_bytes([block[4], block[5], block[6], block[7]]);
    for (i, (code, q)) in out.codes.iter_mut().zip(nibbles(&block[8..])).enumerate() {
        *code = (q | (((high >> i) & 1) << 4) as u8) as i8;
    }
}
