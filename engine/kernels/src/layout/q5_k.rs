//! Units of Q5_K: 16 rows × 256 columns in 2880 bytes, 5.625 bits per weight.
//!
//! ```text
//! byte    0..2048  32 lines of nibbles, as in Q4_K
//!      2048..2560  8 lines of fifth bits; line g holds columns 32g..32g+32: bit q of byte 4·row + i = column 32g + 4q + i
//!      2560..2880  scales, minima, d, dmin, as in Q4_K
//! ```

use super::{LINE, put, q4_k, take_nibbles};
use crate::blocks::{Unpacked, field};

/// Bytes of a unit.
pub(crate) const BYTES: usize = 2880;
/// Where the lines of fifth bits begin.
pub(crate) const BITS: usize = 2048;
/// Where the header begins.
pub(crate) const HEADER: usize = 2560;

/// Packs a raw block of `row`.
pub(crate) fn pack(block: &[u8], row: usize, unit: &mut [u8]) {
    q4_k::put_codes(&block[48..], row, unit);
    let quads: [u32; 8] = std::array::from_fn(|q| u32::from_le_bytes(*field(block, 16 + 4 * q)));
    for (g, line) in unit[BITS..HEADER].as_chunks_mut().0.iter_mut().enumerate() {
        put(line, row, (0..8).fold(0, |bits, q| bits | ((quads[q] >> g) & 0x0101_0101) << q));
    }
    q4_k::put_header(block, row, &mut unit[HEADER..]);
}

/// Reads `row` back.
pub(crate) fn unpack(unit: &[u8], row: usize, out: &mut Unpacked) {
    out.start(256, 32);
    take_nibbles(&unit[..BITS], row, &mut out.codes);
    for (column, code) in out.codes.iter_mut().enumerate() {
        let bits = unit[BITS + column / 32 * LINE + row * 4 + column % 4];
        *code |= (((bits >> (column % 32 / 4)) & 1) << 4) as i8;
    }
    q4_k::take_header(&unit[HEADER..], row, out);
}
