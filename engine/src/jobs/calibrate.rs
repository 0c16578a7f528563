//! Calibrating a model: statistics of its activations on a text, kept in a file for later runs and for other programs.

use std::path::PathBuf;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::Error;
use super::calibration::{Calibrating, Calibration, WINDOW};
use super::quantize::{self, all_cores, check_target};
use crate::formats::gguf::GgufWriter;
use crate::hardware::peak_rss_bytes;
use crate::models;
use crate::progress::{Cancel, Observer};
use crate::quant::statistics::imatrix;

/// A request to calibrate a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CalibrateRequest {
    /// Path of the checkpoint folder or GGUF file.
    pub source: PathBuf,
    /// Path of the importance matrix to write.
    pub target: PathBuf,
    /// Text to run the model on.
    pub calibration: Calibration,
    /// Largest number of tokens; a default if `None`.
    pub tokens: Option<usize>,
    /// Number of worker threads; all cores if `None`.
    pub threads: Option<usize>,
}

/// Report of a calibration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CalibrateReport {
    /// Path of the importance matrix.
    pub path: PathBuf,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// Number of tensors with statistics.
    pub tensors: usize,
    /// Duration in seconds.
    pub seconds: f64,
    /// Peak resident memory of the process in bytes.
    pub peak_rss_bytes: u64,
}

/// Runs the model of `request` on its text, layer by layer, and writes the importance matrix as llama.cpp reads it.
///
/// # Errors
/// [`Error::Calibration`], [`Error::Quantize`] for a target that must not be written, or what running the model comes to.
pub fn calibrate(
    request: &CalibrateRequest,
    observer: &dyn Observer,
    cancel: &Cancel,
) -> Result<CalibrateReport, Error> {
    let start = Instant::now();
    let model = models::open(&request.source, observer)?;
    check_target(&request.target, [Some(request.source.as_path()), request.calibration.file()])?;
    let calibrating = Calibrating {
        model: &model,
        calibration: &request.calibration,
        tokens: request.tokens,
        threads: request.threads.unwrap_or_else(all_cores),
    };
    let statistics = calibrating.statistics(observer, cancel)?;
    let text = match &request.calibration {
        Calibration::OwnText => "written by the model".to_owned(),
        Calibration::File(path) => path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        Calibration::Texts(_) => "chosen texts".to_owned(),
    };
    let (metadata, tensors) = imatrix::to_gguf(&statistics, &text, WINDOW as u32);
    let metas: Vec<_> = tensors.iter().map(|(meta, _)| meta.clone()).collect();
    let write = || {
        let mut writer = GgufWriter::create(&request.target, &metadata, &metas)?;
        for (_, values) in &tensors {
            let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
            writer.write(&bytes)?;
        }
        writer.finish()
    };
    let bytes = write().map_err(quantize::Error::from)?;
    Ok(CalibrateReport {
        path: request.target.clone(),
        bytes,
        tensors: statistics.len(),
        seconds: start.elapsed().as_secs_f64(),
        peak_rss_bytes: peak_rss_bytes(),
    })
}
