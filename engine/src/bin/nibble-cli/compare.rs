//! `compare`: several models side by side, each measured against one original.

use std::fmt::Write;

use nibble_engine::jobs::{self, CompareOutcome, CompareReport, CompareRequest, Error};
use nibble_engine::library;
use nibble_engine::progress::Cancel;

use super::args::CompareArgs;
use super::output::{Output, size};

pub(crate) fn run(args: &CompareArgs, output: &Output, cancel: &Cancel) -> Result<(), Error> {
    let located: Result<Vec<_>, _> = args.models.iter().map(|model| library::locate(model)).collect();
    let request = CompareRequest {
        original: library::locate(&args.original)?,
        models: located?,
        text: args.text.clone(),
        tokens: args.tokens,
        threads: args.threads,
    };
    let report = jobs::compare(&request, output, cancel)?;
    output.result(&report, || table(&report));
    Ok(())
}

/// A line for each model, the columns under their names.
fn table(report: &CompareReport) -> String {
    let rows = report.rows.iter();
    let longest =
        rows.map(|row| row.name.chars().count()).chain([report.original_name.chars().count(), 8]).max();
    let width = longest.unwrap_or_default();
    let mut text = format!(
        "{:width$}     size   bits   KL mean    median      99 %       max  same top  perplexity  weights\n",
        ""
    );
    for row in &report.rows {
        let (name, bytes) = (&row.name, size(row.bytes));
        let line = match &row.outcome {
            CompareOutcome::Failed(failure) => {
                format!("{name:width$} {bytes:>8}         {}", failure.message)
            }
            CompareOutcome::Measured(report) => {
                let Some(measured) = &report.measured else { continue };
                let figures = &measured.figures;
                let weights = report
                    .errors
                    .as_ref()
                    .map_or(String::new(), |errors| format!("{:>7.2} %", errors.relative_rmse * 100.0));
                format!(
                    "{name:width$} {bytes:>8} {:>6.2} {:>9.5} {:>9.5} {:>9.5} {:>9.4} {:>7.2} % {:>11.4} {weights}",
                    row.bits_per_weight,
                    figures.kl_mean,
                    figures.kl_median,
                    figures.kl_p99,
                    figures.kl_max,
                    figures.top1_agreement * 100.0,
                    figures.perplexity,
                )
            }
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{line}");
    }
    let measured = report.rows.iter().find_map(|row| row.report()?.measured.as_ref());
    if let Some(measured) = measured {
        let figures = &measured.figures;
        let (name, bytes) = (&report.original_name, size(report.original_bytes));
        let perplexity = figures.original_perplexity;
        let _ = writeln!(text, "{name:width$} {bytes:>8} {:>56} {perplexity:>12.4}", "the original");
        let bound =
            if figures.rest_probability > 0.0 { "; KL divergences are bounds from below" } else { "" };
        let _ = writeln!(text, "{} tokens scored{bound}", figures.tokens);
    }
    text
}
