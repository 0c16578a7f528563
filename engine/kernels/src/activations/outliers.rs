//! Outliers: numbers too large for the codes of their group, which products take as they are.
//!
//! Rounding inputs to eight bits with one scale for 32 columns costs a real model more than the rounding of its weights does,
//! and most of that error sits in groups with one or two large numbers, which make the steps of the others coarse (Dettmers et
//! al. 2022, LLM.int8(), section 3). The numbers above a limit are therefore left out of the codes and multiplied in `f32`. The
//! limit is the largest magnitude for which the expected error of a group, 32/12 of a squared step, is a small share of the
//! token's squared norm ([`InputPrecision`]); so a token has at most 200 of them, however many columns it has. The limit depends on
//! the token alone, so a token's results do not depend on other tokens.
//!
//! Tokens lie in spans of [`SPAN_TOKENS`], for which a kernel unpacks the weights of outlier columns once.

#![allow(clippy::inline_always, reason = "see lanes")]

use std::ops::Range;
use std::slice;

use super::group::{GROUP, MOST};
use super::input_formats::InputPrecision;
use super::tiling::TILE_TOKENS;
use crate::lanes::Lanes;
use crate::zeroed::{Zero, Zeroed};

/// Tokens of a span: whole tiles, and enough of them to share unpacked weights.
pub(crate) const SPAN_TOKENS: usize = 4 * TILE_TOKENS;
/// Most outliers of a token: squares above the lower limit, 127² · 1.75e-6 · 12/32 of the squared norm, add up to that norm when
/// there are 95 of them, and there are two rounds. Some more for roundings.
const MOST_OUTLIERS: usize = 200;

/// Tokens whose squared norm is below this have no outliers, since steps would be rounded to subnormal numbers.
const SMALLEST_NORM: f32 = 1e-30;

/// An outlier of a token.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Outlier {
    /// Index of its column among the span's outlier columns.
    pub(crate) column: u32,
    pub(crate) value: f32,
}

impl Zero for Outlier {}

/// The outliers of a span: `entries[starts[t]..starts[t + 1]]` are those of its token t, in the order of their columns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct SpanOutliers<'a> {
    /// The columns that have outliers, in ascending order.
    pub(crate) columns: &'a [u32],
    pub(crate) starts: &'a [u32],
    pub(crate) entries: &'a [Outlier],
}

impl SpanOutliers<'_> {
    pub(crate) const NONE: Self = Self { columns: &[], starts: &[0], entries: &[] };
}

/// Outliers of an input, span by span. Memory of entries that are not there is never touched.
#[derive(Debug)]
pub(super) struct Outliers {
    /// Room for the most outliers of every token.
    entries: Zeroed<Outlier>,
    /// Room for every column of each span, twice: those with outliers, and the index of each among them.
    columns: Zeroed<u32>,
    indexes: Zeroed<u32>,
    /// Starts of the tokens of each span, and their end.
    starts: Vec<[u32; SPAN_TOKENS + 1]>,
    /// Number of tokens and of outlier columns of each span.
    counts: Vec<[usize; 2]>,
    max_cols: usize,
    /// Most outliers of a token.
    most: usize,
}

/// Destinations of a span's outliers.
pub(super) struct OutlierPlaces {
    entries: *mut Outlier,
    columns: *mut u32,
    indexes: *mut u32,
    starts: *mut [u32; SPAN_TOKENS + 1],
    counts: *mut [usize; 2],
    max_cols: usize,
    most: usize,
}

impl Outliers {
    /// Room for the outliers of `max_tokens` tokens of `max_cols` columns in a precision; `None` if allocation fails.
    pub(super) fn new(max_tokens: usize, max_cols: usize, precision: InputPrecision) -> Option<Self> {
        let n_spans = max_tokens.div_ceil(SPAN_TOKENS);
        let most = most_outliers(max_cols, precision);
        Some(Self {
            entries: Zeroed::new(max_tokens * most)?,
            columns: Zeroed::new(n_spans * max_cols)?,
            indexes: Zeroed::new(n_spans * max_cols)?,
            starts: vec![[0; SPAN_TOKENS + 1]; n_spans],
            counts: vec![[0; 2]; n_spans],
            max_cols,
            most,
        })
    }

    /// Bytes allocated by [`Outliers::new`].
    pub(super) fn size_bytes(max_tokens: usize, max_cols: usize, precision: InputPrecision) -> u64 {
        let of_span =
            2 * max_cols * size_of::<u32>() + size_of::<[u32; SPAN_TOKENS + 1]>() + size_of::<[usize; 2]>();
        let of_entries = max_tokens * most_outliers(max_cols, precision) * size_of::<Outlier>();
        (of_entries + max_tokens.div_ceil(SPAN_TOKENS) * of_span) as u64
    }

    /// The outliers of a span.
    pub(super) fn span(&self, span: usize) -> SpanOutliers<'_> {
        let [n_tokens, n_columns] = self.counts[span];
        let starts = &self.starts[span][..=n_tokens];
        SpanOutliers {
            columns: &self.columns[span * self.max_cols..][..n_columns],
            starts,
            entries: &self.entries[span * SPAN_TOKENS * self.most..][..starts[n_tokens] as usize],
        }
    }

    /// Where outliers are written.
    pub(super) fn places(&mut self) -> OutlierPlaces {
        OutlierPlaces {
            entries: self.entries.as_mut_slice().as_mut_ptr(),
            columns: self.columns.as_mut_slice().as_mut_ptr(),
            indexes: self.indexes.as_mut_slice().as_mut_ptr(),
            starts: self.starts.as_mut_ptr(),
            counts: self.counts.as_mut_ptr(),
            max_cols: self.max_cols,
            most: self.most,
        }
    }
}

impl OutlierPlaces {
    /// Writer of the outliers of a span of an input of `n_cols` columns.
    ///
    /// # Safety
    /// The buffers have room for the span's `n_tokens` tokens and their columns, and no other thread writes this span.
    pub(super) unsafe fn writer(&self, span: usize, n_tokens: usize, n_cols: usize) -> OutlierWriter<'_> {
        // SAFETY: as this function requires, the places of the span exist and are this thread's.
        unsafe {
            let entries = self.entries.add(span * SPAN_TOKENS * self.most);
            OutlierWriter {
                entries: slice::from_raw_parts_mut(entries, n_tokens * self.most),
                columns: slice::from_raw_parts_mut(self.columns.add(span * self.max_cols), n_cols),
                indexes: slice::from_raw_parts_mut(self.indexes.add(span * self.max_cols), n_cols),
                starts: &mut *self.starts.add(span),
                counts: &mut *self.counts.add(span),
                n_tokens: 0,
                n_entries: 0,
            }
        }
    }
}

/// Collects the outliers of a span, token by token in the order of the columns.
pub(super) struct OutlierWriter<'a> {
    entries: &'a mut [Outlier],
    columns: &'a mut [u32],
    indexes: &'a mut [u32],
    starts: &'a mut [u32; SPAN_TOKENS + 1],
    counts: &'a mut [usize; 2],
    n_tokens: usize,
    n_entries: usize,
}

impl OutlierWriter<'_> {
    /// Adds an outlier of the present token.
    pub(super) fn push(&mut self, column: usize, value: f32) {
        self.entries[self.n_entries] = Outlier { column: column as u32, value };
        self.n_entries += 1;
    }

    /// Ends a token.
    pub(super) fn end_token(&mut self) {
        self.n_tokens += 1;
        self.starts[self.n_tokens] = self.n_entries as u32;
    }

    /// Ends the span: numbers its columns.
    pub(super) fn end_span(self) {
        let entries = &mut self.entries[..self.n_entries];
        let mut n_columns = 0;
        if self.n_tokens == 1 {
            for (i, outlier) in entries.iter_mut().enumerate() {
                self.columns[i] = outlier.column;
                outlier.column = i as u32;
            }
            n_columns = entries.len();
        } else if !entries.is_empty() {
            self.indexes.fill(0);
            for outlier in &*entries {
                self.indexes[outlier.column as usize] = 1;
            }
            for (column, index) in self.indexes.iter_mut().enumerate() {
                // Without a branch, which would often be mispredicted.
                self.columns[n_columns] = column as u32;
                n_columns += std::mem::replace(index, n_columns as u32) as usize;
            }
            for outlier in entries {
                outlier.column = self.indexes[outlier.column as usize];
            }
        }
        *self.counts = [self.n_tokens, n_columns];
    }
}

/// Most outliers of a token of `max_cols` columns in a precision.
fn most_outliers(max_cols: usize, precision: InputPrecision) -> usize {
    precision.most_outliers(max_cols).map_or(MOST_OUTLIERS, |most| most.max(MOST_OUTLIERS))
}

/// Tokens of a span of `n_tokens` tokens.
pub(crate) fn span_tokens(span: usize, n_tokens: usize) -> Range<usize> {
    span * SPAN_TOKENS..n_tokens.min((span + 1) * SPAN_TOKENS)
}

/// The largest magnitude that codes of a token take, greater ones being outliers; infinite if there is no norm to compare with.
/// It is found in two rounds, so that a few huge numbers do not hide the others: the second round's norm is without what exceeds
/// the first round's limit.
#[inline(always)]
pub(super) fn limit<L: Lanes>(l: L, row: &[f32], precision: InputPrecision) -> f32 {
    let share = match precision {
        InputPrecision::Standard => 3.5e-6,
        InputPrecision::Fine => 1.75e-6,
        _ => f32::INFINITY,
    };
    let mut limit = f32::INFINITY;
    for _ in 0..2 {
        let squared_norm = squared_norm(l, row, limit);
        if squared_norm > SMALLEST_NORM {
            limit = MOST * (share * squared_norm * 12.0 / GROUP as f32).sqrt();
        }
    }
    limit
}

/// Partial sums of a squared norm, the same at every level: those of every 16th column.
const SUMS: usize = 16;

/// The squared norm of the numbers up to `limit`, in `f32`.
#[inline(always)]
fn squared_norm<L: Lanes>(l: L, row: &[f32], limit: f32) -> f32 {
    let (chunks, rest) = row.as_chunks::<SUMS>();
    let mut end = [0.0; SUMS];
    end[..rest.len()].copy_from_slice(rest);
    let mut sums = [0.0; SUMS];
    for from in (0..SUMS).step_by(L::N) {
        let mut sum = l.zero();
        for chunk in chunks.iter().chain([&end]) {
            // SAFETY: the chunk has N numbers from here on.
            let x = unsafe { l.load(chunk.as_ptr().add(from)) };
            let x = l.select(l.greater(l.abs(x), l.splat(limit)), l.zero(), x);
            sum = l.add(sum, l.mul(x, x));
        }
        // SAFETY: as above.
        unsafe { l.store(sums.as_mut_ptr().add(from), sum) };
    }
    sums.iter().sum()
}
