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
use super::methods::{self, Method};
use super::{ModelFacts, Precision, QuantizePlan};
use crate::base::TensorMeta;

/// Every planner there is.
pub const ALL: &[&dyn Planner] = &[&LlamaCpp, &Uniform];

/// The planner for whoever asks for none.
pub const USUAL: &dyn Planner = &LlamaCpp;

/// What planners go by.
#[derive(Clone, Copy, Debug)]
pub struct PlanInput<'a> {
    /// What a person asked for.
    pub precision: Precision,
    /// The method of the tensors that are encoded.
    pub method: &'static dyn Method,
    /// The model's tensors, in the order of the source.
    pub tensors: &'a [TensorMeta],
    /// What else is known of the model.
    pub facts: &'a ModelFacts,
}

/// A way to give types and methods to the tensors of a model.
///
/// Planners hold no state, are compared by name, and cross the worker's protocol as their name.
pub trait Planner: Send + Sync {
    /// Name in lists, on the command line and in the protocol: the name of the planner's file.
    fn name(&self) -> &'static str;

    /// The plan for a model; the same for the same input.
    fn plan(&self, input: &PlanInput<'_>) -> QuantizePlan;
}

chosen_by_name!(Planner, "planner", ALL);

/// Plans a model with the usual planner and method.
pub fn plan(precision: Precision, tensors: &[TensorMeta], facts: &ModelFacts) -> QuantizePlan {
    USUAL.plan(&PlanInput { precision, method: methods::USUAL, tensors, facts })
}

/// Bytes of all tensors of a model at a precision: what [`plan`] would come to.
pub fn predicted_bytes(precision: Precision, tensors: &[TensorMeta], facts: &ModelFacts) -> u64 {
    plan(precision, tensors, facts).tensor_bytes()
}
