//! Quantization errors of a file that is compared with its original afterwards, as of downloaded files: both are read, row by
//! row, and decoded.
//!
//! As the errors of a quantizing run, they come from a sample of evenly spread rows, and tensors that are stored as F32 or
//! unchanged count as exact.

use std::collections::HashMap;

use nibble_kernels::DType;
use nibble_kernels::decode::decode_row;
use rayon::prelude::*;

use super::{SquaredSums, WeightErrors};
use crate::base::{TensorMeta, TensorSource};
use crate::progress::{Cancel, Observer, Progress};
use crate::quant::error::Error;

/// Weights in a unit: rows that one sample stands for.
const UNIT_WEIGHTS: usize = 1 << 18;
/// Weights of a unit that are compared at least.
const SAMPLED_WEIGHTS: usize = 1 << 13;

/// A tensor of the model and the one of the same name and shape in the original.
struct Pair<'a> {
    original: &'a dyn TensorSource,
    model: &'a dyn TensorSource,
    original_idx: usize,
    model_idx: usize,
}

/// The errors of the weights of `model` relative to those of `original`, over the tensors that both have under one name in one
/// shape; `None` if there are none. Progress counts bytes of the model.
///
/// # Errors
/// [`Error::Read`] if a tensor cannot be read; [`Error::Cancelled`].
pub fn weight_errors(
    original: &dyn TensorSource,
    model: &dyn TensorSource,
    observer: &dyn Observer,
    cancel: &Cancel,
) -> Result<Option<WeightErrors>, Error> {
    let named: HashMap<&str, usize> =
        original.tensors().iter().enumerate().map(|(index, tensor)| (tensor.name.as_str(), index)).collect();
    let total = model.tensors().iter().map(|tensor| tensor.n_bytes() as u64).sum();
    let (mut compared, mut all_sums, mut done) = (Vec::new(), Vec::new(), 0);
    for (model_idx, tensor) in model.tensors().iter().enumerate() {
        let found = named.get(tensor.name.as_str()).copied();
        if let Some(original_idx) = found.filter(|index| original.tensors()[*index].shape == tensor.shape) {
            let pair = Pair { original, model, original_idx, model_idx };
            all_sums.push(pair.sums(cancel)?);
            compared.push(tensor.clone());
        }
        done += tensor.n_bytes() as u64;
        observer.progress(Progress::new(&tensor.name, done, total));
    }
    Ok((!compared.is_empty()).then(|| WeightErrors::new(&compared, &all_sums)))
}

impl Pair<'_> {
    fn tensor(&self) -> &TensorMeta {
        &self.model.tensors()[self.model_idx]
    }

    /// The sums over the tensor; zeros where it is exact.
    fn sums(&self, cancel: &Cancel) -> Result<SquaredSums, Error> {
        let before = self.original.tensors()[self.original_idx].dtype;
        let after = self.tensor().dtype;
        if after == DType::F32 || (before == after && !after.is_float()) {
            return Ok(SquaredSums::default());
        }
        let (n_rows, n_cols) = (self.tensor().n_rows(), self.tensor().n_cols().max(1));
        let unit_rows = (UNIT_WEIGHTS / n_cols).max(1);
        let units: Vec<usize> = (0..n_rows).step_by(unit_rows).collect();
        let sums: Vec<SquaredSums> = units
            .into_par_iter()
            .map(|first| {
                cancel.check()?;
                self.unit(first, n_rows.min(first + unit_rows))
            })
            .collect::<Result<_, Error>>()?;
        self.original.release_rows(self.original_idx, 0..n_rows);
        self.model.release_rows(self.model_idx, 0..n_rows);
        let mut total = SquaredSums::default();
        for one in sums {
            total.add(one);
        }
        Ok(total)
    }

    /// The sums over the rows from `first` to `end`, from a sample of them.
    fn unit(&self, first: usize, end: usize) -> Result<SquaredSums, Error> {
        let n_cols = self.tensor().n_cols().max(1);
        let step = ((end - first) * n_cols / SAMPLED_WEIGHTS).max(1);
        let (mut sums, mut seen) = (SquaredSums::default(), 0);
        let mut weights = vec![0.0; n_cols];
        for row in (first..end).step_by(step) {
            let failed = |source| Error::Read { tensor: self.tensor().name.clone(), source };
            let before = self.original.read_rows(self.original_idx, row..row + 1).map_err(failed)?;
            let after = self.model.read_rows(self.model_idx, row..row + 1).map_err(failed)?;
            decode_row(self.original.tensors()[self.original_idx].dtype, &before, &mut weights);
            sums.add(SquaredSums::of(self.tensor().dtype, &weights, &after));
            seen += 1;
        }
        Ok(sums.scaled((end - first) as f64 / f64::from(seen.max(1))))
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::io;
    use std::ops::Range;

    use nibble_kernels::Level;
    use nibble_kernels::quantize::quantize;
    use nibble_kernels::testing::Random;

    use super::*;

    #[derive(Default)]
    struct InMemory {
        tensors: Vec<TensorMeta>,
        bytes: Vec<Vec<u8>>,
    }

    impl InMemory {
        fn with(mut self, name: &str, shape: &[usize], dtype: DType, weights: &[f32]) -> Self {
            let tensor = TensorMeta { name: name.to_owned(), shape: shape.to_vec(), dtype };
            let mut bytes = vec![0; tensor.n_bytes()];
            quantize(Level::best(), dtype, weights, None, &mut bytes);
            self.tensors.push(tensor);
            self.bytes.push(bytes);
            self
        }
    }

    impl TensorSource for InMemory {
        fn tensors(&self) -> &[TensorMeta] {
            &self.tensors
        }

        fn read_rows(&self, index: usize, rows: Range<usize>) -> io::Result<Cow<'_, [u8]>> {
            let row_bytes = self.bytes[index].len() / self.tensors[index].n_rows();
            Ok(Cow::Borrowed(&self.bytes[index][rows.start * row_bytes..rows.end * row_bytes]))
        }
    }

    fn errors(original: &InMemory, model: &InMemory) -> Option<WeightErrors> {
        weight_errors(original, model, &(), &Cancel::new()).unwrap()
    }

    #[test]
    fn a_sample_of_rows_has_the_error_of_all() {
        // More rows than are sampled, and in rows of very different size.
        let shape = [3000, 256];
        let mut weights: Vec<f32> = Random::new(5).numbers(shape[0] * shape[1]);
        for (index, row) in weights.chunks_mut(shape[1]).enumerate() {
            for weight in row {
                *weight *= 1.0 + (index % 7) as f32;
            }
        }
        for dtype in [DType::Q8_0, DType::Q4_K] {
            let original = InMemory::default().with("a", &shape, DType::F32, &weights);
            let model = InMemory::default().with("a", &shape, dtype, &weights);
            let mut decoded = vec![0.0; weights.len()];
            decode_row(dtype, &model.bytes[0], &mut decoded);
            let pairs = || weights.iter().zip(&decoded).map(|(w, d)| (f64::from(*w), f64::from(*d)));
            let error: f64 = pairs().map(|(w, d)| (w - d).powi(2)).sum();
            let squares: f64 = pairs().map(|(w, _)| w * w).sum();
            let found = errors(&original, &model).unwrap().tensors[0].relative_rmse;
            assert!((found / (error / squares).sqrt() - 1.0).abs() < 0.03, "{dtype}: {found}");
        }
    }

    #[test]
    fn what_is_exact_or_not_in_both_does_not_count() {
        let weights: Vec<f32> = Random::new(5).numbers(4 * 256);
        let original = InMemory::default()
            .with("blk.0.a", &[4, 256], DType::F32, &weights)
            .with("norm", &[4, 256], DType::F32, &weights)
            .with("other shape", &[2, 512], DType::F32, &weights);
        let model = InMemory::default()
            .with("more", &[4, 256], DType::Q8_0, &weights)
            .with("norm", &[4, 256], DType::F32, &weights)
            .with("other shape", &[4, 256], DType::Q8_0, &weights)
            .with("blk.0.a", &[4, 256], DType::Q4_0, &weights);
        let found = errors(&original, &model).unwrap();
        let names: Vec<&str> = found.tensors.iter().map(|one| one.tensor.as_str()).collect();
        assert_eq!(names, ["norm", "blk.0.a"]);
        assert_eq!(found.tensors[0].relative_rmse.to_bits(), 0.0_f64.to_bits());
        let of_one = found.tensors[1].relative_rmse;
        assert!(of_one > 0.02 && (found.relative_rmse - of_one).abs() < 1e-12, "{found:?}");
        assert_eq!(errors(&InMemory::default(), &model), None);
        // The blocks of the original, unchanged.
        let same = errors(&model, &model).unwrap();
        assert_eq!(same.relative_rmse.to_bits(), 0.0_f64.to_bits());
    }

    #[test]
    fn a_cancelled_comparison_ends() {
        let weights: Vec<f32> = Random::new(5).numbers(256);
        let model = InMemory::default().with("a", &[1, 256], DType::Q8_0, &weights);
        let original = InMemory::default().with("a", &[1, 256], DType::F32, &weights);
        let cancel = Cancel::new();
        cancel.cancel();
        let end = weight_errors(&original, &model, &(), &cancel);
        assert!(matches!(end, Err(Error::Cancelled(_))), "{end:?}");
    }
}
