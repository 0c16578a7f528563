//! The interface of a quantization method. The trait is narrow on purpose: the run reads, distributes, checks and writes the
//! weights.

use nibble_kernels::{DType, Level};

use super::error::Error;
use super::layers::LayerJob;
use super::method_cost::MethodCost;
use super::statistics::{ActivationStatistics, TensorStatistics};
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
