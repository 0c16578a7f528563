//! Q6_K: 256 weights in 210 bytes, 6.5625 bits each. Six bits with a signed eight-bit scale for each 16 weights: hard to tell
//! from the original.
//!
//! ```text
//! byte   0..128  ql[128]     per half of 128 weights 64 bytes: byte l low → l, high → l+64; byte l+32 low → l+32, high → l+96
//!      128..192  qh[64]      per half 32 bytes: byte l holds the high two bits of weights l, l+32, l+64, l+96
//!      192..208  scales[16]  i8
//!      208..210  d           f16
//! weight = d · scale · (q - 32)
//! ```

use super::{Unpacked, f16_at};

/// Weights in a block.
pub const LEN: usize = 256;
/// Bytes of a block.
pub const BYTES: usize = 210;

/// Reads one block.
pub fn unpack(block: &[u8; BYTES], out: &mut Unpacked) {
    out.start(LEN, 16);
    let d = f16_at(block, 208);
    for (scale, &sub) in out.scales.iter_mut().zip(&block[192..208]) {
        *scale = d * f32::from(sub as i8);
    }
    for (i, code) in out.codes.iter_mut().enumerate() {
        let (half, quarter, l) = (i / 128, i % 128 / 32, i % 32);
        let low = (block[half * 64 + quarter % 2 * 32 + l] >> (quarter / 2 * 4)) & 15;
        let high = (block[128 + half * 32 + l] >> (quarter * 2)) & 3;
        *code = (low | high << 4) as i8 - 32;
    }
}
