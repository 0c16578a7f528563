//! Precisions: `int4`, `int8`, or a file type of llama.cpp, a mix of element types.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::by_name;
use crate::base::DType;

/// A mix of element types for a whole model; the names and numbers are llama.cpp's file types.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[allow(missing_docs, non_camel_case_types, reason = "the names are the ecosystem's own")]
pub enum Precision {
    F16,
    BF16,
    Q8_0,
    Q6_K,
    Q5_K_M,
    Q5_K_S,
    Q5_1,
    Q5_0,
    #[default]
    Q4_K_M,
    Q4_K_S,
    Q4_1,
    Q4_0,
    IQ4_NL,
    IQ4_XS,
    MXFP4_MOE,
    Q3_K_L,
    IQ3_M,
    Q3_K_M,
    IQ3_S,
    Q3_K_S,
    IQ3_XS,
    IQ3_XXS,
    Q2_K,
    Q2_K_S,
    IQ2_M,
    IQ2_S,
    IQ2_XS,
    IQ2_XXS,
    TQ2_0,
    IQ1_M,
    TQ1_0,
    IQ1_S,
}

/// For whom a precision is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// For any model.
    Any,
    /// For models with an importance matrix, without which too much would be lost.
    Calibrated,
    /// For models of a certain kind.
    Special,
}
use Use::{Any, Calibrated, Special};

/// One row of the table: precision, name, `general.file_type`, the type of most tensors, for whom it is, and a description.
struct Entry(Precision, &'static str, u32, DType, Use, &'static str);

#[rustfmt::skip]
const TABLE: [Entry; 32] = [
    Entry(Precision::F16,       "f16",       1,  DType::F16,     Any,        "16 bits, lossless for nearly every model"),
    Entry(Precision::BF16,      "bf16",      32, DType::BF16,    Any,        "16 bits, as most models are published"),
    Entry(Precision::Q8_0,      "q8_0",      7,  DType::Q8_0,    Any,        "8 bits, no noticeable loss"),
    Entry(Precision::Q6_K,      "q6_k",      18, DType::Q6_K,    Any,        "6 bits, hard to tell from the original"),
    Entry(Precision::Q5_K_M,    "q5_k_m",    17, DType::Q5_K,    Any,        "5 bits, sensitive tensors at 6: very little loss"),
    Entry(Precision::Q5_K_S,    "q5_k_s",    16, DType::Q5_K,    Any,        "5 bits throughout: little loss"),
    Entry(Precision::Q5_1,      "q5_1",      9,  DType::Q5_1,    Any,        "5 bits, the older kind; q5_k_m is better"),
    Entry(Precision::Q5_0,      "q5_0",      8,  DType::Q5_0,    Any,        "5 bits, the older kind; q5_k_s is better"),
    Entry(Precision::Q4_K_M,    "q4_k_m",    15, DType::Q4_K,    Any,        "4 bits, sensitive tensors at 6: small loss, the usual choice"),
    Entry(Precision::Q4_K_S,    "q4_k_s",    14, DType::Q4_K,    Any,        "4 bits, the first layers at 5: smaller, a little more loss"),
    Entry(Precision::Q4_1,      "q4_1",      3,  DType::Q4_1,    Any,        "4 bits, the older kind; q4_k_m is better"),
    Entry(Precision::Q4_0,      "q4_0",      2,  DType::Q4_0,    Any,        "4 bits, the oldest and simplest kind"),
    Entry(Precision::IQ4_NL,    "iq4_nl",    25, DType::IQ4_NL,  Any,        "4 bits with uneven steps, for rows that K formats cannot hold"),
    Entry(Precision::IQ4_XS,    "iq4_xs",    30, DType::IQ4_XS,  Any,        "4 bits with uneven steps: smaller than q4_k_s, about as good"),
    Entry(Precision::MXFP4_MOE, "mxfp4_moe", 38, DType::MXFP4,   Special,    "experts at 4 bits, the rest at 8: for models trained so"),
    Entry(Precision::Q3_K_L,    "q3_k_l",    13, DType::Q3_K,    Any,        "3 bits, sensitive tensors at 5: noticeable loss"),
    Entry(Precision::IQ3_M,     "iq3_m",     27, DType::IQ3_S,   Special,    "3 bits from a lattice, sensitive tensors at 4: better than q3_k_m, slower"),
    Entry(Precision::Q3_K_M,    "q3_k_m",    12, DType::Q3_K,    Any,        "3 bits, sensitive tensors at 4: noticeable loss"),
    Entry(Precision::IQ3_S,     "iq3_s",     26, DType::IQ3_S,   Special,    "3 bits from a lattice: better than q3_k_s, slower"),
    Entry(Precision::Q3_K_S,    "q3_k_s",    11, DType::Q3_K,    Any,        "3 bits throughout: clear loss"),
    Entry(Precision::IQ3_XS,    "iq3_xs",    22, DType::IQ3_S,   Calibrated, "3 bits from lattices, some tensors smaller"),
    Entry(Precision::IQ3_XXS,   "iq3_xxs",   23, DType::IQ3_XXS, Calibrated, "3 bits from a lattice: the smallest of them"),
    Entry(Precision::Q2_K,      "q2_k",      10, DType::Q2_K,    Any,        "2 bits, most tensors at 3: strong loss, if nothing else fits"),
    Entry(Precision::Q2_K_S,    "q2_k_s",    21, DType::Q2_K,    Calibrated, "2 bits throughout: strong loss"),
    Entry(Precision::IQ2_M,     "iq2_m",     29, DType::IQ2_S,   Calibrated, "2 bits from a lattice, sensitive tensors at 3: better than q2_k, slower"),
    Entry(Precision::IQ2_S,     "iq2_s",     28, DType::IQ2_XS,  Calibrated, "2 bits from a lattice, sensitive tensors at 3: strong loss"),
    Entry(Precision::IQ2_XS,    "iq2_xs",    20, DType::IQ2_XS,  Calibrated, "2 bits from a lattice: strong loss, for large models"),
    Entry(Precision::IQ2_XXS,   "iq2_xxs",   19, DType::IQ2_XXS, Calibrated, "2 bits from the smallest lattice: strong loss, for large models"),
    Entry(Precision::TQ2_0,     "tq2_0",     37, DType::TQ2_0,   Special,    "2 bits, for models whose weights have three values"),
    Entry(Precision::IQ1_M,     "iq1_m",     31, DType::IQ1_M,   Calibrated, "1.75 bits: severe loss, for the largest models"),
    Entry(Precision::TQ1_0,     "tq1_0",     36, DType::TQ1_0,   Special,    "1.7 bits, for models whose weights have three values"),
    Entry(Precision::IQ1_S,     "iq1_s",     24, DType::IQ1_S,   Calibrated, "1.6 bits: severe loss, for the largest models"),
];

/// Short names, and the precisions that they select.
const FOR_PEOPLE: [(&str, Precision); 2] = [("int8", Precision::Q8_0), ("int4", Precision::Q4_K_M)];

/// A name that is not a precision.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown precision {name:?}; use int4, int8, {}", all_names())]
pub struct UnknownPrecision {
    /// The given name.
    pub name: String,
}

fn all_names() -> String {
    Precision::all().map(Precision::name).collect::<Vec<_>>().join(", ")
}

impl Precision {
    /// All precisions, best first.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|entry| entry.0)
    }

    /// The precisions among which a person chooses for any model, best first: without those that need an importance matrix, or
    /// models of a certain kind.
    pub fn offered() -> impl Iterator<Item = Self> {
        TABLE.iter().filter(|entry| entry.4 == Any).map(|entry| entry.0)
    }

    /// Whether tensors lose too much at this precision unless statistics say which weights matter.
    pub fn needs_importance(self) -> bool {
        self.entry().4 == Calibrated
    }

    fn entry(self) -> &'static Entry {
        &TABLE[self as usize]
    }

    /// Name in lower case, such as `q4_k_m`, as llama.cpp spells it.
    pub fn name(self) -> &'static str {
        self.entry().1
    }

    /// The short name where there is one (`int4`, `int8`), else the ecosystem's; used in file names.
    pub fn short_name(self) -> &'static str {
        FOR_PEOPLE.iter().find(|(_, precision)| *precision == self).map_or(self.name(), |(name, _)| name)
    }

    /// The value of `general.file_type` in GGUF files.
    pub fn file_type(self) -> u32 {
        self.entry().2
    }

    /// Element type of most tensors.
    pub fn base_type(self) -> DType {
        self.entry().3
    }

    /// One-line description of the quality to expect.
    pub fn description(self) -> &'static str {
        self.entry().5
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Precision {
    type Err = UnknownPrecision;

    /// Parses any name, in upper or lower case: `int4`, `Q4_K_M`.
    fn from_str(name: &str) -> Result<Self, UnknownPrecision> {
        let people =
            FOR_PEOPLE.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|found| found.1);
        let exact = Self::all().find(|precision| precision.name().eq_ignore_ascii_case(name));
        people.or(exact).ok_or_else(|| UnknownPrecision { name: name.to_owned() })
    }
}

impl Serialize for Precision {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Precision {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        by_name::deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_stands_in_declaration_order_and_finds_itself() {
        for (position, precision) in Precision::all().enumerate() {
            assert_eq!(precision as usize, position);
            assert_eq!(precision.to_string().to_uppercase().parse(), Ok(precision));
        }
    }

    #[test]
    fn a_precision_crosses_the_protocol_as_its_name() {
        for precision in Precision::all() {
            let json = serde_json::to_string(&precision).unwrap();
            assert_eq!(json, format!("{:?}", precision.name()));
            assert_eq!(serde_json::from_str::<Precision>(&json).unwrap(), precision);
        }
        assert_eq!(serde_json::from_str::<Precision>("\"int4\"").unwrap(), Precision::Q4_K_M);
        let unknown = serde_json::from_str::<Precision>("\"int3\"").unwrap_err().to_string();
        assert!(unknown.starts_with("unknown precision \"int3\"; use int4,"), "{unknown}");
    }

    #[test]
    fn people_say_int4_and_int8() {
        assert_eq!("int4".parse(), Ok(Precision::Q4_K_M));
        assert_eq!("INT8".parse(), Ok(Precision::Q8_0));
    }

    #[test]
    fn an_unknown_name_lists_the_known_ones() {
        let message = "int3".parse::<Precision>().unwrap_err().to_string();
        assert!(message.starts_with("unknown precision \"int3\"; use int4, int8, f16,"), "{message}");
    }
}
