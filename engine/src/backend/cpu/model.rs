//! A model ready to run: what its sequences share.

use nibble_kernels::Pool;

use super::weights::Weights;
use crate::backend::{DecoderSpec, RunOptions};

/// What sequences share.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) spec: DecoderSpec,
    pub(super) weights: Weights,
    pub(super) pool: Pool,
    pub(super) run: RunOptions,
}
