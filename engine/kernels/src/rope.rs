//! Rotary position embedding (RoPE): rotates pairs of a head's elements by position·frequency (Su et al. 2021, equation 34).
//!
//! Sines and cosines of successive positions are computed once per call of the decoder and used by every layer and head.

#![allow(clippy::inline_always, reason = "see lanes")]

use crate::lanes::{Lanes, at_level};
use crate::level::Level;

/// Pairing of the elements of a head that are rotated together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pairing {
    /// Element 2i with element 2i+1.
    Interleaved,
    /// Element i with element i + half, where half is the number of pairs.
    Halves,
}

/// Cosines and sines of up to `max_positions` successive positions.
#[derive(Debug)]
pub struct RopeTable {
    pairing: Pairing,
    frequencies: Vec<f32>,
    magnitude: f32,
    /// Elements of a row of `cos` and `sin`: 2 per pair when interleaved, 1 otherwise.
    width: usize,
    cos: Vec<f32>,
    /// Sines; interleaved: -sin, +sin for each pair.
    sin: Vec<f32>,
}

impl RopeTable {
    /// A table with room for `max_positions`; `frequencies` in radians per position, one per pair; cosines and sines are multiplied
    /// by `magnitude`.
    pub fn new(pairing: Pairing, frequencies: Vec<f32>, magnitude: f32, max_positions: usize) -> Self {
        let width = frequencies.len() * if pairing == Pairing::Interleaved { 2 } else { 1 };
        let (cos, sin) = (vec![0.0; width * max_positions], vec![0.0; width * max_positions]);
        Self { pairing, frequencies, magnitude, width, cos, sin }
    }

    /// Size of a table of this kind in bytes.
    pub fn size_bytes(pairing: Pairing, n_pairs: usize, max_positions: usize) -> u64 {
        let width = n_pairs * if pairing == Pairing::Interleaved { 2 } else { 1 };
        (4 * (n_pairs + 2 * width * max_positions)) as u64
    }

    /// Computes the rows of positions `first .. first + n`.
    ///
    /// The angle is the f32 product of position and frequency, as in the models' own code; sine and cosine are taken in f64.
    ///
    /// # Panics
    /// When `n` exceeds the size of the table.
    pub fn fill(&mut self, first: usize, n: usize) {
        assert!(n * self.width <= self.cos.len(), "the table has room for {n} positions");
        for row in 0..n {
            for (pair, frequency) in self.frequencies.iter().enumerate() {
                let (sin, cos) = f64::from((first + row) as f32 * frequency).sin_cos();
                let (sin, cos) = (sin as f32 * self.magnitude, cos as f32 * self.magnitude);
                match self.pairing {
                    Pairing::Interleaved => {
                        let at = row * self.width + 2 * pair;
                        self.cos[at..at + 2].fill(cos);
                        self.sin[at] = -sin;
                        self.sin[at + 1] = sin;
                    }
                    Pairing::Halves => {
                        self.cos[row * self.width + pair] = cos;
                        self.sin[row * self.width + pair] = sin;
                    }
                }
            }
        }
    }

    /// Rotates the heads of `x`, each `head_dim` long, by the angles of row `row` of the last [`RopeTable::fill`]; elements
    /// beyond the pairs are unchanged. Two roundings per element.
    ///
    /// # Panics
    /// When a head is shorter than the pairs, or `x` is not whole heads.
    pub fn rotate(&self, level: Level, row: usize, head_dim: usize, x: &mut [f32]) {
        let n_rotary = 2 * self.frequencies.len();
        assert!(
            n_rotary <= head_dim && x.len().is_multiple_of(head_dim),
            "whole heads, not shorter than the pairs"
        );
        let cos = &self.cos[row * self.width..][..self.width];
        let sin = &self.sin[row * self.width..][..self.width];
        for head in x.chunks_exact_mut(head_dim) {
            let head = &mut head[..n_rotary];
            match self.pairing {
                Pairing::Interleaved => at_level!(level, interleaved_scalar, interleaved_lanes,
                    (x: &mut [f32] = head, cos: &[f32] = cos, sin: &[f32] = sin)),
                Pairing::Halves => at_level!(level, halves_scalar, halves_lanes,
                    (x: &mut [f32] = head, cos: &[f32] = cos, sin: &[f32] = sin)),
            }
        }
    }
}

fn interleaved_scalar(x: &mut [f32], cos: &[f32], sin: &[f32]) {
    for ((pair, cos), sin) in x.chunks_exact_mut(2).zip(cos.chunks_exact(2)).zip(sin.chunks_exact(2)) {
        let (a, b) = (pair[0], pair[1]);
        pair[0] = a * cos[0] + b * sin[0];
        pair[1] = b * cos[1] + a * sin[1];
    }
}

fn halves_scalar(x: &mut [f32], cos: &[f32], sin: &[f32]) {
    let (low, high) = x.split_at_mut(cos.len());
    halves_rest(low, high, cos, sin);
}

fn halves_rest(low: &mut [f32], high: &mut [f32], cos: &[f32], sin: &[f32]) {
    for (((low, high), cos), sin) in low.iter_mut().zip(high).zip(cos).zip(sin) {
        let (a, b) = (*low, *high);
        *low = a * cos - b * sin;
        *high = b * cos + a * sin;
    }
}

#[inline(always)]
fn interleaved_lanes<L: Lanes>(l: L, x: &mut [f32], cos: &[f32], sin: &[f32]) {
    let whole = x.len() / L::N * L::N;
    for i in (0..whole).step_by(L::N) {
        // SAFETY: i + N ≤ whole, and an interleaved row of the table is as long as the rotating part of a head.
        unsafe {
            let v = l.load(x.as_ptr().add(i));
            let turned = l.mul(l.swap_pairs(v), l.load(sin.as_ptr().add(i)));
            l.store(x.as_mut_ptr().add(i), l.fma(v, l.load(cos.as_ptr().add(i)), turned));
        }
    }
    interleaved_scalar(&mut x[whole..], &cos[whole..], &sin[whole..]);
}

#[inline(always)]
fn halves_lanes<L: Lanes>(l: L, x: &mut [f32], cos: &[f32], sin: &[f32]) {
    let half = cos.len();
    let whole = half / L::N * L::N;
    let (low, high) = x.split_at_mut(half);
    for i in (0..whole).step_by(L::N) {
        // SAFETY: i + N ≤ whole ≤ half, the length of all four slices.
        unsafe {
            let (a, b) = (l.load(low.as_ptr().add(i)), l.load(high.as_ptr().add(i)));
            let (c, s) = (l.load(cos.as_ptr().add(i)), l.load(sin.as_ptr().add(i)));
            l.store(low.as_mut_ptr().add(i), l.sub(l.mul(a, c), l.mul(b, s)));
            l.store(high.as_mut_ptr().add(i), l.fma(b, c, l.mul(a, s)));
        }
    }
    halves_rest(&mut low[whole..], &mut high[whole..], &cos[whole..], &sin[whole..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_turns_the_named_pairs() {
        for pairing in [Pairing::Interleaved, Pairing::Halves] {
            for (head_dim, n_pairs) in [(2, 1), (16, 8), (20, 7), (64, 32), (96, 48), (128, 20)] {
                let frequencies: Vec<f32> = (0..n_pairs).map(|i| 0.9_f32.powi(i)).collect();
                let mut table = RopeTable::new(pairing, frequencies.clone(), 1.25, 3);
                table.fill(40, 3);
                let x: Vec<f32> = (0..2 * head_dim).map(|i| (i as f32 * 0.7).sin()).collect();
                for level in Level::available() {
                    let mut got = x.clone();
                    table.rotate(level, 2, head_dim, &mut got);
                    let mut want: Vec<f64> = x.iter().map(|&x| f64::from(x)).collect();
                    for head in want.chunks_exact_mut(head_dim) {
                        for (pair, frequency) in frequencies.iter().enumerate() {
                            let (i, j) = match pairing {
                                Pairing::Interleaved => (2 * pair, 2 * pair + 1),
                                Pairing::Halves => (pair, pair + frequencies.len()),
                            };
                            let (sin, cos) = f64::from(42.0 * frequency).sin_cos();
                            let (a, b) = (head[i], head[j]);
                            head[i] = 1.25 * (a * cos - b * sin);
                            head[j] = 1.25 * (b * cos + a * sin);
                        }
                    }
                    for (got, want) in got.iter().zip(&want) {
                        // |x| ≤ 1: sine, cosine, magnitude, two products and a sum are rounded.
                        let bound = 6.0 * 1.25 * f64::from(f32::EPSILON);
                        assert!((f64::from(*got) - want).abs() <= bound, "{pairing:?} {}", level.name());
                    }
                }
            }
        }
    }
}
