//! Logits of both backends are those of transformers in f32.

use nibble_engine::backend::{Decoder, Logits};
use nibble_kernels::Level;
use nibble_tests::real_models::{self, SMOLLM2};

use crate::expected::{Expected, SampledLogits};
use crate::files::{in_f32, logits_of, on_cpu, smollm2};

/// Largest relative error of a decoder's logits, and of the logarithm of their sum in nats.
fn errors(decoder: &dyn Decoder, expected: &[SampledLogits]) -> (f64, f64) {
    let (mut largest, mut largest_sum) = (0.0_f64, 0.0_f64);
    for case in expected {
        let found = logits_of(decoder, &case.tokens, Logits::Last);
        assert!(found.iter().all(|logit| logit.is_finite()), "logits are numbers");
        let square = |value: f64| value * value;
        let pairs =
            case.ids.iter().zip(&case.logits).map(|(&id, &logit)| (f64::from(found[id]), f64::from(logit)));
        let difference: f64 = pairs.clone().map(|(found, expected)| square(found - expected)).sum();
        let size: f64 = pairs.map(|(_, expected)| square(expected)).sum();
        let log_sum = found.iter().map(|&logit| f64::from(logit).exp()).sum::<f64>().ln();
        largest = largest.max((difference / size).sqrt());
        largest_sum = largest_sum.max((log_sum - case.log_sum).abs());
    }
    (largest, largest_sum)
}

/// Both backends compute in another order than transformers; f32 keeps seven digits.
#[test]
fn logits_in_f32_are_those_of_transformers() {
    for model in real_models::all() {
        let Some(path) = model.path() else { continue };
        let (error, sum_error) = errors(&*in_f32(path).decoder, &Expected::of(model).logits);
        println!("{}: {error:.1e}, {sum_error:.1e}", model.name);
        assert!(error < 1e-4 && sum_error < 1e-3, "{}: {error:.1e}, {sum_error:.1e}", model.name);
    }
}

/// Weights are those of the file, activations are rounded. A divergence of 3e-4 nats, the aim of `sonnets.rs`, comes from logits that
/// are off by 0.025 on average (half of their variance), a hundredth of what logits of likely tokens differ from each other.
#[test]
fn logits_of_quantized_weights_are_near_those_of_transformers_at_every_level() {
    for model in real_models::all() {
        let Some(path) = model.path() else { continue };
        check_every_level(model.name, path, &Expected::of(model).logits, 0.03);
    }
}

/// F16 weights may be multiplied with activations rounded to eight bits of mantissa (bf16), two fewer than their own.
#[test]
fn logits_of_f16_weights_are_near_those_of_transformers_at_every_level() {
    let Some(path) = smollm2("f16") else { return };
    check_every_level("f16", &path, &Expected::of(&SMOLLM2).logits, 0.01);
}

fn check_every_level(name: &str, path: &std::path::Path, expected: &[SampledLogits], bound: f64) {
    let found: Vec<_> = Level::available()
        .into_iter()
        .map(|level| (level.name(), errors(&*on_cpu(path, level).decoder, expected).0))
        .collect();
    println!("{name}: {found:?}");
    assert!(found.iter().all(|(_, error)| *error < bound), "{name}: {found:?}, bound {bound}");
}
