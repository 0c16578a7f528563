//! Table entry of a format: its sizes, and the functions generated from its file.

use crate::block::{BlockFormat, Fields, MAX_LEN, Unpacked};
use crate::encode::encode;
use crate::formats::floats::{self, FloatFormat};
use crate::layout::ROWS;
use crate::level::{Kind, Level};
use crate::matmul::float_kernels::FloatTiles;
use crate::matmul::kernel_args::{OutlierKernel, Table};
use crate::matmul::levels::{code_kernels, float_kernels, float_tiles, outlier_kernel};
#[cfg(target_arch = "x86_64")]
use crate::matmul::widen::{self, Widen};

/// Encodes whole rows: level, weights, importance of each column if given, and the raw bytes as output.
pub(crate) type Encode = fn(Level, &[f32], Option<&[f32]>, &mut [u8]);

/// Sizes and functions of an element type.
#[derive(Debug)]
pub(crate) struct FormatEntry {
    pub(crate) name: &'static str,
    pub(crate) gguf_id: u32,
    /// Weights in a block; 1 for floating-point types.
    pub(crate) block_len: usize,
    pub(crate) block_bytes: usize,
    pub(crate) max_magnitude: f32,
    /// Columns of a unit of the packed layout: one or several whole blocks.
    pub(crate) unit_cols: usize,
    pub(crate) unit_bytes: usize,
    /// Decodes raw rows to f32.
    pub(crate) decode: fn(&[u8], &mut [f32]),
    /// Encodes rows of weights.
    pub(crate) encode: Encode,
    /// Writes one row's raw blocks into a unit.
    pub(crate) put: fn(&[u8], usize, &mut [u8]),
    /// Decodes one row of a unit.
    pub(crate) take: fn(&[u8], usize, &mut [f32]),
    /// The kernels of an instruction set.
    pub(crate) kernels: fn(Kind) -> Table,
    /// The functions for many tokens of an instruction set, which only floating-point types have.
    pub(crate) float_tiles: Option<fn(Kind) -> &'static FloatTiles>,
    /// Functions that only quantized types have.
    pub(crate) blocks: Option<BlockFunctions>,
}

/// Functions of a quantized type.
#[derive(Debug)]
pub(crate) struct BlockFunctions {
    /// Reads the stored fields of a block.
    pub(crate) fields: fn(&[u8], &mut Fields),
    /// Writes a block from its fields.
    pub(crate) pack: fn(&Fields, &mut [u8]),
    /// Weights that share a scale.
    pub(crate) group_len: usize,
    /// The integer value of a stored code.
    pub(crate) value: fn(u8) -> i8,
    /// The scale of a group from a block's fields.
    pub(crate) group_scale: fn(&Fields, usize) -> f32,
    /// Reads a row of a unit back.
    #[cfg_attr(
        not(test),
        allow(dead_code, reason = "used by the definition that tests compare kernels with")
    )]
    pub(crate) take: fn(&[u8], usize, &mut Unpacked),
    /// Whether neighboring codes are points of a lattice.
    pub(crate) is_lattice: bool,
    /// Whether groups have minima.
    #[cfg_attr(
        not(test),
        allow(dead_code, reason = "used by the definition that tests compare kernels with")
    )]
    pub(crate) has_mins: bool,
    /// The kernel of an instruction set for outliers.
    pub(crate) outlier_kernel: fn(Kind) -> OutlierKernel,
    /// Widens a group to a tile of bf16.
    #[cfg(target_arch = "x86_64")]
    pub(crate) widen: Widen,
}

impl FormatEntry {
    /// The entry of a floating-point type.
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
            float_tiles: Some(float_tiles::<F>),
            blocks: None,
        }
    }

    /// The entry of a quantized type.
    pub(crate) const fn block<F: BlockFormat>(name: &'static str, gguf_id: u32) -> Self {
        assert!(F::LEN <= MAX_LEN && F::UNIT_COLS <= MAX_LEN && F::UNIT_COLS.is_multiple_of(F::LEN));
        // Users choose a model by its memory, so units may exceed the blocks in them by at most a twentieth.
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
            float_tiles: None,
            blocks: Some(BlockFunctions {
                fields: F::fields,
                pack: F::pack,
                group_len: F::GROUP,
                value: F::value,
                group_scale: F::group_scale,
                take: F::take,
                is_lattice: F::IS_LATTICE,
                has_mins: F::HAS_MINS,
                outlier_kernel: outlier_kernel::<F>,
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
