//! Words on the quality of quantized models, and on the choice of a precision.

use nibble_engine::progress::MeasureStage;
use nibble_engine::quant::Precision;

use super::labels::{f16_more, int4_more, int8_more};
use super::words::plain;
use crate::state::Closeness;

plain! {
    /// Title of the quality page.
    quality;
    /// The page of a model's quality.
    quality_report;
    /// Button that starts measuring.
    measure_quality;
    /// Starts measuring once more.
    measure_again;
    /// A model whose quality is not known.
    not_measured;
    /// How measuring works.
    not_measured_more;
    /// Why it cannot be measured.
    no_original;
    /// What measuring is at.
    stage_load_original;
    /// What measuring is at.
    stage_write_text;
    /// What measuring is at.
    stage_read_original;
    /// What measuring is at.
    stage_ask_original;
    /// What measuring is at.
    stage_load_model;
    /// What measuring is at.
    stage_read_model;
    /// What measuring is at.
    stage_ask_model;
    /// What measuring is at.
    stage_compare_weights;
    /// Column of the precisions.
    table_bits;
    /// Column of the precisions.
    table_disk;
    /// Column of the precisions.
    table_memory;
    /// Column of the precisions.
    table_speed;
    /// Column of the precisions.
    table_quality;
    /// Column of the precisions.
    table_verdict;
    /// Unfolds the table.
    more_formats;
    /// Button that folds the table.
    fewer_formats;
    /// What a format is for.
    format_published;
    /// What a format is for.
    format_six;
    /// What a format is for.
    format_five;
    /// What a format is for.
    format_four;
    /// What a format is for.
    format_uneven;
    /// What a format is for.
    format_older;
    /// What a format is for.
    format_three;
    /// What a format is for.
    format_two;
    /// A model that can be quantized or looked at, not run.
    not_runnable;
    /// Advice is being computed.
    advising;
    /// Share of places where both agree.
    fact_same;
    /// Label of the mean divergence.
    fact_kl;
    /// Divergence that 1 of 100 places exceeds.
    fact_kl_p99;
    /// Label of the perplexity.
    fact_perplexity;
    /// Error of all weights together.
    fact_weights;
    /// On which text.
    fact_text;
    /// Name of the text that the original wrote.
    text_by_original;
    /// When divergence is a bound.
    bound_more;
    /// A plot's title.
    plot_kl;
    /// What it shows.
    plot_kl_more;
    /// A plot's title.
    plot_layers;
    /// What it shows.
    plot_layers_more;
    /// Above both answers.
    same_question;
    /// The unquantized model.
    original;
    /// A load that does not fit.
    needs_more_memory;
    /// What takes memory.
    part_weights;
    /// What takes memory.
    part_cache;
    /// What takes memory.
    part_buffers;
    /// What takes memory.
    part_program;
    /// What there is of it.
    memory_free;
    /// Loads what does not fit.
    load_anyway;
    /// What may come of it.
    load_anyway_more;
    /// The engine's process ended.
    engine_died_measuring;
    /// Button of a notice.
    step_report;
}

/// What a precision is for.
pub fn purpose(precision: Precision) -> &'static str {
    match precision {
        Precision::Q4_K_M => int4_more(),
        Precision::Q8_0 => int8_more(),
        Precision::F16 => f16_more(),
        Precision::BF16 => format_published(),
        Precision::Q6_K => format_six(),
        Precision::Q5_K_M | Precision::Q5_K_S => format_five(),
        Precision::Q4_K_S | Precision::MXFP4_MOE => format_four(),
        Precision::IQ4_NL | Precision::IQ4_XS => format_uneven(),
        Precision::Q5_1 | Precision::Q5_0 | Precision::Q4_1 | Precision::Q4_0 => format_older(),
        Precision::Q3_K_L
        | Precision::Q3_K_M
        | Precision::Q3_K_S
        | Precision::IQ3_M
        | Precision::IQ3_S
        | Precision::IQ3_XS
        | Precision::IQ3_XXS => format_three(),
        Precision::Q2_K
        | Precision::Q2_K_S
        | Precision::IQ2_M
        | Precision::IQ2_S
        | Precision::IQ2_XS
        | Precision::IQ2_XXS
        | Precision::TQ2_0
        | Precision::IQ1_M
        | Precision::TQ1_0
        | Precision::IQ1_S => format_two(),
    }
}

/// What measuring is at.
pub fn stage(stage: MeasureStage) -> &'static str {
    match stage {
        MeasureStage::LoadOriginal => stage_load_original(),
        MeasureStage::WriteText => stage_write_text(),
        MeasureStage::ReadOriginal => stage_read_original(),
        MeasureStage::AskOriginal => stage_ask_original(),
        MeasureStage::LoadModel => stage_load_model(),
        MeasureStage::ReadModel => stage_read_model(),
        MeasureStage::AskModel => stage_ask_model(),
        MeasureStage::CompareWeights => stage_compare_weights(),
    }
}

/// How close a model is to its original, with the share of places where both agree.
pub fn closeness(closeness: Closeness, share: &str) -> String {
    use super::quality_sentences as sentences;
    match closeness {
        Closeness::Same => sentences::quality_none(share),
        Closeness::Hardly => sentences::quality_hardly(share),
        Closeness::Small => sentences::quality_small(share),
        Closeness::Clear => sentences::quality_clear(share),
        Closeness::Large => sentences::quality_large(share),
    }
}
