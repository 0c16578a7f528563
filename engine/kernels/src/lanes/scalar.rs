//! Plain Rust: sixteen rows in arrays, for processors without a supported instruction set.
//!
//! Loops over arrays, which compilers turn into the vector instructions of the processor's baseline.

use half::f16;

use super::{CodeLanes, Lanes, Numbers};

/// Number of lanes of a vector.
const N: usize = 16;

/// Token of plain Rust with sixteen lanes.
#[derive(Clone, Copy)]
pub(crate) struct Scalar;

/// Applies a function to each lane of two vectors.
#[inline(always)]
fn each<A: Copy, B: Copy, R>(a: &[A; N], b: &[B; N], f: impl Fn(A, B) -> R) -> [R; N] {
    std::array::from_fn(|i| f(a[i], b[i]))
}

/// Applies a function to each 32-bit word of a register of codes.
#[inline(always)]
fn each_word(a: &[u8; 4 * N], f: impl Fn(u32) -> u32) -> [u8; 4 * N] {
    let mut out = [0; 4 * N];
    for (out, a) in out.as_chunks_mut::<4>().0.iter_mut().zip(a.as_chunks::<4>().0) {
        *out = f(u32::from_le_bytes(*a)).to_le_bytes();
    }
    out
}

impl Lanes for Scalar {
    type V = [f32; N];
    type Mask = [bool; N];
    const N: usize = N;

    #[inline(always)]
    fn splat(self, x: f32) -> [f32; N] {
        [x; N]
    }

    #[inline(always)]
    fn add(self, a: [f32; N], b: [f32; N]) -> [f32; N] {
        each(&a, &b, |a, b| a + b)
    }

    #[inline(always)]
    fn sub(self, a: [f32; N], b: [f32; N]) -> [f32; N] {
        each(&a, &b, |a, b| a - b)
    }

    #[inline(always)]
    fn mul(self, a: [f32; N], b: [f32; N]) -> [f32; N] {
        each(&a, &b, |a, b| a * b)
    }

    #[inline(always)]
    fn div(self, a: [f32; N], b: [f32; N]) -> [f32; N] {
        each(&a, &b, |a, b| a / b)
    }

    #[inline(always)]
    fn fma(self, a: [f32; N], b: [f32; N], c: [f32; N]) -> [f32; N] {
        std::array::from_fn(|i| a[i].mul_add(b[i], c[i]))
    }

    #[inline(always)]
    fn fnma(self, a: [f32; N], b: [f32; N], c: [f32; N]) -> [f32; N] {
        std::array::from_fn(|i| (-a[i]).mul_add(b[i], c[i]))
    }

    #[inline(always)]
    fn max(self, a: [f32; N], b: [f32; N]) -> [f32; N] {
        each(&a, &b, super::larger)
    }

    #[inline(always)]
    fn min(self, a: [f32; N], b: [f32; N]) -> [f32; N] {
        each(&a, &b, |a, b| if a < b { a } else { b })
    }

    #[inline(always)]
    fn abs(self, a: [f32; N]) -> [f32; N] {
        a.map(f32::abs)
    }

    #[inline(always)]
    fn sqrt(self, a: [f32; N]) -> [f32; N] {
        a.map(f32::sqrt)
    }

    #[inline(always)]
    fn greater(self, a: [f32; N], b: [f32; N]) -> [bool; N] {
        each(&a, &b, |a, b| a > b)
    }

    #[inline(always)]
    fn select(self, mask: [bool; N], yes: [f32; N], no: [f32; N]) -> [f32; N] {
        std::array::from_fn(|i| if mask[i] { yes[i] } else { no[i] })
    }

    #[inline(always)]
    fn round(self, a: [f32; N]) -> [f32; N] {
        a.map(f32::round_ties_even)
    }

    #[inline(always)]
    fn scale_by_power(self, a: [f32; N], n: [f32; N]) -> [f32; N] {
        each(&a, &n, |a, n| a * f32::from_bits(((n as i32 + 127) as u32) << 23))
    }

    #[inline(always)]
    fn where_at_least(self, x: [f32; N], bound: [f32; N], a: [f32; N], b: [f32; N]) -> [f32; N] {
        std::array::from_fn(|i| if x[i] >= bound[i] { a[i] } else { b[i] })
    }

    #[inline(always)]
    fn swap_pairs(self, a: [f32; N]) -> [f32; N] {
        std::array::from_fn(|i| a[i ^ 1])
    }

    #[inline(always)]
    fn sum(self, a: [f32; N]) -> f32 {
        let eight: [f32; 8] = std::array::from_fn(|i| a[i] + a[i + 8]);
        let four: [f32; 4] = std::array::from_fn(|i| eight[i] + eight[i + 4]);
        (four[0] + four[2]) + (four[1] + four[3])
    }

    #[inline(always)]
    fn largest(self, a: [f32; N]) -> f32 {
        a.into_iter().fold(f32::NEG_INFINITY, f32::max)
    }

    #[inline(always)]
    fn prefetch<T>(self, _: *const T) {}

    #[inline(always)]
    fn prefetch_early<T>(self, _: *const T) {}

    #[inline(always)]
    unsafe fn load(self, from: *const f32) -> [f32; N] {
        // SAFETY: `from` is readable for `N` floats; no alignment is assumed.
        unsafe { from.cast::<[f32; N]>().read_unaligned() }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32, a: [f32; N]) {
        // SAFETY: `to` is writable for `N` floats.
        unsafe { to.cast::<[f32; N]>().write_unaligned(a) }
    }

    #[inline(always)]
    unsafe fn load_i8(self, from: *const i8) -> [f32; N] {
        // SAFETY: `from` is readable for `N` bytes.
        unsafe { from.cast::<[i8; N]>().read() }.map(f32::from)
    }

    #[inline(always)]
    unsafe fn load_u8(self, from: *const u8) -> [f32; N] {
        // SAFETY: `from` is readable for `N` bytes.
        unsafe { from.cast::<[u8; N]>().read() }.map(f32::from)
    }

    #[inline(always)]
    unsafe fn load_nibbles(self, from: *const u8, shift: u32) -> [f32; N] {
        // SAFETY: `from` is readable for `N` bytes.
        unsafe { from.cast::<[u8; N]>().read() }.map(|byte| f32::from(byte >> shift & 15))
    }

    #[inline(always)]
    unsafe fn load_half_e8m0(self, from: *const u8) -> [f32; N] {
        // SAFETY: `from` is readable for `N` bytes.
        unsafe { from.cast::<[u8; N]>().read() }.map(half_e8m0)
    }

    #[inline(always)]
    unsafe fn load_e4m3(self, from: *const u8) -> [f32; N] {
        // SAFETY: `from` is readable for `N` bytes.
        unsafe { from.cast::<[u8; N]>().read() }.map(e4m3)
    }

    #[inline(always)]
    unsafe fn load_bf16_pairs(self, from: *const u16) -> [[f32; N]; 2] {
        // SAFETY: `from` is readable for `2 · N` numbers of two bytes.
        let pairs = unsafe { from.cast::<[[u16; 2]; N]>().read_unaligned() };
        [0, 1].map(|which| pairs.map(|pair| f32::from_bits(u32::from(pair[which]) << 16)))
    }

    #[inline(always)]
    unsafe fn load_f16(self, from: *const u16) -> [f32; N] {
        // SAFETY: `from` is readable for `N` halves.
        unsafe { from.cast::<[u16; N]>().read_unaligned() }.map(|bits| f16::from_bits(bits).to_f32())
    }

    #[inline(always)]
    unsafe fn store_f16(self, to: *mut u16, a: [f32; N]) {
        // SAFETY: `to` is writable for `N` halves.
        unsafe { to.cast::<[u16; N]>().write_unaligned(a.map(|x| f16::from_f32(x).to_bits())) }
    }

    #[inline(always)]
    unsafe fn store_first(self, to: *mut f32, a: [f32; N], n: usize) {
        // SAFETY: `to` is writable for `n` floats, and the array has sixteen.
        unsafe { std::ptr::copy_nonoverlapping(a.as_ptr(), to, n.min(N)) }
    }
}

/// Computes 2^(e - 128), half of the scale of an E8M0 exponent; below 2^-126 a subnormal number.
#[inline(always)]
pub(crate) fn half_e8m0(e: u8) -> f32 {
    f32::from_bits(match e {
        0 => 1 << 21,
        1 => 1 << 22,
        _ => (u32::from(e) - 1) << 23,
    })
}

/// The number of an unsigned E4M3 float: four bits of exponent with a bias of 7, three of mantissa, no infinities; 127 is 480.
#[inline(always)]
pub(crate) fn e4m3(code: u8) -> f32 {
    // The bits of a half-precision number 256 times as small.
    f16::from_bits(u16::from(code & 127) << 7).to_f32() * 256.0
}

impl CodeLanes for Scalar {
    type C = [u8; 4 * N];
    type S = [i32; N];

    const DISTANCE: usize = 0;
    const STREAMING_TOKENS: usize = 0;
    const PAIRED_TOKENS: usize = 0;
    const SIGNED_OFFSET: i32 = 0;
    const WIDENS: bool = false;

    #[inline(always)]
    fn run(_: i32) -> usize {
        usize::MAX
    }

    #[inline(always)]
    unsafe fn load_codes(self, from: *const u8) -> [u8; 4 * N] {
        // SAFETY: `from` is readable for `4 · N` bytes.
        unsafe { from.cast::<[u8; 4 * N]>().read() }
    }

    #[inline(always)]
    fn shr_and(self, a: [u8; 4 * N], bits: u32, mask: u8) -> [u8; 4 * N] {
        a.map(|a| a >> bits & mask)
    }

    #[inline(always)]
    fn or_shr(self, a: [u8; 4 * N], b: [u8; 4 * N], bits: u32, mask: u8) -> [u8; 4 * N] {
        std::array::from_fn(|i| a[i] | b[i] >> bits & mask)
    }

    #[inline(always)]
    fn or_shl(self, a: [u8; 4 * N], b: [u8; 4 * N], bits: u32, mask: u8) -> [u8; 4 * N] {
        std::array::from_fn(|i| a[i] | b[i] << bits & mask)
    }

    #[inline(always)]
    fn signed(self, a: [u8; 4 * N]) -> [u8; 4 * N] {
        a
    }

    #[inline(always)]
    fn table(self, values: &[i8; 16]) -> [u8; 4 * N] {
        std::array::from_fn(|i| values[i % 16] as u8)
    }

    #[inline(always)]
    fn lookup(self, table: [u8; 4 * N], codes: [u8; 4 * N]) -> [u8; 4 * N] {
        codes.map(|code| table[usize::from(code & 15)])
    }

    #[inline(always)]
    fn words(self, a: [u8; 4 * N], bits: u32, mask: u32) -> [u8; 4 * N] {
        each_word(&a, |word| word >> bits & mask)
    }

    #[inline(always)]
    fn or_words(self, a: [u8; 4 * N], b: [u8; 4 * N], bits: i32, mask: u32) -> [u8; 4 * N] {
        let shifted = each_word(&b, |word| if bits < 0 { word << -bits & mask } else { word >> bits & mask });
        std::array::from_fn(|i| a[i] | shifted[i])
    }

    #[inline(always)]
    fn fold_words(self, a: [u8; 4 * N], bits: u32) -> [u8; 4 * N] {
        each_word(&a, |word| word ^ word >> bits)
    }

    #[inline(always)]
    fn numbers<const M: usize>(self, table: &Numbers<M>, at: [u8; 4 * N]) -> [u8; 4 * N] {
        each_word(&at, |word| {
            let both = [word, word >> 16].map(|half| u32::from(table.at(half as usize)));
            both[0] | both[1] << 16
        })
    }

    #[inline(always)]
    fn doubled<const UPPER: bool>(self, a: [u8; 4 * N]) -> [u8; 4 * N] {
        each_word(&a, |word| {
            let word = if UPPER { word >> 16 } else { word };
            ((word & 255) * 0x101) | ((word >> 8 & 255) * 0x101_0000)
        })
    }

    #[inline(always)]
    fn gather<const M: usize>(self, table: &[u32; M], at: [u8; 4 * N]) -> [u8; 4 * N] {
        const { assert!(M.is_power_of_two()) };
        each_word(&at, |word| table[word as usize & (M - 1)])
    }

    #[inline(always)]
    fn thirds(self, a: [u8; 4 * N], power: u8) -> [u8; 4 * N] {
        a.map(|a| ((u16::from(a.wrapping_mul(power)) * 3) >> 8) as u8)
    }

    #[inline(always)]
    unsafe fn load_sum(self, from: *const i32, shift: i32) -> [i32; N] {
        // SAFETY: `from` is readable.
        let sum = unsafe { from.read() };
        [if shift < 0 { sum >> -shift } else { sum << shift }; N]
    }

    #[inline(always)]
    fn no_sum(self) -> [i32; N] {
        [0; N]
    }

    #[inline(always)]
    unsafe fn dot<const SIGNED: bool, const QUARTER: i32>(
        self,
        sums: [i32; N],
        a: [u8; 4 * N],
        x: *const i8,
    ) -> [i32; N] {
        // SAFETY: `x` is readable for four quarters of four bytes.
        let x = unsafe { x.cast::<[i8; 4]>().add(QUARTER as usize).read() }.map(i16::from);
        let code = |a: u8| if SIGNED { i16::from(a as i8) } else { i16::from(a) };
        // In steps that vector units have: products of 16 bits, which no code times input exceeds, then sums of neighbors.
        let mut products = [0_i16; 4 * N];
        for (products, a) in products.as_chunks_mut::<4>().0.iter_mut().zip(a.as_chunks::<4>().0) {
            for i in 0..4 {
                products[i] = code(a[i]) * x[i];
            }
        }
        let mut pairs = [0_i32; 2 * N];
        for (pair, [left, right]) in pairs.iter_mut().zip(products.as_chunks::<2>().0) {
            *pair = i32::from(*left) + i32::from(*right);
        }
        let mut sums = sums;
        for (sum, [left, right]) in sums.iter_mut().zip(pairs.as_chunks::<2>().0) {
            *sum += left + right;
        }
        sums
    }

    #[inline(always)]
    fn code<const SIGNED: bool>(self, a: [u8; 4 * N], column: usize) -> [f32; N] {
        let code = |a: u8| if SIGNED { f32::from(a as i8) } else { f32::from(a) };
        std::array::from_fn(|row| code(a[4 * row + column]))
    }

    #[inline(always)]
    fn widen(self, sums: [i32; N], _: [i32; N]) -> [i32; N] {
        sums
    }

    #[inline(always)]
    fn to_float(self, sums: [i32; N]) -> [f32; N] {
        sums.map(|sum| sum as f32)
    }
}
