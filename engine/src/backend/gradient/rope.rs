//! RoPE of queries and keys and its gradient, which is the rotation by the negative angle.

use crate::backend::{Rope, RopeKind};

/// Cosines and sines of the first positions, in f32.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Rotary {
    kind: RopeKind,
    /// Pairs that rotate.
    n_pairs: usize,
    /// Cosine and sine of each pair at each position, `[positions, pairs]`.
    table: Vec<(f32, f32)>,
}

impl Rotary {
    /// The angles of the positions below `n_positions`; `factors` are the divisors of the frequencies.
    pub(super) fn new(rope: &Rope, factors: &[f32], n_positions: usize) -> Self {
        let (frequencies, magnitude) = (rope.frequencies(factors), rope.magnitude());
        let angle = |position: usize| {
            frequencies.iter().map(move |&frequency| {
                let (sin, cos) = (position as f32 * frequency).sin_cos();
                (cos * magnitude, sin * magnitude)
            })
        };
        let table = (0..n_positions).flat_map(angle).collect();
        Self { kind: rope.kind, n_pairs: frequencies.len(), table }
    }

    /// Number of positions that the table has.
    pub(super) fn n_positions(&self) -> usize {
        self.table.len().checked_div(self.n_pairs).unwrap_or(usize::MAX)
    }

    /// Rotates the heads of one token, `[heads, head_dim]`, at `position`.
    pub(super) fn forward(&self, position: usize, head_dim: usize, heads: &mut [f32]) {
        self.turn(position, head_dim, heads, 1.0);
    }

    /// Replaces the gradient of rotated heads by that of the heads before.
    pub(super) fn backward(&self, position: usize, head_dim: usize, heads: &mut [f32]) {
        self.turn(position, head_dim, heads, -1.0);
    }

    fn turn(&self, position: usize, head_dim: usize, heads: &mut [f32], sign: f32) {
        let angles = &self.table[position * self.n_pairs..][..self.n_pairs];
        for head in heads.chunks_exact_mut(head_dim) {
            for (pair, &(cos, sin)) in angles.iter().enumerate() {
                let (i, j) = match self.kind {
                    RopeKind::Interleaved => (2 * pair, 2 * pair + 1),
                    RopeKind::NeoX => (pair, pair + self.n_pairs),
                };
                let (a, b) = (head[i], head[j]);
                head[i] = a * cos - sign * b * sin;
                head[j] = b * cos + sign * a * sin;
            }
        }
    }
}
