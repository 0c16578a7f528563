//! IQ4_XS: 256 weights in 136 bytes, 4.25 bits each. IQ4_NL's values with a signed six-bit scale for each 32 weights.
//!
//! ```text
//! byte  0..2    d            f16
//!       2..4    scales_h     u16, bits 2j and 2j+1: high bits of scale j
//!       4..8    scales_l[4]  nibble j: low bits of scale j
//!       8..136  qs[128]      16 bytes for each 32 weights, placed as in IQ4_NL
//! weight = d · (scale - 32) · VALUES[q]
//! ```

use super::{Unpacked, f16_at, iq4_nl, nibbles};

/// Weights in a block.
pub const LEN: usize = 256;
/// Bytes of a block.
pub const BYTES: usize = 136;

/// Reads one block.
pub fn unpack(block: &[u8; BYTES], out: &mut Unpacked) {
    out.start(LEN, 32);
    let d = f16_at(block, 0);
    let scales_high = u16::from_le_bytes([block[2], block[3]]);
    for j in 0..8 {
        let low = (block[4 + j / 2] >> (j % 2 * 4)) & 15;
        let high = ((scales_high >> (2 * j)) & 3) as u8;
        out.scales[j] = d * f32::from((low | high << 4) as i8 - 32);
    }
    for (codes, bytes) in out.codes.chunks_mut(32).zip(block[8..].chunks(16)) {
        for (code, q) in codes.iter_mut().zip(nibbles(bytes)) {
            *code = iq4_nl::VALUES[usize::from(q)];
        }
    }
}
