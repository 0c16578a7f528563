//! How a layout's units become lines of signed bytes, scales and minima: what the tile kernel needs to know of it.

use crate::activations::GROUP;
use crate::lanes::Lanes;
use crate::layout::{LINE, Layout, ROWS, q4_0, q4_k, q5_k, q6_k, q8_0, wide};

/// Lines of 32 columns, one byte per code.
pub(super) const GROUP_LINES: usize = GROUP / 4;
/// Lines of 32 columns, four bits per code.
const NIBBLE_LINES: usize = GROUP / 8;

/// The codes of 32 columns, four columns of 16 rows per line.
#[repr(align(64))]
pub(super) struct Lines(pub(super) [[u8; LINE]; GROUP_LINES]);

/// Scales and minima of a group, by row.
#[derive(Default)]
pub(super) struct Scales {
    pub(super) scales: [f32; ROWS],
    /// Stays zero in layouts without minima.
    pub(super) mins: [f32; ROWS],
}

/// A layout of codes.
pub(super) trait Codes {
    const LAYOUT: Layout;
    /// Columns that share a scale.
    const GROUP: usize;
    /// Writes the codes of 32-column group `g` of a unit as the numbers they mean.
    fn lines(unit: &[u8], g: usize, out: &mut Lines);
    /// Writes scales and minima of group `part` of a unit, a group being [`Self::GROUP`] columns.
    fn scales<L: Lanes>(l: L, unit: &[u8], part: usize, out: &mut Scales);
}

/// Splits the nibbles of 32-column group `g` and takes `offset` off each.
#[inline(always)]
fn split_nibbles(unit: &[u8], g: usize, offset: u8, out: &mut Lines) {
    let lines = unit[g * NIBBLE_LINES * LINE..].as_chunks::<LINE>().0;
    for (line, [low, high]) in lines.iter().zip(out.0.as_chunks_mut().0) {
        for i in 0..LINE {
            low[i] = (line[i] & 15).wrapping_sub(offset);
            high[i] = (line[i] >> 4).wrapping_sub(offset);
        }
    }
}

/// Widens 16 half-precision numbers.
#[inline(always)]
fn widen<L: Lanes>(l: L, halves: &[u8], out: &mut [f32; ROWS]) {
    assert!(halves.len() >= 2 * ROWS, "a half for each row");
    for row in (0..ROWS).step_by(L::N) {
        // SAFETY: rows up to ROWS lie in both, and no load needs alignment.
        unsafe { l.store(out.as_mut_ptr().add(row), l.load_f16(halves.as_ptr().add(2 * row).cast())) };
    }
}

/// The 16 bytes of group `part` in a table of them.
#[inline(always)]
fn row_bytes(table: &[u8], part: usize) -> &[u8; ROWS] {
    table[part * ROWS..].first_chunk().expect("a unit holds its tables")
}

/// Scales and minima of the K formats with minima.
#[inline(always)]
fn k_scales<L: Lanes>(l: L, header: &[u8], part: usize, out: &mut Scales) {
    widen(l, &header[256..], &mut out.scales);
    widen(l, &header[288..], &mut out.mins);
    for (scale, &factor) in out.scales.iter_mut().zip(row_bytes(header, part)) {
        *scale *= f32::from(factor);
    }
    for (min, &factor) in out.mins.iter_mut().zip(row_bytes(&header[128..], part)) {
        *min *= f32::from(factor);
    }
}

/// Copies the lines of signed bytes of 32-column group `g`.
#[inline(always)]
fn copy_lines(unit: &[u8], g: usize, out: &mut Lines) {
    out.0.copy_from_slice(&unit.as_chunks::<LINE>().0[g * GROUP_LINES..][..GROUP_LINES]);
}

#[allow(non_camel_case_types, reason = "the format's name")]
pub(super) struct Q4_0;

impl Codes for Q4_0 {
    const LAYOUT: Layout = Layout::Q4_0;
    const GROUP: usize = 32;

    #[inline(always)]
    fn lines(unit: &[u8], g: usize, out: &mut Lines) {
        split_nibbles(unit, g, 8, out);
    }

    #[inline(always)]
    fn scales<L: Lanes>(l: L, unit: &[u8], part: usize, out: &mut Scales) {
        widen(l, &unit[q4_0::SCALES + part * 2 * ROWS..], &mut out.scales);
    }
}

#[allow(non_camel_case_types, reason = "the format's name")]
pub(super) struct Q4_K;

impl Codes for Q4_K {
    const LAYOUT: Layout = Layout::Q4_K;
    const GROUP: usize = 32;

    #[inline(always)]
    fn lines(unit: &[u8], g: usize, out: &mut Lines) {
        split_nibbles(unit, g, 0, out);
    }

    #[inline(always)]
    fn scales<L: Lanes>(l: L, unit: &[u8], part: usize, out: &mut Scales) {
        k_scales(l, &unit[q4_k::HEADER..], part, out);
    }
}

#[allow(non_camel_case_types, reason = "the format's name")]
pub(super) struct Q5_K;

impl Codes for Q5_K {
    const LAYOUT: Layout = Layout::Q5_K;
    const GROUP: usize = 32;

    #[inline(always)]
    fn lines(unit: &[u8], g: usize, out: &mut Lines) {
        split_nibbles(unit, g, 0, out);
        let bits: &[u8; LINE] = unit[q5_k::BITS + g * LINE..].first_chunk().expect("a unit holds its bits");
        for (q, line) in out.0.iter_mut().enumerate() {
            for i in 0..LINE {
                line[i] |= ((bits[i] >> q) & 1) << 4;
            }
        }
    }

    #[inline(always)]
    fn scales<L: Lanes>(l: L, unit: &[u8], part: usize, out: &mut Scales) {
        k_scales(l, &unit[q5_k::HEADER..], part, out);
    }
}

#[allow(non_camel_case_types, reason = "the format's name")]
pub(super) struct Q6_K;

impl Codes for Q6_K {
    const LAYOUT: Layout = Layout::Q6_K;
    const GROUP: usize = 16;

    #[inline(always)]
    fn lines(unit: &[u8], g: usize, out: &mut Lines) {
        split_nibbles(unit, g, 0, out);
        let bits = &unit[q6_k::BITS..q6_k::SCALES].as_chunks::<LINE>().0[2 * g..2 * g + 2];
        for (q, line) in out.0.iter_mut().enumerate() {
            for i in 0..LINE {
                let high = (bits[q / 4][i] >> (q % 4 * 2)) & 3;
                line[i] = (line[i] | high << 4).wrapping_sub(32);
            }
        }
    }

    #[inline(always)]
    fn scales<L: Lanes>(l: L, unit: &[u8], part: usize, out: &mut Scales) {
        widen(l, &unit[q6_k::D..], &mut out.scales);
        for (scale, &factor) in out.scales.iter_mut().zip(row_bytes(&unit[q6_k::SCALES..], part)) {
            *scale *= f32::from(factor as i8);
        }
    }
}

#[allow(non_camel_case_types, reason = "the format's name")]
pub(super) struct Q8_0;

impl Codes for Q8_0 {
    const LAYOUT: Layout = Layout::Q8_0;
    const GROUP: usize = 32;

    #[inline(always)]
    fn lines(unit: &[u8], g: usize, out: &mut Lines) {
        copy_lines(unit, g, out);
    }

    #[inline(always)]
    fn scales<L: Lanes>(l: L, unit: &[u8], part: usize, out: &mut Scales) {
        widen(l, &unit[q8_0::SCALES + part * 2 * ROWS..], &mut out.scales);
    }
}

pub(super) struct Wide;

impl Codes for Wide {
    const LAYOUT: Layout = Layout::Wide;
    const GROUP: usize = 16;

    #[inline(always)]
    fn lines(unit: &[u8], g: usize, out: &mut Lines) {
        copy_lines(unit, g, out);
    }

    #[inline(always)]
    fn scales<L: Lanes>(_: L, unit: &[u8], part: usize, out: &mut Scales) {
        for (table, numbers) in [(wide::SCALES, &mut out.scales), (wide::MINS, &mut out.mins)] {
            let raw = unit[table + part * 4 * ROWS..].as_chunks::<4>().0;
            for (number, raw) in numbers.iter_mut().zip(raw) {
                *number = f32::from_le_bytes(*raw);
            }
        }
    }
}
