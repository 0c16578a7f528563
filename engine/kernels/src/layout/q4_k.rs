//! Units of Q4_K: 16 rows × 256 columns in 2368 bytes, 4.625 bits per weight.
//!
//! ```text
//! byte    0..2048  32 lines of nibbles; line j: low nibbles = columns 8j..8j+4, high nibbles = columns 8j+4..8j+8
//!      2048..2176  scales, u8: 16 rows for each 32 columns
//!      2176..2304  minima, u8: 16 rows for each 32 columns
//!      2304..2336  d, f16: 16 rows
//!      2336..2368  dmin, f16: 16 rows
//! ```

use super::{put_half, put_nibbles, take_nibbles, word};
use crate::blocks::{Unpacked, f16_at, field, q4_k};

/// Bytes of a unit.
pub(crate) const BYTES: usize = 2368;
/// Where the header of scales, minima, d and dmin begins.
pub(crate) const HEADER: usize = 2048;

/// Packs a raw block of `row`.
pub(crate) fn pack(block: &[u8], row: usize, unit: &mut [u8]) {
    put_codes(&block[16..], row, unit);
    put_header(block, row, &mut unit[HEADER..]);
}

/// Packs the four-bit codes that Q4_K and Q5_K have in common.
pub(super) fn put_codes(qs: &[u8], row: usize, unit: &mut [u8]) {
    for (bytes, lines) in qs.as_chunks::<32>().0.iter().zip(unit.chunks_mut(512)) {
        let low: [u64; 4] = std::array::from_fn(|j| word(bytes, j));
        put_nibbles(&mut lines[..256], row, &low);
        put_nibbles(&mut lines[256..], row, &low.map(|word| word >> 4));
    }
}

/// Packs the header that Q4_K and Q5_K have in common.
pub(super) fn put_header(block: &[u8], row: usize, header: &mut [u8]) {
    let (scales, mins) = q4_k::scales_mins(field(block, 4));
    for j in 0..8 {
        header[j * 16 + row] = scales[j];
        header[128 + j * 16 + row] = mins[j];
    }
    put_half(&mut header[256..], row, block);
    put_half(&mut header[288..], row, &block[2..]);
}

/// Reads scales and minima back.
pub(super) fn take_header(header: &[u8], row: usize, out: &mut Unpacked) {
    let (d, dmin) = (f16_at(header, 256 + row * 2), f16_at(header, 288 + row * 2));
    for j in 0..8 {
        out.scales[j] = d * f32::from(header[j * 16 + row]);
        out.mins[j] = dmin * f32::from(header[128 + j * 16 + row]);
    }
}

/// Reads `row` back.
pub(crate) fn unpack(unit: &[u8], row: usize, out: &mut Unpacked) {
    out.start(256, 32);
    take_nibbles(&unit[..HEADER], row, &mut out.codes);
    take_header(&unit[HEADER..], row, out);
}
