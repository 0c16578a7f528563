//! Registers of integer codes: what the products of quantized weights are written over.

use super::Lanes;

/// Vectors of weights' codes, four neighboring columns of [`Lanes::N`] rows in a register, and the sums of their products.
///
/// Shifts act on each byte by itself, and a mask takes what must stay. A level may sum products in fewer bits, as many as
/// [`CodeLanes::run`] allows, and then widen them.
pub(crate) trait CodeLanes: Lanes {
    /// `4 · N` codes of eight bits.
    type C: Copy;
    /// `N` sums of 32 bits, one for each row; of more and narrower ones within a run, if the level widens.
    type S: Copy;

    /// How far ahead of its use memory is requested, in bytes, by measurement.
    const DISTANCE: usize;
    /// Tokens up to which a kernel requests memory ahead; with more, arithmetic takes longer than reading.
    const STREAMING_TOKENS: usize;
    /// Most tokens for which two registers of rows are computed together, if a line takes several; 0 for never.
    const PAIRED_TOKENS: usize;
    /// What [`CodeLanes::signed`] adds to codes.
    const SIGNED_OFFSET: i32;

    /// Whether products are summed in fewer bits and widened after each run; if not, [`CodeLanes::dot`] adds to sums of 32 bits.
    const WIDENS: bool;

    /// Products of codes up to `max` with inputs from -127 to 127 that may be added before a run is finished.
    fn run(max: i32) -> usize;

    /// `4 · N` codes from memory.
    ///
    /// # Safety
    /// `from` must be valid for reading `4 · N` bytes.
    unsafe fn load_codes(self, from: *const u8) -> Self::C;
    /// (a >> bits) & mask, byte by byte; bits of the mask that no shifted bit reaches must be zero.
    fn shr_and(self, a: Self::C, bits: u32, mask: u8) -> Self::C;
    /// a | ((b >> bits) & mask), byte by byte, as above.
    fn or_shr(self, a: Self::C, b: Self::C, bits: u32, mask: u8) -> Self::C;
    /// a | ((b << bits) & mask), byte by byte, as above.
    fn or_shl(self, a: Self::C, b: Self::C, bits: u32, mask: u8) -> Self::C;
    /// Signed codes as [`CodeLanes::dot`] takes them: all moved up by [`CodeLanes::SIGNED_OFFSET`].
    fn signed(self, a: Self::C) -> Self::C;
    /// Sixteen values for [`CodeLanes::lookup`].
    fn table(self, values: &[i8; 16]) -> Self::C;
    /// The values that codes below 16 stand for, each byte by itself.
    fn lookup(self, table: Self::C, codes: Self::C) -> Self::C;

    /// All sums equal to the number at `from`, times 2^`shift`, which may be negative where nothing is lost.
    ///
    /// # Safety
    /// `from` must be valid for reading.
    unsafe fn load_sum(self, from: *const i32, shift: i32) -> Self::S;
    /// All sums zero.
    fn no_sum(self) -> Self::S;
    /// Adds to each row the four products of its codes with the four input codes at `x`. With `SIGNED`, codes are as
    /// [`CodeLanes::signed`] left them, otherwise unsigned.
    ///
    /// # Safety
    /// `x` must be valid for reading four bytes.
    unsafe fn dot<const SIGNED: bool>(self, sums: Self::S, a: Self::C, x: *const i8) -> Self::S;
    /// Adds the narrow sums of a run to `sums`.
    fn widen(self, sums: Self::S, run: Self::S) -> Self::S;
    /// Sums as floats, rounded to nearest.
    fn to_float(self, sums: Self::S) -> Self::V;

    /// Codes with bit `from` and those beside it moved to bit `to`, under `mask`, joined to `a`.
    #[inline(always)]
    fn or_bits(self, a: Self::C, b: Self::C, (from, to): (u32, u32), mask: u8) -> Self::C {
        if from < to { self.or_shl(a, b, to - from, mask) } else { self.or_shr(a, b, from - to, mask) }
    }
}
