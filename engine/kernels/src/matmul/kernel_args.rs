//! Arguments of a kernel: one panel and a few tokens.

use crate::activations::{GROUP, SpanOutliers};
use crate::layout::ROWS;

/// Arguments of a kernel: one panel times up to [`TILE_TOKENS`](crate::activations::TILE_TOKENS) tokens. Arrays begin at the
/// first of these tokens; [`Activations`](crate::Activations) defines their order.
pub(crate) struct KernelArgs<'a> {
    /// Bytes of the panel: whole units.
    pub(crate) panel: &'a [u8],
    /// Tokens side by side in a group: the stride from group to group.
    pub(crate) width: usize,
    /// Tokens to compute, at most `width`.
    pub(crate) n_tokens: usize,
    pub(crate) codes: &'a [i8],
    pub(crate) scales: &'a [f32],
    pub(crate) offsets32: &'a [i32],
    pub(crate) offsets16: &'a [i32],
    pub(crate) sums32: &'a [f32],
    pub(crate) sums16: &'a [f32],
    pub(crate) values: &'a [f32],
    /// First row of the panel in the first token's output.
    pub(crate) out: *mut f32,
    /// Distance between the outputs of successive tokens, in elements.
    pub(crate) out_stride: usize,
    /// Number of rows of the panel that exist.
    pub(crate) n_rows: usize,
}

impl KernelArgs<'_> {
    /// Checks the arrays against a panel of `cols` columns once, so that kernels may read both unchecked: all groups of
    /// `n_tokens` tokens must be present.
    #[inline]
    pub(crate) fn check_codes(&self, n_tokens: usize, cols: usize) {
        assert!(n_tokens == self.n_tokens && n_tokens <= self.width && self.n_rows <= ROWS);
        if cols == 0 {
            return;
        }
        let last = (cols / GROUP - 1) * self.width + n_tokens;
        let last_half = (cols / 16 - 1) * self.width + n_tokens;
        assert!(self.codes.len() >= last * GROUP && self.scales.len() >= last);
        assert!(self.offsets32.len() >= last && self.sums32.len() >= last);
        assert!(self.offsets16.len() >= last_half && self.sums16.len() >= last_half);
    }

    /// Checks the values for a panel of floating-point weights, as [`Self::check_codes`].
    #[inline]
    pub(crate) fn check_values(&self, n_tokens: usize, cols: usize) {
        assert!(n_tokens == self.n_tokens && n_tokens <= self.width && self.n_rows <= ROWS);
        assert!(cols == 0 || self.values.len() >= ((cols / GROUP - 1) * self.width + n_tokens) * GROUP);
    }
}

/// Memory that begins at a cache line, so that no vector crosses two.
#[repr(C, align(64))]
pub(crate) struct Aligned<T>(T);

/// Arguments of a kernel for outliers: one panel times the outliers of a span.
pub(crate) struct OutlierArgs<'a> {
    /// Bytes of the panel: whole units.
    pub(crate) panel: &'a [u8],
    pub(crate) outliers: SpanOutliers<'a>,
    /// Sums of the panel's rows for each token of the span, to which the products are added.
    pub(crate) sums: *mut [f32; ROWS],
}

/// Kernel that adds the products of outliers to the sums of a span.
///
/// # Safety
/// The processor has the level's features, the outliers' columns lie in the panel, and `sums` is writable for their tokens.
pub(crate) type OutlierKernel = unsafe fn(&OutlierArgs<'_>);

/// Kernel for exactly its number of tokens.
///
/// # Safety
/// The processor has the level's features, and `out` is writable for every token and existing row.
pub(crate) type Kernel = unsafe fn(&KernelArgs<'_>);

/// Kernels by the number of tokens each computes, largest first; the last computes one.
pub(crate) type Table = &'static [(usize, Kernel)];
