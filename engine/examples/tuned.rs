//! What learned roundings gain, and how well sensitivities predict, on a model of one's own: tables for the terminal.
//!
//! ```text
//! cargo run --release -p nibble-engine --example tuned -- tune MODEL CALIBRATION EVALUATION --format q4_k --iterations 200
//! cargo run --release -p nibble-engine --example tuned -- sensitivity MODEL CALIBRATION EVALUATION --format q2_k --every 5
//! ```
//! MODEL is a GGUF file or a checkpoint's folder, the others are files of text. `--format int4` is a grid of 4 bits with a scale and
//! minimum for 128 weights. KL divergence is that of the model with quantized layers, in nats per token, in f32 arithmetic.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the terminal; what is wrong should stop it"
)]

use std::collections::HashMap;
use std::path::Path;
use std::time::Instant;

use nibble_engine::backend::SlotId;
use nibble_engine::backend::gradient::{Divergence, GradientLayer, GradientModel, Head, KeepLogits, Linear};
use nibble_engine::models::{self, Model};
use nibble_engine::progress::Cancel;
use nibble_engine::quant::methods::auto_round::{
    ScaleStorage, TokenWeight, TuneData, TuneFormat, TuneMatrix, TuneOptions, tune,
};
use nibble_engine::quant::sensitivity::{Sensitivities, SensitivityOptions, measure};
use nibble_engine::quant::{Grid, Levels};
use nibble_kernels::decode::decode_row;
use nibble_kernels::{DType, Level, quantize};

/// Weights that share a scale in grids of integers.
const GROUP: usize = 128;

fn option(name: &str) -> Option<String> {
    std::env::args().skip_while(|argument| argument != name).nth(1)
}

fn number<T: std::str::FromStr>(name: &str, default: T) -> T {
    option(name).and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// Rows of tokens of a text.
fn rows(model: &Model, path: &str, n_rows: usize, length: usize) -> Vec<Vec<u32>> {
    let text = std::fs::read_to_string(path).unwrap();
    let tokens = model.tokenizer().unwrap().encode(&text).unwrap();
    tokens.chunks_exact(length).take(n_rows).map(<[u32]>::to_vec).collect()
}

/// Tokens of several rows, and their stream.
struct Stream {
    lengths: Vec<usize>,
    x: Vec<f32>,
}

impl Stream {
    fn new(model: &GradientModel<'_>, rows: &[Vec<u32>]) -> Self {
        let tokens = rows.concat();
        let x = model.embedding(&tokens).unwrap().forward(&tokens);
        Self { lengths: rows.iter().map(Vec::len).collect(), x }
    }

    fn forward(&self, layer: &GradientLayer, d_model: usize) -> Vec<f32> {
        let (mut output, mut first) = (Vec::new(), 0);
        for lengths in self.lengths.chunks(4) {
            let end = first + lengths.iter().sum::<usize>() * d_model;
            output.extend(layer.forward(&self.x[first..end], lengths).output);
            first = end;
        }
        output
    }
}

fn divergence(head: &Head, original: &[f32], changed: &[f32], d_model: usize) -> f64 {
    let (mut sum, step) = (0.0, 256 * d_model);
    for (original, changed) in original.chunks(step).zip(changed.chunks(step)) {
        let reference = head.forward(original, &KeepLogits).concat();
        sum += head.forward(changed, &Divergence { reference: &reference }).iter().sum::<f64>();
    }
    sum / (original.len() / d_model) as f64
}

/// Encoded weights, or a grid, with the values that they stand for.
fn rounded(matrix: &Linear, name: &str, importance: Option<&[f32]>) -> (TuneFormat, Vec<f32>) {
    if let Some(bits) = name.strip_prefix("int") {
        let top = (1 << bits.parse::<u32>().unwrap()) - 1;
        let group = GROUP.min(matrix.n_in);
        let (mut scales, mut mins) = (Vec::new(), Vec::new());
        for weights in matrix.weight.chunks(group) {
            let low = weights.iter().copied().fold(0.0_f32, f32::min);
            let high = weights.iter().copied().fold(0.0_f32, f32::max);
            scales.push(half::f16::from_f32((high - low) / top as f32).to_f32());
            mins.push(half::f16::from_f32(-low).to_f32());
        }
        let levels = Levels::new((0..=top).map(|level| level as f32).collect());
        let grid = Grid::new(matrix.n_in, group, scales, mins, levels);
        let values = matrix.weight.iter().enumerate();
        let values = values.map(|(at, w)| grid.round(at / matrix.n_in, at % matrix.n_in, *w).1).collect();
        let indices = grid.nearest_levels(&matrix.weight);
        return (TuneFormat::Groups { grid, indices, scales: ScaleStorage::Half }, values);
    }
    let dtype = DType::from_name(name).unwrap();
    let mut bytes = vec![0; dtype.row_bytes(matrix.weight.len()).unwrap()];
    quantize(Level::best(), dtype, &matrix.weight, importance, &mut bytes);
    let mut values = vec![0.0; matrix.weight.len()];
    decode_row(dtype, &bytes, &mut values);
    (TuneFormat::Blocks { dtype, bytes }, values)
}

fn tune_model(
    model: &GradientModel<'_>,
    calibration: &[Vec<u32>],
    evaluation: &[Vec<u32>],
    known: &Sensitivities,
) {
    let d_model = model.spec().d_model;
    let format = option("--format").unwrap_or_else(|| "q4_k".to_owned());
    let tokens = if number("--relative", 1) == 1 { TokenWeight::Relative } else { TokenWeight::Equal };
    let default = TuneOptions::default();
    let options = TuneOptions {
        iterations: number("--iterations", default.iterations),
        batch_tokens: number("--batch", default.batch_tokens),
        offset_travel: number("--offsets", default.offset_travel),
        factor_travel: number("--factors", default.factor_travel),
        tokens,
        seed: 1,
    };
    let importance: HashMap<&str, Vec<f32>> =
        known.matrices.iter().map(|matrix| (matrix.name.as_str(), matrix.diagonal())).collect();
    let mut original = Stream::new(model, calibration);
    let mut prefix = Stream::new(model, calibration);
    let mut evaluated: Vec<Stream> = (0..4).map(|_| Stream::new(model, evaluation)).collect();
    let start = Instant::now();
    for index in 0..model.spec().layers.len() {
        let layer = model.layer(index).unwrap();
        let name = |slot: SlotId| model.bound().slots()[slot.0].name.clone();
        let (mut plain, mut weighted, mut matrices) = (layer.clone(), layer.clone(), Vec::new());
        for (at, matrix) in layer.matrices().into_iter().enumerate() {
            plain.matrices_mut()[at].weight = rounded(matrix, &format, None).1;
            let (initial, values) = rounded(matrix, &format, Some(&importance[name(matrix.slot).as_str()]));
            weighted.matrices_mut()[at].weight = values;
            matrices.push(TuneMatrix { slot: matrix.slot, format: initial });
        }
        let targets = original.forward(&layer, d_model);
        let columns = (number("--columns", 0) == 1).then(|| &known.streams[index + 1][..]);
        let data = TuneData { inputs: &prefix.x, targets: &targets, lengths: &prefix.lengths, columns };
        let tuned = tune(&layer, &matrices, &data, &options, &(), &Cancel::new()).unwrap();
        eprintln!(
            "layer {index}: error {:.4e} to {:.4e}, ratio {:.3}, {:.0} s",
            tuned.error_before,
            tuned.error_after,
            tuned.error_after / tuned.error_before,
            start.elapsed().as_secs_f64()
        );
        prefix.x = prefix.forward(&tuned.layer, d_model);
        original.x = targets;
        for (stream, layer) in evaluated.iter_mut().zip([&layer, &plain, &weighted, &tuned.layer]) {
            stream.x = stream.forward(layer, d_model);
        }
    }
    let head = model.head().unwrap();
    let kl: Vec<f64> =
        evaluated[1..].iter().map(|one| divergence(&head, &evaluated[0].x, &one.x, d_model)).collect();
    println!("{format} {options:?}");
    println!(
        "KL nearest {:.5}, importance {:.5}, tuned {:.5}: {:.3} of importance",
        kl[0],
        kl[1],
        kl[2],
        kl[2] / kl[1]
    );
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    order.into_iter().enumerate().for_each(|(rank, at)| ranks[at] = rank as f64);
    ranks
}

/// Spearman's rank correlation.
fn rank_correlation(a: &[f64], b: &[f64]) -> f64 {
    let (a, b) = (ranks(a), ranks(b));
    let mean = (a.len() - 1) as f64 / 2.0;
    let covariance =
        |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>();
    covariance(&a, &b) / (covariance(&a, &a) * covariance(&b, &b)).sqrt()
}

fn compare(model: &GradientModel<'_>, evaluation: &[Vec<u32>], known: &Sensitivities) {
    let (d_model, n_layers) = (model.spec().d_model, model.spec().layers.len());
    let format = option("--format").unwrap_or_else(|| "q4_0".to_owned());
    let every = number("--every", 1);
    let mut streams = vec![Stream::new(model, evaluation)];
    let layers: Vec<GradientLayer> = (0..n_layers).map(|index| model.layer(index).unwrap()).collect();
    for layer in &layers {
        let last = &streams[streams.len() - 1];
        let next = Stream { lengths: last.lengths.clone(), x: last.forward(layer, d_model) };
        streams.push(next);
    }
    let head = model.head().unwrap();
    let (mut predicted, mut measured, mut count) = (Vec::new(), Vec::new(), 0);
    for (index, layer) in layers.iter().enumerate() {
        for (at, matrix) in layer.matrices().into_iter().enumerate() {
            count += 1;
            if count % every != 0 {
                continue;
            }
            let name = &model.bound().slots()[matrix.slot.0].name;
            let values = rounded(matrix, &format, None).1;
            let wanted = known.get(name).unwrap().predicted_kl(0, &matrix.weight, &values);
            let mut changed = layer.clone();
            changed.matrices_mut()[at].weight = values;
            let lengths = streams[0].lengths.clone();
            let mut stream = Stream { x: streams[index].forward(&changed, d_model), lengths };
            for layer in &layers[index + 1..] {
                stream.x = stream.forward(layer, d_model);
            }
            let found = divergence(&head, &streams[n_layers].x, &stream.x, d_model);
            println!("{name:28} predicted {wanted:.3e}, measured {found:.3e}, ratio {:.2}", wanted / found);
            predicted.push(wanted);
            measured.push(found);
        }
    }
    let mut ratios: Vec<f64> = predicted.iter().zip(&measured).map(|(a, b)| a / b).collect();
    ratios.sort_by(f64::total_cmp);
    println!(
        "{format}: rank correlation {:.3}, predicted / measured: {:.2} to {:.2}, median {:.2}",
        rank_correlation(&predicted, &measured),
        ratios[0],
        ratios[ratios.len() - 1],
        ratios[ratios.len() / 2]
    );
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, mode, path, calibration, evaluation, ..] = &arguments[..] else {
        panic!("tuned tune|sensitivity MODEL CALIBRATION EVALUATION");
    };
    let opened = models::open(Path::new(path), &()).unwrap();
    let spec = opened.spec().unwrap();
    let length = number("--length", 256);
    let calibration = rows(&opened, calibration, number("--rows", 32), length);
    let evaluation = rows(&opened, evaluation, number("--evaluated", 8), length);
    eprintln!("{} rows of {length} tokens, {} evaluated", calibration.len(), evaluation.len());
    let start = Instant::now();
    let options = SensitivityOptions { full_moments: number("--full", 0) == 1, seed: 1 };
    let known = measure(opened.source(), &spec, &calibration, options, &(), &Cancel::new()).unwrap();
    eprintln!("sensitivities in {:.1} s", start.elapsed().as_secs_f64());
    let model = GradientModel::new(&spec, opened.source(), length).unwrap();
    match mode.as_str() {
        "tune" => tune_model(&model, &calibration, &evaluation, &known),
        _ => compare(&model, &evaluation, &known),
    }
}
