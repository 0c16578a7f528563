//! "N16K4", the layout weights have in memory: 16 rows make a panel, and a panel is read from end to end.
//!
//! Along the columns a panel is cut into units of 32, 64 or 256 columns. The codes of a unit lie in lines of 64 bytes: four
//! neighbouring columns of row 0, the same columns of row 1, up to row 15. One line is one AVX-512 register, two AVX2
//! registers, one row of an AMX tile and four NEON registers, with each 32-bit lane belonging to one row, which is what
//! their dot-product instructions sum over. Four-bit codes share lines: the low nibbles are four columns, the high nibbles
//! the next four. Scales stay as small as in the file and follow the codes.
//!
//! One file per layout: diagram, packing, and reading back a row, which is the layout's definition.

pub(crate) mod float;
pub(crate) mod q4_0;
pub(crate) mod q4_k;
pub(crate) mod q5_k;
pub(crate) mod q6_k;
pub(crate) mod q8_0;
pub(crate) mod wide;

use crate::DType;
use crate::blocks::{Unpacked, field};

/// Rows of a panel.
pub(crate) const ROWS: usize = 16;
/// Bytes of a line of codes.
pub(crate) const LINE: usize = 64;

/// How a matrix lies in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, non_camel_case_types, reason = "the names are the formats' own")]
pub(crate) enum Layout {
    F32,
    F16,
    BF16,
    /// Four-bit codes around 8, a half-precision scale per 32.
    Q4_0,
    /// Four-bit codes, six-bit scales and minima per 32.
    Q4_K,
    /// Five-bit codes, otherwise as Q4_K.
    Q5_K,
    /// Six-bit codes around 32, eight-bit scales per 16: Q6_K and Q3_K.
    Q6_K,
    /// Eight-bit codes, a half-precision scale per 32: Q8_0, Q5_0 and IQ4_NL.
    Q8_0,
    /// Eight-bit codes, `f32` scales and minima per 16: whatever fits nothing else.
    Wide,
}

impl Layout {
    /// The layout that holds a type without loss.
    pub(crate) fn of(dtype: DType) -> Self {
        match dtype {
            DType::F32 => Self::F32,
            DType::F16 => Self::F16,
            DType::BF16 => Self::BF16,
            DType::Q4_0 => Self::Q4_0,
            DType::Q4_K => Self::Q4_K,
            DType::Q5_K => Self::Q5_K,
            DType::Q6_K | DType::Q3_K => Self::Q6_K,
            DType::Q8_0 | DType::Q5_0 | DType::IQ4_NL => Self::Q8_0,
            DType::Q4_1 | DType::Q5_1 | DType::Q2_K | DType::IQ4_XS | DType::MXFP4 => Self::Wide,
        }
    }

    /// Columns of a unit.
    pub(crate) const fn unit_cols(self) -> usize {
        match self {
            Self::F32 | Self::F16 | Self::BF16 => float::COLS,
            Self::Q4_0 => q4_0::COLS,
            Self::Q8_0 => q8_0::COLS,
            Self::Wide => wide::COLS,
            Self::Q4_K | Self::Q5_K | Self::Q6_K => 256,
        }
    }

    /// Bytes of a unit: a whole number of cache lines.
    pub(crate) const fn unit_bytes(self) -> usize {
        match self {
            Self::F32 => float::COLS * ROWS * 4,
            Self::F16 | Self::BF16 => float::COLS * ROWS * 2,
            Self::Q4_0 => q4_0::BYTES,
            Self::Q4_K => q4_k::BYTES,
            Self::Q5_K => q5_k::BYTES,
            Self::Q6_K => q6_k::BYTES,
            Self::Q8_0 => q8_0::BYTES,
            Self::Wide => wide::BYTES,
        }
    }

    /// Whether the weights are floating-point numbers, not codes.
    pub(crate) fn is_float(self) -> bool {
        matches!(self, Self::F32 | Self::F16 | Self::BF16)
    }

    /// Whether groups have minima.
    pub(crate) const fn has_mins(self) -> bool {
        matches!(self, Self::Q4_K | Self::Q5_K | Self::Wide)
    }

    /// Writes up to 16 rows of raw bytes, `row_bytes` each, into a zeroed panel: unit by unit, so that a unit's lines stay in
    /// the first-level cache until every row is in them.
    pub(crate) fn pack_panel(self, dtype: DType, raw: &[u8], row_bytes: usize, panel: &mut [u8]) {
        // The fewest columns that are whole units and whole blocks.
        let step_cols = self.unit_cols().max(dtype.block_len());
        let raw_step = step_cols / dtype.block_len() * dtype.block_bytes();
        let unit_step = step_cols / self.unit_cols() * self.unit_bytes();
        for (step, units) in panel.chunks_mut(unit_step).enumerate() {
            let columns = step * raw_step..row_bytes.min((step + 1) * raw_step);
            for (row, raw) in raw.chunks(row_bytes).enumerate() {
                self.pack(dtype, &raw[columns.clone()], row, units);
            }
        }
    }

    /// Writes what one row has in some units.
    fn pack(self, dtype: DType, raw: &[u8], row: usize, units: &mut [u8]) {
        match self {
            Self::F32 | Self::F16 | Self::BF16 => float::pack(self, raw, row, units),
            Self::Q4_0 => q4_0::pack(raw, row, units),
            Self::Q4_K => q4_k::pack(raw, row, units),
            Self::Q5_K => q5_k::pack(raw, row, units),
            Self::Q6_K if dtype == DType::Q6_K => q6_k::pack(raw, row, units),
            Self::Q6_K => q6_k::pack_q3_k(raw, row, units),
            Self::Q8_0 => q8_0::pack(dtype, raw, row, units),
            Self::Wide => wide::pack(dtype, raw, row, units),
        }
    }

    /// Reads one row of a unit of codes back.
    pub(crate) fn unpack(self, unit: &[u8], row: usize, out: &mut Unpacked) {
        match self {
            Self::Q4_0 => q4_0::unpack(unit, row, out),
            Self::Q4_K => q4_k::unpack(unit, row, out),
            Self::Q5_K => q5_k::unpack(unit, row, out),
            Self::Q6_K => q6_k::unpack(unit, row, out),
            Self::Q8_0 => q8_0::unpack(unit, row, out),
            Self::Wide => wide::unpack(unit, row, out),
            Self::F32 | Self::F16 | Self::BF16 => unreachable!("floating-point units hold no codes"),
        }
    }
}

/// Eight bytes as one number, the first lowest, for steps on eight codes at once.
pub(crate) fn word(bytes: &[u8], index: usize) -> u64 {
    u64::from_le_bytes(*field(bytes, 8 * index))
}

/// Writes four bytes of `row` into a line.
pub(crate) fn put(line: &mut [u8; LINE], row: usize, bytes: u32) {
    line[row * 4..row * 4 + 4].copy_from_slice(&bytes.to_le_bytes());
}

/// Writes the low nibbles of words of eight codes of `row`, one line for each: the first four codes into low nibbles, the others
/// into high ones.
pub(crate) fn put_nibbles(lines: &mut [u8], row: usize, words: &[u64]) {
    for (line, word) in lines.as_chunks_mut().0.iter_mut().zip(words) {
        let codes = word & 0x0F0F_0F0F_0F0F_0F0F;
        put(line, row, codes as u32 | (codes >> 32 << 4) as u32);
    }
}

/// Reads 32 four-bit codes of `row` from four lines.
pub(crate) fn take_nibbles(lines: &[u8], row: usize, codes: &mut [i8]) {
    for (line, codes) in lines.chunks(LINE).zip(codes.as_chunks_mut::<8>().0) {
        for i in 0..4 {
            let byte = line[row * 4 + i];
            codes[i] = (byte & 15) as i8;
            codes[i + 4] = (byte >> 4) as i8;
        }
    }
}

/// Writes eight-bit codes of `row` into as many lines as they need.
pub(crate) fn put_bytes(lines: &mut [u8], row: usize, codes: &[i8]) {
    for (line, codes) in lines.as_chunks_mut().0.iter_mut().zip(codes.as_chunks::<4>().0) {
        put(line, row, u32::from_le_bytes(codes.map(|code| code as u8)));
    }
}

/// Reads eight-bit codes of `row`.
pub(crate) fn take_bytes(lines: &[u8], row: usize, codes: &mut [i8]) {
    for (line, codes) in lines.chunks(LINE).zip(codes.as_chunks_mut::<4>().0) {
        for i in 0..4 {
            codes[i] = line[row * 4 + i] as i8;
        }
    }
}

/// Copies the two bytes of a half-precision number into place `row` of sixteen.
pub(crate) fn put_half(halves: &mut [u8], row: usize, raw: &[u8]) {
    halves[2 * row..2 * row + 2].copy_from_slice(&raw[..2]);
}
