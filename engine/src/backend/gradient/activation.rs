//! The gate of an MLP, activation(gate) ⊙ up, and its gradient.
//!
//! Both activations are x·sigmoid(g(x)): SiLU with g = x, GELU's tanh form with g = 2·√(2/π)·(x + 0.044715·x³).

use rayon::prelude::*;

use super::exp::exp;
use crate::backend::Activation;

/// Slope of the sigmoid's argument, 2·√(2/π).
const GELU_SLOPE: f32 = 1.595_769;
/// Factor of the cubic term.
const GELU_CUBE: f32 = 0.044_715;
/// Elements that a task computes.
const PART: usize = 1 << 15;

/// Value and slope of an activation at `x`.
#[inline]
fn value_and_slope(activation: Activation, x: f32) -> (f32, f32) {
    let (inner, inner_slope) = match activation {
        Activation::Silu => (x, 1.0),
        Activation::GeluTanh => {
            (GELU_SLOPE * (x + GELU_CUBE * x * x * x), GELU_SLOPE * (1.0 + 3.0 * GELU_CUBE * x * x))
        }
    };
    let sigmoid = 1.0 / (1.0 + exp(-inner));
    (x * sigmoid, sigmoid + x * sigmoid * (1.0 - sigmoid) * inner_slope)
}

/// Computes activation(gate) ⊙ up.
pub(super) fn gated(activation: Activation, gate: &[f32], up: &[f32]) -> Vec<f32> {
    let mut out = vec![0.0; gate.len()];
    out.par_chunks_mut(PART).zip(gate.par_chunks(PART)).zip(up.par_chunks(PART)).for_each(
        |((out, gate), up)| {
            for ((out, gate), up) in out.iter_mut().zip(gate).zip(up) {
                *out = value_and_slope(activation, *gate).0 * up;
            }
        },
    );
    out
}

/// Replaces the gradient of [`gated`]'s output in `d_up` by that of `up`, and returns that of `gate`.
pub(super) fn gated_gradient(activation: Activation, gate: &[f32], up: &[f32], d_up: &mut [f32]) -> Vec<f32> {
    let mut d_gate = vec![0.0; gate.len()];
    let parts = d_gate.par_chunks_mut(PART).zip(d_up.par_chunks_mut(PART));
    parts.zip(gate.par_chunks(PART).zip(up.par_chunks(PART))).for_each(|((d_gate, d_up), (gate, up))| {
        for (((d_gate, d_up), gate), up) in d_gate.iter_mut().zip(d_up).zip(gate).zip(up) {
            let (value, slope) = value_and_slope(activation, *gate);
            *d_gate = *d_up * up * slope;
            *d_up *= value;
        }
    });
    d_gate
}
