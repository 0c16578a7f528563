//! A loaded model: the data that its sequences share.

use nibble_kernels::Pool;

use super::weights::Weights;
use crate::backend::{DecoderSpec, RunOptions};

/// Weights, thread pool and options that all sequences of a model share.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) spec: DecoderSpec,
    pub(super) weights: Weights,
    pub(super) pool: Pool,
    pub(super) run: RunOptions,
}
