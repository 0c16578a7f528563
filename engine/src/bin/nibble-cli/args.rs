//! The command line: one subcommand per thing the engine can do.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use nibble_engine::quant::{Format, Method, Planner, Precision, UnknownName, methods, plan};

/// Quantizes language models on this machine and chats with them, offline.
#[derive(Debug, Parser)]
#[command(name = "nibble-cli", version)]
pub(crate) struct Cli {
    /// Print one JSON object on stdout and nothing else there.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: CliCommand,
}

/// MODEL is a GGUF file, a checkpoint folder, or a name in the library.
#[derive(Debug, Subcommand)]
pub(crate) enum CliCommand {
    /// Download a model from the Hugging Face Hub.
    Pull(Pull),
    /// Find models on the Hugging Face Hub.
    Search(SearchArgs),
    /// Show what a model of the Hugging Face Hub is and what this machine makes of it, before it is downloaded.
    Describe(Describe),
    /// List the models on this machine.
    Library,
    /// Delete a model of the library.
    Remove(Named),
    /// Check the files of a model of the library.
    Verify(Named),
    /// Show what a model is: architecture, size, tensors.
    Inspect(Inspect),
    /// Write a model with fewer bits per weight.
    Quantize(QuantizeArgs),
    /// Run a model on a text and keep the statistics of its activations: an importance matrix, as llama.cpp reads it.
    Calibrate(CalibrateArgs),
    /// Predict what each type of each tensor costs in quality.
    Sensitivity(SensitivityArgs),
    /// Continue a text, without a chat template.
    Generate(Generate),
    /// Talk to a model.
    Chat(ChatArgs),
    /// Show the tokens of a text.
    Tokenize(Tokenize),
    /// Show a conversation as the model's chat template renders it.
    Template(Template),
    /// Show the logits after the last of some tokens.
    Logits(LogitsArgs),
    /// Measure perplexity on a text and, against a reference, KL divergence.
    Eval(Eval),
    /// Measure a quantized model against its original, on text that the original writes itself, and keep the result beside it.
    Quality(QualityArgs),
    /// Measure several models against one original on the same text, and keep each result beside its model.
    Compare(CompareArgs),
    /// Measure speed and memory.
    Bench(Bench),
    /// Show what this machine has.
    Hardware,
}

#[derive(Debug, Args)]
pub(crate) struct Pull {
    /// OWNER/NAME, or the address of the model's page.
    pub(crate) repo: String,
    /// Branch, tag or commit; main if left out.
    #[arg(long)]
    pub(crate) revision: Option<String>,
    /// A GGUF file of the repository, by its name or its precision, such as q4_k_m.
    #[arg(long, conflicts_with = "precision")]
    pub(crate) file: Option<String>,
    /// Quantize what was downloaded to this precision, such as int4, into the library.
    #[arg(long)]
    pub(crate) precision: Option<Precision>,
}

#[derive(Debug, Args)]
pub(crate) struct Describe {
    /// OWNER/NAME, or the address of the model's page.
    pub(crate) repo: String,
    /// Branch, tag or commit; main if left out.
    #[arg(long)]
    pub(crate) revision: Option<String>,
    /// Tokens of context that memory is predicted for.
    #[arg(long, default_value_t = 4096, value_parser = positive)]
    pub(crate) context: usize,
}

#[derive(Debug, Args)]
pub(crate) struct SearchArgs {
    /// Words of the model's name.
    pub(crate) text: String,
    /// Which come first.
    #[arg(long, value_enum, default_value_t = SortArg::Downloads)]
    pub(crate) sort: SortArg,
    /// Most models to list.
    #[arg(long, default_value_t = 20, value_parser = positive)]
    pub(crate) limit: usize,
    /// Only models of this license, as the Hub spells it, such as apache-2.0.
    #[arg(long, alias = "licen\u{63}e")]
    pub(crate) license: Option<String>,
    /// Only models of at most so many billion parameters.
    #[arg(long)]
    pub(crate) max_billions: Option<f64>,
    /// Only models that run in Nibble, as far as the Hub tells.
    #[arg(long)]
    pub(crate) runs: bool,
}

/// Which models come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SortArg {
    /// Most downloaded in the last month.
    Downloads,
    /// Most likes first.
    Likes,
    /// What people turn to these days.
    Trending,
    /// Newest change first.
    Updated,
}

#[derive(Debug, Args)]
pub(crate) struct Named {
    /// A name that `library` lists.
    pub(crate) model: String,
}

#[derive(Debug, Args)]
pub(crate) struct Inspect {
    pub(crate) model: String,
    /// Also show what each precision takes on this machine with so many tokens of context.
    #[arg(long, value_parser = positive)]
    pub(crate) context: Option<usize>,
}

#[derive(Debug, Args)]
pub(crate) struct QuantizeArgs {
    pub(crate) model: String,
    /// The GGUF file to write.
    pub(crate) out: PathBuf,
    /// f16, bf16, int8, int4, or an exact name such as q4_k_m.
    #[arg(long, required_unless_present_any = ["budget", "format"])]
    pub(crate) precision: Option<Precision>,
    /// Largest size of the file, such as 3.2GB, 800MiB or a number of bytes: types are chosen by what each costs in quality.
    #[arg(long, value_parser = bytes, conflicts_with = "precision")]
    pub(crate) budget: Option<u64>,
    #[arg(long, conflicts_with_all = ["precision", "planner", "budget"], help = format_help())]
    pub(crate) format: Option<Format>,
    #[arg(long, value_parser = method, default_value_t = methods::USUAL, help = method_help())]
    pub(crate) method: &'static dyn Method,
    #[arg(long, value_parser = planner, default_value_t = plan::USUAL, help = planner_help())]
    pub(crate) planner: &'static dyn Planner,
    /// What methods that look at activations are calibrated with: a text, or an importance matrix of llama.cpp (imatrix); text
    /// that the model writes itself if left out.
    #[arg(long, value_name = "FILE")]
    pub(crate) calibration: Option<PathBuf>,
    /// Most tokens of the calibration text; 32768 of a file, 8192 that the model writes itself if left out.
    #[arg(long, value_parser = positive)]
    pub(crate) calibration_tokens: Option<usize>,
    /// Then measure quality against the original and keep it beside the file; see `quality`.
    #[arg(long)]
    pub(crate) measure: bool,
    /// Worker threads; all cores if left out.
    #[arg(long, value_parser = threads)]
    pub(crate) threads: Option<usize>,
}

#[derive(Debug, Args)]
pub(crate) struct CalibrateArgs {
    pub(crate) model: String,
    /// The GGUF file to write.
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) text: CalibrationText,
}

#[derive(Debug, Args)]
pub(crate) struct SensitivityArgs {
    pub(crate) model: String,
    #[arg(long, value_parser = method, default_value_t = methods::CALIBRATED, help = method_help())]
    pub(crate) method: &'static dyn Method,
    #[command(flatten)]
    pub(crate) text: CalibrationText,
}

/// The text that a model is run on.
#[derive(Debug, Args)]
pub(crate) struct CalibrationText {
    /// A text; one that the model writes itself if left out.
    #[arg(long, value_name = "FILE")]
    pub(crate) calibration: Option<PathBuf>,
    /// Most tokens of the text; 32768 of a file, 8192 that the model writes itself if left out.
    #[arg(long, value_parser = positive)]
    pub(crate) tokens: Option<usize>,
    /// Worker threads; all cores if left out.
    #[arg(long, value_parser = threads)]
    pub(crate) threads: Option<usize>,
}

/// How tokens are chosen and when to stop.
#[derive(Debug, Args)]
pub(crate) struct Sampling {
    /// Most tokens to generate, reasoning included; 8192 in a chat, 128 of a text; 0 for no limit.
    #[arg(short = 'n', long)]
    pub(crate) max_tokens: Option<usize>,
    /// 0 always takes the most likely token.
    #[arg(long)]
    pub(crate) temperature: Option<f32>,
    /// Keep this many of the most likely tokens; 0 keeps all.
    #[arg(long)]
    pub(crate) top_k: Option<usize>,
    /// Keep the most likely tokens up to this total probability.
    #[arg(long)]
    pub(crate) top_p: Option<f32>,
    /// Drop tokens less likely than this share of the most likely one.
    #[arg(long)]
    pub(crate) min_p: Option<f32>,
    /// Makes seen tokens less likely; 1 changes nothing.
    #[arg(long)]
    pub(crate) repetition_penalty: Option<f32>,
    /// Subtracted from the logits of tokens generated already.
    #[arg(long)]
    pub(crate) presence_penalty: Option<f32>,
    /// Subtracted once for each time a token was generated.
    #[arg(long)]
    pub(crate) frequency_penalty: Option<f32>,
    /// Added to the logit of a token before it is chosen, as TOKEN=BIAS; -inf bans the token. May be given several times.
    #[arg(long, value_name = "TOKEN=BIAS", value_parser = logit_bias, allow_hyphen_values = true)]
    pub(crate) logit_bias: Vec<(u32, f32)>,
    /// Makes the run repeatable.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// A text that ends the output; may be given several times.
    #[arg(long)]
    pub(crate) stop: Vec<String>,
    /// Most tokens guessed from earlier text and checked in one pass; 0 guesses none. The output is the same.
    #[arg(long)]
    pub(crate) lookup: Option<usize>,
}

/// How a model is run.
#[derive(Clone, Debug, Args)]
pub(crate) struct Running {
    /// Threads; physical cores if left out.
    #[arg(long, value_parser = threads)]
    pub(crate) threads: Option<usize>,
    /// Tokens of context to reserve memory for.
    #[arg(long, value_parser = positive)]
    pub(crate) context: Option<usize>,
    /// Load the model even if it needs more memory than is available.
    #[arg(long)]
    pub(crate) anyway: bool,
    /// Instruction set to use: scalar, avx2, avxvnni, avx512 or amx, on Arm scalar, neon, dotprod or i8mm, if the machine has it; the best if left out.
    #[arg(long)]
    pub(crate) level: Option<String>,
    /// KV cache type: the element type of the KV cache.
    #[arg(long, value_enum, default_value_t = KvCacheArg::F16)]
    pub(crate) cache: KvCacheArg,
    /// How activations are rounded: as usual, or as papers do, for comparison.
    #[arg(long, value_enum, default_value_t = ActivationsArg::Standard)]
    pub(crate) activations: ActivationsArg,
    /// Backend that runs the model.
    #[arg(long, value_enum, default_value_t = BackendArg::Cpu)]
    pub(crate) backend: BackendArg,
}

/// KV cache type: the element type of the KV cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum KvCacheArg {
    /// Half-precision floating-point numbers.
    F16,
    /// Eight bits, in about half the memory.
    Int8,
}

/// How the `cpu` backend rounds the inputs of products with quantized weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ActivationsArg {
    /// Eight bits with a scale for 32 columns, and outliers as they are.
    Standard,
    /// Eight bits with a scale for each token, as in SmoothQuant.
    PerToken,
    /// Eight bits with one scale for all tokens that are computed together.
    PerTensor,
    /// Eight bits with a scale for each token, and columns with outliers as they are, as in LLM.int8().
    OutlierColumns,
}

/// A backend that runs models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum BackendArg {
    /// Nibble's own kernels.
    Cpu,
    /// The reference, in f32 on candle tensors.
    Candle,
}

#[derive(Debug, Args)]
pub(crate) struct Generate {
    pub(crate) model: String,
    /// The text to continue.
    #[arg(long)]
    pub(crate) prompt: String,
    #[command(flatten)]
    pub(crate) sampling: Sampling,
    #[command(flatten)]
    pub(crate) running: Running,
}

#[derive(Debug, Args)]
pub(crate) struct ChatArgs {
    pub(crate) model: String,
    /// Instructions for the whole conversation.
    #[arg(long)]
    pub(crate) system: Option<String>,
    /// One message to answer, instead of a conversation in the terminal.
    #[arg(long)]
    pub(crate) message: Option<String>,
    #[command(flatten)]
    pub(crate) sampling: Sampling,
    #[command(flatten)]
    pub(crate) running: Running,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("input").required(true).args(["text", "file"]))]
pub(crate) struct Tokenize {
    pub(crate) model: String,
    /// The text to tokenize.
    #[arg(long)]
    pub(crate) text: Option<String>,
    /// A file with the text.
    #[arg(long)]
    pub(crate) file: Option<PathBuf>,
    /// Add no token at the beginning or end.
    #[arg(long)]
    pub(crate) no_special: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Template {
    pub(crate) model: String,
    /// A JSON file: a list of {"role": ..., "content": ...}.
    #[arg(long)]
    pub(crate) messages: PathBuf,
    /// Do not append the generation prompt.
    #[arg(long)]
    pub(crate) no_generation_prompt: bool,
}

#[derive(Debug, Args)]
pub(crate) struct LogitsArgs {
    pub(crate) model: String,
    /// Token numbers, separated by commas.
    #[arg(long, value_delimiter = ',', required = true)]
    pub(crate) tokens: Vec<u32>,
    #[command(flatten)]
    pub(crate) running: Running,
}

#[derive(Debug, Args)]
pub(crate) struct Eval {
    pub(crate) model: String,
    /// The text to measure on.
    #[arg(long)]
    pub(crate) text: PathBuf,
    /// A model to compare with, usually the unquantized one.
    #[arg(long)]
    pub(crate) reference: Option<String>,
    /// Tokens per window, of which the second half is scored.
    #[arg(long, default_value_t = 512, value_parser = positive)]
    pub(crate) context: usize,
    /// Threads; physical cores if left out.
    #[arg(long, value_parser = threads)]
    pub(crate) threads: Option<usize>,
    /// KV cache type of the measured model.
    #[arg(long, value_enum, default_value_t = KvCacheArg::F16)]
    pub(crate) cache: KvCacheArg,
    /// How activations are rounded: as usual, or as papers do, for comparison.
    #[arg(long, value_enum, default_value_t = ActivationsArg::Standard)]
    pub(crate) activations: ActivationsArg,
    /// Backend that runs the model.
    #[arg(long, value_enum, default_value_t = BackendArg::Cpu)]
    pub(crate) backend: BackendArg,
}

#[derive(Debug, Args)]
pub(crate) struct QualityArgs {
    pub(crate) model: String,
    /// The model it was made from.
    #[arg(long)]
    pub(crate) original: String,
    /// A text to measure on, instead of what the original writes itself.
    #[arg(long)]
    pub(crate) text: Option<PathBuf>,
    /// Tokens to score.
    #[arg(long, value_parser = positive)]
    pub(crate) tokens: Option<usize>,
    /// What both are asked, for comparison.
    #[arg(long)]
    pub(crate) prompt: Option<String>,
    /// Threads; physical cores if left out.
    #[arg(long, value_parser = threads)]
    pub(crate) threads: Option<usize>,
}

#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    /// The model that the others were made from.
    pub(crate) original: String,
    /// Models to measure: made here or downloaded.
    #[arg(required = true)]
    pub(crate) models: Vec<String>,
    /// A text to measure on, instead of what the original writes itself.
    #[arg(long)]
    pub(crate) text: Option<PathBuf>,
    /// Tokens to score.
    #[arg(long, value_parser = positive)]
    pub(crate) tokens: Option<usize>,
    /// Threads; physical cores if left out.
    #[arg(long, value_parser = threads)]
    pub(crate) threads: Option<usize>,
}

#[derive(Debug, Args)]
pub(crate) struct Bench {
    pub(crate) model: String,
    /// Tokens of the prompt; 0 leaves it out.
    #[arg(short = 'p', long, default_value_t = 512)]
    pub(crate) prompt: usize,
    /// Tokens to generate; 0 leaves it out.
    #[arg(short = 'n', long, default_value_t = 64)]
    pub(crate) generate: usize,
    /// Tokens in the cache before measuring.
    #[arg(long, default_value_t = 0)]
    pub(crate) depth: usize,
    /// Runs of each; the median counts.
    #[arg(long, default_value_t = 3, value_parser = positive)]
    pub(crate) repeat: usize,
    #[command(flatten)]
    pub(crate) running: Running,
}

/// A method by its name, or by the short name that the first one has in the literature.
fn method(name: &str) -> Result<&'static dyn Method, UnknownName> {
    if name.eq_ignore_ascii_case("rtn") { Ok(methods::USUAL) } else { name.parse() }
}

fn planner(name: &str) -> Result<&'static dyn Planner, UnknownName> {
    name.parse()
}

/// A token's number and the bias of its logit.
fn logit_bias(text: &str) -> Result<(u32, f32), String> {
    let (token, bias) = text.split_once('=').ok_or("is not TOKEN=BIAS, such as 42=-inf")?;
    let token = token.trim().parse().ok().ok_or_else(|| format!("{token} is not the number of a token"))?;
    let bias = bias.trim().parse().ok().ok_or_else(|| format!("{bias} is not a number"))?;
    Ok((token, bias))
}

fn method_help() -> String {
    let names: Vec<_> = methods::ALL.iter().map(|method| method.name()).collect();
    format!("How the codes are found: {}", names.join(", "))
}

fn format_help() -> String {
    let names: Vec<_> = Format::examples().collect();
    format!(
        "Try a number format: every matrix of the layers gets its values, in a file of types that hold them. Any block format of GGUF, and {}; \
         intBITS[-sym|-asym|-min][-tensor|-row|-gLENGTH][-clip]",
        names.join(", ")
    )
}

fn planner_help() -> String {
    let names: Vec<_> = plan::ALL.iter().map(|planner| planner.name()).collect();
    format!("What chooses the type of each tensor: {}", names.join(", "))
}

/// A number of threads: from 1 to twice the logical cores, or to 64 on small machines. Threads beyond the cores only wait for
/// each other.
fn threads(text: &str) -> Result<usize, String> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let most = cores.saturating_mul(2).max(64);
    match positive(text)? {
        number if number > most => Err(format!("must be at most {most} on this machine")),
        number => Ok(number),
    }
}

/// A number of bytes, with or without a unit.
fn bytes(text: &str) -> Result<u64, String> {
    let end = text.find(|sign: char| !sign.is_ascii_digit() && sign != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let number: f64 = number.parse().ok().ok_or_else(|| format!("{text} is not a size such as 3.2GB"))?;
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "kb" => 1e3,
        "mb" => 1e6,
        "gb" => 1e9,
        "kib" => 1024.0,
        "mib" => 1024.0 * 1024.0,
        "gib" => 1024.0 * 1024.0 * 1024.0,
        _ => return Err(format!("{unit} is not a unit of bytes; use MB, GB, MiB or GiB")),
    };
    Ok((number * factor) as u64)
}

/// A number of at least 1.
fn positive(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("must be at least 1".into()),
        Ok(number) => Ok(number),
        Err(_) => Err("is not a whole number".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_threads_than_a_machine_can_use_are_refused() {
        assert_eq!(threads("64"), Ok(64));
        assert_eq!(threads("0"), Err("must be at least 1".to_owned()));
        for number in ["500000", "18446744073709551615"] {
            assert!(threads(number).unwrap_err().starts_with("must be at most "), "{number}");
        }
    }
}
