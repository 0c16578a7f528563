//! Q1_0: 128 weights in 18 bytes, 1.125 bits each. One scale and a sign for each weight, for models whose weights are -1 and 1
//! times a scale.
//!
//! ```text
//! byte  0..2    d          f16
//!       2..18   bits[16]   bit i of byte j: weight 8j + i, 1 = d, 0 = -d
//! weight = d · (2 · q - 1)
//! ```
//!
//! Unit of the packed layout, 16 rows × 128 columns in 288 bytes, of which every other begins within a cache line:
//!
//! ```text
//! byte   0..256   4 lines of bits; line g holds columns 32g..32g+32: bit q of byte 4·row + i = column 32g + 4q + i
//!      256..288   d, f16: 16 rows
//! ```

use crate::block::{BlockFormat, Fields, Unpacked, f16_at, field, put_f16};
use crate::encode::tile::{WeightTile, to_half};
use crate::lanes::{CodeLanes, Lanes};
use crate::layout::{Field, LINE, Unit, put_bit_word, put_half, take_bits};

/// Block format Q1_0.
#[allow(non_camel_case_types, reason = "the format's own name")]
pub(crate) struct Q1_0;

/// Lines of codes of a unit.
const LINES: Field = Field::new(0, 4);
/// Field of the block scales d.
const D: Field = Field::new(256, 1);

impl BlockFormat for Q1_0 {
    const LEN: usize = 128;
    const BYTES: usize = 18;
    const GROUP: usize = 32;
    const MAX_MAGNITUDE: f32 = 65504.0;

    fn fields(block: &[u8], fields: &mut Fields) {
        (fields.d, fields.scales) = (f16_at(block, 0), [1; 16]);
        for (i, code) in fields.codes[..128].iter_mut().enumerate() {
            *code = block[2 + i / 8] >> (i % 8) & 1;
        }
    }

    fn pack(fields: &Fields, block: &mut [u8]) {
        put_f16(block, 0, fields.d);
        for (byte, codes) in block[2..].iter_mut().zip(fields.codes.as_chunks::<8>().0) {
            *byte = (0..8).fold(0, |byte, i| byte | (codes[i] & 1) << i);
        }
    }

    fn value(code: u8) -> i8 {
        2 * code as i8 - 1
    }

    /// The mean magnitude as the scale, which has the least squared error. Importance is ignored.
    #[inline(always)]
    fn fit<L: Lanes>(_: L, tile: &WeightTile<'_>, out: &mut [u8]) {
        let mut fields = Fields::default();
        for (block, x) in out.as_chunks_mut::<18>().0.iter_mut().zip(tile.weights.as_chunks::<128>().0) {
            fields.d = to_half(x.iter().fold(0.0, |sum, x| sum + x.abs()) / 128.0);
            for (code, x) in fields.codes.iter_mut().zip(x) {
                *code = u8::from(*x >= 0.0);
            }
            Self::pack(&fields, block);
        }
    }

    const UNIT_COLS: usize = 128;
    const UNIT_BYTES: usize = 288;
    const MAX_CODE: i32 = 2;
    const OFFSET: i32 = 1;
    type Head<L: Lanes> = L::V;

    fn put(raw: &[u8], row: usize, unit: &mut [u8]) {
        for (g, line) in unit[..D.at].as_chunks_mut::<LINE>().0.iter_mut().enumerate() {
            put_bit_word(line, row, u32::from_le_bytes(*field(raw, 2 + 4 * g)));
        }
        put_half(&mut unit[D.at..], row, raw);
    }

    fn take(unit: &[u8], row: usize, out: &mut Unpacked) {
        out.start(128, 32);
        out.codes[..128].fill(-1);
        take_bits(&unit[..D.at], row, 2, &mut out.codes[..128]);
        out.scales[..4].fill(f16_at(unit, D.at + row * 2));
    }

    #[inline(always)]
    fn head<L: CodeLanes>(unit: &Unit<'_, L>) -> L::V {
        unit.halves(D, 0)
    }

    #[inline(always)]
    fn codes<L: CodeLanes>(unit: &Unit<'_, L>, g: usize, j: usize) -> [L::C; 2] {
        let (l, bits) = (unit.l, unit.line(LINES, g));
        let (nothing, from) = (l.shr_and(bits, 0, 0), 2 * j as u32);
        [l.or_bits(nothing, bits, (from, 1), 2), l.or_bits(nothing, bits, (from + 1, 1), 2)]
    }

    #[inline(always)]
    fn scale<L: CodeLanes>(_: &Unit<'_, L>, d: L::V, _: usize) -> L::V {
        d
    }
}
