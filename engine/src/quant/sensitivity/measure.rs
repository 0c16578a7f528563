//! Measures the sensitivity of every matrix of a decoder.

use std::collections::BTreeMap;

use super::labels::SampledLabels;
use super::matrix::{ColumnMoments, LookupSensitivity, MatrixSensitivity};
use crate::backend::gradient::{GradientModel, ProductGradients, add_second_moments};
use crate::backend::{DecoderSpec, Error, SlotId};
use crate::base::TensorSource;
use crate::progress::{Cancel, Observer, Progress};

/// Tokens of a layer that are walked together, unless a sequence is longer.
const TOKENS_AT_ONCE: usize = 1024;

/// Settings of [`measure`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SensitivityOptions {
    /// Whether to sum the products of each two input columns, which takes in² numbers for each matrix.
    pub full_moments: bool,
    /// Seed of the sampled labels.
    pub seed: u64,
}

/// Sensitivities of a decoder.
#[derive(Clone, Debug, PartialEq)]
pub struct Sensitivities {
    /// The matrices of all layers, in the order of the decoder's tensors, with embedding and output matrix.
    pub matrices: Vec<MatrixSensitivity>,
    /// Mean square over tokens of the gradient of each column of the residual stream: before the first layer, and after each
    /// layer, `[d_model]` each. The weights of the error of a layer's output.
    pub streams: Vec<Vec<f32>>,
    /// Number of tokens that were read.
    pub n_tokens: usize,
}

impl Sensitivities {
    /// The sensitivity of the matrix named `name`.
    pub fn get(&self, name: &str) -> Option<&MatrixSensitivity> {
        self.matrices.iter().find(|matrix| matrix.name == name)
    }
}

/// Bytes in which [`measure`] stores the inputs of all layers for `n_tokens` tokens, in f32.
pub fn stored_bytes(spec: &DecoderSpec, n_tokens: usize) -> u64 {
    4 * (spec.layers.len() as u64 + 1) * n_tokens as u64 * spec.d_model as u64
}

/// Measures sensitivities on `rows`, each an independent sequence of tokens.
///
/// Arithmetic is f32, sums over tokens are f64; the result depends on source, rows and options alone. Progress counts layers,
/// forward and backward.
///
/// # Errors
/// [`Error::MissingTensor`], [`Error::WrongShape`], [`Error::Read`], [`Error::UnknownToken`], or [`Error::Cancelled`].
pub fn measure(
    source: &dyn TensorSource,
    spec: &DecoderSpec,
    rows: &[Vec<u32>],
    options: SensitivityOptions,
    observer: &dyn Observer,
    cancel: &Cancel,
) -> Result<Sensitivities, Error> {
    let lengths: Vec<usize> = rows.iter().map(Vec::len).collect();
    let tokens = rows.concat();
    let longest = lengths.iter().copied().max().unwrap_or(0);
    let model = GradientModel::new(spec, source, longest)?;
    let (d_model, n_layers) = (spec.d_model, spec.layers.len());
    let told = |done: usize| observer.progress(Progress::new("", done as u64, 2 * n_layers as u64 + 1));
    let mut streams = vec![model.embedding(&tokens)?.forward(&tokens)];
    for index in 0..n_layers {
        let layer = model.layer(index)?;
        let mut output = Vec::with_capacity(tokens.len() * d_model);
        for (range, lengths) in parts(&lengths, d_model) {
            cancel.check()?;
            output.extend(layer.forward(&streams[index][range], lengths).output);
        }
        streams.push(output);
        told(index + 1);
    }
    cancel.check()?;
    let mut sums = Sums { full: options.full_moments, n_tokens: 0, by_slot: BTreeMap::new() };
    let stream = streams.pop().unwrap_or_default();
    let mut d = backward_from_head(&model, &stream, options, &mut sums)?;
    let mut squares = vec![mean_squares(&d, d_model)];
    told(n_layers + 1);
    for index in (0..n_layers).rev() {
        let layer = model.layer(index)?;
        let stream = streams.pop().unwrap_or_default();
        let mut d_input = Vec::with_capacity(d.len());
        for (range, lengths) in parts(&lengths, d_model) {
            cancel.check()?;
            let (x, d_output) = (&stream[range.clone()], &d[range]);
            let pass = layer.forward(x, lengths);
            sums.n_tokens = x.len() / d_model;
            d_input.extend(layer.backward(x, lengths, &pass, d_output, &mut sums));
        }
        d = d_input;
        squares.push(mean_squares(&d, d_model));
        told(2 * n_layers + 1 - index);
    }
    squares.reverse();
    let lookup = lookup(spec, &tokens, &squares[0]);
    Ok(Sensitivities {
        matrices: sums.finish(&model, lookup, tokens.len()),
        streams: squares,
        n_tokens: tokens.len(),
    })
}

/// The gradient of the last layer's output, and the sums of the output matrix.
fn backward_from_head(
    model: &GradientModel<'_>,
    stream: &[f32],
    options: SensitivityOptions,
    sums: &mut Sums,
) -> Result<Vec<f32>, Error> {
    let head = model.head()?;
    let (d, tasks) = head.backward(stream, &SampledLabels { seed: options.seed });
    let of_output = sums.of(head.matrix.slot, head.matrix.n_out(), head.matrix.n_in);
    for task in tasks {
        of_output.rows.iter_mut().zip(&task.rows).for_each(|(sum, square)| *sum += f64::from(*square));
        of_output.add_inputs(&task.inputs);
    }
    Ok(d)
}

/// The sensitivity of looking rows up, given the mean squares of the gradient of scaled rows.
fn lookup(spec: &DecoderSpec, tokens: &[u32], squares: &[f32]) -> LookupSensitivity {
    let mut frequencies = vec![0.0; spec.vocab_size];
    for &token in tokens {
        frequencies[token as usize] += 1.0 / tokens.len() as f32;
    }
    let scale = spec.embedding_scale * spec.embedding_scale;
    LookupSensitivity { frequencies, columns: squares.iter().map(|square| square * scale).collect() }
}

/// Ranges of sequences that are walked together: their numbers in a stream, and their lengths.
fn parts(lengths: &[usize], d_model: usize) -> Vec<(std::ops::Range<usize>, &[usize])> {
    let (mut parts, mut first, mut start, mut n_tokens, mut token) = (Vec::new(), 0, 0, 0, 0);
    for (index, length) in lengths.iter().enumerate() {
        if index > first && n_tokens + length > TOKENS_AT_ONCE {
            parts.push((start * d_model..token * d_model, &lengths[first..index]));
            (first, start, n_tokens) = (index, token, 0);
        }
        n_tokens += length;
        token += length;
    }
    if n_tokens > 0 {
        parts.push((start * d_model..token * d_model, &lengths[first..]));
    }
    parts
}

fn mean_squares(rows: &[f32], width: usize) -> Vec<f32> {
    let mut sums = vec![0.0; width];
    add_squares(rows, &mut sums);
    let n_rows = (rows.len() / width).max(1) as f64;
    sums.iter().map(|sum| (sum / n_rows) as f32).collect()
}

/// Adds the squares of each column.
fn add_squares(rows: &[f32], sums: &mut [f64]) {
    for row in rows.chunks_exact(sums.len()) {
        sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += f64::from(x * x));
    }
}

/// Sums over tokens, by matrix.
struct Sums {
    full: bool,
    /// Tokens of the products that are received next.
    n_tokens: usize,
    by_slot: BTreeMap<SlotId, MatrixSums>,
}

struct MatrixSums {
    /// Squares of the gradient of each output row.
    rows: Vec<f64>,
    /// Squares of the columns; empty if all products are summed.
    diagonal: Vec<f64>,
    /// Products of columns; empty if only squares are summed.
    full: Vec<f32>,
    n_in: usize,
}

impl MatrixSums {
    fn add_inputs(&mut self, input: &[f32]) {
        if self.full.is_empty() {
            add_squares(input, &mut self.diagonal);
        } else {
            add_second_moments(input, self.n_in, &mut self.full);
        }
    }
}

impl Sums {
    fn of(&mut self, slot: SlotId, n_out: usize, n_in: usize) -> &mut MatrixSums {
        let full = self.full;
        self.by_slot.entry(slot).or_insert_with(|| MatrixSums {
            rows: vec![0.0; n_out],
            diagonal: if full { Vec::new() } else { vec![0.0; n_in] },
            full: if full { vec![0.0; n_in * n_in] } else { Vec::new() },
            n_in,
        })
    }

    /// The sensitivities of all matrices, in the order of their slots.
    fn finish(
        self,
        model: &GradientModel<'_>,
        lookup: LookupSensitivity,
        n_tokens: usize,
    ) -> Vec<MatrixSensitivity> {
        let n = n_tokens.max(1) as f64;
        let means = |sums: Vec<f64>| sums.into_iter().map(|sum| (sum / n) as f32).collect::<Vec<_>>();
        let embedding = model.embedding_slot();
        let name = |slot: SlotId| model.bound().slots()[slot.0].name.clone();
        let mut by_slot: BTreeMap<SlotId, MatrixSensitivity> = BTreeMap::new();
        for (slot, sums) in self.by_slot {
            let inputs = if sums.full.is_empty() {
                ColumnMoments::Diagonal(means(sums.diagonal))
            } else {
                ColumnMoments::Full(sums.full.into_iter().map(|sum| (f64::from(sum) / n) as f32).collect())
            };
            let sensitivity =
                MatrixSensitivity { name: name(slot), rows: means(sums.rows), inputs, lookup: None };
            by_slot.insert(slot, sensitivity);
        }
        let of_embedding = by_slot.entry(embedding).or_insert_with(|| MatrixSensitivity {
            name: name(embedding),
            rows: Vec::new(),
            inputs: ColumnMoments::Diagonal(Vec::new()),
            lookup: None,
        });
        of_embedding.lookup = Some(lookup);
        by_slot.into_values().collect()
    }
}

impl ProductGradients for Sums {
    fn product(&mut self, slot: SlotId, input: &[f32], d_output: &[f32]) {
        let n_tokens = self.n_tokens.max(1);
        let sums = self.of(slot, d_output.len() / n_tokens, input.len() / n_tokens);
        add_squares(d_output, &mut sums.rows);
        sums.add_inputs(input);
    }
}
