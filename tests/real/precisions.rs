//! Quantizing real weights: fewer bits cost more, within bounds.

use nibble_kernels::Level;
use nibble_tests::divergence::{Feeding, ScoredText};
use nibble_tests::real_models::SMOLLM2;

use crate::expected::{Expected, sonnets};
use crate::files::{in_f32, on_cpu, smollm2};

/// Precisions with the largest divergence from F16, in nats, and the smallest: a smaller one would mean that nothing was quantized.
const BOUNDS: [(&str, f64, f64); 7] = [
    ("f16", 1e-9, 3e-4),
    ("int8", 1e-5, 1e-3),
    ("q6_k", 1e-5, 2e-3),
    ("q5_k_m", 1e-5, 1e-2),
    ("int4", 1e-5, 5e-2),
    ("iq4_xs", 1e-5, 5e-2),
    ("q4_0", 1e-5, 1e-1),
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
    for (better, worse) in [
        ("f16", "int8"),
        ("int8", "q6_k"),
        ("q6_k", "q5_k_m"),
        ("q5_k_m", "int4"),
        ("int4", "q4_0"),
        ("iq4_xs", "q4_0"),
    ] {
        assert!(kl(better) < kl(worse), "{better} {worse}: {found:?}");
    }
}
