//! Opening the model a command names.

use nibble_engine::backend::{Backend, by_name};
use nibble_engine::jobs::{
    self, ActivationMode, Error, GenerateOptions, KvCacheType, LoadOptions, LoadedModel, RunOptions,
};
use nibble_engine::library;
use nibble_engine::progress::Cancel;

use super::args::{self, Running, Sampling};
use super::output::Output;

/// Loads `model` as `running` says.
pub(crate) fn load(
    model: &str,
    running: &Running,
    output: &Output,
    cancel: &Cancel,
) -> Result<LoadedModel, Error> {
    let options = LoadOptions {
        backend: backend(running.backend)?,
        run: RunOptions {
            level: jobs::level(running.level.as_deref())?,
            cache: cache(running.cache),
            activations: activations(running.activations),
            ..LoadOptions::with_threads(running.threads).run
        },
    };
    let path = library::locate(model)?;
    if running.anyway {
        jobs::load(&path, &options, output, cancel)
    } else {
        jobs::load_if_it_fits(&path, running.context, &options, output, cancel)
    }
}

/// The backend that an option names.
pub(crate) fn backend(backend: args::BackendArg) -> Result<&'static dyn Backend, Error> {
    Ok(by_name(match backend {
        args::BackendArg::Cpu => "cpu",
        args::BackendArg::Candle => "candle",
    })?)
}

pub(crate) fn cache(cache: args::KvCacheArg) -> KvCacheType {
    match cache {
        args::KvCacheArg::F16 => KvCacheType::F16,
        args::KvCacheArg::Int8 => KvCacheType::Int8,
    }
}

pub(crate) fn activations(activations: args::ActivationsArg) -> ActivationMode {
    match activations {
        args::ActivationsArg::Standard => ActivationMode::Standard,
        args::ActivationsArg::PerToken => ActivationMode::PerToken,
        args::ActivationsArg::PerTensor => ActivationMode::PerTensor,
        args::ActivationsArg::OutlierColumns => ActivationMode::OutlierColumns,
    }
}

/// The options of `sampling` over `defaults`.
pub(crate) fn options(sampling: &Sampling, defaults: GenerateOptions) -> GenerateOptions {
    GenerateOptions {
        max_tokens: sampling.max_tokens.map_or(defaults.max_tokens, |most| (most > 0).then_some(most)),
        temperature: sampling.temperature.unwrap_or(defaults.temperature),
        top_k: sampling.top_k.unwrap_or(defaults.top_k),
        top_p: sampling.top_p.unwrap_or(defaults.top_p),
        min_p: sampling.min_p.unwrap_or(defaults.min_p),
        repetition_penalty: sampling.repetition_penalty.unwrap_or(defaults.repetition_penalty),
        presence_penalty: sampling.presence_penalty.unwrap_or(defaults.presence_penalty),
        frequency_penalty: sampling.frequency_penalty.unwrap_or(defaults.frequency_penalty),
        logit_bias: sampling.logit_bias.clone(),
        seed: sampling.seed.or(defaults.seed),
        stop_repetition: defaults.stop_repetition,
        lookup_tokens: sampling.lookup.unwrap_or(defaults.lookup_tokens),
        stop: if sampling.stop.is_empty() { defaults.stop } else { sampling.stop.clone() },
    }
}
