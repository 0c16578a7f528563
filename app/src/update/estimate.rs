//! The run that is chosen for the open model, and what it would take.

use std::path::PathBuf;

use nibble_engine::jobs::protocol::QuantizeEstimate;
use nibble_engine::jobs::{Ask, Calibration, ModelSummary};
use nibble_engine::quant::Precision;

use crate::base::CalibrationChoice;
use crate::state::{KeptRun, Purpose, Source, State};

use super::effect::{Effect, abandon_jobs, start_job};

/// Asks what the chosen run would take; what was asked before is not heard any more.
pub(super) fn ask_estimate(state: &mut State) -> Vec<Effect> {
    state.quantize.estimate = None;
    let mut effects = abandon_jobs(state, |purpose| *purpose == Purpose::Estimate);
    let Some(summary) = state.source.as_ref().and_then(|source| source.summary()) else {
        return effects;
    };
    let run = chosen_run(state, summary);
    let calibration = match &run.calibration {
        CalibrationChoice::File(path) => Calibration::File(path.clone()),
        // How long chats are is not known before they are read.
        CalibrationChoice::OwnText | CalibrationChoice::Chats(_) => Calibration::OwnText,
    };
    if let Ok(request) = run.request(calibration) {
        effects.push(start_job(state, Purpose::Estimate, Ask::Estimate(request)));
    }
    effects
}

/// What the chosen run would take is known.
pub(super) fn estimated(state: &mut State, estimate: QuantizeEstimate) {
    state.quantize.estimate = Some(estimate);
}

/// The run that is chosen for the open model.
pub(super) fn chosen_run(state: &State, summary: &ModelSummary) -> KeptRun {
    let choice = &state.quantize.choice;
    let budget = file_budget(state);
    let of_budget = budget.and_then(|bytes| nearest_precision(&summary.predicted_bytes, bytes));
    let precision = of_budget.unwrap_or(state.settings.precision);
    KeptRun {
        name: summary.name.clone(),
        source: summary.path.clone(),
        target: target_of(state, summary, &form_of(precision, budget)),
        precision,
        method: choice.method.name().to_owned(),
        budget,
        calibration: choice.calibration.clone(),
        threads: state.settings.threads,
    }
}

/// The best precision whose file keeps within `bytes`, else the smallest: what a mix of that size is called.
fn nearest_precision(predicted: &[(Precision, u64)], bytes: u64) -> Option<Precision> {
    let fitting = predicted.iter().filter(|(_, size)| *size <= bytes).max_by_key(|(_, size)| *size);
    let smallest = || predicted.iter().min_by_key(|(_, size)| *size);
    fitting.or_else(smallest).map(|(precision, _)| *precision)
}

/// Size in bytes of the file that the chosen limit allows.
fn file_budget(state: &State) -> Option<u64> {
    let advice = state.source.as_ref().map(Source::advice).unwrap_or_default();
    state.quantize.choice.budget?.file_bytes(advice)
}

/// Where the quantized model goes: `<name>-<form>.gguf` in the folder of models.
fn target_of(state: &State, summary: &ModelSummary, form: &str) -> PathBuf {
    let name: String = summary
        .name
        .chars()
        .map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' })
        .collect();
    let name = name.trim_matches(['-', '.']);
    let name = if name.is_empty() { "model" } else { name };
    state.places.models.join(format!("{name}-{form}.gguf"))
}

/// What tells a file from others of the same model: its precision, or its size where a limit was given.
fn form_of(precision: Precision, budget: Option<u64>) -> String {
    match budget {
        None => precision.short_name().to_owned(),
        Some(bytes) if bytes >= 1_000_000_000 => format!("{:.2}gb", bytes as f64 / 1e9),
        Some(bytes) => format!("{:.0}mb", (bytes as f64 / 1e6).max(1.0)),
    }
}
