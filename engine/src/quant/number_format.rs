//! The interface of a number format: the values that weights may take, their bits with all constants, and where files store
//! them. The trait is narrow on purpose: a format sees rows of weights and nothing else.

use nibble_kernels::DType;

use super::grid::Grid;

/// A number format with its parameters, such as 4-bit integers with a scale for 32 weights.
pub trait NumberFormat: Send + Sync {
    /// Name in lists, on the command line and in the protocol, with all parameters, such as `int4-sym-g32`.
    fn name(&self) -> String;

    /// Bits per weight of a matrix `[n_rows, n_cols]`, including scales, zero points, tables and outliers.
    fn bits_per_weight(&self, n_rows: usize, n_cols: usize) -> f64;

    /// The file formats that store weights of this number format; without any, it can only be simulated.
    fn stored_in(&self) -> Vec<FormatStorage>;

    /// The GGUF type that holds every value of the format exactly: F32, unless a smaller type always does.
    fn held_by(&self) -> DType {
        DType::F32
    }

    /// Number of rows that share constants: rows are rounded in multiples of it, counted from the first row of a matrix.
    fn rows_together(&self, n_cols: usize) -> usize {
        let _ = n_cols;
        1
    }

    /// Whether constants depend on all weights of the matrix, which then must be surveyed before its first rows are rounded.
    fn needs_survey(&self) -> bool {
        false
    }

    /// The values that weights may take once scales are chosen for `rows`; `None` for formats whose rows have tables of their
    /// own or that have no scales. Equals [`round`](Self::round) up to the rounding of f32, but for weights that lie between
    /// two values.
    fn grid(&self, rows: &WeightRows<'_>) -> Option<Grid>;

    /// Rounds `rows` to values of the format, decoded to f32 in `out`.
    ///
    /// Magnitudes beyond the largest value are clamped. Finite weights give finite values.
    ///
    /// # Panics
    /// When `out` is not as long as the weights.
    fn round(&self, rows: &WeightRows<'_>, out: &mut [f32]);
}

/// Rows of a matrix to be rounded to a number format.
#[derive(Clone, Copy, Debug)]
pub struct WeightRows<'a> {
    /// The weights `[rows, n_cols]`, row by row; they must be finite.
    pub weights: &'a [f32],
    /// Number of columns.
    pub n_cols: usize,
    /// Factors of the squared error of each column's weights, `[n_cols]`, as of an importance matrix; `None` for equal factors.
    pub importance: Option<&'a [f32]>,
    /// Summary of the whole matrix.
    pub survey: Survey,
}

impl<'a> WeightRows<'a> {
    /// The rows of a whole matrix, without importance.
    ///
    /// # Panics
    /// When the weights are not whole rows.
    pub fn of_matrix(weights: &'a [f32], n_cols: usize) -> Self {
        assert!(n_cols > 0 && weights.len().is_multiple_of(n_cols), "whole rows");
        Self { weights, n_cols, importance: None, survey: Survey::of(weights) }
    }
}

/// Number of weights in a block of [`Survey::largest_sum`].
pub(super) const SURVEY_BLOCK: usize = 64;

/// Summary of a matrix for constants that depend on all of its weights.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Survey {
    /// Smallest weight, at most 0.
    pub min: f32,
    /// Largest weight, at least 0.
    pub max: f32,
    /// Sum of the largest magnitudes of all blocks of 64 weights, counted over the flattened matrix.
    pub largest_sum: f64,
    /// Number of these blocks.
    pub n_blocks: u64,
}

impl Survey {
    /// The summary of some weights, which begin with a block.
    pub fn of(weights: &[f32]) -> Self {
        let mut survey = Self::default();
        for block in weights.chunks(SURVEY_BLOCK) {
            let (min, max) = extremes(block);
            (survey.min, survey.max) = (survey.min.min(min), survey.max.max(max));
            survey.largest_sum += f64::from(max.max(-min));
            survey.n_blocks += 1;
        }
        survey
    }

    /// Adds the summary of the rows that follow.
    pub fn add(&mut self, other: Self) {
        (self.min, self.max) = (self.min.min(other.min), self.max.max(other.max));
        self.largest_sum += other.largest_sum;
        self.n_blocks += other.n_blocks;
    }
}

/// Smallest and largest weight, extended to contain 0.
pub(super) fn extremes(weights: &[f32]) -> (f32, f32) {
    weights.iter().fold((0.0, 0.0), |(min, max): (f32, f32), &weight| (min.min(weight), max.max(weight)))
}

/// Largest magnitude of some weights; 0 of none.
pub(super) fn largest(weights: &[f32]) -> f32 {
    weights.iter().fold(0.0, |largest, weight| largest.max(weight.abs()))
}

/// Rounds `rows` to the grid of a format that has one for all rows.
pub(super) fn round_to_grid(format: &impl NumberFormat, rows: &WeightRows<'_>, out: &mut [f32]) {
    assert_eq!(rows.weights.len(), out.len(), "a value for each weight");
    let grid = format.grid(rows).expect("only formats with a grid for all rows are rounded by it");
    for (at, (out, &weight)) in out.iter_mut().zip(rows.weights).enumerate() {
        *out = grid.round(at / rows.n_cols, at % rows.n_cols, weight).1.clamp(f32::MIN, f32::MAX);
    }
}

/// A kind of file that stores weights of a number format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormatStorage {
    /// A GGUF file with tensors of this type.
    Gguf(DType),
    /// A checkpoint of GPTQ.
    GptqCheckpoint,
    /// A checkpoint of AWQ.
    AwqCheckpoint,
    /// A checkpoint of compressed-tensors.
    CompressedTensorsCheckpoint,
    /// A checkpoint of bitsandbytes.
    BitsandbytesCheckpoint,
    /// A checkpoint of MLX.
    MlxCheckpoint,
    /// A checkpoint of HQQ.
    HqqCheckpoint,
    /// An ONNX model with `MatMulNBits` or quantized constants.
    OnnxModel,
    /// An intermediate representation of OpenVINO.
    OpenVinoModel,
    /// A plain checkpoint in safetensors.
    PlainCheckpoint,
}
