//! Raw tensors of any element type, as a container stores them, for the decoders of quantized formats.

use std::ops::Range;

use crate::base::DType;

/// Element types of raw tensors, under the names that safetensors gives them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RawDType {
    /// Boolean byte, 0 or 1.
    Bool,
    /// Unsigned integer, 8 bits.
    U8,
    /// Signed integer, 8 bits.
    I8,
    /// Float, 8 bits: 4 of exponent, 3 of mantissa, no infinities (OCP E4M3).
    F8E4M3,
    /// Float, 8 bits: 5 of exponent, 2 of mantissa (OCP E5M2).
    F8E5M2,
    /// Power of two, 8 bits: the exponent with a bias of 127 (OCP E8M0).
    F8E8M0,
    /// Signed integer, 16 bits.
    I16,
    /// Float, 16 bits (IEEE half).
    F16,
    /// Float, 16 bits, with the range of F32.
    BF16,
    /// Signed integer, 32 bits.
    I32,
    /// Unsigned integer, 32 bits.
    U32,
    /// Float, 32 bits (IEEE single).
    F32,
    /// Signed integer, 64 bits.
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
    /// The type of this name; `None` for unsupported ones.
    pub fn from_name(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, known)| *known == name).map(|(element, _)| *element)
    }

    /// Name in safetensors, such as `F8_E4M3`.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(element, _)| *element == self).map_or("", |(_, name)| name)
    }

    /// The corresponding weight type; `None` for integers and eight-bit floats.
    pub fn weight_type(self) -> Option<DType> {
        match self {
            Self::F32 => Some(DType::F32),
            Self::F16 => Some(DType::F16),
            Self::BF16 => Some(DType::BF16),
            _ => None,
        }
    }
}

/// A stored tensor: its description in the container, and its bytes.
#[derive(Clone, Copy, Debug)]
pub struct RawTensor<'a> {
    /// Name of the tensor in the checkpoint.
    pub name: &'a str,
    /// Name of the type in the file, which may be unsupported.
    pub dtype_name: &'a str,
    /// Shape, outermost dimension first.
    pub shape: &'a [usize],
    /// All bytes, little-endian; for a type of [`RawDType`], the number matches the shape.
    pub bytes: &'a [u8],
}

/// All tensors of an opened and validated checkpoint, of any type.
pub trait RawTensors: Send + Sync {
    /// Number of tensors.
    fn n_tensors(&self) -> usize;

    /// Tensor `index`, below [`RawTensors::n_tensors`]. Its bytes are mapped: they are read from the file when touched.
    fn tensor(&self, index: usize) -> RawTensor<'_>;

    /// Releases the memory of `bytes` of tensor `index`, which are not needed again.
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
