//! What a quantization method is. The trait is narrow on purpose: reading, threads, checks of weights and writing are the run's.

use nibble_kernels::{DType, Level};

use super::error::Error;
use super::statistics::{ActivationStatistics, TensorStatistics};
use crate::base::{TensorMeta, TensorSource};

/// What a method has to know of the activations that a tensor is multiplied with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing; it looks at the weights alone.
    Nothing,
    /// The mean square of each input column: the diagonal of the second-moment matrix (Hessian) of the activations.
    Diagonal,
}

/// Some rows of a tensor that are to be encoded.
#[derive(Clone, Copy, Debug)]
pub struct TensorJob<'a> {
    /// The tensor, as the source has it.
    pub tensor: &'a TensorMeta,
    /// Block format to encode into; a row of the tensor is whole blocks of it.
    pub dtype: DType,
    /// The first of the rows, counted over all dimensions but the innermost.
    pub first_row: usize,
    /// Instruction set to use; all levels give the same bytes.
    pub level: Level,
}

/// A way to find codes for weights.
///
/// Methods hold no state, are compared by name, and cross the worker's protocol as their name.
pub trait Method: Send + Sync {
    /// Name in lists, on the command line and in the protocol: the name of the method's file.
    fn name(&self) -> &'static str;

    /// What it has to know of activations.
    fn needs(&self) -> Needs;

    /// The model as it is to be encoded: `source`, or a source over it whose tensors were changed without changing what the
    /// model computes, as by folding scales into norms or by rotations. Gives `source` back unless a method says otherwise.
    ///
    /// # Errors
    /// When the model or its statistics do not allow the change.
    fn prepare<'s>(
        &self,
        source: Box<dyn TensorSource + 's>,
        statistics: Option<&ActivationStatistics>,
    ) -> Result<Box<dyn TensorSource + 's>, Error> {
        let _ = statistics;
        Ok(source)
    }

    /// Encodes `weights`, `[rows, cols]` row by row and finite, into `out`, the raw bytes of `job.dtype` as a file holds them.
    ///
    /// `statistics` are those of the tensor, found to fit its shape; `None` where nothing is known of it. Called from several
    /// threads at once, for other rows each; what a row becomes may depend on nothing but its own weights and `statistics`.
    fn encode(
        &self,
        job: &TensorJob<'_>,
        weights: &[f32],
        statistics: Option<&TensorStatistics>,
        out: &mut [u8],
    );
}
