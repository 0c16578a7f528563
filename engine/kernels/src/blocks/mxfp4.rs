//! MXFP4: 32 weights in 17 bytes, 4.25 bits each. Four-bit floats (E2M1) under one power of two, as in the OCP
//! microscaling specification.
//!
//! ```text
//! byte  0       e        u8, scale = 2^(e - 127)
//!       1..17   qs[16]   byte j: low nibble = weight j, high nibble = weight j + 16
//! weight = E2M1(q) · scale
//! ```

use super::{Unpacked, nibbles};

/// Weights in a block.
pub const LEN: usize = 32;
/// Bytes of a block.
pub const BYTES: usize = 17;

/// Twice the values of E2M1, so that they are integers.
pub const DOUBLED: [i8; 16] = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];

/// 2^(e - 128), half the scale that `e` stands for; below 2^-126 a subnormal number.
pub fn half_scale(e: u8) -> f32 {
    f32::from_bits(match e {
        0 => 1 << 21,
        1 => 1 << 22,
        _ => (u32::from(e) - 1) << 23,
    })
}

/// Reads one block.
pub fn unpack(block: &[u8; BYTES], out: &mut Unpacked) {
    out.start(LEN, 32);
    out.scales[0] = half_scale(block[0]);
    for (code, q) in out.codes.iter_mut().zip(nibbles(&block[1..])) {
        *code = DOUBLED[usize::from(q)];
    }
}
