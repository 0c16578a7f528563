//! The number formats that models are quantized to, as a person chooses them.

use std::fmt;

use nibble_engine::quant::{Precision as Format, UnknownPrecision};
use serde::{Deserialize, Serialize};

/// A number format models are quantized to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum PrecisionChoice {
    /// About 4.8 bits per weight.
    #[default]
    Int4,
    /// 8.5 bits per weight.
    Int8,
    /// 16 bits per weight.
    F16,
    /// Any other format, by its exact name.
    Other(Format),
}

impl PrecisionChoice {
    /// Those for people, smallest first.
    pub const ALL: [Self; 3] = [Self::Int4, Self::Int8, Self::F16];

    /// Every one, best first.
    pub fn every() -> impl Iterator<Item = Self> {
        Format::all().map(Self::of)
    }

    /// What a person calls this format.
    pub fn of(format: Format) -> Self {
        let usual = Self::ALL.into_iter().find(|precision| precision.format() == format);
        usual.unwrap_or(Self::Other(format))
    }

    /// The precision of that name, as people or the ecosystem say it.
    pub fn named(name: &str) -> Option<Self> {
        name.parse().ok().map(Self::of)
    }

    /// The format it stands for.
    pub fn format(self) -> Format {
        match self {
            Self::Int4 => Format::Q4_K_M,
            Self::Int8 => Format::Q8_0,
            Self::F16 => Format::F16,
            Self::Other(format) => format,
        }
    }

    /// The ecosystem's name of it, which the engine's advice carries.
    pub fn exact_name(self) -> &'static str {
        self.format().name()
    }

    /// The engine's name of it for people, and part of file names.
    pub fn name(self) -> &'static str {
        match self {
            Self::Int4 => "int4",
            Self::Int8 => "int8",
            Self::F16 | Self::Other(_) => self.exact_name(),
        }
    }
}

impl fmt::Display for PrecisionChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl TryFrom<String> for PrecisionChoice {
    type Error = UnknownPrecision;

    fn try_from(name: String) -> Result<Self, UnknownPrecision> {
        name.parse().map(Self::of)
    }
}

impl From<PrecisionChoice> for String {
    fn from(precision: PrecisionChoice) -> Self {
        precision.name().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_precision_is_found_by_any_of_its_names_and_kept_by_one() {
        assert_eq!(PrecisionChoice::named("q4_k_m"), Some(PrecisionChoice::Int4));
        assert_eq!(PrecisionChoice::named("Q5_K_S"), Some(PrecisionChoice::Other(Format::Q5_K_S)));
        assert_eq!(PrecisionChoice::named("int3"), None);
        for precision in PrecisionChoice::every() {
            assert_eq!(PrecisionChoice::try_from(String::from(precision)), Ok(precision));
        }
        assert_eq!(PrecisionChoice::every().filter(|one| PrecisionChoice::ALL.contains(one)).count(), 3);
    }
}
