//! IQ4_XS: 256 weights in 136 bytes, 4.25 bits each. IQ4_NL's values with a signed six-bit scale for each 32 weights.
//!
//! ```text
//! byte  0..2    d            f16
//!       2..4    scales_h     u16, bits 2j and 2j+1: high bits of scale j
//!       4..8    scales_l[4]  nibble j: low bits of scale j
//!       8..136  qs[128]      16 bytes for each 32 weights, placed as in IQ4_NL
//! weight = d · (scale - 32) · VALUES[q]
//! ```
//!
//! Unit of the packed layout, 16 rows × 256 columns in 2240 bytes:
//!
//! ```text
//! byte    0..2048  32 lines of nibbles; line j: low nibbles = columns 8j..8j+4, high nibbles = columns 8j+4..8j+8
//!      2048..2176  scales, i8, less 32: 16 rows for each 32 columns
//!      2176..2208  d, f16: 16 rows
//!      2208..2240  nothing
//! ```

use super::iq4_nl::{VALUES, groups_of_32, nearest, values};
use super::q4_0::put_block;
use crate::block::{
    BlockFormat, Fields, Unpacked, f16_at, field, put_f16, put_nibble_codes, take_nibble_codes,
};
use crate::encode::search::{code, inverse, largest_scale};
use crate::encode::tile::{WeightTile, to_half};
use crate::lanes::{CodeLanes, Lanes};
use crate::layout::{Field, Unit, put_half, take_nibbles};

/// Block format IQ4_XS.
#[allow(non_camel_case_types, reason = "the format's own name")]
pub(crate) struct IQ4_XS;

/// Lines of codes of a unit.
const LINES: Field = Field::new(0, 32);
/// Field of the group scales.
const SCALES: Field = Field::new(2048, 8);
/// Field of the block scales d.
const D: Field = Field::new(2176, 1);

impl BlockFormat for IQ4_XS {
    const LEN: usize = 256;
    const BYTES: usize = 136;
    const GROUP: usize = 32;
    const MAX_MAGNITUDE: f32 = 113.0 * 31.0 * 65504.0;

    fn fields(block: &[u8], fields: &mut Fields) {
        fields.d = f16_at(block, 0);
        fields.scales[..8].copy_from_slice(&scales(block));
        for (codes, bytes) in fields.codes.chunks_mut(32).zip(block[8..136].chunks(16)) {
            take_nibble_codes(bytes, codes);
        }
    }

    fn pack(fields: &Fields, block: &mut [u8]) {
        put_f16(block, 0, fields.d);
        let (mut low, mut high) = ([0; 4], 0_u16);
        for (j, &scale) in fields.scales[..8].iter().enumerate() {
            let six = (scale + 32) as u8;
            low[j / 2] |= (six & 15) << (j % 2 * 4);
            high |= u16::from(six >> 4) << (2 * j);
        }
        block[2..4].copy_from_slice(&high.to_le_bytes());
        block[4..8].copy_from_slice(&low);
        for (codes, bytes) in fields.codes.chunks(32).zip(block[8..136].chunks_mut(16)) {
            put_nibble_codes(codes, bytes);
        }
    }

    fn value(code: u8) -> i8 {
        VALUES[usize::from(code)]
    }

    /// Searches the scale of each 32 weights as IQ4_NL does, then rounds the scales to six bits.
    #[inline(always)]
    fn fit<L: Lanes>(l: L, tile: &WeightTile<'_>, out: &mut [u8]) {
        let mut fields = Fields::default();
        let found = groups_of_32(l, tile);
        let blocks = out.as_chunks_mut::<136>().0.iter_mut().zip(tile.weights.as_chunks::<256>().0);
        for ((block, x), found) in blocks.zip(found.as_chunks::<8>().0) {
            let d = largest_scale(found) / -32.0;
            fields.d = to_half(d);
            for (j, (x, scale)) in x.as_chunks::<32>().0.iter().zip(found).enumerate() {
                let share = code(inverse(d) * scale, -32.0, 31.0);
                fields.scales[j] = share as i8;
                fields.codes[32 * j..][..32].copy_from_slice(&nearest(x, inverse(d * share as f32)));
            }
            Self::pack(&fields, block);
        }
    }

    const UNIT_COLS: usize = 256;
    const UNIT_BYTES: usize = 2240;
    const MAX_CODE: i32 = 128;
    const SIGNED: bool = true;
    type Head<L: Lanes> = L::V;

    fn put(raw: &[u8], row: usize, unit: &mut [u8]) {
        for (nibbles, lines) in raw[8..].chunks(16).zip(unit.chunks_mut(256)) {
            put_block(nibbles, row, lines);
        }
        for (j, scale) in scales(raw).into_iter().enumerate() {
            unit[SCALES.at + j * 16 + row] = scale as u8;
        }
        put_half(&mut unit[D.at..], row, raw);
    }

    fn take(unit: &[u8], row: usize, out: &mut Unpacked) {
        out.start(256, 32);
        take_nibbles(&unit[..SCALES.at], row, &mut out.codes);
        for code in &mut out.codes {
            *code = VALUES[*code as usize];
        }
        let d = f16_at(unit, D.at + row * 2);
        for (j, scale) in out.scales[..8].iter_mut().enumerate() {
            *scale = d * f32::from(unit[SCALES.at + j * 16 + row] as i8);
        }
    }

    #[inline(always)]
    fn head<L: CodeLanes>(unit: &Unit<'_, L>) -> L::V {
        unit.halves(D, 0)
    }

    #[inline(always)]
    fn codes<L: CodeLanes>(unit: &Unit<'_, L>, g: usize, j: usize) -> [L::C; 2] {
        values(unit, LINES, 4 * g + j)
    }

    #[inline(always)]
    fn scale<L: CodeLanes>(unit: &Unit<'_, L>, d: L::V, part: usize) -> L::V {
        unit.l.mul(d, unit.signed_bytes(SCALES, part))
    }
}

/// The eight scales of a block, with their offset of 32 subtracted.
fn scales(block: &[u8]) -> [i8; 8] {
    let high = u16::from_le_bytes(*field(block, 2));
    std::array::from_fn(|j| {
        let low = block[4 + j / 2] >> (j % 2 * 4) & 15;
        (low | ((high >> (2 * j) & 3) as u8) << 4) as i8 - 32
    })
}
