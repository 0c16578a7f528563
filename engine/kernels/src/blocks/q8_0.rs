//! Q8_0: 32 weights in 34 bytes, 8.5 bits each. Close to lossless, twice the traffic of four bits.
//!
//! ```text
//! byte  0..2    d        f16
//!       2..34   qs[32]   i8
//! weight = q · d
//! ```

use super::{Unpacked, f16_at};

/// Weights in a block.
pub const LEN: usize = 32;
/// Bytes of a block.
pub const BYTES: usize = 34;

/// Reads one block.
pub fn unpack(block: &[u8; BYTES], out: &mut Unpacked) {
    out.start(LEN, 32);
    out.scales[0] = f16_at(block, 0);
    for (code, &q) in out.codes.iter_mut().zip(&block[2..]) {
        *code = q as i8;
    }
}
