//! Q4_0: 32 weights in 18 bytes, 4.5 bits each. One scale, symmetric around code 8: small and quick, the coarsest of the
//! four-bit formats.
//!
//! ```text
//! byte  0..2    d        f16
//!       2..18   qs[16]   byte j: low nibble = weight j, high nibble = weight j + 16
//! weight = (q - 8) · d
//! ```

use super::{Unpacked, f16_at, nibbles};

/// Weights in a block.
pub const LEN: usize = 32;
/// Bytes of a block.
pub const BYTES: usize = 18;

/// Reads one block.
pub fn unpack(block: &[u8; BYTES], out: &mut Unpacked) {
    out.start(LEN, 32);
    out.scales[0] = f16_at(block, 0);
    for (code, q) in out.codes.iter_mut().zip(nibbles(&block[2..])) {
        *code = q as i8 - 8;
    }
}
