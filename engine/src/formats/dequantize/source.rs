//! A quantized checkpoint as a source of decoded tensors.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::io;
use std::ops::Range;

use super::{DecodeRows, Error, Weight};
use crate::base::{DType, TensorMeta, TensorSource};
use crate::formats::raw::{RawDType, RawTensors};
use crate::formats::safetensors::Unreadable;

/// The tensors of a quantized checkpoint under their plain names: quantized ones decoded to F32, the rest unchanged.
pub struct Dequantized<R> {
    raw: R,
    tensors: Vec<TensorMeta>,
    contents: Vec<Content>,
    by_name: HashMap<String, usize>,
    unreadable: Vec<Unreadable>,
    n_weights: usize,
}

enum Content {
    /// The stored tensor of this index, unchanged.
    Stored(usize),
    /// Rows that are decoded from the stored tensors `parts`.
    Computed { rows: Box<dyn DecodeRows>, parts: Vec<usize> },
}

impl<R: RawTensors> Dequantized<R> {
    /// The tensors of `raw`, with the parts of `weights` replaced by the weights, and without those whose names end with one of
    /// `unused`.
    ///
    /// # Errors
    /// [`Error::NothingStored`] without any weights; [`Error::Twice`] for two tensors of one name.
    pub(in crate::formats) fn new(
        raw: R,
        weights: Vec<Weight>,
        unused: &[&str],
        method: &'static str,
    ) -> Result<Self, Error> {
        if weights.is_empty() {
            return Err(Error::NothingStored { method });
        }
        let used: HashSet<usize> = weights.iter().flat_map(|weight| &weight.parts).copied().collect();
        let (n_weights, n_tensors) = (weights.len(), raw.n_tensors());
        let mut source = Self {
            raw,
            tensors: Vec::new(),
            contents: Vec::new(),
            by_name: HashMap::new(),
            unreadable: Vec::new(),
            n_weights,
        };
        for Weight { name, shape, parts, rows } in weights {
            let meta = TensorMeta { name, shape: shape.to_vec(), dtype: DType::F32 };
            source.add(meta, Content::Computed { rows, parts })?;
        }
        for index in (0..n_tensors).filter(|index| !used.contains(index)) {
            let tensor = source.raw.tensor(index);
            if unused.iter().any(|suffix| tensor.name.ends_with(suffix)) {
                continue;
            }
            let (name, shape) = (tensor.name.to_owned(), tensor.shape.to_vec());
            match RawDType::from_name(tensor.dtype_name).and_then(RawDType::weight_type) {
                Some(dtype) if !tensor.bytes.is_empty() => {
                    source.add(TensorMeta { name, shape, dtype }, Content::Stored(index))?;
                }
                _ => {
                    let dtype_name = tensor.dtype_name.to_owned();
                    source.unreadable.push(Unreadable { name, dtype_name, shape });
                }
            }
        }
        Ok(source)
    }

    fn add(&mut self, meta: TensorMeta, content: Content) -> Result<(), Error> {
        if self.by_name.insert(meta.name.clone(), self.tensors.len()).is_some() {
            return Err(Error::Twice { tensor: meta.name });
        }
        self.tensors.push(meta);
        self.contents.push(content);
        Ok(())
    }

    /// Number of tensors that are stored quantized.
    pub fn n_dequantized(&self) -> usize {
        self.n_weights
    }

    /// Stored tensors that are neither readable as weights nor parts of quantized ones.
    pub fn unreadable(&self) -> &[Unreadable] {
        &self.unreadable
    }
}

impl<R: RawTensors> TensorSource for Dequantized<R> {
    fn tensors(&self) -> &[TensorMeta] {
        &self.tensors
    }

    fn read_rows(&self, index: usize, rows: Range<usize>) -> io::Result<Cow<'_, [u8]>> {
        let meta = self.tensors.get(index).ok_or(io::ErrorKind::InvalidInput)?;
        if rows.start > rows.end || rows.end > meta.n_rows() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        match &self.contents[index] {
            Content::Stored(stored) => {
                let bytes = self.raw.tensor(*stored).bytes;
                let row_bytes = bytes.len() / meta.n_rows();
                Ok(Cow::Borrowed(&bytes[rows.start * row_bytes..rows.end * row_bytes]))
            }
            Content::Computed { rows: decoder, .. } => {
                let mut values = vec![0.0; rows.len() * meta.n_cols()];
                decoder.decode(&self.raw, rows, &mut values);
                Ok(Cow::Owned(values.into_iter().flat_map(f32::to_le_bytes).collect()))
            }
        }
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// For decoded rows, their own bytes are released at once, and the other parts with the last row: these are a fraction of
    /// the decoded size.
    fn release_rows(&self, index: usize, rows: Range<usize>) {
        let (Some(meta), Some(content)) = (self.tensors.get(index), self.contents.get(index)) else { return };
        let is_last = rows.end >= meta.n_rows();
        match content {
            Content::Stored(stored) => {
                let row_bytes = self.raw.tensor(*stored).bytes.len() / meta.n_rows();
                self.raw.release(*stored, rows.start * row_bytes..rows.end * row_bytes);
            }
            Content::Computed { rows: decoder, parts } => {
                if let Some((stored, bytes)) = decoder.own_bytes(rows).filter(|(_, bytes)| !bytes.is_empty())
                {
                    self.raw.release(stored, bytes);
                }
                for &part in parts.iter().filter(|_| is_last) {
                    self.raw.release(part, 0..self.raw.tensor(part).bytes.len());
                }
            }
        }
    }
}
