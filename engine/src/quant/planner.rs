//! The interface of a planner.

use super::method::Method;
use super::{ModelFacts, Precision, QuantizePlan};
use crate::base::TensorMeta;

/// Inputs of a planner.
#[derive(Clone, Copy, Debug)]
pub struct PlanInput<'a> {
    /// The requested precision.
    pub precision: Precision,
    /// The method of the encoded tensors.
    pub method: &'static dyn Method,
    /// The model's tensors, in the order of the source.
    pub tensors: &'a [TensorMeta],
    /// Further facts of the model.
    pub facts: &'a ModelFacts,
}

/// A planner: assigns types and methods to the tensors of a model.
///
/// Planners are stateless, compare by name, and are serialized as their name.
pub trait Planner: Send + Sync {
    /// Name in lists, on the command line and in the protocol: the name of the planner's file.
    fn name(&self) -> &'static str;

    /// The plan for a model, which depends only on `input`.
    fn plan(&self, input: &PlanInput<'_>) -> QuantizePlan;
}
