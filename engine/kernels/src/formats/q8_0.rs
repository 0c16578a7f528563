//! Q8_0: 32 weights in 34 bytes, 8.5 bits each. Close to lossless, at twice the memory traffic of four bits.
//!
//! ```text
//! byte  0..2    d        f16
//!       2..34   qs[32]   i8
//! weight = q · d
//! ```
//!
//! Unit of the packed layout, 16 rows × 64 columns in 1088 bytes:
//!
//! ```text
//! byte    0..1024  16 lines; line j: columns 4j..4j+4, i8
//!      1024..1088  d, f16: 16 rows for the first 32 columns, 16 for the second
//! ```

use crate::block::{BlockFormat, Fields, Unpacked, f16_at, field, put_f16};
use crate::encode::search::{extremes, inverse};
use crate::encode::tile::{WeightTile, to_half};
use crate::lanes::{CodeLanes, Lanes, within};
use crate::layout::{Field, Unit, put_bytes, put_half, take_bytes};

/// Block format Q8_0.
#[allow(non_camel_case_types, reason = "the format's own name")]
pub(crate) struct Q8_0;

/// Lines of codes of a unit.
const LINES: Field = Field::new(0, 16);
/// Field of the group scales.
const SCALES: Field = Field::new(1024, 2);
/// The largest number below one half: adding it and truncating rounds half away from zero, and never rounds up a smaller
/// fraction.
const BELOW_HALF: f32 = 0.499_999_97;

impl BlockFormat for Q8_0 {
    const LEN: usize = 32;
    const BYTES: usize = 34;
    const GROUP: usize = 32;
    const MAX_MAGNITUDE: f32 = 127.0 * 65504.0;

    fn fields(block: &[u8], fields: &mut Fields) {
        (fields.d, fields.scales[0]) = (f16_at(block, 0), 1);
        fields.codes[..32].copy_from_slice(&block[2..34]);
    }

    fn pack(fields: &Fields, block: &mut [u8]) {
        put_f16(block, 0, fields.d);
        block[2..34].copy_from_slice(&fields.codes[..32]);
    }

    fn value(code: u8) -> i8 {
        code as i8
    }

    /// Gives the largest magnitude the code 127. Importance is ignored: every code is nearest to its weight, and a scale that
    /// clamped one would cost more than it gains.
    #[inline(always)]
    fn fit<L: Lanes>(l: L, tile: &WeightTile<'_>, out: &mut [u8]) {
        let extremes = extremes(l, tile);
        let blocks = out.as_chunks_mut::<34>().0.iter_mut();
        for ((block, x), extreme) in blocks.zip(tile.weights.as_chunks::<32>().0).zip(extremes) {
            let scale = extreme.abs() / 127.0;
            let inverse = inverse(scale);
            put_f16(block, 0, to_half(scale));
            for (code, x) in block[2..].iter_mut().zip(x) {
                let q = x * inverse;
                *code = within(q + BELOW_HALF.copysign(q), -127.0, 127.0) as i32 as u8;
            }
        }
    }

    const UNIT_COLS: usize = 64;
    const UNIT_BYTES: usize = 1088;
    const MAX_CODE: i32 = 128;
    const SIGNED: bool = true;
    type Head<L: Lanes> = ();

    fn put(raw: &[u8], row: usize, unit: &mut [u8]) {
        for (g, block) in raw.chunks(34).enumerate() {
            put_bytes(&mut unit[g * 512..][..512], row, &field::<32>(block, 2).map(|code| code as i8));
            put_half(&mut unit[SCALES.at + g * 32..], row, block);
        }
    }

    fn take(unit: &[u8], row: usize, out: &mut Unpacked) {
        out.start(64, 32);
        take_bytes(&unit[..SCALES.at], row, &mut out.codes);
        for g in 0..2 {
            out.scales[g] = f16_at(unit, SCALES.at + g * 32 + row * 2);
        }
    }

    #[inline(always)]
    fn head<L: CodeLanes>(_: &Unit<'_, L>) {}

    #[inline(always)]
    fn codes<L: CodeLanes>(unit: &Unit<'_, L>, g: usize, j: usize) -> [L::C; 2] {
        let line = 8 * g + 2 * j;
        [unit.l.signed(unit.line(LINES, line)), unit.l.signed(unit.line(LINES, line + 1))]
    }

    #[inline(always)]
    fn scale<L: CodeLanes>(unit: &Unit<'_, L>, (): (), part: usize) -> L::V {
        unit.halves(SCALES, part)
    }
}
