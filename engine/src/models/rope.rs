//! RoPE parameters in configurations, and the divisors that GGUF stores as tensors.
//!
//! Older configurations have `rope_theta` and `rope_scaling`, transformers 5 has `rope_parameters`, which gemma 3 nests by
//! layer type. Formulas: transformers `modeling_rope_utils.py`; the divisors of llama3 scaling: llama.cpp's converter, which
//! stores the reciprocal of the frequency factor, so that a reader needs no formula.

use super::error::Error;
use super::fields::Fields;
use crate::backend::Yarn;

/// RoPE of a model, or of its layers of one type.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RopeConfig {
    /// Base of the frequencies.
    pub(super) base: f32,
    /// Number of leading elements of a head that rotate.
    pub(super) n_rotary: usize,
    /// Scaling of the frequencies.
    pub(super) scaling: Scaling,
}

/// RoPE frequency scaling of a configuration.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scaling {
    /// Unscaled frequencies, as given by the base.
    None,
    /// All frequencies divided by one factor.
    Linear(f32),
    /// Frequencies divided by one number per pair.
    Factors(Vec<f32>),
    /// Frequencies divided by one number per pair, with one list for each side of the original context.
    LongRope {
        /// Divisors for contexts up to the original one.
        short: Vec<f32>,
        /// Divisors for longer contexts.
        long: Vec<f32>,
        /// Original context in tokens.
        original_context: usize,
        /// Factor of sines and cosines.
        attention_factor: f32,
    },
    /// YaRN: long wavelengths divided by a factor, short ones unchanged.
    Yarn(Yarn),
}

/// Parameters of the model that a RoPE depends on.
#[derive(Clone, Copy)]
pub(super) struct RopeContext {
    /// Width of a head.
    pub(super) head_dim: usize,
    /// Longest context of the model in tokens.
    pub(super) context_length: usize,
    /// Default base of the frequencies.
    pub(super) default_base: f32,
    /// Default original context in tokens.
    pub(super) default_original: usize,
    /// Default part of a head that rotates.
    pub(super) default_partial: f32,
}

impl RopeConfig {
    /// The RoPE of a model whose layers all share it.
    pub(super) fn read(config: &Fields, context: RopeContext) -> Result<Self, Error> {
        let nested = match config.object("rope_parameters")? {
            Some(parameters) => parameters.object("full_attention")?.or(Some(parameters)),
            None => config.object("rope_scaling")?,
        };
        let base = config.number("rope_theta", context.default_base)?;
        Self::from_parameters(config, nested, RopeContext { default_base: base, ..context })
    }

    /// The RoPE of gemma 3's layers of one type: `full_attention` or `sliding_attention`.
    pub(super) fn read_layer_type(
        config: &Fields,
        layer_type: &str,
        context: RopeContext,
    ) -> Result<Self, Error> {
        let full = layer_type == "full_attention";
        let parameters = match config.object("rope_parameters")? {
            Some(parameters) => parameters.object(layer_type)?,
            // The older scaling applies to the layers with full attention.
            None if full => config.object("rope_scaling")?,
            None => None,
        };
        let base = if full { "rope_theta" } else { "rope_local_base_freq" };
        let base = config.number(base, context.default_base)?;
        Self::from_parameters(config, parameters, RopeContext { default_base: base, ..context })
    }

    fn from_parameters(
        config: &Fields,
        parameters: Option<Fields>,
        context: RopeContext,
    ) -> Result<Self, Error> {
        let parameters = parameters.as_ref();
        let own = |name| parameters.map_or(Ok(None), |fields: &Fields| fields.optional_number(name));
        let base = own("rope_theta")?.unwrap_or(context.default_base);
        let partial = match own("partial_rotary_factor")? {
            Some(partial) => partial,
            None => config.number("partial_rotary_factor", context.default_partial)?,
        };
        if partial > 1.0 {
            return Err(config.invalid("partial_rotary_factor", "at most 1"));
        }
        // Rounded down as in Python, but robust against f32 rounding: 0.7 · 80 is 56.
        let n_rotary = (context.head_dim as f64 * f64::from(partial) + 1e-3) as usize;
        if n_rotary < 2 || !n_rotary.is_multiple_of(2) {
            return Err(
                config.invalid("partial_rotary_factor", "such that an even number of elements rotates")
            );
        }
        let plain = Self { base, n_rotary, scaling: Scaling::None };
        match parameters {
            Some(parameters) => Ok(Self { scaling: plain.scaling(config, parameters, context)?, ..plain }),
            None => Ok(plain),
        }
    }

    fn scaling(&self, config: &Fields, parameters: &Fields, context: RopeContext) -> Result<Scaling, Error> {
        let key = if parameters.value("rope_type").is_some() { "rope_type" } else { "type" };
        match parameters.text(key)?.unwrap_or("default") {
            "default" => Ok(Scaling::None),
            "linear" => Ok(Scaling::Linear(parameters.needed_number("factor")?)),
            "llama3" => self.llama3(parameters, context),
            // Phi-3's first configurations spell it su.
            "longrope" | "su" => self.longrope(config, parameters, context),
            "yarn" => yarn(parameters, context),
            _ => Err(parameters.invalid(key, "default, linear, llama3, longrope or yarn")),
        }
    }

    /// Scales wavelengths beyond the original context, keeps short ones, and blends those in between.
    fn llama3(&self, parameters: &Fields, context: RopeContext) -> Result<Scaling, Error> {
        let factor = f64::from(parameters.needed_number("factor")?);
        let low = f64::from(parameters.needed_number("low_freq_factor")?);
        let high = f64::from(parameters.needed_number("high_freq_factor")?);
        if high <= low {
            return Err(parameters.invalid("high_freq_factor", "above low_freq_factor"));
        }
        let original = parameters.count("original_max_position_embeddings", context.default_original)? as f64;
        let divisor = |pair: usize| {
            let frequency = f64::from(self.base).powf(-2.0 * pair as f64 / self.n_rotary as f64);
            let wavelength = std::f64::consts::TAU / frequency;
            if wavelength < original / high {
                1.0
            } else if wavelength > original / low {
                factor
            } else {
                let smooth = (original / wavelength - low) / (high - low);
                1.0 / ((1.0 - smooth) / factor + smooth)
            }
        };
        Ok(Scaling::Factors((0..self.n_rotary / 2).map(|pair| divisor(pair) as f32).collect()))
    }

    fn longrope(&self, config: &Fields, parameters: &Fields, context: RopeContext) -> Result<Scaling, Error> {
        let own = parameters.count("original_max_position_embeddings", context.default_original)?;
        let original_context = config.count("original_max_position_embeddings", own)?;
        if original_context < 2 {
            return Err(config.invalid("original_max_position_embeddings", "at least 2"));
        }
        let stretch = context.context_length as f64 / original_context as f64;
        let factor = parameters.optional_number("factor")?.map_or(stretch, f64::from);
        let recommended =
            if factor <= 1.0 { 1.0 } else { (1.0 + factor.ln() / (original_context as f64).ln()).sqrt() };
        Ok(Scaling::LongRope {
            short: parameters.numbers("short_factor", self.n_rotary / 2)?,
            long: parameters.numbers("long_factor", self.n_rotary / 2)?,
            original_context,
            attention_factor: parameters.number("attention_factor", recommended as f32)?,
        })
    }
}

/// Fills in what a configuration leaves out, as transformers does.
fn yarn(parameters: &Fields, context: RopeContext) -> Result<Scaling, Error> {
    let original_context = parameters.count("original_max_position_embeddings", context.default_original)?;
    let stretch = context.context_length as f32 / original_context as f32;
    let factor = parameters.number("factor", stretch)?;
    let (beta_fast, beta_slow) =
        (parameters.number("beta_fast", 32.0)?, parameters.number("beta_slow", 1.0)?);
    if beta_fast < beta_slow {
        return Err(parameters.invalid("beta_fast", "at least beta_slow"));
    }
    // Zeros count as absent.
    let weight = |name| match parameters.value(name).and_then(serde_json::Value::as_f64) {
        Some(0.0) => Ok(None),
        _ => parameters.optional_number(name),
    };
    let recommended = match (weight("mscale")?, weight("mscale_all_dim")?) {
        (Some(own), Some(all)) => Yarn::recommended(factor, own) / Yarn::recommended(factor, all),
        _ => Yarn::recommended(factor, 1.0),
    };
    Ok(Scaling::Yarn(Yarn {
        factor,
        original_context,
        beta_fast,
        beta_slow,
        truncate: parameters.flag("truncate", true)?,
        attention_factor: parameters.number("attention_factor", recommended)?,
    }))
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "numbers are passed on as they are")]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::models::error::ConfigFile;

    const CONTEXT: RopeContext = RopeContext {
        head_dim: 64,
        context_length: 8192,
        default_base: 1e4,
        default_original: 4096,
        default_partial: 1.0,
    };

    fn read(config: &Value) -> Result<RopeConfig, Error> {
        RopeConfig::read(&Fields::new(config.as_object().unwrap(), ConfigFile::Config), CONTEXT)
    }

    #[test]
    fn the_old_style_and_the_new_one_mean_the_same() {
        let old =
            read(&json!({"rope_theta": 5e5, "rope_scaling": {"type": "linear", "factor": 4.0}})).unwrap();
        let new =
            read(&json!({"rope_parameters": {"rope_theta": 5e5, "rope_type": "linear", "factor": 4.0}}))
                .unwrap();
        assert_eq!(old, new);
        assert_eq!(old, RopeConfig { base: 5e5, n_rotary: 64, scaling: Scaling::Linear(4.0) });
        let nested =
            json!({"rope_parameters": {"full_attention": {"rope_theta": 7.0}, "sliding_attention": {}}});
        assert_eq!(read(&nested).unwrap().base, 7.0);
    }

    #[test]
    fn llama3_scaling_keeps_short_wavelengths_and_stretches_long_ones() {
        let config = json!({"rope_theta": 5e5, "rope_scaling": {"rope_type": "llama3", "factor": 32.0,
            "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}});
        let Scaling::Factors(factors) = read(&config).unwrap().scaling else { panic!("no factors") };
        assert_eq!(factors.len(), 32);
        assert_eq!(factors[0], 1.0);
        assert_eq!(factors[31], 32.0);
        assert!(factors.windows(2).all(|pair| pair[0] <= pair[1]));
        assert!(factors.iter().any(|&factor| factor > 1.0 && factor < 32.0));
    }

    #[test]
    fn longrope_works_out_its_attention_factor() {
        let config = json!({"rope_parameters": {"rope_type": "longrope", "short_factor": vec![1.0; 32],
            "long_factor": vec![2.0; 32], "original_max_position_embeddings": 2048}});
        let Scaling::LongRope { original_context, attention_factor, .. } = read(&config).unwrap().scaling
        else {
            panic!("no longrope")
        };
        assert_eq!(original_context, 2048);
        assert!((attention_factor - (1.0 + 4f32.ln() / 2048f32.ln()).sqrt()).abs() < 1e-6);
    }

    #[test]
    fn yarn_works_out_what_is_absent() {
        let yarn = |parameters: Value| match read(&json!({ "rope_parameters": parameters })).unwrap().scaling
        {
            Scaling::Yarn(yarn) => yarn,
            other => panic!("{other:?}"),
        };
        let plain =
            yarn(json!({"rope_type": "yarn", "factor": 16.0, "original_max_position_embeddings": 1024}));
        assert_eq!((plain.factor, plain.original_context, plain.truncate), (16.0, 1024, true));
        assert_eq!((plain.beta_fast, plain.beta_slow), (32.0, 1.0));
        assert!((plain.attention_factor - 1.277_258_9).abs() < 1e-6, "{}", plain.attention_factor);
        let ministral = json!({"rope_type": "yarn", "factor": 16.0, "original_max_position_embeddings": 1024,
            "mscale": 1.0, "mscale_all_dim": 1.0});
        assert_eq!(yarn(ministral).attention_factor, 1.0);
        // Without a factor it follows from the two contexts, of 8,192 tokens here.
        let none = json!({"rope_type": "yarn", "original_max_position_embeddings": 1024, "mscale": 0.0,
            "truncate": false, "attention_factor": 1.5});
        let none = yarn(none);
        assert_eq!((none.factor, none.truncate, none.attention_factor), (8.0, false, 1.5));
    }

    #[test]
    fn what_is_unknown_or_senseless_is_named() {
        for (config, field) in [
            (json!({"rope_scaling": {"rope_type": "dynamic", "factor": 4.0}}), "rope_type"),
            (json!({"rope_scaling": {"rope_type": "yarn", "factor": 4.0, "beta_fast": 0.5}}), "beta_fast"),
            (json!({"rope_scaling": {"type": "linear", "factor": -1.0}}), "factor"),
            (json!({"rope_scaling": {"type": "linear"}}), "factor"),
            (json!({"rope_theta": 0}), "rope_theta"),
            (json!({"partial_rotary_factor": 1.5}), "partial_rotary_factor"),
            (json!({"rope_scaling": 3}), "rope_scaling"),
            (
                json!({"rope_scaling": {"type": "longrope", "short_factor": [1.0], "long_factor": [1.0]}}),
                "short_factor",
            ),
        ] {
            match read(&config) {
                Err(Error::Invalid { field: found, .. } | Error::Missing { field: found, .. }) => {
                    assert_eq!(found, field, "{config}");
                }
                other => panic!("{config}: {other:?}"),
            }
        }
    }
}
