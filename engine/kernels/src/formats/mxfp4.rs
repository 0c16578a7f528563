//! MXFP4: 32 weights in 17 bytes, 4.25 bits each. Four-bit floats (E2M1) under one power of two, as in the OCP
//! microscaling specification.
//!
//! ```text
//! byte  0       e        u8, scale = 2^(e - 127)
//!       1..17   qs[16]   byte j: low nibble = weight j, high nibble = weight j + 16
//! weight = E2M1(q) · scale
//! ```
//!
//! Unit of the packed layout, 16 rows × 64 columns in 544 bytes, of which every other begins within a cache line:
//!
//! ```text
//! byte   0..512   8 lines of nibbles, as in Q4_0
//!      512..544   e, u8: 16 rows for the first 32 columns, 16 for the second
//! ```
//! Kernels look up twice the value, so that it is an integer, and halve the scale.

use super::q4_0::put_block;
use crate::block::{BlockFormat, Fields, Unpacked, put_nibble_codes, take_nibble_codes};
use crate::encode::search::extremes;
use crate::encode::tile::WeightTile;
use crate::lanes::scalar::half_e8m0;
use crate::lanes::{CodeLanes, Lanes};
use crate::layout::{Field, Unit, take_nibbles};

/// Block format MXFP4.
#[allow(non_camel_case_types, reason = "the format's own name")]
pub(crate) struct MXFP4;

/// The values of E2M1, doubled.
pub(super) const DOUBLED: [i8; 16] = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];
/// Lines of codes of a unit.
const LINES: Field = Field::new(0, 8);
/// Field of the exponents.
const EXPONENTS: Field = Field::new(512, 2);
/// Offset that kernels add to doubled values, so that they are unsigned.
pub(super) const OFFSET: i8 = 16;

/// Midpoints between doubled magnitudes; a weight at the midpoint is rounded down.
const MIDDLES: [f32; 7] = {
    let mut middles = [0.0; 7];
    let mut i = 0;
    while i < 7 {
        middles[i] = 0.5 * (DOUBLED[i] as f32 + DOUBLED[i + 1] as f32);
        i += 1;
    }
    middles
};

impl BlockFormat for MXFP4 {
    const LEN: usize = 32;
    const BYTES: usize = 17;
    const GROUP: usize = 32;
    /// Largest value of E2M1 times the largest finite scale, 6 · 2^125.
    const MAX_MAGNITUDE: f32 = 6.0 * f32::from_bits(252 << 23);

    fn fields(block: &[u8], fields: &mut Fields) {
        (fields.d, fields.scales[0]) = (half_e8m0(block[0]), 1);
        take_nibble_codes(&block[1..17], &mut fields.codes[..32]);
    }

    fn pack(fields: &Fields, block: &mut [u8]) {
        block[0] = match fields.d.to_bits() {
            0x20_0000 => 0,
            bits => (bits >> 23) as u8 + 1,
        };
        put_nibble_codes(&fields.codes[..32], &mut block[1..17]);
    }

    fn value(code: u8) -> i8 {
        DOUBLED[usize::from(code)]
    }

    /// Chooses the power of two that scales the largest magnitude to between 4 and 8, then the nearest values up to 6.
    /// Importance is ignored: the specification (OCP microscaling 1.0, section 6.3) leaves no choice of the scale.
    #[inline(always)]
    fn fit<L: Lanes>(l: L, tile: &WeightTile<'_>, out: &mut [u8]) {
        let mut fields = Fields::default();
        let extremes = extremes(l, tile);
        let blocks = out.as_chunks_mut::<17>().0.iter_mut().zip(tile.weights.as_chunks::<32>().0);
        for ((block, x), extreme) in blocks.zip(extremes) {
            // The exponent field is the rounded-down logarithm plus 127; magnitudes too small for the format become zero, and 6
            // · 2^(252 - 127) is the largest finite value.
            let exponent = (extreme.abs().to_bits() >> 23).saturating_sub(2).min(252) as u8;
            fields.d = half_e8m0(exponent);
            doubled_codes(x, fields.d, &mut fields.codes);
            Self::pack(&fields, block);
        }
    }

    const UNIT_COLS: usize = 64;
    const UNIT_BYTES: usize = 544;
    const MAX_CODE: i32 = 12 + OFFSET as i32;
    const OFFSET: i32 = OFFSET as i32;
    type Head<L: Lanes> = ();

    fn put(raw: &[u8], row: usize, unit: &mut [u8]) {
        for (g, block) in raw.chunks(17).enumerate() {
            put_block(&block[1..], row, &mut unit[g * 256..][..256]);
            unit[EXPONENTS.at + g * 16 + row] = block[0];
        }
    }

    fn take(unit: &[u8], row: usize, out: &mut Unpacked) {
        out.start(64, 32);
        take_nibbles(&unit[..EXPONENTS.at], row, &mut out.codes);
        for code in &mut out.codes[..64] {
            *code = DOUBLED[*code as usize];
        }
        for g in 0..2 {
            out.scales[g] = half_e8m0(unit[EXPONENTS.at + g * 16 + row]);
        }
    }

    #[inline(always)]
    fn head<L: CodeLanes>(_: &Unit<'_, L>) {}

    #[inline(always)]
    fn codes<L: CodeLanes>(unit: &Unit<'_, L>, g: usize, j: usize) -> [L::C; 2] {
        let table = unit.l.table(&const { raised(DOUBLED) });
        let [first, second] = unit.nibbles(LINES, 4 * g + j);
        [unit.l.lookup(table, first), unit.l.lookup(table, second)]
    }

    #[inline(always)]
    fn scale<L: CodeLanes>(unit: &Unit<'_, L>, (): (), part: usize) -> L::V {
        unit.half_e8m0(EXPONENTS, part)
    }
}

/// All values with [`OFFSET`] added.
pub(super) const fn raised(mut values: [i8; 16]) -> [i8; 16] {
    let mut i = 0;
    while i < 16 {
        values[i] += OFFSET;
        i += 1;
    }
    values
}

/// Codes of the doubled values that are nearest to x / `scale`; at a midpoint, of the smaller one.
#[inline(always)]
pub(super) fn doubled_codes(x: &[f32], scale: f32, codes: &mut [u8]) {
    for (out, x) in codes.iter_mut().zip(x) {
        let (doubled, mut code) = ((x / scale).abs(), 0);
        for middle in MIDDLES {
            code += u8::from(doubled > middle);
        }
        *out = code | if code > 0 && *x < 0.0 { 8 } else { 0 };
    }
}
