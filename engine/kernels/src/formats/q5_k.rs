//! Q5_K: 256 weights in 176 bytes, 5.5 bits each. Q4_K with a fifth bit stored separately.
//!
//! ```text
//! byte  0..2    d           f16
//!       2..4    dmin        f16
//!       4..16   scales[12]  as in Q4_K
//!      16..48   qh[32]      bit i/32 of byte i%32: fifth bit of weight i
//!      48..176  qs[128]     32 bytes for each 64 weights: low nibbles = first 32, high nibbles = second 32
//! weight = d · scale · q - dmin · minimum
//! ```
//!
//! Unit of the packed layout, 16 rows × 256 columns in 2880 bytes:
//!
//! ```text
//! byte    0..2048  32 lines of nibbles, as in Q4_K
//!      2048..2560  8 lines of fifth bits; line g holds columns 32g..32g+32: bit q of byte 4·row + i = column 32g + 4q + i
//!      2560..2880  header, as in Q4_K
//! ```

use super::q4_k::{
    fit_blocks, header_head, put_codes, put_header, put_header_fields, take_header, take_header_fields,
};
use super::q5_0::five_bits;
use crate::block::{BlockFormat, Fields, Unpacked, field, put_nibble_codes, take_nibble_codes};
use crate::encode::search::ScaleCandidates;
use crate::encode::tile::WeightTile;
use crate::lanes::{CodeLanes, Lanes};
use crate::layout::{Field, Unit, put_bits, take_bits, take_nibbles};

/// Block format Q5_K.
#[allow(non_camel_case_types, reason = "the format's own name")]
pub(crate) struct Q5_K;

/// Lines of codes of a unit.
const LINES: Field = Field::new(0, 32);
/// Lines of the fifth bits of codes.
const BITS: Field = Field::new(2048, 8);
/// First byte of the unit's header.
const HEADER: usize = 2560;

impl BlockFormat for Q5_K {
    const LEN: usize = 256;
    const BYTES: usize = 176;
    const GROUP: usize = 32;
    const MAX_MAGNITUDE: f32 = 63.0 * 65504.0;
    const HAS_MINS: bool = true;

    fn fields(block: &[u8], fields: &mut Fields) {
        take_header_fields(block, fields);
        for (codes, bytes) in fields.codes.chunks_mut(64).zip(block[48..176].chunks(32)) {
            take_nibble_codes(bytes, codes);
        }
        for (group, codes) in fields.codes.chunks_mut(32).enumerate() {
            for (code, bits) in codes.iter_mut().zip(&block[16..48]) {
                *code |= (bits >> group & 1) << 4;
            }
        }
    }

    fn pack(fields: &Fields, block: &mut [u8]) {
        put_header_fields(fields, block);
        let (fifth, low) = block[16..176].split_at_mut(32);
        fifth.fill(0);
        for (group, codes) in fields.codes.chunks(32).enumerate() {
            for (fifth, code) in fifth.iter_mut().zip(codes) {
                *fifth |= code >> 4 << group;
            }
        }
        for (codes, bytes) in fields.codes.chunks(64).zip(low.chunks_mut(32)) {
            put_nibble_codes(codes, bytes);
        }
    }

    fn value(code: u8) -> i8 {
        code as i8
    }

    /// Searches as Q4_K does, with codes up to 31.
    #[inline(always)]
    fn fit<L: Lanes>(l: L, tile: &WeightTile<'_>, out: &mut [u8]) {
        let tries = ScaleCandidates { most: 31.0, first: -0.5, steps: 15 };
        fit_blocks(l, tile, tries, out.as_chunks_mut::<176>().0, |fields, block| Self::pack(fields, block));
    }

    const UNIT_COLS: usize = 256;
    const UNIT_BYTES: usize = 2880;
    const MAX_CODE: i32 = 31;
    type Head<L: Lanes> = (L::V, L::V);

    fn put(raw: &[u8], row: usize, unit: &mut [u8]) {
        put_codes(&raw[48..], row, unit);
        let quads: [u32; 8] = std::array::from_fn(|q| u32::from_le_bytes(*field(raw, 16 + 4 * q)));
        for (g, line) in unit[BITS.at..HEADER].as_chunks_mut().0.iter_mut().enumerate() {
            put_bits(line, row, quads.map(|quad| quad >> g));
        }
        put_header(raw, row, &mut unit[HEADER..]);
    }

    fn take(unit: &[u8], row: usize, out: &mut Unpacked) {
        out.start(256, 32);
        take_nibbles(&unit[..BITS.at], row, &mut out.codes);
        take_bits(&unit[BITS.at..HEADER], row, 16, &mut out.codes);
        take_header(&unit[HEADER..], row, out);
    }

    #[inline(always)]
    fn head<L: CodeLanes>(unit: &Unit<'_, L>) -> Self::Head<L> {
        header_head(unit, HEADER)
    }

    #[inline(always)]
    fn codes<L: CodeLanes>(unit: &Unit<'_, L>, g: usize, j: usize) -> [L::C; 2] {
        five_bits(unit, LINES, BITS, g, j)
    }

    #[inline(always)]
    fn scale<L: CodeLanes>(unit: &Unit<'_, L>, (d, _): Self::Head<L>, part: usize) -> L::V {
        unit.l.mul(d, unit.bytes(Field::new(HEADER, 8), part))
    }

    #[inline(always)]
    fn min<L: CodeLanes>(unit: &Unit<'_, L>, (_, dmin): Self::Head<L>, part: usize) -> L::V {
        unit.l.mul(dmin, unit.bytes(Field::new(HEADER + 128, 8), part))
    }
}
