//! Opens a model and makes it ready to run.

use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Instant;

use nibble_kernels::Level;

use super::Error;
use crate::backend::candle::CandleDecoder;
use crate::backend::cpu::{CpuDecoder, CpuOptions};
use crate::backend::{CacheType, Decoder, DecoderSpec};
use crate::base::TensorSource;
use crate::hardware;
use crate::models::{self, Model};
use crate::progress::{Cancel, Observer, Warning};
use crate::text::{ChatTemplate, ChatTemplates, Tokenizer};

/// What computes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Backend {
    /// Nibble's own kernels.
    #[default]
    Cpu,
    /// The reference: f32 on candle tensors.
    Candle,
}

/// How a model is run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoadOptions {
    /// What computes.
    pub backend: Backend,
    /// Threads; the physical cores if `None`.
    pub threads: Option<usize>,
    /// Name of the instruction set; the best if `None`.
    pub level: Option<String>,
    /// What keys and values are kept as; the reference keeps them in f32.
    pub cache: CacheType,
}

/// A model ready to run.
pub struct LoadedModel {
    /// Where it was loaded from.
    pub path: PathBuf,
    /// Its name for people.
    pub name: String,
    /// Runs it.
    pub decoder: Box<dyn Decoder>,
    /// Instruction set it runs on.
    pub level: Level,
    /// Threads it runs on.
    pub threads: usize,
    /// Tokens that end a text.
    pub end_tokens: Vec<u32>,
    /// Turns text into its tokens.
    pub tokenizer: Tokenizer,
    /// Turns conversations into its prompts.
    pub templates: ChatTemplates,
    /// Seconds loading took.
    pub seconds: f64,
}

/// Loads the GGUF file or checkpoint folder at `path`.
///
/// # Errors
/// [`Error::Model`], [`Error::Backend`], [`Error::UnknownLevel`].
pub fn load(
    path: &Path,
    options: &LoadOptions,
    observer: &dyn Observer,
    cancel: &Cancel,
) -> Result<LoadedModel, Error> {
    load_opened(&models::open(path, observer)?, options, observer, cancel)
}

/// Loads a model that is open.
///
/// # Errors
/// As [`load`].
pub(super) fn load_opened(
    model: &Model,
    options: &LoadOptions,
    observer: &dyn Observer,
    cancel: &Cancel,
) -> Result<LoadedModel, Error> {
    let start = Instant::now();
    let level = choose_level(options.level.as_deref())?;
    let threads = options.threads.unwrap_or_else(hardware::physical_cores);
    let spec = model.spec()?;
    let cpu = CpuOptions { threads, level, cache: options.cache };
    let (words, decoder) = both(&|| Ok::<_, Error>((model.tokenizer()?, model.chat_templates()?)), || {
        decoder(spec, model.source(), options.backend, cpu, observer, cancel)
    });
    let ((tokenizer, templates), decoder) = (words?, decoder?);
    Ok(LoadedModel {
        path: model.path().to_path_buf(),
        name: model.name().to_owned(),
        decoder,
        level,
        threads,
        end_tokens: model.end_tokens().to_vec(),
        tokenizer,
        templates,
        seconds: start.elapsed().as_secs_f64(),
    })
}

impl LoadedModel {
    /// Its chat template, or a plain one with a warning.
    ///
    /// # Errors
    /// [`Error::Text`] when the template cannot be compiled.
    pub fn chat_template(&self, observer: &dyn Observer) -> Result<ChatTemplate, Error> {
        Ok(self.templates.choose(false)?.unwrap_or_else(|| {
            observer.warn(Warning::NoChatTemplate);
            ChatTemplate::plain()
        }))
    }
}

fn decoder(
    spec: DecoderSpec,
    source: &dyn TensorSource,
    backend: Backend,
    options: CpuOptions,
    observer: &dyn Observer,
    cancel: &Cancel,
) -> Result<Box<dyn Decoder>, Error> {
    Ok(match backend {
        Backend::Cpu => Box::new(CpuDecoder::load(spec, source, options, observer, cancel)?),
        Backend::Candle => Box::new(CandleDecoder::on_cpu(spec, source, observer, cancel)?),
    })
}

/// Calls both, the first on a thread of its own: a large vocabulary takes as long as some hundred megabytes of weights.
fn both<A: Send, B>(first: &(impl Fn() -> A + Sync), second: impl FnOnce() -> B) -> (A, B) {
    thread::scope(|scope| {
        let thread = thread::Builder::new().name("nibble-tokenizer".to_owned()).spawn_scoped(scope, first);
        let second = second();
        let first = match thread {
            Ok(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
            Err(_) => first(), // the system has no more threads
        };
        (first, second)
    })
}

fn choose_level(name: Option<&str>) -> Result<Level, Error> {
    let Some(name) = name else { return Ok(Level::best()) };
    Level::from_name(name).ok_or_else(|| Error::UnknownLevel {
        name: name.to_owned(),
        known: Level::available().iter().map(|level| level.name()).collect::<Vec<_>>().join(", "),
    })
}
