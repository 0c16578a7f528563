//! What a model will take at each precision, and whether this machine has it: from its configuration alone, before anything is
//! downloaded or quantized.
//!
//! Memory is the weights, packed, the keys and values of the whole context, and the buffers of the decoder: each computed by the
//! code that allocates it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::error::Error;
use crate::backend::{self, DecoderSpec, RunOptions, bind};
use crate::base::TensorMeta;
use crate::hardware::{self, SystemMemory};
use crate::models::{self, Model, Outline};
use crate::quant::{self, ModelFacts, Precision};

/// Bytes that the program itself and the tokenizer take.
pub(super) const PROGRAM_BYTES: u64 = 64 << 20;
/// Fraction of the available memory up to which a model fits comfortably.
const COMFORTABLE: f64 = 0.8;
/// Of all memory, the share up to which it may fit if other programs are closed.
const TIGHT: f64 = 0.9;

/// Whether a model fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// With memory to spare.
    Comfortable,
    /// Only just, or only if other programs are closed.
    Tight,
    /// Not on this machine.
    DoesNotFit,
}

/// What a model takes at one precision and context.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Advice {
    /// The precision of the model.
    pub precision: Precision,
    /// Bytes of the file's tensors.
    pub disk_bytes: u64,
    /// Bytes of the weights in memory.
    pub weights_bytes: u64,
    /// Bytes of keys and values once the context is full, and of the decoder's buffers.
    pub context_bytes: u64,
    /// Both, and the program itself.
    pub memory_bytes: u64,
    /// Tokens per second that reading the weights from memory allows; `None` if the speed of memory is not known.
    pub tokens_per_second: Option<f64>,
    /// Whether it fits.
    pub verdict: Verdict,
}

/// For which model advice is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdviseRequest {
    /// GGUF file or checkpoint folder.
    pub path: PathBuf,
    /// Tokens of context; what a chat would take if `None`.
    pub context: Option<usize>,
}

/// For what machine and use advice is given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// Tokens of context.
    pub context: usize,
    /// How the model would be run.
    pub run: RunOptions,
    /// The machine's memory.
    pub memory: SystemMemory,
    /// What reading memory reaches, in 10⁹ bytes per second, if it was measured.
    pub read_gbps: Option<f64>,
}

impl Setting {
    /// This machine, as it is now.
    pub fn here(context: usize, read_gbps: Option<f64>) -> Self {
        Self {
            context,
            run: RunOptions::new(hardware::physical_cores()),
            memory: hardware::memory(),
            read_gbps,
        }
    }
}

/// Advice for every precision, best first, for the model that the text of a `config.json` describes.
///
/// # Errors
/// [`Error::Model`] when it cannot run at all.
pub fn advise_config(config: &[u8], setting: &Setting) -> Result<Vec<Advice>, Error> {
    advise_outline(&models::outline(config)?, setting)
}

/// Advice for every precision, best first, for a model that is known in outline.
///
/// # Errors
/// [`Error::Backend`] when a tensor is missing or has the wrong shape.
pub fn advise_outline(outline: &Outline, setting: &Setting) -> Result<Vec<Advice>, Error> {
    let Outline { spec, tensors, metadata } = outline;
    advise(spec, tensors, &ModelFacts::new(metadata, Some(spec)), setting)
}

/// Advice for every precision, best first, for a model on this machine.
///
/// # Errors
/// [`Error::Model`] when it cannot run at all.
pub fn advise_model(model: &Model, setting: &Setting) -> Result<Vec<Advice>, Error> {
    let spec = model.spec()?;
    let facts = ModelFacts::new(model.metadata(), Some(&spec));
    advise(&spec, model.source().tensors(), &facts, setting)
}

/// The best precision for a model of which only the number of weights is known, and whether it fits then.
///
/// Weights are counted at the type that most of them get, and a tenth more for what stays at more bits, for keys and values and
/// for buffers: close enough to choose a model by, not to load it by. `None` if it does not fit at 4 bits.
pub fn rough(parameters: u64, memory: SystemMemory) -> Option<(Precision, Verdict)> {
    let choices = [Precision::Q8_0, Precision::Q6_K, Precision::Q5_K_M, Precision::Q4_K_M];
    let judge = |precision: Precision| {
        let dtype = precision.base_type();
        let per_weight = dtype.block_bytes() as f64 / dtype.block_len() as f64;
        let bytes = (parameters as f64 * per_weight * 1.1) as u64 + PROGRAM_BYTES;
        (precision, verdict(bytes, memory))
    };
    let best = |wanted: Verdict| choices.into_iter().map(judge).find(|(_, verdict)| *verdict == wanted);
    best(Verdict::Comfortable).or_else(|| best(Verdict::Tight))
}

/// The one to preselect: the best that fits comfortably, or else the best that is tight. Precisions above 8 bits cost speed and
/// bring nothing that could be noticed, so they are taken only where they are all there is.
pub fn preselected(advice: &[Advice]) -> Option<&Advice> {
    let is_sensible = |one: &&Advice| !one.precision.base_type().is_float();
    let best = |verdict: Verdict| advice.iter().filter(is_sensible).find(|one| one.verdict == verdict);
    best(Verdict::Comfortable).or_else(|| best(Verdict::Tight))
}

fn advise(
    spec: &DecoderSpec,
    tensors: &[TensorMeta],
    facts: &ModelFacts,
    setting: &Setting,
) -> Result<Vec<Advice>, Error> {
    let advise_one = |precision: Precision| {
        let plan = quant::plan(precision, tensors, facts);
        let tensors = bind(spec, plan.tensors())?;
        let parts = backend::preferred().need(spec, &tensors, &setting.run, setting.context);
        let (weights_bytes, context_bytes) = (parts.weights_bytes, parts.sequence_bytes());
        let memory_bytes = weights_bytes + context_bytes + PROGRAM_BYTES;
        let per_token = weights_bytes.max(1) as f64;
        Ok(Advice {
            precision,
            disk_bytes: plan.tensor_bytes(),
            weights_bytes,
            context_bytes,
            memory_bytes,
            tokens_per_second: setting
                .read_gbps
                .filter(|gbps| *gbps > 0.0)
                .map(|gbps| gbps * 1e9 / per_token),
            verdict: verdict(memory_bytes, setting.memory),
        })
    };
    Precision::all().map(advise_one).collect()
}

fn verdict(bytes: u64, memory: SystemMemory) -> Verdict {
    let bytes = bytes as f64;
    if bytes <= memory.available_bytes as f64 * COMFORTABLE {
        Verdict::Comfortable
    } else if bytes <= memory.total_bytes as f64 * TIGHT {
        Verdict::Tight
    } else {
        Verdict::DoesNotFit
    }
}
