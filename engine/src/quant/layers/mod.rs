//! A model one layer at a time: the tensors of a layer, the hidden states between layers, and the second moments of the inputs
//! of its matrices. What methods work on that look at more than one matrix, or at more than the diagonal.
//!
//! Only one layer's weights and the hidden states of the calibration tokens are in memory.

mod collect;
mod folds;
mod job;
mod moments;
mod states;
mod tensors;

pub use collect::collect;
pub(in crate::quant) use folds::{Fold, folds};
pub use job::LayerJob;
pub use moments::{InputMoments, LayerMoments};
pub use states::HiddenStates;
pub use tensors::LayerTensors;
