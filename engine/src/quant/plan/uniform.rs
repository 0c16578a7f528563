//! One type for every matrix: the precision's base type for all tensors. llama.cpp's option `--pure`.

use crate::quant::assignment::{Assignment, QuantizePlan};
use crate::quant::planner::{PlanInput, Planner};

/// The planner that assigns the precision's base type to every matrix, including embedding and output; norms and biases stay
/// f32.
pub struct Uniform;

impl Planner for Uniform {
    fn name(&self) -> &'static str {
        "uniform"
    }

    fn plan(&self, input: &PlanInput<'_>) -> QuantizePlan {
        let assignment =
            Assignment { dtype: input.precision.base_type(), method: input.method, format: None };
        let takes_precision = |tensor| input.facts.roles.of(tensor).takes_precision;
        let wanted: Vec<_> =
            input.tensors.iter().map(|tensor| takes_precision(tensor).then_some(assignment)).collect();
        QuantizePlan::new(input.precision, input.tensors, &wanted)
    }
}
