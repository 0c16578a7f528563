//! Quantization methods, which find the codes of a block format for weights. One file per method, and one line in [`ALL`].
//!
//! A method chooses codes and scales within the format that the planner chose; the formats are in `nibble_kernels`.

pub mod auto_round;
mod awq;
mod gptq;
mod hqq;
mod importance;
mod rotation;
mod round_to_nearest;
mod smoothquant;

pub use auto_round::AutoRound;
pub use awq::Awq;
pub use gptq::Gptq;
pub use hqq::Hqq;
pub use importance::Importance;
pub use rotation::{Rotation, RotationError};
pub use round_to_nearest::RoundToNearest;
pub use smoothquant::SmoothQuant;

use super::by_name::chosen_by_name;
use super::method::Method;

/// All quantization methods.
pub const ALL: &[&dyn Method] =
    &[&RoundToNearest, &Importance, &Hqq, &Gptq, &Awq, &SmoothQuant, &AutoRound, &Rotation];

/// The default quantization method.
pub const USUAL: &dyn Method = &RoundToNearest;

/// The usual method where activations are known.
pub const CALIBRATED: &dyn Method = &Importance;

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
        let message = "abacus".parse::<&'static dyn Method>().unwrap_err().to_string();
        let known =
            "there is no quantization method called \"abacus\"; there are round_to_nearest, importance";
        assert!(message.starts_with(known), "{message}");
        let from_json = serde_json::from_str::<&'static dyn Method>("\"abacus\"").unwrap_err().to_string();
        assert!(from_json.contains(known), "{from_json}");
    }
}
