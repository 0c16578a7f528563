//! Sensitivities: what an error of each matrix costs in KL divergence, from one pass backward through the model.
//!
//! To second order, a change of the weights by ΔW moves the predictions by KL ≈ ½·E[(g·ΔW)²] per token, where g is the gradient
//! of the log-probability of labels that the model itself predicts (Fisher information; labels are sampled with a fixed seed).
//! For one matrix, g·ΔW is the sum of δ_o·(ΔW x)_o over tokens and rows o, with output gradient δ and input x. Rounding errors
//! of rows are independent, and δ hardly depends on x, which leaves
//!
//! ```text
//! KL ≈ ½ · Σ_o E[δ_o²] · ΔW_o·H·ΔW_oᵀ,   H = E[x·xᵀ] or its diagonal
//! ```
//!
//! Errors of several matrices add up. Layers are read one at a time; in memory are the inputs of all layers in f32
//! ([`stored_bytes`]), one layer, and the head.

mod labels;
mod matrix;
mod measure;
#[cfg(test)]
mod tests;

pub use matrix::{ColumnMoments, LookupSensitivity, MatrixSensitivity};
pub use measure::{Sensitivities, SensitivityOptions, measure, stored_bytes};
