//! NVFP4: 64 weights in 36 bytes, 4.5 bits each. Four-bit floats (E2M1) with an eight-bit float (E4M3) as the scale of each 16, as
//! in NVIDIA's format; a scale of the whole tensor is a tensor of its own.
//!
//! ```text
//! byte  0..4    d[4]     E4M3, sign ignored, 127 = 0
//!       4..36   qs[32]   eight bytes for each 16 weights; byte j: low nibble = weight j, high nibble = weight j + 8
//! weight = E2M1(q) · d
//! ```
//!
//! Unit of the packed layout, 16 rows × 64 columns in 576 bytes:
//!
//! ```text
//! byte   0..512   8 lines of nibbles, as in Q4_0
//!      512..576   d, E4M3 without sign: 16 rows for each 16 columns; a NaN is 0, and so 127 is 480, as its bits say
//! ```
//! Kernels look up twice the value, so that it is an integer, and halve the scale.

use super::mxfp4::{DOUBLED, OFFSET, doubled_codes, raised};
use crate::block::{BlockFormat, Fields, Unpacked, field, put_nibble_codes, take_nibble_codes};
use crate::encode::tile::WeightTile;
use crate::lanes::scalar::e4m3;
use crate::lanes::{CodeLanes, Lanes, larger, within};
use crate::layout::{Field, Unit, put_nibbles, take_nibbles, word};

/// Block format NVFP4.
#[allow(non_camel_case_types, reason = "the format's own name")]
pub(crate) struct NVFP4;

/// Lines of codes of a unit.
const LINES: Field = Field::new(0, 8);
/// Field of the group scales.
const SCALES: Field = Field::new(512, 4);

impl BlockFormat for NVFP4 {
    const LEN: usize = 64;
    const BYTES: usize = 36;
    const GROUP: usize = 16;
    /// Largest value of E2M1 times the largest scale.
    const MAX_MAGNITUDE: f32 = 6.0 * 448.0;

    fn fields(block: &[u8], fields: &mut Fields) {
        (fields.d, fields.scales) = (0.5, [0; 16]);
        for (scale, &byte) in fields.scales.iter_mut().zip(&block[..4]) {
            *scale = byte as i8;
        }
        for (bytes, codes) in block[4..].chunks(8).zip(fields.codes.chunks_mut(16)) {
            take_nibble_codes(bytes, codes);
        }
    }

    fn pack(fields: &Fields, block: &mut [u8]) {
        for (byte, &scale) in block[..4].iter_mut().zip(&fields.scales) {
            *byte = scale as u8;
        }
        for (bytes, codes) in block[4..].chunks_mut(8).zip(fields.codes.chunks(16)) {
            put_nibble_codes(codes, bytes);
        }
    }

    fn value(code: u8) -> i8 {
        DOUBLED[usize::from(code)]
    }

    fn group_scale(fields: &Fields, group: usize) -> f32 {
        half_scale(number(fields.scales[group] as u8))
    }

    /// Gives the largest magnitude of 16 weights the code of 6, rounding the scale to E4M3. Importance is ignored.
    #[inline(always)]
    fn fit<L: Lanes>(_: L, tile: &WeightTile<'_>, out: &mut [u8]) {
        let mut fields = Fields::default();
        for (block, x) in out.as_chunks_mut::<36>().0.iter_mut().zip(tile.weights.as_chunks::<64>().0) {
            for (group, x) in x.as_chunks::<16>().0.iter().enumerate() {
                let most = x.iter().fold(0.0_f32, |most, x| larger(x.abs(), most));
                let scale = to_e4m3(most / 6.0);
                fields.scales[group] = scale as i8;
                doubled_codes(x, half_scale(scale), &mut fields.codes[16 * group..]);
            }
            Self::pack(&fields, block);
        }
    }

    const UNIT_COLS: usize = 64;
    const UNIT_BYTES: usize = 576;
    const MAX_CODE: i32 = 12 + OFFSET as i32;
    const OFFSET: i32 = OFFSET as i32;
    type Head<L: Lanes> = ();

    fn put(raw: &[u8], row: usize, unit: &mut [u8]) {
        for (g, lines) in unit[..SCALES.at].chunks_mut(128).enumerate() {
            let codes = word(field::<8>(raw, 4 + 8 * g), 0);
            put_nibbles(lines, row, &[codes, codes >> 4]);
        }
        for g in 0..4 {
            unit[SCALES.at + g * 16 + row] = number(raw[g]);
        }
    }

    fn take(unit: &[u8], row: usize, out: &mut Unpacked) {
        out.start(64, 16);
        take_nibbles(&unit[..SCALES.at], row, &mut out.codes);
        for code in &mut out.codes[..64] {
            *code = DOUBLED[*code as usize];
        }
        for g in 0..4 {
            out.scales[g] = half_scale(unit[SCALES.at + g * 16 + row]);
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
        unit.l.mul(unit.e4m3(SCALES, part), unit.l.splat(0.5))
    }
}

/// A scale without its sign; 127, a NaN, is 0.
fn number(scale: u8) -> u8 {
    if scale == 127 { 0 } else { scale & 127 }
}

/// Half of a scale, for values that are doubled.
#[inline(always)]
fn half_scale(scale: u8) -> f32 {
    e4m3(scale) * 0.5
}

/// The nearest E4M3 number at or above zero, at most 448; ties of normal numbers away from zero, as ggml rounds.
fn to_e4m3(x: f32) -> u8 {
    let x = within(x, 0.0, 448.0);
    if x < 2.0_f32.powi(-6) {
        // Subnormal numbers are multiples of 2^-9; eight of them are the smallest normal number.
        return ((x * 512.0 + 0.5) as u8).min(7);
    }
    // The exponent's bias changes from 127 to 7, and 20 bits of the mantissa are rounded away.
    (((x.to_bits() + (1 << 19)) >> 20) - (120 << 3)).min(126) as u8
}
