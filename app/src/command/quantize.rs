//! Commands of quantizing.

/// A command about quantizing the open model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuantizeCommand {
    /// Quantize the open model to the chosen precision.
    Start,
    /// Cancel the run.
    Cancel,
}
