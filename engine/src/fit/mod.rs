//! What fits this machine: the memory and speed of a model at each precision, before it is downloaded, quantized or loaded.

mod advice;
mod choice;
mod error;
mod memory;
mod ranking;
mod rough;

pub use advice::{Advice, AdviseRequest, Setting, Verdict, advise_config, advise_model, advise_outline};
pub use choice::{READING_SPEED, preselected};
pub use error::Error;
pub use memory::MemoryNeed;
pub use ranking::{RankedModel, Recommendation, rank};
pub use rough::{RoughAdvice, rough};
