//! `logits`, `eval` and `bench`: what a model computes, how well, how fast.

use nibble_engine::backend::Logits;
use nibble_engine::eval::Figures;
use nibble_engine::jobs::bench::{BenchOptions, bench as run_bench};
use nibble_engine::jobs::{self, Error, LoadOptions, RunOptions};
use nibble_engine::library;
use nibble_engine::progress::Cancel;
use serde_json::json;

use super::args;
use super::model;
use super::output::{Output, size};

pub(crate) fn logits(args: &args::LogitsArgs, output: &Output, cancel: &Cancel) -> Result<(), Error> {
    let loaded = model::load(&args.model, &args.running, output, cancel)?;
    let context = args.running.context.unwrap_or(args.tokens.len());
    let mut sequence = loaded.decoder.sequence(context)?;
    let logits = sequence.feed(&args.tokens, Logits::Last, cancel)?;
    output.result(&json!({ "logits": logits }), || {
        logits.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    });
    Ok(())
}

pub(crate) fn eval(args: &args::Eval, output: &Output, cancel: &Cancel) -> Result<(), Error> {
    let reference_options =
        LoadOptions { backend: model::backend(args.backend)?, ..LoadOptions::with_threads(args.threads) };
    let run = RunOptions {
        cache: model::cache(args.cache),
        activations: model::activations(args.activations),
        ..reference_options.run
    };
    let options = LoadOptions { run, ..reference_options };
    let open = |name: &String, options| jobs::load(&library::locate(name)?, options, output, cancel);
    let loaded = open(&args.model, &options)?;
    let reference = args.reference.as_ref().map(|name| open(name, &reference_options)).transpose()?;
    let quality = jobs::evaluate(&loaded, reference.as_ref(), &args.text, args.context, output, cancel)?;
    let perplexity = quality.perplexity();
    let mut value = json!({ "perplexity": perplexity, "nll": quality.nll, "tokens": quality.tokens });
    let mut text = format!("perplexity      {perplexity:.4} over {} tokens\n", quality.tokens);
    if let Some(figures) = quality.figures {
        let Figures { original_perplexity, kl_mean, kl_p99, top1_agreement, .. } = figures;
        value["kl_mean"] = json!(kl_mean);
        value["kl_p99"] = json!(kl_p99);
        value["top1_agreement"] = json!(top1_agreement);
        value["reference_perplexity"] = json!(original_perplexity);
        text = format!(
            "{text}reference       {original_perplexity:.4}\n\
             KL divergence   {kl_mean:.6} on average, {kl_p99:.6} at the 99th percentile\n\
             same top token  {:.2} %\n",
            top1_agreement * 100.0,
        );
    }
    output.result(&value, || text);
    Ok(())
}

pub(crate) fn bench(args: &args::Bench, output: &Output, cancel: &Cancel) -> Result<(), Error> {
    let loaded = model::load(&args.model, &args.running, output, cancel)?;
    let options =
        BenchOptions { prompt: args.prompt, generate: args.generate, depth: args.depth, repeat: args.repeat };
    let report = run_bench(&loaded, &options, cancel)?;
    output.result(&report, || {
        format!(
            "{} on {} threads\nprompt    {:.1} tokens/s, {:.0} of {:.0} GOP/s\ngenerate  {:.1} tokens/s, {:.1} of {:.1} GB/s\nloaded in {:.2} s, weights {}, at most {} of memory",
            report.level,
            report.threads,
            report.prompt_tps,
            report.achieved_gops,
            report.dot_gops,
            report.gen_tps,
            report.achieved_gbps,
            report.read_gbps,
            report.load_seconds,
            size(report.weights_bytes),
            size(report.peak_rss_bytes),
        )
    });
    Ok(())
}
