//! Registers of integer codes, over which the products of quantized weights are written.

use super::Lanes;

/// A table of numbers of 16 bits for [`CodeLanes::numbers`].
#[repr(C, align(64))]
#[derive(Debug)]
pub(crate) struct Numbers<const N: usize> {
    numbers: [u16; N],
    /// Behind the last number, since a look-up may read 32 bits.
    #[allow(dead_code, reason = "read by instructions only")]
    end: u16,
}

impl<const N: usize> Numbers<N> {
    pub(crate) const fn new(numbers: [u16; N]) -> Self {
        assert!(N.is_power_of_two() && N >= 64);
        Self { numbers, end: 0 }
    }

    /// Address of the numbers, and of one beyond them.
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "used by gathers and permutations"))]
    #[inline(always)]
    pub(super) fn as_ptr(&self) -> *const u16 {
        std::ptr::from_ref(self).cast()
    }

    /// The number at an index below the length.
    #[inline(always)]
    pub(super) fn at(&self, index: usize) -> u16 {
        self.numbers[index & (N - 1)]
    }
}

/// Vectors of weight codes (four neighboring columns of [`Lanes::N`] rows in a register) and the sums of their products.
///
/// Shifts act on each byte by itself, and a mask selects the bits that remain. A level may sum products in fewer bits, as many
/// as [`CodeLanes::run`] allows, and then widen them.
pub(crate) trait CodeLanes: Lanes {
    /// Register of `4 · N` codes of eight bits.
    type C: Copy;
    /// Register of `N` 32-bit sums, one for each row; more and narrower sums within a run, if the level widens.
    type S: Copy;

    /// Prefetch distance in bytes, by measurement.
    const DISTANCE: usize;
    /// Largest number of tokens for which a kernel prefetches; with more, arithmetic takes longer than reading.
    const STREAMING_TOKENS: usize;
    /// Largest number of tokens for which two registers of rows are computed together, if a line takes several; 0 for never.
    const PAIRED_TOKENS: usize;
    /// Offset that [`CodeLanes::signed`] adds to codes.
    const SIGNED_OFFSET: i32;

    /// Whether products are summed in fewer bits and widened after each run; if not, [`CodeLanes::dot`] adds to sums of 32 bits.
    const WIDENS: bool;

    /// Number of products of codes up to `max` with inputs from -127 to 127 that may be added before a run is widened.
    fn run(max: i32) -> usize;

    /// Loads `4 · N` codes from memory.
    ///
    /// # Safety
    /// `from` must be valid for reading `4 · N` bytes.
    unsafe fn load_codes(self, from: *const u8) -> Self::C;
    /// Computes (a >> bits) & mask byte by byte; mask bits that no shifted bit reaches must be zero.
    fn shr_and(self, a: Self::C, bits: u32, mask: u8) -> Self::C;
    /// Computes a | ((b >> bits) & mask) byte by byte; mask bits that no shifted bit reaches must be zero.
    fn or_shr(self, a: Self::C, b: Self::C, bits: u32, mask: u8) -> Self::C;
    /// Computes a | ((b << bits) & mask) byte by byte; mask bits that no shifted bit reaches must be zero.
    fn or_shl(self, a: Self::C, b: Self::C, bits: u32, mask: u8) -> Self::C;
    /// Signed codes as operands of [`CodeLanes::dot`]: [`CodeLanes::SIGNED_OFFSET`] is added to all.
    fn signed(self, a: Self::C) -> Self::C;
    /// Loads sixteen values as a table for [`CodeLanes::lookup`].
    fn table(self, values: &[i8; 16]) -> Self::C;
    /// Looks up the values of codes below 16, each byte by itself.
    fn lookup(self, table: Self::C, codes: Self::C) -> Self::C;

    /// Computes (a >> bits) & mask of each 32-bit word, the four codes of a row.
    fn words(self, a: Self::C, bits: u32, mask: u32) -> Self::C;
    /// Computes a | ((b >> bits) & mask) word by word; a negative number of bits shifts to the left.
    fn or_words(self, a: Self::C, b: Self::C, bits: i32, mask: u32) -> Self::C;
    /// Computes a ^ (a >> bits) word by word.
    fn fold_words(self, a: Self::C, bits: u32) -> Self::C;
    /// Looks up two numbers of 16 bits for each row: each half of a word of `at` is an index, of which the bits above the table's
    /// length, a power of two from 64 on, are ignored.
    fn numbers<const N: usize>(self, table: &Numbers<N>, at: Self::C) -> Self::C;
    /// The two lower bytes of each word, or the two upper ones, each twice.
    fn doubled<const UPPER: bool>(self, a: Self::C) -> Self::C;
    /// Looks words up: each word of `at` is an index, of which the bits above the table's length, a power of two, are ignored.
    fn gather<const N: usize>(self, table: &[u32; N], at: Self::C) -> Self::C;
    /// Digits, 0 to 2, of bytes that hold fractions: the integer part of three times the fraction of `power` times a / 256,
    /// each byte by itself.
    fn thirds(self, a: Self::C, power: u8) -> Self::C;

    /// Sets all sums to the number at `from` times 2^`shift`; a negative shift must be exact.
    ///
    /// # Safety
    /// `from` must be valid for reading.
    unsafe fn load_sum(self, from: *const i32, shift: i32) -> Self::S;
    /// Sets all sums to zero.
    fn no_sum(self) -> Self::S;
    /// Adds to each row the four products of its codes with four input codes: those of the given quarter, 0 to 3, of the sixteen at
    /// `x`. With `SIGNED`, the codes are results of [`CodeLanes::signed`], otherwise unsigned and below 128.
    ///
    /// # Safety
    /// `x` must be valid for reading sixteen bytes.
    unsafe fn dot<const SIGNED: bool, const QUARTER: i32>(
        self,
        sums: Self::S,
        a: Self::C,
        x: *const i8,
    ) -> Self::S;
    /// The codes of one of the four columns, 0 to 3, as numbers. With `SIGNED`, the codes are results of [`CodeLanes::signed`],
    /// whose offset stays in them.
    fn code<const SIGNED: bool>(self, a: Self::C, column: usize) -> Self::V;
    /// Adds the narrow sums of a run to `sums`.
    fn widen(self, sums: Self::S, run: Self::S) -> Self::S;
    /// Converts sums to floats, rounded to nearest.
    fn to_float(self, sums: Self::S) -> Self::V;

    /// Shifts `b` so that bit `from` lands on bit `to`, masks it, and ORs it into `a`.
    #[inline(always)]
    fn or_bits(self, a: Self::C, b: Self::C, (from, to): (u32, u32), mask: u8) -> Self::C {
        if from < to { self.or_shl(a, b, to - from, mask) } else { self.or_shr(a, b, from - to, mask) }
    }
}
