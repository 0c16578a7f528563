//! Q5_K: 256 weights in 176 bytes, 5.5 bits each. Q4_K with a fifth bit kept apart.
//!
//! ```text
//! byte  0..2    d           f16
//!       2..4    dmin        f16
//!       4..16   scales[12]  as in Q4_K
//!      16..48   qh[32]      bit i/32 of byte i%32: fifth bit of weight i
//!      48..176  qs[128]     32 bytes for each 64 weights: low nibbles = first 32, high nibbles = second 32
//! weight = d · scale · q - dmin · minimum
//! ```

use super::{Unpacked, nibbles, q4_k};

/// Weights in a block.
pub const LEN: usize = 256;
/// Bytes of a block.
pub const BYTES: usize = 176;

/// Reads one block.
pub fn unpack(block: &[u8; BYTES], out: &mut Unpacked) {
    out.start(LEN, 32);
    q4_k::unpack_header(block, out);
    for (codes, bytes) in out.codes.chunks_mut(64).zip(block[48..].chunks(32)) {
        for (code, q) in codes.iter_mut().zip(nibbles(bytes)) {
            *code = q as i8;
        }
    }
    for (i, code) in out.codes.iter_mut().enumerate() {
        *code |= (((block[16 + i % 32] >> (i / 32)) & 1) << 4) as i8;
    }
}
