//! Loading of a model.

use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Instant;

use nibble_kernels::Level;

use super::Error;
use super::default_context::context_or_default;
use crate::backend::{self, Backend, Decoder, DecoderSpec, RunOptions};
use crate::fit::{MemoryNeed, Setting};
use crate::hardware;
use crate::models::{self, Model};
use crate::progress::{Cancel, Observer, Warning};
use crate::text::{ChatTemplate, ChatTemplates, Tokenizer};

/// Options for loading and running a model.
#[derive(Clone, Copy, Debug)]
pub struct LoadOptions {
    /// The backend that runs the model.
    pub backend: &'static dyn Backend,
    /// Options of the backend.
    pub run: RunOptions,
}

impl Default for LoadOptions {
    fn default() -> Self {
        Self::with_threads(None)
    }
}

impl LoadOptions {
    /// The preferred backend with `threads` threads, or one per physical core if `None`.
    pub fn with_threads(threads: Option<usize>) -> Self {
        let threads = threads.unwrap_or_else(hardware::physical_cores);
        Self { backend: backend::preferred(), run: RunOptions::new(threads) }
    }
}

/// A loaded model with tokenizer and templates.
pub struct LoadedModel {
    /// Path that it was loaded from.
    pub path: PathBuf,
    /// Display name of the model.
    pub name: String,
    /// Decoder that runs the model.
    pub decoder: Box<dyn Decoder>,
    /// Options with which it runs.
    pub run: RunOptions,
    /// Tokens that end a text.
    pub end_tokens: Vec<u32>,
    /// Tokenizer of the model.
    pub tokenizer: Tokenizer,
    /// Chat templates of the model.
    pub templates: ChatTemplates,
    /// Duration of loading in seconds.
    pub seconds: f64,
}

/// Loads the GGUF file or checkpoint folder at `path`.
///
/// # Errors
/// [`Error::Model`], [`Error::Backend`], [`Error::Text`].
pub fn load(
    path: &Path,
    options: &LoadOptions,
    observer: &dyn Observer,
    cancel: &Cancel,
) -> Result<LoadedModel, Error> {
    load_opened(&models::open(path, observer)?, options, observer, cancel)
}

/// Loads the model at `path`, unless it needs more memory than is available with this context; a default one if `None`.
///
/// # Errors
/// [`Error::TooLarge`] before anything is loaded; the errors of [`load`].
pub fn load_if_it_fits(
    path: &Path,
    context: Option<usize>,
    options: &LoadOptions,
    observer: &dyn Observer,
    cancel: &Cancel,
) -> Result<LoadedModel, Error> {
    let model = models::open(path, observer)?;
    let spec = model.spec()?;
    let setting = Setting { run: options.run, ..Setting::here(context_or_default(&spec, context), None) };
    let need = MemoryNeed::of(&model, &spec, &setting)?;
    if !need.fits() {
        return Err(Error::TooLarge(Box::new(need)));
    }
    load_opened(&model, options, observer, cancel)
}

/// Loads an opened model.
///
/// # Errors
/// The errors of [`load`].
pub(super) fn load_opened(
    model: &Model,
    options: &LoadOptions,
    observer: &dyn Observer,
    cancel: &Cancel,
) -> Result<LoadedModel, Error> {
    let start = Instant::now();
    let LoadOptions { backend, run } = *options;
    let spec = model.spec()?;
    warn_of_unused(&spec, model, observer)?;
    let (words, decoder) = join(&|| Ok::<_, Error>((model.tokenizer()?, model.chat_templates()?)), || {
        backend.load(spec, model.source(), &run, observer, cancel)
    });
    let ((tokenizer, templates), decoder) = (words?, decoder?);
    Ok(LoadedModel {
        path: model.path().to_path_buf(),
        name: model.name().to_owned(),
        decoder,
        run,
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

/// Warns of tensors that the decoder does not read.
fn warn_of_unused(spec: &DecoderSpec, model: &Model, observer: &dyn Observer) -> Result<(), Error> {
    for tensor in backend::bind(spec, model.source().tensors())?.unclaimed() {
        observer.warn(Warning::TensorIgnored { tensor: tensor.name.clone() });
    }
    Ok(())
}

/// Runs both closures concurrently, the first on its own thread; parsing a large vocabulary takes as long as loading hundreds of MB
/// of weights.
fn join<A: Send, B>(first: &(impl Fn() -> A + Sync), second: impl FnOnce() -> B) -> (A, B) {
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

/// The instruction-set level named `name`; the best if `None`.
///
/// # Errors
/// [`Error::UnknownLevel`] when this machine has none of that name.
pub fn level(name: Option<&str>) -> Result<Level, Error> {
    let Some(name) = name else { return Ok(Level::best()) };
    Level::from_name(name).ok_or_else(|| Error::UnknownLevel {
        name: name.to_owned(),
        known: Level::available().iter().map(|level| level.name()).collect::<Vec<_>>().join(", "),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::causes::sentence;

    #[test]
    fn a_context_that_does_not_fit_is_refused_before_anything_is_loaded() {
        let starter = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/starter");
        let options = LoadOptions::with_threads(Some(1));
        let load = |context| load_if_it_fits(&starter, context, &options, &(), &Cancel::default());
        assert!(load(Some(256)).is_ok());
        let Err(error) = load(Some(1 << 40)) else { panic!("no machine has this much memory") };
        let Error::TooLarge(need) = &error else { panic!("{error}") };
        assert!(need.total_bytes() > need.available_bytes && need.fitting_context.is_some());
        let said = sentence(&error);
        assert!(said.contains("a context of") && said.contains("--anyway"), "{said}");
    }
}
