//! Scales that all groups of a token share, or all tokens of an input, and the columns that are left out of them.
//!
//! Every group is written with the scale of the whole, so that products of these codes are those of the other precisions. Plain
//! arithmetic at every level: these precisions are for comparison with what others publish, not for speed.

use super::group::{GROUP, columns};
use super::input_formats::{InputPrecision, OUTLIER_MAGNITUDE};
use super::tiling::n_groups;

/// What the tokens of an input share, found before tokens are written.
#[derive(Clone, Copy)]
pub(super) struct SharedScales {
    /// Largest magnitude of the input, in [`InputPrecision::PerTensor`].
    largest: f32,
    /// One bit for each column of each group that is left out, in [`InputPrecision::OutlierColumns`].
    columns: *const u32,
}

impl SharedScales {
    /// What the tokens of `x` share; `found` has room for the groups of a row, where the precision leaves columns out.
    pub(super) fn of(precision: InputPrecision, x: &[f32], n_cols: usize, found: &mut [u32]) -> Self {
        if precision == InputPrecision::OutlierColumns && n_cols > 0 {
            let found = &mut found[..n_groups(n_cols)];
            found.fill(0);
            for row in x.chunks_exact(n_cols) {
                for (g, found) in found.iter_mut().enumerate() {
                    *found |= outliers(&columns(row, g));
                }
            }
        }
        let largest = if precision == InputPrecision::PerTensor { largest(x) } else { 0.0 };
        Self { largest, columns: found.as_ptr() }
    }

    /// One bit for each number of group `g` of a token that is left out of the codes.
    ///
    /// # Safety
    /// The group is one of the input that this was made for, and what it found is still there.
    pub(super) unsafe fn apart(&self, precision: InputPrecision, x: &[f32; GROUP], g: usize) -> u32 {
        match precision {
            // SAFETY: `of` wrote the bits of every group, as this function requires.
            InputPrecision::OutlierColumns => unsafe { *self.columns.add(g) },
            InputPrecision::OutlierNumbers => outliers(x),
            _ => 0,
        }
    }

    /// Largest magnitude that the codes of a token take; `apart` says which numbers of a group they leave out.
    pub(super) fn max(
        &self,
        precision: InputPrecision,
        row: &[f32],
        n_groups: usize,
        apart: impl Fn(&[f32; GROUP], usize) -> u32,
    ) -> f32 {
        if precision == InputPrecision::PerTensor {
            return self.largest;
        }
        let of_group = |g: usize| {
            let x = columns(row, g);
            let apart = apart(&x, g);
            let kept: [f32; GROUP] = std::array::from_fn(|i| if apart >> i & 1 == 1 { 0.0 } else { x[i] });
            largest(&kept)
        };
        (0..n_groups).map(of_group).fold(0.0, f32::max)
    }
}

fn largest(x: &[f32]) -> f32 {
    x.iter().fold(0.0, |most, x| most.max(x.abs()))
}

/// One bit for each outlier of a group, NaN being one.
fn outliers(x: &[f32; GROUP]) -> u32 {
    let is_outlier = |x: &f32| x.is_nan() || x.abs() >= OUTLIER_MAGNITUDE;
    x.iter().enumerate().fold(0, |bits, (i, x)| bits | u32::from(is_outlier(x)) << i)
}

#[cfg(test)]
mod tests {
    use crate::activations::{Activations, InputFormats, InputPrecision, SpanOutliers};
    use crate::level::Level;
    use crate::pool::Pool;
    use crate::testing::Random;

    const N_COLS: usize = 96;
    const N_TOKENS: usize = 13;

    fn prepared(precision: InputPrecision, x: &[f32], n_tokens: usize) -> Activations {
        let formats = InputFormats::INTEGER.with_precision(precision);
        let mut prepared = Activations::new(formats, n_tokens, x.len() / n_tokens).unwrap();
        prepared.quantize(Level::SCALAR, &Pool::new(1), x, n_tokens, formats);
        prepared
    }

    /// Thirteen tokens of small numbers, with large ones in columns 5, 40 and 41 of some.
    fn input() -> Vec<f32> {
        let mut x = Random::new(12).numbers(N_TOKENS * N_COLS);
        for x in &mut x {
            *x = x.clamp(-3.0, 3.0);
        }
        for (token, column, value) in [(0, 5, 6.0), (3, 40, -80.0), (12, 41, 7.0), (12, 5, 5.9)] {
            x[token * N_COLS + column] = value;
        }
        x
    }

    fn largest(x: &[f32]) -> f32 {
        x.iter().fold(0.0, |most, x| most.max(x.abs()))
    }

    /// The numbers that codes and outliers stand for, and the scales, token by token.
    fn values(x: &Activations) -> Vec<(Vec<f32>, Vec<f32>)> {
        let SpanOutliers { columns, starts, entries } = x.outliers(0);
        let of_token = |token: usize| {
            let (start, width) = x.tile(token / 12);
            let places = (0..x.n_cols().div_ceil(32)).map(|g| start + g * width + token % 12);
            let scales: Vec<f32> = places.clone().map(|place| x.scales[place]).collect();
            let of_group = |place: usize| {
                x.codes[place * 32..][..32].iter().map(move |&c| f32::from(c) * x.scales[place])
            };
            let mut values: Vec<f32> = places.flat_map(of_group).collect();
            for outlier in &entries[starts[token] as usize..starts[token + 1] as usize] {
                let column = columns[outlier.column as usize] as usize;
                assert_eq!(values[column].abs().to_bits(), 0, "codes leave outliers out");
                values[column] = outlier.value;
            }
            (values, scales)
        };
        (0..x.n_tokens()).map(of_token).collect()
    }

    #[test]
    fn a_scale_is_that_of_the_largest_number_it_is_for() {
        let x = input();
        for precision in [InputPrecision::PerTensor, InputPrecision::PerToken, InputPrecision::OutlierColumns]
        {
            let found = prepared(precision, &x, N_TOKENS);
            let left_out: &[u32] =
                if precision == InputPrecision::OutlierColumns { &[5, 40, 41] } else { &[] };
            assert_eq!(found.outliers(0).columns, left_out, "{precision:?}");
            for (token, (row, (values, scales))) in x.chunks(N_COLS).zip(values(&found)).enumerate() {
                let kept = row.iter().enumerate().filter(|(column, _)| !left_out.contains(&(*column as u32)));
                let kept: Vec<f32> = kept.map(|(_, x)| *x).collect();
                let most = if precision == InputPrecision::PerTensor { 80.0 } else { largest(&kept) };
                assert!(
                    scales.iter().all(|scale| scale.to_bits() == (most / 127.0).to_bits()),
                    "{precision:?} {token}"
                );
                for (column, (x, value)) in row.iter().zip(values).enumerate() {
                    let exact = left_out.contains(&(column as u32));
                    assert!((x - value).abs() <= if exact { 0.0 } else { most / 127.0 * 0.5001 });
                }
            }
        }
    }

    #[test]
    fn tokens_of_single_precisions_are_the_same_alone_and_in_company() {
        let x = input();
        for precision in [InputPrecision::PerTensor, InputPrecision::PerToken, InputPrecision::OutlierColumns]
        {
            let together = values(&prepared(precision.of_single_tokens(), &x, N_TOKENS));
            for (row, together) in x.chunks(N_COLS).zip(together) {
                assert_eq!(values(&prepared(precision, row, 1)), [together], "{precision:?}");
            }
        }
    }

    #[test]
    fn there_is_room_for_any_number_of_outlier_columns() {
        let x = vec![8.0; 2 * 5000];
        for precision in [InputPrecision::OutlierColumns, InputPrecision::OutlierNumbers] {
            let found = prepared(precision, &x, 2);
            assert_eq!((found.outliers(0).columns.len(), found.outliers(0).entries.len()), (5000, 10_000));
        }
    }
}
