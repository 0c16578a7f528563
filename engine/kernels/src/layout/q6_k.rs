//! Units of six-bit codes around 32: 16 rows × 256 columns in 3392 bytes, 6.625 bits per weight.
//!
//! ```text
//! byte    0..2048  32 lines of nibbles: the low four bits, as in Q4_K
//!      2048..3072  16 lines of high bits; line p holds columns 16p..16p+16: bits 2q and 2q+1 of byte 4·row + i = column
//!                  16p + 4q + i
//!      3072..3328  scales, i8: 16 rows for each 16 columns
//!      3328..3360  d, f16: 16 rows
//!      3360..3392  nothing
//! ```
//! Q3_K, with three bits and six-bit scales, is kept the same way.

use super::{LINE, put, put_half, put_nibbles, take_nibbles, word};
use crate::DType;
use crate::blocks::{self, Unpacked, f16_at, field, q3_k};

/// Bytes of a unit.
pub(crate) const BYTES: usize = 3392;
/// Where the lines of high bits begin.
pub(crate) const BITS: usize = 2048;
/// Where the scales begin.
pub(crate) const SCALES: usize = 3072;
/// Where d begins.
pub(crate) const D: usize = 3328;

/// Packs a raw block of Q6_K: each half of it holds the low bits of 128 columns, four times 32, and their high bits.
pub(crate) fn pack(block: &[u8], row: usize, unit: &mut [u8]) {
    for g in 0..8 {
        let (half, quarter) = (g / 4, g % 4);
        let low = &block[64 * half + quarter % 2 * 32..][..32];
        let high = &block[128 + 32 * half..][..32];
        let nibbles = std::array::from_fn(|j| word(low, j) >> (quarter / 2 * 4));
        let bits = std::array::from_fn(|j| word(high, j) >> (2 * quarter));
        put_codes(nibbles, bits, g, row, unit);
    }
    put_scales(field(block, 192), &block[208..], row, unit);
}

/// Packs a raw block of Q3_K.
pub(crate) fn pack_q3_k(block: &[u8], row: usize, unit: &mut [u8]) {
    let mut unpacked = Unpacked::default();
    blocks::unpack(DType::Q3_K, block, &mut unpacked);
    let codes = unpacked.codes.map(|code| (code + 32) as u8);
    for (g, codes) in codes.as_chunks::<32>().0.iter().enumerate() {
        let codes: [u64; 4] = std::array::from_fn(|j| word(codes, j));
        put_codes(codes, codes.map(|word| word >> 4), g, row, unit);
    }
    put_scales(&q3_k::scales(field(block, 96)).map(|scale| scale as u8), &block[108..], row, unit);
}

/// Writes the codes of 32-column group `g`: eight to a word, their low four bits in one and their high two bits in the other, each
/// at the bottom of its byte.
fn put_codes(nibbles: [u64; 4], bits: [u64; 4], g: usize, row: usize, unit: &mut [u8]) {
    put_nibbles(&mut unit[g * 4 * LINE..][..4 * LINE], row, &nibbles);
    let lines = unit[BITS + 2 * g * LINE..][..2 * LINE].as_chunks_mut().0;
    for (line, [first, second]) in lines.iter_mut().zip(bits.as_chunks().0) {
        let pairs = first & 0x0303_0303_0303_0303 | (second & 0x0303_0303_0303_0303) << 4;
        put(line, row, pairs as u32 | (pairs >> 32 << 2) as u32);
    }
}

fn put_scales(scales: &[u8; 16], d: &[u8], row: usize, unit: &mut [u8]) {
    for (j, &scale) in scales.iter().enumerate() {
        unit[SCALES + j * 16 + row] = scale;
    }
    put_half(&mut unit[D..], row, d);
}

/// Reads `row` back.
pub(crate) fn unpack(unit: &[u8], row: usize, out: &mut Unpacked) {
    out.start(256, 16);
    take_nibbles(&unit[..BITS], row, &mut out.codes);
    for (column, code) in out.codes.iter_mut().enumerate() {
        let bits = unit[BITS + column / 16 * LINE + row * 4 + column % 4];
        *code = (*code | (((bits >> (column % 16 / 4 * 2)) & 3) << 4) as i8) - 32;
    }
    let d = f16_at(unit, D + row * 2);
    for (j, scale) in out.scales.iter_mut().enumerate() {
        *scale = d * f32::from(unit[SCALES + j * 16 + row] as i8);
    }
}
