//! Output of a product and the kernels that compute it.

use super::float_kernels::FloatTiles;
use super::kernel_args::{OutlierKernel, Table};
use crate::matrix::Matrix;

/// Output of a product, shared by its chunks.
#[derive(Clone, Copy)]
pub(super) struct Target<'a> {
    pub(super) matrix: &'a Matrix,
    pub(super) kernels: Table,
    /// Kernel for outliers, if the weights are quantized.
    pub(super) outlier_kernel: Option<OutlierKernel>,
    /// Functions for many tokens, if the weights are floating-point numbers and there are many.
    pub(super) float_tiles: Option<&'static FloatTiles>,
    pub(super) out: *mut f32,
}

// SAFETY: each chunk writes only the rows of its own panels.
unsafe impl Sync for Target<'_> {}
