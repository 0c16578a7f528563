//! A format as the rest of the crate sees it: sizes, and functions made from the format's file.

use crate::block::{BlockFormat, Fields, MAX_LEN, Unpacked};
use crate::encode::encode;
use crate::formats::floats::{self, FloatFormat};
use crate::layout::ROWS;
use crate::level::{Kind, Level};
use crate::matmul::kernel_args::Table;
use crate::matmul::levels::{code_kernels, float_kernels};
#[cfg(target_arch = "x86_64")]
use crate::matmul::widen::{self, Widen};

/// Encodes whole rows; the last slices are the importance of each weight, as long as the weights or empty, and the raw bytes.
pub(crate) type Encode = fn(Level, &[f32], Option<&[f32]>, &mut [u8]);

/// An element type.
#[derive(Debug)]
pub(crate) struct FormatEntry {
    pub(crate) name: &'static str,
    pub(crate) gguf_id: u32,
    /// Weights in a block; 1 for floating-point types.
    pub(crate) block_len: usize,
    pub(crate) block_bytes: usize,
    pub(crate) max_magnitude: f32,
    /// Columns of a unit of the packed layout: whole blocks.
    pub(crate) unit_cols: usize,
    pub(crate) unit_bytes: usize,
    /// Decodes raw rows.
    pub(crate) decode: fn(&[u8], &mut [f32]),
    /// Encodes rows of weights.
    pub(crate) encode: Encode,
    /// Writes what a row has in a unit.
    pub(crate) put: fn(&[u8], usize, &mut [u8]),
    /// Decodes a row of a unit.
    pub(crate) take: fn(&[u8], usize, &mut [f32]),
    /// The kernels of an instruction set.
    pub(crate) kernels: fn(Kind) -> Table,
    /// What only quantized types have.
    pub(crate) blocks: Option<BlockFunctions>,
}

/// Functions of a quantized type.
#[derive(Debug)]
pub(crate) struct BlockFunctions {
    /// Takes a block apart.
    pub(crate) fields: fn(&[u8], &mut Fields),
    /// Puts a block together.
    pub(crate) pack: fn(&Fields, &mut [u8]),
    /// Reads a row of a unit.
    #[cfg_attr(not(test), allow(dead_code, reason = "what tests compare kernels with"))]
    pub(crate) take: fn(&[u8], usize, &mut Unpacked),
    /// Whether groups have minima.
    #[cfg_attr(not(test), allow(dead_code, reason = "what tests compare kernels with"))]
    pub(crate) has_mins: bool,
    /// Widens a group to a tile of bf16.
    #[cfg(target_arch = "x86_64")]
    pub(crate) widen: Widen,
}

impl FormatEntry {
    /// A floating-point type.
    pub(crate) const fn float<F: FloatFormat>(name: &'static str, gguf_id: u32) -> Self {
        Self {
            name,
            gguf_id,
            block_len: 1,
            block_bytes: F::SIZE,
            max_magnitude: F::MAX_MAGNITUDE,
            unit_cols: floats::UNIT_COLS,
            unit_bytes: floats::UNIT_COLS * ROWS * F::SIZE,
            decode: F::decode,
            encode: |_, weights, _, out| F::encode(weights, out),
            put: floats::put::<F>,
            take: floats::take::<F>,
            kernels: float_kernels::<F>,
            blocks: None,
        }
    }

    /// A quantized type.
    pub(crate) const fn block<F: BlockFormat>(name: &'static str, gguf_id: u32) -> Self {
        assert!(F::LEN <= MAX_LEN && F::UNIT_COLS <= MAX_LEN && F::UNIT_COLS.is_multiple_of(F::LEN));
        // Memory is what a model is chosen by: units may take a twentieth more than the blocks in them.
        assert!(20 * F::UNIT_BYTES <= 21 * F::UNIT_COLS / F::LEN * F::BYTES * ROWS);
        Self {
            name,
            gguf_id,
            block_len: F::LEN,
            block_bytes: F::BYTES,
            max_magnitude: F::MAX_MAGNITUDE,
            unit_cols: F::UNIT_COLS,
            unit_bytes: F::UNIT_BYTES,
            decode: decode::<F>,
            encode: encode::<F>,
            put: F::put,
            take: take::<F>,
            kernels: code_kernels::<F>,
            blocks: Some(BlockFunctions {
                fields: F::fields,
                pack: F::pack,
                take: F::take,
                has_mins: F::HAS_MINS,
                #[cfg(target_arch = "x86_64")]
                widen: widen::with_avx512::<F>,
            }),
        }
    }

    /// Bytes of the raw blocks of a row in a unit.
    pub(crate) fn raw_unit_bytes(&self) -> usize {
        self.unit_cols / self.block_len * self.block_bytes
    }
}

fn decode<F: BlockFormat>(raw: &[u8], out: &mut [f32]) {
    let (mut fields, mut unpacked) = (Fields::default(), Unpacked::default());
    for (block, out) in raw.chunks(F::BYTES).zip(out.chunks_mut(F::LEN)) {
        F::fields(block, &mut fields);
        unpacked.read::<F>(&fields);
        unpacked.decode(out);
    }
}

fn take<F: BlockFormat>(unit: &[u8], row: usize, out: &mut [f32]) {
    let mut unpacked = Unpacked::default();
    F::take(unit, row, &mut unpacked);
    unpacked.decode(out);
}
