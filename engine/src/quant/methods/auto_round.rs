//! AutoRound: rounding and scales of a layer learned together, by signed gradients of the error of its output.
//!
//! Each weight has an offset of at most half a level, which decides between its two neighboring levels, and each block of
//! scales a factor. Steps of one size, whose sign is that of the gradient, and which shrink linearly to 0, move them toward the
//! least square error of the layer's output against that of the original layer (Cheng et al. 2023, arXiv 2309.05516). Works on
//! whatever is a grid: blocks of GGUF formats, whose codes and half-precision scales change in place, and groups of integers.

mod method;
mod options;
mod rounding;
#[cfg(test)]
mod tests;

use nibble_kernels::testing::Random;
use rayon::prelude::*;

pub use method::AutoRound;
pub use options::{TokenWeight, TuneOptions};
pub use rounding::{ScaleStorage, TuneFormat, TunedCodes};

use crate::backend::SlotId;
use crate::backend::gradient::{GradientLayer, ProductGradients, weight_gradient};
use crate::progress::{Cancel, Cancelled, Observer, Progress};
use rounding::{Rounding, Step};

/// Rows of a matrix whose gradient a task computes.
const ROWS: usize = 128;
/// Tokens that are computed together where no gradient is needed.
const TOKENS_AT_ONCE: usize = 2048;

/// Calibration data of a layer: the tokens of several sequences, one sequence after the other.
#[derive(Clone, Copy, Debug)]
pub struct TuneData<'a> {
    /// Inputs of the layer, `[tokens, d_model]`, as the quantized layers before it compute them.
    pub inputs: &'a [f32],
    /// Outputs of the original layer on the original inputs, `[tokens, d_model]`.
    pub targets: &'a [f32],
    /// Lengths of the sequences in tokens.
    pub lengths: &'a [usize],
    /// Weight of the squared error of each column of the output, `[d_model]`, such as the mean square of the loss's gradient
    /// there; equal weights if `None`.
    pub columns: Option<&'a [f32]>,
}

/// A matrix to tune.
#[derive(Clone, Debug)]
pub struct TuneMatrix {
    /// Slot of the matrix; one of the layer's.
    pub slot: SlotId,
    /// Format and initial scales; in blocks also the codes to start from, such as those of GPTQ.
    pub format: TuneFormat,
}

/// Result of tuning a layer.
#[derive(Clone, Debug)]
pub struct Tuned {
    /// Codes and scales of each matrix, in the order of the request.
    pub codes: Vec<(SlotId, TunedCodes)>,
    /// The layer with the values of these codes as its weights.
    pub layer: GradientLayer,
    /// Weighted mean square error of the output at the start: with the given codes, or when weights are rounded to nearest.
    pub error_before: f64,
    /// The same error after tuning; not larger than before.
    pub error_after: f64,
}

/// Tunes the roundings of `matrices` in `layer`, whose weights are the original ones.
///
/// Matrices that are not listed keep their weights. The iterate with the least error over all sequences, among the first, the
/// best by its own batch and the last, is returned. All arithmetic is f32 and does not depend on the number of threads. Progress
/// counts steps.
///
/// # Errors
/// [`Cancelled`], checked at every step.
///
/// # Panics
/// When a slot is not one of the layer's, or lengths do not match.
pub fn tune(
    layer: &GradientLayer,
    matrices: &[TuneMatrix],
    data: &TuneData<'_>,
    options: &TuneOptions,
    observer: &dyn Observer,
    cancel: &Cancel,
) -> Result<Tuned, Cancelled> {
    let mut layer = layer.clone();
    let slots: Vec<SlotId> = matrices.iter().map(|matrix| matrix.slot).collect();
    let mut roundings: Vec<Rounding> = matrices
        .iter()
        .map(|wanted| {
            let known = layer.matrices();
            let matrix = known.iter().find(|matrix| matrix.slot == wanted.slot);
            let matrix = matrix.expect("the caller lists matrices of this layer");
            Rounding::new(&matrix.weight, matrix.n_in, &wanted.format)
        })
        .collect();
    let weights = token_weights(data, layer.d_model(), options.tokens);
    let problem = Problem { data, weights: &weights };

    write_values(&slots, &mut roundings, &mut layer);
    let sequences: Vec<usize> = (0..data.lengths.len()).collect();
    let before = problem.errors(&layer, &sequences, cancel)?;
    let error_before = before.iter().sum::<f64>();
    let mut batches = Batches::new(data.lengths, options);
    let (mut best, mut best_ratio) = (roundings.clone(), f64::INFINITY);
    for iteration in 0..options.iterations {
        cancel.check()?;
        let batch = batches.next();
        let left = 1.0 - iteration as f32 / options.iterations as f32;
        // The sizes of all steps, which shrink to 0, add up to the travel.
        let size = 2.0 * left / options.iterations as f32;
        let step = Step { offset: options.offset_travel * size, factor: options.factor_travel * size };
        let before: f64 = batch.iter().map(|&sequence| before[sequence]).sum();
        let part = problem.part(&batch);
        let pass = layer.forward(&part.inputs, &part.lengths);
        let (error, d_output) = part.error_and_gradient(&pass.output, data.columns);
        let ratio = error / before.max(f64::MIN_POSITIVE);
        if ratio < best_ratio {
            best_ratio = ratio;
            best.clone_from(&roundings);
        }
        let mut steps = Steps { slots: &slots, roundings: &mut roundings, step };
        layer.backward_weights(&part.inputs, &part.lengths, &pass, &d_output, &mut steps);
        write_values(&slots, &mut roundings, &mut layer);
        observer.progress(Progress::new("", iteration as u64 + 1, options.iterations as u64));
    }

    let mut chosen = (error_before, None);
    for mut candidate in [roundings.clone(), best] {
        write_values(&slots, &mut candidate, &mut layer);
        let error = problem.errors(&layer, &sequences, cancel)?.iter().sum::<f64>();
        if error < chosen.0 {
            chosen = (error, Some(candidate));
        }
    }
    let (error_after, chosen) = chosen;
    let mut chosen = chosen.unwrap_or_else(|| roundings.into_iter().map(Rounding::reset).collect());
    write_values(&slots, &mut chosen, &mut layer);
    let codes = slots.into_iter().zip(chosen.into_iter().map(Rounding::into_codes)).collect();
    let n = data.inputs.len().max(1) as f64;
    Ok(Tuned { codes, layer, error_before: error_before / n, error_after: error_after / n })
}

/// Writes the values of all tuned matrices into the layer.
fn write_values(slots: &[SlotId], roundings: &mut [Rounding], layer: &mut GradientLayer) {
    let mut matrices = layer.matrices_mut();
    for (slot, rounding) in slots.iter().zip(roundings) {
        let matrix = matrices.iter_mut().find(|matrix| matrix.slot == *slot);
        rounding.write_values(&mut matrix.expect("slots were found before").weight);
    }
}

/// Weight of each token's squared error.
fn token_weights(data: &TuneData<'_>, d_model: usize, tokens: TokenWeight) -> Vec<f32> {
    let weight = |target: &[f32]| match tokens {
        TokenWeight::Equal => 1.0,
        TokenWeight::Relative => {
            let square: f64 = target.iter().map(|&x| f64::from(x) * f64::from(x)).sum();
            (1.0 / (square / d_model as f64).max(1e-12)) as f32
        }
    };
    data.targets.chunks_exact(d_model).map(weight).collect()
}

/// Steps the roundings of the matrices whose products are walked back.
struct Steps<'a> {
    slots: &'a [SlotId],
    roundings: &'a mut [Rounding],
    step: Step,
}

impl ProductGradients for Steps<'_> {
    fn product(&mut self, slot: SlotId, input: &[f32], d_output: &[f32]) {
        let Some(index) = self.slots.iter().position(|known| *known == slot) else { return };
        let (rounding, step) = (&mut self.roundings[index], self.step);
        let n_in = rounding.n_cols();
        let n_out = d_output.len() / (input.len() / n_in).max(1);
        rounding.parts_mut(ROWS).into_par_iter().for_each(|mut part| {
            let mut gradient = vec![0.0; part.n_weights()];
            let rows = part.first_row..part.first_row + part.n_weights() / n_in;
            weight_gradient(d_output, n_out, input, rows, &mut gradient);
            part.step(&gradient, step);
        });
    }
}

/// Data and weights of its tokens.
struct Problem<'a> {
    data: &'a TuneData<'a>,
    weights: &'a [f32],
}

/// Some sequences, one after the other.
struct Part {
    inputs: Vec<f32>,
    targets: Vec<f32>,
    weights: Vec<f32>,
    lengths: Vec<usize>,
}

impl Problem<'_> {
    fn part(&self, sequences: &[usize]) -> Part {
        let n_tokens: usize = self.data.lengths.iter().sum();
        let d_model = self.data.inputs.len() / n_tokens.max(1);
        let mut part =
            Part { inputs: Vec::new(), targets: Vec::new(), weights: Vec::new(), lengths: Vec::new() };
        for &sequence in sequences {
            let first: usize = self.data.lengths[..sequence].iter().sum();
            let length = self.data.lengths[sequence];
            let range = first * d_model..(first + length) * d_model;
            part.inputs.extend_from_slice(&self.data.inputs[range.clone()]);
            part.targets.extend_from_slice(&self.data.targets[range]);
            part.weights.extend_from_slice(&self.weights[first..first + length]);
            part.lengths.push(length);
        }
        part
    }

    /// Weighted squared error of each of `sequences`, computed a few sequences at a time.
    fn errors(
        &self,
        layer: &GradientLayer,
        sequences: &[usize],
        cancel: &Cancel,
    ) -> Result<Vec<f64>, Cancelled> {
        let longest = self.data.lengths.iter().copied().max().unwrap_or(1).max(1);
        let mut errors = Vec::with_capacity(sequences.len());
        for some in sequences.chunks((TOKENS_AT_ONCE / longest).max(1)) {
            cancel.check()?;
            let part = self.part(some);
            let output = layer.forward(&part.inputs, &part.lengths).output;
            let mut first = 0;
            for &length in &part.lengths {
                errors.push(part.error(&output, first..first + length, self.data.columns));
                first += length;
            }
        }
        Ok(errors)
    }
}

impl Part {
    /// Squared error of some tokens.
    fn error(&self, output: &[f32], tokens: std::ops::Range<usize>, columns: Option<&[f32]>) -> f64 {
        let d_model = output.len() / self.weights.len().max(1);
        let of_token = |token: usize| {
            let range = token * d_model..(token + 1) * d_model;
            let pairs = output[range.clone()].iter().zip(&self.targets[range]);
            let square = |(index, (output, target)): (usize, (&f32, &f32))| {
                let difference = f64::from(output - target);
                difference * difference * columns.map_or(1.0, |columns| f64::from(columns[index]))
            };
            pairs.enumerate().map(square).sum::<f64>() * f64::from(self.weights[token])
        };
        tokens.map(of_token).sum()
    }

    /// Squared error of all tokens, and half its gradient.
    fn error_and_gradient(&self, output: &[f32], columns: Option<&[f32]>) -> (f64, Vec<f32>) {
        let d_model = output.len() / self.weights.len().max(1);
        let mut gradient = Vec::with_capacity(output.len());
        let rows = output.chunks_exact(d_model).zip(self.targets.chunks_exact(d_model)).zip(&self.weights);
        for ((output, target), weight) in rows {
            gradient.extend(output.iter().zip(target).map(|(output, target)| (output - target) * weight));
        }
        if let Some(columns) = columns {
            for row in gradient.chunks_exact_mut(d_model) {
                row.iter_mut().zip(columns).for_each(|(d, column)| *d *= column);
            }
        }
        (self.error(output, 0..self.weights.len(), columns), gradient)
    }
}

/// Order of sequences: each comes once before any comes again.
struct Batches<'a> {
    random: Random,
    lengths: &'a [usize],
    tokens: usize,
    left: Vec<usize>,
}

impl<'a> Batches<'a> {
    fn new(lengths: &'a [usize], options: &TuneOptions) -> Self {
        Self { random: Random::new(options.seed), lengths, tokens: options.batch_tokens, left: Vec::new() }
    }

    fn next(&mut self) -> Vec<usize> {
        let (mut batch, mut tokens) = (Vec::new(), 0);
        while batch.len() < self.lengths.len() {
            if self.left.is_empty() {
                self.left = (0..self.lengths.len()).filter(|sequence| !batch.contains(sequence)).collect();
            }
            let at = self.random.below(self.left.len() as u64) as usize;
            tokens += self.lengths[self.left[at]];
            if tokens > self.tokens && !batch.is_empty() {
                break;
            }
            batch.push(self.left.swap_remove(at));
        }
        batch.sort_unstable();
        batch
    }
}
