//! Planners: which tensor gets which type and method. One file per planner, and one line in [`ALL`].
//!
//! A planner says what it wants of each tensor; what rows cannot take is replaced in one place for all planners
//! ([`QuantizePlan::new`]).

mod llama_cpp;
#[cfg(test)]
mod tests;
mod uniform;

pub use llama_cpp::LlamaCpp;
pub use uniform::Uniform;

use super::by_name::chosen_by_name;
use super::methods;
use super::planner::{PlanInput, Planner};
use super::{ModelFacts, Precision, QuantizePlan};
use crate::base::TensorMeta;

/// Every planner there is.
pub const ALL: &[&dyn Planner] = &[&LlamaCpp, &Uniform];

/// The planner for whoever asks for none.
pub const USUAL: &dyn Planner = &LlamaCpp;

chosen_by_name!(Planner, "planner", ALL);

/// Plans a model with the usual planner and method.
pub fn plan(precision: Precision, tensors: &[TensorMeta], facts: &ModelFacts) -> QuantizePlan {
    USUAL.plan(&PlanInput { precision, method: methods::USUAL, tensors, facts })
}

/// Bytes of all tensors of a model at a precision: what [`plan`] would come to.
pub fn predicted_bytes(precision: Precision, tensors: &[TensorMeta], facts: &ModelFacts) -> u64 {
    plan(precision, tensors, facts).tensor_bytes()
}
