//! A quantizing run as it is kept between runs of the program, so that it can be resumed.

use std::path::PathBuf;

use nibble_engine::jobs::{Calibration, IfTaken, QuantizeRequest};
use nibble_engine::quant::{Precision, UnknownName};
use serde::{Deserialize, Serialize};

use crate::base::CalibrationChoice;

/// A run that was begun: what it makes of which model, and how. No text of a chat is kept here, only which chats.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptRun {
    /// The model's name for people.
    pub name: String,
    /// Path of the model.
    pub source: PathBuf,
    /// Path of the file to write.
    pub target: PathBuf,
    /// What it is quantized to.
    pub precision: Precision,
    /// Name of the method.
    pub method: String,
    /// Largest size of the file in bytes.
    pub budget: Option<u64>,
    /// Number of threads; all cores if absent.
    pub threads: Option<usize>,
    /// Where the calibration text comes from.
    pub calibration: CalibrationChoice,
}

impl KeptRun {
    /// The request to the engine, the same each time.
    ///
    /// # Errors
    /// [`UnknownName`] if this version has no such method.
    pub fn request(&self, calibration: Calibration) -> Result<QuantizeRequest, UnknownName> {
        Ok(QuantizeRequest {
            method: self.method.parse()?,
            budget: self.budget,
            calibration,
            keep_unfinished: true,
            threads: self.threads,
            if_taken: IfTaken::Number,
            ..QuantizeRequest::new(self.source.clone(), self.target.clone(), self.precision)
        })
    }
}
