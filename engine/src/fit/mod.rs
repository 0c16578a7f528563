//! What fits this machine: the memory and speed of a model at each precision, before it is downloaded, quantized or loaded.

mod advice;
mod error;
mod memory;
mod ranking;

pub use advice::{
    Advice, AdviseRequest, Setting, Verdict, advise_config, advise_model, advise_outline, preselected, rough,
};
pub use error::Error;
pub use memory::MemoryNeed;
pub use ranking::{RankedModel, Recommendation, rank};
