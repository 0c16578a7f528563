//! What a quantized model consists of: the precision a person asks for, the plan that says which tensor gets which type, and
//! the run that carries it out.
//!
//! The number formats themselves and their encoders are `nibble_kernels::formats` and `nibble_kernels::quantize`.

mod deviation;
mod plan;
mod precision;
mod run;

pub use deviation::{LayerError, TensorError, WeightErrors};
pub use plan::{ModelFacts, QuantizePlan, plan, predicted_bytes};
pub use precision::{Precision, UnknownPrecision};
pub use run::{Error, QuantizeRun, TensorSink};
