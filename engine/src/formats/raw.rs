//! Tensors of any element type, as a container stores them: what adapters of quantized formats read.

use std::ops::Range;

use crate::base::DType;

/// Element types that adapters understand, under the names that safetensors gives them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RawDType {
    /// A byte that is 0 or 1.
    Bool,
    /// Unsigned, 8 bits.
    U8,
    /// Signed, 8 bits.
    I8,
    /// Float of 8 bits: 4 of exponent, 3 of mantissa, no infinities (OCP E4M3).
    F8E4M3,
    /// Float of 8 bits: 5 of exponent, 2 of mantissa (OCP E5M2).
    F8E5M2,
    /// Power of two of 8 bits: the exponent with a bias of 127 (OCP E8M0).
    F8E8M0,
    /// Signed, 16 bits.
    I16,
    /// Float of 16 bits, IEEE.
    F16,
    /// Float of 16 bits with the range of F32.
    BF16,
    /// Signed, 32 bits.
    I32,
    /// Unsigned, 32 bits.
    U32,
    /// Float of 32 bits.
    F32,
    /// Signed, 64 bits.
    I64,
}

const NAMES: [(RawDType, &str); 13] = [
    (RawDType::Bool, "BOOL"),
    (RawDType::U8, "U8"),
    (RawDType::I8, "I8"),
    (RawDType::F8E4M3, "F8_E4M3"),
    (RawDType::F8E5M2, "F8_E5M2"),
    (RawDType::F8E8M0, "F8_E8M0"),
    (RawDType::I16, "I16"),
    (RawDType::F16, "F16"),
    (RawDType::BF16, "BF16"),
    (RawDType::I32, "I32"),
    (RawDType::U32, "U32"),
    (RawDType::F32, "F32"),
    (RawDType::I64, "I64"),
];

impl RawDType {
    /// The type of this name; `None` for one that no adapter reads.
    pub fn from_name(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, known)| *known == name).map(|(element, _)| *element)
    }

    /// Name in safetensors, such as `F8_E4M3`.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(element, _)| *element == self).map_or("", |(_, name)| name)
    }

    /// The type of weights that these elements are by themselves; `None` for integers and floats of 8 bits.
    pub fn weight_type(self) -> Option<DType> {
        match self {
            Self::F32 => Some(DType::F32),
            Self::F16 => Some(DType::F16),
            Self::BF16 => Some(DType::BF16),
            _ => None,
        }
    }
}

/// A stored tensor: what the container says of it, and its bytes.
#[derive(Clone, Copy, Debug)]
pub struct RawTensor<'a> {
    /// Name in the checkpoint.
    pub name: &'a str,
    /// The type's name in the file, which need not be one that is known.
    pub dtype_name: &'a str,
    /// Outermost dimension first.
    pub shape: &'a [usize],
    /// All its bytes, little-endian; of a type of [`RawDType`], exactly as many as the shape asks for.
    pub bytes: &'a [u8],
}

/// All tensors of a checkpoint, of whatever type; a container that was opened and checked.
pub trait RawTensors: Send + Sync {
    /// Number of tensors.
    fn n_tensors(&self) -> usize;

    /// Tensor `index`, below [`RawTensors::n_tensors`]. Its bytes are mapped: they are read from the file when touched.
    fn tensor(&self, index: usize) -> RawTensor<'_>;

    /// Tells that `bytes` of tensor `index` are not needed again, so that their memory can be released.
    fn release(&self, _index: usize, _bytes: Range<usize>) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_a_name_of_its_own() {
        for (element, name) in NAMES {
            assert_eq!((RawDType::from_name(name), element.name()), (Some(element), name));
        }
        assert_eq!(RawDType::from_name("X9"), None);
    }
}
