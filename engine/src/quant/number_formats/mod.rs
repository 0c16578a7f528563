//! Number formats: values that weights may take, in files or only simulated. One file per family, and one line in the list below.
//!
//! A name selects a family and its parameters: `int4-asym-g64`, `fp8-e4m3-row`, `nf4-dq`. Every family reads its own names; an
//! unknown name is an error that lists examples of all. GGUF's block formats are number formats too.

mod absmax_table;
mod block;
mod float;
mod fp4;
mod fp4_bnb;
mod fp8;
mod integer;
mod kmeans;
mod llm_int8;
mod logarithmic;
mod mxfp4;
mod nested_absmax;
mod nf4;
mod nvfp4;
mod spqr;
#[cfg(test)]
mod tests;

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use block::GgufBlocks;
pub use float::Float;
pub use fp4::{Fp4, Fp4Kind};
pub use fp4_bnb::Fp4Bnb;
pub use fp8::{Fp8, Fp8Kind};
pub use integer::{Integer, IntegerOffset, IntegerScale};
pub use kmeans::Kmeans;
pub use llm_int8::LlmInt8;
pub use logarithmic::Logarithmic;
pub use mxfp4::Mxfp4;
pub use nf4::Nf4;
pub use nvfp4::Nvfp4;
pub use spqr::Spqr;

use super::by_name::{self, UnknownName};
use super::number_format::NumberFormat;

/// Declares [`Format`] from the list of families.
macro_rules! families {
    ($($family:ident)*) => {
        /// A number format of any family. It compares, prints, parses and is serialized by its name.
        #[allow(missing_docs, reason = "the families' documentation stands in their files")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Format {
            $($family($family),)*
        }

        /// Examples of the names of all families.
        const EXAMPLES: &[&[&str]] = &[$($family::NAMES,)*];

        impl Format {
            fn of_name(name: &str) -> Option<Self> {
                $(if let Some(format) = $family::parse(name) {
                    return Some(Self::$family(format));
                })*
                None
            }
        }

        impl Deref for Format {
            type Target = dyn NumberFormat;

            fn deref(&self) -> &Self::Target {
                match self {
                    $(Self::$family(format) => format,)*
                }
            }
        }
    };
}

families! { Integer Float Fp8 Fp4 Mxfp4 Nvfp4 Nf4 Fp4Bnb LlmInt8 Logarithmic Kmeans Spqr GgufBlocks }

impl Format {
    /// Names of formats of all families for lists; other parameters make other names.
    pub fn examples() -> impl Iterator<Item = &'static str> {
        EXAMPLES.iter().copied().flatten().copied()
    }
}

impl FromStr for Format {
    type Err = UnknownName;

    /// Finds the format with this name, in upper or lower case.
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::of_name(&name.to_ascii_lowercase()).ok_or_else(|| UnknownName {
            kind: "number format",
            name: name.to_owned(),
            known: Self::examples().collect::<Vec<_>>().join(", "),
        })
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

impl Serialize for Format {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name())
    }
}

impl<'de> Deserialize<'de> for Format {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        by_name::deserialize(deserializer)
    }
}
