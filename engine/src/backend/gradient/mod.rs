//! Layers with gradients, in f32: what learns roundings and measures sensitivities.
//!
//! A [`GradientModel`] reads one layer at a time, so that models larger than memory can be walked forward and backward while
//! only the inputs of the layers are stored. A [`GradientLayer`] computes the blocks of [`spec`](super::spec) over whole
//! sequences without a cache; walking back, it passes input and output gradient of every matrix product to
//! [`ProductGradients`], which sums what it needs. One file per block, as in the backends.

mod activation;
mod attention;
mod ends;
mod exp;
mod gated;
mod layer;
mod linear;
mod loader;
mod norm;
mod product;
mod rope;
mod scores;
#[cfg(test)]
mod tests;

pub use ends::{CrossEntropy, Divergence, Embedding, Head, KeepLogits, LogitLoss, softmax};
pub use layer::{GradientLayer, LayerPass};
pub use linear::{Linear, ProductGradients};
pub use loader::GradientModel;
pub use product::{add_second_moments, weight_gradient};
