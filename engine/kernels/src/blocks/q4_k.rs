//! Q4_K: 256 weights in 144 bytes, 4.5 bits each. Four bits with a six-bit scale and minimum for each 32 weights: the usual
//! choice for chatting.
//!
//! ```text
//! byte  0..2    d           f16
//!       2..4    dmin        f16
//!       4..16   scales[12]  eight scales and minima of six bits, see `scales_mins`
//!      16..144  qs[128]     32 bytes for each 64 weights: low nibbles = first 32, high nibbles = second 32
//! weight = d · scale · q - dmin · minimum
//! ```

use super::{Unpacked, f16_at, field, nibbles};

/// Weights in a block.
pub const LEN: usize = 256;
/// Bytes of a block.
pub const BYTES: usize = 144;

/// The eight scales and the eight minima that twelve bytes hold.
///
/// The first four pairs lie in the low six bits of bytes 0..4 and 4..8. The last four have their low four bits in the nibbles
/// of bytes 8..12 (scale low, minimum high) and their high two bits in the top of bytes 0..4 and 4..8.
pub fn scales_mins(packed: &[u8; 12]) -> ([u8; 8], [u8; 8]) {
    let scales = std::array::from_fn(|j| match j {
        0..4 => packed[j] & 63,
        _ => packed[j + 4] & 15 | packed[j - 4] >> 6 << 4,
    });
    let mins = std::array::from_fn(|j| match j {
        0..4 => packed[j + 4] & 63,
        _ => packed[j + 4] >> 4 | packed[j] >> 6 << 4,
    });
    (scales, mins)
}

/// Reads scales and minima of the header that Q4_K and Q5_K share.
pub(super) fn unpack_header(block: &[u8], out: &mut Unpacked) {
    let (d, dmin) = (f16_at(block, 0), f16_at(block, 2));
    let (scales, mins) = scales_mins(field(block, 4));
    for j in 0..8 {
        out.scales[j] = d * f32::from(scales[j]);
        out.mins[j] = dmin * f32::from(mins[j]);
    }
}

/// Reads one block.
pub fn unpack(block: &[u8; BYTES], out: &mut Unpacked) {
    out.start(LEN, 32);
    unpack_header(block, out);
    for (codes, bytes) in out.codes.chunks_mut(64).zip(block[16..].chunks(32)) {
        for (code, q) in codes.iter_mut().zip(nibbles(bytes)) {
            *code = q as i8;
        }
    }
}
