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

use super::{LINE, put_half, put_nibbles, take_nibbles};
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
    for half in 0..2 {
        let low: &[u8; 64] = field(block, 64 * half);
        let high: &[u8; 32] = field(block, 128 + 32 * half);
        for quarter in 0..4 {
            let low: &[u8; 32] = field(low, quarter % 2 * 32);
            let codes = std::array::from_fn(|i| {
                (low[i] >> (quarter / 2 * 4)) & 15 | ((high[i] >> (2 * quarter)) & 3) << 4
            });
            put_codes(&codes, 4 * half + quarter, row, unit);
        }
    }
    put_scales(field(block, 192), &block[208..], row, unit);
}

/// Packs a raw block of Q3_K.
pub(crate) fn pack_q3_k(block: &[u8], row: usize, unit: &mut [u8]) {
    let mut unpacked = Unpacked::default();
    blocks::unpack(DType::Q3_K, block, &mut unpacked);
    let codes = unpacked.codes.map(|code| (code + 32) as u8);
    for (g, codes) in codes.as_chunks().0.iter().enumerate() {
        put_codes(codes, g, row, unit);
    }
    put_scales(&q3_k::scales(field(block, 96)).map(|scale| scale as u8), &block[108..], row, unit);
}

/// Writes the six-bit codes of 32-column group `g`.
fn put_codes(codes: &[u8; 32], g: usize, row: usize, unit: &mut [u8]) {
    put_nibbles(&mut unit[g * 4 * LINE..][..4 * LINE], row, codes);
    for (half, codes) in codes.as_chunks::<16>().0.iter().enumerate() {
        let quads: [u32; 4] =
            std::array::from_fn(|q| u32::from_le_bytes(*field(codes, 4 * q)) >> 4 & 0x0303_0303);
        let word = quads[0] | quads[1] << 2 | quads[2] << 4 | quads[3] << 6;
        unit[BITS + (2 * g + half) * LINE + row * 4..][..4].copy_from_slice(&word.to_le_bytes());
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
