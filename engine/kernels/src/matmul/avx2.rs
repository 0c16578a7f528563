//! The products with AVX2, with and without AVX-VNNI: one register is four columns of 8 rows, half a line.
//!
//! Without VNNI, `vpmaddubsw` multiplies unsigned codes of weights with signed codes of the input and adds pairs in 16 bits *with*
//! saturation, so every layout states how many of these sums may be added before they are widened. Input codes lie in
//! -127..=127, and no partial sum passes 32,767:
//!
//! | weight codes | a pair at most | added | together |
//! |---|---|---|---|
//! | 0..=15 | 2 · 15 · 127 | 8 | 30,480 |
//! | 0..=31 | 2 · 31 · 127 | 4 | 31,496 |
//! | 0..=63 | 2 · 63 · 127 | 2 | 32,004 |
//! | magnitudes 0..=128, sign moved to the input | 2 · 128 · 127 | 1 | 32,512 |
//!
//! With VNNI, `vpdpbusd` adds four products in 32 bits, and there is nothing to widen.
//!
//! Few tokens compute both halves of a line as they come; more tokens need the registers, and compute the panel's lower
//! rows and then its upper rows, out of the cache.

#![allow(clippy::wildcard_imports, reason = "the names of intrinsics say where they come from")]
#![allow(clippy::cast_ptr_alignment, reason = "read by instructions and functions that need no alignment")]
#![allow(clippy::needless_range_loop, reason = "several arrays of a token's registers run along")]

use std::arch::x86_64::*;

use super::{Kernel, Span, Table, prefetch, vnni};
use crate::activations::GROUP;
use crate::layout::{LINE, Layout, float, q4_0, q4_k, q5_k, q6_k, q8_0, wide};

/// Bytes of half a line.
const HALF: usize = LINE / 2;
/// How far ahead of its use memory is asked for, in bytes, by measurement.
pub(crate) const DISTANCE: usize = 4096;
/// Most tokens for which both halves fit the registers.
const BOTH_HALVES: usize = 3;

/// The kernels of a layout.
pub(super) fn kernels<const VNNI: bool>(layout: Layout) -> Table {
    const fn codes<U: Units, const VNNI: bool>() -> [(usize, Kernel); 5] {
        [
            (6, panel::<U, VNNI, 6>),
            (4, panel::<U, VNNI, 4>),
            (3, panel::<U, VNNI, 3>),
            (2, panel::<U, VNNI, 2>),
            (1, panel::<U, VNNI, 1>),
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
        Layout::Q4_0 => const { &codes::<Q4_0, VNNI>() },
        Layout::Q4_K => const { &codes::<Q4_K, VNNI>() },
        Layout::Q5_K => const { &codes::<Q5_K, VNNI>() },
        Layout::Q6_K => const { &codes::<Q6_K, VNNI>() },
        Layout::Q8_0 => const { &codes::<Q8_0, VNNI>() },
        Layout::Wide => const { &codes::<Wide, VNNI>() },
        Layout::F32 => const { &floats::<F32>() },
        Layout::F16 => const { &floats::<F16>() },
        Layout::BF16 => const { &floats::<BF16>() },
    }
}

/// How a layout's units become registers. Functions get the unit's address moved to the half they read: lines and rows of
/// four bytes by [`HALF`], see each.
trait Units {
    const LAYOUT: Layout;
    /// Columns that share a scale.
    const GROUP: usize;
    /// Sums of pairs that may be added in 16 bits, as in the table above; 1 means signed codes.
    const RUN: usize;
    /// Whether codes lie higher than they mean, by what the input's offsets hold (8 per 32 columns, 32 per 16).
    const OFFSET: bool;
    /// What all groups of a unit need.
    type Head: Copy;

    /// # Safety
    /// `unit` points at a unit, `half` is 0 or 1. AVX2, FMA and F16C are there.
    unsafe fn head(unit: *const u8, half: usize) -> Self::Head;
    /// Columns 8j..8j+4 and 8j+4..8j+8 of 32-column group `g`.
    ///
    /// # Safety
    /// As above.
    unsafe fn codes(unit: *const u8, half: usize, g: usize, j: usize) -> [__m256i; 2];
    /// Scales of group `part`.
    ///
    /// # Safety
    /// As above.
    unsafe fn scale(unit: *const u8, half: usize, head: Self::Head, part: usize) -> __m256;
    /// Minima of group `part`, in layouts that have them.
    ///
    /// # Safety
    /// As above.
    unsafe fn min(unit: *const u8, half: usize, head: Self::Head, part: usize) -> __m256;
}

/// Products of a panel of codes with `T` tokens.
///
/// # Safety
/// As [`Kernel`].
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn panel<U: Units, const VNNI: bool, const T: usize>(span: &Span<'_>) {
    // SAFETY: the caller's promise.
    unsafe {
        if T <= BOTH_HALVES {
            rows::<U, VNNI, T, 2>(span, 0);
        } else {
            rows::<U, VNNI, T, 1>(span, 0);
            rows::<U, VNNI, T, 1>(span, 1);
        }
    }
}

/// `H` halves of a panel, from half `first` on.
///
/// # Safety
/// As [`Kernel`].
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn rows<U: Units, const VNNI: bool, const T: usize, const H: usize>(span: &Span<'_>, first: usize) {
    span.check(T);
    let (bytes, n_groups) = (const { U::LAYOUT.unit_bytes() }, const { U::LAYOUT.unit_cols() / GROUP });
    let lines_per_group = const { (U::LAYOUT.unit_bytes() / LINE * GROUP).div_ceil(U::LAYOUT.unit_cols()) };
    let mut acc = [[_mm256_setzero_ps(); T]; H];
    let mut place = 0;
    for u in 0..span.panel.len() / bytes {
        // SAFETY: unit `u` lies in the panel, and groups and tokens in the input's arrays, which `check` compared.
        unsafe {
            let unit = span.panel.as_ptr().add(u * bytes);
            let mut heads = [U::head(unit, first); H];
            if H == 2 {
                heads[1] = U::head(unit, 1);
            }
            for g in 0..n_groups {
                if first == 0 {
                    for line in 0..lines_per_group {
                        prefetch::<DISTANCE>(unit, (g * lines_per_group + line) * LINE);
                    }
                }
                for part in 0..GROUP / U::GROUP {
                    let group = g * (GROUP / U::GROUP) + part;
                    let at = (GROUP / U::GROUP) * place + part * span.width;
                    for h in 0..H {
                        let half = first + h;
                        let sums = group_sums::<U, VNNI, T>(span, unit, half, g, part, place);
                        let scale = U::scale(unit, half, heads[h], group);
                        let scales = span.scales.as_ptr().add(place);
                        for t in 0..T {
                            let scale = _mm256_mul_ps(scale, _mm256_set1_ps(*scales.add(t)));
                            acc[h][t] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(sums[t]), scale, acc[h][t]);
                        }
                        if U::LAYOUT.has_mins() {
                            let min = U::min(unit, half, heads[h], group);
                            let sums =
                                if U::GROUP == 32 { span.sums32 } else { span.sums16 }.as_ptr().add(at);
                            for t in 0..T {
                                acc[h][t] = _mm256_fnmadd_ps(min, _mm256_set1_ps(*sums.add(t)), acc[h][t]);
                            }
                        }
                    }
                }
                place += span.width;
            }
        }
    }
    for (h, acc) in acc.iter().enumerate() {
        // SAFETY: the caller's promise about the output.
        unsafe { store(span, first + h, acc) };
    }
}

/// Integer sums of one group of 8 rows for all tokens.
///
/// # Safety
/// The group lies in the unit, and its inputs in the span's arrays. AVX2 is there.
#[target_feature(enable = "avx2,fma,f16c")]
#[inline]
unsafe fn group_sums<U: Units, const VNNI: bool, const T: usize>(
    span: &Span<'_>,
    unit: *const u8,
    half: usize,
    g: usize,
    part: usize,
    place: usize,
) -> [__m256i; T] {
    let ones = _mm256_set1_epi16(1);
    let mut sums = [_mm256_setzero_si256(); T];
    // SAFETY: the caller's promise.
    unsafe {
        if U::OFFSET {
            let at = (GROUP / U::GROUP) * place + part * span.width;
            let offsets = if U::GROUP == 32 { span.offsets32 } else { span.offsets16 }.as_ptr().add(at);
            for t in 0..T {
                sums[t] = _mm256_set1_epi32(*offsets.add(t));
            }
        }
        let codes = span.codes.as_ptr().add(place * GROUP);
        let lines_per_run = U::RUN.div_ceil(2);
        let n_runs = U::GROUP / 8 / lines_per_run;
        for run in 0..n_runs {
            let from = part * (U::GROUP / 8) + run * lines_per_run;
            let mut short = [_mm256_setzero_si256(); T];
            for j in from..from + lines_per_run {
                let [a, b] = U::codes(unit, half, g, j);
                for t in 0..T {
                    let x = codes.add(t * GROUP + j * 8).cast::<i32>();
                    let xa = _mm256_set1_epi32(x.read_unaligned());
                    let xb = _mm256_set1_epi32(x.add(1).read_unaligned());
                    // Of signed codes the sign goes to the input: the magnitude is the unsigned operand.
                    let (a, xa) =
                        if U::RUN == 1 { (_mm256_abs_epi8(a), _mm256_sign_epi8(xa, a)) } else { (a, xa) };
                    let (b, xb) =
                        if U::RUN == 1 { (_mm256_abs_epi8(b), _mm256_sign_epi8(xb, b)) } else { (b, xb) };
                    if VNNI {
                        sums[t] = vnni::dot(vnni::dot(sums[t], a, xa), b, xb);
                    } else if U::RUN == 1 {
                        let wide = _mm256_madd_epi16(_mm256_maddubs_epi16(a, xa), ones);
                        sums[t] = _mm256_add_epi32(sums[t], wide);
                        let wide = _mm256_madd_epi16(_mm256_maddubs_epi16(b, xb), ones);
                        sums[t] = _mm256_add_epi32(sums[t], wide);
                    } else {
                        short[t] = _mm256_add_epi16(short[t], _mm256_maddubs_epi16(a, xa));
                        short[t] = _mm256_add_epi16(short[t], _mm256_maddubs_epi16(b, xb));
                    }
                }
            }
            if U::RUN > 1 && !VNNI {
                for t in 0..T {
                    sums[t] = _mm256_add_epi32(sums[t], _mm256_madd_epi16(short[t], ones));
                }
            }
        }
    }
    sums
}

/// Writes the rows of a half that exist.
///
/// # Safety
/// The output may be written for `T` tokens and the span's rows.
#[target_feature(enable = "avx2")]
#[inline]
unsafe fn store<const T: usize>(span: &Span<'_>, half: usize, acc: &[__m256; T]) {
    let n_rows = span.n_rows.saturating_sub(half * 8).min(8);
    for (t, acc) in acc.iter().enumerate() {
        let mut rows = [0.0; 8];
        // SAFETY: the array has the register's size; rows that do not exist are not written; the rest is the caller's
        // promise.
        unsafe {
            let out = span.out.add(t * span.out_stride).wrapping_add(half * 8);
            if n_rows == 8 {
                _mm256_storeu_ps(out, *acc);
            } else {
                _mm256_storeu_ps(rows.as_mut_ptr(), *acc);
                std::ptr::copy_nonoverlapping(rows.as_ptr(), out, n_rows);
            }
        }
    }
}

/// Splits half a line of nibbles.
#[target_feature(enable = "avx2")]
#[inline]
unsafe fn nibbles(half_line: *const u8) -> [__m256i; 2] {
    // SAFETY: the caller points at half a line.
    let line = unsafe { _mm256_loadu_si256(half_line.cast()) };
    let low = _mm256_set1_epi8(15);
    [_mm256_and_si256(line, low), _mm256_and_si256(_mm256_srli_epi16::<4>(line), low)]
}

/// Eight half-precision numbers.
#[target_feature(enable = "avx2,f16c")]
#[inline]
unsafe fn halves(at: *const u8) -> __m256 {
    // SAFETY: the caller points at 16 bytes.
    unsafe { _mm256_cvtph_ps(_mm_loadu_si128(at.cast())) }
}

/// Eight unsigned bytes as numbers.
#[target_feature(enable = "avx2")]
#[inline]
unsafe fn bytes(at: *const u8) -> __m256 {
    // SAFETY: the caller points at 8 bytes.
    unsafe { _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64(at.cast()))) }
}

#[allow(non_camel_case_types, reason = "the format's name")]
struct Q4_0;

impl Units for Q4_0 {
    const LAYOUT: Layout = Layout::Q4_0;
    const GROUP: usize = 32;
    const RUN: usize = 8;
    const OFFSET: bool = true;
    type Head = ();

    #[inline]
    unsafe fn head(_: *const u8, _: usize) {}

    #[target_feature(enable = "avx2")]
    #[inline]
    unsafe fn codes(unit: *const u8, half: usize, g: usize, j: usize) -> [__m256i; 2] {
        // SAFETY: the half line lies in the unit.
        unsafe { nibbles(unit.add((4 * g + j) * LINE + half * HALF)) }
    }

    #[target_feature(enable = "avx2,f16c")]
    #[inline]
    unsafe fn scale(unit: *const u8, half: usize, (): (), part: usize) -> __m256 {
        // SAFETY: the scales lie in the unit.
        unsafe { halves(unit.add(q4_0::SCALES + part * 32 + half * 16)) }
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    unsafe fn min(_: *const u8, _: usize, (): (), _: usize) -> __m256 {
        _mm256_setzero_ps()
    }
}

/// d and dmin of the K formats' header.
#[target_feature(enable = "avx2,f16c")]
#[inline]
unsafe fn k_head(header: *const u8, half: usize) -> (__m256, __m256) {
    // SAFETY: the caller points at a header, which ends with d and dmin.
    unsafe { (halves(header.add(256 + half * 16)), halves(header.add(288 + half * 16))) }
}

#[allow(non_camel_case_types, reason = "the format's name")]
struct Q4_K;

impl Units for Q4_K {
    const LAYOUT: Layout = Layout::Q4_K;
    const GROUP: usize = 32;
    const RUN: usize = 8;
    const OFFSET: bool = false;
    type Head = (__m256, __m256);

    #[target_feature(enable = "avx2,f16c")]
    #[inline]
    unsafe fn head(unit: *const u8, half: usize) -> Self::Head {
        // SAFETY: the header lies in the unit.
        unsafe { k_head(unit.add(q4_k::HEADER), half) }
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    unsafe fn codes(unit: *const u8, half: usize, g: usize, j: usize) -> [__m256i; 2] {
        // SAFETY: the half line lies in the unit.
        unsafe { nibbles(unit.add((4 * g + j) * LINE + half * HALF)) }
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    unsafe fn scale(unit: *const u8, half: usize, (d, _): Self::Head, part: usize) -> __m256 {
        // SAFETY: the scales lie in the unit.
        unsafe { _mm256_mul_ps(d, bytes(unit.add(q4_k::HEADER + part * 16 + half * 8))) }
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    unsafe fn min(unit: *const u8, half: usize, (_, dmin): Self::Head, part: usize) -> __m256 {
        // SAFETY: the minima lie in the unit.
        unsafe { _mm256_mul_ps(dmin, bytes(unit.add(q4_k::HEADER + 128 + part * 16 + half * 8))) }
    }
}

#[allow(non_camel_case_types, reason = "the format's name")]
struct Q5_K;

impl Units for Q5_K {
    const LAYOUT: Layout = Layout::Q5_K;
    const GROUP: usize = 32;
    const RUN: usize = 4;
    const OFFSET: bool = false;
    type Head = (__m256, __m256);

    #[target_feature(enable = "avx2,f16c")]
    #[inline]
    unsafe fn head(unit: *const u8, half: usize) -> Self::Head {
        // SAFETY: the header lies in the unit.
        unsafe { k_head(unit.add(q5_k::HEADER), half) }
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    unsafe fn codes(unit: *const u8, half: usize, g: usize, j: usize) -> [__m256i; 2] {
        // SAFETY: both half lines lie in the unit.
        let ([first, second], bits) = unsafe {
            let bits = unit.add(q5_k::BITS + g * LINE + half * HALF);
            (nibbles(unit.add((4 * g + j) * LINE + half * HALF)), _mm256_loadu_si256(bits.cast()))
        };
        // Two more bits of each byte per step; what shifts move across bytes is masked.
        let bits = _mm256_srl_epi16(bits, _mm_cvtsi32_si128(2 * j as i32));
        let fifth = _mm256_set1_epi8(16);
        [
            _mm256_or_si256(first, _mm256_and_si256(_mm256_slli_epi16::<4>(bits), fifth)),
            _mm256_or_si256(second, _mm256_and_si256(_mm256_slli_epi16::<3>(bits), fifth)),
        ]
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    unsafe fn scale(unit: *const u8, half: usize, (d, _): Self::Head, part: usize) -> __m256 {
        // SAFETY: the scales lie in the unit.
        unsafe { _mm256_mul_ps(d, bytes(unit.add(q5_k::HEADER + part * 16 + half * 8))) }
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    unsafe fn min(unit: *const u8, half: usize, (_, dmin): Self::Head, part: usize) -> __m256 {
        // SAFETY: the minima lie in the unit.
        unsafe { _mm256_mul_ps(dmin, bytes(unit.add(q5_k::HEADER + 128 + part * 16 + half * 8))) }
    }
}

#[allow(non_camel_case_types, reason = "the format's name")]
struct Q6_K;

impl Units for Q6_K {
    const LAYOUT: Layout = Layout::Q6_K;
    const GROUP: usize = 16;
    const RUN: usize = 2;
    const OFFSET: bool = true;
    type Head = __m256;

    #[target_feature(enable = "avx2,f16c")]
    #[inline]
    unsafe fn head(unit: *const u8, half: usize) -> __m256 {
        // SAFETY: d lies in the unit.
        unsafe { halves(unit.add(q6_k::D + half * 16)) }
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    unsafe fn codes(unit: *const u8, half: usize, g: usize, j: usize) -> [__m256i; 2] {
        // SAFETY: both half lines lie in the unit.
        let ([first, second], bits) = unsafe {
            let bits = unit.add(q6_k::BITS + (2 * g + j / 2) * LINE + half * HALF);
            (nibbles(unit.add((4 * g + j) * LINE + half * HALF)), _mm256_loadu_si256(bits.cast()))
        };
        // The pairs of bits wanted are the low four bits of each byte, or the high four.
        let bits = _mm256_srl_epi16(bits, _mm_cvtsi32_si128(4 * (j % 2) as i32));
        let high = _mm256_set1_epi8(0x30);
        [
            _mm256_or_si256(first, _mm256_and_si256(_mm256_slli_epi16::<4>(bits), high)),
            _mm256_or_si256(second, _mm256_and_si256(_mm256_slli_epi16::<2>(bits), high)),
        ]
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    unsafe fn scale(unit: *const u8, half: usize, d: __m256, part: usize) -> __m256 {
        // SAFETY: the scales lie in the unit.
        let scales = unsafe { _mm_loadl_epi64(unit.add(q6_k::SCALES + part * 16 + half * 8).cast()) };
        _mm256_mul_ps(d, _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(scales)))
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    unsafe fn min(_: *const u8, _: usize, _: __m256, _: usize) -> __m256 {
        _mm256_setzero_ps()
    }
}

/// Half of each of two lines of signed bytes.
#[target_feature(enable = "avx2")]
#[inline]
unsafe fn signed_bytes(half_line: *const u8) -> [__m256i; 2] {
    // SAFETY: the caller points into the first of two lines.
    unsafe { [_mm256_loadu_si256(half_line.cast()), _mm256_loadu_si256(half_line.add(LINE).cast())] }
}

#[allow(non_camel_case_types, reason = "the format's name")]
struct Q8_0;

impl Units for Q8_0 {
    const LAYOUT: Layout = Layout::Q8_0;
    const GROUP: usize = 32;
    const RUN: usize = 1;
    const OFFSET: bool = false;
    type Head = ();

    #[inline]
    unsafe fn head(_: *const u8, _: usize) {}

    #[target_feature(enable = "avx2")]
    #[inline]
    unsafe fn codes(unit: *const u8, half: usize, g: usize, j: usize) -> [__m256i; 2] {
        // SAFETY: the lines lie in the unit.
        unsafe { signed_bytes(unit.add((8 * g + 2 * j) * LINE + half * HALF)) }
    }

    #[target_feature(enable = "avx2,f16c")]
    #[inline]
    unsafe fn scale(unit: *const u8, half: usize, (): (), part: usize) -> __m256 {
        // SAFETY: the scales lie in the unit.
        unsafe { halves(unit.add(q8_0::SCALES + part * 32 + half * 16)) }
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    unsafe fn min(_: *const u8, _: usize, (): (), _: usize) -> __m256 {
        _mm256_setzero_ps()
    }
}

struct Wide;

impl Units for Wide {
    const LAYOUT: Layout = Layout::Wide;
    const GROUP: usize = 16;
    const RUN: usize = 1;
    const OFFSET: bool = false;
    type Head = ();

    #[inline]
    unsafe fn head(_: *const u8, _: usize) {}

    #[target_feature(enable = "avx2")]
    #[inline]
    unsafe fn codes(unit: *const u8, half: usize, g: usize, j: usize) -> [__m256i; 2] {
        // SAFETY: the lines lie in the unit.
        unsafe { signed_bytes(unit.add((8 * g + 2 * j) * LINE + half * HALF)) }
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    unsafe fn scale(unit: *const u8, half: usize, (): (), part: usize) -> __m256 {
        // SAFETY: the scales lie in the unit.
        unsafe { _mm256_loadu_ps(unit.add(wide::SCALES + part * 64 + half * 32).cast()) }
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    unsafe fn min(unit: *const u8, half: usize, (): (), part: usize) -> __m256 {
        // SAFETY: the minima lie in the unit.
        unsafe { _mm256_loadu_ps(unit.add(wide::MINS + part * 64 + half * 32).cast()) }
    }
}

/// How floating-point weights become registers.
trait Floats {
    const LAYOUT: Layout;
    /// Bytes of two columns of 16 rows.
    const PAIR: usize;

    /// Half of the rows of two neighbouring columns.
    ///
    /// # Safety
    /// `pair` points at the columns, `half` is 0 or 1. AVX2 and F16C are there.
    unsafe fn pair(pair: *const u8, half: usize) -> [__m256; 2];
}

/// Products of a panel of floating-point numbers with `T` tokens.
///
/// # Safety
/// As [`Kernel`].
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn float_panel<W: Floats, const T: usize>(span: &Span<'_>) {
    // SAFETY: the caller's promise.
    unsafe {
        if T <= BOTH_HALVES {
            float_rows::<W, T, 2>(span, 0);
        } else {
            float_rows::<W, T, 1>(span, 0);
            float_rows::<W, T, 1>(span, 1);
        }
    }
}

/// `H` halves of a panel, from half `first` on.
///
/// # Safety
/// As [`Kernel`].
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn float_rows<W: Floats, const T: usize, const H: usize>(span: &Span<'_>, first: usize) {
    span.check(T);
    let bytes = const { W::LAYOUT.unit_bytes() };
    let mut even = [[_mm256_setzero_ps(); T]; H];
    let mut odd = [[_mm256_setzero_ps(); T]; H];
    for u in 0..span.panel.len() / bytes {
        for k in (0..float::COLS).step_by(2) {
            // SAFETY: the pair lies in the panel, and its columns and tokens in the input, which `check` compared.
            unsafe {
                let pair = span.panel.as_ptr().add(u * bytes + k / 2 * W::PAIR);
                if first == 0 {
                    for line in 0..const { W::PAIR / LINE } {
                        prefetch::<DISTANCE>(pair, line * LINE);
                    }
                }
                let x = span.values.as_ptr().add(u * span.width * GROUP + k);
                for h in 0..H {
                    let [a, b] = W::pair(pair, first + h);
                    for t in 0..T {
                        even[h][t] = _mm256_fmadd_ps(a, _mm256_set1_ps(*x.add(t * GROUP)), even[h][t]);
                        odd[h][t] = _mm256_fmadd_ps(b, _mm256_set1_ps(*x.add(t * GROUP + 1)), odd[h][t]);
                    }
                }
            }
        }
    }
    for h in 0..H {
        for t in 0..T {
            even[h][t] = _mm256_add_ps(even[h][t], odd[h][t]);
        }
        // SAFETY: the caller's promise about the output.
        unsafe { store(span, first + h, &even[h]) };
    }
}

struct F32;

impl Floats for F32 {
    const LAYOUT: Layout = Layout::F32;
    const PAIR: usize = 128;

    #[target_feature(enable = "avx2")]
    #[inline]
    unsafe fn pair(pair: *const u8, half: usize) -> [__m256; 2] {
        // SAFETY: the caller points at 128 bytes.
        unsafe { [0, 64].map(|column| _mm256_loadu_ps(pair.add(column + half * 32).cast())) }
    }
}

struct F16;

impl Floats for F16 {
    const LAYOUT: Layout = Layout::F16;
    const PAIR: usize = 64;

    #[target_feature(enable = "avx2,f16c")]
    #[inline]
    unsafe fn pair(pair: *const u8, half: usize) -> [__m256; 2] {
        // SAFETY: the caller points at 64 bytes.
        unsafe { [halves(pair.add(half * 16)), halves(pair.add(32 + half * 16))] }
    }
}

struct BF16;

impl Floats for BF16 {
    const LAYOUT: Layout = Layout::BF16;
    const PAIR: usize = 64;

    #[target_feature(enable = "avx2")]
    #[inline]
    unsafe fn pair(pair: *const u8, half: usize) -> [__m256; 2] {
        // SAFETY: the caller points at 64 bytes.
        let pairs = unsafe { _mm256_loadu_si256(pair.add(half * HALF).cast()) };
        let high = _mm256_set1_epi32(0xFFFF_0000_u32 as i32);
        [
            _mm256_castsi256_ps(_mm256_slli_epi32::<16>(pairs)),
            _mm256_castsi256_ps(_mm256_and_si256(pairs, high)),
        ]
    }
}
