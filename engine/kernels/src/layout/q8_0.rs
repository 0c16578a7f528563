//! Units of eight-bit codes with half-precision scales: 16 rows × 64 columns in 1088 bytes, 8.5 bits per weight.
//!
//! ```text
//! byte    0..1024  16 lines; line j: columns 4j..4j+4, i8
//!      1024..1088  d, f16: 16 rows for the first 32 columns, 16 for the second
//! ```
//! Q5_0 and IQ4_NL, whose scale is also the block's first field, are kept as the values of their codes.

use super::{put_bytes, put_half, take_bytes};
use crate::DType;
use crate::blocks::{self, Unpacked, f16_at, field};

/// Columns of a unit.
pub(crate) const COLS: usize = 64;
/// Bytes of a unit.
pub(crate) const BYTES: usize = 1088;
/// Where the scales begin.
pub(crate) const SCALES: usize = 1024;

/// Packs one or two raw blocks of `row`.
pub(crate) fn pack(dtype: DType, raw: &[u8], row: usize, unit: &mut [u8]) {
    let mut unpacked = Unpacked::default();
    for (g, block) in raw.chunks(dtype.block_bytes()).enumerate() {
        let lines = &mut unit[g * 512..][..512];
        if dtype == DType::Q8_0 {
            put_bytes(lines, row, &field::<32>(block, 2).map(|code| code as i8));
        } else {
            blocks::unpack(dtype, block, &mut unpacked);
            put_bytes(lines, row, &unpacked.codes[..32]);
        }
        put_half(&mut unit[SCALES + g * 32..], row, block);
    }
}

/// Reads `row` back.
pub(crate) fn unpack(unit: &[u8], row: usize, out: &mut Unpacked) {
    out.start(COLS, 32);
    take_bytes(&unit[..SCALES], row, &mut out.codes);
    for g in 0..2 {
        out.scales[g] = f16_at(unit, SCALES + g * 32 + row * 2);
    }
}
