//! Quantization of a model: the requested precision, the plan that assigns a type and a method to each tensor, and the run that
//! executes it.
//!
//! Three lists are extended by a file per entry: [`methods`], which find codes, [`plan`](mod@plan), which choose types, and
//! [`number_formats`], the values that weights may take. The block formats and their encoders are `nibble_kernels::formats` and
//! `nibble_kernels::quantize`.

mod assignment;
pub mod budget;
mod by_name;
mod cost;
mod deviation;
mod error;
mod facts;
mod grid;
pub mod layers;
mod layerwise;
mod method;
mod method_cost;
pub mod methods;
mod number_format;
pub mod number_formats;
pub mod plan;
mod planner;
mod precision;
mod role;
mod run;
mod scale_span;
pub mod sensitivity;
pub mod statistics;
mod trial;

pub use assignment::{Assignment, QuantizePlan};
pub use by_name::UnknownName;
pub use cost::{CalibrationWork, MachineSpeed, RunEstimate, estimate};
pub use deviation::{LayerError, TensorError, WeightErrors, weight_errors};
pub use error::Error;
pub use facts::ModelFacts;
pub use grid::{Grid, Levels, write_levels};
pub use layerwise::LayerwiseRun;
pub use method::{Method, Needs, TensorJob};
pub use method_cost::{MethodCost, WorkingSet};
pub use number_format::{FormatStorage, NumberFormat, Survey, WeightRows};
pub use number_formats::Format;
pub use plan::{plan, predicted_bytes};
pub use planner::{PlanInput, Planner};
pub use precision::{Precision, UnknownPrecision};
pub use role::{QuantRole, Roles};
pub use run::{QuantizeRun, TensorSink};
pub use scale_span::ScaleSpan;
pub use statistics::{ActivationStatistics, StatisticsError};
pub use trial::{TRIAL_KEY, plan_trial};
