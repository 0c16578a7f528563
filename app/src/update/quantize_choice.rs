//! Choosing how a model is quantized: goals, limits, methods, calibration texts.

use nibble_engine::quant::{Method, Precision, methods};

use crate::base::{CalibrationChoice, Goal, LimitKind, SizeBudget};
use crate::command::SettingsCommand;
use crate::state::{BALANCED, FASTEST, Source, State};

use super::effect::Effect;
use super::estimate::ask_estimate;
use super::settings;

/// Share of the free memory that a limit takes at first.
const SHARE_OF_FREE: f64 = 0.8;

/// Chooses what suits a goal.
pub(super) fn set_goal(state: &mut State, goal: Goal) -> Vec<Effect> {
    match goal {
        Goal::Fastest => set_usual(state, FASTEST),
        Goal::Balanced => set_usual(state, BALANCED),
        Goal::Memory => match usual_budget(state) {
            Some(budget) => set_budget(state, budget),
            None => Vec::new(),
        },
    }
}

fn set_usual(state: &mut State, precision: Precision) -> Vec<Effect> {
    state.quantize.choice.budget = None;
    state.quantize.choice.method = methods::USUAL;
    let mut effects = settings::apply(state, SettingsCommand::SetPrecision(precision));
    effects.extend(ask_estimate(state));
    effects
}

/// The limit to begin with: most of the free memory, but no more than the largest quantized file needs.
fn usual_budget(state: &State) -> Option<SizeBudget> {
    let advice = state.source.as_ref()?.advice();
    let largest = largest_file(state)?;
    let Some(most) = SizeBudget::of_file(LimitKind::Memory, largest, advice) else {
        return Some(SizeBudget { kind: LimitKind::Disk, bytes: largest });
    };
    let free =
        state.memory.map_or(most.bytes, |memory| (memory.available_bytes as f64 * SHARE_OF_FREE) as u64);
    Some(SizeBudget { bytes: free.min(most.bytes), ..most })
}

/// Size of the open model's largest quantized file in bytes.
fn largest_file(state: &State) -> Option<u64> {
    let summary = state.source.as_ref()?.summary()?;
    let quantized = summary.predicted_bytes.iter().filter(|(precision, _)| !precision.base_type().is_float());
    quantized.map(|(_, bytes)| *bytes).max()
}

/// Limits the size instead of choosing a precision.
pub(super) fn set_budget(state: &mut State, budget: SizeBudget) -> Vec<Effect> {
    state.quantize.choice.budget = Some(budget);
    ask_estimate(state)
}

/// Counts the limit in another way, for the same file.
pub(super) fn set_limit_kind(state: &mut State, kind: LimitKind) -> Vec<Effect> {
    let Some(budget) = state.quantize.choice.budget.filter(|budget| budget.kind != kind) else {
        return Vec::new();
    };
    let advice = state.source.as_ref().map(Source::advice).unwrap_or_default();
    let same = budget.file_bytes(advice).and_then(|bytes| SizeBudget::of_file(kind, bytes, advice));
    match same {
        Some(same) => set_budget(state, same),
        None => Vec::new(),
    }
}

/// Chooses the method that finds the codes.
pub(super) fn set_method(state: &mut State, method: &'static dyn Method) -> Vec<Effect> {
    state.quantize.choice.method = method;
    ask_estimate(state)
}

/// Chooses where the calibration text comes from.
pub(super) fn set_calibration(state: &mut State, calibration: CalibrationChoice) -> Vec<Effect> {
    state.quantize.choice.calibration = calibration;
    ask_estimate(state)
}
