//! Commands of measuring quality.

use std::path::PathBuf;

/// A command about the quality of quantized models.
#[derive(Clone, Debug, PartialEq)]
pub enum QualityCommand {
    /// Show the quality report of this model.
    Show(PathBuf),
    /// Measure this model against the one it was made from.
    Measure(PathBuf),
    /// Cancel the measurement.
    Cancel,
}
