//! Vectors of floats: what kernels of plain arithmetic are written over.

/// Lanes of the widest vector.
pub(crate) const MOST: usize = 16;

/// Vectors of `N` f32 and the operations kernels need; a value proves that the processor has them.
pub(crate) trait Lanes: Copy {
    /// `N` floats in a register.
    type V: Copy;
    /// One truth per lane.
    type Mask: Copy;
    /// Floats per register; divides [`MOST`].
    const N: usize;

    /// All lanes `x`.
    fn splat(self, x: f32) -> Self::V;
    /// a + b
    fn add(self, a: Self::V, b: Self::V) -> Self::V;
    /// a − b
    fn sub(self, a: Self::V, b: Self::V) -> Self::V;
    /// a · b
    fn mul(self, a: Self::V, b: Self::V) -> Self::V;
    /// a / b
    fn div(self, a: Self::V, b: Self::V) -> Self::V;
    /// a · b + c, rounded once.
    fn fma(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    /// c − a · b, rounded once.
    fn fnma(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    /// `a` where it is greater than `b`, else `b`; so `b` where `a` is not a number.
    fn max(self, a: Self::V, b: Self::V) -> Self::V;
    /// `a` where it is less than `b`, else `b`; so `b` where `a` is not a number.
    fn min(self, a: Self::V, b: Self::V) -> Self::V;
    /// Magnitudes.
    fn abs(self, a: Self::V) -> Self::V;
    /// Square roots, correctly rounded.
    fn sqrt(self, a: Self::V) -> Self::V;
    /// Where `a` is greater than `b`.
    fn greater(self, a: Self::V, b: Self::V) -> Self::Mask;
    /// `yes` where the mask is true, else `no`.
    fn select(self, mask: Self::Mask, yes: Self::V, no: Self::V) -> Self::V;
    /// The nearest whole number, ties to even.
    fn round(self, a: Self::V) -> Self::V;
    /// a · 2^n for whole n between -126 and 127.
    fn scale_by_power(self, a: Self::V, n: Self::V) -> Self::V;
    /// `a` where x ≥ bound, else `b`.
    fn where_at_least(self, x: Self::V, bound: Self::V, a: Self::V, b: Self::V) -> Self::V;
    /// Lane 2i and lane 2i+1 exchanged.
    fn swap_pairs(self, a: Self::V) -> Self::V;
    /// Sum of all lanes, by halves.
    fn sum(self, a: Self::V) -> f32;
    /// Largest lane.
    fn largest(self, a: Self::V) -> f32;

    /// Asks for the cache line at `address`, which may lie anywhere.
    fn prefetch<T>(self, address: *const T);
    /// The same, but no further than the second-level cache: for lines that are used later than the first level holds them.
    fn prefetch_early<T>(self, address: *const T);

    /// `N` floats from memory.
    ///
    /// # Safety
    /// `from` must be valid for reading `N` floats.
    unsafe fn load(self, from: *const f32) -> Self::V;
    /// `N` floats to memory.
    ///
    /// # Safety
    /// `to` must be valid for writing `N` floats.
    unsafe fn store(self, to: *mut f32, a: Self::V);
    /// `N` signed bytes from memory, as floats.
    ///
    /// # Safety
    /// `from` must be valid for reading `N` bytes.
    unsafe fn load_i8(self, from: *const i8) -> Self::V;
    /// `N` unsigned bytes from memory, as floats.
    ///
    /// # Safety
    /// `from` must be valid for reading `N` bytes.
    unsafe fn load_u8(self, from: *const u8) -> Self::V;
    /// Four bits from bit `shift` on of `N` unsigned bytes from memory, as floats.
    ///
    /// # Safety
    /// `from` must be valid for reading `N` bytes.
    unsafe fn load_nibbles(self, from: *const u8, shift: u32) -> Self::V;
    /// 2^(e - 128) of `N` unsigned bytes e from memory: half of the scale that an E8M0 exponent stands for.
    ///
    /// # Safety
    /// `from` must be valid for reading `N` bytes.
    unsafe fn load_half_e8m0(self, from: *const u8) -> Self::V;
    /// `N` pairs of bf16 from memory, widened: the first of each pair, and the second.
    ///
    /// # Safety
    /// `from` must be valid for reading 2 · `N` numbers of two bytes.
    unsafe fn load_bf16_pairs(self, from: *const u16) -> [Self::V; 2];
    /// `N` half-precision floats from memory, widened.
    ///
    /// # Safety
    /// `from` must be valid for reading `N` halves.
    unsafe fn load_f16(self, from: *const u16) -> Self::V;
    /// `N` floats to memory, rounded to half precision (nearest, ties to even).
    ///
    /// # Safety
    /// `to` must be valid for writing `N` halves.
    unsafe fn store_f16(self, to: *mut u16, a: Self::V);

    /// The first `n` floats to memory, at most `N`.
    ///
    /// # Safety
    /// `to` must be valid for writing `n` floats.
    unsafe fn store_first(self, to: *mut f32, a: Self::V, n: usize);

    /// All lanes 0.
    #[inline(always)]
    fn zero(self) -> Self::V {
        self.splat(0.0)
    }
}
