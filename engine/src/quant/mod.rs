//! Quantization of a model: the requested precision, the plan that assigns a type and a method to each tensor, and the run that
//! executes it.
//!
//! Two lists are extended by a file per entry: [`methods`], which find codes, and [`plan`](mod@plan), which choose types. The
//! block formats and their encoders are `nibble_kernels::formats` and `nibble_kernels::quantize`.

mod assignment;
mod by_name;
mod deviation;
mod error;
mod facts;
mod grid;
mod method;
pub mod methods;
pub mod plan;
mod planner;
mod precision;
mod role;
mod run;
pub mod statistics;

pub use assignment::{Assignment, QuantizePlan};
pub use by_name::UnknownName;
pub use deviation::{LayerError, TensorError, WeightErrors};
pub use error::Error;
pub use facts::ModelFacts;
pub use grid::{Grid, Levels, write_levels};
pub use method::{Method, Needs, TensorJob};
pub use plan::{plan, predicted_bytes};
pub use planner::{PlanInput, Planner};
pub use precision::{Precision, UnknownPrecision};
pub use role::{QuantRole, Roles};
pub use run::{QuantizeRun, TensorSink};
pub use statistics::{ActivationStatistics, StatisticsError};
