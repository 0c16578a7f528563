//! Gated activations of the MLP: out = f(gate) ⊙ up, with f = SiLU or the tanh form of GELU.
//!
//! Both are x·sigmoid(g(x)): SiLU with g = x, and since (1 + tanh u)/2 = sigmoid(2u), GELU with
//! g = 2·√(2/π)·(x + 0.044715·x³) (Hendrycks and Gimpel 2016, section 2).

#![allow(clippy::inline_always, reason = "see lanes")]

use crate::exp::sigmoid;
use crate::lanes::{Lanes, at_level};
use crate::level::Level;

/// Slope of the sigmoid's argument, 2·√(2/π).
const GELU_SLOPE: f32 = 1.595_769;
/// Factor of the cubic term.
const GELU_CUBE: f32 = 0.044_715;

/// Activation function of the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// x·sigmoid(x), with a relative error below 8 units in the last place.
    Silu,
    /// 0.5·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))), with an error below 8 units in the last place of |gate·up|, as the tanh is not
    /// resolved better near its ends.
    GeluTanh,
}

impl Activation {
    /// Replaces `gate` by f(gate) ⊙ up, element by element, in f32.
    ///
    /// # Panics
    /// When the lengths differ.
    pub fn gate(self, level: Level, gate: &mut [f32], up: &[f32]) {
        assert_eq!(gate.len(), up.len(), "gate and up are of one length");
        match self {
            Self::Silu => {
                at_level!(level, silu_scalar, silu_lanes, (gate: &mut [f32] = gate, up: &[f32] = up));
            }
            Self::GeluTanh => {
                at_level!(level, gelu_scalar, gelu_lanes, (gate: &mut [f32] = gate, up: &[f32] = up));
            }
        }
    }

    /// [`Activation::gate`] with given lanes, for lengths that are whole registers.
    #[inline(always)]
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "used where AMX fuses products"))]
    pub(crate) fn gate_lanes<L: Lanes>(self, l: L, gate: &mut [f32], up: &[f32]) {
        match self {
            Self::Silu => silu_lanes(l, gate, up),
            Self::GeluTanh => gelu_lanes(l, gate, up),
        }
    }
}

/// Multiplies every element of `x` by the sigmoid of its gate, in f32.
///
/// # Panics
/// When the lengths differ.
pub fn gate_by_sigmoid(level: Level, x: &mut [f32], gate: &[f32]) {
    assert_eq!(x.len(), gate.len(), "a gate for each element");
    at_level!(level, sigmoid_gate_scalar, sigmoid_gate_lanes, (x: &mut [f32] = x, gate: &[f32] = gate));
}

fn sigmoid_gate_scalar(x: &mut [f32], gate: &[f32]) {
    for (x, gate) in x.iter_mut().zip(gate) {
        *x /= 1.0 + (-*gate).exp();
    }
}

#[inline(always)]
fn sigmoid_gate_lanes<L: Lanes>(l: L, x: &mut [f32], gate: &[f32]) {
    let whole = x.len() / L::N * L::N;
    for (x, gate) in x.chunks_exact_mut(L::N).zip(gate.chunks_exact(L::N)) {
        // SAFETY: both chunks have N elements.
        let (v, g) = unsafe { (l.load(x.as_ptr()), l.load(gate.as_ptr())) };
        // SAFETY: the chunk has N elements.
        unsafe { l.store(x.as_mut_ptr(), l.mul(v, sigmoid(l, g))) };
    }
    sigmoid_gate_scalar(&mut x[whole..], &gate[whole..]);
}

/// Replaces every element by x·sigmoid(x), as [`Activation::Silu`] without the product.
pub fn silu(level: Level, x: &mut [f32]) {
    at_level!(level, silu_alone_scalar, silu_alone_lanes, (x: &mut [f32] = x));
}

fn silu_alone_scalar(x: &mut [f32]) {
    for x in x {
        *x /= 1.0 + (-*x).exp();
    }
}

#[inline(always)]
fn silu_alone_lanes<L: Lanes>(l: L, x: &mut [f32]) {
    let whole = x.len() / L::N * L::N;
    for x in x.chunks_exact_mut(L::N) {
        // SAFETY: the chunk has N elements.
        let v = unsafe { l.load(x.as_ptr()) };
        // SAFETY: the chunk has N elements.
        unsafe { l.store(x.as_mut_ptr(), l.mul(v, sigmoid(l, v))) };
    }
    silu_alone_scalar(&mut x[whole..]);
}

fn silu_scalar(gate: &mut [f32], up: &[f32]) {
    for (gate, up) in gate.iter_mut().zip(up) {
        *gate = *gate / (1.0 + (-*gate).exp()) * up;
    }
}

fn gelu_scalar(gate: &mut [f32], up: &[f32]) {
    for (gate, up) in gate.iter_mut().zip(up) {
        let x = *gate;
        let inner = GELU_SLOPE * (x + GELU_CUBE * x * x * x);
        *gate = x / (1.0 + (-inner).exp()) * up;
    }
}

#[inline(always)]
fn silu_lanes<L: Lanes>(l: L, gate: &mut [f32], up: &[f32]) {
    let whole = gate.len() / L::N * L::N;
    for (gate, up) in gate.chunks_exact_mut(L::N).zip(up.chunks_exact(L::N)) {
        // SAFETY: both chunks have N elements.
        let (x, u) = unsafe { (l.load(gate.as_ptr()), l.load(up.as_ptr())) };
        let y = l.mul(l.mul(x, sigmoid(l, x)), u);
        // SAFETY: the chunk has N elements.
        unsafe { l.store(gate.as_mut_ptr(), y) };
    }
    silu_scalar(&mut gate[whole..], &up[whole..]);
}

#[inline(always)]
fn gelu_lanes<L: Lanes>(l: L, gate: &mut [f32], up: &[f32]) {
    let whole = gate.len() / L::N * L::N;
    for (gate, up) in gate.chunks_exact_mut(L::N).zip(up.chunks_exact(L::N)) {
        // SAFETY: both chunks have N elements.
        let (x, u) = unsafe { (l.load(gate.as_ptr()), l.load(up.as_ptr())) };
        let cube = l.mul(l.mul(l.splat(GELU_CUBE), x), l.mul(x, x));
        let inner = l.mul(l.splat(GELU_SLOPE), l.add(x, cube));
        let y = l.mul(l.mul(x, sigmoid(l, inner)), u);
        // SAFETY: the chunk has N elements.
        unsafe { l.store(gate.as_mut_ptr(), y) };
    }
    gelu_scalar(&mut gate[whole..], &up[whole..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values over the range where the functions bend, and far outside.
    fn inputs(n: usize) -> (Vec<f32>, Vec<f32>) {
        let gate = (0..n).map(|i| (i as f32 - n as f32 / 2.0) * 0.37).collect();
        let up = (0..n).map(|i| ((i * 7919) % 13) as f32 - 6.0).collect();
        (gate, up)
    }

    #[test]
    fn every_level_and_length_follows_the_formula() {
        for n in [0, 1, 7, 8, 15, 16, 17, 33, 600] {
            let (gate, up) = inputs(n);
            for level in Level::available() {
                let (mut silu, mut gelu) = (gate.clone(), gate.clone());
                Activation::Silu.gate(level, &mut silu, &up);
                let mut alone = gate.clone();
                super::silu(level, &mut alone);
                alone.iter_mut().zip(&up).for_each(|(x, up)| *x *= up);
                let mut gated: Vec<f32> = gate.iter().zip(&up).map(|(x, up)| x * up).collect();
                gate_by_sigmoid(level, &mut gated, &gate);
                assert!(gated.iter().zip(&silu).all(|(a, b)| (a - b).abs() <= 4.0 * f32::EPSILON * b.abs()));
                assert!(alone.iter().zip(&silu).all(|(a, b)| (a - b).abs() <= 4.0 * f32::EPSILON * b.abs()));
                Activation::GeluTanh.gate(level, &mut gelu, &up);
                for i in 0..n {
                    let (x, u) = (f64::from(gate[i]), f64::from(up[i]));
                    let want_silu = x / (1.0 + (-x).exp()) * u;
                    let inner = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x.powi(3));
                    let want_gelu = 0.5 * x * (1.0 + inner.tanh()) * u;
                    let eps = 8.0 * f64::from(f32::EPSILON);
                    // Below e^-87 the exponential is flushed, hence the smallest normal number beside the relative part.
                    let tiny = 1e-35 * (1.0 + (x * u).abs());
                    let silu_bound = eps * want_silu.abs() * (1.0 + 0.1 * x.abs()) + tiny;
                    assert!(
                        (f64::from(silu[i]) - want_silu).abs() <= silu_bound,
                        "silu {x} {}",
                        level.name()
                    );
                    let gelu_error = (f64::from(gelu[i]) - want_gelu).abs();
                    assert!(gelu_error <= eps * (x * u).abs() + tiny, "gelu {x} {}", level.name());
                }
            }
        }
    }
}
