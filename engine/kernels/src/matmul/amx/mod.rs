//! The products with AMX: up to 12 tokens times 16 rows, one group of columns at a time.
//!
//! Every group of 32 (or 16) columns has scales of its own, so a product of tiles spans one group: A holds the group's codes of
//! the tokens, as the input keeps them; B the group's lines of weights, unpacked to signed bytes; C the exact sums, which are
//! then scaled and added as the definition has it. That leaves most of the tiles' speed unused: what limits the kernel is the
//! scaling, two operations for each sum, not the products.
//!
//! It pays for many tokens; few are left to AVX-512, which every processor with tiles has, and so are weights that are
//! floating-point numbers.

#![allow(clippy::inline_always, reason = "see lanes")]

mod codes;
mod hardware;
mod tiles;

use super::{Kernel, Span};
use crate::activations::{GROUP, TILE};
use crate::lanes::{Avx512, Lanes};
use crate::layout::{LINE, Layout, ROWS};
use codes::{Codes, GROUP_LINES, Lines, Scales};
use hardware::Hardware;
use tiles::{Soft, TILE_ROWS, TileConfig, Tiles};

/// Sums of up to [`TILE`] tokens.
#[repr(align(64))]
struct Sums([[i32; ROWS]; TILE]);

/// Tiles, and the vectors that go with them, as a kernel of its own for each layout.
trait Machine {
    /// # Safety
    /// As [`Kernel`]; up to [`TILE`] tokens.
    unsafe fn panel<C: Codes>(span: &Span<'_>);
}

impl Machine for Hardware {
    #[target_feature(enable = "avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512dq")]
    unsafe fn panel<C: Codes>(span: &Span<'_>) {
        // SAFETY: the caller's promise.
        unsafe { panel::<_, _, C>(&mut Hardware, Avx512::new(), span) }
    }
}

/// The kernel for 1 to [`TILE`] tokens; `None` for weights that are not codes.
fn kernel_on<M: Machine>(layout: Layout) -> Option<Kernel> {
    Some(match layout {
        Layout::Q4_0 => M::panel::<codes::Q4_0>,
        Layout::Q4_K => M::panel::<codes::Q4_K>,
        Layout::Q5_K => M::panel::<codes::Q5_K>,
        Layout::Q6_K => M::panel::<codes::Q6_K>,
        Layout::Q8_0 => M::panel::<codes::Q8_0>,
        Layout::Wide => M::panel::<codes::Wide>,
        Layout::F32 | Layout::F16 | Layout::BF16 => return None,
    })
}

/// The kernel on the processor's tiles.
pub(super) fn kernel(layout: Layout) -> Option<Kernel> {
    kernel_on::<Hardware>(layout)
}

/// Products of a panel of codes with the span's tokens.
///
/// # Safety
/// As [`Kernel`], and `tiles` may be used.
#[inline(always)]
unsafe fn panel<T: Tiles, L: Lanes, C: Codes>(tiles: &mut T, l: L, span: &Span<'_>) {
    let n_tokens = span.n_tokens;
    span.check(n_tokens);
    let (n_groups, n_parts) = (const { C::LAYOUT.unit_cols() / GROUP }, const { GROUP / C::GROUP });
    let mut acc = [[0.0; ROWS]; TILE];
    let mut sums = Sums([[0; ROWS]; TILE]);
    let (mut lines, mut scales) = (Lines([[0; LINE]; GROUP_LINES]), Scales::default());
    // SAFETY: the caller's promise.
    unsafe { tiles.configure(&TileConfig::new(n_tokens, C::GROUP)) };
    for (u, unit) in span.panel.chunks_exact(C::LAYOUT.unit_bytes()).enumerate() {
        for g in 0..n_groups {
            C::lines(unit, g, &mut lines);
            let place = (u * n_groups + g) * span.width;
            for part in 0..n_parts {
                C::scales(l, unit, g * n_parts + part, &mut scales);
                // SAFETY: `check` found the codes of all groups and tokens; B's rows are the lines of this part; C's rows are
                // those of `sums`.
                unsafe {
                    tiles.zero_c();
                    tiles.load_a(span.codes.as_ptr().add(place * GROUP + part * C::GROUP).cast(), GROUP);
                    tiles.load_b(lines.0[part * C::GROUP / 4..].as_ptr().cast(), LINE);
                    tiles.dot();
                    tiles.store_c(sums.0.as_mut_ptr().cast(), LINE);
                }
                let input_sums = if C::GROUP == GROUP {
                    &span.sums32[place..]
                } else {
                    &span.sums16[n_parts * place + part * span.width..]
                };
                for t in 0..n_tokens {
                    let input = (span.scales[place + t], input_sums[t]);
                    accumulate(l, &sums.0[t], &scales, input, C::LAYOUT.has_mins(), &mut acc[t]);
                }
            }
        }
    }
    // SAFETY: the caller's promise.
    unsafe { tiles.release() };
    for (t, acc) in acc[..n_tokens].iter().enumerate() {
        // SAFETY: the caller's promise about the output; rows that do not exist are not written.
        unsafe { span.out.add(t * span.out_stride).copy_from_nonoverlapping(acc.as_ptr(), span.n_rows) };
    }
}

/// Adds a group's sums of one token, scaled, to its accumulators.
#[inline(always)]
fn accumulate<L: Lanes>(
    l: L,
    sums: &[i32; ROWS],
    weights: &Scales,
    (input_scale, input_sum): (f32, f32),
    has_mins: bool,
    acc: &mut [f32; ROWS],
) {
    let (input_scale, input_sum) = (l.splat(input_scale), l.splat(-input_sum));
    for row in (0..ROWS).step_by(L::N) {
        // SAFETY: all arrays have ROWS elements, a multiple of the registers' N.
        unsafe {
            let scale = l.mul(l.load(weights.scales.as_ptr().add(row)), input_scale);
            let mut sum = l.fma(l.load_i32(sums.as_ptr().add(row)), scale, l.load(acc.as_ptr().add(row)));
            if has_mins {
                sum = l.fma(l.load(weights.mins.as_ptr().add(row)), input_sum, sum);
            }
            l.store(acc.as_mut_ptr().add(row), sum);
        }
    }
}

/// Whether this process may use tiles, and they compute what the manual says: a hypervisor that promises more than it keeps
/// costs speed, not sense.
pub(crate) fn works() -> bool {
    hardware::is_permitted()
        && [16, 32].into_iter().all(|depth| {
            // SAFETY: tiles are permitted.
            unsafe { sample(&mut Hardware, depth) == sample(&mut Soft::new(), depth) }
        })
}

/// Products of whole tiles, `rounds` times four that do not wait for each other, and how many numbers they multiplied: the peak
/// that a probe measures.
///
/// # Safety
/// Tiles are permitted.
pub(crate) unsafe fn multiply(rounds: usize) -> u64 {
    // SAFETY: the caller's promise.
    unsafe { hardware::multiply(rounds) };
    (rounds * 4 * TILE_ROWS * ROWS * LINE) as u64
}

/// Twice the product of two tiles of scattered bytes, added up.
///
/// # Safety
/// `tiles` may be used.
unsafe fn sample<T: Tiles>(tiles: &mut T, depth: usize) -> [[i32; ROWS]; TILE] {
    let scattered = |at: usize| (at * at * 31 + at * 7 + 128) as u8;
    let a: [u8; TILE * GROUP] = std::array::from_fn(scattered);
    let b = Lines(std::array::from_fn(|line| std::array::from_fn(|i| scattered(line * LINE + i + 5))));
    let mut sums = Sums([[-1; ROWS]; TILE]);
    // SAFETY: the caller's promise; A has TILE rows of GROUP bytes, B more lines than any depth needs, C TILE rows.
    unsafe {
        tiles.configure(&TileConfig::new(TILE, depth));
        tiles.zero_c();
        tiles.load_a(a.as_ptr(), GROUP);
        tiles.load_b(b.0.as_ptr().cast(), LINE);
        tiles.dot();
        tiles.dot();
        tiles.store_c(sums.0.as_mut_ptr().cast(), LINE);
        tiles.release();
    }
    sums.0
}

#[cfg(test)]
mod tests;
