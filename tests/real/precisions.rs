//! Quantizing real weights: fewer bits cost more, within bounds.

use nibble_kernels::Level;
use nibble_tests::divergence::{Feeding, ScoredText};
use nibble_tests::real_models::SMOLLM2;

use crate::expected::{Expected, sonnets};
use crate::files::{in_f32, on_cpu, smollm2};

/// Precisions, each with the least and the largest divergence from F16 in nats: half of and half again what the weights cost alone
/// (in f32 arithmetic, `examples/activations.rs`), rounded. Less would mean that the weights were not quantized.
const BOUNDS: [(&str, f64, f64); 7] = [
    ("f16", 0.0, 3e-4),
    ("int8", 1.3e-3, 3.9e-3),
    ("q6_k", 4.7e-3, 1.2e-2),
    ("q5_k_m", 0.11, 0.3),
    ("int4", 0.047, 0.14),
    ("iq4_xs", 0.16, 0.48),
    ("q4_0", 0.22, 0.67),
];

/// Pairs of which the first costs less. The weights lie on a grid of 16 steps, which a type of 32 other steps need not hit better
/// than one of 16: `q5_k_m` is compared with no 4-bit type.
const ORDER: [(&str, &str); 7] = [
    ("f16", "int8"),
    ("int8", "q6_k"),
    ("q6_k", "q5_k_m"),
    ("q6_k", "int4"),
    ("q6_k", "iq4_xs"),
    ("int4", "q4_0"),
    ("iq4_xs", "q4_0"),
];

#[test]
fn fewer_bits_cost_more_within_bounds() {
    let Some(original) = smollm2("f16") else { return };
    let reference = in_f32(&original);
    let tokens = reference.tokenizer.encode(&sonnets()).unwrap();
    let recorded = Expected::of(&SMOLLM2).sonnets;
    let text = ScoredText::new(&tokens, recorded.context, recorded.windows);
    let expected = text.read(&*reference.decoder, Feeding::Together);
    drop(reference);
    let mut found = Vec::new();
    for (precision, least, most) in BOUNDS {
        let path = smollm2(precision).unwrap();
        let logits = text.read(&*on_cpu(&path, Level::best()).decoder, Feeding::Together);
        let kl = text.compare(&expected, &logits).kl_mean;
        println!("{precision}: {kl:.2e}");
        found.push((precision, kl, (least..most).contains(&kl)));
    }
    assert!(found.iter().all(|(_, _, is_within)| *is_within), "{found:?}");
    let kl = |name: &str| found.iter().find(|(precision, ..)| *precision == name).unwrap().1;
    for (better, worse) in ORDER {
        assert!(kl(better) < kl(worse), "{better} {worse}: {found:?}");
    }
}
