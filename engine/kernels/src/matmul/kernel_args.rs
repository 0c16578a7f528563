//! What a kernel is called with: one panel and a few tokens.

use crate::activations::GROUP;
use crate::layout::ROWS;

/// One panel times up to [`TILE_TOKENS`](crate::activations::TILE_TOKENS) tokens: what a kernel is called with. Arrays begin at the first of these tokens; see
/// [`Activations`](crate::Activations) for their order.
pub(crate) struct KernelArgs<'a> {
    /// Whole units.
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
    /// From one token's output to the next.
    pub(crate) out_stride: usize,
    /// Rows of the panel that exist.
    pub(crate) n_rows: usize,
}

impl KernelArgs<'_> {
    /// Compares the arrays with a panel of `cols` columns once, so that kernels may walk both without looking: all groups of
    /// `n_tokens` tokens must be there.
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

    /// The same for floating-point weights.
    #[inline]
    pub(crate) fn check_values(&self, n_tokens: usize, cols: usize) {
        assert!(n_tokens == self.n_tokens && n_tokens <= self.width && self.n_rows <= ROWS);
        assert!(cols == 0 || self.values.len() >= ((cols / GROUP - 1) * self.width + n_tokens) * GROUP);
    }
}

/// Computes for exactly the kernel's number of tokens.
///
/// # Safety
/// The processor has the level's features, and `out` may be written for every token and existing row.
pub(crate) type Kernel = unsafe fn(&KernelArgs<'_>);

/// Kernels by how many tokens each takes, most first; the last takes one.
pub(crate) type Table = &'static [(usize, Kernel)];
