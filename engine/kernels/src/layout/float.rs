//! Units of floating-point weights: 16 rows × 32 columns.
//!
//! ```text
//! F32, F16   32 × 16 numbers: the 16 rows of column 0, of column 1, ...
//! BF16       16 × 16 pairs: columns 0 and 1 of 16 rows, columns 2 and 3, ... as the dot-product instruction wants them
//! ```
//! Columns beyond the row's end are zero.

use super::{Layout, ROWS};
use crate::DType;
use crate::decode::decode_row;

/// Columns of a unit.
pub(crate) const COLS: usize = 32;

/// Where the number of `row` and `column` lies, counted in numbers.
fn place(layout: Layout, row: usize, column: usize) -> usize {
    match layout {
        Layout::BF16 => column / 2 * 2 * ROWS + row * 2 + column % 2,
        _ => column * ROWS + row,
    }
}

fn size(layout: Layout) -> usize {
    if layout == Layout::F32 { 4 } else { 2 }
}

/// Packs up to 32 raw numbers of `row`.
pub(crate) fn pack(layout: Layout, raw: &[u8], row: usize, unit: &mut [u8]) {
    let size = size(layout);
    for (column, number) in raw.chunks(size).enumerate() {
        unit[place(layout, row, column) * size..][..size].copy_from_slice(number);
    }
}

/// Reads `row` back as `f32`.
pub(crate) fn unpack(layout: Layout, unit: &[u8], row: usize, out: &mut [f32; COLS]) {
    let dtype = match layout {
        Layout::F16 => DType::F16,
        Layout::BF16 => DType::BF16,
        _ => DType::F32,
    };
    let size = size(layout);
    let mut raw = [0; COLS * 4];
    for (column, number) in raw[..COLS * size].chunks_mut(size).enumerate() {
        number.copy_from_slice(&unit[place(layout, row, column) * size..][..size]);
    }
    decode_row(dtype, &raw[..COLS * size], out);
}
