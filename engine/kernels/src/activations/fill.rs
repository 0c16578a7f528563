//! Writing prepared tokens to the buffers of an input.

#![allow(clippy::inline_always, reason = "see lanes")]

#[cfg(target_arch = "x86_64")]
use super::avx2::Avx2Steps;
use super::group::{GROUP, Group, GroupSteps, ScalarSteps, columns, residual};
use super::input_formats::InputFormats;
#[cfg(target_arch = "aarch64")]
use super::neon::NeonSteps;
use super::outliers::{OutlierPlaces, OutlierWriter, limit, span_tokens};
use super::tiling::TILE_TOKENS;
use super::token_scales::SharedScales;
use crate::amx::Tile;
use crate::bf16;
use crate::lanes::{Lanes, Scalar, at_level};
use crate::level::Level;

/// Destinations of the prepared tokens: raw pointers, since the tokens of different threads lie interleaved.
pub(super) struct Places {
    pub(super) formats: InputFormats,
    /// Number of tokens, each counted twice in codes of that precision.
    pub(super) n_tokens: usize,
    pub(super) n_cols: usize,
    pub(super) n_groups: usize,
    pub(super) codes: *mut i8,
    pub(super) scales: *mut f32,
    pub(super) offsets32: *mut i32,
    pub(super) offsets16: *mut i32,
    pub(super) sums32: *mut f32,
    pub(super) sums16: *mut f32,
    pub(super) values: *mut f32,
    pub(super) tiles: *mut Tile,
    pub(super) outliers: OutlierPlaces,
    /// What the tokens of an input share, in precisions with one scale for a token.
    pub(super) shared: SharedScales,
}

// SAFETY: each span has its own places, and each span is written by one thread.
unsafe impl Sync for Places {}

impl Places {
    /// Prepares the tokens of a span of `x`, the rows of the whole input.
    ///
    /// # Safety
    /// The buffers have room for the input, as [`Activations::quantize`](crate::Activations::quantize) checks, and no other thread
    /// writes this span.
    pub(super) unsafe fn fill(&self, level: Level, span: usize, x: &[f32]) {
        at_level!(level, fill_scalar, fill_lanes, (places: &Places = self, span: usize = span, x: &[f32] = x));
    }

    /// [`Places::fill`] with given lanes and steps.
    ///
    /// # Safety
    /// Contract of [`Places::fill`].
    #[inline(always)]
    unsafe fn fill_span<L: Lanes>(&self, l: L, span: usize, x: &[f32], steps: impl GroupSteps) {
        let tokens = span_tokens(span, self.n_tokens);
        if self.formats.twice() {
            for token in tokens.step_by(2) {
                // SAFETY: as this function requires; spans have an even number of tokens.
                unsafe { self.fill_twice(token, self.row(x, token / 2), steps) };
            }
            return;
        }
        if self.formats.float || self.formats.tiles {
            for token in tokens.clone() {
                // SAFETY: as this function requires; the token is one of this span.
                unsafe { self.fill_numbers(token, self.row(x, token)) };
            }
        }
        if self.formats.integer {
            // SAFETY: as this function requires.
            let mut outliers = unsafe { self.outliers.writer(span, tokens.len(), self.n_cols) };
            for token in tokens.clone() {
                let row = self.row(x, token);
                if self.formats.precision.shares_scales() {
                    // SAFETY: as this function requires; the token is this thread's.
                    unsafe { self.fill_scaled(token, row, steps, &mut outliers) };
                    outliers.end_token();
                    continue;
                }
                let limit = limit(l, row, self.formats.precision);
                let first = self.place(token, 0);
                for g in 0..self.n_groups {
                    let mut x = columns(row, g);
                    let mut above = steps.above(&x, limit);
                    while above != 0 {
                        let i = above.trailing_zeros() as usize;
                        outliers.push(g * GROUP + i, std::mem::take(&mut x[i]));
                        above &= above - 1;
                    }
                    let group = steps.quantize(&x);
                    // SAFETY: as this function requires; the token is this thread's.
                    unsafe { self.put(first.group(g), &group) };
                }
                outliers.end_token();
            }
            outliers.end_span();
        }
    }

    fn row<'a>(&self, x: &'a [f32], token: usize) -> &'a [f32] {
        &x[token * self.n_cols..][..self.n_cols]
    }

    /// Writes a token's numbers, as they are and rounded to bf16.
    ///
    /// # Safety
    /// Contract of [`Places::fill`].
    #[inline(always)]
    unsafe fn fill_numbers(&self, token: usize, row: &[f32]) {
        let first = self.place(token, 0);
        for g in 0..self.n_groups {
            let x = columns(row, g);
            if self.formats.float {
                // SAFETY: the place is below tokens × groups, for which the buffers have room.
                unsafe { self.values.add(first.group(g).whole * GROUP).cast::<[f32; GROUP]>().write(x) };
            }
            if self.formats.tiles {
                let tile = token / Tile::ROWS * self.n_groups + g;
                // SAFETY: as above; a token's row of a tile is its own.
                let row = unsafe { &mut *Tile::row(self.tiles.add(tile), token % Tile::ROWS) };
                bf16::round_all(&x, row);
            }
        }
    }

    /// Writes a token's codes, all of one scale, and its outliers.
    ///
    /// # Safety
    /// Contract of [`Places::fill`].
    #[inline(always)]
    unsafe fn fill_scaled(
        &self,
        token: usize,
        row: &[f32],
        steps: impl GroupSteps,
        outliers: &mut OutlierWriter<'_>,
    ) {
        let (first, precision) = (self.place(token, 0), self.formats.precision);
        // SAFETY: `Activations::quantize` found the columns of this input.
        let apart = |x: &[f32; GROUP], g: usize| unsafe { self.shared.apart(precision, x, g) };
        let max = self.shared.max(precision, row, self.n_groups, apart);
        for g in 0..self.n_groups {
            let mut x = columns(row, g);
            let mut left_out = apart(&x, g);
            while left_out != 0 {
                let i = left_out.trailing_zeros() as usize;
                outliers.push(g * GROUP + i, std::mem::take(&mut x[i]));
                left_out &= left_out - 1;
            }
            let group = steps.quantize_to(&x, max);
            // SAFETY: as this function requires; the token is this thread's.
            unsafe { self.put(first.group(g), &group) };
        }
    }

    /// Writes a token's codes at `token`, and the codes of what they leave at the token after it.
    ///
    /// # Safety
    /// Contract of [`Places::fill`].
    #[inline(always)]
    unsafe fn fill_twice(&self, token: usize, row: &[f32], steps: impl GroupSteps) {
        let places = [self.place(token, 0), self.place(token + 1, 0)];
        for g in 0..self.n_groups {
            let x = columns(row, g);
            let first = steps.quantize(&x);
            let second = steps.quantize(&residual(&x, &first));
            // SAFETY: the places are below tokens × groups, for which the buffers have room; the tokens are this thread's.
            unsafe {
                self.put(places[0].group(g), &first);
                self.put(places[1].group(g), &second);
            }
        }
    }

    /// Position of a group of a token in the arrays of codes and sums.
    fn place(&self, token: usize, g: usize) -> GroupPlace {
        let first = token / TILE_TOKENS * TILE_TOKENS;
        let (width, inside) = (TILE_TOKENS.min(self.n_tokens - first), token % TILE_TOKENS);
        let place = GroupPlace {
            width,
            whole: first * self.n_groups + inside,
            halves: [0, 1].map(|half| 2 * first * self.n_groups + half * width + inside),
        };
        place.group(g)
    }

    /// Writes a group and the sums of its codes.
    ///
    /// # Safety
    /// `at` must be a token's place in this input, and no other thread may write this token.
    #[inline(always)]
    unsafe fn put(&self, at: GroupPlace, group: &Group) {
        let [first, second] = group.sums;
        // SAFETY: `at` is a place of this input, which one thread writes; arrays of half groups are twice as long.
        unsafe {
            self.codes.add(at.whole * GROUP).cast::<[i8; GROUP]>().write(group.codes);
            self.scales.add(at.whole).write(group.scale);
            self.offsets32.add(at.whole).write(-8 * (first + second));
            self.sums32.add(at.whole).write(group.scale * (first + second) as f32);
            for (half, sum) in at.halves.into_iter().zip(group.sums) {
                self.offsets16.add(half).write(-32 * sum);
                self.sums16.add(half).write(group.scale * sum as f32);
            }
        }
    }
}

/// Position of one group of one token in the arrays per group and per half group.
#[derive(Clone, Copy)]
struct GroupPlace {
    /// Tokens of the tile.
    width: usize,
    whole: usize,
    halves: [usize; 2],
}

impl GroupPlace {
    /// The place of the `g`-th group after this one.
    #[inline(always)]
    fn group(self, g: usize) -> Self {
        Self {
            whole: self.whole + g * self.width,
            halves: self.halves.map(|half| half + 2 * g * self.width),
            ..self
        }
    }
}

fn fill_scalar(places: &Places, span: usize, x: &[f32]) {
    // SAFETY: called by `fill` only, whose contract this is.
    unsafe { places.fill_span(Scalar, span, x, ScalarSteps) };
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn fill_lanes<L: Lanes>(l: L, places: &Places, span: usize, x: &[f32]) {
    // SAFETY: as above.
    unsafe { places.fill_span(l, span, x, Avx2Steps(l)) };
}

#[cfg(target_arch = "aarch64")]
#[inline(always)]
fn fill_lanes<L: Lanes>(l: L, places: &Places, span: usize, x: &[f32]) {
    // SAFETY: as above.
    unsafe { places.fill_span(l, span, x, NeonSteps) };
}
