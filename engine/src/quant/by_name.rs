//! Values selected by name: methods, planners and precisions have a name in lists, on the command line and in the worker's
//! protocol. An unknown name is an error everywhere.

use std::fmt::Display;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, de::Error as _};

/// A name that is not in its list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no {kind} called {name:?}; there are {known}")]
pub struct UnknownName {
    /// Kind of the value, such as `quantization method`.
    pub kind: &'static str,
    /// The given name.
    pub name: String,
    /// All names of the list, separated by commas.
    pub known: String,
}

/// Deserializes a value from its name.
///
/// # Errors
/// When the input is not a string, or not the name of a value.
pub(super) fn deserialize<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: FromStr<Err: Display>,
    D: Deserializer<'de>,
{
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}

/// Makes trait objects of a list into values that compare, print, parse and serialize by their `name()`.
macro_rules! chosen_by_name {
    ($listed:ident, $kind:literal, $all:ident) => {
        impl std::fmt::Debug for dyn $listed {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl std::fmt::Display for dyn $listed {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl PartialEq for dyn $listed {
            fn eq(&self, other: &Self) -> bool {
                self.name() == other.name()
            }
        }

        impl Eq for dyn $listed {}

        impl std::str::FromStr for &'static dyn $listed {
            type Err = $crate::quant::UnknownName;

            /// Finds the value with this name, in upper or lower case.
            fn from_str(name: &str) -> Result<Self, Self::Err> {
                let found = $all.iter().find(|listed| listed.name().eq_ignore_ascii_case(name));
                found.copied().ok_or_else(|| $crate::quant::UnknownName {
                    kind: $kind,
                    name: name.to_owned(),
                    known: $all.iter().map(|listed| listed.name()).collect::<Vec<_>>().join(", "),
                })
            }
        }

        impl serde::Serialize for dyn $listed {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }

        impl<'de> serde::Deserialize<'de> for &'static dyn $listed {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::quant::by_name::deserialize(deserializer)
            }
        }
    };
}
pub(super) use chosen_by_name;
