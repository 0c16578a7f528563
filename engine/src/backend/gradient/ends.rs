//! The ends of a decoder: embedding rows, and the output norm and matrix with the gradients of losses over the vocabulary.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, Par};
use rayon::prelude::*;

use super::exp::exp;
use super::linear::Linear;
use super::norm::{add_row_gradients, norm_rows};
use super::product::rows;
use crate::backend::SlotId;

/// Tokens whose logits a task holds at a time.
const TOKENS: usize = 32;

/// The rows of an embedding that some tokens use, scaled.
#[derive(Clone, Debug)]
pub struct Embedding {
    /// Slot of the embedding.
    pub slot: SlotId,
    pub(super) tokens: Vec<u32>,
    pub(super) rows: Vec<f32>,
    pub(super) d_model: usize,
}

impl Embedding {
    /// The residual stream before the first layer, `[tokens, d_model]`.
    ///
    /// # Panics
    /// When `tokens` has one whose row was not read.
    pub fn forward(&self, tokens: &[u32]) -> Vec<f32> {
        let row = |token: &u32| self.tokens.binary_search(token).expect("the rows of these tokens were read");
        tokens
            .iter()
            .flat_map(|token| &self.rows[row(token) * self.d_model..][..self.d_model])
            .copied()
            .collect()
    }
}

/// Output norm and output matrix of a decoder in f32.
#[derive(Clone, Debug)]
pub struct Head {
    pub(super) norm: Vec<f32>,
    pub(super) norm_eps: f32,
    /// The output matrix, or the embedding in its place.
    pub matrix: Linear,
    /// Factor of the logits before the cap.
    pub(super) logit_scale: f32,
    pub(super) softcap: Option<f32>,
}

/// A loss of one token's logits, and what is summed over tokens.
pub trait LogitLoss: Sync {
    /// What a task sums over its tokens; tasks' sums are passed to [`Head::backward`]'s caller in order.
    type Sums: Send;

    /// Sums of no tokens, for a vocabulary of this size.
    fn start(&self, vocab_size: usize) -> Self::Sums;

    /// Replaces the logits of token `token` by the gradient of its loss; `slopes` are the derivatives of the logits by the
    /// products of the output matrix, empty where they are all 1.
    fn gradient(&self, token: usize, logits: &mut [f32], slopes: &[f32], sums: &mut Self::Sums);

    /// Receives the input of the output matrix for some tokens, `[tokens, d_model]`.
    fn input(&self, input: &[f32], sums: &mut Self::Sums) {
        let _ = (input, sums);
    }
}

impl Head {
    /// The gradient of `x`, `[tokens, d_model]`, of the sum of all tokens' losses, and the sums of each task. 32 tokens have
    /// their logits in memory at once, for each thread.
    pub fn backward<L: LogitLoss>(&self, x: &[f32], loss: &L) -> (Vec<f32>, Vec<L::Sums>) {
        let d_model = self.norm.len();
        let mut dx = vec![0.0; x.len()];
        let tasks = dx.par_chunks_mut(TOKENS * d_model).zip(x.par_chunks(TOKENS * d_model)).enumerate();
        let sums = tasks.map(|(task, (dx, x))| self.some_tokens(TOKENS * task, x, loss, Some(dx))).collect();
        (dx, sums)
    }

    /// The sums of each task, without gradients of the input.
    pub fn forward<L: LogitLoss>(&self, x: &[f32], loss: &L) -> Vec<L::Sums> {
        let tasks = x.par_chunks(TOKENS * self.norm.len()).enumerate();
        tasks.map(|(task, x)| self.some_tokens(TOKENS * task, x, loss, None)).collect()
    }

    fn some_tokens<L: LogitLoss>(
        &self,
        first: usize,
        x: &[f32],
        loss: &L,
        dx: Option<&mut [f32]>,
    ) -> L::Sums {
        let (d_model, vocab) = (self.norm.len(), self.matrix.n_out());
        let mut input = x.to_vec();
        norm_rows(&mut input, &self.norm, self.norm_eps);
        let n_tokens = x.len() / d_model;
        let mut logits = vec![0.0; n_tokens * vocab];
        let matrix = rows(&self.matrix.weight, d_model);
        let to = MatMut::from_row_major_slice_mut(&mut logits, n_tokens, vocab);
        matmul(to, Accum::Replace, rows(&input, d_model), matrix.transpose(), 1.0, Par::Seq);
        let mut sums = loss.start(vocab);
        loss.input(&input, &mut sums);
        let mut slopes = Vec::new();
        for (token, logits) in logits.chunks_exact_mut(vocab).enumerate() {
            slopes.clear();
            let scale = self.logit_scale;
            if let Some(cap) = self.softcap {
                slopes.extend(logits.iter_mut().map(|logit| {
                    let tanh = (*logit * scale / cap).tanh();
                    *logit = cap * tanh;
                    scale * (1.0 - tanh * tanh)
                }));
            } else if scale.to_bits() != 1.0_f32.to_bits() {
                for logit in &mut *logits {
                    *logit *= scale;
                }
                slopes.resize(vocab, scale);
            }
            loss.gradient(first + token, logits, &slopes, &mut sums);
            logits.iter_mut().zip(&slopes).for_each(|(d, slope)| *d *= slope);
        }
        if let Some(dx) = dx {
            let mut d_input = vec![0.0; x.len()];
            let to = MatMut::from_row_major_slice_mut(&mut d_input, n_tokens, d_model);
            matmul(to, Accum::Replace, rows(&logits, vocab), matrix, 1.0, Par::Seq);
            add_row_gradients(x, &self.norm, self.norm_eps, &d_input, dx);
        }
        sums
    }
}

/// Replaces logits by probabilities, and returns the logarithm of their sum of exponentials; sums are f64.
pub fn softmax(logits: &mut [f32]) -> f64 {
    let max = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for logit in &mut *logits {
        *logit = exp(*logit - max);
        sum += f64::from(*logit);
    }
    let factor = (1.0 / sum) as f32;
    for p in &mut *logits {
        *p *= factor;
    }
    f64::from(max) + sum.ln()
}

/// Cross-entropy of given next tokens: -ln p(label), summed over tokens in f64.
pub struct CrossEntropy<'a> {
    /// The label of each token.
    pub labels: &'a [u32],
}

impl LogitLoss for CrossEntropy<'_> {
    type Sums = f64;

    fn start(&self, _: usize) -> f64 {
        0.0
    }

    fn gradient(&self, token: usize, logits: &mut [f32], _: &[f32], sums: &mut f64) {
        let label = self.labels[token] as usize;
        let logit = f64::from(logits[label]);
        *sums += softmax(logits) - logit;
        logits[label] -= 1.0;
    }
}

/// KL divergence of the predictions from reference distributions: Σ p·ln(p/q), summed over tokens in f64.
pub struct Divergence<'a> {
    /// Logits of the reference, `[tokens, vocab]`.
    pub reference: &'a [f32],
}

impl LogitLoss for Divergence<'_> {
    type Sums = f64;

    fn start(&self, _: usize) -> f64 {
        0.0
    }

    fn gradient(&self, token: usize, logits: &mut [f32], _: &[f32], sums: &mut f64) {
        let reference = &self.reference[token * logits.len()..][..logits.len()];
        let mut p = reference.to_vec();
        let of_p = softmax(&mut p);
        let difference: f64 = p
            .iter()
            .zip(reference.iter().zip(&*logits))
            .map(|(&p, (&a, &b))| f64::from(p) * (f64::from(a) - f64::from(b)))
            .sum();
        *sums += difference - of_p + softmax(logits);
        logits.iter_mut().zip(&p).for_each(|(q, p)| *q -= p);
    }
}

/// Keeps the logits themselves, `[tokens, vocab]` of each task.
pub struct KeepLogits;

impl LogitLoss for KeepLogits {
    type Sums = Vec<f32>;

    fn start(&self, _: usize) -> Vec<f32> {
        Vec::new()
    }

    fn gradient(&self, _: usize, logits: &mut [f32], _: &[f32], sums: &mut Vec<f32>) {
        sums.extend_from_slice(logits);
        logits.fill(0.0);
    }
}
