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
    Q3_K_L,
    Q3_K_M,
    Q3_K_S,
    Q2_K,
}

/// One row of the table: precision, name, `general.file_type`, the type of most tensors, and a description.
struct Entry(Precision, &'static str, u32, DType, &'static str);

#[rustfmt::skip]
const TABLE: [Entry; 18] = [
    Entry(Precision::F16,    "f16",    1,  DType::F16,    "16 bits, lossless for nearly every model"),
    Entry(Precision::BF16,   "bf16",   32, DType::BF16,   "16 bits, as most models are published"),
    Entry(Precision::Q8_0,   "q8_0",   7,  DType::Q8_0,   "8 bits, no noticeable loss"),
    Entry(Precision::Q6_K,   "q6_k",   18, DType::Q6_K,   "6 bits, hard to tell from the original"),
    Entry(Precision::Q5_K_M, "q5_k_m", 17, DType::Q5_K,   "5 bits, sensitive tensors at 6: very little loss"),
    Entry(Precision::Q5_K_S, "q5_k_s", 16, DType::Q5_K,   "5 bits throughout: little loss"),
    Entry(Precision::Q5_1,   "q5_1",   9,  DType::Q5_1,   "5 bits, the older kind; q5_k_m is better"),
    Entry(Precision::Q5_0,   "q5_0",   8,  DType::Q5_0,   "5 bits, the older kind; q5_k_s is better"),
    Entry(Precision::Q4_K_M, "q4_k_m", 15, DType::Q4_K,   "4 bits, sensitive tensors at 6: small loss, the usual choice"),
    Entry(Precision::Q4_K_S, "q4_k_s", 14, DType::Q4_K,   "4 bits, the first layers at 5: smaller, a little more loss"),
    Entry(Precision::Q4_1,   "q4_1",   3,  DType::Q4_1,   "4 bits, the older kind; q4_k_m is better"),
    Entry(Precision::Q4_0,   "q4_0",   2,  DType::Q4_0,   "4 bits, the oldest and simplest kind"),
    Entry(Precision::IQ4_NL, "iq4_nl", 25, DType::IQ4_NL, "4 bits with uneven steps, for rows that K formats cannot hold"),
    Entry(Precision::IQ4_XS, "iq4_xs", 30, DType::IQ4_XS, "4 bits with uneven steps: smaller than q4_k_s, about as good"),
    Entry(Precision::Q3_K_L, "q3_k_l", 13, DType::Q3_K,   "3 bits, sensitive tensors at 5: noticeable loss"),
    Entry(Precision::Q3_K_M, "q3_k_m", 12, DType::Q3_K,   "3 bits, sensitive tensors at 4: noticeable loss"),
    Entry(Precision::Q3_K_S, "q3_k_s", 11, DType::Q3_K,   "3 bits throughout: clear loss"),
    Entry(Precision::Q2_K,   "q2_k",   10, DType::Q2_K,   "2 bits, most tensors at 3: strong loss, if nothing else fits"),
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

    fn entry(self) -> &'static Entry {
        &TABLE[self as usize]
    }

    /// Name in lower case, such as `q4_k_m`, as llama.cpp spells it.
    pub fn name(self) -> &'static str {
        self.entry().1
    }

    /// The short name where there is one (`int4`, `int8`), else the ecosystem's; used in lists and in file names.
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
        self.entry().4
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
