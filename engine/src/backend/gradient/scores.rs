//! Attention of the query heads that share a key head, over one sequence, and its gradient.
//!
//! Scores of all pairs of positions are computed as one product and masked; the gradient computes them anew, so that nothing
//! quadratic in the sequence is stored between the passes.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};

use super::exp::exp;
use crate::backend::AttentionSpec;

/// Queries, keys and values of one sequence, or their gradients: rows of a token with a common stride.
#[derive(Clone, Copy)]
pub(super) struct HeadRows<'a> {
    /// First number of the first token's head.
    pub(super) data: &'a [f32],
    /// Numbers from one token's head to that of the next.
    pub(super) stride: usize,
}

impl<'a> HeadRows<'a> {
    fn view(self, n_tokens: usize, head_dim: usize) -> MatRef<'a, f32> {
        let len = (n_tokens - 1) * self.stride + head_dim;
        MatRef::from_row_major_slice_with_stride(&self.data[..len], n_tokens, head_dim, self.stride)
    }
}

/// Softmax weights of one head, `[tokens, tokens]`, zero where masked, into `weights`; soft-capped scores' slopes into `slopes`,
/// which is empty without a cap.
fn softmax_weights(
    spec: &AttentionSpec,
    n: usize,
    q: MatRef<'_, f32>,
    k: MatRef<'_, f32>,
    weights: &mut [f32],
    slopes: &mut Vec<f32>,
) {
    let to = MatMut::from_row_major_slice_mut(weights, n, n);
    matmul(to, Accum::Replace, q, k.transpose(), spec.scale, Par::Seq);
    slopes.clear();
    if let Some(cap) = spec.softcap {
        slopes.extend(weights.iter_mut().map(|score| {
            let tanh = (*score / cap).tanh();
            *score = cap * tanh;
            1.0 - tanh * tanh
        }));
    }
    let window = spec.window.unwrap_or(usize::MAX);
    for (position, row) in weights.chunks_exact_mut(n).enumerate() {
        let first = (position + 1).saturating_sub(window);
        let (hidden, rest) = row.split_at_mut(first);
        let (seen, later) = rest.split_at_mut(position + 1 - first);
        hidden.fill(0.0);
        later.fill(0.0);
        let max = seen.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let mut sum = 0.0;
        for score in &mut *seen {
            *score = exp(*score - max);
            sum += f64::from(*score);
        }
        let factor = (1.0 / sum) as f32;
        for weight in seen {
            *weight *= factor;
        }
    }
}

/// Outputs of the query heads that share keys `k` and values `v`: `[heads][tokens, head_dim]`, one after the other.
pub(super) fn attend(
    spec: &AttentionSpec,
    n: usize,
    queries: &[HeadRows<'_>],
    k: HeadRows<'_>,
    v: HeadRows<'_>,
) -> Vec<f32> {
    let hd = spec.head_dim;
    let mut out = vec![0.0; queries.len() * n * hd];
    let (mut weights, mut slopes) = (vec![0.0; n * n], Vec::new());
    for (q, out) in queries.iter().zip(out.chunks_exact_mut(n * hd)) {
        softmax_weights(spec, n, q.view(n, hd), k.view(n, hd), &mut weights, &mut slopes);
        let to = MatMut::from_row_major_slice_mut(out, n, hd);
        matmul(
            to,
            Accum::Replace,
            MatRef::from_row_major_slice(&weights, n, n),
            v.view(n, hd),
            1.0,
            Par::Seq,
        );
    }
    out
}

/// Gradients of the heads of one group: queries `[heads][tokens, head_dim]`, keys and values `[tokens, head_dim]`.
pub(super) struct HeadGradients {
    pub(super) queries: Vec<f32>,
    pub(super) keys: Vec<f32>,
    pub(super) values: Vec<f32>,
}

/// Gradients of [`attend`]'s arguments; `d_out` are those of its outputs, one for each query head.
pub(super) fn attend_gradient(
    spec: &AttentionSpec,
    n: usize,
    queries: &[HeadRows<'_>],
    k: HeadRows<'_>,
    v: HeadRows<'_>,
    d_out: &[HeadRows<'_>],
) -> HeadGradients {
    let hd = spec.head_dim;
    let mut found = HeadGradients {
        queries: vec![0.0; queries.len() * n * hd],
        keys: vec![0.0; n * hd],
        values: vec![0.0; n * hd],
    };
    let (mut weights, mut slopes, mut d_scores) = (vec![0.0; n * n], Vec::new(), vec![0.0; n * n]);
    let heads = queries.iter().zip(d_out).zip(found.queries.chunks_exact_mut(n * hd));
    for ((q, d_out), d_query) in heads {
        let (q, d_out) = (q.view(n, hd), d_out.view(n, hd));
        softmax_weights(spec, n, q, k.view(n, hd), &mut weights, &mut slopes);
        let seen = MatRef::from_row_major_slice(&weights, n, n);
        let d_values = MatMut::from_row_major_slice_mut(&mut found.values, n, hd);
        matmul(d_values, Accum::Add, seen.transpose(), d_out, 1.0, Par::Seq);
        let d_weights = MatMut::from_row_major_slice_mut(&mut d_scores, n, n);
        matmul(d_weights, Accum::Replace, d_out, v.view(n, hd).transpose(), 1.0, Par::Seq);
        for (d_row, row) in d_scores.chunks_exact_mut(n).zip(weights.chunks_exact(n)) {
            let mean: f64 = d_row.iter().zip(row).map(|(d, weight)| f64::from(d * weight)).sum();
            let mean = mean as f32;
            d_row.iter_mut().zip(row).for_each(|(d, weight)| *d = (*d - mean) * weight);
        }
        d_scores.iter_mut().zip(&slopes).for_each(|(d, slope)| *d *= slope);
        let d_scores = MatRef::from_row_major_slice(&d_scores, n, n);
        let d_query = MatMut::from_row_major_slice_mut(d_query, n, hd);
        matmul(d_query, Accum::Replace, d_scores, k.view(n, hd), spec.scale, Par::Seq);
        let d_keys = MatMut::from_row_major_slice_mut(&mut found.keys, n, hd);
        matmul(d_keys, Accum::Add, d_scores.transpose(), q, spec.scale, Par::Seq);
    }
    found
}
