//! The products with AVX-512 VNNI: one register is four columns of all 16 rows.
//!
//! `vpdpbusd` multiplies unsigned codes of weights with signed codes of the input and adds four products in 32 bits without
//! saturation. Signed weights are made unsigned by an offset, which the inputs' sums take back as the accumulator's first
//! value. Tokens share the unpacking: a kernel holds one integer and one floating-point accumulator for each.

#![allow(clippy::wildcard_imports, reason = "the names of intrinsics say where they come from")]
#![allow(clippy::cast_ptr_alignment, reason = "read by instructions and functions that need no alignment")]
#![allow(clippy::needless_range_loop, reason = "several arrays of a token's registers run along")]

use std::arch::x86_64::*;

use super::{Kernel, Span, Table, prefetch};
use crate::activations::GROUP;
use crate::layout::{LINE, Layout, float, q4_0, q4_k, q5_k, q6_k, q8_0, wide};

/// How far ahead of its use memory is asked for, in bytes, by measurement.
pub(crate) const DISTANCE: usize = 6336;
/// Tokens up to which a kernel asks for memory ahead; with more, arithmetic takes longer than reading.
const STREAMING_TOKENS: usize = 8;

/// The kernels of a layout.
pub(super) fn kernels(layout: Layout) -> Table {
    const fn codes<U: Units>() -> [(usize, Kernel); 8] {
        [
            (12, panel::<U, 12>),
            (8, panel::<U, 8>),
            (6, panel::<U, 6>),
            (5, panel::<U, 5>),
            (4, panel::<U, 4>),
            (3, panel::<U, 3>),
            (2, panel::<U, 2>),
            (1, panel::<U, 1>),
        ]
    }
    const fn floats<W: Floats>() -> [(usize, Kernel); 5] {
        [
            (6, float_panel::<W, 6>),
            (4, float_panel::<W, 4>),
            (3, float_panel::<W, 3>),
            (2, float_panel::<W, 2>),
            (1, float_panel::<W, 1>),
        ]
    }
    match layout {
        Layout::Q4_0 => const { &codes::<Q4_0>() },
        Layout::Q4_K => const { &codes::<Q4_K>() },
        Layout::Q5_K => const { &codes::<Q5_K>() },
        Layout::Q6_K => const { &codes::<Q6_K>() },
        Layout::Q8_0 => const { &codes::<Q8_0>() },
        Layout::Wide => const { &codes::<Wide>() },
        Layout::F32 => const { &floats::<F32>() },
        Layout::F16 => const { &floats::<F16>() },
        Layout::BF16 => const { &floats::<BF16>() },
    }
}

/// How a layout's units become registers.
pub(super) trait Units {
    const LAYOUT: Layout;
    /// Columns that share a scale.
    const GROUP: usize;
    /// What was added to codes to make them unsigned, divided by what the input's offsets already hold (8 per 32
    /// columns, 32 per 16); 0 for codes that are unsigned by themselves. Always a power of two.
    const OFFSET: i32;
    /// What all groups of a unit need.
    type Head: Copy;

    /// # Safety
    /// `unit` points at a unit. AVX-512 is there.
    unsafe fn head(unit: *const u8) -> Self::Head;
    /// Columns 8j..8j+4 and 8j+4..8j+8 of 32-column group `g`, unsigned.
    ///
    /// # Safety
    /// As above.
    unsafe fn codes(unit: *const u8, g: usize, j: usize) -> [__m512i; 2];
    /// Scales of group `part`.
    ///
    /// # Safety
    /// As above.
    unsafe fn scale(unit: *const u8, head: Self::Head, part: usize) -> __m512;
    /// Minima of group `part`, in layouts that have them.
    ///
    /// # Safety
    /// As above.
    unsafe fn min(unit: *const u8, head: Self::Head, part: usize) -> __m512;
}

/// Products of a panel of codes with `T` tokens.
///
/// # Safety
/// As [`Kernel`].
#[target_feature(enable = "avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
unsafe fn panel<U: Units, const T: usize>(span: &Span<'_>) {
    span.check(T);
    let (bytes, n_groups) = (const { U::LAYOUT.unit_bytes() }, const { U::LAYOUT.unit_cols() / GROUP });
    let lines = const { U::LAYOUT.unit_bytes() / LINE };
    let lines_per_group = const { (U::LAYOUT.unit_bytes() / LINE * GROUP).div_ceil(U::LAYOUT.unit_cols()) };
    let mut acc = [_mm512_setzero_ps(); T];
    let mut place = 0;
    for u in 0..span.panel.len() / bytes {
        // SAFETY: unit `u` lies in the panel, and groups and tokens in the input's arrays, which `check` compared.
        unsafe {
            let unit = span.panel.as_ptr().add(u * bytes);
            let head = U::head(unit);
            for g in 0..n_groups {
                let codes = span.codes.as_ptr().add(place * GROUP);
                let scales = span.scales.as_ptr().add(place);
                for part in 0..GROUP / U::GROUP {
                    let at = (GROUP / U::GROUP) * place + part * span.width;
                    let mut sums = [_mm512_setzero_si512(); T];
                    if U::OFFSET != 0 {
                        let offsets =
                            if U::GROUP == 32 { span.offsets32 } else { span.offsets16 }.as_ptr().add(at);
                        for t in 0..T {
                            let offset = _mm512_set1_epi32(*offsets.add(t));
                            sums[t] = _mm512_mullo_epi32(offset, _mm512_set1_epi32(U::OFFSET));
                        }
                    }
                    // A macro, so that the steps stand in line: a loop is left rolled for many tokens, and then keeps
                    // its sums in memory.
                    macro_rules! step {
                        ($j:expr) => {
                            let j = $j;
                            if T <= STREAMING_TOKENS {
                                let (from, to) = (j * lines_per_group / 4, (j + 1) * lines_per_group / 4);
                                for line in from..to {
                                    prefetch::<DISTANCE>(unit, (g * lines / n_groups + line) * LINE);
                                }
                            }
                            let [first, second] = U::codes(unit, g, j);
                            for t in 0..T {
                                let x = codes.add(t * GROUP + j * 8).cast::<i32>();
                                let [a, b] = [x.read_unaligned(), x.add(1).read_unaligned()];
                                sums[t] = _mm512_dpbusd_epi32(sums[t], first, _mm512_set1_epi32(a));
                                sums[t] = _mm512_dpbusd_epi32(sums[t], second, _mm512_set1_epi32(b));
                            }
                        };
                    }
                    if U::GROUP == 32 {
                        step!(0);
                        step!(1);
                        step!(2);
                        step!(3);
                    } else {
                        step!(2 * part);
                        step!(2 * part + 1);
                    }
                    let scale = U::scale(unit, head, g * (GROUP / U::GROUP) + part);
                    for t in 0..T {
                        let scale = _mm512_mul_ps(scale, _mm512_set1_ps(*scales.add(t)));
                        acc[t] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums[t]), scale, acc[t]);
                    }
                    if U::LAYOUT.has_mins() {
                        let min = U::min(unit, head, g * (GROUP / U::GROUP) + part);
                        let sums = if U::GROUP == 32 { span.sums32 } else { span.sums16 }.as_ptr().add(at);
                        for t in 0..T {
                            acc[t] = _mm512_fnmadd_ps(min, _mm512_set1_ps(*sums.add(t)), acc[t]);
                        }
                    }
                }
                place += span.width;
            }
        }
    }
    // SAFETY: the caller's promise about the output.
    unsafe { store(span, &acc) };
}

/// Writes the rows that exist.
///
/// # Safety
/// The output may be written for `T` tokens and the span's rows.
#[target_feature(enable = "avx512f")]
#[inline]
unsafe fn store<const T: usize>(span: &Span<'_>, acc: &[__m512; T]) {
    let rows = ((1u32 << span.n_rows) - 1) as u16;
    for (t, acc) in acc.iter().enumerate() {
        // SAFETY: the mask leaves out rows that do not exist; the rest is the caller's promise.
        unsafe { _mm512_mask_storeu_ps(span.out.add(t * span.out_stride), rows, *acc) };
    }
}

/// Splits a line of nibbles.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
unsafe fn nibbles(line: *const u8) -> [__m512i; 2] {
    // SAFETY: the caller points at a line.
    let line = unsafe { _mm512_loadu_si512(line.cast()) };
    let low = _mm512_set1_epi8(15);
    [_mm512_and_si512(line, low), _mm512_and_si512(_mm512_srli_epi16::<4>(line), low)]
}

/// Sixteen half-precision numbers.
#[target_feature(enable = "avx512f")]
#[inline]
unsafe fn halves(at: *const u8) -> __m512 {
    // SAFETY: the caller points at 32 bytes.
    unsafe { _mm512_cvtph_ps(_mm256_loadu_si256(at.cast())) }
}

/// Sixteen unsigned bytes as numbers.
#[target_feature(enable = "avx512f")]
#[inline]
unsafe fn bytes(at: *const u8) -> __m512 {
    // SAFETY: the caller points at 16 bytes.
    unsafe { _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128(at.cast()))) }
}

#[allow(non_camel_case_types, reason = "the format's name")]
pub(super) struct Q4_0;

impl Units for Q4_0 {
    const LAYOUT: Layout = Layout::Q4_0;
    const GROUP: usize = 32;
    const OFFSET: i32 = 1;
    type Head = ();

    #[inline]
    unsafe fn head(_: *const u8) {}

    #[target_feature(enable = "avx512f,avx512bw")]
    #[inline]
    unsafe fn codes(unit: *const u8, g: usize, j: usize) -> [__m512i; 2] {
        // SAFETY: the line lies in the unit.
        unsafe { nibbles(unit.add((4 * g + j) * LINE)) }
    }

    #[target_feature(enable = "avx512f")]
    #[inline]
    unsafe fn scale(unit: *const u8, (): (), part: usize) -> __m512 {
        // SAFETY: the scales lie in the unit.
        unsafe { halves(unit.add(q4_0::SCALES + part * 32)) }
    }

    #[target_feature(enable = "avx512f")]
    #[inline]
    unsafe fn min(_: *const u8, (): (), _: usize) -> __m512 {
        _mm512_setzero_ps()
    }
}

/// d and dmin of the K formats' header.
#[target_feature(enable = "avx512f")]
#[inline]
unsafe fn k_head(header: *const u8) -> (__m512, __m512) {
    // SAFETY: the caller points at a header, which ends with d and dmin.
    unsafe { (halves(header.add(256)), halves(header.add(288))) }
}

#[allow(non_camel_case_types, reason = "the format's name")]
pub(super) struct Q4_K;

impl Units for Q4_K {
    const LAYOUT: Layout = Layout::Q4_K;
    const GROUP: usize = 32;
    const OFFSET: i32 = 0;
    type Head = (__m512, __m512);

    #[target_feature(enable = "avx512f")]
    #[inline]
    unsafe fn head(unit: *const u8) -> Self::Head {
        // SAFETY: the header lies in the unit.
        unsafe { k_head(unit.add(q4_k::HEADER)) }
    }

    #[target_feature(enable = "avx512f,avx512bw")]
    #[inline]
    unsafe fn codes(unit: *const u8, g: usize, j: usize) -> [__m512i; 2] {
        // SAFETY: the line lies in the unit.
        unsafe { nibbles(unit.add((4 * g + j) * LINE)) }
    }

    #[target_feature(enable = "avx512f")]
    #[inline]
    unsafe fn scale(unit: *const u8, (d, _): Self::Head, part: usize) -> __m512 {
        // SAFETY: the scales lie in the unit.
        unsafe { _mm512_mul_ps(d, bytes(unit.add(q4_k::HEADER + part * 16))) }
    }

    #[target_feature(enable = "avx512f")]
    #[inline]
    unsafe fn min(unit: *const u8, (_, dmin): Self::Head, part: usize) -> __m512 {
        // SAFETY: the minima lie in the unit.
        unsafe { _mm512_mul_ps(dmin, bytes(unit.add(q4_k::HEADER + 128 + part * 16))) }
    }
}

#[allow(non_camel_case_types, reason = "the format's name")]
pub(super) struct Q5_K;

impl Units for Q5_K {
    const LAYOUT: Layout = Layout::Q5_K;
    const GROUP: usize = 32;
    const OFFSET: i32 = 0;
    type Head = (__m512, __m512);

    #[target_feature(enable = "avx512f")]
    #[inline]
    unsafe fn head(unit: *const u8) -> Self::Head {
        // SAFETY: the header lies in the unit.
        unsafe { k_head(unit.add(q5_k::HEADER)) }
    }

    #[target_feature(enable = "avx512f,avx512bw")]
    #[inline]
    unsafe fn codes(unit: *const u8, g: usize, j: usize) -> [__m512i; 2] {
        // SAFETY: both lines lie in the unit.
        let ([first, second], bits) = unsafe {
            (
                nibbles(unit.add((4 * g + j) * LINE)),
                _mm512_loadu_si512(unit.add(q5_k::BITS + g * LINE).cast()),
            )
        };
        // Two more bits of each byte per step; shifts cross bytes, but only bits that are not tested.
        let bits = _mm512_srl_epi16(bits, _mm_cvtsi32_si128(2 * j as i32));
        let fifth = _mm512_set1_epi8(16);
        let (one, two) = (_mm512_set1_epi8(1), _mm512_set1_epi8(2));
        [
            _mm512_mask_add_epi8(first, _mm512_test_epi8_mask(bits, one), first, fifth),
            _mm512_mask_add_epi8(second, _mm512_test_epi8_mask(bits, two), second, fifth),
        ]
    }

    #[target_feature(enable = "avx512f")]
    #[inline]
    unsafe fn scale(unit: *const u8, (d, _): Self::Head, part: usize) -> __m512 {
        // SAFETY: the scales lie in the unit.
        unsafe { _mm512_mul_ps(d, bytes(unit.add(q5_k::HEADER + part * 16))) }
    }

    #[target_feature(enable = "avx512f")]
    #[inline]
    unsafe fn min(unit: *const u8, (_, dmin): Self::Head, part: usize) -> __m512 {
        // SAFETY: the minima lie in the unit.
        unsafe { _mm512_mul_ps(dmin, bytes(unit.add(q5_k::HEADER + 128 + part * 16))) }
    }
}

#[allow(non_camel_case_types, reason = "the format's name")]
pub(super) struct Q6_K;

impl Units for Q6_K {
    const LAYOUT: Layout = Layout::Q6_K;
    const GROUP: usize = 16;
    const OFFSET: i32 = 1;
    type Head = __m512;

    #[target_feature(enable = "avx512f")]
    #[inline]
    unsafe fn head(unit: *const u8) -> __m512 {
        // SAFETY: d lies in the unit.
        unsafe { halves(unit.add(q6_k::D)) }
    }

    #[target_feature(enable = "avx512f,avx512bw")]
    #[inline]
    unsafe fn codes(unit: *const u8, g: usize, j: usize) -> [__m512i; 2] {
        // SAFETY: both lines lie in the unit.
        let ([first, second], bits) = unsafe {
            let bits = unit.add(q6_k::BITS + (2 * g + j / 2) * LINE);
            (nibbles(unit.add((4 * g + j) * LINE)), _mm512_loadu_si512(bits.cast()))
        };
        // The pairs of bits wanted are the low four bits of each byte, or the high four.
        let bits = _mm512_srl_epi16(bits, _mm_cvtsi32_si128(4 * (j % 2) as i32));
        let high = _mm512_set1_epi8(0x30);
        [
            _mm512_ternarylogic_epi32::<OR_AND>(first, _mm512_slli_epi16::<4>(bits), high),
            _mm512_ternarylogic_epi32::<OR_AND>(second, _mm512_slli_epi16::<2>(bits), high),
        ]
    }

    #[target_feature(enable = "avx512f")]
    #[inline]
    unsafe fn scale(unit: *const u8, d: __m512, part: usize) -> __m512 {
        // SAFETY: the scales lie in the unit.
        let scales = unsafe { _mm_loadu_si128(unit.add(q6_k::SCALES + part * 16).cast()) };
        _mm512_mul_ps(d, _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(scales)))
    }

    #[target_feature(enable = "avx512f")]
    #[inline]
    unsafe fn min(_: *const u8, _: __m512, _: usize) -> __m512 {
        _mm512_setzero_ps()
    }
}

/// a | (b & c), as a table over the three bits.
const OR_AND: i32 = 0xF8;

/// Two lines of signed bytes, 128 added.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
unsafe fn biased_bytes(lines: *const u8) -> [__m512i; 2] {
    let bias = _mm512_set1_epi8(-128);
    // SAFETY: the caller points at two lines.
    let (first, second) =
        unsafe { (_mm512_loadu_si512(lines.cast()), _mm512_loadu_si512(lines.add(LINE).cast())) };
    [_mm512_xor_si512(first, bias), _mm512_xor_si512(second, bias)]
}

#[allow(non_camel_case_types, reason = "the format's name")]
pub(super) struct Q8_0;

impl Units for Q8_0 {
    const LAYOUT: Layout = Layout::Q8_0;
    const GROUP: usize = 32;
    const OFFSET: i32 = 128 / 8;
    type Head = ();

    #[inline]
    unsafe fn head(_: *const u8) {}

    #[target_feature(enable = "avx512f,avx512bw")]
    #[inline]
    unsafe fn codes(unit: *const u8, g: usize, j: usize) -> [__m512i; 2] {
        // SAFETY: the lines lie in the unit.
        unsafe { biased_bytes(unit.add((8 * g + 2 * j) * LINE)) }
    }

    #[target_feature(enable = "avx512f")]
    #[inline]
    unsafe fn scale(unit: *const u8, (): (), part: usize) -> __m512 {
        // SAFETY: the scales lie in the unit.
        unsafe { halves(unit.add(q8_0::SCALES + part * 32)) }
    }

    #[target_feature(enable = "avx512f")]
    #[inline]
    unsafe fn min(_: *const u8, (): (), _: usize) -> __m512 {
        _mm512_setzero_ps()
    }
}

pub(super) struct Wide;

impl Units for Wide {
    const LAYOUT: Layout = Layout::Wide;
    const GROUP: usize = 16;
    const OFFSET: i32 = 128 / 32;
    type Head = ();

    #[inline]
    unsafe fn head(_: *const u8) {}

    #[target_feature(enable = "avx512f,avx512bw")]
    #[inline]
    unsafe fn codes(unit: *const u8, g: usize, j: usize) -> [__m512i; 2] {
        // SAFETY: the lines lie in the unit.
        unsafe { biased_bytes(unit.add((8 * g + 2 * j) * LINE)) }
    }

    #[target_feature(enable = "avx512f")]
    #[inline]
    unsafe fn scale(unit: *const u8, (): (), part: usize) -> __m512 {
        // SAFETY: the scales lie in the unit.
        unsafe { _mm512_loadu_ps(unit.add(wide::SCALES + part * 64).cast()) }
    }

    #[target_feature(enable = "avx512f")]
    #[inline]
    unsafe fn min(unit: *const u8, (): (), part: usize) -> __m512 {
        // SAFETY: the minima lie in the unit.
        unsafe { _mm512_loadu_ps(unit.add(wide::MINS + part * 64).cast()) }
    }
}

/// How floating-point weights become registers.
trait Floats {
    const LAYOUT: Layout;
    /// Bytes of two columns of 16 rows.
    const PAIR: usize;

    /// The 16 rows of two neighbouring columns.
    ///
    /// # Safety
    /// `pair` points at them. AVX-512 is there.
    unsafe fn pair(pair: *const u8) -> [__m512; 2];
}

/// Products of a panel of floating-point numbers with `T` tokens.
///
/// # Safety
/// As [`Kernel`].
#[target_feature(enable = "avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
unsafe fn float_panel<W: Floats, const T: usize>(span: &Span<'_>) {
    span.check(T);
    let bytes = const { W::LAYOUT.unit_bytes() };
    let mut even = [_mm512_setzero_ps(); T];
    let mut odd = [_mm512_setzero_ps(); T];
    for u in 0..span.panel.len() / bytes {
        for k in (0..float::COLS).step_by(2) {
            // SAFETY: the pair lies in the panel, and its columns and tokens in the input, which `check` compared.
            unsafe {
                let pair = span.panel.as_ptr().add(u * bytes + k / 2 * W::PAIR);
                for line in 0..const { W::PAIR / LINE } {
                    prefetch::<DISTANCE>(pair, line * LINE);
                }
                let [first, second] = W::pair(pair);
                let x = span.values.as_ptr().add(u * span.width * GROUP + k);
                for t in 0..T {
                    even[t] = _mm512_fmadd_ps(first, _mm512_set1_ps(*x.add(t * GROUP)), even[t]);
                    odd[t] = _mm512_fmadd_ps(second, _mm512_set1_ps(*x.add(t * GROUP + 1)), odd[t]);
                }
            }
        }
    }
    for t in 0..T {
        even[t] = _mm512_add_ps(even[t], odd[t]);
    }
    // SAFETY: the caller's promise about the output.
    unsafe { store(span, &even) };
}

struct F32;

impl Floats for F32 {
    const LAYOUT: Layout = Layout::F32;
    const PAIR: usize = 128;

    #[target_feature(enable = "avx512f")]
    #[inline]
    unsafe fn pair(pair: *const u8) -> [__m512; 2] {
        // SAFETY: the caller points at 128 bytes.
        unsafe { [_mm512_loadu_ps(pair.cast()), _mm512_loadu_ps(pair.add(64).cast())] }
    }
}

struct F16;

impl Floats for F16 {
    const LAYOUT: Layout = Layout::F16;
    const PAIR: usize = 64;

    #[target_feature(enable = "avx512f")]
    #[inline]
    unsafe fn pair(pair: *const u8) -> [__m512; 2] {
        // SAFETY: the caller points at 64 bytes.
        unsafe { [halves(pair), halves(pair.add(32))] }
    }
}

struct BF16;

impl Floats for BF16 {
    const LAYOUT: Layout = Layout::BF16;
    const PAIR: usize = 64;

    #[target_feature(enable = "avx512f")]
    #[inline]
    unsafe fn pair(pair: *const u8) -> [__m512; 2] {
        // SAFETY: the caller points at 64 bytes.
        let pairs = unsafe { _mm512_loadu_si512(pair.cast()) };
        let high = _mm512_set1_epi32(0xFFFF_0000_u32 as i32);
        [
            _mm512_castsi512_ps(_mm512_slli_epi32::<16>(pairs)),
            _mm512_castsi512_ps(_mm512_and_si512(pairs, high)),
        ]
    }
}
