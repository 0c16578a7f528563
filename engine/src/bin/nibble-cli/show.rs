//! `inspect`, `tokenize`, `template` and `hardware`: what is there, without running a model.

use std::fmt::Write;

use nibble_engine::fit::{Setting, advise_model};
use nibble_engine::hardware;
use nibble_engine::jobs::{self, Error, read_text};
use nibble_engine::library::{self, memory_speed};
use nibble_engine::models;
use nibble_engine::progress::{Observer, Warning};
use nibble_engine::text::{ChatTemplate, TemplateInput};
use serde_json::json;

use super::args;
use super::output::{Output, size};

pub(crate) fn inspect(args: &args::Inspect, output: &Output) -> Result<(), Error> {
    let path = library::locate(&args.model)?;
    let summary = jobs::inspect(&path, output)?;
    let advice = match args.context {
        Some(context) => {
            let setting = Setting::here(context, memory_speed::read_gbps());
            advise_model(&models::open(&path, &())?, &setting)?
        }
        None => Vec::new(),
    };
    let mut value = json!(summary);
    if args.context.is_some() {
        value["advice"] = json!(advice);
    }
    output.result(&value, || {
        let mut text = format!(
            "{}\narchitecture  {}\nparameters    {:.2} billion\ncontext       {} tokens\nsize          {}, {:.2} bits per weight\n",
            summary.name,
            summary.architecture,
            summary.parameters as f64 / 1e9,
            summary.context_length,
            size(summary.bytes),
            summary.bits_per_weight,
        );
        for tensor in &summary.tensors {
            let shape: Vec<_> = tensor.shape.iter().map(ToString::to_string).collect();
            let (name, shape) = (&tensor.name, shape.join(" x "));
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{name:<40} {shape:>18} {:>7} {:>11}", tensor.dtype, size(tensor.bytes));
        }
        text.push_str(&super::hub::table(&advice, None));
        text
    });
    Ok(())
}

pub(crate) fn tokenize(args: &args::Tokenize, output: &Output) -> Result<(), Error> {
    let model = models::open(&library::locate(&args.model)?, output)?;
    let text = match (&args.text, &args.file) {
        (Some(text), _) => text.clone(),
        (None, Some(file)) => read_text(file)?,
        (None, None) => String::new(),
    };
    let tokenizer = model.tokenizer()?;
    let tokens = if args.no_special { tokenizer.encode(&text)? } else { tokenizer.encode_prompt(&text)? };
    output.result(&json!({ "tokens": tokens }), || {
        tokens.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    });
    Ok(())
}

pub(crate) fn template(args: &args::Template, output: &Output) -> Result<(), Error> {
    let model = models::open(&library::locate(&args.model)?, output)?;
    let template = model.chat_templates()?.choose(false)?.unwrap_or_else(|| {
        output.warn(Warning::NoChatTemplate);
        ChatTemplate::plain()
    });
    let input =
        TemplateInput { add_generation_prompt: !args.no_generation_prompt, ..TemplateInput::default() };
    let prompt = template.render_json(&read_text(&args.messages)?, input)?;
    output.result(&json!({ "prompt": prompt }), || prompt.clone());
    Ok(())
}

pub(crate) fn hardware(output: &Output) {
    let found = hardware::hardware();
    let read_gbps = hardware::read_gbps(hardware::Level::best(), found.cores);
    let mut value = serde_json::to_value(&found).unwrap_or_default();
    value["read_gbps"] = json!(read_gbps);
    output.result(&value, || {
        let mut text = format!(
            "processor  {}, {} cores, {}\nmemory     {} free of {}, read at {read_gbps:.1} GB/s\n",
            found.cpu,
            found.cores,
            found.levels.join(" "),
            size(found.ram_available_bytes),
            size(found.ram_total_bytes),
        );
        for gpu in &found.gpus {
            let _ = writeln!(text, "graphics   {}, {}, {}", gpu.name, size(gpu.vram_bytes), gpu.backend);
        }
        text
    });
}
