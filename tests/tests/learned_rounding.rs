//! Learned roundings and sensitivities on the starter, the one trained model there is here: what AutoRound gains at each number of
//! bits, and that predicted divergences are those that are measured.

#![allow(clippy::unwrap_used, reason = "a test file; what is wrong should stop it")]
#![allow(clippy::print_stdout, reason = "figures are worth seeing even where they are good enough")]

use std::path::{Path, PathBuf};

use nibble_engine::backend::gradient::{Divergence, GradientLayer, GradientModel, KeepLogits};
use nibble_engine::models::{self, Model};
use nibble_engine::progress::Cancel;
use nibble_engine::quant::methods::auto_round::{
    ScaleStorage, TuneData, TuneFormat, TuneMatrix, TuneOptions, tune,
};
use nibble_engine::quant::sensitivity::{Sensitivities, SensitivityOptions, measure};
use nibble_engine::quant::{Grid, Levels};
use nibble_kernels::decode::decode_row;
use nibble_kernels::{DType, Level, quantize};

/// Tokens of a sequence.
const LENGTH: usize = 64;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/starter")
}

/// Sequences of the starter's own domain: the questions that it was not trained on.
fn rows(model: &Model, n: usize) -> Vec<Vec<u32>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/starter/held_out.toml");
    let table: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
    let questions = table["question"].as_array().unwrap();
    let text: Vec<&str> = questions.iter().map(|question| question["text"].as_str().unwrap()).collect();
    let tokens = model.tokenizer().unwrap().encode(&text.join("\n")).unwrap();
    tokens.chunks_exact(LENGTH).take(n).map(<[u32]>::to_vec).collect()
}

fn blocks(dtype: DType, weights: &[f32]) -> (Vec<u8>, Vec<f32>) {
    let (mut bytes, mut values) =
        (vec![0; dtype.row_bytes(weights.len()).unwrap()], vec![0.0; weights.len()]);
    quantize(Level::best(), dtype, weights, None, &mut bytes);
    decode_row(dtype, &bytes, &mut values);
    (bytes, values)
}

/// A grid of `bits` for groups of 128 weights, from the extremes of each group.
fn integers(bits: u32, weights: &[f32], n_cols: usize) -> TuneFormat {
    let top = ((1_u32 << bits) - 1) as f32;
    let range = |weights: &[f32]| weights.iter().fold((0.0_f32, 0.0_f32), |(a, b), &w| (a.min(w), b.max(w)));
    let groups = weights.chunks(128).map(range);
    let (scales, mins) = groups.map(|(low, high)| ((high - low) / top, -low)).unzip();
    let levels = Levels::new((0..1_u32 << bits).map(|level| level as f32).collect());
    let grid = Grid::new(n_cols, 128, scales, mins, levels);
    TuneFormat::Groups { indices: grid.nearest_levels(weights), grid, scales: ScaleStorage::Single }
}

/// The inputs of the third layer, and the layer.
fn third_layer(model: &GradientModel<'_>, rows: &[Vec<u32>], lengths: &[usize]) -> (Vec<f32>, GradientLayer) {
    let tokens = rows.concat();
    let mut stream = model.embedding(&tokens).unwrap().forward(&tokens);
    for index in 0..2 {
        stream = model.layer(index).unwrap().forward(&stream, lengths).output;
    }
    (stream, model.layer(2).unwrap())
}

#[test]
fn learned_roundings_lower_the_error_of_a_trained_layer_at_four_three_and_two_bits() {
    let opened = models::open(&folder(), &()).unwrap();
    let spec = opened.spec().unwrap();
    let model = GradientModel::new(&spec, opened.source(), LENGTH).unwrap();
    let rows = rows(&opened, 24);
    let lengths = vec![LENGTH; rows.len()];
    let (inputs, layer) = third_layer(&model, &rows, &lengths);
    let targets = layer.forward(&inputs, &lengths).output;
    // The last sequences are not learned from.
    let split = 16 * LENGTH * spec.d_model;
    let data = TuneData {
        inputs: &inputs[..split],
        targets: &targets[..split],
        lengths: &lengths[..16],
        columns: None,
    };
    let options = TuneOptions { iterations: 40, batch_tokens: 512, ..TuneOptions::default() };
    let check = |name: &str, most: f64, format: &dyn Fn(&[f32], usize) -> TuneFormat| {
        let matrices: Vec<TuneMatrix> = layer
            .matrices()
            .iter()
            .map(|one| TuneMatrix { slot: one.slot, format: format(&one.weight, one.n_in) })
            .collect();
        let rounded = tune(
            &layer,
            &matrices,
            &data,
            &TuneOptions { iterations: 0, ..options.clone() },
            &(),
            &Cancel::new(),
        );
        let tuned = tune(&layer, &matrices, &data, &options, &(), &Cancel::new()).unwrap();
        let unseen = |layer: &GradientLayer| {
            let output = layer.forward(&inputs[split..], &lengths[16..]).output;
            output.iter().zip(&targets[split..]).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>()
        };
        let of_unseen = unseen(&tuned.layer) / unseen(&rounded.unwrap().layer);
        let ratio = tuned.error_after / tuned.error_before;
        println!("{name}: error {ratio:.3} of that of rounding, {of_unseen:.3} on other text");
        assert!(ratio < most, "{name}: {ratio}");
        assert!(of_unseen < 1.0, "{name}: {of_unseen} on other text");
    };
    for (dtype, most) in
        [(DType::Q4_0, 0.6), (DType::Q4_K, 0.6), (DType::IQ4_NL, 0.6), (DType::Q3_K, 0.6), (DType::Q2_K, 0.6)]
    {
        let format =
            |weights: &[f32], _: usize| TuneFormat::Blocks { dtype, bytes: blocks(dtype, weights).0 };
        check(dtype.name(), most, &format);
    }
    for (bits, most) in [(4, 0.6), (3, 0.6), (2, 0.6)] {
        check(&format!("int{bits}"), most, &|weights, n_cols| integers(bits, weights, n_cols));
    }
}

/// Mean divergence of the model whose matrix `at` of layer `index` has other values.
struct Measured<'a> {
    layers: &'a [GradientLayer],
    streams: &'a [Vec<f32>],
    lengths: &'a [usize],
    model: &'a GradientModel<'a>,
    reference: &'a [f32],
}

impl Measured<'_> {
    fn divergence(&self, index: usize, at: usize, values: Vec<f32>) -> f64 {
        let mut changed = self.layers[index].clone();
        changed.matrices_mut()[at].weight = values;
        let mut stream = changed.forward(&self.streams[index], self.lengths).output;
        for layer in &self.layers[index + 1..] {
            stream = layer.forward(&stream, self.lengths).output;
        }
        let loss = Divergence { reference: self.reference };
        let sums = self.model.head().unwrap().forward(&stream, &loss);
        sums.iter().sum::<f64>() / self.lengths.iter().sum::<usize>() as f64
    }
}

fn ranks(values: &[f64]) -> Vec<f64> {
    values.iter().map(|value| values.iter().filter(|other| *other < value).count() as f64).collect()
}

/// Spearman's rank correlation of values that all differ.
fn rank_correlation(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len() as f64;
    let squares: f64 = ranks(a).iter().zip(ranks(b)).map(|(a, b)| (a - b).powi(2)).sum();
    1.0 - 6.0 * squares / (n * (n * n - 1.0))
}

fn sensitivities(opened: &Model, rows: &[Vec<u32>], full_moments: bool) -> Sensitivities {
    let spec = opened.spec().unwrap();
    let options = SensitivityOptions { full_moments, seed: 1 };
    measure(opened.source(), &spec, rows, options, &(), &Cancel::new()).unwrap()
}

#[test]
fn predicted_divergences_of_single_matrices_are_those_measured() {
    let opened = models::open(&folder(), &()).unwrap();
    let spec = opened.spec().unwrap();
    let model = GradientModel::new(&spec, opened.source(), LENGTH).unwrap();
    let rows = rows(&opened, 16);
    let lengths = vec![LENGTH; rows.len()];
    let tokens = rows.concat();
    let mut streams = vec![model.embedding(&tokens).unwrap().forward(&tokens)];
    let layers: Vec<_> = (0..spec.layers.len()).map(|index| model.layer(index).unwrap()).collect();
    for layer in &layers {
        streams.push(layer.forward(&streams[streams.len() - 1], &lengths).output);
    }
    let reference = model.head().unwrap().forward(&streams[layers.len()], &KeepLogits).concat();
    let measured = Measured {
        layers: &layers,
        streams: &streams,
        lengths: &lengths,
        model: &model,
        reference: &reference,
    };
    let known = [false, true].map(|full| sensitivities(&opened, &rows, full));
    for dtype in [DType::Q4_0, DType::Q2_K] {
        let (mut found, mut predicted) = (Vec::new(), [Vec::new(), Vec::new()]);
        for (index, layer) in layers.iter().enumerate() {
            for (at, matrix) in layer.matrices().into_iter().enumerate() {
                let name = &model.bound().slots()[matrix.slot.0].name;
                let values = blocks(dtype, &matrix.weight).1;
                for (known, predicted) in known.iter().zip(&mut predicted) {
                    predicted.push(known.get(name).unwrap().predicted_kl(0, &matrix.weight, &values));
                }
                found.push(measured.divergence(index, at, values));
            }
        }
        for (what, predicted) in ["diagonal", "full"].into_iter().zip(&predicted) {
            let correlation = rank_correlation(predicted, &found);
            let mut ratios: Vec<f64> = predicted.iter().zip(&found).map(|(a, b)| a / b).collect();
            ratios.sort_by(f64::total_cmp);
            let (low, median, high) = (ratios[0], ratios[ratios.len() / 2], ratios[ratios.len() - 1]);
            println!(
                "{dtype} {what}: correlation {correlation:.3}, ratios {low:.2} to {high:.2}, median {median:.2}"
            );
            assert!(correlation > 0.9, "{dtype} {what}: {correlation}");
            assert!((0.5..2.0).contains(&median), "{dtype} {what}: {median}");
        }
    }
}
