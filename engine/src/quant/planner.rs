//! What a planner is.

use super::method::Method;
use super::{ModelFacts, Precision, QuantizePlan};
use crate::base::TensorMeta;

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
