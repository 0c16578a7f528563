//! A weight matrix as kernels read it: packed once when a model is loaded, without loss, in the "N16K4" layout.

use std::ops::Range;
use std::sync::Mutex;

use crate::DType;
use crate::activations::InputFormats;
use crate::block::MAX_LEN;
use crate::format::FormatEntry;
use crate::layout::{ROWS, pack_panel};
use crate::pool::Pool;
use crate::shared::SharedMut;
use crate::zeroed::Zeroed;

/// Rows that one chunk reads and packs: a few panels, some hundred kilobytes.
const ROWS_PER_CHUNK: usize = 4 * ROWS;

/// Element type and size of a matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MatrixShape {
    /// Element type of the raw rows.
    pub dtype: DType,
    /// Number of rows, which are outputs.
    pub n_rows: usize,
    /// Number of columns, which are inputs.
    pub n_cols: usize,
}

impl MatrixShape {
    /// Bytes of the packed matrix; `None` if rows are not whole blocks or the size overflows.
    pub fn packed_bytes(&self) -> Option<usize> {
        self.dtype.row_bytes(self.n_cols)?;
        let format = self.dtype.format();
        let panel_bytes = self.n_cols.div_ceil(format.unit_cols).checked_mul(format.unit_bytes)?;
        panel_bytes.checked_mul(self.n_rows.div_ceil(ROWS))
    }
}

/// Reads the raw bytes of a range of rows and passes them to the sink in one call.
pub type ReadRows<'a, E> = dyn Fn(Range<usize>, &mut dyn FnMut(&[u8])) -> Result<(), E> + Sync + 'a;

/// Reasons why a matrix could not be packed.
#[derive(Debug)]
pub enum PackError<E> {
    /// Memory for the packed copy could not be allocated.
    OutOfMemory {
        /// Requested size in bytes.
        bytes: usize,
    },
    /// Rows are not whole blocks, or the size overflows.
    BadShape(MatrixShape),
    /// Reading the rows failed.
    Read(E),
}

impl<E> std::fmt::Display for PackError<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::OutOfMemory { bytes } => {
                write!(f, "could not allocate {bytes} bytes of memory for a matrix")
            }
            Self::BadShape(shape) => {
                let MatrixShape { dtype, n_rows, n_cols } = shape;
                write!(f, "{n_rows} rows of {n_cols} weights are not whole blocks of {dtype}")
            }
            Self::Read(_) => f.write_str("the rows of a matrix could not be read"),
        }
    }
}

impl<E: std::error::Error + 'static> std::error::Error for PackError<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        if let Self::Read(source) = self { Some(source) } else { None }
    }
}

/// A packed weight matrix, `[n_rows, n_cols]`.
#[derive(Debug)]
pub struct Matrix {
    shape: MatrixShape,
    n_units: usize,
    panels: Zeroed<u8>,
}

impl Matrix {
    /// Packs a matrix whose raw rows come from `read`, called for different ranges from several threads at once. Only the rows
    /// that a thread is packing need to be resident.
    ///
    /// # Errors
    /// When allocation fails, the shape is not whole blocks, or `read` fails.
    ///
    /// # Panics
    /// When `read` passes a number of bytes that does not match the range.
    pub fn pack<E: Send>(
        pool: &Pool,
        shape: MatrixShape,
        read: &ReadRows<'_, E>,
    ) -> Result<Self, PackError<E>> {
        let bad_shape = || PackError::BadShape(shape);
        let row_bytes = shape.dtype.row_bytes(shape.n_cols).ok_or_else(bad_shape)?;
        let format = shape.dtype.format();
        let n_units = shape.n_cols.div_ceil(format.unit_cols);
        let panel_bytes = n_units * format.unit_bytes;
        let bytes = shape.packed_bytes().ok_or_else(bad_shape)?;
        let mut panels = Zeroed::new(bytes).ok_or(PackError::OutOfMemory { bytes })?;
        let shared = SharedMut::new(panels.as_mut_slice());
        let failure = Mutex::new(None);
        pool.run(shape.n_rows.div_ceil(ROWS_PER_CHUNK), &|chunk, _| {
            let rows = chunk * ROWS_PER_CHUNK..shape.n_rows.min((chunk + 1) * ROWS_PER_CHUNK);
            let start = rows.start / ROWS * panel_bytes;
            // SAFETY: chunks begin at whole panels, so this chunk's panels are in no other chunk's part.
            let panels = unsafe { shared.part(start..start + rows.len().div_ceil(ROWS) * panel_bytes) };
            let mut filled = false;
            let outcome = read(rows.clone(), &mut |raw| {
                assert_eq!(raw.len(), rows.len() * row_bytes, "raw bytes of rows {rows:?}");
                let raw_panels = raw.chunks((ROWS * row_bytes).max(1));
                for (raw, panel) in raw_panels.zip(panels.chunks_mut(panel_bytes.max(1))) {
                    let units = panel.chunks_mut(format.unit_bytes);
                    pack_panel(raw, row_bytes, format.raw_unit_bytes(), units, format.put);
                }
                filled = true;
            });
            match outcome {
                Ok(()) => assert!(filled, "rows {rows:?} were not read"),
                Err(error) => {
                    failure.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get_or_insert(error);
                }
            }
        });
        match failure.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
            Some(error) => Err(PackError::Read(error)),
            None => Ok(Self { shape, n_units, panels }),
        }
    }

    /// Number of rows, which are outputs.
    pub fn n_rows(&self) -> usize {
        self.shape.n_rows
    }

    /// Number of columns, which are inputs.
    pub fn n_cols(&self) -> usize {
        self.shape.n_cols
    }

    /// Element type that the matrix was packed from.
    pub fn dtype(&self) -> DType {
        self.shape.dtype
    }

    /// Size of the packed matrix in bytes.
    pub fn bytes(&self) -> usize {
        self.n_panels() * self.panel_bytes()
    }

    /// The input format that products with this matrix need.
    pub fn input_formats(&self) -> InputFormats {
        if self.dtype().is_float() { InputFormats::FLOAT } else { InputFormats::INTEGER }
    }

    /// Decodes one row, as for an embedding lookup: the same bits as [`crate::decode::decode_row`] of its raw bytes.
    ///
    /// # Panics
    /// When `row` does not exist or `out` is not `[n_cols]`.
    pub fn row_f32(&self, row: usize, out: &mut [f32]) {
        assert!(row < self.n_rows() && out.len() == self.n_cols(), "row {row} into {} numbers", out.len());
        let format = self.format();
        let units = self.panel(row / ROWS).chunks(format.unit_bytes);
        let mut values = [0.0; MAX_LEN];
        for (unit, out) in units.zip(out.chunks_mut(format.unit_cols)) {
            (format.take)(unit, row % ROWS, &mut values[..format.unit_cols]);
            out.copy_from_slice(&values[..out.len()]);
        }
    }

    pub(crate) fn format(&self) -> &'static FormatEntry {
        self.shape.dtype.format()
    }

    pub(crate) fn n_panels(&self) -> usize {
        self.n_rows().div_ceil(ROWS)
    }

    pub(crate) fn panel_bytes(&self) -> usize {
        self.n_units * self.format().unit_bytes
    }

    /// The bytes of panel `index`.
    pub(crate) fn panel(&self, index: usize) -> &[u8] {
        assert!(index < self.n_panels(), "panel {index} of {}", self.n_panels());
        &self.panels.as_slice()[index * self.panel_bytes()..][..self.panel_bytes()]
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::decode::decode_row;
    use crate::testing::random_rows;

    #[test]
    fn rows_of_every_type_come_back_exactly() {
        let pool = Pool::new(2);
        for dtype in DType::all() {
            for n_blocks in 1..=3 {
                let (n_rows, n_cols) =
                    (67, if dtype.is_float() { 37 * n_blocks } else { dtype.block_len() * n_blocks });
                let raw = random_rows(dtype, n_rows, n_cols);
                let row_bytes = dtype.row_bytes(n_cols).unwrap();
                let shape = MatrixShape { dtype, n_rows, n_cols };
                let matrix = Matrix::pack::<Infallible>(&pool, shape, &|rows, sink| {
                    sink(&raw[rows.start * row_bytes..rows.end * row_bytes]);
                    Ok(())
                })
                .unwrap();
                let (mut expected, mut found) = (vec![0.0; n_cols], vec![0.0; n_cols]);
                for (row, raw) in raw.chunks(row_bytes).enumerate() {
                    decode_row(dtype, raw, &mut expected);
                    matrix.row_f32(row, &mut found);
                    assert_eq!(expected, found, "{dtype} row {row}");
                }
            }
        }
    }

    #[test]
    fn failures_come_back_as_errors() {
        let pool = Pool::new(2);
        let shape = MatrixShape { dtype: DType::Q4_K, n_rows: 300, n_cols: 256 };
        let failed = Matrix::pack(&pool, shape, &|rows, sink| {
            sink(&vec![0; rows.len() * 144]);
            if rows.contains(&200) { Err("torn") } else { Ok(()) }
        });
        assert!(matches!(failed, Err(PackError::Read("torn"))));
        let odd = MatrixShape { n_cols: 100, ..shape };
        assert!(matches!(Matrix::pack(&pool, odd, &|_, _| Err(())), Err(PackError::BadShape(_))));
        let huge = MatrixShape { dtype: DType::F32, n_rows: 1 << 40, n_cols: 1 << 20 };
        assert!(matches!(Matrix::pack(&pool, huge, &|_, _| Err(())), Err(PackError::OutOfMemory { .. })));
    }
}
