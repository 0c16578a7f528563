//! The trait of a block format: its bytes, how weights become them, and how kernels read them.

use crate::encode::tile::WeightTile;
use crate::lanes::{CodeLanes, Lanes};
use crate::layout::Unit;

/// Weights in the largest block.
pub const MAX_LEN: usize = 256;

/// A quantized block format: one type in one file of `formats`, and one line in the list of [`crate::DType`].
///
/// Weight `i` of a block is `value(codes[i]) · (d · scales[g]) - dmin · mins[g]` for its group `g`.
pub(crate) trait BlockFormat: 'static {
    /// Weights in a block: 32 to 256.
    const LEN: usize;
    /// Bytes of a block.
    const BYTES: usize;
    /// Weights that share a scale: 16 or 32.
    const GROUP: usize;
    /// Largest magnitude representable at every position of a block; larger weights are clamped to it.
    const MAX_MAGNITUDE: f32;
    /// Whether groups have minima.
    const HAS_MINS: bool = false;
    /// Whether neighboring codes are points of a lattice, so that not every combination can be stored.
    const IS_LATTICE: bool = false;

    /// Reads the stored fields of a block.
    ///
    /// # Panics
    /// When `block` is not [`BlockFormat::BYTES`] long.
    fn fields(block: &[u8], fields: &mut Fields);
    /// Writes a block from its fields: the inverse of [`BlockFormat::fields`].
    ///
    /// # Panics
    /// When `block` is not [`BlockFormat::BYTES`] long.
    fn pack(fields: &Fields, block: &mut [u8]);
    /// The integer value of a stored code.
    fn value(code: u8) -> i8;
    /// The scale of a group from a block's fields.
    fn group_scale(fields: &Fields, group: usize) -> f32 {
        fields.d * f32::from(fields.scales[group])
    }
    /// Finds scales, minima and codes of a tile's blocks by least error, weighted by the tile's importance if given.
    fn fit<L: Lanes>(l: L, tile: &WeightTile<'_>, out: &mut [u8]);

    /// Columns of a unit of the packed layout: one or two blocks.
    const UNIT_COLS: usize;
    /// Bytes of a unit: 16 rows of [`BlockFormat::UNIT_COLS`], at most a twentieth more than the raw blocks.
    const UNIT_BYTES: usize;
    /// Largest code as kernels see it, before any offset is subtracted; 128 for signed codes.
    const MAX_CODE: i32;
    /// Offset of codes above their values as kernels see them: a power of two, or 0.
    const OFFSET: i32 = 0;
    /// Whether kernels see codes as signed bytes.
    const SIGNED: bool = false;
    /// Values that all groups of a unit share, in registers.
    type Head<L: Lanes>: Copy;

    /// Writes the raw blocks that `row` has in one unit, which is zeroed before.
    fn put(raw: &[u8], row: usize, unit: &mut [u8]);
    /// Reads `row` of a unit back: the definition of the layout.
    fn take(unit: &[u8], row: usize, out: &mut Unpacked);
    /// Reads the values that all groups of a unit share.
    fn head<L: CodeLanes>(unit: &Unit<'_, L>) -> Self::Head<L>;
    /// Columns 8j..8j+4 and 8j+4..8j+8 of 32-column group `g`, as operands of [`CodeLanes::dot`].
    fn codes<L: CodeLanes>(unit: &Unit<'_, L>, g: usize, j: usize) -> [L::C; 2];
    /// Scales of group `part`.
    fn scale<L: CodeLanes>(unit: &Unit<'_, L>, head: Self::Head<L>, part: usize) -> L::V;
    /// Minima of group `part`; called only in formats that have minima.
    fn min<L: CodeLanes>(unit: &Unit<'_, L>, head: Self::Head<L>, part: usize) -> L::V {
        let _ = (head, part);
        unit.l.zero()
    }
}

/// The fields of a block, as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Fields {
    /// Scale of the block.
    pub d: f32,
    /// Unit of the minima of the block; negative where a format stores an added minimum.
    pub dmin: f32,
    /// Factor of each group's scale; 1 in formats without group scales. The bits of an E4M3 float in NVFP4.
    pub scales: [i8; MAX_LEN / 16],
    /// Factor of each group's minimum; 1 in formats whose blocks have one minimum, 0 in formats without minima.
    pub mins: [u8; MAX_LEN / 16],
    /// Codes as stored, one byte each; in formats of a lattice the value of each weight, in two's complement.
    pub codes: [u8; MAX_LEN],
}

impl Default for Fields {
    fn default() -> Self {
        Self { d: 0.0, dmin: 0.0, scales: [1; 16], mins: [0; 16], codes: [0; MAX_LEN] }
    }
}

/// The meaning of a block: weight `i` is `codes[i] * scales[i / group] - mins[i / group]`, rounded after the product and after
/// the difference. Products of a format's own scale factors are exact in `f32`.
#[derive(Clone, Debug)]
pub struct Unpacked {
    /// Number of weights in the block; the arrays beyond it are unspecified.
    pub len: usize,
    /// Weights that share a scale: 16 or 32.
    pub group: usize,
    /// Integer values of the codes.
    pub codes: [i8; MAX_LEN],
    /// One scale per group.
    pub scales: [f32; MAX_LEN / 16],
    /// One minimum per group; zero in formats without minima.
    pub mins: [f32; MAX_LEN / 16],
}

impl Default for Unpacked {
    fn default() -> Self {
        Self { len: 0, group: 32, codes: [0; MAX_LEN], scales: [0.0; 16], mins: [0.0; 16] }
    }
}

impl Unpacked {
    /// Sets the number of weights and the group length, and clears the minima.
    pub(crate) fn start(&mut self, len: usize, group: usize) {
        (self.len, self.group) = (len, group);
        self.mins = [0.0; 16];
    }

    /// Computes codes, scales and minima from the fields of a block.
    pub(crate) fn read<F: BlockFormat>(&mut self, fields: &Fields) {
        self.start(F::LEN, F::GROUP);
        for (value, &code) in self.codes[..F::LEN].iter_mut().zip(&fields.codes) {
            *value = F::value(code);
        }
        for j in 0..F::LEN / F::GROUP {
            self.scales[j] = F::group_scale(fields, j);
            if F::HAS_MINS {
                self.mins[j] = fields.dmin * f32::from(fields.mins[j]);
            }
        }
    }

    /// Computes the weights of the block as `f32`.
    ///
    /// # Panics
    /// When `out` is not as long as the block.
    pub fn decode(&self, out: &mut [f32]) {
        assert_eq!(out.len(), self.len, "a block decodes as a whole");
        let groups = out.chunks_mut(self.group).zip(self.codes.chunks(self.group));
        for ((out, codes), (scale, min)) in groups.zip(self.scales.iter().zip(&self.mins)) {
            for (out, &code) in out.iter_mut().zip(codes) {
                *out = f32::from(code) * scale - min;
            }
        }
    }
}

/// The half-precision number at `offset`, widened.
pub(crate) fn f16_at(block: &[u8], offset: usize) -> f32 {
    half::f16::from_le_bytes([block[offset], block[offset + 1]]).to_f32()
}

/// Writes a half-precision number at `offset`; `value` must be exact in half precision.
pub(crate) fn put_f16(block: &mut [u8], offset: usize, value: f32) {
    block[offset..offset + 2].copy_from_slice(&half::f16::from_f32(value).to_le_bytes());
}

/// The bytes of a field at `offset`.
pub(crate) fn field<const N: usize>(block: &[u8], offset: usize) -> &[u8; N] {
    block[offset..].first_chunk().expect("every field lies within its block")
}

/// Splits 16 bytes into 32 nibbles: the low ones first.
pub(crate) fn take_nibble_codes(bytes: &[u8], codes: &mut [u8]) {
    let (low, high) = codes.split_at_mut(bytes.len());
    for ((byte, low), high) in bytes.iter().zip(low).zip(high) {
        (*low, *high) = (byte & 15, byte >> 4);
    }
}

/// Writes the low nibbles of twice as many codes to `out`: the first half low, the second half high.
pub(crate) fn put_nibble_codes(codes: &[u8], out: &mut [u8]) {
    let (low, high) = codes.split_at(out.len());
    for ((out, low), high) in out.iter_mut().zip(low).zip(high) {
        *out = (low & 15) | (high & 15) << 4;
    }
}
