//! What becomes of each tensor of a model: the result of planning.

use super::Precision;
use super::method::Method;
use super::methods;
use crate::base::{DType, TensorMeta};
use crate::progress::Warning;

/// What becomes of one tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The type that it is written as.
    pub dtype: DType,
    /// How its codes are found. Tensors that have that type already and are quantized are copied.
    pub method: &'static dyn Method,
}

/// The types and methods that a model's tensors get.
#[derive(Clone, Debug, PartialEq)]
pub struct QuantizePlan {
    precision: Precision,
    tensors: Vec<TensorMeta>,
    methods: Vec<&'static dyn Method>,
    warnings: Vec<Warning>,
}

impl Assignment {
    /// That of a tensor that takes no precision: floating-point numbers become f32, what is quantized stays as it is.
    fn kept(tensor: &TensorMeta) -> Self {
        let dtype = if tensor.dtype.is_float() { DType::F32 } else { tensor.dtype };
        Self { dtype, method: methods::USUAL }
    }
}

impl QuantizePlan {
    /// The plan that gives each of `tensors` what is `wanted` of it, or keeps it where that is `None`.
    ///
    /// A type whose blocks do not divide a row is replaced by the nearest that do, and a warning says so.
    ///
    /// # Panics
    /// When `tensors` and `wanted` are not of one length.
    pub fn new(precision: Precision, tensors: &[TensorMeta], wanted: &[Option<Assignment>]) -> Self {
        assert_eq!(tensors.len(), wanted.len(), "a plan speaks of every tensor");
        let (mut planned, mut methods, mut warnings) = (tensors.to_vec(), Vec::new(), Vec::new());
        for (tensor, wanted) in planned.iter_mut().zip(wanted) {
            let wanted = wanted.unwrap_or_else(|| Assignment::kept(tensor));
            let used = fitting(wanted.dtype, tensor.n_cols());
            if used != wanted.dtype {
                let (tensor, wanted) = (tensor.name.clone(), wanted.dtype);
                warnings.push(Warning::TypeFallback { tensor, wanted, used });
            }
            tensor.dtype = used;
            methods.push(wanted.method);
        }
        Self { precision, tensors: planned, methods, warnings }
    }

    /// What was asked for.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// The tensors as they will be, in the order of the source.
    pub fn tensors(&self) -> &[TensorMeta] {
        &self.tensors
    }

    /// What becomes of each tensor, in the order of the source.
    pub fn assignments(&self) -> impl Iterator<Item = Assignment> {
        (0..self.tensors.len()).map(|index| self.assignment(index))
    }

    /// What becomes of the tensor at this position.
    ///
    /// # Panics
    /// When there is no such tensor.
    pub fn assignment(&self, index: usize) -> Assignment {
        Assignment { dtype: self.tensors[index].dtype, method: self.methods[index] }
    }

    /// Tensors that could not get the type the planner gave them.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Bytes of all tensors, without padding and metadata.
    pub fn tensor_bytes(&self) -> u64 {
        self.tensors.iter().map(|tensor| tensor.n_bytes() as u64).sum()
    }

    /// Average bits per weight.
    pub fn bits_per_weight(&self) -> f64 {
        let n_weights: u64 = self.tensors.iter().map(|tensor| tensor.n_elements() as u64).sum();
        self.tensor_bytes() as f64 * 8.0 / n_weights.max(1) as f64
    }
}

/// `wanted`, or the nearest type whose blocks fit a row of `n_cols` weights.
fn fitting(wanted: DType, n_cols: usize) -> DType {
    let fits = |dtype: DType| n_cols.is_multiple_of(dtype.block_len());
    if fits(wanted) {
        return wanted;
    }
    let smaller_blocks = match wanted {
        DType::Q2_K | DType::Q3_K => DType::Q4_0,
        DType::Q4_K => DType::Q5_0,
        DType::Q5_K => DType::Q5_1,
        DType::Q6_K => DType::Q8_0,
        DType::IQ4_XS => DType::IQ4_NL,
        other => other,
    };
    if fits(smaller_blocks) { smaller_blocks } else { DType::F16 }
}
