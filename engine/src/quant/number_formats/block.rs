//! The block formats of GGUF as number formats: their encoders choose scales, and a grid takes what those decode to.

use nibble_kernels::decode::decode_row;
use nibble_kernels::{DType, Level, quantize};

use crate::quant::grid::Grid;
use crate::quant::number_format::{FormatStorage, NumberFormat, WeightRows};

/// A block format of GGUF.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GgufBlocks(DType);

impl GgufBlocks {
    /// Names of the family for lists; the others are GGUF's.
    pub(super) const NAMES: &'static [&'static str] = &["q8_0", "q4_0", "q4_k", "iq4_xs"];

    /// Reads the name of a block format of GGUF, such as `q4_k`.
    pub(super) fn parse(name: &str) -> Option<Self> {
        DType::from_name(name).filter(|dtype| !dtype.is_float()).map(Self)
    }

    /// The type in GGUF.
    pub fn dtype(self) -> DType {
        self.0
    }

    /// Encodes rows; a row that is not whole blocks is continued with zeros.
    fn encoded(self, rows: &WeightRows<'_>) -> Vec<u8> {
        let len = rows.n_cols.next_multiple_of(self.0.block_len());
        let (mut row, mut bytes) = (vec![0.0; len], Vec::new());
        let importance = rows.importance.map(|importance| {
            let mut padded = importance.to_vec();
            padded.resize(len, 0.0);
            padded
        });
        let mut encoded = vec![0; len / self.0.block_len() * self.0.block_bytes()];
        for weights in rows.weights.chunks(rows.n_cols) {
            row[..rows.n_cols].copy_from_slice(weights);
            quantize(Level::best(), self.0, &row, importance.as_deref(), &mut encoded);
            bytes.extend_from_slice(&encoded);
        }
        bytes
    }
}

impl NumberFormat for GgufBlocks {
    fn name(&self) -> String {
        self.0.name().to_owned()
    }

    fn bits_per_weight(&self, _: usize, n_cols: usize) -> f64 {
        let n_blocks = n_cols.div_ceil(self.0.block_len());
        (8 * n_blocks * self.0.block_bytes()) as f64 / n_cols.max(1) as f64
    }

    fn stored_in(&self) -> Vec<FormatStorage> {
        vec![FormatStorage::Gguf(self.0)]
    }

    fn held_by(&self) -> DType {
        self.0
    }

    /// The grid of whole blocks; formats of a lattice have none.
    fn grid(&self, rows: &WeightRows<'_>) -> Option<Grid> {
        let has_grid = rows.n_cols.is_multiple_of(self.0.block_len()) && !self.0.is_lattice();
        has_grid.then(|| Grid::of_blocks(self.0, rows.n_cols, &self.encoded(rows)))
    }

    fn round(&self, rows: &WeightRows<'_>, out: &mut [f32]) {
        assert_eq!(rows.weights.len(), out.len(), "a value for each weight");
        let bytes = self.encoded(rows);
        let len = rows.n_cols.next_multiple_of(self.0.block_len());
        let mut decoded = vec![0.0; bytes.len() / self.0.block_bytes() * self.0.block_len()];
        decode_row(self.0, &bytes, &mut decoded);
        for (out, decoded) in out.chunks_mut(rows.n_cols).zip(decoded.chunks(len)) {
            out.copy_from_slice(&decoded[..out.len()]);
        }
    }
}
