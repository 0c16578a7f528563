//! Units of Q4_0: 16 rows × 64 columns in 576 bytes, 4.5 bits per weight.
//!
//! ```text
//! byte   0..512   8 lines of nibbles; line j: low nibbles = columns 8j..8j+4, high nibbles = columns 8j+4..8j+8
//!      512..576   d, f16: 16 rows for the first 32 columns, 16 for the second
//! ```
//! A row with an odd number of blocks leaves the second half of its last unit zero.

use super::{put_half, put_nibbles, take_nibbles, word};
use crate::blocks::{Unpacked, f16_at, q4_0};

/// Columns of a unit.
pub(crate) const COLS: usize = 64;
/// Bytes of a unit.
pub(crate) const BYTES: usize = 576;
/// Where the scales begin.
pub(crate) const SCALES: usize = 512;

/// Packs one or two raw blocks of `row`.
pub(crate) fn pack(raw: &[u8], row: usize, unit: &mut [u8]) {
    for (g, block) in raw.chunks(q4_0::BYTES).enumerate() {
        let (first, second) = (word(&block[2..], 0), word(&block[2..], 1));
        put_nibbles(&mut unit[g * 256..][..256], row, &[first, second, first >> 4, second >> 4]);
        put_half(&mut unit[SCALES + g * 32..], row, block);
    }
}

/// Reads `row` back.
pub(crate) fn unpack(unit: &[u8], row: usize, out: &mut Unpacked) {
    out.start(COLS, 32);
    take_nibbles(&unit[..SCALES], row, &mut out.codes);
    for code in &mut out.codes[..COLS] {
        *code -= 8;
    }
    for g in 0..2 {
        out.scales[g] = f16_at(unit, SCALES + g * 32 + row * 2);
    }
}
