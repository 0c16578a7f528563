//! Units for every other format: 16 rows × 64 columns in 1536 bytes, 12 bits per weight. Exact, not small.
//!
//! ```text
//! byte    0..1024  16 lines; line j: columns 4j..4j+4, i8
//!      1024..1280  scales, f32: 16 rows for each 16 columns
//!      1280..1536  minima, f32: 16 rows for each 16 columns
//! ```

use super::{put_bytes, take_bytes};
use crate::DType;
use crate::blocks::{self, Unpacked, field};

/// Columns of a unit.
pub(crate) const COLS: usize = 64;
/// Bytes of a unit.
pub(crate) const BYTES: usize = 1536;
/// Where the scales begin.
pub(crate) const SCALES: usize = 1024;
/// Where the minima begin.
pub(crate) const MINS: usize = 1280;

/// Packs raw blocks of `row`, as many as there are, into consecutive units.
pub(crate) fn pack(dtype: DType, raw: &[u8], row: usize, units: &mut [u8]) {
    let mut unpacked = Unpacked::default();
    for (b, block) in raw.chunks(dtype.block_bytes()).enumerate() {
        blocks::unpack(dtype, block, &mut unpacked);
        for first in (0..unpacked.len).step_by(16) {
            let column = b * unpacked.len + first;
            let unit = &mut units[column / COLS * BYTES..][..BYTES];
            let part = column % COLS / 16;
            put_bytes(&mut unit[part * 256..][..256], row, &unpacked.codes[first..][..16]);
            let (scale, min) =
                (unpacked.scales[first / unpacked.group], unpacked.mins[first / unpacked.group]);
            unit[SCALES + part * 64 + row * 4..][..4].copy_from_slice(&scale.to_le_bytes());
            unit[MINS + part * 64 + row * 4..][..4].copy_from_slice(&min.to_le_bytes());
        }
    }
}

/// Reads `row` back.
pub(crate) fn unpack(unit: &[u8], row: usize, out: &mut Unpacked) {
    out.start(COLS, 16);
    take_bytes(&unit[..SCALES], row, &mut out.codes);
    for part in 0..4 {
        out.scales[part] = f32::from_le_bytes(*field(unit, SCALES + part * 64 + row * 4));
        out.mins[part] = f32::from_le_bytes(*field(unit, MINS + part * 64 + row * 4));
    }
}
