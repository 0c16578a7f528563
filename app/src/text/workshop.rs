//! Words of the quantization workshop: goals, limits, methods, calibration, the size-quality curve, comparisons.

use super::words::plain;
use crate::state::{Goal, LimitKind};

plain! {
    /// What a model is to be.
    goal;
    /// Name of a goal.
    goal_fastest;
    /// What the goal means.
    goal_fastest_more;
    /// Name of a goal.
    goal_balanced;
    /// What the goal means.
    goal_balanced_more;
    /// Name of a goal.
    goal_memory;
    /// What the goal means.
    goal_memory_more;
    /// Unfolds all choices.
    advanced;
    /// The limit of a size.
    limit;
    /// What is limited.
    limit_memory;
    /// What is limited.
    limit_disk;
    /// Label of the choice of a method.
    method;
    /// A quantization method.
    method_rounding;
    /// What the method is for.
    method_rounding_more;
    /// A quantization method.
    method_importance;
    /// What the method is for.
    method_importance_more;
    /// A quantization method.
    method_gptq;
    /// What the method is for.
    method_gptq_more;
    /// A quantization method.
    method_awq;
    /// What the method is for.
    method_awq_more;
    /// A quantization method.
    method_smoothquant;
    /// What the method is for.
    method_smoothquant_more;
    /// A quantization method.
    method_auto_round;
    /// What the method is for.
    method_auto_round_more;
    /// A quantization method.
    method_hqq;
    /// What the method is for.
    method_hqq_more;
    /// A quantization method.
    method_rotation;
    /// What the method is for.
    method_rotation_more;
    /// A quantization method.
    method_spqr;
    /// What the method is for.
    method_spqr_more;
    /// What an unnamed method is for.
    method_other_more;
    /// Label of the choice of a text.
    calibration;
    /// What the text is for.
    calibration_more;
    /// A method needs no text.
    calibration_unused;
    /// Where the text comes from.
    calibration_own;
    /// Where the text comes from.
    calibration_file;
    /// Where the text comes from.
    calibration_chats;
    /// Opens a dialog.
    choose_text_file;
    /// No file is chosen yet.
    no_file_chosen;
    /// There are no chats to choose.
    chats_missing;
    /// The chosen chats have no text.
    chats_empty;
    /// An estimate is being computed.
    estimating;
    /// Title of the size-quality curve.
    curve;
    /// What the curve shows.
    curve_more;
    /// Before the curve is measured.
    curve_unknown;
    /// Button that measures the curve.
    measure_curve;
    /// The curve is being measured.
    measuring_curve;
    /// Name of the line of a plot.
    curve_line;
    /// The limit of a plot.
    curve_limit;
    /// Label of a predicted divergence.
    predicted_kl;
    /// Runs that can be resumed.
    paused_run;
    /// Button that discards what a run left.
    discard;
    /// Title of the comparison.
    compare;
    /// What a comparison does.
    compare_more;
    /// Opens the comparison.
    compare_open;
    /// Label of the choice of an original.
    compare_original;
    /// Nothing is chosen yet.
    compare_choose;
    /// Label of the models to compare.
    compare_models;
    /// Button that compares.
    compare_start;
    /// Nothing to compare is there.
    compare_missing;
    /// Column of a comparison.
    column_same;
    /// Column of a comparison.
    column_kl;
    /// Column of a comparison.
    column_kl_p99;
    /// Column of a comparison.
    column_perplexity;
    /// Title of a plot.
    plot_compare;
    /// What the plot shows.
    plot_compare_more;
    /// A model could not be compared.
    not_compared;
}

/// A goal, and what it means.
pub fn goal_words(goal: Goal) -> (&'static str, &'static str) {
    match goal {
        Goal::Fastest => (goal_fastest(), goal_fastest_more()),
        Goal::Balanced => (goal_balanced(), goal_balanced_more()),
        Goal::Memory => (goal_memory(), goal_memory_more()),
    }
}

/// What a limit counts.
pub fn limit_words(kind: LimitKind) -> &'static str {
    match kind {
        LimitKind::Memory => limit_memory(),
        LimitKind::Disk => limit_disk(),
    }
}

/// The quantization method of this name, and what it is for; a method without words of its own keeps its name.
pub fn method_words(name: &'static str) -> (&'static str, &'static str) {
    match name {
        "round_to_nearest" => (method_rounding(), method_rounding_more()),
        "importance" => (method_importance(), method_importance_more()),
        "gptq" => (method_gptq(), method_gptq_more()),
        "awq" => (method_awq(), method_awq_more()),
        "smoothquant" => (method_smoothquant(), method_smoothquant_more()),
        "auto_round" => (method_auto_round(), method_auto_round_more()),
        "hqq" => (method_hqq(), method_hqq_more()),
        "rotation" => (method_rotation(), method_rotation_more()),
        "spqr" => (method_spqr(), method_spqr_more()),
        other => (other, method_other_more()),
    }
}
