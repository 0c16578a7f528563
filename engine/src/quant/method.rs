//! The interface of a quantization method. The trait is narrow on purpose: the run reads, distributes, checks and writes the
//! weights.

use nibble_kernels::{DType, Level};

use super::error::Error;
use super::number_format::WeightRows;
use super::number_formats::Format;
use super::statistics::{ActivationStatistics, TensorStatistics};
use crate::base::{TensorMeta, TensorSource};

/// The statistics of activations that a method needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// No statistics; the method uses only the weights.
    Nothing,
    /// The mean square of each input column: the diagonal of the second-moment matrix (Hessian) of the activations.
    Diagonal,
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

    /// The model to be encoded: `source`, or a source over it with changed tensors that compute the same, as by folding scales
    /// into norms or by rotations. Returns `source` by default.
    ///
    /// # Errors
    /// When the model or its statistics do not permit the change.
    fn prepare<'s>(
        &self,
        source: Box<dyn TensorSource + 's>,
        statistics: Option<&ActivationStatistics>,
    ) -> Result<Box<dyn TensorSource + 's>, Error> {
        let _ = statistics;
        Ok(source)
    }

    /// Encodes `weights`, `[rows, cols]` row by row and finite, to `out`, the raw bytes of `job.dtype` in a file.
    ///
    /// `statistics` are the tensor's, checked against its shape; `None` if there are none. Called from several threads at once
    /// with different rows; the encoding of a row may depend only on its own weights and `statistics`.
    fn encode(
        &self,
        job: &TensorJob<'_>,
        weights: &[f32],
        statistics: Option<&TensorStatistics>,
        out: &mut [u8],
    );

    /// Rounds `rows` to values of a number format that is not a block format, decoded to f32 in `out`; by default each weight to
    /// the nearest value.
    ///
    /// Called as [`encode`](Self::encode) is, with whole groups of rows that share constants.
    fn round(&self, format: Format, rows: &WeightRows<'_>, out: &mut [f32]) {
        format.round(rows, out);
    }
}
