//! The sensitivity of a model's tensors: what each type of each tensor is predicted to cost.

use std::path::PathBuf;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::Error;
use super::calibration::{Calibrating, Calibration};
use super::losses::losses;
use super::quantize::all_cores;
use crate::base::{DType, dtype_name};
use crate::models;
use crate::progress::{Cancel, Observer};
use crate::quant::Method;

/// A request to predict losses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SensitivityRequest {
    /// Path of the checkpoint folder or GGUF file.
    pub source: PathBuf,
    /// Text to run the model on.
    pub calibration: Calibration,
    /// Largest number of tokens; a default if `None`.
    pub tokens: Option<usize>,
    /// Method that encodes the weights.
    pub method: &'static dyn Method,
    /// Number of worker threads; all cores if `None`.
    pub threads: Option<usize>,
}

/// Predicted losses of all tensors that take a precision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SensitivityReport {
    /// The tensors, in the order of the source.
    pub tensors: Vec<TensorSensitivity>,
    /// Duration in seconds.
    pub seconds: f64,
}

/// Predicted losses of one tensor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TensorSensitivity {
    /// Name of the tensor in GGUF.
    pub name: String,
    /// The types that are worth their size, smallest first.
    pub types: Vec<TypeLoss>,
}

/// Size and predicted loss of a tensor with one type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TypeLoss {
    /// Element type of the tensor.
    #[serde(with = "dtype_name")]
    pub dtype: DType,
    /// Size of the tensor in bytes.
    pub bytes: u64,
    /// Predicted KL divergence per token if only this tensor is quantized, in nats.
    pub kl: f64,
}

/// Predicts what each type of each tensor of `request.source` costs.
///
/// # Errors
/// What opening and running the model comes to; [`Error::Cancelled`].
pub fn sensitivity(
    request: &SensitivityRequest,
    observer: &dyn Observer,
    cancel: &Cancel,
) -> Result<SensitivityReport, Error> {
    let start = Instant::now();
    let model = models::open(&request.source, observer)?;
    let calibrating = Calibrating {
        model: &model,
        calibration: &request.calibration,
        tokens: request.tokens,
        threads: request.threads.unwrap_or_else(all_cores),
    };
    let table = losses(&calibrating, request.method, observer, cancel)?;
    let tensors = table.tensors.into_iter().map(|tensor| TensorSensitivity {
        name: tensor.name,
        types: tensor
            .types
            .into_iter()
            .map(|(dtype, choice)| TypeLoss { dtype, bytes: choice.bytes, kl: choice.loss })
            .collect(),
    });
    Ok(SensitivityReport { tensors: tensors.collect(), seconds: start.elapsed().as_secs_f64() })
}
