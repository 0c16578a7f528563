//! Quantization methods: how the codes of a block format are found for weights. One file per method, and one line in [`ALL`].
//!
//! A method chooses codes and scales within a format that the planner chose; the formats themselves are
//! `nibble_kernels::formats`. The trait is narrow on purpose: reading, threads, checks of weights and writing are the run's.

mod importance;
mod round_to_nearest;

use nibble_kernels::{DType, Level};

pub use importance::Importance;
pub use round_to_nearest::RoundToNearest;

use super::by_name::chosen_by_name;
use super::error::Error;
use super::statistics::{Statistics, TensorStatistics};
use crate::base::{TensorMeta, TensorSource};

/// Every method there is.
pub const ALL: &[&dyn Method] = &[&RoundToNearest, &Importance];

/// The method for whoever asks for none.
pub const USUAL: &dyn Method = &RoundToNearest;

/// What a method has to know of the activations that a tensor is multiplied with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing; it looks at the weights alone.
    Nothing,
    /// The mean square of each input column: the diagonal of the second-moment matrix (Hessian) of the activations.
    Diagonal,
}

/// Some rows of a tensor that are to be encoded.
#[derive(Clone, Copy, Debug)]
pub struct TensorJob<'a> {
    /// The tensor, as the source has it.
    pub tensor: &'a TensorMeta,
    /// Block format to encode into; a row of the tensor is whole blocks of it.
    pub dtype: DType,
    /// The first of the rows, counted over all dimensions but the innermost.
    pub first_row: usize,
    /// Instruction set to use; all levels give the same bytes.
    pub level: Level,
}

/// A way to find codes for weights.
///
/// Methods hold no state, are compared by name, and cross the worker's protocol as their name.
pub trait Method: Send + Sync {
    /// Name in lists, on the command line and in the protocol: the name of the method's file.
    fn name(&self) -> &'static str;

    /// What it has to know of activations.
    fn needs(&self) -> Needs;

    /// The model as it is to be encoded: `source`, or a source over it whose tensors were changed without changing what the
    /// model computes, as by folding scales into norms or by rotations. Gives `source` back unless a method says otherwise.
    ///
    /// # Errors
    /// When the model or its statistics do not allow the change.
    fn prepare<'s>(
        &self,
        source: Box<dyn TensorSource + 's>,
        statistics: Option<&Statistics>,
    ) -> Result<Box<dyn TensorSource + 's>, Error> {
        let _ = statistics;
        Ok(source)
    }

    /// Encodes `weights`, `[rows, cols]` row by row and finite, into `out`, the raw bytes of `job.dtype` as a file holds them.
    ///
    /// `statistics` are those of the tensor, found to fit its shape; `None` where nothing is known of it. Called from several
    /// threads at once, for other rows each; what a row becomes may depend on nothing but its own weights and `statistics`.
    fn encode(
        &self,
        job: &TensorJob<'_>,
        weights: &[f32],
        statistics: Option<&TensorStatistics>,
        out: &mut [u8],
    );
}

chosen_by_name!(Method, "quantization method", ALL);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_distinct_and_find_their_method() {
        for (position, method) in ALL.iter().enumerate() {
            assert_eq!(ALL.iter().position(|other| other.name() == method.name()), Some(position));
            assert_eq!(method.name().parse(), Ok(*method));
            let json = serde_json::to_string(method).unwrap();
            assert_eq!(json, format!("{:?}", method.name()));
            assert_eq!(serde_json::from_str::<&'static dyn Method>(&json).unwrap(), *method);
        }
        assert!(ALL.contains(&USUAL));
    }

    #[test]
    fn an_unknown_name_lists_the_known_ones() {
        let message = "gptq".parse::<&'static dyn Method>().unwrap_err().to_string();
        let known = "there is no quantization method called \"gptq\"; there are round_to_nearest, importance";
        assert!(message.starts_with(known), "{message}");
        let from_json = serde_json::from_str::<&'static dyn Method>("\"gptq\"").unwrap_err().to_string();
        assert!(from_json.contains(known), "{from_json}");
    }
}
