//! Trials of number formats: every matrix gets the values of one format, and is stored in the smallest GGUF type that surely
//! holds them. A trial runs anywhere and shows what the format costs; its file is not as small as the format. Embedding and output
//! keep their numbers, as in the programs that these formats come from.

use super::ModelFacts;
use super::assignment::{Assignment, QuantizePlan};
use super::method::Method;
use super::number_formats::Format;
use super::precision::Precision;
use crate::backend::TensorRole;
use crate::base::{DType, TensorMeta};

/// Metadata key of a trial's number format.
pub const TRIAL_KEY: &str = "nibble.trial.format";

/// The plan of a trial: `format` for every matrix of the layers that takes the precision; a block format of GGUF is encoded
/// itself, in embedding and output too.
pub fn plan_trial(
    format: Format,
    precision: Precision,
    method: &'static dyn Method,
    tensors: &[TensorMeta],
    facts: &ModelFacts,
) -> QuantizePlan {
    let assignment = |tensor: &TensorMeta| {
        let dtype = format.held_by();
        if let Format::GgufBlocks(_) = format {
            return Assignment { dtype, method, format: None };
        }
        let role = facts.roles.of(tensor).tensor;
        if matches!(role, Some(TensorRole::TokenEmbedding | TensorRole::Output)) {
            let dtype = if tensor.dtype.is_float() { tensor.dtype } else { DType::F16 };
            return Assignment { dtype, method, format: None };
        }
        let fits = tensor.n_cols().is_multiple_of(dtype.block_len());
        Assignment { dtype: if fits { dtype } else { DType::F32 }, method, format: Some(format) }
    };
    let takes_precision = |tensor: &&TensorMeta| facts.roles.of(tensor).takes_precision;
    let wanted: Vec<_> =
        tensors.iter().map(|tensor| Some(tensor).filter(takes_precision).map(assignment)).collect();
    QuantizePlan::new(precision, tensors, &wanted)
}
