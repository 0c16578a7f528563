//! What is asked of quantizing, and what it comes to.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::progress::Warning;
use crate::quant::{Method, Planner, Precision, WeightErrors, methods, plan};

/// What to quantize, into what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuantizeRequest {
    /// Checkpoint folder or GGUF file.
    pub source: PathBuf,
    /// GGUF file to write.
    pub target: PathBuf,
    /// What to quantize to.
    pub precision: Precision,
    /// What chooses each tensor's type.
    pub planner: &'static dyn Planner,
    /// How codes are found.
    pub method: &'static dyn Method,
    /// What is known of activations, for a method that needs it: an importance matrix of llama.cpp.
    pub calibration: Option<PathBuf>,
    /// Worker threads; all cores if `None`.
    pub threads: Option<usize>,
}

impl QuantizeRequest {
    /// Quantizing `source` into `target` by the usual planner and method, on all cores.
    pub fn new(source: PathBuf, target: PathBuf, precision: Precision) -> Self {
        let (planner, method) = (plan::USUAL, methods::USUAL);
        Self { source, target, precision, planner, method, calibration: None, threads: None }
    }
}

/// What quantizing came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuantizeReport {
    /// The file written.
    pub path: PathBuf,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// Average bits per weight.
    pub bits_per_weight: f64,
    /// Time it took.
    pub seconds: f64,
    /// Peak memory of the process so far.
    pub peak_rss_bytes: u64,
    /// How far its weights are from the source's.
    pub errors: WeightErrors,
    /// What it survived.
    pub warnings: Vec<Warning>,
}
