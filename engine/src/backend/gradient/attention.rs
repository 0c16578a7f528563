//! Attention block of a layer over whole sequences, and its gradient.

use rayon::prelude::*;

use super::linear::{Linear, ProductGradients};
use super::norm::{add_row_gradients, norm_rows};
use super::rope::Rotary;
use super::scores::{HeadGradients, HeadRows, attend, attend_gradient};
use crate::backend::AttentionSpec;
use crate::backend::slots::Projections;

/// The weights of an attention block.
#[derive(Clone, Debug)]
pub(super) struct Attention {
    pub(super) spec: AttentionSpec,
    /// Query, key and value projections, separate or fused.
    pub(super) qkv: Projections<3, Linear>,
    /// Norm weights of queries and of keys, of each head or of all together.
    pub(super) head_norms: Option<[Vec<f32>; 2]>,
    pub(super) output: Linear,
    pub(super) rotation: Option<Rotary>,
    pub(super) norm_eps: f32,
}

/// What a forward pass stores for the gradient.
pub(super) struct AttentionPass {
    /// Queries, keys and values of each token before head norms; empty without head norms.
    projected: Vec<f32>,
    /// Queries, keys and values as scores use them, `[tokens, query_len + 2·kv_len]`.
    qkv: Vec<f32>,
    /// Outputs of the heads, `[tokens, query_len]`.
    heads: Vec<f32>,
}

/// Input of a block or layer, `[tokens, width]`, and the lengths of its sequences.
#[derive(Clone, Copy)]
pub(super) struct Tokens<'a> {
    pub(super) x: &'a [f32],
    pub(super) lengths: &'a [usize],
}

/// A sequence, by its first token and length, and a key head.
type HeadTask = (usize, usize, usize);

impl Attention {
    /// Numbers of a token's queries, keys and values together.
    fn width(&self) -> usize {
        self.spec.query_len() + 2 * self.spec.kv_len()
    }

    /// The block's output for `x`, `[tokens, d_model]`, of sequences with these lengths.
    pub(super) fn forward(&self, x: &[f32], lengths: &[usize]) -> (Vec<f32>, AttentionPass) {
        let (spec, width) = (&self.spec, self.width());
        let mut qkv = match &self.qkv {
            Projections::Fused(all) => all.forward(x),
            Projections::Separate(parts) => {
                let parts = parts.each_ref().map(|part| part.forward(x));
                join(&parts, [spec.query_len(), spec.kv_len(), spec.kv_len()])
            }
        };
        let projected = if self.head_norms.is_some() { qkv.clone() } else { Vec::new() };
        let positions = positions(lengths);
        qkv.par_chunks_exact_mut(width).zip(&positions).for_each(|(token, &position)| {
            for (norm, heads) in self.rotated(token).into_iter().enumerate() {
                if let Some(norms) = &self.head_norms {
                    norm_rows(heads, &norms[norm], self.norm_eps);
                }
                if let Some(rotation) = &self.rotation {
                    rotation.forward(position, spec.head_dim, heads);
                }
                self.scale(norm, position, heads);
            }
        });
        let mut heads = vec![0.0; positions.len() * spec.query_len()];
        let found: Vec<(HeadTask, Vec<f32>)> = self
            .head_tasks(lengths)
            .into_par_iter()
            .map(|task| {
                let (queries, k, v) = self.head_rows(&qkv, task);
                (task, attend(spec, task.1, &queries, k, v))
            })
            .collect();
        for (task, out) in found {
            self.scatter(&out, task, &mut heads, spec.query_len(), 0);
        }
        (self.output.forward(&heads), AttentionPass { projected, qkv, heads })
    }

    /// Adds the gradient of the input to `dx`, if it is wanted; `dy` is that of the output.
    pub(super) fn backward(
        &self,
        Tokens { x, lengths }: Tokens<'_>,
        pass: &AttentionPass,
        dy: &[f32],
        gradients: &mut dyn ProductGradients,
        mut dx: Option<&mut [f32]>,
    ) {
        let (spec, width) = (&self.spec, self.width());
        let (query_len, kv_len) = (spec.query_len(), spec.kv_len());
        let mut d_heads = vec![0.0; pass.heads.len()];
        self.output.backward(&pass.heads, dy, gradients, Some(&mut d_heads));
        let found: Vec<(HeadTask, HeadGradients)> = self
            .head_tasks(lengths)
            .into_par_iter()
            .map(|task| {
                let (queries, k, v) = self.head_rows(&pass.qkv, task);
                let d_out = self.query_rows(&d_heads, task, query_len);
                (task, attend_gradient(spec, task.1, &queries, k, v, &d_out))
            })
            .collect();
        let mut d_qkv = vec![0.0; pass.qkv.len()];
        for (task, found) in found {
            let (first, n_tokens, head) = task;
            self.scatter(&found.queries, task, &mut d_qkv, width, 0);
            let alone = (first, n_tokens, head);
            scatter_head(&found.keys, alone, &mut d_qkv, width, query_len, spec.head_dim);
            scatter_head(&found.values, alone, &mut d_qkv, width, query_len + kv_len, spec.head_dim);
        }
        let positions = positions(lengths);
        d_qkv.par_chunks_exact_mut(width).zip(&positions).enumerate().for_each(
            |(token, (d_token, &position))| {
                let mut start = 0;
                for (norm, d_heads) in self.rotated(d_token).into_iter().enumerate() {
                    self.scale(norm, position, d_heads);
                    if let Some(rotation) = &self.rotation {
                        rotation.backward(position, spec.head_dim, d_heads);
                    }
                    if let Some(norms) = &self.head_norms {
                        let before = &pass.projected[token * width + start..][..d_heads.len()];
                        let d_normed = d_heads.to_vec();
                        d_heads.fill(0.0);
                        add_row_gradients(before, &norms[norm], self.norm_eps, &d_normed, d_heads);
                    }
                    start += d_heads.len();
                }
            },
        );
        match &self.qkv {
            Projections::Fused(all) => all.backward(x, &d_qkv, gradients, dx),
            Projections::Separate(parts) => {
                let mut start = 0;
                for part in parts {
                    let d_part = columns(&d_qkv, width, start, part.n_out());
                    part.backward(x, &d_part, gradients, dx.as_deref_mut());
                    start += part.n_out();
                }
            }
        }
    }

    /// Scales a token's queries, which are part 0 of [`Attention::rotated`], or their gradient, by position.
    fn scale(&self, part: usize, position: usize, heads: &mut [f32]) {
        if let (0, Some(scale)) = (part, self.spec.query_scale) {
            let factor = scale.at(position);
            for x in heads {
                *x *= factor;
            }
        }
    }

    /// The queries and the keys of a token.
    fn rotated<'t>(&self, token: &'t mut [f32]) -> [&'t mut [f32]; 2] {
        let (queries, rest) = token.split_at_mut(self.spec.query_len());
        [queries, &mut rest[..self.spec.kv_len()]]
    }

    fn head_tasks(&self, lengths: &[usize]) -> Vec<HeadTask> {
        let mut tasks = Vec::new();
        let mut first = 0;
        for &n_tokens in lengths {
            // A sequence without tokens has no scores.
            let heads = if n_tokens == 0 { 0 } else { self.spec.n_kv_heads };
            tasks.extend((0..heads).map(|head| (first, n_tokens, head)));
            first += n_tokens;
        }
        tasks
    }

    /// Queries, keys and values of a task in `qkv`.
    fn head_rows<'q>(
        &self,
        qkv: &'q [f32],
        task: HeadTask,
    ) -> (Vec<HeadRows<'q>>, HeadRows<'q>, HeadRows<'q>) {
        let (spec, stride) = (&self.spec, self.width());
        let (first, _, head) = task;
        let at =
            |start: usize| HeadRows { data: &qkv[first * stride + start + head * spec.head_dim..], stride };
        let keys = spec.query_len();
        (self.query_rows(qkv, task, stride), at(keys), at(keys + spec.kv_len()))
    }

    /// The query heads of a task in rows of `stride` numbers that begin with all query heads.
    fn query_rows<'q>(
        &self,
        rows: &'q [f32],
        (first, _, head): HeadTask,
        stride: usize,
    ) -> Vec<HeadRows<'q>> {
        let group = self.spec.n_heads / self.spec.n_kv_heads;
        let at = |query: usize| &rows[first * stride + query * self.spec.head_dim..];
        (head * group..(head + 1) * group).map(|query| HeadRows { data: at(query), stride }).collect()
    }

    /// Writes the query heads of a task, `[heads][tokens, head_dim]`, to rows of `stride` numbers.
    fn scatter(
        &self,
        from: &[f32],
        (first, n_tokens, head): HeadTask,
        to: &mut [f32],
        stride: usize,
        start: usize,
    ) {
        let (group, hd) = (self.spec.n_heads / self.spec.n_kv_heads, self.spec.head_dim);
        for (query, from) in from.chunks_exact(n_tokens * hd).enumerate() {
            scatter_head(from, (first, n_tokens, head * group + query), to, stride, start, hd);
        }
    }
}

/// Writes one head, `[tokens, head_dim]`, to rows of `stride` numbers whose heads begin at `start`.
fn scatter_head(from: &[f32], task: HeadTask, to: &mut [f32], stride: usize, start: usize, head_dim: usize) {
    let (first, _, head) = task;
    for (from, to) in from.chunks_exact(head_dim).zip(to[first * stride..].chunks_mut(stride)) {
        to[start + head * head_dim..][..head_dim].copy_from_slice(from);
    }
}

/// Position of each token within its sequence.
fn positions(lengths: &[usize]) -> Vec<usize> {
    lengths.iter().flat_map(|&n_tokens| 0..n_tokens).collect()
}

/// The columns `start..start + n` of rows of `width` numbers.
pub(super) fn columns(rows: &[f32], width: usize, start: usize, n: usize) -> Vec<f32> {
    rows.chunks_exact(width).flat_map(|row| &row[start..start + n]).copied().collect()
}

/// Rows with the columns of all parts, which have these widths.
pub(super) fn join<const N: usize>(parts: &[Vec<f32>; N], widths: [usize; N]) -> Vec<f32> {
    let n_rows = parts[0].len() / widths[0].max(1);
    let mut rows = Vec::with_capacity(parts.iter().map(Vec::len).sum());
    for row in 0..n_rows {
        for (part, width) in parts.iter().zip(widths) {
            rows.extend_from_slice(&part[row * width..][..width]);
        }
    }
    rows
}
