//! Advice: memory and speed of a model at each precision, and whether it fits this machine, from its configuration alone,
//! before anything is downloaded or quantized.
//!
//! Memory is the packed weights, the KV cache of the whole context, and the buffers of the decoder, each computed by the code
//! that allocates it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::error::Error;
use crate::backend::{self, DecoderSpec, RunOptions, bind};
use crate::base::TensorMeta;
use crate::hardware::{self, SystemMemory};
use crate::models::{self, Model, Outline};
use crate::quant::{self, ModelFacts, Precision};

/// Memory of the program itself and the tokenizer, in bytes.
pub(super) const PROGRAM_BYTES: u64 = 64 << 20;
/// Fraction of the available memory up to which a model fits comfortably.
const COMFORTABLE: f64 = 0.8;
/// Fraction of the total memory up to which a model may fit if other programs are closed.
const TIGHT: f64 = 0.9;

/// Whether a model fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It fits, with memory to spare.
    Comfortable,
    /// It fits only just, or only if other programs are closed.
    Tight,
    /// It does not fit this machine.
    DoesNotFit,
}

/// Memory and speed of a model at one precision and context.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Advice {
    /// The precision of the model.
    pub precision: Precision,
    /// Size of the file's tensors in bytes.
    pub disk_bytes: u64,
    /// Memory of the weights in bytes.
    pub weights_bytes: u64,
    /// Memory of the full KV cache and of the decoder's buffers, in bytes.
    pub context_bytes: u64,
    /// Total memory in bytes, including the program itself.
    pub memory_bytes: u64,
    /// Tokens per second if reading the weights from memory is the limit; `None` if the memory's speed is unknown.
    pub tokens_per_second: Option<f64>,
    /// Whether the model fits.
    pub verdict: Verdict,
}

/// A request for advice on a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdviseRequest {
    /// Path of the GGUF file or checkpoint folder.
    pub path: PathBuf,
    /// Context in tokens; the default of a chat if `None`.
    pub context: Option<usize>,
}

/// Machine and options for which advice is given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// Context in tokens.
    pub context: usize,
    /// Options for running the model.
    pub run: RunOptions,
    /// Memory of the machine.
    pub memory: SystemMemory,
    /// Memory read speed in 10⁹ bytes per second, if it was measured.
    pub read_gbps: Option<f64>,
}

impl Setting {
    /// The setting of this machine in its current state.
    pub fn here(context: usize, read_gbps: Option<f64>) -> Self {
        Self {
            context,
            run: RunOptions::new(hardware::physical_cores()),
            memory: hardware::memory(),
            read_gbps,
        }
    }
}

/// Advice for every offered precision, best first, for the model described by the text of a `config.json`.
///
/// # Errors
/// [`Error::Model`] when it cannot run at all.
pub fn advise_config(config: &[u8], setting: &Setting) -> Result<Vec<Advice>, Error> {
    advise_outline(&models::outline(config)?, setting)
}

/// Advice for every offered precision, best first, for the outline of a model.
///
/// # Errors
/// [`Error::Backend`] when a tensor is missing or has the wrong shape.
pub fn advise_outline(outline: &Outline, setting: &Setting) -> Result<Vec<Advice>, Error> {
    let Outline { spec, tensors, metadata } = outline;
    advise(spec, tensors, &ModelFacts::new(metadata, Some(spec)), setting)
}

/// Advice for every offered precision, best first, for a model on this machine.
///
/// # Errors
/// [`Error::Model`] when it cannot run at all.
pub fn advise_model(model: &Model, setting: &Setting) -> Result<Vec<Advice>, Error> {
    let spec = model.spec()?;
    let facts = ModelFacts::new(model.metadata(), Some(&spec));
    advise(&spec, model.source().tensors(), &facts, setting)
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
        let per_token = parts.token_bytes.max(1) as f64;
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
    Precision::offered().map(advise_one).collect()
}

/// Whether `bytes` fit into this memory.
pub(super) fn verdict(bytes: u64, memory: SystemMemory) -> Verdict {
    let bytes = bytes as f64;
    if bytes <= memory.available_bytes as f64 * COMFORTABLE {
        Verdict::Comfortable
    } else if bytes <= memory.total_bytes as f64 * TIGHT {
        Verdict::Tight
    } else {
        Verdict::DoesNotFit
    }
}
