//! What is asked of quantizing, and what it comes to.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::progress::Warning;
use crate::quant::WeightErrors;

/// What to quantize, into what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuantizeRequest {
    /// Checkpoint folder or GGUF file.
    pub source: PathBuf,
    /// GGUF file to write.
    pub target: PathBuf,
    /// A precision's name, such as `int4`.
    pub precision: String,
    /// Worker threads; all cores if `None`.
    pub threads: Option<usize>,
}

/// What quantizing came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuantizeReport {
    /// The file written.
    pub path: PathBuf,
    /// Its size.
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
