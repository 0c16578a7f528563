//! Layers with gradients: forward as the reference backend, backward as finite differences of forward.

use std::collections::HashMap;

use super::{
    CrossEntropy, Divergence, GradientLayer, GradientModel, KeepLogits, ProductGradients, weight_gradient,
};
use crate::backend::testing::{Random, TinyModel, plain_tiny_models, tiny_models};
use crate::backend::{SlotId, bind};

/// Lengths of the sequences that are computed together.
const LENGTHS: [usize; 3] = [23, 1, 12];
const N_TOKENS: usize = 36;
/// Room for positions; longer than the original context of the long RoPE.
const MAX_TOKENS: usize = 48;

fn tokens(vocab: usize) -> Vec<u32> {
    let mut random = Random::new(11);
    (0..N_TOKENS).map(|_| random.below(vocab as u64) as u32).collect()
}

/// The inputs of all layers, and the output of the last.
fn streams(model: &GradientModel<'_>, tokens: &[u32]) -> Vec<Vec<f32>> {
    let mut streams = vec![model.embedding(tokens).unwrap().forward(tokens)];
    for index in 0..model.spec().layers.len() {
        let pass = model.layer(index).unwrap().forward(&streams[index], &LENGTHS);
        streams.push(pass.output);
    }
    streams
}

#[test]
fn blocks_without_gradients_are_named() {
    let mut refused = Vec::new();
    for tiny in tiny_models() {
        let model = GradientModel::new(&tiny.spec, &tiny, MAX_TOKENS).unwrap();
        let layers = (0..tiny.spec.layers.len()).filter_map(|index| model.layer(index).err());
        refused.extend(layers.map(|error| error.to_string()));
    }
    for block in ["mixture of experts", "short convolution", "gated delta rule", "attention with a gate"] {
        assert!(refused.iter().any(|error| error.contains(block)), "{block}");
    }
}

fn for_each_model(test: impl Fn(&TinyModel, &GradientModel<'_>)) {
    for tiny in plain_tiny_models() {
        test(&tiny, &GradientModel::new(&tiny.spec, &tiny, MAX_TOKENS).unwrap());
    }
}

#[cfg(feature = "candle")]
#[test]
fn logits_are_those_of_the_reference_backend() {
    use crate::backend::{Logits, RunOptions, by_name};
    use crate::progress::Cancel;

    for_each_model(|tiny, model| {
        let tokens = tokens(tiny.spec.vocab_size);
        let stream = streams(model, &tokens).pop().unwrap();
        let got = model.head().unwrap().forward(&stream, &KeepLogits).concat();
        let backend = by_name("candle").unwrap();
        let run = RunOptions::new(1);
        let decoder = backend.load(tiny.spec.clone(), tiny, &run, &(), &Cancel::new()).unwrap();
        let (mut first, mut want) = (0, Vec::new());
        for length in LENGTHS {
            let mut sequence = decoder.sequence(MAX_TOKENS).unwrap();
            let fed = &tokens[first..first + length];
            want.extend_from_slice(sequence.feed(fed, Logits::All, &Cancel::new()).unwrap());
            first += length;
        }
        let largest = want.iter().fold(0.0_f32, |largest, x| largest.max(x.abs()));
        assert_eq!(got.len(), want.len());
        for (index, (got, want)) in got.iter().zip(&want).enumerate() {
            let name = &tiny.spec.architecture;
            assert!(
                (got - want).abs() <= 1e-5 * largest,
                "{name} logit {index}: {got} not {want} of {largest}"
            );
        }
    });
}

/// Collects the gradients of all weights.
#[derive(Default)]
struct Collected {
    weights: HashMap<SlotId, Vec<f32>>,
    biases: HashMap<SlotId, Vec<f32>>,
}

impl ProductGradients for Collected {
    fn product(&mut self, slot: SlotId, input: &[f32], d_output: &[f32]) {
        let (n_in, n_out) = (input.len() / N_TOKENS, d_output.len() / N_TOKENS);
        let mut gradient = vec![0.0; n_in * n_out];
        // Rows in two parts, as callers sum them.
        let (first, second) = gradient.split_at_mut(n_in * (n_out / 2));
        weight_gradient(d_output, n_out, input, 0..n_out / 2, first);
        weight_gradient(d_output, n_out, input, n_out / 2..n_out, second);
        self.weights.insert(slot, gradient);
        let bias = (0..n_out).map(|out| d_output.iter().skip(out).step_by(n_out).sum()).collect();
        self.biases.insert(slot, bias);
    }
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

/// Derivative of `value` at 0 by central differences of two steps, whose third-order terms cancel.
fn derivative(step: f32, value: impl Fn(f32) -> f64) -> f64 {
    let slope = |h: f32| (value(h) - value(-h)) / (2.0 * f64::from(h));
    (4.0 * slope(step) - slope(2.0 * step)) / 3.0
}

/// Directions in which a tensor of `n` numbers is changed: some of its numbers alone, and all at once.
fn directions(n: usize, random: &mut Random) -> Vec<Vec<f32>> {
    let mut found = vec![random.numbers(n), random.numbers(n)];
    for _ in 0..12 {
        let mut one = vec![0.0; n];
        one[random.below(n as u64) as usize] = 1.0;
        found.push(one);
    }
    found
}

/// Checks the gradient of a tensor of `n` numbers; `value(direction, step)` is the loss after a change.
fn check(what: &str, gradient: &[f32], random: &mut Random, value: impl Fn(&[f32], f32) -> f64) {
    for direction in directions(gradient.len(), random) {
        let norm = dot(&direction, &direction).sqrt();
        let step = (0.02 / norm) as f32;
        let want = derivative(step, |h| value(&direction, h));
        let got = dot(gradient, &direction);
        // Losses are sums of some thousand f32 terms, whose rounding a step of 0.02 multiplies by 50.
        assert!((got - want).abs() <= 2e-3 * got.abs() + 1e-3 * norm, "{what}: {got} not {want}");
    }
}

fn moved(values: &[f32], direction: &[f32], step: f32) -> Vec<f32> {
    values.iter().zip(direction).map(|(x, d)| x + step * d).collect()
}

fn check_layer(name: &str, layer: &GradientLayer, x: &[f32]) {
    let mut random = Random::new(17);
    let scale = random.numbers(x.len());
    let loss = |layer: &GradientLayer, x: &[f32]| dot(&layer.forward(x, &LENGTHS).output, &scale);
    let pass = layer.forward(x, &LENGTHS);
    let mut collected = Collected::default();
    let dx = layer.backward(x, &LENGTHS, &pass, &scale, &mut collected);
    check(&format!("{name} input"), &dx, &mut random, |direction, h| loss(layer, &moved(x, direction, h)));
    for index in 0..layer.matrices().len() {
        let matrix = layer.matrices()[index];
        let changed = |change: &dyn Fn(&mut super::Linear)| {
            let mut layer = layer.clone();
            change(layer.matrices_mut()[index]);
            loss(&layer, x)
        };
        let what = format!("{name} matrix {index}");
        check(&what, &collected.weights[&matrix.slot], &mut random, |direction, h| {
            changed(&|matrix| matrix.weight = moved(&matrix.weight, direction, h))
        });
        if let Some(bias) = &matrix.bias {
            check(&format!("{what} bias"), &collected.biases[&matrix.slot], &mut random, |direction, h| {
                changed(&|matrix| matrix.bias = Some(moved(bias, direction, h)))
            });
        }
    }
    let mut without_input = Collected::default();
    layer.backward_weights(x, &LENGTHS, &pass, &scale, &mut without_input);
    assert_eq!(without_input.weights, collected.weights, "{name}");
}

#[test]
fn gradients_of_weights_and_inputs_are_those_of_finite_differences() {
    for_each_model(|tiny, model| {
        let streams = streams(model, &tokens(tiny.spec.vocab_size));
        for (index, x) in streams[..streams.len() - 1].iter().enumerate() {
            check_layer(
                &format!("{} layer {index}", tiny.spec.architecture),
                &model.layer(index).unwrap(),
                x,
            );
        }
    });
}

#[test]
fn gradients_of_losses_are_those_of_finite_differences() {
    for_each_model(|tiny, model| {
        let mut random = Random::new(23);
        let vocab = tiny.spec.vocab_size;
        let x = streams(model, &tokens(vocab)).pop().unwrap();
        let head = model.head().unwrap();
        let labels = tokens(vocab);
        let entropy = CrossEntropy { labels: &labels };
        let reference = random.numbers(N_TOKENS * vocab);
        let divergence = Divergence { reference: &reference };
        let total = |x: &[f32]| head.forward(x, &entropy).iter().sum::<f64>();
        check("cross-entropy", &head.backward(&x, &entropy).0, &mut random, |d, h| total(&moved(&x, d, h)));
        let total = |x: &[f32]| head.forward(x, &divergence).iter().sum::<f64>();
        check("divergence", &head.backward(&x, &divergence).0, &mut random, |d, h| total(&moved(&x, d, h)));
        let own = head.forward(&x, &KeepLogits).concat();
        let of_itself: f64 = head.forward(&x, &Divergence { reference: &own }).iter().sum();
        assert!(of_itself.abs() < 1e-4, "{of_itself}");
    });
}

#[test]
fn the_whole_decoder_s_gradient_is_that_of_finite_differences() {
    for_each_model(|tiny, model| {
        let tokens = tokens(tiny.spec.vocab_size);
        let entropy = CrossEntropy { labels: &tokens };
        let layers: Vec<_> = (0..tiny.spec.layers.len()).map(|index| model.layer(index).unwrap()).collect();
        let head = model.head().unwrap();
        let streams = streams(model, &tokens);
        let mut d = head.backward(&streams[layers.len()], &entropy).0;
        for (layer, x) in layers.iter().zip(&streams).rev() {
            let pass = layer.forward(x, &LENGTHS);
            d = layer.backward(x, &LENGTHS, &pass, &d, &mut ());
        }
        let total = |x: Vec<f32>| {
            let last = layers.iter().fold(x, |x, layer| layer.forward(&x, &LENGTHS).output);
            head.forward(&last, &entropy).iter().sum::<f64>()
        };
        let mut random = Random::new(29);
        check(&tiny.spec.architecture, &d, &mut random, |d, h| total(moved(&streams[0], d, h)));
    });
}

#[test]
fn sequences_do_not_see_each_other_and_threads_change_no_bit() {
    for_each_model(|tiny, model| {
        let x = &streams(model, &tokens(tiny.spec.vocab_size))[0];
        let layer = model.layer(0).unwrap();
        let scale = Random::new(31).numbers(x.len());
        let all = || {
            let pass = layer.forward(x, &LENGTHS);
            let mut collected = Collected::default();
            let dx = layer.backward(x, &LENGTHS, &pass, &scale, &mut collected);
            let mut weights: Vec<_> = collected.weights.into_iter().collect();
            weights.sort_by_key(|(slot, _)| *slot);
            (pass.output, dx, weights)
        };
        let on =
            |n_threads| rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap().install(all);
        let (output, dx, weights) = on(1);
        assert!((output.clone(), dx, weights) == on(3), "{}", tiny.spec.architecture);
        let mut first = 0;
        for length in LENGTHS {
            let part = first * tiny.spec.d_model..(first + length) * tiny.spec.d_model;
            let alone = layer.forward(&x[part.clone()], &[length]).output;
            let near = alone.iter().zip(&output[part]).all(|(a, b)| (a - b).abs() <= 1e-5 * (1.0 + b.abs()));
            assert!(near, "{}", tiny.spec.architecture);
            first += length;
        }
    });
}

#[test]
fn a_token_outside_of_the_vocabulary_is_refused() {
    let tiny = &tiny_models()[0];
    let model = GradientModel::new(&tiny.spec, tiny, MAX_TOKENS).unwrap();
    assert!(model.embedding(&[0, tiny.spec.vocab_size as u32]).is_err());
    let bound = bind(&tiny.spec, &tiny.tensors).unwrap();
    assert_eq!(model.bound().slots(), bound.slots());
}
