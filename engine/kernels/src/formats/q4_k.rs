//! Q4_K: 256 weights in 144 bytes, 4.5 bits each. Four bits with a six-bit scale and minimum for each 32 weights: the usual
//! choice for chatting.
//!
//! ```text
//! byte  0..2    d           f16
//!       2..4    dmin        f16
//!       4..16   scales[12]  eight scales and minima of six bits, see `scales_mins`
//!      16..144  qs[128]     32 bytes for each 64 weights: low nibbles = first 32, high nibbles = second 32
//! weight = d · scale · q - dmin · minimum
//! ```
//!
//! Unit of the packed layout, 16 rows × 256 columns in 2368 bytes:
//!
//! ```text
//! byte    0..2048  32 lines of nibbles; line j: low nibbles = columns 8j..8j+4, high nibbles = columns 8j+4..8j+8
//!      2048..2368  header, shared with Q5_K: scales, u8, 16 rows for each 32 columns; 128 bytes on, minima, likewise; 256 bytes
//!                  on, d, f16, 16 rows; 288 bytes on, dmin, f16, 16 rows
//! ```

use crate::block::{
    BlockFormat, Fields, Unpacked, f16_at, field, put_f16, put_nibble_codes, take_nibble_codes,
};
use crate::encode::search::{ScaleCandidates, nearest_codes, scales_and_mins, shares};
use crate::encode::tile::WeightTile;
use crate::lanes::{CodeLanes, Lanes};
use crate::layout::{Field, Unit, put_half, put_nibbles, take_nibbles, word};

/// Block format Q4_K.
#[allow(non_camel_case_types, reason = "the format's own name")]
pub(crate) struct Q4_K;

/// Lines of codes of a unit.
const LINES: Field = Field::new(0, 32);
/// First byte of the unit's header.
const HEADER: usize = 2048;

impl BlockFormat for Q4_K {
    const LEN: usize = 256;
    const BYTES: usize = 144;
    const GROUP: usize = 32;
    const MAX_MAGNITUDE: f32 = 63.0 * 65504.0;
    const HAS_MINS: bool = true;

    fn fields(block: &[u8], fields: &mut Fields) {
        take_header_fields(block, fields);
        for (codes, bytes) in fields.codes.chunks_mut(64).zip(block[16..144].chunks(32)) {
            take_nibble_codes(bytes, codes);
        }
    }

    fn pack(fields: &Fields, block: &mut [u8]) {
        put_header_fields(fields, block);
        for (codes, bytes) in fields.codes.chunks(64).zip(block[16..144].chunks_mut(32)) {
            put_nibble_codes(codes, bytes);
        }
    }

    fn value(code: u8) -> i8 {
        code as i8
    }

    /// Searches scale and minimum of each 32 weights, then rounds both to six bits.
    #[inline(always)]
    fn fit<L: Lanes>(l: L, tile: &WeightTile<'_>, out: &mut [u8]) {
        let tries = ScaleCandidates { most: 15.0, first: -1.0, steps: 20 };
        fit_blocks(l, tile, tries, out.as_chunks_mut::<144>().0, |fields, block| Self::pack(fields, block));
    }

    const UNIT_COLS: usize = 256;
    const UNIT_BYTES: usize = 2368;
    const MAX_CODE: i32 = 15;
    type Head<L: Lanes> = (L::V, L::V);

    fn put(raw: &[u8], row: usize, unit: &mut [u8]) {
        put_codes(&raw[16..], row, unit);
        put_header(raw, row, &mut unit[HEADER..]);
    }

    fn take(unit: &[u8], row: usize, out: &mut Unpacked) {
        out.start(256, 32);
        take_nibbles(&unit[..HEADER], row, &mut out.codes);
        take_header(&unit[HEADER..], row, out);
    }

    #[inline(always)]
    fn head<L: CodeLanes>(unit: &Unit<'_, L>) -> Self::Head<L> {
        header_head(unit, HEADER)
    }

    #[inline(always)]
    fn codes<L: CodeLanes>(unit: &Unit<'_, L>, g: usize, j: usize) -> [L::C; 2] {
        unit.nibbles(LINES, 4 * g + j)
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

/// Encodes blocks with six-bit scales and minima: finds them for each 32 weights, then the nearest codes under the rounded
/// ones.
#[inline(always)]
pub(super) fn fit_blocks<L: Lanes, const BYTES: usize>(
    l: L,
    tile: &WeightTile<'_>,
    tries: ScaleCandidates,
    blocks: &mut [[u8; BYTES]],
    pack: impl Fn(&Fields, &mut [u8; BYTES]),
) {
    let mut fields = Fields::default();
    let (scales, mins) = scales_and_mins(l, tile, tries);
    let found = scales.as_chunks::<8>().0.iter().zip(mins.as_chunks::<8>().0);
    for ((block, x), (scales, mins)) in blocks.iter_mut().zip(tile.weights.as_chunks::<256>().0).zip(found) {
        let mut six = [0; 8];
        fields.d = shares(scales, 63.0, &mut six);
        fields.scales[..8].copy_from_slice(&six.map(|share| share as i8));
        fields.dmin = shares(mins, 63.0, &mut fields.mins[..8]);
        for (j, (x, codes)) in x.chunks(32).zip(fields.codes.chunks_mut(32)).enumerate() {
            let scale = fields.d * f32::from(fields.scales[j]);
            let min = fields.dmin * f32::from(fields.mins[j]);
            nearest_codes(x, (scale, min), (0.0, tries.most), codes);
        }
        pack(&fields, block);
    }
}

/// The eight scales and the eight minima packed in twelve bytes.
///
/// The first four pairs lie in the low six bits of bytes 0..4 and 4..8. The last four have their low four bits in the nibbles
/// of bytes 8..12 (scale low, minimum high) and their high two bits in the top of bytes 0..4 and 4..8.
fn scales_mins(packed: &[u8; 12]) -> ([u8; 8], [u8; 8]) {
    let scales = std::array::from_fn(|j| match j {
        0..4 => packed[j] & 63,
        _ => packed[j + 4] & 15 | packed[j - 4] >> 6 << 4,
    });
    let mins = std::array::from_fn(|j| match j {
        0..4 => packed[j + 4] & 63,
        _ => packed[j + 4] >> 4 | packed[j] >> 6 << 4,
    });
    (scales, mins)
}

/// Reads the header of a block, which Q4_K and Q5_K share.
pub(super) fn take_header_fields(block: &[u8], fields: &mut Fields) {
    (fields.d, fields.dmin) = (f16_at(block, 0), f16_at(block, 2));
    let (scales, mins) = scales_mins(field(block, 4));
    fields.scales[..8].copy_from_slice(&scales.map(|scale| scale as i8));
    fields.mins[..8].copy_from_slice(&mins);
}

/// Writes the header of a block, which Q4_K and Q5_K share.
#[inline(always)]
pub(super) fn put_header_fields(fields: &Fields, block: &mut [u8]) {
    put_f16(block, 0, fields.d);
    put_f16(block, 2, fields.dmin);
    let scale = |j: usize| fields.scales[j] as u8;
    for j in 0..4 {
        block[4 + j] = scale(j) | scale(j + 4) >> 4 << 6;
        block[8 + j] = fields.mins[j] | fields.mins[j + 4] >> 4 << 6;
        block[12 + j] = scale(j + 4) & 15 | fields.mins[j + 4] << 4;
    }
}

/// Packs four-bit codes, as Q4_K and Q5_K share them.
pub(super) fn put_codes(qs: &[u8], row: usize, unit: &mut [u8]) {
    for (bytes, lines) in qs.as_chunks::<32>().0.iter().zip(unit.chunks_mut(512)) {
        let low: [u64; 4] = std::array::from_fn(|j| word(bytes, j));
        put_nibbles(&mut lines[..256], row, &low);
        put_nibbles(&mut lines[256..], row, &low.map(|word| word >> 4));
    }
}

/// Packs the header of a unit, which Q4_K and Q5_K share.
pub(super) fn put_header(block: &[u8], row: usize, header: &mut [u8]) {
    let (scales, mins) = scales_mins(field(block, 4));
    for j in 0..8 {
        header[j * 16 + row] = scales[j];
        header[128 + j * 16 + row] = mins[j];
    }
    put_half(&mut header[256..], row, block);
    put_half(&mut header[288..], row, &block[2..]);
}

/// Reads scales and minima of a unit's header back.
pub(super) fn take_header(header: &[u8], row: usize, out: &mut Unpacked) {
    let (d, dmin) = (f16_at(header, 256 + row * 2), f16_at(header, 288 + row * 2));
    for j in 0..8 {
        out.scales[j] = d * f32::from(header[j * 16 + row]);
        out.mins[j] = dmin * f32::from(header[128 + j * 16 + row]);
    }
}

/// The d and dmin of a unit whose header begins at `header`.
#[inline(always)]
pub(super) fn header_head<L: CodeLanes>(unit: &Unit<'_, L>, header: usize) -> (L::V, L::V) {
    (unit.halves(Field::new(header + 256, 1), 0), unit.halves(Field::new(header + 288, 1), 0))
}
