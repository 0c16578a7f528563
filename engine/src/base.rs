//! Types that every stage uses: element types, tensors, and the source of their bytes.

pub mod causes;
pub mod dtype_name;
pub mod hex;
pub mod json;

use std::borrow::Cow;
use std::fmt;

pub use nibble_kernels::DType;

/// A tensor's name, shape and element type, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TensorMeta {
    /// Name as GGUF spells it, such as `blk.0.attn_q.weight`.
    pub name: String,
    /// Shape, outermost dimension first, as in Rust and PyTorch: `[rows, cols]`. (GGUF files store the reverse.)
    pub shape: Vec<usize>,
    /// Element type of the tensor.
    pub dtype: DType,
}

impl TensorMeta {
    /// Number of elements of the tensor.
    pub fn n_elements(&self) -> usize {
        self.shape.iter().product()
    }

    /// Length of the innermost dimension, in elements: the weights of one row of blocks.
    pub fn n_cols(&self) -> usize {
        self.shape.last().copied().unwrap_or(1)
    }

    /// Number of rows: all dimensions but the innermost.
    pub fn n_rows(&self) -> usize {
        self.shape.iter().rev().skip(1).product()
    }

    /// Size of the whole tensor in bytes.
    ///
    /// # Panics
    /// When a row is not whole blocks, which the readers of files exclude.
    pub fn n_bytes(&self) -> usize {
        let row = self.dtype.row_bytes(self.n_cols()).expect("readers accept only rows of whole blocks");
        row * self.n_rows()
    }
}

/// A number of bytes, displayed for people: `512 bytes`, `1.5 KiB`, `8.0 GiB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size(pub u64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
        if self.0 < 1024 {
            return write!(f, "{} bytes", self.0);
        }
        let (mut value, mut unit) = (self.0 as f64 / 1024.0, 0);
        // A value that would round to 1024.0 is 1.0 of the next unit.
        while value >= 1023.95 {
            value /= 1024.0;
            unit += 1;
        }
        write!(f, "{value:.1} {}", UNITS[unit])
    }
}

/// Source of a model's tensors: a GGUF file, or a checkpoint seen under GGUF's names.
pub trait TensorSource: Send + Sync {
    /// All tensors, in the order of the file.
    fn tensors(&self) -> &[TensorMeta];

    /// The raw little-endian bytes of rows `rows` of tensor `index`, borrowed where the file stores them unchanged.
    ///
    /// # Errors
    /// When reading fails or the tensor cannot be transformed for its architecture.
    fn read_rows(&self, index: usize, rows: std::ops::Range<usize>) -> std::io::Result<Cow<'_, [u8]>>;

    /// Index of the tensor named `name`.
    fn find(&self, name: &str) -> Option<usize> {
        self.tensors().iter().position(|tensor| tensor.name == name)
    }

    /// Releases the memory of rows `rows` of tensor `index`, which are not needed again.
    fn release_rows(&self, _index: usize, _rows: std::ops::Range<usize>) {}
}

impl<S: TensorSource + ?Sized> TensorSource for &S {
    fn tensors(&self) -> &[TensorMeta] {
        (**self).tensors()
    }

    fn read_rows(&self, index: usize, rows: std::ops::Range<usize>) -> std::io::Result<Cow<'_, [u8]>> {
        (**self).read_rows(index, rows)
    }

    fn find(&self, name: &str) -> Option<usize> {
        (**self).find(name)
    }

    fn release_rows(&self, index: usize, rows: std::ops::Range<usize>) {
        (**self).release_rows(index, rows);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short_and_in_powers_of_1024() {
        let sizes = [0, 1023, 1024, 1536, 1 << 20, (1 << 20) - 1, 8 << 30, u64::MAX];
        let texts = sizes.map(|bytes| Size(bytes).to_string());
        let expected =
            ["0 bytes", "1023 bytes", "1.0 KiB", "1.5 KiB", "1.0 MiB", "1.0 MiB", "8.0 GiB", "16.0 EiB"];
        assert_eq!(texts, expected);
    }
}
