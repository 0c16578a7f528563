//! Planners, which assign types and methods to tensors. One file per planner, and one line in [`ALL`].
//!
//! A planner states the wanted assignment of each tensor; types that do not fit the rows are replaced in one place for all
//! planners ([`QuantizePlan::new`]).

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

/// All planners of the list.
pub const ALL: &[&dyn Planner] = &[&LlamaCpp, &Uniform];

/// The default planner.
pub const USUAL: &dyn Planner = &LlamaCpp;

chosen_by_name!(Planner, "planner", ALL);

/// Plans a model with the default planner and method.
pub fn plan(precision: Precision, tensors: &[TensorMeta], facts: &ModelFacts) -> QuantizePlan {
    USUAL.plan(&PlanInput { precision, method: methods::USUAL, tensors, facts })
}

/// Size in bytes of all tensors of a model at a precision, as [`plan`] assigns them.
pub fn predicted_bytes(precision: Precision, tensors: &[TensorMeta], facts: &ModelFacts) -> u64 {
    plan(precision, tensors, facts).tensor_bytes()
}
