//! Q2_K: 256 weights in 84 bytes, 2.625 bits each. Two bits with a four-bit scale and minimum for each 16 weights: the
//! smallest of the K formats, for models that would not fit otherwise.
//!
//! ```text
//! byte  0..16   scales[16]  group j: low nibble = scale, high nibble = minimum
//!      16..80   qs[64]      per half of 128 weights 32 bytes: byte l holds weights l, l+32, l+64, l+96 at bits 0, 2, 4, 6
//!      80..82   d           f16
//!      82..84   dmin        f16
//! weight = d · scale · q - dmin · minimum
//! ```

use super::{Unpacked, f16_at};

/// Weights in a block.
pub const LEN: usize = 256;
/// Bytes of a block.
pub const BYTES: usize = 84;

/// Reads one block.
pub fn unpack(block: &[u8; BYTES], out: &mut Unpacked) {
    out.start(LEN, 16);
    let (d, dmin) = (f16_at(block, 80), f16_at(block, 82));
    for (j, &both) in block[..16].iter().enumerate() {
        out.scales[j] = d * f32::from(both & 15);
        out.mins[j] = dmin * f32::from(both >> 4);
    }
    for (i, code) in out.codes.iter_mut().enumerate() {
        let (half, shift, l) = (i / 128, i % 128 / 32 * 2, i % 32);
        *code = ((block[16 + half * 32 + l] >> shift) & 3) as i8;
    }
}
