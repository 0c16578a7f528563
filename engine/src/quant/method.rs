//! The interface of a quantization method. The trait is narrow on purpose: the run reads, distributes, checks and writes the
//! weights.

use nibble_kernels::{DType, Level, quantize};

use super::error::Error;
use super::layers::LayerJob;
use super::method_cost::MethodCost;
use super::number_format::WeightRows;
use super::number_formats::Format;
use super::statistics::{ActivationStatistics, TensorStatistics, n_matrices};
use crate::backend::DecoderSpec;
use crate::base::{TensorMeta, TensorSource};

/// The statistics of activations that a method needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// No statistics; the method uses only the weights.
    Nothing,
    /// The mean square of each input column: the diagonal of the second-moment matrix (Hessian) of the activations.
    Diagonal,
    /// The layers themselves, one after the other, with their inputs and the second moments of these over calibration tokens.
    Layers,
}

/// Rows of a tensor to be encoded.
#[derive(Clone, Copy, Debug)]
pub struct TensorJob<'a> {
    /// The tensor, as the source describes it.
    pub tensor: &'a TensorMeta,
    /// Block format of the output; a row of the tensor is whole blocks of it.
    pub dtype: DType,
    /// Index of the first row, counted over all dimensions but the innermost.
    pub first_row: usize,
    /// Instruction-set level; all levels give the same bytes.
    pub level: Level,
}

/// A quantization method: finds codes and scales for weights.
///
/// Methods are stateless, compare by name, and are serialized as their name.
pub trait Method: Send + Sync {
    /// Name in lists, on the command line and in the protocol: the name of the method's file.
    fn name(&self) -> &'static str;

    /// The statistics that the method needs.
    fn needs(&self) -> Needs;

    /// The work and memory of the method; by default, those of one pass with the statistics that it needs.
    fn cost(&self) -> MethodCost {
        match self.needs() {
            Needs::Nothing => MethodCost::STREAMING,
            Needs::Diagonal => MethodCost::WEIGHTED,
            Needs::Layers => MethodCost::LAYERS,
        }
    }

    /// Refuses a decoder, `None` for one that Nibble does not run, that the method cannot encode; by default none.
    ///
    /// # Errors
    /// When the decoder does not permit the method.
    fn admits(&self, spec: Option<&DecoderSpec>) -> Result<(), Error> {
        let _ = spec;
        Ok(())
    }

    /// The model to be encoded: `source`, or a source over it with changed tensors that compute the same, as by folding scales
    /// into norms or by rotations; further tensors may follow those of `source`. Returns `source` by default.
    ///
    /// `spec` is `None` for models that Nibble does not run, `statistics` for methods that need none and where a run is only
    /// estimated.
    ///
    /// # Errors
    /// When the model or its statistics do not permit the change.
    fn prepare<'s>(
        &self,
        source: Box<dyn TensorSource + 's>,
        spec: Option<&DecoderSpec>,
        statistics: Option<&ActivationStatistics>,
    ) -> Result<Box<dyn TensorSource + 's>, Error> {
        let _ = (spec, statistics);
        Ok(source)
    }

    /// Encodes `weights`, `[rows, cols]` row by row and finite, to `out`, the raw bytes of `job.dtype` in a file.
    ///
    /// `statistics` are the tensor's, checked against its shape; `None` if there are none. Called from several threads at once
    /// with different rows; the encoding of a row may depend only on its own weights and `statistics`. By default rounds to nearest,
    /// with scales searched by the mean squares of the inputs where there are any.
    fn encode(
        &self,
        job: &TensorJob<'_>,
        weights: &[f32],
        statistics: Option<&TensorStatistics>,
        out: &mut [u8],
    ) {
        encode_weighted(job, weights, statistics, out);
    }

    /// Whether the method rounds to values of a number format that is not a block format; by default, methods that do not look
    /// at whole layers do.
    fn takes_format(&self, format: Format) -> bool {
        let _ = format;
        self.needs() != Needs::Layers
    }

    /// Rounds `rows` to values of a number format that is not a block format, decoded to f32 in `out`; by default each weight to
    /// the nearest value.
    ///
    /// Called as [`encode`](Self::encode) is, with whole groups of rows that share constants.
    fn round(&self, format: Format, rows: &WeightRows<'_>, out: &mut [f32]) {
        format.round(rows, out);
    }

    /// Whether [`Method::encode_layer`] compares with the outputs of the original layer on the original hidden states.
    fn compares_outputs(&self) -> bool {
        false
    }

    /// Encodes the matrices of a layer, for methods that need [`Needs::Layers`]. Matrices that are not encoded here are encoded
    /// by [`Method::encode`] with the diagonal of their moments.
    ///
    /// # Errors
    /// When the run is cancelled or the layer does not permit the method.
    fn encode_layer(&self, job: &mut LayerJob<'_>) -> Result<(), Error> {
        let _ = job;
        Ok(())
    }
}

/// Encodes rows with errors weighted by the mean squares of the inputs, if they are known.
fn encode_weighted(
    job: &TensorJob<'_>,
    weights: &[f32],
    statistics: Option<&TensorStatistics>,
    out: &mut [u8],
) {
    let Some(statistics) = statistics else {
        return quantize(job.level, job.dtype, weights, None, out);
    };
    // Each of a tensor's stacked matrices, as of experts, has its own inputs.
    let n_cols = job.tensor.n_cols();
    let rows_of_matrix = job.tensor.n_rows() / n_matrices(job.tensor);
    let (n_rows, row_bytes) = (weights.len() / n_cols, out.len() / (weights.len() / n_cols));
    let mut row = 0;
    while row < n_rows {
        let matrix_idx = (job.first_row + row) / rows_of_matrix;
        let end = n_rows.min((matrix_idx + 1) * rows_of_matrix - job.first_row);
        let importance = statistics.mean_squares(matrix_idx, n_cols);
        let (weights, out) =
            (&weights[row * n_cols..end * n_cols], &mut out[row * row_bytes..end * row_bytes]);
        quantize(job.level, job.dtype, weights, Some(&importance), out);
        row = end;
    }
}
