//! Assignments of types and methods to a model's tensors: the result of planning.

use super::Precision;
use super::method::Method;
use super::methods;
use super::number_formats::Format;
use crate::base::{DType, TensorMeta};
use crate::progress::Warning;

/// Type and method of one tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Element type of the tensor in the output.
    pub dtype: DType,
    /// Quantization method. A quantized tensor that already has `dtype` is copied instead.
    pub method: &'static dyn Method,
    /// Number format that the weights are rounded to before they are stored as `dtype`, which holds its values; `None` for the
    /// values of `dtype` itself.
    pub format: Option<Format>,
}

/// Types and methods of all tensors of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct QuantizePlan {
    precision: Precision,
    tensors: Vec<TensorMeta>,
    methods: Vec<&'static dyn Method>,
    formats: Vec<Option<Format>>,
    warnings: Vec<Warning>,
}

impl Assignment {
    /// The assignment of a tensor outside the precision: floating-point numbers become f32, quantized tensors are unchanged.
    fn kept(tensor: &TensorMeta) -> Self {
        let dtype = if tensor.dtype.is_float() { DType::F32 } else { tensor.dtype };
        Self { dtype, method: methods::USUAL, format: None }
    }
}

impl QuantizePlan {
    /// A plan with the `wanted` assignment of each of `tensors`; where that is `None`, the tensor is unchanged.
    ///
    /// A type whose blocks do not divide a row is replaced by the nearest that do, with a warning.
    ///
    /// # Panics
    /// When `tensors` and `wanted` differ in length.
    pub fn new(precision: Precision, tensors: &[TensorMeta], wanted: &[Option<Assignment>]) -> Self {
        assert_eq!(tensors.len(), wanted.len(), "a plan has one entry per tensor");
        let (mut planned, mut warnings) = (tensors.to_vec(), Vec::new());
        let (mut methods, mut formats) = (Vec::new(), Vec::new());
        for (tensor, wanted) in planned.iter_mut().zip(wanted) {
            let wanted = wanted.unwrap_or_else(|| Assignment::kept(tensor));
            let used = fitting(wanted.dtype, tensor.n_cols());
            if used != wanted.dtype {
                let (tensor, wanted) = (tensor.name.clone(), wanted.dtype);
                warnings.push(Warning::TypeFallback { tensor, wanted, used });
            }
            tensor.dtype = used;
            methods.push(wanted.method);
            formats.push(wanted.format);
        }
        Self { precision, tensors: planned, methods, formats, warnings }
    }

    /// The requested precision of the plan.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// The tensors of the output, in the order of the source.
    pub fn tensors(&self) -> &[TensorMeta] {
        &self.tensors
    }

    /// The assignments of all tensors, in the order of the source.
    pub fn assignments(&self) -> impl Iterator<Item = Assignment> {
        (0..self.tensors.len()).map(|index| self.assignment(index))
    }

    /// The assignment of the tensor at this index.
    ///
    /// # Panics
    /// When `index` is not below the number of tensors.
    pub fn assignment(&self, index: usize) -> Assignment {
        Assignment {
            dtype: self.tensors[index].dtype,
            method: self.methods[index],
            format: self.formats[index],
        }
    }

    /// Warnings for tensors that could not get the planned type.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Size of all tensors in bytes, without padding and metadata.
    pub fn tensor_bytes(&self) -> u64 {
        self.tensors.iter().map(|tensor| tensor.n_bytes() as u64).sum()
    }

    /// The quantized type of most weights; `None` if nothing is quantized.
    pub fn most_common(&self) -> Option<DType> {
        let mut weights = std::collections::BTreeMap::new();
        for tensor in self.tensors.iter().filter(|tensor| !tensor.dtype.is_float()) {
            *weights.entry(tensor.dtype).or_insert(0) += tensor.n_elements();
        }
        weights.into_iter().max_by_key(|(_, count)| *count).map(|(dtype, _)| dtype)
    }

    /// Average number of bits per weight; of number formats, their own bits and not those of the types that hold them.
    pub fn bits_per_weight(&self) -> f64 {
        let bits = |(tensor, format): (&TensorMeta, &Option<Format>)| match format {
            Some(format) => {
                let bits = format.bits_per_weight(tensor.n_rows(), tensor.n_cols());
                bits * tensor.n_elements() as f64
            }
            None => tensor.n_bytes() as f64 * 8.0,
        };
        self.tensors.iter().zip(&self.formats).map(bits).sum::<f64>() / self.n_weights() as f64
    }

    /// Average number of bits per weight in the file.
    pub fn file_bits_per_weight(&self) -> f64 {
        self.tensor_bytes() as f64 * 8.0 / self.n_weights() as f64
    }

    /// Number of weights, at least 1.
    fn n_weights(&self) -> u64 {
        self.tensors.iter().map(|tensor| tensor.n_elements() as u64).sum::<u64>().max(1)
    }
}

/// The type `wanted`, or the nearest type whose blocks divide a row of `n_cols` weights.
fn fitting(wanted: DType, n_cols: usize) -> DType {
    let fits = |dtype: DType| n_cols.is_multiple_of(dtype.block_len());
    if fits(wanted) {
        return wanted;
    }
    let smaller_blocks = match wanted {
        DType::Q2_K | DType::Q3_K | DType::TQ1_0 | DType::TQ2_0 | DType::Q2_0 => DType::Q4_0,
        DType::Q4_K => DType::Q5_0,
        DType::Q5_K => DType::Q5_1,
        DType::Q6_K => DType::Q8_0,
        DType::IQ4_XS => DType::IQ4_NL,
        // NVFP4 has blocks of 64, MXFP4 of 32.
        DType::NVFP4 => DType::MXFP4,
        lattice if lattice.is_lattice() => DType::IQ4_NL,
        other => other,
    };
    if fits(smaller_blocks) { smaller_blocks } else { DType::F16 }
}
