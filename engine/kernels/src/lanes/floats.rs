//! Vectors of floats, over which kernels of plain arithmetic are written.

/// Number of lanes of the widest vector.
pub(crate) const MOST: usize = 16;

/// Vectors of `N` f32 and the operations that kernels need; a value proves that the processor supports them.
pub(crate) trait Lanes: Copy {
    /// Register of `N` floats.
    type V: Copy;
    /// Mask with one boolean per lane.
    type Mask: Copy;
    /// Floats per register; divides [`MOST`].
    const N: usize;

    /// Sets all lanes to `x`.
    fn splat(self, x: f32) -> Self::V;
    /// Computes a + b.
    fn add(self, a: Self::V, b: Self::V) -> Self::V;
    /// Computes a − b.
    fn sub(self, a: Self::V, b: Self::V) -> Self::V;
    /// Computes a · b.
    fn mul(self, a: Self::V, b: Self::V) -> Self::V;
    /// Computes a / b.
    fn div(self, a: Self::V, b: Self::V) -> Self::V;
    /// Computes a · b + c, rounded once.
    fn fma(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    /// Computes c − a · b, rounded once.
    fn fnma(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    /// Maximum: `a` where it is greater than `b`, else `b`, so `b` where `a` is NaN.
    fn max(self, a: Self::V, b: Self::V) -> Self::V;
    /// Minimum: `a` where it is less than `b`, else `b`, so `b` where `a` is NaN.
    fn min(self, a: Self::V, b: Self::V) -> Self::V;
    /// Magnitudes of all lanes.
    fn abs(self, a: Self::V) -> Self::V;
    /// Square roots, correctly rounded.
    fn sqrt(self, a: Self::V) -> Self::V;
    /// Mask of the lanes where `a` is greater than `b`.
    fn greater(self, a: Self::V, b: Self::V) -> Self::Mask;
    /// Selects `yes` where the mask is true, else `no`.
    fn select(self, mask: Self::Mask, yes: Self::V, no: Self::V) -> Self::V;
    /// Rounds to the nearest integer, ties to even.
    fn round(self, a: Self::V) -> Self::V;
    /// Computes a · 2^n for integers n between -126 and 127.
    fn scale_by_power(self, a: Self::V, n: Self::V) -> Self::V;
    /// Selects `a` where x ≥ bound, else `b`.
    fn where_at_least(self, x: Self::V, bound: Self::V, a: Self::V, b: Self::V) -> Self::V;
    /// Exchanges lanes 2i and 2i+1.
    fn swap_pairs(self, a: Self::V) -> Self::V;
    /// Sum of all lanes, added by halves.
    fn sum(self, a: Self::V) -> f32;
    /// Largest of all lanes.
    fn largest(self, a: Self::V) -> f32;

    /// Prefetches the cache line at `address`, which may lie anywhere.
    fn prefetch<T>(self, address: *const T);
    /// Prefetches into the second-level cache only: for lines that are used later than the first level would hold them.
    fn prefetch_early<T>(self, address: *const T);

    /// Loads `N` floats from memory.
    ///
    /// # Safety
    /// `from` must be valid for reading `N` floats.
    unsafe fn load(self, from: *const f32) -> Self::V;
    /// Stores `N` floats to memory.
    ///
    /// # Safety
    /// `to` must be valid for writing `N` floats.
    unsafe fn store(self, to: *mut f32, a: Self::V);
    /// Loads `N` signed bytes from memory, as floats.
    ///
    /// # Safety
    /// `from` must be valid for reading `N` bytes.
    unsafe fn load_i8(self, from: *const i8) -> Self::V;
    /// Loads `N` unsigned bytes from memory, as floats.
    ///
    /// # Safety
    /// `from` must be valid for reading `N` bytes.
    unsafe fn load_u8(self, from: *const u8) -> Self::V;
    /// Loads four bits from bit `shift` on of `N` unsigned bytes from memory, as floats.
    ///
    /// # Safety
    /// `from` must be valid for reading `N` bytes.
    unsafe fn load_nibbles(self, from: *const u8, shift: u32) -> Self::V;
    /// Loads `N` unsigned bytes e from memory as 2^(e - 128): half of the scale of an E8M0 exponent.
    ///
    /// # Safety
    /// `from` must be valid for reading `N` bytes.
    unsafe fn load_half_e8m0(self, from: *const u8) -> Self::V;
    /// Loads unsigned E4M3 floats whose highest bit is 0: exponents of four bits with a bias of 7, mantissas of three, no
    /// infinities; 127 is 480.
    ///
    /// # Safety
    /// `from` must be valid for reading `N` bytes.
    unsafe fn load_e4m3(self, from: *const u8) -> Self::V;
    /// Loads `N` pairs of bf16 from memory, widened: the first of each pair, and the second.
    ///
    /// # Safety
    /// `from` must be valid for reading 2 · `N` numbers of two bytes.
    unsafe fn load_bf16_pairs(self, from: *const u16) -> [Self::V; 2];
    /// Loads `N` half-precision floats from memory, widened.
    ///
    /// # Safety
    /// `from` must be valid for reading `N` halves.
    unsafe fn load_f16(self, from: *const u16) -> Self::V;
    /// Stores `N` floats to memory, rounded to half precision (nearest, ties to even).
    ///
    /// # Safety
    /// `to` must be valid for writing `N` halves.
    unsafe fn store_f16(self, to: *mut u16, a: Self::V);

    /// Stores the first `n` floats, at most `N`.
    ///
    /// # Safety
    /// `to` must be valid for writing `n` floats.
    unsafe fn store_first(self, to: *mut f32, a: Self::V, n: usize);

    /// Sets all lanes to 0.
    #[inline(always)]
    fn zero(self) -> Self::V {
        self.splat(0.0)
    }
}
