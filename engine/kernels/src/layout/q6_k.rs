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

/// Packs a raw block of `row`.
pub(crate) fn pack(dtype: DType, block: &[u8], row: usize, unit: &mut [u8]) {
    let mut unpacked = Unpacked::default();
    blocks::unpack(dtype, block, &mut unpacked);
    let codes = unpacked.codes.map(|code| (code + 32) as u8);
    for (codes, lines) in codes.as_chunks::<32>().0.iter().zip(unit.chunks_mut(256)) {
        put_nibbles(lines, row, codes);
    }
    for (codes, line) in codes.as_chunks::<16>().0.iter().zip(unit[BITS..SCALES].chunks_mut(LINE)) {
        for i in 0..4 {
            line[row * 4 + i] = (0..4).map(|q| codes[4 * q + i] >> 4 << (2 * q)).sum();
        }
    }
    let (scales, d) = match dtype {
        DType::Q3_K => (q3_k::scales(field(block, 96)), 108),
        _ => (field::<16>(block, 192).map(|scale| scale as i8), 208),
    };
    for (j, scale) in scales.into_iter().enumerate() {
        unit[SCALES + j * 16 + row] = scale as u8;
    }
    put_half(&mut unit[D..], row, &block[d..]);
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
