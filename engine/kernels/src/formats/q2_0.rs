//! Q2_0: 64 weights in 18 bytes, 2.25 bits each. One scale and codes of two bits in plain order, for models whose weights are -1,
//! 0 and 1 times a scale.
//!
//! ```text
//! byte  0..2    d        f16
//!       2..18   qs[16]   bits 2i and 2i+1 of byte j: weight 4j + i
//! weight = d · (q - 1)
//! ```
//!
//! Unit of the packed layout, 16 rows × 64 columns in 288 bytes, of which every other begins within a cache line:
//!
//! ```text
//! byte   0..256   4 lines of two-bit codes, as in Q2_K
//!      256..288   d, f16: 16 rows
//! ```

use super::q2_k::two_bits;
use super::tq2_0::ternary;
use crate::block::{BlockFormat, Fields, Unpacked, f16_at, put_f16};
use crate::encode::tile::WeightTile;
use crate::lanes::{CodeLanes, Lanes};
use crate::layout::{Field, LINE, Unit, put_half, put_pairs, take_pairs};

/// Block format Q2_0.
#[allow(non_camel_case_types, reason = "the format's own name")]
pub(crate) struct Q2_0;

/// Lines of codes of a unit.
const LINES: Field = Field::new(0, 4);
/// Field of the block scales d.
const D: Field = Field::new(256, 1);

impl BlockFormat for Q2_0 {
    const LEN: usize = 64;
    const BYTES: usize = 18;
    const GROUP: usize = 32;
    const MAX_MAGNITUDE: f32 = 65504.0;

    fn fields(block: &[u8], fields: &mut Fields) {
        (fields.d, fields.scales) = (f16_at(block, 0), [1; 16]);
        for (i, code) in fields.codes[..64].iter_mut().enumerate() {
            *code = block[2 + i / 4] >> (2 * (i % 4)) & 3;
        }
    }

    fn pack(fields: &Fields, block: &mut [u8]) {
        put_f16(block, 0, fields.d);
        for (byte, codes) in block[2..].iter_mut().zip(fields.codes.as_chunks::<4>().0) {
            *byte = (0..4).fold(0, |byte, i| byte | (codes[i] & 3) << (2 * i));
        }
    }

    fn value(code: u8) -> i8 {
        code as i8 - 1
    }

    /// Codes as TQ2_0 does, so that the code of 2 is never used. Importance is ignored.
    #[inline(always)]
    fn fit<L: Lanes>(_: L, tile: &WeightTile<'_>, out: &mut [u8]) {
        let mut fields = Fields::default();
        for (block, x) in out.as_chunks_mut::<18>().0.iter_mut().zip(tile.weights.as_chunks::<64>().0) {
            fields.d = ternary(x, &mut fields.codes);
            Self::pack(&fields, block);
        }
    }

    const UNIT_COLS: usize = 64;
    const UNIT_BYTES: usize = 288;
    const MAX_CODE: i32 = 3;
    const OFFSET: i32 = 1;
    type Head<L: Lanes> = L::V;

    fn put(raw: &[u8], row: usize, unit: &mut [u8]) {
        for (line, bytes) in
            unit[..D.at].as_chunks_mut::<LINE>().0.iter_mut().zip(raw[2..].as_chunks::<4>().0)
        {
            // A byte has the codes of four neighboring columns.
            put_pairs(
                line,
                row,
                bytes.map(|byte| (0..4).fold(0, |all, i| all | (u32::from(byte) >> (2 * i) & 3) << (8 * i))),
            );
        }
        put_half(&mut unit[D.at..], row, raw);
    }

    fn take(unit: &[u8], row: usize, out: &mut Unpacked) {
        out.start(64, 32);
        take_pairs(&unit[..D.at], row, &mut out.codes[..64]);
        for code in &mut out.codes[..64] {
            *code -= 1;
        }
        out.scales[..2].fill(f16_at(unit, D.at + row * 2));
    }

    #[inline(always)]
    fn head<L: CodeLanes>(unit: &Unit<'_, L>) -> L::V {
        unit.halves(D, 0)
    }

    #[inline(always)]
    fn codes<L: CodeLanes>(unit: &Unit<'_, L>, g: usize, j: usize) -> [L::C; 2] {
        two_bits(unit, LINES, g, j)
    }

    #[inline(always)]
    fn scale<L: CodeLanes>(_: &Unit<'_, L>, d: L::V, _: usize) -> L::V {
        d
    }
}
