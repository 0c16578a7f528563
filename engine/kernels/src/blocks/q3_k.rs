//! Q3_K: 256 weights in 110 bytes, 3.4375 bits each. Three bits with a signed six-bit scale for each 16 weights.
//!
//! ```text
//! byte  0..32   hmask[32]   bit i/32 of byte i%32: high bit of weight i
//!      32..96   qs[64]      low two bits, placed as in Q2_K
//!      96..108  scales[12]  16 scales of six bits: group j's low four bits in the low (j < 8) or high (j >= 8) nibble of byte
//!                           j%8, its high two bits in byte 8 + j%4 at bit 2·(j/4)
//!     108..110  d           f16
//! weight = d · (scale - 32) · (q - 4)
//! ```

use super::{Unpacked, f16_at, field};

/// Weights in a block.
pub const LEN: usize = 256;
/// Bytes of a block.
pub const BYTES: usize = 110;

/// The sixteen scales, their offset of 32 removed.
pub fn scales(packed: &[u8; 12]) -> [i8; 16] {
    std::array::from_fn(|j| {
        let low = (packed[j % 8] >> (j / 8 * 4)) & 15;
        let high = (packed[8 + j % 4] >> (j / 4 * 2)) & 3;
        (low | high << 4) as i8 - 32
    })
}

/// Reads one block.
pub fn unpack(block: &[u8; BYTES], out: &mut Unpacked) {
    out.start(LEN, 16);
    let d = f16_at(block, 108);
    for (scale, sub) in out.scales.iter_mut().zip(scales(field(block, 96))) {
        *scale = d * f32::from(sub);
    }
    for (i, code) in out.codes.iter_mut().enumerate() {
        let (half, shift, l) = (i / 128, i % 128 / 32 * 2, i % 32);
        let low = (block[32 + half * 32 + l] >> shift) & 3;
        let high = (block[l] >> (i / 32)) & 1;
        *code = (low | high << 2) as i8 - 4;
    }
}
