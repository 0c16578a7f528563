//! `quality`: what quantizing cost, measured against the original.

use nibble_engine::jobs::{self, Error, MeasureRequest, QualityReport};
use nibble_engine::library;
use nibble_engine::progress::Cancel;
use serde_json::{Value, json};

use super::args::QualityArgs;
use super::output::Output;

pub(crate) fn run(args: &QualityArgs, output: &Output, cancel: &Cancel) -> Result<(), Error> {
    let (model, original) = (library::locate(&args.model)?, library::locate(&args.original)?);
    let request = MeasureRequest {
        text: args.text.clone(),
        tokens: args.tokens,
        prompt: args.prompt.clone(),
        threads: args.threads,
        ..MeasureRequest::new(model, original)
    };
    let report = jobs::measure(&request, output, cancel)?;
    output.result(&value(&report), || summary(&report));
    Ok(())
}

/// The figures at the top, as `eval` has them; then what they come from.
pub(crate) fn value(report: &QualityReport) -> Value {
    let mut value = json!(report.measured);
    value["model"] = json!(report.model);
    value["original"] = json!(report.original);
    value["precision"] = json!(report.precision);
    value["errors"] = json!(report.errors);
    value
}

/// The figures and both answers for people.
pub(crate) fn summary(report: &QualityReport) -> String {
    let Some(measured) = &report.measured else { return String::new() };
    let figures = &measured.figures;
    let weights = report.errors.as_ref().map_or(String::new(), |errors| {
        format!("weights         off by {:.2} % (root mean square)\n", errors.relative_rmse * 100.0)
    });
    let bound = if figures.rest_probability > 0.0 { ", at least" } else { "" };
    format!(
        "same top token  {:.2} % of {} tokens\n\
         KL divergence   {:.6} on average, {:.6} at the median, {:.6} at the 99th percentile, {:.6} at most{bound}\n\
         perplexity      {:.4}, of the original {:.4}\n{weights}\n\
         asked           {}\n\noriginal, {:.1} tokens/s:\n{}\n\n{}, {:.1} tokens/s:\n{}\n",
        figures.top1_agreement * 100.0,
        figures.tokens,
        figures.kl_mean,
        figures.kl_median,
        figures.kl_p99,
        figures.kl_max,
        figures.perplexity,
        figures.original_perplexity,
        measured.prompt,
        measured.original_answer.report.gen_tps,
        measured.original_answer.text.trim(),
        report.precision,
        measured.model_answer.report.gen_tps,
        measured.model_answer.text.trim(),
    )
}
