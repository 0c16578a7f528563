//! Q5_0: 32 weights in 22 bytes, 5.5 bits each. Q4_0 with a fifth bit kept apart.
//!
//! ```text
//! byte  0..2    d        f16
//!       2..6    qh       u32, bit i = fifth bit of weight i
//!       6..22   qs[16]   byte j: low nibble = weight j, high nibble = weight j + 16
//! weight = (q - 16) · d
//! ```

use super::{Unpacked, f16_at, nibbles};

/// Weights in a block.
pub const LEN: usize = 32;
/// Bytes of a block.
pub const BYTES: usize = 22;

/// Reads one block.
pub fn unpack(block: &[u8; BYTES], out: &mut Unpacked) {
    out.start(LEN, 32);
    out.scales[0] = f16_at(block, 0);
    let high = u32::from_le_bytes([block[2], block[3], block[4], block[5]]);
    for (i, (code, q)) in out.codes.iter_mut().zip(nibbles(&block[6..])).enumerate() {
        *code = (q | (((high >> i) & 1) << 4) as u8) as i8 - 16;
    }
}
