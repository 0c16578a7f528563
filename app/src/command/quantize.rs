//! Commands of quantizing.

use std::path::PathBuf;

use nibble_engine::quant::Method;

use crate::base::{CalibrationChoice, Goal, LimitKind, SizeBudget};

/// A command about quantizing the open model.
#[derive(Clone, Debug, PartialEq)]
pub enum QuantizeCommand {
    /// Quantize the open model as chosen.
    Start,
    /// Pause the run; what it has done is kept.
    Pause,
    /// Resume the paused run that writes this file.
    Resume(PathBuf),
    /// Discard the paused run that would write this file.
    Discard(PathBuf),
    /// Choose what suits this goal.
    SetGoal(Goal),
    /// Limit the size instead of choosing a precision.
    SetBudget(SizeBudget),
    /// Count the limit of the size in another way.
    SetLimitKind(LimitKind),
    /// Choose the method that finds the codes.
    SetMethod(&'static dyn Method),
    /// Choose where the calibration text comes from.
    SetCalibration(CalibrationChoice),
    /// Open the dialog for a file with the calibration text.
    ChooseCalibrationFile,
    /// Measure the size-quality curve of the open model.
    MeasureCurve,
    /// Cancel that measurement.
    CancelCurve,
}
