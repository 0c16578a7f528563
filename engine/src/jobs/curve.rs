//! The size-quality curve of a model: the predicted KL divergence of the best mix of formats for each size.

use std::path::PathBuf;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::Error;
use super::calibration::{Calibrating, Calibration};
use super::losses::losses;
use super::quantize::all_cores;
use crate::models;
use crate::progress::{Cancel, Observer};
use crate::quant::methods::CALIBRATED;
use crate::quant::{ModelFacts, PlanInput, Precision, plan};

/// A request to compute the curve of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurveRequest {
    /// Path of the checkpoint folder or GGUF file.
    pub source: PathBuf,
    /// Data that the statistics of activations come from.
    pub calibration: Calibration,
    /// Number of threads; all cores if `None`.
    pub threads: Option<usize>,
}

/// The size-quality curve of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurveReport {
    /// The best mix of each size, by ascending size.
    pub points: Vec<CurvePoint>,
    /// The fixed mixes, predicted in the same way.
    pub precisions: Vec<(Precision, CurvePoint)>,
    /// Size of the original's tensors in bytes.
    pub original_bytes: u64,
    /// Duration in seconds.
    pub seconds: f64,
}

/// One point of a size-quality curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Size of all tensors in bytes.
    pub bytes: u64,
    /// Average bits per weight.
    pub bits_per_weight: f64,
    /// Predicted mean KL divergence from the original, in nats.
    pub kl: f64,
}

/// Points of a curve.
const POINTS: usize = 48;

/// Computes the curve of `request.source`: predicts the loss of every type in every tensor, encoded with importance, and the best
/// mix of each of some sizes between the smallest and eight bits per weight.
///
/// # Errors
/// What opening and running the model comes to; [`Error::Cancelled`].
pub fn curve(request: &CurveRequest, observer: &dyn Observer, cancel: &Cancel) -> Result<CurveReport, Error> {
    let start = Instant::now();
    let model = models::open(&request.source, observer)?;
    let threads = request.threads.unwrap_or_else(all_cores);
    let calibrating = Calibrating { model: &model, calibration: &request.calibration, tokens: None, threads };
    let table = losses(&calibrating, CALIBRATED, observer, cancel)?;
    let tensors = model.source().tensors();
    let n_weights = tensors.iter().map(|tensor| tensor.n_elements() as u64).sum::<u64>().max(1);
    let point = |bytes: u64, kl: f64| CurvePoint {
        bytes,
        bits_per_weight: bytes as f64 * 8.0 / n_weights as f64,
        kl,
    };
    let facts = ModelFacts::new(model.metadata(), Some(&model.spec()?));
    let fixed = |precision: Precision| {
        let input = PlanInput { precision, method: CALIBRATED, tensors, facts: &facts };
        let of_plan = table.of_plan(&plan::USUAL.plan(&input));
        (precision, point(of_plan.bytes, of_plan.loss))
    };
    let (least, most) = (table.least_bytes(), n_weights * 17 / 16);
    let mut points: Vec<CurvePoint> = Vec::new();
    for step in 0..=POINTS as u64 {
        cancel.check()?;
        let budget = least + most.saturating_sub(least) * step / POINTS as u64;
        let Some((chosen, _)) = table.best(budget) else { continue };
        if points.last().is_none_or(|last| chosen.bytes > last.bytes && chosen.loss < last.kl) {
            points.push(point(chosen.bytes, chosen.loss));
        }
    }
    Ok(CurveReport {
        points,
        precisions: Precision::all()
            .filter(|precision| !precision.base_type().is_float())
            .map(fixed)
            .collect(),
        original_bytes: tensors.iter().map(|tensor| tensor.n_bytes() as u64).sum(),
        seconds: start.elapsed().as_secs_f64(),
    })
}
