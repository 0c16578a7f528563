//! IQ4_NL: 32 weights in 18 bytes, 4.5 bits each. Four bits that name one of sixteen unevenly spaced values, denser near
//! zero, where weights are.
//!
//! ```text
//! byte  0..2    d        f16
//!       2..18   qs[16]   byte j: low nibble = weight j, high nibble = weight j + 16
//! weight = VALUES[q] · d
//! ```

use super::{Unpacked, f16_at, nibbles};

/// Weights in a block.
pub const LEN: usize = 32;
/// Bytes of a block.
pub const BYTES: usize = 18;

/// What the codes of IQ4_NL and IQ4_XS stand for.
pub const VALUES: [i8; 16] = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

/// Reads one block.
pub fn unpack(block: &[u8; BYTES], out: &mut Unpacked) {
    out.start(LEN, 32);
    out.scales[0] = f16_at(block, 0);
    for (code, q) in out.codes.iter_mut().zip(nibbles(&block[2..])) {
        *code = VALUES[usize::from(q)];
    }
}
