//! The definition of the products, in plain Rust.

use super::{Kernel, Span, Table};
use crate::activations::{GROUP, TILE};
use crate::blocks::Unpacked;
use crate::layout::{Layout, float};

/// The definition of a layout's product.
pub(super) fn kernels(layout: Layout) -> Table {
    const CODES: [(usize, Kernel); TILE] = each_width(codes);
    const FLOATS: [(usize, Kernel); TILE] = each_width(floats);
    if layout.is_float() { &FLOATS } else { &CODES }
}

/// The same function for every number of tokens.
const fn each_width(kernel: Kernel) -> [(usize, Kernel); TILE] {
    let mut table = [(1, kernel); TILE];
    let mut i = 0;
    while i < TILE {
        table[i].0 = TILE - i;
        i += 1;
    }
    table
}

/// Weights that are codes.
///
/// # Safety
/// As [`Kernel`].
unsafe fn codes(span: &Span<'_>) {
    let mut unpacked = Unpacked::default();
    for row in 0..span.n_rows {
        let mut acc = [0.0; TILE];
        for (u, unit) in span.panel.chunks(span.layout.unit_bytes()).enumerate() {
            span.layout.unpack(unit, row, &mut unpacked);
            for (part, weights) in unpacked.codes[..unpacked.len].chunks(unpacked.group).enumerate() {
                let column = u * unpacked.len + part * unpacked.group;
                for (t, acc) in acc[..span.n_tokens].iter_mut().enumerate() {
                    let input = Input::of(span, column, unpacked.group, t);
                    let sum: i32 =
                        weights.iter().zip(input.codes).map(|(&w, &x)| i32::from(w) * i32::from(x)).sum();
                    *acc = (sum as f32).mul_add(unpacked.scales[part] * input.scale, *acc);
                    if span.layout.has_mins() {
                        *acc = (-unpacked.mins[part]).mul_add(input.sum, *acc);
                    }
                }
            }
        }
        for (t, acc) in acc[..span.n_tokens].iter().enumerate() {
            // SAFETY: the caller's promise about the output.
            unsafe { span.out.add(t * span.out_stride + row).write(*acc) };
        }
    }
}

/// What a group of weights is multiplied with.
struct Input<'a> {
    codes: &'a [i8],
    scale: f32,
    sum: f32,
}

impl<'a> Input<'a> {
    /// The `len` columns from `column` on, for token `t` of the span.
    fn of(span: &Span<'a>, column: usize, len: usize, t: usize) -> Self {
        let g = column / GROUP;
        let place = g * span.width + t;
        Self {
            codes: &span.codes[place * GROUP + column % GROUP..][..len],
            scale: span.scales[place],
            sum: if len == GROUP { span.sums32[place] } else { span.sums16[column / 16 * span.width + t] },
        }
    }
}

/// Weights that are floating-point numbers.
///
/// # Safety
/// As [`Kernel`].
unsafe fn floats(span: &Span<'_>) {
    let mut weights = [0.0; float::COLS];
    for row in 0..span.n_rows {
        let mut acc = [[0.0f32; 2]; TILE];
        for (u, unit) in span.panel.chunks(span.layout.unit_bytes()).enumerate() {
            float::unpack(span.layout, unit, row, &mut weights);
            for (t, acc) in acc[..span.n_tokens].iter_mut().enumerate() {
                let values = &span.values[(u * span.width + t) * GROUP..][..GROUP];
                for (k, (w, x)) in weights.iter().zip(values).enumerate() {
                    acc[k % 2] = w.mul_add(*x, acc[k % 2]);
                }
            }
        }
        for (t, [even, odd]) in acc[..span.n_tokens].iter().enumerate() {
            // SAFETY: the caller's promise about the output.
            unsafe { span.out.add(t * span.out_stride + row).write(even + odd) };
        }
    }
}
