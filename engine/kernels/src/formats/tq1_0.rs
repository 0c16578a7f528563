//! TQ1_0: 256 weights in 54 bytes, 1.6875 bits each. One scale and codes of three values, five to a byte, for models whose weights
//! are -1, 0 and 1 times a scale, as BitNet's.
//!
//! ```text
//! byte  0..32   qs[32]   byte l holds weights l, l+32, l+64, l+96, l+128
//!      32..48   qs[16]   byte l holds weights 160 + l, l+16, l+32, l+48, l+64
//!      48..52   qh[4]    byte l holds weights 240 + l, l+4, l+8, l+12, and 0
//!      52..54   d        f16
//! byte = ⌈256 · n / 243⌉, n being the number whose digits to the base 3 are the codes, the first the highest
//! weight = d · (q - 1)
//! ```
//!
//! Unit of the packed layout, 16 rows × 256 columns in 864 bytes, of which every other begins within a cache line:
//!
//! ```text
//! byte    0..832   13 lines of such bytes; byte 4·row + i of line k holds columns 20k + i, +4, +8, +12, +16
//!       832..864   d, f16: 16 rows
//! ```

use super::tq2_0::fit_ternary;
use crate::block::{BlockFormat, Fields, Unpacked, f16_at, put_f16};
use crate::encode::tile::WeightTile;
use crate::lanes::{CodeLanes, Lanes};
use crate::layout::{Field, LINE, Unit, put_half};

/// Block format TQ1_0.
#[allow(non_camel_case_types, reason = "the format's own name")]
pub(crate) struct TQ1_0;

/// Lines of codes of a unit, of which there are thirteen: indices beyond the eighth count from the second field on.
const LINES: Field = Field::new(0, 8);
/// The last eight lines of codes.
const LAST: Field = Field::new(5 * LINE, 8);
/// Field of the block scales d.
const D: Field = Field::new(832, 1);
/// Powers of three by which a code becomes the highest digit.
const POWERS: [u8; 5] = [1, 3, 9, 27, 81];
/// First byte, first weight, and distance of a byte's weights, of the three parts of a block.
const PARTS: [(usize, usize, usize); 3] = [(0, 0, 32), (32, 160, 16), (48, 240, 4)];

impl BlockFormat for TQ1_0 {
    const LEN: usize = 256;
    const BYTES: usize = 54;
    const GROUP: usize = 32;
    const MAX_MAGNITUDE: f32 = 65504.0;

    fn fields(block: &[u8], fields: &mut Fields) {
        (fields.d, fields.scales) = (f16_at(block, 52), [1; 16]);
        for (at, first, step) in PARTS {
            for (l, &byte) in block[at..at + step].iter().enumerate() {
                for (power, code) in POWERS.iter().zip(fields.codes[first + l..].iter_mut().step_by(step)) {
                    *code = digit(byte, *power);
                }
            }
        }
    }

    fn pack(fields: &Fields, block: &mut [u8]) {
        for (at, first, step) in PARTS {
            for (l, byte) in block[at..at + step].iter_mut().enumerate() {
                *byte = five(fields.codes[first + l..].iter().step_by(step));
            }
        }
        put_f16(block, 52, fields.d);
    }

    fn value(code: u8) -> i8 {
        code as i8 - 1
    }

    /// Codes as TQ2_0 does. Importance is ignored.
    #[inline(always)]
    fn fit<L: Lanes>(_: L, tile: &WeightTile<'_>, out: &mut [u8]) {
        fit_ternary(tile, out.as_chunks_mut::<54>().0, Self::pack);
    }

    const UNIT_COLS: usize = 256;
    const UNIT_BYTES: usize = 864;
    const MAX_CODE: i32 = 2;
    const OFFSET: i32 = 1;
    type Head<L: Lanes> = L::V;

    fn put(raw: &[u8], row: usize, unit: &mut [u8]) {
        let mut fields = Fields::default();
        Self::fields(raw, &mut fields);
        for (line, codes) in unit[..D.at].as_chunks_mut::<LINE>().0.iter_mut().zip(fields.codes.chunks(20)) {
            for i in 0..4 {
                line[4 * row + i] = five(codes[i..].iter().step_by(4));
            }
        }
        put_half(&mut unit[D.at..], row, &raw[52..]);
    }

    fn take(unit: &[u8], row: usize, out: &mut Unpacked) {
        out.start(256, 32);
        for (column, code) in out.codes.iter_mut().enumerate() {
            let byte = unit[column / 20 * LINE + 4 * row + column % 4];
            *code = digit(byte, POWERS[column % 20 / 4]) as i8 - 1;
        }
        out.scales = [f16_at(unit, D.at + row * 2); 16];
    }

    #[inline(always)]
    fn head<L: CodeLanes>(unit: &Unit<'_, L>) -> L::V {
        unit.halves(D, 0)
    }

    #[inline(always)]
    fn codes<L: CodeLanes>(unit: &Unit<'_, L>, g: usize, j: usize) -> [L::C; 2] {
        [four(unit, 8 * g + 2 * j), four(unit, 8 * g + 2 * j + 1)]
    }

    #[inline(always)]
    fn scale<L: CodeLanes>(_: &Unit<'_, L>, d: L::V, _: usize) -> L::V {
        d
    }
}

/// The code that `power` makes the highest digit of a byte.
fn digit(byte: u8, power: u8) -> u8 {
    ((u16::from(byte.wrapping_mul(power)) * 3) >> 8) as u8
}

/// The byte of up to five codes.
fn five<'a>(codes: impl Iterator<Item = &'a u8>) -> u8 {
    let number: u16 = codes.zip([81, 27, 9, 3, 1]).map(|(&code, power)| u16::from(code.min(2)) * power).sum();
    (number * 256).div_ceil(243) as u8
}

/// Codes of the columns 4q..4q+4.
#[inline(always)]
fn four<L: CodeLanes>(unit: &Unit<'_, L>, q: usize) -> L::C {
    let line = q / 5;
    let codes = if line < 8 { unit.line(LINES, line) } else { unit.line(LAST, line - 5) };
    unit.l.thirds(codes, POWERS[q % 5])
}
