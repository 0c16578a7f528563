//! Request and report of a quantizing run.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::jobs::calibration::Calibration;
use crate::progress::Warning;
use crate::quant::{Format, Method, Planner, Precision, WeightErrors, methods, plan};

/// A request to quantize a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuantizeRequest {
    /// Path of the checkpoint folder or GGUF file.
    pub source: PathBuf,
    /// Path of the GGUF file to write.
    pub target: PathBuf,
    /// The requested precision.
    pub precision: Precision,
    /// Planner that chooses each tensor's type.
    pub planner: &'static dyn Planner,
    /// Method that finds the codes.
    pub method: &'static dyn Method,
    /// Largest size of the file in bytes: the types of the tensors are then chosen by what each costs in quality, and
    /// `precision` only names the result.
    #[serde(default)]
    pub budget: Option<u64>,
    /// Number format to try: every matrix of the layers gets its values, in a file of GGUF types that hold them, and `precision`
    /// and `planner` have no effect.
    #[serde(default)]
    pub format: Option<Format>,
    /// What a method that looks at activations is calibrated with; by default, text that the model writes itself.
    #[serde(default)]
    pub calibration: Calibration,
    /// Largest number of calibration tokens; a default if `None`.
    #[serde(default)]
    pub calibration_tokens: Option<usize>,
    /// Whether a cancelled run leaves what it has done, so that the same request goes on from there.
    #[serde(default)]
    pub keep_unfinished: bool,
    /// Number of worker threads; all cores if `None`.
    pub threads: Option<usize>,
    /// What to do if a file made from another original has the target's name.
    pub if_taken: IfTaken,
}

/// What to do if a file made from another original has the name of the file to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum IfTaken {
    /// Refuse to quantize.
    #[default]
    Refuse,
    /// Write to the first free name with a number, such as `NAME-int4 (2).gguf`.
    Number,
}

impl QuantizeRequest {
    /// Quantizes `source` to `target` with the default planner and method, on all cores; a file made from another
    /// original is not overwritten.
    pub fn new(source: PathBuf, target: PathBuf, precision: Precision) -> Self {
        let (planner, method) = (plan::USUAL, methods::USUAL);
        Self {
            source,
            target,
            precision,
            planner,
            method,
            budget: None,
            format: None,
            calibration: Calibration::OwnText,
            calibration_tokens: None,
            keep_unfinished: false,
            threads: None,
            if_taken: IfTaken::Refuse,
        }
    }
}

/// Report of a quantizing run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuantizeReport {
    /// Path of the written file.
    pub path: PathBuf,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// Average bits per weight; of a trial, those of its number format.
    pub bits_per_weight: f64,
    /// Average bits per weight in the file, more than those of a number format that no type stores.
    #[serde(default)]
    pub file_bits_per_weight: f64,
    /// Duration in seconds.
    pub seconds: f64,
    /// Peak resident memory of the process in bytes.
    pub peak_rss_bytes: u64,
    /// Quantization errors of the weights.
    pub errors: WeightErrors,
    /// Warnings of the run.
    pub warnings: Vec<Warning>,
}
