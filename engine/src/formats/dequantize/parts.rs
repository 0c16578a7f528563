//! The stored tensors by name, with checks for tensors that are parts of a weight.

use std::collections::HashMap;

use super::Error;
use crate::formats::raw::{RawDType, RawTensor, RawTensors};

/// Upper bound on the number of elements of a matrix: beyond it, products of lengths could overflow.
const LARGEST: usize = 1 << 40;

/// All stored tensors of a checkpoint by name.
pub(in crate::formats) struct Parts<'a> {
    raw: &'a dyn RawTensors,
    by_name: HashMap<&'a str, usize>,
}

impl<'a> Parts<'a> {
    pub(in crate::formats) fn new(raw: &'a dyn RawTensors) -> Self {
        let by_name = (0..raw.n_tensors()).map(|index| (raw.tensor(index).name, index)).collect();
        Self { raw, by_name }
    }

    /// All tensors, in the order of the file.
    pub(in crate::formats) fn all(&self) -> impl Iterator<Item = Part<'a>> + '_ {
        (0..self.raw.n_tensors()).map(|index| Part { index, tensor: self.raw.tensor(index) })
    }

    /// Each tensor whose name ends with `suffix`, with the rest of its name.
    pub(in crate::formats) fn with_suffix<'s>(
        &'s self,
        suffix: &'s str,
    ) -> impl Iterator<Item = (&'a str, Part<'a>)> + 's {
        self.all().filter_map(move |part| Some((part.tensor.name.strip_suffix(suffix)?, part)))
    }

    /// The tensor named `stem` + `suffix`, if present.
    pub(in crate::formats) fn get(&self, stem: &str, suffix: &str) -> Option<Part<'a>> {
        let index = *self.by_name.get(format!("{stem}{suffix}").as_str())?;
        Some(Part { index, tensor: self.raw.tensor(index) })
    }

    /// The tensor named `stem` + `suffix`, which is required to decode the weight of `stem`.
    pub(in crate::formats) fn need(&self, stem: &str, suffix: &str) -> Result<Part<'a>, Error> {
        self.get(stem, suffix).ok_or_else(|| Error::MissingPart {
            tensor: format!("{stem}.weight"),
            part: format!("{stem}{suffix}"),
        })
    }
}

/// One stored tensor.
#[derive(Clone, Copy)]
pub(in crate::formats) struct Part<'a> {
    /// Index of the tensor in the checkpoint.
    pub(in crate::formats) index: usize,
    /// Name, type, shape and bytes of the tensor.
    pub(in crate::formats) tensor: RawTensor<'a>,
}

impl Part<'_> {
    /// The element type, if it is supported.
    pub(in crate::formats) fn element(&self) -> Option<RawDType> {
        RawDType::from_name(self.tensor.dtype_name)
    }

    /// The element type, which must be one of `allowed`.
    pub(in crate::formats) fn of_type(&self, allowed: &[RawDType]) -> Result<RawDType, Error> {
        match self.element() {
            Some(element) if allowed.contains(&element) => Ok(element),
            _ => Err(Error::PartType {
                part: self.tensor.name.to_owned(),
                found: self.tensor.dtype_name.to_owned(),
                expected: allowed.iter().map(|element| element.name()).collect::<Vec<_>>().join(" or "),
            }),
        }
    }

    /// The shape of a matrix with at least one element.
    pub(in crate::formats) fn matrix(&self) -> Result<[usize; 2], Error> {
        let &[n_rows, n_cols] = self.tensor.shape else {
            let found = self.tensor.shape.len();
            return Err(Error::PartDimensions { part: self.tensor.name.to_owned(), found, expected: 2 });
        };
        match n_rows.checked_mul(n_cols) {
            Some(1..=LARGEST) => Ok([n_rows, n_cols]),
            _ => Err(Error::PartSize { part: self.tensor.name.to_owned(), found: vec![n_rows, n_cols] }),
        }
    }

    /// The length of a vector whose element type is one of `allowed`.
    pub(in crate::formats) fn vector(&self, allowed: &[RawDType]) -> Result<usize, Error> {
        self.of_type(allowed)?;
        let &[length] = self.tensor.shape else {
            let found = self.tensor.shape.len();
            return Err(Error::PartDimensions { part: self.tensor.name.to_owned(), found, expected: 1 });
        };
        Ok(length)
    }

    /// Checks that the shape is `expected`.
    pub(in crate::formats) fn of_shape(&self, expected: &[usize]) -> Result<(), Error> {
        if self.tensor.shape == expected { Ok(()) } else { Err(self.wrong_shape(expected)) }
    }

    /// The error for a shape that differs from `expected`.
    pub(in crate::formats) fn wrong_shape(&self, expected: &[usize]) -> Error {
        Error::PartShape {
            part: self.tensor.name.to_owned(),
            found: self.tensor.shape.to_vec(),
            expected: expected.to_vec(),
        }
    }
}
